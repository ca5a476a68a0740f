/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a commit costs, alone and in bulk, beside `git fast-import` of the same commits; one JSON line each.
 * That both did the same is shown by the id of the last commit. */

#define N_DEALS 10000
#define N_BUILDS 5000
#define N_LOOSE 300
#define N_SIGNED 2000
#define N_ROUNDS 9
#define N_FILES 100000
#define N_COMMITS 50000

static void
say (const char *what, gint64 start, guint n)
{
  g_print ("{\"bench\":\"audit\",\"what\":\"%s\",\"n\":%u,\"microseconds\":%.2f}\n", what, n,
           (double) (g_get_monotonic_time () - start) / n);
}

static char *
deal_path (guint deal)
{
  return g_strdup_printf ("records/deal/2026/%02u/%02u/MGK-2026-%05u.json", deal / 10000 % 100,
                          deal / 100 % 100, deal);
}

static GBytes *
deal_text (guint deal, guint version, gsize filling)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text, "{\n  \"court\": \"%s\",\n  \"officer\": \"MGK-PER-2026-%05u\",\n  \"sectors\": [\n",
      version % 2 == 0 ? "us" : "inventor", deal % 7);
  g_string_append_printf (text, "    \"biohealth\"\n  ],\n  \"stage\": \"stage-%u\",\n  \"summary\": \"",
                          version);
  guint32 state = deal * 2654435761u + 1;
  while (text->len < filling)
    {
      state = state * 1664525u + 1013904223u;
      g_string_append_printf (text, "%s%u ", state >> 31 ? "technology " : "기술 ", state >> 20);
    }
  g_string_append_printf (text, "\",\n  \"title\": \"기술 %u\",\n  \"trl\": %u\n}\n", deal, version % 9);
  return g_string_free_to_bytes (text);
}

static void
put_deal (NaruEntry *entry, guint deal, guint version, gsize filling)
{
  g_autofree char *path = deal_path (deal);
  g_autoptr (GBytes) bytes = deal_text (deal, version, filling);

  naru_entry_put_file (entry, path, bytes);
}

static void
bench_build (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) first = history_begin ("all");
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_entry_unref);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < N_DEALS; i++)
    put_deal (first, i, 0, 800);
  g_ptr_array_add (kept, history_build (history, first));
  for (guint i = 0; i < N_BUILDS; i++)
    {
      NaruEntry *entry = history_begin ("deal: advance");
      put_deal (entry, i * 7919 % N_DEALS, 1 + i / N_DEALS, 800);
      g_ptr_array_add (entries, entry);
    }
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < N_BUILDS; i++)
    g_ptr_array_add (kept, history_build (history, g_ptr_array_index (entries, i)));
  say ("entry sealed and commit built, 8 objects", start, N_BUILDS);
  start = g_get_monotonic_time ();
  for (guint i = 1; i <= N_BUILDS; i++)
    g_bytes_unref (naru_objects_to_row (g_ptr_array_index (kept, i), &history->head, NULL));
  say ("journal row of 8 objects", start, N_BUILDS);
  start = g_get_monotonic_time ();
  for (guint i = 1; i <= N_LOOSE; i++)
    naru_repository_write_loose (history->repository, g_ptr_array_index (kept, i), NULL);
  say ("8 objects written loose, not synced", start, N_LOOSE);
  start = g_get_monotonic_time ();
  for (guint i = 1; i <= N_LOOSE; i++)
    naru_repository_set_head (history->repository, NULL, &history->head, FALSE, NULL);
  say ("branch moved, not synced", start, N_LOOSE);
  start = g_get_monotonic_time ();
  naru_repository_sweep (history->repository, NULL, NULL);
  say ("sweep", start, 1);
}

/* Microseconds of one commit, built from a sealed entry with or without a signature. */
static double
time_builds (NaruSigner *signer)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_entry_unref);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  history->signer = signer;
  for (guint i = 0; i < N_SIGNED; i++)
    {
      NaruEntry *entry = history_begin ("deal: advance evaluation → patent");
      put_deal (entry, i * 7919 % N_DEALS, 1, 800);
      g_ptr_array_add (entries, entry);
    }
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < N_SIGNED; i++)
    g_ptr_array_add (kept, history_build (history, g_ptr_array_index (entries, i)));
  return (double) (g_get_monotonic_time () - start) / N_SIGNED;
}

static int
compare_doubles (const void *a, const void *b)
{
  const double *left = a;
  const double *right = b;

  return (*left > *right) - (*left < *right);
}

/* In turn, so that what else the machine does meets both. */
static void
bench_signature (void)
{
  g_autoptr (NaruSigner) signer = naru_signer_generate (NULL);
  double added[N_ROUNDS];

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      double without = time_builds (NULL);
      added[i] = time_builds (signer) - without;
    }
  qsort (added, N_ROUNDS, sizeof *added, compare_doubles);
  g_print (
      "{\"bench\":\"audit\",\"what\":\"what a signature adds to a commit\",\"n\":%u,\"microseconds\":%.2f,"
      "\"bar\":100}\n",
      N_SIGNED, added[N_ROUNDS / 2]);
}

static void
bench_checkpoint (void)
{
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruEntry) first = history_begin ("all");
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < N_DEALS; i++)
    put_deal (first, i, 0, 800);
  g_ptr_array_unref (history_build (history, first));
  for (guint i = 0; i < 64; i++)
    {
      g_autoptr (NaruEntry) entry = history_begin ("deal: advance");
      put_deal (entry, i * 7919 % N_DEALS, 1, 800);
      g_ptr_array_add (objects, history_build (history, entry));
    }
  gint64 start = g_get_monotonic_time ();
  g_autoptr (NaruPack) pack = naru_pack_new (path, "checkpoint", NULL);
  for (guint i = 0; i < objects->len; i++)
    {
      GPtrArray *commit = g_ptr_array_index (objects, i);
      for (guint j = 0; j < commit->len; j++)
        naru_pack_add (pack, g_ptr_array_index (commit, j), NULL);
    }
  naru_pack_finish (pack, NULL);
  naru_pack_publish (path, "checkpoint", NULL);
  naru_repository_set_head (history->repository, NULL, &history->head, TRUE, NULL);
  say ("checkpoint of 64 commits, on disk", start, 1);
}

static void
stream_file (FILE *stream, const char *path, GBytes *bytes)
{
  fprintf (stream, "M 100644 inline %s\ndata %zu\n", path, g_bytes_get_size (bytes));
  fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), stream);
  fputc ('\n', stream);
}

static void
stream_commit (FILE *stream, NaruEntry *entry)
{
  const char *message = naru_entry_get_message (entry);

  fprintf (stream,
           "commit refs/heads/main\nauthor %s <%s> 1790000000 +0900\n"
           "committer %s <%s> 1790000007 -0330\ndata %zu\n%s",
           naru_entry_get_author_name (entry), naru_entry_get_author_email (entry),
           naru_entry_get_committer_name (entry), naru_entry_get_committer_email (entry), strlen (message),
           message);
  for (guint i = 0; i < naru_entry_get_n_files (entry); i++)
    {
      const NaruEntryFile *file = naru_entry_get_file (entry, i, NULL);
      stream_file (stream, file->path, file->bytes);
    }
}

static goffset
size_of_packs (const char *repository)
{
  g_autofree char *path = g_build_filename (repository, "objects/pack", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  goffset size = 0;

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      GStatBuf status;
      if (g_str_has_suffix (name, ".pack") && g_stat (file, &status) == 0)
        size += status.st_size;
    }
  return size;
}

/* Gives the stream to stock git in a repository of its own; compares the head; measures what gc makes of it.
 */
static double
run_fast_import (History *history, const char *stream, goffset *packed, goffset *collected)
{
  g_autofree char *theirs = history_path (history, "theirs.git");
  g_autofree char *script =
      g_strdup_printf ("git init -q --bare '%s' && exec git --git-dir='%s' fast-import --quiet <'%s'", theirs,
                       theirs, stream);
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  char hex[2 * NARU_OID_SIZE + 1];
  int status = -1;

  gint64 start = g_get_monotonic_time ();
  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL);
  double seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_assert_cmpint (status, ==, 0);
  g_autofree char *head = run_git (theirs, NULL, "rev-parse", "main", NULL);
  naru_oid_to_hex (&history->head, hex);
  g_assert_cmpstr (g_strchomp (head), ==, hex);
  *packed = size_of_packs (theirs);
  g_free (run_git (theirs, NULL, "gc", "-q", NULL));
  *collected = size_of_packs (theirs);
  remove_folder (theirs);
  return seconds;
}

static void
compare (const char *what, History *history, const char *stream, guint n, double ours)
{
  goffset packed, collected;
  double theirs = run_fast_import (history, stream, &packed, &collected);
  goffset size = size_of_packs (naru_repository_get_path (history->repository));

  g_print (
      "{\"bench\":\"audit\",\"what\":\"%s\",\"n\":%u,\"seconds\":%.2f,\"fast_import\":%.2f,\"ratio\":%.2f,"
      "\"bytes\":%" G_GOFFSET_FORMAT ",\"fast_import_bytes\":%" G_GOFFSET_FORMAT
      ",\"gc_bytes\":%" G_GOFFSET_FORMAT ",\"size_ratio\":%.2f}\n",
      what, n, ours, theirs, ours / theirs, size, packed, collected, (double) size / (double) collected);
}

static void
end_pack (History *history, NaruPack *pack)
{
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);

  naru_pack_finish (pack, &error);
  g_assert_no_error (error);
  naru_pack_publish (path, "bench", &error);
  g_assert_no_error (error);
  naru_repository_set_head (history->repository, NULL, &history->head, TRUE, &error);
  g_assert_no_error (error);
}

static void
bench_import (void)
{
  g_autoptr (History) history = history_new ();
  g_autofree char *stream_path = history_path (history, "stream");
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (NaruEntry) entry = history_begin ("import");
  for (guint i = 0; i < N_FILES; i++)
    g_ptr_array_add (texts, deal_text (i, 0, 940));

  gint64 start = g_get_monotonic_time ();
  g_autoptr (NaruPack) pack = naru_pack_new (path, "bench", NULL);
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = deal_path (i);
      naru_entry_put_file (entry, name, g_ptr_array_index (texts, i));
    }
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  for (guint i = 0; i < objects->len; i++)
    naru_pack_add (pack, g_ptr_array_index (objects, i), NULL);
  end_pack (history, pack);
  double ours = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  FILE *stream = fopen (stream_path, "w");
  stream_commit (stream, entry);
  fclose (stream);
  compare ("one commit of 100,000 files of 1 KB", history, stream_path, N_FILES, ours);
}

static void
bench_commits (void)
{
  g_autoptr (History) history = history_new ();
  g_autofree char *stream_path = history_path (history, "stream");
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_entry_unref);

  for (guint i = 0; i < N_COMMITS; i++)
    {
      NaruEntry *entry = history_begin ("deal: advance evaluation → patent");
      put_deal (entry, (guint) ((guint64) i * 7919 % N_DEALS), i / N_DEALS, 800);
      g_ptr_array_add (entries, entry);
    }
  gint64 start = g_get_monotonic_time ();
  g_autoptr (NaruPack) pack = naru_pack_new (path, "bench", NULL);
  for (guint i = 0; i < N_COMMITS; i++)
    {
      g_autoptr (GPtrArray) objects = history_build (history, g_ptr_array_index (entries, i));
      for (guint j = 0; j < objects->len; j++)
        naru_pack_add (pack, g_ptr_array_index (objects, j), NULL);
    }
  end_pack (history, pack);
  double ours = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;

  FILE *stream = fopen (stream_path, "w");
  for (guint i = 0; i < N_COMMITS; i++)
    stream_commit (stream, g_ptr_array_index (entries, i));
  fclose (stream);
  compare ("50,000 commits of one file", history, stream_path, N_COMMITS, ours);
}

int
main (int argc, char **argv)
{
  bench_build ();
  bench_signature ();
  bench_checkpoint ();
  bench_import ();
  bench_commits ();
  return 0;
}
