/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-file-private.h"
#include "naru-program.h"
#include "naru-ssh-private.h"
#include "naru-vault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The passphrase of a private key. OpenSSH's own program encrypts the file and takes the encryption off, with
 * a derivation of keys that libsodium does not have; what is here asks it and looks at what it made. */

#define PASSPHRASE_MAX 1024
#define COMPLAINT_MAX 4096

static gboolean
fail_program (GError **error)
{
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, _ ("Install the Debian package openssh-client."),
                  _ ("ssh-keygen is needed for the passphrase of a key, and cannot be run"));
  return FALSE;
}

static gboolean
check_passphrase (const char *passphrase, GError **error)
{
  if (passphrase == NULL || (g_utf8_strlen (passphrase, -1) >= NARU_PASSPHRASE_MIN &&
                             strlen (passphrase) <= PASSPHRASE_MAX && strpbrk (passphrase, "\r\n") == NULL))
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0, _ ("Take some words that nobody would guess."),
                  _ ("a passphrase has %d characters or more"), NARU_PASSPHRASE_MIN);
  return FALSE;
}

/* The answers in the order of the questions, in a pipe, which holds them all. @reader: (out) */
static gboolean
put_answers (const char *const *answers, int *reader, GError **error)
{
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    {
      naru_set_error_errno (error, errno, _ ("End other programs."), _ ("ssh-keygen cannot be run"));
      return FALSE;
    }
  gboolean good = TRUE;
  for (guint i = 0; answers[i] != NULL && good; i++)
    good = naru_file_write (ends[1], answers[i], strlen (answers[i])) && naru_file_write (ends[1], "\n", 1);
  if (!good)
    naru_set_error_errno (error, errno, _ ("End other programs."), _ ("ssh-keygen cannot be run"));
  close (ends[1]);
  if (!good)
    {
      close (ends[0]);
      return FALSE;
    }
  *reader = ends[0];
  return TRUE;
}

static gboolean
wait_for (GPid child, gboolean *good)
{
  int status = 0;

  while (waitpid (child, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  *good = WIFEXITED (status) && WEXITSTATUS (status) == 0;
  return TRUE;
}

/* In the child: it does not go on with the key when we are gone. */
static void
set_up_child (gpointer user_data)
{
  const pid_t *parent = user_data;

  naru_program_tie (*parent, SIGKILL);
}

static gboolean
run_keygen (const char *path, const char *const *answers, gboolean remove, GError **error)
{
  const char *argv[] = { "ssh-keygen", "-q", "-p", "-f", path, remove ? "-N" : NULL, "", NULL };
  g_autofree char *helper = naru_data_get_path ("share/keys", "answer");
  g_auto (GStrv) environment = g_get_environ ();
  int reader = -1;
  pid_t parent = getpid ();
  GPid child = 0;
  gboolean good = FALSE;

  if (access (helper, X_OK) != 0)
    {
      naru_set_error_errno (error, errno,
                            _ ("Install Naru again, or let NARU_DATA_DIR name the folder of its data."),
                            _ ("cannot run %s"), helper);
      return FALSE;
    }
  if (!put_answers (answers, &reader, error))
    return FALSE;
  environment = g_environ_setenv (environment, "SSH_ASKPASS", helper, TRUE);
  environment = g_environ_setenv (environment, "SSH_ASKPASS_REQUIRE", "force", TRUE);
  int nowhere = naru_file_open (AT_FDCWD, "/dev/null", O_RDWR, 0);
  gboolean started = g_spawn_async_with_fds (NULL, (char **) argv, environment,
                                             G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_up_child,
                                             &parent, &child, reader, nowhere, nowhere, NULL);
  close (reader);
  close (nowhere);
  if (!started || !wait_for (child, &good))
    return fail_program (error);
  if (good)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0, _ ("Try again."),
                  _ ("the passphrase is not that of the key %s"), path);
  return FALSE;
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (AT_FDCWD, from, NARU_SSH_FILE_MAX);

  if (bytes == NULL)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the key %s"), from);
      return FALSE;
    }
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  unlink (to);
  int fd = naru_file_open (AT_FDCWD, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  gboolean good = fd >= 0 && naru_file_write (fd, data, size);
  if (!good)
    naru_set_error_errno (error, errno, NULL, _ ("Cannot write “%s”"), to);
  if (fd >= 0)
    close (fd);
  explicit_bzero ((gpointer) data, size);
  return good;
}

/* What was made takes the place of the key when it is the same key, with a passphrase or without, as asked.
 */
static gboolean
take_over (const char *made, const char *path, NaruSigner *before, gboolean locked, GError **error)
{
  g_autoptr (NaruSigner) after = naru_signer_load_or_ask (made, NULL, error);
  g_autofree char *folder = g_path_get_dirname (path);

  if (after == NULL)
    return FALSE;
  if (naru_signer_needs_agent (after) != locked ||
      !g_str_equal (naru_signer_get_key (after), naru_signer_get_key (before)))
    return fail_program (error);
  int fd = naru_file_open (AT_FDCWD, made, O_RDONLY | O_NOFOLLOW, 0);
  gboolean done = fd >= 0 && naru_file_sync (fd) && rename (made, path) == 0;
  if (!done)
    naru_set_error_errno (error, errno, NULL, _ ("Cannot write “%s”"), path);
  if (fd >= 0)
    close (fd);
  if (!done || naru_file_sync_folder (AT_FDCWD, folder))
    return done;

  naru_set_error (
      error, NARU_ERROR_PENDING, NULL, 0,
      _ ("Check the disk. Should the key ask for its former passphrase after a power loss, run the "
         "command again."),
      _ ("The passphrase of “%s” is changed, but the disk has not confirmed it"), path);
  return FALSE;
}

/**
 * naru_key_set_passphrase: (skip)
 * @path: a private key, as naru_signer_load_or_ask() takes it
 * @old: (nullable): its passphrase, where it has one
 * @passphrase: (nullable): its next one; %NULL takes it off
 * @error: return location; %NARU_ERROR_INVALID with the field "passphrase" for a wrong one;
 * %NARU_ERROR_PENDING where the key has that passphrase, and the disk did not confirm it
 *
 * The key's file is replaced as a whole or not at all.
 *
 * Returns: whether it has that passphrase now, and keeps it
 */
gboolean
naru_key_set_passphrase (const char *path, const char *old, const char *passphrase, GError **error)
{
  g_autoptr (NaruSigner) before = naru_signer_load_or_ask (path, NULL, error);
  g_autofree char *made = g_strconcat (path, NARU_KEY_LOCKING_SUFFIX, NULL);
  const char *answers[4] = { NULL };
  guint n = 0;

  if (before == NULL || !check_passphrase (passphrase, error))
    return FALSE;
  if (naru_signer_needs_agent (before))
    answers[n++] = old != NULL ? old : "";
  for (guint i = 0; passphrase != NULL && i < 2; i++)
    answers[n++] = passphrase;
  gboolean done = copy_file (path, made, error) && run_keygen (made, answers, passphrase == NULL, error) &&
                  take_over (made, path, before, passphrase != NULL, error);
  unlink (made);
  return done;
}
