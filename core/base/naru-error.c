/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

typedef struct
{
  char *field;
  char *cure;
  gint64 line;
} NaruErrorPrivate;

/* The one place where a code gets its name and its numbers for shells and for HTTP. */
static const struct
{
  const char *name;
  int exit_status;
  int http_status;
} error_table[] = {
  [NARU_ERROR_FAILED] = { "failed", 1, 500 },
  [NARU_ERROR_USAGE] = { "usage", 2, 400 },
  [NARU_ERROR_INVALID] = { "invalid", 2, 400 },
  [NARU_ERROR_BLOCKED] = { "blocked", 3, 422 },
  [NARU_ERROR_NOT_FOUND] = { "not-found", 4, 404 },
  [NARU_ERROR_DENIED] = { "denied", 1, 403 },
  [NARU_ERROR_CONFLICT] = { "conflict", 5, 409 },
  [NARU_ERROR_EXISTS] = { "exists", 1, 409 },
  [NARU_ERROR_TOO_LARGE] = { "too-large", 2, 413 },
  [NARU_ERROR_UNSUPPORTED] = { "unsupported", 1, 501 },
  [NARU_ERROR_IO] = { "io", 1, 507 },
  [NARU_ERROR_BROKEN] = { "broken", 6, 500 },
  [NARU_ERROR_PENDING] = { "pending", 7, 202 },
};

static void
naru_error_private_init (NaruErrorPrivate *priv)
{
  priv->field = NULL;
  priv->cure = NULL;
  priv->line = 0;
}

static void
naru_error_private_copy (const NaruErrorPrivate *source, NaruErrorPrivate *target)
{
  target->field = g_strdup (source->field);
  target->cure = g_strdup (source->cure);
  target->line = source->line;
}

static void
naru_error_private_clear (NaruErrorPrivate *priv)
{
  g_free (priv->field);
  g_free (priv->cure);
}

/* Gives naru_error_quark() and the private part above to every error of this domain. */
G_DEFINE_EXTENDED_ERROR (NaruError, naru_error)

static const NaruErrorPrivate *
peek_private (const GError *error)
{
  if (error == NULL || error->domain != NARU_ERROR)
    return NULL;
  return naru_error_get_private (error);
}

/* An error of another domain is worth what it would be worth as one of ours. */
static NaruError
classify (const GError *error)
{
  if (error == NULL)
    return NARU_ERROR_FAILED;
  if (error->domain == NARU_ERROR && error->code >= 0 && error->code < (int) G_N_ELEMENTS (error_table))
    return (NaruError) error->code;
  if (error->domain == G_OPTION_ERROR)
    return NARU_ERROR_USAGE;
  return NARU_ERROR_FAILED;
}

/* Names of files, and what stands in somebody else's, may be any bytes; what an error says is text. */
static void
keep_text (char **text, const char *given)
{
  char *valid = given != NULL ? g_utf8_make_valid (given, -1) : NULL;

  g_free (*text);
  *text = valid;
}

/**
 * naru_set_error:
 * @error: (out) (optional) (nullable): where to put it
 * @code: what kind of error
 * @field: (nullable): JSON pointer or name of the field that is wrong
 * @line: line in the input, from 1; 0 when there is none
 * @cure: (nullable): what the person can do about it, one sentence
 * @format: what is wrong and where, for a person
 * @...: the arguments of @format
 *
 * Does nothing when @error is %NULL.
 */
void
naru_set_error (GError **error, NaruError code, const char *field, gint64 line, const char *cure,
                const char *format, ...)
{
  NaruErrorPrivate *priv = NULL;
  va_list arguments;

  if (error == NULL)
    return;

  g_return_if_fail (*error == NULL);

  va_start (arguments, format);
  *error = g_error_new_valist (NARU_ERROR, code, format, arguments);
  va_end (arguments);

  keep_text (&(*error)->message, (*error)->message);
  priv = naru_error_get_private (*error);
  keep_text (&priv->field, field);
  keep_text (&priv->cure, cure);
  priv->line = line;
}

/**
 * naru_error_set_cure:
 * @error: (nullable): return location that naru_set_error() has filled
 * @format: what to do about it, printf style
 * @...: arguments
 *
 * For a cure that names the record or the field at hand.
 */
void
naru_error_set_cure (GError **error, const char *format, ...)
{
  NaruErrorPrivate *priv = NULL;
  va_list arguments;

  if (error == NULL || *error == NULL)
    return;

  priv = naru_error_get_private (*error);
  va_start (arguments, format);
  g_autofree char *cure = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  keep_text (&priv->cure, cure);
}

typedef struct
{
  int errsv;
  const char *words;
  const char *cure;
} SystemCause;

static const SystemCause system_causes[] = {
  { ENOSPC, N_ ("the disk is full"), N_ ("Free some space on that disk, then try again.") },
  { EDQUOT, N_ ("the disk quota is used up"), N_ ("Free some space or ask for more, then try again.") },
  { EFBIG, N_ ("the file would become larger than allowed here"),
    N_ ("Raise the limit on file sizes, then try again.") },
  { EROFS, N_ ("the disk is read-only"), N_ ("Make the disk writable or choose another folder.") },
  { EACCES, N_ ("permission is missing"),
    N_ ("Ask the owner of the folder for access, or run this as the right user.") },
  { EPERM, N_ ("the system does not permit it"),
    N_ ("Ask the owner of the folder for access, or run this as the right user.") },
  { EMFILE, N_ ("too many files are open in this program"),
    N_ ("Raise the limit on open files, then try again.") },
  { ENFILE, N_ ("too many files are open on this computer"), N_ ("Close other programs, then try again.") },
  { ENOMEM, N_ ("memory is used up"), N_ ("Close other programs, then try again.") },
  { EIO, N_ ("the disk reports a fault"),
    N_ ("Check the disk, and copy the office to a sound one before going on.") },
  { ENOENT, N_ ("there is no such file or folder"), N_ ("Check the name.") },
  { ENOTDIR, N_ ("a part of the path is not a folder"), N_ ("Check the name.") },
  { ENXIO, N_ ("this is not a file"), N_ ("Name a file.") },
  { EISDIR, N_ ("this is a folder, not a file"), N_ ("Name a file.") },
  { EEXIST, N_ ("a file of this name is there already"), N_ ("Choose another name.") },
  { ENOTEMPTY, N_ ("the folder is not empty"), N_ ("Choose another name.") },
  { ENAMETOOLONG, N_ ("the name is too long"), N_ ("Choose a shorter name.") },
  { ELOOP, N_ ("the links in the path lead in a circle"), N_ ("Check the name.") },
  { EBUSY, N_ ("another program is using it"), N_ ("Wait a moment, then try again.") },
  { EAGAIN, N_ ("another program is using it"), N_ ("Wait a moment, then try again.") },
  { EXDEV, N_ ("the two places are on different disks"), N_ ("Choose a folder on the same disk.") },
  { ESTALE, N_ ("the network disk has lost the file"), N_ ("Connect the disk again, then try again.") },
};

/**
 * naru_set_error_errno:
 * @error: (out) (optional) (nullable): where to put it
 * @errsv: the errno of the failed call
 * @cure: (nullable): what to do; %NULL for the usual cure of this errno
 * @format: what could not be done, for a person, without a final stop
 * @...: the arguments of @format
 *
 * Sets %NARU_ERROR_IO, or %NARU_ERROR_NOT_FOUND for ENOENT. The cause follows @format in words.
 */
void
naru_set_error_errno (GError **error, int errsv, const char *cure, const char *format, ...)
{
  g_autofree char *what = NULL;
  const char *words = NULL;
  va_list arguments;

  if (error == NULL)
    return;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  for (guint i = 0; i < G_N_ELEMENTS (system_causes); i++)
    {
      if (system_causes[i].errsv != errsv)
        continue;
      words = _ (system_causes[i].words);
      if (cure == NULL)
        cure = _ (system_causes[i].cure);
      break;
    }

  naru_set_error (error, errsv == ENOENT ? NARU_ERROR_NOT_FOUND : NARU_ERROR_IO, NULL, 0, cure, "%s: %s",
                  what, words != NULL ? words : g_strerror (errsv));
}

/**
 * naru_error_get_field:
 * @error: (nullable): an error
 *
 * Returns: (transfer none) (nullable): the field that is wrong, or %NULL
 */
const char *
naru_error_get_field (const GError *error)
{
  const NaruErrorPrivate *priv = peek_private (error);
  return priv != NULL ? priv->field : NULL;
}

/**
 * naru_error_get_line:
 * @error: (nullable): an error
 *
 * Returns: the line of the input, from 1, or 0
 */
gint64
naru_error_get_line (const GError *error)
{
  const NaruErrorPrivate *priv = peek_private (error);
  return priv != NULL ? priv->line : 0;
}

/**
 * naru_error_get_cure:
 * @error: (nullable): an error
 *
 * Returns: (transfer none) (nullable): what to do about it, or %NULL
 */
const char *
naru_error_get_cure (const GError *error)
{
  const NaruErrorPrivate *priv = peek_private (error);
  return priv != NULL ? priv->cure : NULL;
}

/**
 * naru_error_get_name:
 * @error: (nullable): an error of any domain
 *
 * Returns: (transfer none): the stable name of its code, as in "not-found"; never translated
 */
const char *
naru_error_get_name (const GError *error)
{
  return error_table[classify (error)].name;
}

/**
 * naru_error_get_exit_status:
 * @error: (nullable): an error of any domain
 *
 * Returns: the exit status of a command that ended so; 0 when @error is %NULL
 */
int
naru_error_get_exit_status (const GError *error)
{
  return error != NULL ? error_table[classify (error)].exit_status : 0;
}

/**
 * naru_error_get_http_status:
 * @error: (nullable): an error of any domain
 *
 * Returns: the HTTP status of an answer that ended so; 200 when @error is %NULL
 */
int
naru_error_get_http_status (const GError *error)
{
  return error != NULL ? error_table[classify (error)].http_status : 200;
}
