/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-seals-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/*
 * A time stamp (RFC 3161): somebody outside says when they saw a seal, so that not even the office could have
 * made it later. openssl makes the request and checks the reply, curl carries them; both are asked for only
 * here. The reply stands in the history as a blob of its own ref, where stock tools get at it.
 */

#define SECONDS 90
#define REPLY_MAX (64 << 10)
#define SYSTEM_CERTIFICATES "/etc/ssl/certs"

typedef struct
{
  const char *url;
  const char *ca_file; /* (nullable) */
  char *folder;        /* for the files below */
  char *tag;
  char *request;
  char *reply;
} Stamp;

static void
stamp_clear (Stamp *self)
{
  if (self->folder != NULL)
    naru_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self->tag);
  g_free (self->request);
  g_free (self->reply);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stamp, stamp_clear)

static gboolean
fail_run (const NaruProgramResult *result, const char *package, const char *cure, const char *what,
          GError **error)
{
  g_autofree char *said = naru_program_last_line (result);

  if (result->end == NARU_PROGRAM_ABSENT)
    {
      naru_set_error (error, NARU_ERROR_UNSUPPORTED, "--timestamp", 0, NULL,
                      _ ("the program %s is not installed, and time stamps need it"), package);
      naru_error_set_cure (error, _ ("Install the Debian package %s."), package);
    }
  else if (result->end == NARU_PROGRAM_STUCK)
    naru_set_error (error, NARU_ERROR_IO, "--timestamp", 0, cure, _ ("%s: it got stuck and was stopped"),
                    what);
  else
    naru_set_error (error, NARU_ERROR_FAILED, "--timestamp", 0, cure, "%s: %s", what, said);
  return FALSE;
}

static gboolean
run (const char *const *argv, const char *cure, const char *what, char **output, GError **error)
{
  NaruProgram program = { .argv = argv,
                          .seconds = SECONDS,
                          .total_seconds = SECONDS,
                          .output_max = REPLY_MAX,
                          .file_max = 16 * REPLY_MAX };
  g_auto (NaruProgramResult) result = { 0 };

  naru_program_run (&program, &result);
  if (!naru_program_succeeded (&result))
    return fail_run (&result, argv[0], cure, what, error);
  if (output != NULL)
    *output = g_utf8_make_valid (result.output, -1);
  return TRUE;
}

static gboolean
ask (Stamp *self, GError **error)
{
  const char *const query[] = { "openssl", "ts",    "-query", "-data",       self->tag,
                                "-sha256", "-cert", "-out",   self->request, NULL };
  g_autofree char *data = g_strconcat ("@", self->request, NULL);
  const char *const post[] = { "curl",
                               "-q",
                               "--silent",
                               "--show-error",
                               "--fail",
                               "--proto",
                               "=http,https",
                               "--max-time",
                               "60",
                               "--max-filesize",
                               "65536",
                               "--header",
                               "Content-Type: application/timestamp-query",
                               "--header",
                               "Accept: application/timestamp-reply",
                               "--data-binary",
                               data,
                               "--output",
                               self->reply,
                               "--url",
                               self->url,
                               NULL };

  return run (query, NULL, _ ("the request for a time stamp cannot be made"), NULL, error) &&
         run (post,
              _ ("check the address of the service and the network, then: naru seal timestamp NAME URL"),
              _ ("the time stamp service does not answer"), NULL, error);
}

/* The reply is one to our request (its nonce), of this seal (its digest), by somebody whom the certificates
 * know. */
static gboolean
check (Stamp *self, char **when, GError **error)
{
  const char *const verify[] = { "openssl",
                                 "ts",
                                 "-verify",
                                 "-queryfile",
                                 self->request,
                                 "-in",
                                 self->reply,
                                 self->ca_file != NULL ? "-CAfile" : "-CApath",
                                 self->ca_file != NULL ? self->ca_file : SYSTEM_CERTIFICATES,
                                 NULL };
  const char *const text[] = { "openssl", "ts", "-reply", "-in", self->reply, "-text", NULL };
  g_autofree char *words = NULL;

  if (!run (verify, _ ("name the certificate of the service, as its owner gives it: --tsa-ca FILE"),
            _ ("the time stamp is not sound"), NULL, error) ||
      !run (text, NULL, _ ("the time stamp cannot be read"), &words, error))
    return FALSE;
  const char *line = strstr (words, "Time stamp: ");
  if (line != NULL)
    *when = g_strndup (line + strlen ("Time stamp: "), strcspn (line + strlen ("Time stamp: "), "\n"));
  return TRUE;
}

static gboolean
prepare (Stamp *self, GBytes *tag, GError **error)
{
  const char *cure = _ ("Make room in the folder for temporary files, or name another one: TMPDIR.");
  g_autoptr (GError) cause = NULL;

  self->folder = g_dir_make_tmp ("naru-timestamp-XXXXXX", &cause);
  if (self->folder == NULL)
    {
      naru_set_error (error, NARU_ERROR_IO, NULL, 0, cure, "%s", cause->message);
      return FALSE;
    }
  self->tag = g_build_filename (self->folder, "tag", NULL);
  self->request = g_build_filename (self->folder, "request.tsq", NULL);
  self->reply = g_build_filename (self->folder, "reply.tsr", NULL);
  FILE *file = fopen (self->tag, "wbxe");
  gboolean done = file != NULL && fwrite (g_bytes_get_data (tag, NULL), g_bytes_get_size (tag), 1, file) == 1;
  if (file != NULL)
    done = fclose (file) == 0 && done;
  if (!done)
    naru_set_error_errno (error, errno, cure, _ ("Cannot write “%s”"), self->tag);
  return done;
}

static gboolean
check_arguments (const char *url, const char *ca_file, GError **error)
{
  g_autofree char *rest = NULL;

  if ((!g_str_has_prefix (url, "http://") && !g_str_has_prefix (url, "https://")) ||
      strchr (url, '@') != NULL || !g_utf8_validate (url, -1, NULL))
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--timestamp", 0, _ ("http://host/path or https://host/path"),
                      _ ("this is no address of a time stamp service"));
      return FALSE;
    }
  if (ca_file == NULL || g_file_test (ca_file, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  naru_set_error (error, NARU_ERROR_NOT_FOUND, "--tsa-ca", 0, _ ("check the name"), _ ("there is no %s"),
                  ca_file);
  return FALSE;
}

/* (transfer full) (nullable): the tag, as long as it has no stamp yet */
static GBytes *
read_tag (NaruOffice *self, const char *name, GError **error)
{
  NaruRepository *repository = naru_office_get_repository (self, error);
  g_autofree char *ref = g_strconcat (NARU_SEAL_REFS, name, NULL);
  g_autofree char *stamp_ref = g_strconcat (NARU_STAMP_REFS, name, NULL);
  NaruOid tag, stamp;

  if (repository == NULL || !naru_repository_get_ref (repository, ref, &tag, error) ||
      !naru_repository_get_ref (repository, stamp_ref, &stamp, error))
    return NULL;
  if (naru_oid_is_zero (&tag))
    naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("naru seal list shows those that there are"),
                    _ ("there is no seal “%s”"), name);
  else if (!naru_oid_is_zero (&stamp))
    naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("make a new seal, and have that stamped"),
                    _ ("the seal “%s” has a time stamp already"), name);
  else
    {
      g_autoptr (NaruObject) object = naru_repository_read_object (repository, &tag, NARU_OBJECT_TAG, error);
      return object != NULL ? g_bytes_ref (object->bytes) : NULL;
    }
  return NULL;
}

static gboolean
keep (NaruOffice *self, const char *name, const char *file, GError **error)
{
  g_autofree char *ref = g_strconcat (NARU_STAMP_REFS, name, NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) cause = NULL;
  gsize size = 0;

  if (!g_file_get_contents (file, &data, &size, &cause))
    {
      naru_set_error (error, NARU_ERROR_IO, NULL, 0, _ ("Ask for the time stamp again."), "%s",
                      cause->message);
      return FALSE;
    }
  if (!naru_office_lock_history (self, error))
    return FALSE;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (NaruObject) object = naru_object_new (NARU_OBJECT_BLOB, bytes);
  gboolean done = naru_office_put_ref (self, object, ref, error);
  naru_office_unlock_history (self);
  return done;
}

/**
 * naru_desk_stamp_seal:
 * @self: a desk
 * @name: name of a seal
 * @url: a time stamp service
 * @ca_file: (nullable): the certificates that it is known by; %NULL for those of the system
 * @report: (out) (transfer full): {"name","url","time": as the service says it, or null}
 * @error: return location
 *
 * Has a seal stamped by a service (RFC 3161), checks what it answers and keeps it.
 *
 * Returns: whether the seal has a time stamp now; %FALSE with %NARU_ERROR_UNSUPPORTED where openssl or curl
 * is not installed
 */
gboolean
naru_desk_stamp_seal (NaruDesk *self, const char *name, const char *url, const char *ca_file,
                      NaruJson **report, GError **error)
{
  g_auto (Stamp) stamp = { .url = url, .ca_file = ca_file };
  g_autofree char *whole = NULL;
  g_autofree char *when = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error) ||
      !naru_seal_check_name (name, &whole, error) || !check_arguments (url, ca_file, error))
    return FALSE;
  g_autoptr (GBytes) tag = read_tag (self->office, whole, error);
  if (tag == NULL || !prepare (&stamp, tag, error) || !ask (&stamp, error) || !check (&stamp, &when, error) ||
      !keep (self->office, whole, stamp.reply, error))
    return FALSE;
  NaruJson *json = naru_json_new_object ();
  naru_json_set_string (json, "name", whole);
  naru_json_set_string (json, "url", url);
  naru_json_set (json, "time", when != NULL ? naru_json_new_string (when) : naru_json_new_null ());
  *report = json;
  return TRUE;
}
