/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-vault.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* What goes in comes out, and whatever happens to the file in between is noticed. Another program reads it in
 * tests/cli/test-restore.sh. Each opening takes its time on purpose, so there are few. */

#define PIECE 65536
#define SEALED (PIECE + 17)
#define HEAD 72

static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static GBytes *
make_content (gsize size)
{
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 7 + (i >> 16));
  return g_bytes_new_take (data, size);
}

static void
write_vault (const char *name, const char *passphrase, gsize size)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GBytes) content = make_content (size);
  const guint8 *data = g_bytes_get_data (content, NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_unlink (path);
  g_autoptr (NaruVault) vault = naru_vault_create (path, passphrase, &error);
  g_assert_no_error (error);
  for (gsize at = 0; at < size;)
    {
      gsize part = MIN (size - at, 1 + at % 30011);
      g_assert_true (naru_vault_write (vault, data + at, part, &error));
      at += part;
    }
  g_assert_true (naru_vault_finish (vault, &error));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (info.st_size, ==, HEAD + (gint64) size + 17 * MAX (1, (size + PIECE - 1) / PIECE));
  g_assert_true (naru_vault_is (path));
}

/* Returns: (transfer full) (nullable): all of it */
static GBytes *
read_vault (const char *name, const char *passphrase, GError **error)
{
  g_autofree char *path = path_of (name);
  g_autoptr (NaruVault) vault = naru_vault_open (path, passphrase, error);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[50000];
  gsize got = sizeof buffer;

  while (vault != NULL && got == sizeof buffer)
    {
      if (!naru_vault_read (vault, buffer, sizeof buffer, &got, error))
        return NULL;
      g_byte_array_append (all, buffer, (guint) got);
    }
  return vault != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&all)) : NULL;
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, PIECE, 3 * PIECE + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) expected = make_content (sizes[i]);
      write_vault ("vault", "열두 글자 이상의 암호", sizes[i]);
      g_autoptr (GBytes) got = read_vault ("vault", "열두 글자 이상의 암호", &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (got, expected));
    }
  /* the last one, typed on a machine that takes Hangul apart */
  g_autofree char *apart = g_utf8_normalize ("열두 글자 이상의 암호", -1, G_NORMALIZE_NFD);
  g_autoptr (GBytes) again = read_vault ("vault", apart, NULL);
  g_assert_nonnull (again);
}

static void
assert_refused (const char *name, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_vault (name, "correct horse", &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, NARU_ERROR, code);
  g_assert_nonnull (naru_error_get_cure (error));
}

static void
put_bytes (const char *name, const guint8 *data, gsize size)
{
  g_autofree char *path = path_of (name);

  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
}

static void
test_damage (void)
{
  g_autofree char *path = path_of ("vault");
  g_autofree guint8 *data = NULL;
  gsize size;

  write_vault ("vault", "correct horse", 2 * PIECE + 100);
  g_assert_true (g_file_get_contents (path, (char **) &data, &size, NULL));
  g_autofree guint8 *copy = g_malloc (size + 1);
  const struct
  {
    gsize at;
    int code;
  } flips[] = {
    { 5, NARU_ERROR_BROKEN },
    { 19, NARU_ERROR_BROKEN },
    { 20, NARU_ERROR_BROKEN },
    { 24, NARU_ERROR_BROKEN },
    { 23, NARU_ERROR_INVALID },
    { 40, NARU_ERROR_INVALID },
    { 60, NARU_ERROR_INVALID },
    { HEAD + 3, NARU_ERROR_INVALID },
    { HEAD + SEALED + 7, NARU_ERROR_BROKEN },
    { size - 1, NARU_ERROR_BROKEN },
  };
  for (guint i = 0; i < G_N_ELEMENTS (flips); i++)
    {
      memcpy (copy, data, size);
      copy[flips[i].at] ^= flips[i].at == 23 ? 1 : 0x40;
      put_bytes ("damaged", copy, size);
      assert_refused ("damaged", flips[i].code);
    }
  /* cut off where a piece ends, in the midst of one, in the head; something behind; two pieces that change
   * places */
  put_bytes ("damaged", data, HEAD + 2 * SEALED);
  assert_refused ("damaged", NARU_ERROR_BROKEN);
  put_bytes ("damaged", data, HEAD + SEALED + 1000);
  assert_refused ("damaged", NARU_ERROR_BROKEN);
  put_bytes ("damaged", data, HEAD);
  assert_refused ("damaged", NARU_ERROR_BROKEN);
  put_bytes ("damaged", data, 40);
  assert_refused ("damaged", NARU_ERROR_BROKEN);
  memcpy (copy, data, size);
  copy[size] = 0;
  put_bytes ("damaged", copy, size + 1);
  assert_refused ("damaged", NARU_ERROR_BROKEN);
  memcpy (copy + HEAD, data + HEAD + SEALED, SEALED);
  memcpy (copy + HEAD + SEALED, data + HEAD, SEALED);
  put_bytes ("damaged", copy, size);
  assert_refused ("damaged", NARU_ERROR_INVALID);
}

static void
test_passphrases (void)
{
  g_autofree char *path = path_of ("short");
  g_autofree char *there = path_of ("there");
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_vault_create (path, "seven77", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpstr (naru_error_get_field (error), ==, "passphrase");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  put_bytes ("there", (const guint8 *) "x", 1);
  g_assert_null (naru_vault_create (there, "correct horse", &error));
  g_clear_error (&error);
  g_assert_false (naru_vault_is (there));
  write_vault ("vault", "correct horsf", 10);
  assert_refused ("vault", NARU_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("naru-vault-XXXXXX", NULL);
  g_test_add_func ("/vault/sizes", test_sizes);
  g_test_add_func ("/vault/damage", test_damage);
  g_test_add_func ("/vault/passphrases", test_passphrases);
  int status = g_test_run ();
  static const char *const names[] = { "vault", "damaged", "there" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (names[i]);
      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
  return status;
}
