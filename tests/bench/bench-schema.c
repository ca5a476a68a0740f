/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

#include <time.h>

#define ROUNDS 7
#define REPEATS 20000

static double
now_ns (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static NaruJson *
load (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  NaruJson *json = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);
  if (json == NULL)
    g_error ("%s", error->message);
  return json;
}

/* The best of some rounds: what else runs on the machine only ever adds. */
static double
measure (NaruSchema *schema, NaruJson *deal, GPtrArray *findings)
{
  double best = G_MAXDOUBLE;
  for (int round = 0; round < ROUNDS; round++)
    {
      const double start = now_ns ();
      for (int i = 0; i < REPEATS; i++)
        if (!naru_schema_validate (schema, deal, findings))
          g_error ("the deal does not fit its schema");
      best = MIN (best, (now_ns () - start) / REPEATS);
    }
  return best;
}

/* usage: bench-schema FOLDER, with deal-schema.json and deal.json in it */
int
main (int argc, char **argv)
{
  if (argc != 2)
    {
      g_printerr ("usage: %s FOLDER\n", argv[0]);
      return 2;
    }

  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = load (argv[1], "deal-schema.json");
  g_autoptr (NaruJson) deal = load (argv[1], "deal.json");
  g_autoptr (GBytes) bytes = naru_json_to_bytes (deal);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  const double compile_start = now_ns ();
  g_autoptr (NaruSchema) schema = naru_schema_new (json, "deal-schema.json", &error);
  const double compile_ns = now_ns () - compile_start;
  if (schema == NULL)
    g_error ("%s", error->message);

  const double ns = measure (schema, deal, findings);
  g_print ("{\"bench\":\"schema\",\"ns_per_validation\":%.0f,\"bytes\":%" G_GSIZE_FORMAT
           ",\"compile_ns\":%.0f,\"bar_ns\":5000,\"met\":%s}\n",
           ns, g_bytes_get_size (bytes), compile_ns, ns <= 5000 ? "true" : "false");
  return 0;
}
