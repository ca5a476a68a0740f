/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-vault.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/*
 * libsodium does all that is cryptography: Argon2id makes a key of the passphrase, secretstream
 * (XChaCha20-Poly1305) encrypts the pieces, so that none can be changed, left out, moved or cut off unseen.
 * Ours is the head alone, and the first piece vouches for it.
 */

#define MAGIC "naru backup 1\n\0" /* 16 bytes with its NULs */
#define MAGIC_SIZE 16
#define ARGON2ID 1
#define PIECE ((gsize) 65536)
#define SEALED (PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)
#define HEAD_SIZE                                                                                            \
  (MAGIC_SIZE + 4 + 4 + 8 + crypto_pwhash_SALTBYTES + crypto_secretstream_xchacha20poly1305_HEADERBYTES)
#define OPERATIONS crypto_pwhash_OPSLIMIT_MODERATE
#define MEMORY crypto_pwhash_MEMLIMIT_MODERATE
#define OPERATIONS_MAX 16 /* what a file may ask for */
#define MEMORY_MAX ((guint64) 1 << 30)

struct _NaruVault
{
  int fd;
  char *file;
  crypto_secretstream_xchacha20poly1305_state state;
  guint8 head[HEAD_SIZE];
  gboolean begun; /* the first piece, which covers the head, has been */
  gboolean ended; /* so has the last one */
  gsize at;       /* of the piece: how much of it was read */
  gsize fill;     /* bytes in it */
  guint8 *piece;  /* PIECE */
  guint8 *sealed; /* SEALED */
};

/**
 * naru_vault_free: (skip)
 * @self: (nullable) (transfer full): a vault
 *
 * What was written without naru_vault_finish() cannot be read.
 */
void
naru_vault_free (NaruVault *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  sodium_memzero (self->piece, PIECE);
  g_free (self->piece);
  g_free (self->sealed);
  g_free (self->file);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

/**
 * naru_vault_is: (skip)
 * @file: a file
 *
 * Returns: whether it begins like a vault
 */
gboolean
naru_vault_is (const char *file)
{
  char start[MAGIC_SIZE];
  int fd = naru_file_open (AT_FDCWD, file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

  if (fd < 0)
    return FALSE;
  gssize got = read (fd, start, sizeof start);
  close (fd);
  return got == (gssize) sizeof start && memcmp (start, MAGIC, sizeof start) == 0;
}

static void
put_number (guint8 *at, guint64 number, gsize size)
{
  for (gsize i = 0; i < size; i++)
    at[i] = (guint8) (number >> (8 * (size - 1 - i)));
}

static guint64
get_number (const guint8 *at, gsize size)
{
  guint64 number = 0;

  for (gsize i = 0; i < size; i++)
    number = number << 8 | at[i];
  return number;
}

static NaruVault *
vault_new (const char *file, int fd)
{
  NaruVault *self = g_new0 (NaruVault, 1);

  self->fd = fd;
  self->file = g_strdup (file);
  self->piece = g_malloc (PIECE);
  self->sealed = g_malloc (SEALED);
  return self;
}

static const guint8 *
get_salt (NaruVault *self)
{
  return self->head + MAGIC_SIZE + 16;
}

static guint8 *
get_stream_head (NaruVault *self)
{
  return self->head + HEAD_SIZE - crypto_secretstream_xchacha20poly1305_HEADERBYTES;
}

/* The same passphrase can be typed in two forms of Unicode; it is used in one. */
static gboolean
make_key (NaruVault *self, const char *passphrase, guint8 *key, GError **error)
{
  guint64 operations = get_number (self->head + MAGIC_SIZE + 4, 4);
  guint64 memory = get_number (self->head + MAGIC_SIZE + 8, 8);
  char *text = g_utf8_normalize (passphrase, -1, G_NORMALIZE_NFC);

  if (text == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0, NULL,
                      _ ("the passphrase is not UTF-8 text"));
      return FALSE;
    }
  int result = sodium_init () < 0
                   ? -1
                   : crypto_pwhash (key, crypto_secretstream_xchacha20poly1305_KEYBYTES, text, strlen (text),
                                    get_salt (self), operations, memory, crypto_pwhash_ALG_ARGON2ID13);
  sodium_memzero (text, strlen (text));
  g_free (text);
  if (result == 0)
    return TRUE;
  naru_set_error_errno (error, ENOMEM, _ ("End other programs; it takes 256 MiB of memory."),
                        _ ("cannot make a key of the passphrase"));
  return FALSE;
}

static gboolean
write_all (NaruVault *self, gconstpointer data, gsize size, GError **error)
{
  if (naru_file_write (self->fd, data, size))
    return TRUE;
  naru_set_error_errno (error, errno, _ ("free some space and run the command again"), _ ("cannot write %s"),
                        self->file);
  return FALSE;
}

/**
 * naru_vault_create: (skip)
 * @file: a file that does not exist yet
 * @passphrase: UTF-8
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a vault to write to
 */
NaruVault *
naru_vault_create (const char *file, const char *passphrase, GError **error)
{
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];

  if (g_utf8_strlen (passphrase, -1) < NARU_PASSPHRASE_MIN)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0,
                      _ ("Take some words that nobody would guess."),
                      _ ("a passphrase has %d characters or more"), NARU_PASSPHRASE_MIN);
      return NULL;
    }
  int fd = naru_file_open (AT_FDCWD, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("choose another file"), _ ("cannot write %s"), file);
      return NULL;
    }
  g_autoptr (NaruVault) self = vault_new (file, fd);
  memcpy (self->head, MAGIC, MAGIC_SIZE);
  put_number (self->head + MAGIC_SIZE, ARGON2ID, 4);
  put_number (self->head + MAGIC_SIZE + 4, OPERATIONS, 4);
  put_number (self->head + MAGIC_SIZE + 8, MEMORY, 8);
  randombytes_buf (self->head + MAGIC_SIZE + 16, crypto_pwhash_SALTBYTES);
  if (!make_key (self, passphrase, key, error))
    return NULL;
  crypto_secretstream_xchacha20poly1305_init_push (&self->state, get_stream_head (self), key);
  sodium_memzero (key, sizeof key);
  return write_all (self, self->head, HEAD_SIZE, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
write_piece (NaruVault *self, gboolean last, GError **error)
{
  crypto_secretstream_xchacha20poly1305_push (&self->state, self->sealed, NULL, self->piece, self->fill,
                                              self->begun ? NULL : self->head, self->begun ? 0 : HEAD_SIZE,
                                              last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
  gsize size = self->fill + crypto_secretstream_xchacha20poly1305_ABYTES;
  self->begun = TRUE;
  self->fill = 0;
  return write_all (self, self->sealed, size, error);
}

/**
 * naru_vault_write: (skip)
 * @self: a vault that was created
 * @data: what goes in next
 * @size: its bytes
 * @error: return location
 *
 * Returns: whether it is written
 */
gboolean
naru_vault_write (NaruVault *self, gconstpointer data, gsize size, GError **error)
{
  const guint8 *at = data;

  while (size > 0)
    {
      /* a full piece waits: it may be the last one */
      if (self->fill == PIECE && !write_piece (self, FALSE, error))
        return FALSE;
      gsize part = MIN (size, PIECE - self->fill);
      memcpy (self->piece + self->fill, at, part);
      self->fill += part;
      at += part;
      size -= part;
    }
  return TRUE;
}

/**
 * naru_vault_finish: (skip)
 * @self: a vault that was created
 * @error: return location
 *
 * Returns: whether all of it is on disk
 */
gboolean
naru_vault_finish (NaruVault *self, GError **error)
{
  if (!write_piece (self, TRUE, error))
    return FALSE;
  if (naru_file_sync (self->fd))
    return TRUE;
  naru_set_error_errno (error, errno, _ ("check the disk"), _ ("cannot write %s"), self->file);
  return FALSE;
}

static gboolean
fail_damaged (NaruVault *self, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Take another copy of the backup."),
                  _ ("%s is damaged, altered or cut off"), self->file);
  return FALSE;
}

/* As many bytes as there are, up to @size; -1: an error is set */
static gssize
read_some (NaruVault *self, guint8 *data, gsize size, GError **error)
{
  gsize have = 0;

  while (have < size)
    {
      gssize got = read (self->fd, data + have, size - have);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          naru_set_error_errno (error, errno, _ ("check the disk"), _ ("cannot read %s"), self->file);
          return -1;
        }
      if (got == 0)
        break;
      have += (gsize) got;
    }
  return (gssize) have;
}

static gboolean
read_head (NaruVault *self, GError **error)
{
  gssize got = read_some (self, self->head, HEAD_SIZE, error);

  if (got < 0)
    return FALSE;
  if (got != HEAD_SIZE || memcmp (self->head, MAGIC, MAGIC_SIZE) != 0)
    return fail_damaged (self, error);
  guint64 operations = get_number (self->head + MAGIC_SIZE + 4, 4);
  guint64 memory = get_number (self->head + MAGIC_SIZE + 8, 8);
  if (get_number (self->head + MAGIC_SIZE, 4) == ARGON2ID && operations >= crypto_pwhash_OPSLIMIT_MIN &&
      operations <= OPERATIONS_MAX && memory >= crypto_pwhash_MEMLIMIT_MIN && memory <= MEMORY_MAX)
    return TRUE;
  return fail_damaged (self, error);
}

/* The first piece tells whether the passphrase is right; nothing tells that from a first piece that was
 * altered. */
static gboolean
read_piece (NaruVault *self, GError **error)
{
  unsigned long long size = 0;
  unsigned char tag = 0;
  gssize got = read_some (self, self->sealed, SEALED, error);

  if (got < 0)
    return FALSE;
  if (got < (gssize) crypto_secretstream_xchacha20poly1305_ABYTES)
    return fail_damaged (self, error);
  if (crypto_secretstream_xchacha20poly1305_pull (&self->state, self->piece, &size, &tag, self->sealed,
                                                  (unsigned long long) got, self->begun ? NULL : self->head,
                                                  self->begun ? 0 : HEAD_SIZE) != 0)
    {
      if (self->begun)
        return fail_damaged (self, error);
      naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0,
                      _ ("Try again; else take another copy of the backup."),
                      _ ("the passphrase does not open %s, or its beginning is damaged"), self->file);
      return FALSE;
    }
  self->begun = TRUE;
  self->at = 0;
  self->fill = (gsize) size;
  self->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  /* in between all pieces are full, and nothing follows the last one */
  if (self->ended ? read_some (self, self->sealed, 1, error) != 0 : self->fill != PIECE)
    return error != NULL && *error != NULL ? FALSE : fail_damaged (self, error);
  return TRUE;
}

/**
 * naru_vault_open: (skip)
 * @file: a vault
 * @passphrase: UTF-8
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a vault to read from; %NULL with %NARU_ERROR_INVALID for another
 * passphrase, %NARU_ERROR_BROKEN for a damaged file
 */
NaruVault *
naru_vault_open (const char *file, const char *passphrase, GError **error)
{
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  int fd = naru_file_open (AT_FDCWD, file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

  if (fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("check the permissions"), _ ("cannot read %s"), file);
      return NULL;
    }
  g_autoptr (NaruVault) self = vault_new (file, fd);
  if (!read_head (self, error) || !make_key (self, passphrase, key, error))
    return NULL;
  int result = crypto_secretstream_xchacha20poly1305_init_pull (&self->state, get_stream_head (self), key);
  sodium_memzero (key, sizeof key);
  if (result != 0)
    {
      fail_damaged (self, error);
      return NULL;
    }
  return read_piece (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * naru_vault_read: (skip)
 * @self: a vault that was opened
 * @data: (out): room for @size bytes
 * @size: how many are wanted
 * @got: (out): how many there are; less than @size only at the end, of which one can be sure
 * @error: return location
 *
 * Returns: %FALSE with %NARU_ERROR_BROKEN for a file that is altered or cut off
 */
gboolean
naru_vault_read (NaruVault *self, gpointer data, gsize size, gsize *got, GError **error)
{
  guint8 *to = data;

  *got = 0;
  while (*got < size)
    {
      if (self->at == self->fill && self->ended)
        break;
      if (self->at == self->fill && !read_piece (self, error))
        return FALSE;
      gsize part = MIN (size - *got, self->fill - self->at);
      memcpy (to + *got, self->piece + self->at, part);
      self->at += part;
      *got += part;
    }
  return TRUE;
}
