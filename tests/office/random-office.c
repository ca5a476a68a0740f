/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-desk-keys.h"
#include "naru-desk-rules.h"
#include "naru-seals.h"
#include "naru-signer.h"

#include <glib/gstdio.h>
#include <string.h>

typedef gboolean (*Action) (RandomOffice *self, GError **error);

static const char *const types[] = { "deal", "party",    "person",   "agreement", "asset",  "task",
                                     "need", "facility", "exchange", "placement", "payment" };
static const char *const words[] = { "나노 촉매",  "solid battery", "센서",  "“quoted” → arrow",
                                     "a: b",       "한 줄",         "plain", "ünïcode ﬁ",
                                     "Naru-Seq 7", "Reason: none" };

static guint
pick (RandomOffice *self, guint n)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) n);
}

static const char *
pick_word (RandomOffice *self)
{
  return words[pick (self, G_N_ELEMENTS (words))];
}

static const char *
pick_id (RandomOffice *self)
{
  return g_ptr_array_index (self->ids, pick (self, self->ids->len));
}

/* The id of a record of that type, by the code in it; NULL where luck does not find one. */
static const char *
pick_id_with (RandomOffice *self, const char *code)
{
  for (guint i = 0; i < 30; i++)
    {
      const char *id = pick_id (self);
      if (strstr (id, code) != NULL)
        return id;
    }
  return NULL;
}

static NaruJson *
make_fields (RandomOffice *self, const char *type)
{
  NaruJson *json = naru_json_new_object ();
  gboolean named = g_strv_contains ((const char *const[]){ "party", "person", "facility", NULL }, type);
  g_autofree char *name = g_strdup_printf ("%s %u", pick_word (self), ++self->number);

  naru_json_set_string (json, named ? "name" : "title", name);
  if (g_str_equal (type, "payment"))
    {
      naru_json_set_string (json, "direction", "received");
      naru_json_set_string (json, "amount", "1250000.50");
    }
  if (g_str_equal (type, "deal"))
    {
      static const char *const sectors[] = { "it", "nano", "green", "bio-health" };
      NaruJson *list = naru_json_new_array ();
      naru_json_append_string (list, sectors[pick (self, 4)]);
      naru_json_set (json, "sectors", list);
      naru_json_set_integer (json, "trl", 1 + pick (self, 9));
    }
  return json;
}

static gboolean
do_create (RandomOffice *self, GError **error)
{
  const char *type = pick (self, 3) == 0 ? types[pick (self, G_N_ELEMENTS (types))] : "deal";
  g_autoptr (NaruJson) json = make_fields (self, type);
  char *id = NULL;
  gboolean done = naru_desk_create (self->fixture.desk, type, json, &id, error);

  if (id != NULL)
    g_ptr_array_add (self->ids, id);
  return done;
}

static gboolean
do_edit (RandomOffice *self, GError **error)
{
  static const char *const fields[] = {
    "title", "name", "summary", "unit", "external_id", "hub", "keywords.0"
  };
  g_autoptr (NaruJson) changes = naru_json_new_object ();
  g_autofree char *text = g_strdup_printf ("%s %u", pick_word (self), ++self->number);

  for (guint i = pick (self, 3); i < 3; i++)
    {
      const char *field = fields[pick (self, G_N_ELEMENTS (fields))];
      if (g_str_equal (field, "hub"))
        naru_json_set_string (changes, field, "MGK");
      else if (g_str_equal (field, "keywords.0"))
        naru_json_set (changes, field,
                       pick (self, 2) == 0 ? naru_json_new_null () : naru_json_new_string (pick_word (self)));
      else if (pick (self, 6) == 0)
        naru_json_set (changes, field, naru_json_new_null ());
      else
        naru_json_set_string (changes, field, text);
    }
  return naru_desk_edit (self->fixture.desk, pick_id (self), changes, NULL, error);
}

/* What the gates ask for most */
static gboolean
do_prepare (RandomOffice *self, GError **error)
{
  const char *id = pick (self, 2) == 0 ? pick_id (self) : pick_id_with (self, "MGK-2");
  const char *party = pick_id_with (self, "-PTY-");
  g_autoptr (NaruJson) changes = naru_json_new_object ();
  NaruJson *list = naru_json_new_array ();
  NaruJson *row = naru_json_new_object ();

  naru_json_set_string (row, "person", naru_desk_get_person (self->fixture.desk));
  naru_json_set_string (row, "share", "100");
  naru_json_append (list, row);
  naru_json_set (changes, "inventors", list);
  naru_json_set_string (changes, "officer", naru_desk_get_person (self->fixture.desk));
  naru_json_set_string (changes, "summary", pick_word (self));
  naru_json_set_string (changes, "disclosed_on", "2026-03-02");
  if (party != NULL && id != NULL && strstr (id, "-NED-") != NULL)
    naru_json_set_string (changes, "party", party);
  return id == NULL || naru_desk_edit (self->fixture.desk, id, changes, NULL, error);
}

static gboolean
do_link (RandomOffice *self, GError **error)
{
  static const char *const fields[] = { "officer", "party", "need", "parent", "deals", "record", "assignee" };

  return naru_desk_link (self->fixture.desk, pick_id (self), fields[pick (self, G_N_ELEMENTS (fields))],
                         pick_id (self), error);
}

static gboolean
do_note (RandomOffice *self, GError **error)
{
  return naru_desk_note (self->fixture.desk, pick_id (self), pick_word (self), error);
}

static gboolean
do_attach (RandomOffice *self, GError **error)
{
  static const gsize sizes[] = { 0, 10, 3000, 64 << 10, (64 << 10) + 1, 300000, (1 << 20) + 7 };
  static const char *const names[] = { "invention-disclosure", "prior-art-search", "보고서.pdf", "x.csv" };
  guint one = pick (self, 20);
  gsize size = sizes[one < G_N_ELEMENTS (sizes) ? one : 1 + one % 3];
  g_autofree char *content = g_malloc (size + 1);
  g_autofree char *file = g_build_filename (self->fixture.parent, "document.bin", NULL);
  guint salt = pick (self, 4); /* the same document comes again */

  for (gsize i = 0; i < size; i++)
    content[i] = (char) (i * 31 + salt + size);
  g_assert_true (g_file_set_contents (file, content, (gssize) size, NULL));
  return naru_desk_attach (self->fixture.desk, pick_id (self), file, names[pick (self, G_N_ELEMENTS (names))],
                           error);
}

/* A stage that a move leads to; NULL where the record has none */
static char *
pick_target (RandomOffice *self, const char *id)
{
  g_autoptr (NaruRecord) record = naru_desk_show (self->fixture.desk, id, NULL);
  const char *stage = record != NULL ? naru_json_get_string (naru_record_get_json (record), "stage") : NULL;
  NaruPipeline *pipeline = stage != NULL ? naru_office_get_pipeline (self->fixture.office,
                                                                     naru_record_get_type_name (record), NULL)
                                         : NULL;
  g_auto (GStrv) targets = pipeline != NULL ? naru_pipeline_list_targets (pipeline, stage) : NULL;

  if (targets == NULL || targets[0] == NULL)
    return NULL;
  return g_strdup (targets[pick (self, g_strv_length (targets))]);
}

static gboolean
do_advance (RandomOffice *self, GError **error)
{
  const char *id = pick_id (self);
  g_autofree char *stage = pick_target (self, id);

  return stage == NULL || naru_desk_advance (self->fixture.desk, id, stage, NULL, NULL, error);
}

static gboolean
do_decide (RandomOffice *self, GError **error)
{
  const char *id = pick_id (self);
  g_autofree char *stage = pick_target (self, id);
  NaruDesk *desk = pick (self, 3) == 0 ? self->fixture.desk : self->director;

  if (stage == NULL)
    return TRUE;
  return pick (self, 3) == 0 ? naru_desk_reject (desk, id, stage, pick_word (self), error)
                             : naru_desk_approve (desk, id, stage, error);
}

/* Somebody who may not decide tries to, and somebody who asks approves himself: both are refused, and that is
 * written down. */
static gboolean
do_refused (RandomOffice *self, GError **error)
{
  const char *id = pick_id_with (self, "MGK-2");
  g_autofree char *stage = id != NULL ? pick_target (self, id) : NULL;

  if (stage == NULL)
    return TRUE;
  if (pick (self, 2) == 0)
    return naru_desk_approve (self->officer, id, stage, error);
  return naru_desk_approve (self->fixture.desk, id, stage, error) &&
         naru_desk_advance (self->fixture.desk, id, stage, NULL, NULL, error);
}

static gboolean
do_waive (RandomOffice *self, GError **error)
{
  const char *id = pick_id (self);
  g_autofree char *stage = pick_target (self, id);
  g_autoptr (NaruReview) review =
      stage != NULL ? naru_desk_check (self->fixture.desk, id, stage, NULL) : NULL;

  for (guint i = 0; review != NULL && i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      if (naru_finding_blocks (finding) &&
          naru_desk_waive (self->director, id, naru_finding_get_rule (finding), pick_word (self),
                           "2099-12-31", NULL))
        self->done++;
    }
  return review == NULL || naru_desk_advance (self->fixture.desk, id, stage, NULL, NULL, error);
}

static gboolean
do_import (RandomOffice *self, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (NaruJson) report = NULL;
  guint base = pick (self, 40);
  static const char *const kinds[] = { "deal", "party", "person" };
  const char *kind = kinds[pick (self, G_N_ELEMENTS (kinds))];
  gboolean deals = g_str_equal (kind, "deal");

  for (guint i = 0; i < 5; i++)
    {
      /* a login goes from one person to another within one import */
      g_autofree char *login = g_str_equal (kind, "person")
                                   ? g_strdup_printf (",\"login\":\"user-%u\"", pick (self, 12))
                                   : g_strdup ("");
      g_string_append_printf (lines, "{\"%s\":\"%s %u\",\"external_id\":\"IMP-%u\"%s%s}\n",
                              deals ? "title" : "name", pick (self, 2) == 0 ? "same" : "other",
                              pick (self, 3), *login != '\0' ? pick (self, 6) + i * 10 : base + i, login,
                              deals && pick (self, 2) == 0 ? ",\"trl\":5,\"stage\":\"disclosure\"" : "");
    }
  g_autofree char *file = import_write (&self->fixture, "rows.jsonl", lines->str);
  return naru_desk_import (self->fixture.desk, kind, &(NaruImportOptions){ .file = file, .partial = TRUE },
                           &report, error);
}

static gboolean
do_import_history (RandomOffice *self, GError **error)
{
  static const char map_text[] = "{\"title\":{\"en\":\"Log\",\"ko\":\"기록\"},\"type\":\"deal\",\"case\":"
                                 "\"case\",\"activity\":\"activity\","
                                 "\"time\":\"time\",\"actor\":\"who\",\"constants\":{\"hub\":\"LOG\"}}";
  g_autoptr (GString) rows = g_string_new ("case,activity,time,who\n");
  g_autoptr (NaruJson) report = NULL;
  static const char *const activities[] = { "Idea", "Disclosure", "Disclosure", "Evaluation" };

  self->number++;
  for (guint i = 0; i < 4; i++)
    g_string_append_printf (rows, "C%u,%s,2024-0%u-0%uT09:00:00%s,%s\n", self->number, activities[i], i + 1,
                            1 + pick (self, 9), pick (self, 2) == 0 ? "+09:00" : "-03:30", pick_word (self));
  g_autofree char *map = import_write (&self->fixture, "log.json", map_text);
  g_autofree char *file = import_write (&self->fixture, "log.csv", rows->str);
  return naru_desk_import_history (self->fixture.desk, &(NaruImportOptions){ .file = file, .map = map },
                                   &report, error);
}

static gboolean
do_rules (RandomOffice *self, GError **error)
{
  g_auto (GStrv) names = naru_data_list ("share/rules", NULL);
  g_autofree char *path = naru_data_get_path ("share/rules", names[pick (self, g_strv_length (names))]);
  g_autoptr (NaruJson) pack = naru_rule_pack_read (path, NULL);
  g_autofree char *version = g_strdup_printf ("1.%u", ++self->number);

  if (pack == NULL)
    return TRUE;
  naru_json_set_string (pack, "version", version);
  return naru_desk_adopt_rules (self->fixture.desk, pack, path, pick (self, 2) == 0 ? pick_word (self) : NULL,
                                error);
}

static gboolean
do_plugin (RandomOffice *self, GError **error)
{
  static const char *const plugins[] = { "it", "nano", "green", "biohealth" };
  const char *name = plugins[pick (self, G_N_ELEMENTS (plugins))];

  return pick (self, 3) == 0 ? naru_desk_disable_plugin (self->fixture.desk, name, pick_word (self), error)
                             : naru_desk_enable_plugin (self->fixture.desk, name, NULL, error);
}

/* Another title, and now and then another name: its file moves */
static gboolean
do_pipeline (RandomOffice *self, GError **error)
{
  static const char *const moved[] = { "need", "placement" };
  const char *type = moved[pick (self, 2)];
  NaruPipeline *pipeline = naru_office_get_pipeline (self->fixture.office, type, NULL);
  g_autoptr (NaruJson) json = naru_json_copy (naru_pipeline_get_json (pipeline));
  g_autofree char *id = g_strdup_printf ("%s-%u", type, pick (self, 3));

  naru_json_set_string (naru_json_get (json, "title"), "en", pick_word (self));
  naru_json_set_string (json, "id", id);
  return naru_desk_add_pipeline (self->fixture.desk, json, "random", error);
}

static gboolean
do_key (RandomOffice *self, GError **error)
{
  g_autofree char *fingerprint = NULL;

  return pick (self, 3) != 0
             ? naru_desk_rotate_key (self->fixture.desk, NULL, "Every year", &fingerprint, error)
             : naru_desk_revoke_key (self->fixture.desk, NULL, "Lost", &fingerprint, error);
}

/* No change and no commit, but it has to come along */
static gboolean
do_seal (RandomOffice *self, GError **error)
{
  g_autofree char *name = g_strdup_printf ("random-%u", ++self->number);
  g_autoptr (NaruJson) report = NULL;

  return naru_desk_seal (self->fixture.desk, name, &report, error);
}

static gboolean
do_remote (RandomOffice *self, GError **error)
{
  static const char *const names[] = { "auditor", "ministry" };
  const char *name = names[pick (self, 2)];
  g_autofree char *address = NULL;

  return pick (self, 3) == 0 ? naru_desk_remove_remote (self->fixture.desk, name, pick_word (self), error)
                             : naru_desk_add_remote (self->fixture.desk, name,
                                                     "git@audit.example.com:mgk.git", &address, error);
}

/* One for the whole test. It ends with the program that it was started for, and that one with our end of its
 * pipe. FALSE: there is none here */
static gboolean
start_agent (void)
{
  static gsize once = 0;
  static gboolean started = FALSE;

  if (g_once_init_enter (&once))
    {
      g_autofree char *folder = g_dir_make_tmp ("agent-XXXXXX", NULL);
      g_autofree char *socket = g_build_filename (folder, "socket", NULL);
      char *arguments[] = { (char *) "ssh-agent", (char *) "-a", socket, (char *) "cat", NULL };
      int input = -1; /* is closed when this process ends */
      started = g_spawn_async_with_pipes (NULL, arguments, NULL,
                                          G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                                              G_SPAWN_STDERR_TO_DEV_NULL,
                                          NULL, NULL, NULL, &input, NULL, NULL, NULL);
      for (guint i = 0; started && i < 500 && !g_file_test (socket, G_FILE_TEST_EXISTS); i++)
        g_usleep (10000);
      started = started && g_file_test (socket, G_FILE_TEST_EXISTS);
      if (started)
        g_setenv ("SSH_AUTH_SOCK", socket, TRUE);
      g_once_init_leave (&once, 1);
    }
  return started;
}

/* (transfer full): the public half of a new key: of one that the agent holds, or of one that nobody has */
static char *
make_key (RandomOffice *self, gboolean held)
{
  g_autoptr (NaruSigner) key = NULL;
  g_autofree char *name = g_strdup_printf ("key-%u", ++self->number);
  g_autofree char *file = g_build_filename (self->fixture.parent, name, NULL);

  if (held)
    {
      g_free (fixture_shell ("ssh-keygen -q -t ed25519 -N '' -f '%s' && ssh-add -q '%s'", file, file));
      return g_strconcat (file, ".pub", NULL);
    }
  key = naru_signer_generate (NULL);
  return import_write (&self->fixture, "key.pub", naru_signer_get_key (key));
}

/* A key for somebody who decides, and signs it from then on, or for anybody. */
static gboolean
do_person_key (RandomOffice *self, GError **error)
{
  NaruDesk *decides = pick (self, 2) == 0 ? self->director : self->fixture.desk;
  gboolean held = pick (self, 3) > 0 && start_agent ();
  const char *id = held ? naru_desk_get_person (decides) : pick_id_with (self, "-PER-");
  g_autofree char *fingerprint = NULL;

  if (id == NULL)
    return TRUE;
  if (pick (self, 3) == 0)
    return naru_desk_end_person_key (self->fixture.desk, id, pick_word (self), pick (self, 2) == 0,
                                     &fingerprint, error);
  g_autofree char *file = make_key (self, held);
  return naru_desk_add_person_key (self->fixture.desk, id, file,
                                   pick (self, 2) == 0 ? pick_word (self) : NULL, &fingerprint, error);
}

/* how often each is drawn */
static const struct
{
  Action action;
  guint weight;
} actions[] = {
  { do_create, 30 },        { do_edit, 30 },    { do_prepare, 20 }, { do_link, 12 },      { do_note, 10 },
  { do_attach, 12 },        { do_advance, 40 }, { do_decide, 15 },  { do_waive, 8 },      { do_import, 3 },
  { do_import_history, 1 }, { do_rules, 1 },    { do_plugin, 1 },   { do_pipeline, 1 },   { do_key, 1 },
  { do_refused, 10 },       { do_seal, 1 },     { do_remote, 1 },   { do_person_key, 3 },
};

/* A refusal is no failure; everything else is. */
static gboolean
is_refusal (const GError *error)
{
  return error->domain == NARU_ERROR && error->code != NARU_ERROR_FAILED && error->code != NARU_ERROR_IO &&
         error->code != NARU_ERROR_BROKEN && error->code != NARU_ERROR_PENDING;
}

static void
change_once (RandomOffice *self)
{
  guint sum = 0;
  guint at = 0;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    sum += actions[i].weight;
  sum = pick (self, sum);
  while (sum >= actions[at].weight)
    sum -= actions[at++].weight;
  self->tried++;
  if (actions[at].action (self, &error))
    self->done++;
  else if (error == NULL || !is_refusal (error))
    g_error ("action %u: %s", at, error != NULL ? error->message : "no error");
}

/* Goes on until so many more changes were taken. */
void
random_office_change (RandomOffice *self, guint n)
{
  for (guint goal = self->done + n; self->done < goal;)
    change_once (self);
}

RandomOffice *
random_office_new (guint32 seed)
{
  RandomOffice *self = g_new0 (RandomOffice, 1);
  g_autoptr (GError) error = NULL;

  self->fixture = fixture_new ();
  self->rand = g_rand_new_with_seed (seed);
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->director = fixture_desk (&self->fixture, "director",
                                 "{\"name\": \"이서준\", \"login\": \"director\","
                                 " \"roles\": [\"director\", \"officer\"]}");
  self->officer = fixture_desk (&self->fixture, "officer",
                                "{\"name\": \"박하늘\", \"login\": \"officer\", \"roles\": [\"officer\"]}");
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (NaruJson) json = make_fields (self, types[i]);
      char *id = NULL;
      naru_desk_create (self->fixture.desk, types[i], json, &id, &error);
      g_assert_no_error (error);
      g_ptr_array_add (self->ids, id);
    }
  return self;
}

void
random_office_free (RandomOffice *self)
{
  g_clear_pointer (&self->director, naru_desk_unref);
  g_clear_pointer (&self->officer, naru_desk_unref);
  fixture_clear (&self->fixture);
  g_rand_free (self->rand);
  g_ptr_array_unref (self->ids);
  g_free (self);
}
