/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-past-private.h"
#include "naru-rulebook-private.h"

#include "naru-boxed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * An office is one folder: data.mdb and lock.mdb (the store), audit.git (the history), publish.lock, keys/.
 * The store is where a change is decided; the history follows from it (naru-publish.c).
 */

#define OFFICE_ZONE "Asia/Seoul"

NARU_DEFINE_BOXED_TYPE (NaruOffice, naru_office)

/**
 * naru_boot_id:
 *
 * Names this run of the machine. A journal that was written under another one may have lost, with the power,
 * what the disk cache held; see naru_office_recover(). NARU_BOOT_ID stands in for it in tests of power loss.
 *
 * Returns: (transfer full): the id, "unknown" where the kernel tells none
 */
char *
naru_boot_id (void)
{
  const char *given = g_getenv ("NARU_BOOT_ID");
  char text[64] = "";
  ssize_t size;
  int fd;

  if (given != NULL)
    return g_strdup (given);
  fd = open ("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return g_strdup ("unknown");
  size = read (fd, text, sizeof text - 1);
  close (fd);
  return size > 0 ? g_strdup (g_strstrip (text)) : g_strdup ("unknown");
}

/* A row that is not there is no error of the store's, and must not pass for success. */
static gboolean
read_policy (NaruOffice *self, NaruTxn *txn, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (txn, "policy", &local);
  g_autoptr (NaruJson) json = NULL;

  if (text == NULL && local == NULL)
    {
      g_autofree char *way_back = naru_store_make_way_back (self->folder);
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, way_back,
                      _ ("The store in %s does not say who may do what."), self->folder);
      return FALSE;
    }
  if (text == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  json = naru_json_parse (text, -1, 0, error);
  self->policy = json != NULL ? naru_policy_new (json, "policies/access.json", error) : NULL;
  return self->policy != NULL;
}

gboolean
naru_office_read_config (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autofree char *text = NULL;
  g_autofree char *slug = NULL;

  if (txn == NULL)
    return FALSE;
  text = naru_txn_get_meta (txn, "office", error);
  if (text == NULL)
    {
      if (error == NULL || *error == NULL)
        naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("make it again with “naru init”"),
                        _ ("%s holds a store but no office: its making was cut short"), self->folder);
      return FALSE;
    }
  self->config = naru_json_parse (text, -1, 0, error);
  if (self->config == NULL)
    return FALSE;
  if (!read_policy (self, txn, error) || !naru_office_read_rules (self, txn, error))
    return FALSE;

  slug = g_ascii_strdown (naru_office_get_hub (self), -1);
  self->committer_name = g_strdup (naru_office_get_name (self));
  self->committer_email = g_strdup_printf ("office@%s.naru", slug);
  return TRUE;
}

/* A folder with a store in it, before its configuration is read. */
NaruOffice *
naru_office_attach (const char *folder, NaruStore *store, GError **error)
{
  g_autoptr (NaruOffice) self = g_new0 (NaruOffice, 1);

  g_atomic_ref_count_init (&self->refs);
  self->folder = g_strdup (folder);
  self->lock_file = g_build_filename (folder, "publish.lock", NULL);
  self->store = naru_store_ref (store);
  naru_office_init_pipelines (self);
  self->types = naru_types_new (error);
  if (self->types == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_office_open:
 * @folder: the office's folder
 * @error: return location
 *
 * Opens an office that exists; never makes one.
 *
 * Returns: (transfer full) (nullable): the office, or %NULL: %NARU_ERROR_NOT_FOUND where there is none,
 *   %NARU_ERROR_BROKEN, %NARU_ERROR_UNSUPPORTED, %NARU_ERROR_IO
 */
NaruOffice *
naru_office_open (const char *folder, GError **error)
{
  g_autoptr (NaruOffice) self = NULL;
  g_autoptr (NaruStore) store = NULL;
  g_autofree char *data = g_build_filename (folder, "data.mdb", NULL);

  if (access (data, F_OK) != 0 && errno != EACCES)
    {
      g_autofree char *history = g_build_filename (folder, "audit.git", NULL);

      if (access (history, F_OK) == 0)
        {
          g_autofree char *cure = naru_store_make_way_back (folder);

          naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, cure,
                          _ ("the office in %s has lost its store, data.mdb"), folder);
        }
      else
        naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                        _ ("make one: naru init DIR --name NAME --hub CODE; or name it: --office DIR"),
                        _ ("there is no office in %s"), folder);
      return NULL;
    }
  store = naru_store_open (folder, 0, error);
  if (store == NULL)
    return NULL;
  self = naru_office_attach (folder, store, error);
  if (self == NULL || !naru_office_read_config (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
write_configuration (NaruChange *change, NaruJson *config, GError **error)
{
  static const char *const shipped[][3] = {
    { "share/policies", "access.json", "policies/access.json" },
    { "share/history", "README.md", "README.md" },
  };
  g_autofree char *text = naru_json_to_text (config, NULL);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (config);
  NaruEntry *entry = naru_change_get_entry (change);

  naru_entry_put_file (entry, "office.json", bytes);
  if (!naru_txn_put_meta (naru_change_get_txn (change), "office", text, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (shipped); i++)
    {
      g_autofree char *path = naru_data_get_path (shipped[i][0], shipped[i][1]);
      g_autofree char *content = NULL;
      g_autoptr (GBytes) file = NULL;
      g_autoptr (GError) local = NULL;
      gsize size;

      if (!g_file_get_contents (path, &content, &size, &local))
        {
          naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                          _ ("Install Naru again, or let NARU_DATA_DIR name the folder of its data."), "%s",
                          local->message);
          return FALSE;
        }
      file = g_bytes_new (content, size);
      naru_entry_put_file (entry, shipped[i][2], file);
      if (i == 0 && !naru_txn_put_meta (naru_change_get_txn (change), "policy", content, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_pipelines (NaruChange *change, GError **error)
{
  g_auto (GStrv) files = naru_data_list ("share/pipelines", error);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autoptr (NaruJson) json = NULL;
      g_autoptr (NaruPipeline) pipeline = NULL;

      if (!g_str_has_suffix (files[i], ".json"))
        continue;
      json = naru_data_load ("share/pipelines", files[i], error);
      pipeline = json != NULL ? naru_pipeline_new (json, files[i], error) : NULL;
      if (pipeline == NULL || !naru_office_put_pipeline (naru_change_get_txn (change),
                                                         naru_change_get_entry (change), pipeline, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_rules (NaruChange *change, NaruOffice *self, GError **error)
{
  g_auto (NaruRuleSetChange) rules = { 0 };

  return naru_rule_set_change_begin (&rules, self, naru_change_get_txn (change),
                                     naru_change_get_entry (change), error) &&
         naru_rule_set_put_shipped (&rules, error) && naru_rule_set_change_write (&rules, error);
}

static gboolean
write_first_person (NaruChange *change, NaruOffice *self, NaruJson *person, GError **error)
{
  NaruRecordType *type = naru_types_get (self->types, "person", error);
  g_autoptr (NaruRecord) record = NULL;
  g_autofree char *id = NULL;

  if (type == NULL)
    return FALSE;
  id = naru_change_take_id (change, type, naru_json_get_string (self->config, "hub"), error);
  if (id == NULL || !naru_record_type_normalize (type, person, error))
    return FALSE;
  naru_record_type_apply_defaults (type, person);
  if (!naru_check_record (naru_change_get_txn (change), self->types, type, id, person, error))
    return FALSE;
  record = naru_change_put (change, type, NULL, id, person, naru_change_get_time (change)->seconds, error);
  return record != NULL && naru_change_add_event (change, "person", id, NULL, NULL, NULL, error);
}

/* What is recorded and pending is removed again with its folder, so that it is no half success: the
 * checkpoint that follows writes the history, or says why it cannot. */
static gboolean
commit_first_entry (NaruChange *change, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (naru_change_commit (change, NULL, &local) || g_error_matches (local, NARU_ERROR, NARU_ERROR_PENDING))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
office_write_first_entry (NaruOffice *self, NaruJson *person, const NaruNewKey *key, GError **error)
{
  const char *name = naru_json_get_string (person, "name");
  g_autoptr (NaruDesk) desk = naru_desk_new_for_office (self, "init", name, "cli");
  g_autoptr (NaruChange) change = naru_change_begin (desk, "init", error);

  if (change == NULL)
    return FALSE;
  naru_change_set_subject (change, NULL, NULL, "office: init %s",
                           naru_json_get_string (self->config, "name"));
  if (!naru_change_put_key (change, key, FALSE, error) ||
      !write_configuration (change, self->config, error) || !write_pipelines (change, error) ||
      !write_rules (change, self, error) || !write_first_person (change, self, person, error) ||
      !commit_first_entry (change, error))
    return FALSE;
  naru_office_settle_keys (self);
  return naru_office_checkpoint (self, error);
}

static gboolean
office_build_in (const char *folder, NaruJson *config, NaruJson *person, const NaruNewKey *key,
                 GError **error)
{
  g_autofree char *keys = g_build_filename (folder, "keys", NULL);
  g_autofree char *history = g_build_filename (folder, "audit.git", NULL);
  g_autofree char *slug = g_ascii_strdown (naru_json_get_string (config, "hub"), -1);
  g_autoptr (NaruStore) store = NULL;
  g_autoptr (NaruOffice) self = NULL;

  if (g_mkdir (keys, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"), _ ("cannot make %s"),
                            keys);
      return FALSE;
    }
  store = naru_store_open (folder, NARU_STORE_CREATE, error);
  self = store != NULL ? naru_office_attach (folder, store, error) : NULL;
  if (self == NULL)
    return FALSE;
  self->repository = naru_repository_create (history, error);
  if (self->repository == NULL)
    return FALSE;
  self->config = naru_json_ref (config);
  self->committer_name = g_strdup (naru_json_get_string (config, "name"));
  self->committer_email = g_strdup_printf ("office@%s.naru", slug);
  return office_write_first_entry (self, person, key, error);
}

gboolean
naru_office_check_names (const char *name, const char *hub, GError **error)
{
  if (name == NULL || *name == '\0' || !naru_text_is_safe_name (name))
    {
      naru_set_error (error, NARU_ERROR_INVALID, "name", 0,
                      _ ("give the office's name in one line, without < and >: --name NAME"),
                      _ ("the office needs a name"));
      return FALSE;
    }
  if (hub == NULL || !naru_id_is_hub (hub))
    {
      naru_set_error (error, NARU_ERROR_INVALID, "hub", 0,
                      _ ("2 to 8 capital letters or digits, a letter first, for example: --hub MGK"),
                      _ ("“%s” is not a hub code"), hub != NULL ? hub : "");
      return FALSE;
    }
  return TRUE;
}

/* Opens what was built and moved to its place: it is there, whatever opening it comes to. */
NaruOffice *
naru_office_open_made (const char *place, GError **error)
{
  NaruOffice *office = naru_office_open (place, error);

  if (office == NULL)
    g_prefix_error (error, _ ("the office %s is made, but cannot be opened: "), place);
  return office;
}

/**
 * naru_office_create:
 * @folder: a folder that is empty or does not exist
 * @name: the office's name
 * @hub: its hub code, [A-Z][A-Z0-9]{1,7}
 * @first_person: (transfer none): the record of the person who makes it
 * @error: return location
 *
 * Makes a new office. It is built beside @folder and moved there when it is whole, so that a making that is
 * cut short leaves no half an office.
 *
 * Returns: (transfer full) (nullable): the office
 */
NaruOffice *
naru_office_create (const char *folder, const char *name, const char *hub, NaruJson *first_person,
                    GError **error)
{
  return naru_office_create_with_key (folder, name, hub, first_person, &(NaruNewKey){ NULL, NULL }, error);
}

/**
 * naru_office_create_with_key: (skip)
 * @folder: a folder that is empty or does not exist
 * @name: the office's name
 * @hub: its hub code
 * @first_person: (transfer none): the record of the person who makes it
 * @key: the key that will sign
 * @error: return location
 *
 * As naru_office_create().
 *
 * Returns: (transfer full) (nullable): the office
 */
NaruOffice *
naru_office_create_with_key (const char *folder, const char *name, const char *hub, NaruJson *first_person,
                             const NaruNewKey *key, GError **error)
{
  g_autoptr (NaruJson) config = naru_json_new_object ();
  g_autoptr (NaruJson) person = naru_json_copy (first_person);
  g_autofree char *place = g_canonicalize_filename (folder, NULL);
  g_autofree char *temporary = NULL;
  g_autofree char *full_name = NULL;

  if (!naru_office_check_names (name, hub, error))
    return NULL;
  full_name = naru_text_normalize (name, -1, 200, error);
  if (full_name == NULL || !naru_folder_prepare (place, &temporary, error))
    return NULL;
  naru_json_set_integer (config, "format", NARU_OFFICE_FORMAT);
  naru_json_set_string (config, "name", full_name);
  naru_json_set_string (config, "hub", hub);
  naru_json_set_string (config, "zone", OFFICE_ZONE);

  if (!office_build_in (temporary, config, person, key, error))
    {
      naru_folder_remove (temporary);
      return NULL;
    }
  if (!naru_folder_move (temporary, place, error))
    return NULL;
  return naru_office_open_made (place, error);
}

/**
 * naru_office_ref:
 * @self: an office
 *
 * Returns: (transfer full): @self
 */
NaruOffice *
naru_office_ref (NaruOffice *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * naru_office_unref:
 * @self: (transfer full): an office
 */
void
naru_office_unref (NaruOffice *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->repository, naru_repository_free);
  g_clear_pointer (&self->store, naru_store_unref);
  g_clear_pointer (&self->types, naru_types_unref);
  g_clear_pointer (&self->config, naru_json_unref);
  g_clear_pointer (&self->policy, naru_policy_free);
  g_clear_pointer (&self->signer, naru_signer_unref);
  naru_office_forget_rules (self);
  g_hash_table_unref (self->pipelines);
  g_ptr_array_unref (self->retired);
  g_free (self->rule_text);
  g_free (self->committer_name);
  g_free (self->committer_email);
  g_clear_pointer (&self->past, naru_past_free);
  g_free (self->lock_file);
  g_free (self->home);
  g_free (self->folder);
  g_free (self);
}

/**
 * naru_office_get_folder:
 * @self: an office
 *
 * Returns: (transfer none): its folder
 */
const char *
naru_office_get_folder (NaruOffice *self)
{
  return self->folder;
}

/**
 * naru_office_get_name:
 * @self: an office
 *
 * Returns: (transfer none): its name
 */
const char *
naru_office_get_name (NaruOffice *self)
{
  return naru_json_get_string (self->config, "name");
}

/**
 * naru_office_get_hub:
 * @self: an office
 *
 * Returns: (transfer none): the hub code that new records get when they name none
 */
const char *
naru_office_get_hub (NaruOffice *self)
{
  return naru_json_get_string (self->config, "hub");
}

/**
 * naru_office_get_types:
 * @self: an office
 *
 * Returns: (transfer none): its record types
 */
NaruTypes *
naru_office_get_types (NaruOffice *self)
{
  return self->types;
}

/* The history, opened when first needed: most commands that only read never touch it. */
NaruRepository *
naru_office_get_repository (NaruOffice *self, GError **error)
{
  if (self->repository == NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, "audit.git", NULL);

      self->repository = naru_repository_open (path, error);
    }
  return self->repository;
}
