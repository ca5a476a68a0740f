/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-audit.h"
#include "naru-past-entry.h"

#include <stdlib.h>

/* An entry of the journal, of whatever names, words and paths: refused when it is sealed, or a commit that
 * can be taken apart into the same entry. Lines of the input: "a name <address>", "c" the committer, "s" the
 * subject, "r" a reason, "t Key: value", "f path content", "g path" for a file that goes, "d seconds
 * minutes". */

static GBytes *
get_tree (const char *path, gpointer user_data, GError **error)
{
  GBytes *tree = g_hash_table_lookup (user_data, path);

  return tree != NULL ? g_bytes_ref (tree) : NULL;
}

static gboolean
put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  if (tree != NULL)
    g_hash_table_replace (user_data, g_strdup (path), g_bytes_ref (tree));
  else
    g_hash_table_remove (user_data, path);
  return TRUE;
}

static void
set_person (NaruEntry *entry, const char *text, void (*set) (NaruEntry *, const char *, const char *))
{
  const char *address = strstr (text, " <");
  g_autofree char *name = address != NULL ? g_strndup (text, (gsize) (address - text)) : g_strdup (text);

  set (entry, name, address != NULL ? address + 2 : "x");
}

static void
put_file (NaruEntry *entry, const char *text)
{
  const char *blank = strchr (text, ' ');
  g_autofree char *path = blank != NULL ? g_strndup (text, (gsize) (blank - text)) : g_strdup (text);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  naru_entry_put_file (entry, path, bytes);
}

static void
add_trailer (NaruEntry *entry, const char *text)
{
  const char *colon = strstr (text, ": ");
  g_autofree char *key = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);

  naru_entry_add_trailer (entry, key, colon != NULL ? colon + 2 : "");
}

static void
take_line (NaruEntry *entry, const char *line)
{
  NaruTime time = { 1764338400, 540 };
  char *rest = NULL;

  if (line[0] == '\0' || line[1] != ' ')
    return;
  const char *text = line + 2;
  switch (line[0])
    {
    case 'a':
      set_person (entry, text, naru_entry_set_author);
      break;
    case 'c':
      set_person (entry, text, naru_entry_set_committer);
      break;
    case 's':
      naru_entry_set_subject (entry, text);
      break;
    case 'r':
      naru_entry_set_reason (entry, text);
      break;
    case 't':
      add_trailer (entry, text);
      break;
    case 'f':
      put_file (entry, text);
      break;
    case 'g':
      naru_entry_remove_file (entry, text);
      break;
    case 'd':
      time.seconds = g_ascii_strtoll (text, &rest, 10);
      time.offset_minutes = (gint16) g_ascii_strtoll (rest, NULL, 10);
      naru_entry_set_time (entry, &time, &time);
      break;
    default:
      break;
    }
}

static NaruEntry *
make_entry (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 400);
  NaruEntry *entry = naru_entry_new ("edit");
  NaruTime time = { 1764338400, 540 };

  naru_entry_set_time (entry, &time, &time);
  naru_entry_set_author (entry, "Kim", "kim@naru");
  naru_entry_set_committer (entry, "Office", "office@naru");
  naru_entry_set_subject (entry, "office: edit");
  for (guint i = 0; lines[i] != NULL; i++)
    take_line (entry, lines[i]);
  return entry;
}

/* Whether the message has one action, and nothing twice that can only be one. */
static gboolean
is_clear (const char *message)
{
  static const char *const keys[] = { "Naru-Action", "Naru-Record", "Naru-From", "Naru-To" };
  guint counts[G_N_ELEMENTS (keys)] = { 0 };
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);

  /* what stands in the subject is no trailer */
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (keys); j++)
      counts[j] += g_str_has_prefix (lines[i], keys[j]) && lines[i][strlen (keys[j])] == ':';
  return counts[0] == 1 && counts[1] <= 1 && counts[2] <= 1 && counts[3] <= 1;
}

/* Of the same files */
static void
check_again (NaruEntry *entry, const NaruOid *commit, GBytes *bytes)
{
  g_autoptr (GHashTable) trees =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  g_auto (NaruPastEntry) past = { 0 };
  g_autoptr (GError) error = NULL;
  NaruOid parent = { 0 }, again;

  if (!naru_past_entry_read (&past, bytes))
    {
      g_assert_false (is_clear (naru_entry_get_message (entry)));
      return;
    }
  for (guint i = 0; i < naru_entry_get_n_files (entry); i++)
    {
      const NaruEntryFile *file = naru_entry_get_file (entry, i, NULL);
      if (file->bytes != NULL)
        naru_entry_put_file (past.entry, file->path, file->bytes);
      else
        naru_entry_remove_file (past.entry, file->path);
    }
  naru_entry_seal (past.entry, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_entry_get_message (past.entry), ==, naru_entry_get_message (entry));
  naru_commit_build (past.entry, &parent, NULL, get_tree, put_tree, trees, objects, &again, &error);
  g_assert_no_error (error);
  g_assert_true (naru_oid_equal (commit, &again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (NaruEntry) entry = make_entry (data, size);
  g_autoptr (GHashTable) trees =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  g_autoptr (GError) error = NULL;
  NaruOid parent = { 0 }, commit;

  if (!naru_entry_seal (entry, 1, NULL, &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  if (!naru_commit_build (entry, &parent, NULL, get_tree, put_tree, trees, objects, &commit, &error))
    {
      /* sealing lets through nothing that git refuses, but the removal of what is not there */
      fuzz_check_error (error);
      return 0;
    }
  NaruObject *last = g_ptr_array_index (objects, objects->len - 1);
  g_assert_cmpint (last->kind, ==, NARU_OBJECT_COMMIT);
  check_again (entry, &commit, last->bytes);
  g_autoptr (GBytes) row = naru_objects_to_row (objects, &commit, NULL);
  g_autoptr (GPtrArray) back = naru_objects_from_row (row, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, objects->len);
  return 0;
}
