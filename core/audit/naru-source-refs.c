/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-source-private.h"

#include "naru-tag.h"

#include <string.h>

/* The seals of a history that is read, in the process that reads it. One that is not what it should be spoils
 * nothing but itself: it is told without its bytes. */

typedef struct
{
  NaruRepository *repository;
  GHashTable *numbers; /* NaruOid of a commit -> its number */
  NaruSourceOut *out;
} Sender;

/* The last line that says so: the text above it is somebody's. */
void
naru_source_find_chain (GBytes *commit, NaruDigest *chain)
{
  static const char label[] = "\nNaru-Chain: ";
  char hex[2 * NARU_DIGEST_SIZE + 1] = "";
  gsize size = 0;
  const char *text = g_bytes_get_data (commit, &size);
  const char *last = g_strrstr_len (text, (gssize) size, label);

  memset (chain, 0, sizeof *chain);
  if (last == NULL || (gsize) (text + size - last) < strlen (label) + sizeof hex - 1)
    return;
  memcpy (hex, last + strlen (label), sizeof hex - 1);
  if (!naru_digest_from_hex (hex, chain))
    memset (chain, 0, sizeof *chain);
}

/* Whether a folder is met for the first time: an office has none twice in one commit, since each holds the
 * names of its own records. @met: made where it is %NULL */
gboolean
naru_source_meet (GHashTable **met, const NaruOid *oid)
{
  if (*met == NULL)
    *met = g_hash_table_new_full (naru_oid_hash, naru_oid_same, g_free, NULL);
  return g_hash_table_add (*met, g_memdup2 (oid, sizeof *oid));
}

static void
fill_seal (Sender *self, NaruSourceItem *item)
{
  g_auto (NaruTag) tag = { 0 };

  if (!naru_tag_read (&tag, item->bytes))
    return;
  item->base = tag.commit;
  item->number = GPOINTER_TO_SIZE (g_hash_table_lookup (self->numbers, &tag.commit));
  if (item->number == 0)
    return;
  g_autoptr (NaruObject) commit =
      naru_repository_read_object (self->repository, &tag.commit, NARU_OBJECT_COMMIT, NULL);
  if (commit != NULL)
    naru_source_find_chain (commit->bytes, &item->chain);
}

static void
send_ref (Sender *self, const NaruRef *ref)
{
  gboolean seal = naru_ref_is_seal (ref->name);
  NaruSourceItem item = { .kind = NARU_SOURCE_REF, .path = ref->name, .oid = ref->oid };
  g_autoptr (NaruObject) object =
      naru_repository_read_object (self->repository, &ref->oid, seal ? NARU_OBJECT_TAG : NARU_OBJECT_BLOB,
                                   NULL);

  if (object != NULL && g_bytes_get_size (object->bytes) <= NARU_SOURCE_MAX_MANIFEST)
    item.bytes = object->bytes;
  if (seal && item.bytes != NULL)
    fill_seal (self, &item);
  naru_source_out_put (self->out, &item);
}

/* @commits: of NaruOid, the newest first */
gboolean
naru_source_send_refs (NaruRepository *repository, GArray *commits, NaruSourceOut *out, GError **error)
{
  static const char *const folders[] = { NARU_SEAL_REFS, NARU_STAMP_REFS };
  g_autoptr (GHashTable) numbers = g_hash_table_new (naru_oid_hash, naru_oid_same);
  Sender sender = { repository, numbers, out };

  for (gsize f = 0; f < G_N_ELEMENTS (folders); f++)
    {
      g_autoptr (GPtrArray) refs = naru_repository_list_refs (repository, folders[f], error);
      if (refs == NULL)
        return FALSE;
      for (guint i = 0; refs->len > 0 && f == 0 && i < commits->len; i++)
        g_hash_table_insert (numbers, &g_array_index (commits, NaruOid, i),
                             GSIZE_TO_POINTER (commits->len - i));
      for (guint i = 0; i < refs->len && i < NARU_SOURCE_MAX_SEALS; i++)
        if (naru_ref_is_ours (((const NaruRef *) g_ptr_array_index (refs, i))->name))
          send_ref (&sender, g_ptr_array_index (refs, i));
    }
  return TRUE;
}
