/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <string.h>

/*
 * A pipeline as the store keeps it: one line that seals it, then its JSON on one line.
 *
 * The seal has three digests: of the form that the pipeline was checked against, of the JSON as it stands
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
  g_autoptr (GBytes) bytes = naru_json_to_bytes (self->json);
  char *hex = g_malloc (HEX_SIZE + 1);
  digest_text (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), hex);
  return hex;
}

/**
 * naru_pipeline_to_text:
 * @self: a pipeline
 *
 * Returns: (transfer full): two lines from which naru_pipeline_from_text() makes it again, quickly
 */
char *
naru_pipeline_to_text (NaruPipeline *self)
{
  char form[HEX_SIZE + 1];
  char own[HEX_SIZE + 1];

  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *line = naru_json_to_line (self->json);
  g_autofree char *digest = naru_pipeline_get_digest (self);
  if (!digest_form (form))
    return g_steal_pointer (&line);
  digest_text (line, strlen (line), own);
  return g_strdup_printf ("%s %s %s\n%s", form, own, digest, line);
}

static gboolean
seal_fits (const char *text)
{
  const char *line = text + SEAL_SIZE;
  char form[HEX_SIZE + 1];
  char own[HEX_SIZE + 1];

  if (!digest_form (form) || strncmp (text, form, HEX_SIZE) != 0)
    return FALSE;
  digest_text (line, strlen (line), own);
  return strncmp (text + HEX_SIZE + 1, own, HEX_SIZE) == 0;
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
  g_autoptr (NaruJson) json = naru_json_parse (sealed ? text + SEAL_SIZE : text, -1, 0, error);
  if (json == NULL)
    return NULL;
  if (!sealed || !seal_fits (text))
    return naru_pipeline_new (json, origin, error);

  NaruPipeline *self = naru_pipeline_new_checked (json, origin, error);
  if (self != NULL)
    self->digest = g_strndup (text + 2 * (HEX_SIZE + 1), HEX_SIZE);
  return self;
}
