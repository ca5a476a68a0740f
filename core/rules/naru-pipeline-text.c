/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <string.h>

/*
 * A pipeline as the store keeps it: one line that seals it, one with its JSON but for the gates, and a line
 * for the gate of each declared transition, empty where it has none. A move reads one gate of them.
 *
 * The seal has three digests: of the form that the pipeline was checked against, of the lines as they stand
 * here, and of its canonical bytes. While the first two still fit nothing needs to be checked again; that
 * check would cost more than all else that a command does with a pipeline.
 */

#define HEX_SIZE (2 * NARU_DIGEST_SIZE)
#define SEAL_SIZE (3 * (HEX_SIZE + 1))

static void
digest_text (const char *text, gsize size, char hex[HEX_SIZE + 1])
{
  NaruDigest digest;

  naru_digest_compute (text, size, &digest);
  naru_digest_to_hex (&digest, hex);
}

static gboolean
digest_form (char hex[HEX_SIZE + 1])
{
  g_autofree char *path = naru_data_get_path ("schemas", "pipeline.json");
  g_autofree char *form = NULL;
  gsize size;

  if (!g_file_get_contents (path, &form, &size, NULL))
    return FALSE;
  digest_text (form, size, hex);
  return TRUE;
}

/**
 * naru_pipeline_get_digest:
 * @self: a pipeline
 *
 * Returns: (transfer full): BLAKE2b-256 of its canonical bytes, in hex
 */
char *
naru_pipeline_get_digest (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->digest != NULL)
    return g_strdup (self->digest);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (naru_pipeline_get_json (self));
  char *hex = g_malloc (HEX_SIZE + 1);
  digest_text (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), hex);
  return hex;
}

/* (transfer full): the JSON without gates, then the gates, a line each */
static char *
make_lines (NaruJson *json)
{
  g_autoptr (NaruJson) head = naru_json_copy (json);
  NaruJson *declarations = naru_json_get (head, "transitions");
  g_autoptr (GString) gates = g_string_new (NULL);

  for (guint i = 0; i < naru_json_get_size (declarations); i++)
    {
      NaruJson *declaration = naru_json_get_element (declarations, i);
      NaruJson *gate = naru_json_get (declaration, "gate");
      g_autofree char *line = gate != NULL ? naru_json_to_line (gate) : g_strdup ("");
      g_string_append_printf (gates, "\n%s", line);
      naru_json_remove (declaration, "gate");
    }
  g_autofree char *first = naru_json_to_line (head);
  return g_strconcat (first, gates->str, NULL);
}

/**
 * naru_pipeline_to_text:
 * @self: a pipeline
 *
 * Returns: (transfer full): lines from which naru_pipeline_from_text() makes it again, quickly
 */
char *
naru_pipeline_to_text (NaruPipeline *self)
{
  char form[HEX_SIZE + 1];
  char own[HEX_SIZE + 1];

  g_return_val_if_fail (self != NULL, NULL);

  NaruJson *json = naru_pipeline_get_json (self);
  g_autofree char *digest = naru_pipeline_get_digest (self);
  if (!digest_form (form))
    return naru_json_to_line (json);
  g_autofree char *lines = make_lines (json);
  digest_text (lines, strlen (lines), own);
  return g_strdup_printf ("%s %s %s\n%s", form, own, digest, lines);
}

static gboolean
seal_fits (const char *text)
{
  const char *lines = text + SEAL_SIZE;
  char form[HEX_SIZE + 1];
  char own[HEX_SIZE + 1];

  if (!digest_form (form) || strncmp (text, form, HEX_SIZE) != 0)
    return FALSE;
  digest_text (lines, strlen (lines), own);
  return strncmp (text + HEX_SIZE + 1, own, HEX_SIZE) == 0;
}

/* (transfer full) (nullable): of lines whose seal does not fit, the whole pipeline, gates included */
static NaruJson *
join_lines (const char *lines, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (lines, "\n", -1);
  /* an empty text has no parts */
  g_autoptr (NaruJson) json = naru_json_parse (parts[0] != NULL ? parts[0] : "", -1, 0, error);
  NaruJson *declarations = json != NULL ? naru_json_get (json, "transitions") : NULL;

  for (guint i = 0; json != NULL && parts[i + 1] != NULL && i < naru_json_get_size (declarations); i++)
    {
      NaruJson *gate = NULL;
      if (parts[i + 1][0] == '\0')
        continue;
      gate = naru_json_parse (parts[i + 1], -1, 0, error);
      if (gate == NULL)
        return NULL;
      naru_json_set (naru_json_get_element (declarations, i), "gate", gate);
    }
  return g_steal_pointer (&json);
}

/**
 * naru_pipeline_from_text:
 * @text: what naru_pipeline_to_text() gave, or a pipeline as JSON
 * @origin: where it comes from, for messages
 * @error: return location
 *
 * Where the form of pipelines is another one since, or the text, it is checked as naru_pipeline_new() does.
 *
 * Returns: (transfer full) (nullable): the pipeline
 */
NaruPipeline *
naru_pipeline_from_text (const char *text, const char *origin, GError **error)
{
  g_return_val_if_fail (text != NULL && origin != NULL, NULL);

  gboolean sealed = strcspn (text, "\n{") == SEAL_SIZE - 1 && text[SEAL_SIZE - 1] == '\n';
  if (!sealed || !seal_fits (text))
    {
      g_autoptr (NaruJson) json =
          sealed ? join_lines (text + SEAL_SIZE, error) : naru_json_parse (text, -1, 0, error);
      return json != NULL ? naru_pipeline_new (json, origin, error) : NULL;
    }

  const char *head = text + SEAL_SIZE;
  const char *gates = strchr (head, '\n');
  gssize length = gates != NULL ? gates - head : -1;
  g_autoptr (NaruJson) json = naru_json_parse (head, length, 0, error);
  NaruPipeline *self =
      json != NULL ? naru_pipeline_new_checked (json, gates != NULL ? gates + 1 : NULL, origin, error) : NULL;
  if (self != NULL)
    self->digest = g_strndup (text + 2 * (HEX_SIZE + 1), HEX_SIZE);
  return self;
}
