/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-audit.h"
#include "naru-past-entry.h"

/* A commit out of a history that nobody vouches for: no commit of an office, or an entry of which sealing and
 * building make the same commit again; anything else has to be noticed. */

static GBytes *
get_tree (const char *path, gpointer user_data, GError **error)
{
  return NULL;
}

static gboolean
put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  return TRUE;
}

/* (transfer full): a message without the lines that sealing makes, which chance never hits */
static char *
drop_seals (const char *message)
{
  static const char *const seals[] = { "Naru-Seq: ", "Naru-Entry: ", "Naru-Chain: " };
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean seal = FALSE;
      for (gsize j = 0; j < G_N_ELEMENTS (seals); j++)
        seal = seal || g_str_has_prefix (lines[i], seals[j]);
      if (!seal)
        g_string_append_printf (text, "%s\n", lines[i]);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What was built is read as what it was built of. */
static void
check_again (const NaruPastEntry *past, GBytes *built)
{
  g_auto (NaruPastEntry) again = { 0 };

  g_assert_true (naru_past_entry_read (&again, built));
  g_assert_cmpstr (again.message, ==, naru_entry_get_message (past->entry));
  g_assert_cmpstr (again.author, ==, past->author);
  g_assert_cmpstr (again.author_email, ==, past->author_email);
  g_assert_cmpstr (again.record, ==, past->record);
  g_assert_cmpstr (again.from, ==, past->from);
  g_assert_cmpstr (again.to, ==, past->to);
  g_assert_cmpstr (again.reason, ==, past->reason);
  g_assert_cmpstr (again.detail, ==, past->detail);
  g_assert_cmpint (again.authored.seconds, ==, past->authored.seconds);
  g_assert_cmpint (again.authored.offset_minutes, ==, past->authored.offset_minutes);
  g_assert_cmpuint (again.verdicts->len, ==, past->verdicts->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  g_auto (NaruPastEntry) past = { 0 };
  g_autoptr (GError) error = NULL;
  NaruOid parent = { 0 }, commit;

  if (!naru_past_entry_read (&past, bytes))
    return 0;
  g_assert_nonnull (past.action);
  g_assert_cmpuint (g_bytes_get_size (past.unsigned_bytes), <=, size);
  if (!naru_entry_seal (past.entry, 1, NULL, &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  if (!naru_commit_build (past.entry, &parent, NULL, get_tree, put_tree, NULL, objects, &commit, &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  NaruObject *last = g_ptr_array_index (objects, objects->len - 1);
  g_autofree char *given = drop_seals (past.message);
  g_autofree char *built = drop_seals (naru_entry_get_message (past.entry));
  if (g_str_equal (given, built))
    check_again (&past, last->bytes);
  return 0;
}
