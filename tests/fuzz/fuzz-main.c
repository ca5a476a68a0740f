/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Runs a fuzz target without libFuzzer, as a unit test: every file of its corpus, then mutations of them, the
 * same ones each time. usage: fuzz-NAME FOLDER MUTATIONS
 */

#define MAX_SIZE 65536
#define SECONDS 20 /* for one input; the slowest takes a hundredth */

static GPtrArray *corpus;   /* of GBytes */
static const guint8 *input; /* what is being tried, for the report of a crash */
static size_t input_size;
static guint64 runs;
static guint64 state;

static guint
pick (gsize n)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (guint) ((state >> 11) % n);
}

static void
keep_input (int number)
{
  static const char path[] = "fuzz-crash";
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (fd >= 0 && write (fd, input, input_size) == (ssize_t) input_size &&
      write (STDERR_FILENO, "the input is in ./fuzz-crash\n", 29) == 29)
    close (fd);
  signal (number, SIG_DFL);
  raise (number);
}

static void
try (const guint8 *data, size_t size)
{
  /* memory of its own, so that a sanitizer sees what is read past its end */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  input = copy;
  input_size = size;
  alarm (SECONDS);
  LLVMFuzzerTestOneInput (size > 0 ? copy : (const guint8 *) "", size);
  alarm (0);
}

static void
change_byte (GByteArray *bytes)
{
  static const guint8 odd[] = { 0,   1,   0x7f, 0x80, 0xff, '"', '\\', '{',
                                '}', '[', ']',  '\n', ' ',  '/', '-',  '0' };

  if (bytes->len == 0)
    return;
  guint at = pick (bytes->len);
  if (pick (2) == 0)
    bytes->data[at] ^= (guint8) (1 << pick (8));
  else
    bytes->data[at] = odd[pick (G_N_ELEMENTS (odd))];
}

static void
insert (GByteArray *bytes, guint at, const guint8 *piece, guint size)
{
  guint old = bytes->len;

  g_byte_array_set_size (bytes, old + size);
  memmove (bytes->data + at + size, bytes->data + at, old - at);
  memcpy (bytes->data + at, piece, size);
}

static void
copy_piece (GByteArray *bytes, GBytes *from)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (from, &size);

  if (size == 0)
    return;
  guint start = pick (size);
  guint length = 1 + pick (MIN (size - start, 64));
  g_autofree guint8 *piece = g_memdup2 (data + start, length);
  if (bytes->len + length <= MAX_SIZE)
    insert (bytes, pick (bytes->len + 1), piece, length);
}

static void
drop_piece (GByteArray *bytes)
{
  if (bytes->len == 0)
    return;
  guint start = pick (bytes->len);
  g_byte_array_remove_range (bytes, start, 1 + pick (MIN (bytes->len - start, 64)));
}

static void
mutate (GByteArray *bytes)
{
  guint n = 1 + pick (4);

  for (guint i = 0; i < n; i++)
    switch (pick (4))
      {
      case 0:
        drop_piece (bytes);
        break;
      case 1:
        copy_piece (bytes, g_ptr_array_index (corpus, pick (corpus->len)));
        break;
      default:
        change_byte (bytes);
        break;
      }
}

static void
test_corpus (void)
{
  g_assert_cmpuint (corpus->len, >, 0);
  try (NULL, 0);
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i), &size);
      try (data, size);
    }
}

static void
test_mutations (void)
{
  state = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  for (guint64 i = 0; i < runs; i++)
    {
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (corpus, i % corpus->len), &size);
      g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) size + 1);
      g_byte_array_append (bytes, data, (guint) size);
      mutate (bytes);
      try (bytes->data, bytes->len);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order of their names: readdir() gives another one on each machine. */
static void
load_corpus (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      char *content = NULL;
      gsize size = 0;
      g_file_get_contents (path, &content, &size, &error);
      g_assert_no_error (error);
      g_ptr_array_add (corpus, g_bytes_new_take (content, size));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  if (argc != 3)
    return 2;
  load_corpus (argv[1]);
  runs = g_ascii_strtoull (argv[2], NULL, 10);
  signal (SIGABRT, keep_input);
  signal (SIGALRM, keep_input);
  g_autofree char *name = g_path_get_basename (argv[1]);
  g_autofree char *first = g_strdup_printf ("/fuzz/%s/corpus", name);
  g_autofree char *second = g_strdup_printf ("/fuzz/%s/mutations", name);
  g_test_add_func (first, test_corpus);
  g_test_add_func (second, test_mutations);
  int status = g_test_run ();
  g_ptr_array_unref (corpus);
  return status;
}
