/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-verify-private.h"

#include <stdarg.h>

/* What was found. Several threads find; so many of each gravity are listed, the others are counted. */

#define LISTED 1000

typedef struct
{
  NaruVerifyGravity gravity;
  const char *code;
  NaruOid commit; /* zero: about no commit */
  guint64 seq;    /* 0: about none */
  char *record;   /* (nullable) */
  char *cure;     /* (nullable) */
  char *message;
  guint number; /* in which order they were found */
} Item;

struct _NaruFindings
{
  GMutex lock;
  GPtrArray *items; /* of Item */
  guint64 counts[NARU_N_VERIFY_GRAVITIES];
};

static void
item_free (Item *item)
{
  g_free (item->record);
  g_free (item->cure);
  g_free (item->message);
  g_free (item);
}

NaruFindings *
naru_findings_new (void)
{
  NaruFindings *self = g_new0 (NaruFindings, 1);

  g_mutex_init (&self->lock);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  return self;
}

void
naru_findings_free (NaruFindings *self)
{
  g_mutex_clear (&self->lock);
  g_ptr_array_unref (self->items);
  g_free (self);
}

/* @code: a literal. @commit, @record, @cure: (nullable) */
void
naru_findings_add (NaruFindings *self, NaruVerifyGravity gravity, const char *code, const NaruOid *commit,
                   guint64 seq, const char *record, const char *cure, const char *message)
{
  g_mutex_lock (&self->lock);
  if (self->counts[gravity]++ < LISTED)
    {
      Item *item = g_new0 (Item, 1);

      item->gravity = gravity;
      item->code = code;
      if (commit != NULL)
        item->commit = *commit;
      item->seq = seq;
      item->record = g_strdup (record);
      item->cure = g_strdup (cure);
      item->message = g_strdup (message);
      item->number = self->items->len;
      g_ptr_array_add (self->items, item);
    }
  g_mutex_unlock (&self->lock);
}

guint64
naru_findings_count (NaruFindings *self, NaruVerifyGravity gravity)
{
  g_mutex_lock (&self->lock);
  guint64 count = self->counts[gravity];
  g_mutex_unlock (&self->lock);
  return count;
}

/* In the order of the history; what is about no entry comes last. */
static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *one = *(const Item *const *) a;
  const Item *other = *(const Item *const *) b;
  guint64 left = one->seq != 0 ? one->seq : G_MAXUINT64;
  guint64 right = other->seq != 0 ? other->seq : G_MAXUINT64;

  if (left != right)
    return left < right ? -1 : 1;
  return one->number < other->number ? -1 : one->number > other->number;
}

static NaruJson *
item_to_json (const Item *item)
{
  static const char *const gravities[] = { "broken", "doubtful", "note" };
  NaruJson *json = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];

  naru_json_set_string (json, "code", item->code);
  naru_json_set_string (json, "severity", gravities[item->gravity]);
  naru_json_set_string (json, "message", item->message);
  if (!naru_oid_is_zero (&item->commit))
    {
      naru_oid_to_hex (&item->commit, hex);
      naru_json_set_string (json, "commit", hex);
    }
  if (item->seq != 0)
    naru_json_set_integer (json, "seq", (gint64) item->seq);
  if (item->record != NULL)
    naru_json_set_string (json, "record", item->record);
  if (item->cure != NULL)
    naru_json_set_string (json, "cure", item->cure);
  return json;
}

/* @unlisted: (out): how many more there are */
NaruJson *
naru_findings_to_json (NaruFindings *self, guint64 *unlisted)
{
  NaruJson *list = naru_json_new_array ();

  g_mutex_lock (&self->lock);
  g_ptr_array_sort (self->items, compare_items);
  *unlisted = 0;
  for (guint i = 0; i < NARU_N_VERIFY_GRAVITIES; i++)
    *unlisted += self->counts[i];
  *unlisted -= self->items->len;
  for (guint i = 0; i < self->items->len; i++)
    naru_json_append (list, item_to_json (g_ptr_array_index (self->items, i)));
  g_mutex_unlock (&self->lock);
  return list;
}

/* Something about the present entry. @record: (nullable) */
void
naru_verify_tell (NaruVerify *self, NaruVerifyGravity gravity, const char *code, const char *record,
                  const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  naru_findings_add (self->findings, gravity, code, &self->commit, self->replay.head.seq + 1, record, NULL,
                     message);
}

void
naru_verify_tell_error (NaruVerify *self, NaruVerifyGravity gravity, const char *code, const char *record,
                        const GError *error)
{
  naru_findings_add (self->findings, gravity, code, &self->commit, self->replay.head.seq + 1, record,
                     naru_error_get_cure (error), error->message);
}
