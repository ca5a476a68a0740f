/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-mirror.h"

#include "naru-program.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * Why the program git and not libgit2 for what goes over a line: it takes keys, agents, proxies, jump hosts
 * and certificates as the machine is set up for (~/.ssh/config, known_hosts, credential helpers), pushes all
 * or nothing, checks each object that it is given (fsck) before it is kept, and can be bounded and ended from
 * outside without a trace in this process. libssh2 below libgit2 1.5 knows neither ssh_config nor keys on
 * tokens. What was fetched is then read as any history that nobody vouches for (naru-source.h).
 */

#define SILENT_SECONDS 60
#define TOTAL_SECONDS (6 * 3600)
#define LIST_MAX (8 << 20)
#define URL_MAX 1024
#define LOCK_LEFT 600 /* seconds; git holds one for a moment */
#define HEX_SIZE (2 * NARU_OID_SIZE)
#define BRANCH "refs/heads/main"

static const char *const settings[] = {
  "protocol.allow=never",
  "protocol.file.allow=always",
  "protocol.ssh.allow=always",
  "protocol.https.allow=always",
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "credential.interactive=false",
  "transfer.credentialsInUrl=die",
  "transfer.unpackLimit=1",
  "fetch.unpackLimit=1",
  "fetch.fsckObjects=true",
  "fetch.recurseSubmodules=false",
  "fetch.writeCommitGraph=false",
  "http.followRedirects=initial",
  "push.followTags=false",
  "push.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
};

/* "host:path" or "user@host:path", which git takes for ssh; a file of that name is one. */
static gboolean
is_short_ssh (const char *place)
{
  gsize to_colon = strcspn (place, ":/");

  return to_colon > 0 && place[to_colon] == ':' && place[to_colon + 1] != '\0' && access (place, F_OK) != 0;
}

/**
 * naru_mirror_is_url:
 * @place: what somebody typed
 *
 * Returns: whether it is reached over a line; else it is a path
 */
gboolean
naru_mirror_is_url (const char *place)
{
  return (strstr (place, "://") != NULL && !g_str_has_prefix (place, "file://")) || is_short_ssh (place);
}

static char *
refuse_url (GError **error, const char *why)
{
  /* the text is not told: it may hold what should not be seen */
  naru_set_error (error, NARU_ERROR_INVALID, "URL", 0,
                  _ ("a folder, https://host/path, ssh://user@host/path or user@host:path"),
                  _ ("this is no address of a mirror: %s"), why);
  return NULL;
}

static char *
refuse_secret (GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, "URL", 0,
                  _ ("leave it out, and give it to git: a credential helper or ~/.netrc for https, a key for "
                     "ssh. If it is a real one, change it: whoever read your command line knows it."),
                  _ ("the address holds a password or token; addresses stand in the history for ever"));
  return NULL;
}

static gboolean
has_only_plain (const char *url)
{
  for (const char *at = url; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) || g_unichar_isspace (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/* @rest: "user@host:22/path" */
static char *
check_network (const char *url, const char *rest, gboolean ssh, GError **error)
{
  gsize to_path = strcspn (rest, "/");
  g_autofree char *authority = g_strndup (rest, to_path);
  char *at = strrchr (authority, '@');
  const char *host = at != NULL ? at + 1 : authority;

  if (at != NULL && (!ssh || memchr (authority, ':', (gsize) (at - authority)) != NULL))
    return refuse_secret (error);
  if (strpbrk (rest, "?#") != NULL)
    return refuse_secret (error);
  if (*host == '\0' || *host == '-' || *authority == '-' || rest[to_path] == '\0' ||
      strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") != strlen (host))
    return refuse_url (error, _ ("host or path is missing"));
  return g_strdup (url);
}

/* "user@host:path": the secret of one who writes "user:password@host:path" stands behind the colon */
static char *
check_short (const char *url, GError **error)
{
  const char *colon = strchr (url, ':');
  g_autofree char *before = g_strndup (url, (gsize) (colon - url));
  gsize to_slash = strcspn (colon, "/");

  if (memchr (colon, '@', to_slash) != NULL)
    return refuse_secret (error);
  if (*before == '-' || strstr (before, "@-") != NULL || colon[1] == ':')
    return refuse_url (error, _ ("host or path is missing"));
  return g_strdup (url);
}

/**
 * naru_mirror_check_url:
 * @url: what somebody typed
 * @error: return location; %NARU_ERROR_INVALID tells nothing of @url
 *
 * Returns: (transfer full) (nullable): the address as it may stand in the history: a path that is absolute,
 * or one of https or ssh without a secret in it
 */
char *
naru_mirror_check_url (const char *url, GError **error)
{
  if (*url == '\0' || *url == '-' || strlen (url) > URL_MAX || !g_utf8_validate (url, -1, NULL))
    return refuse_url (error, _ ("it is empty, too long, or begins with “-”"));
  if (g_str_has_prefix (url, "https://") || g_str_has_prefix (url, "ssh://"))
    return has_only_plain (url) ? check_network (url, strstr (url, "://") + 3, url[0] == 's', error)
                                : refuse_url (error, _ ("it holds blanks"));
  if (g_str_has_prefix (url, "file:///"))
    return g_canonicalize_filename (url + strlen ("file://"), NULL);
  if (strstr (url, "://") != NULL || strstr (url, "::") != NULL)
    return refuse_url (error,
                       _ ("it is reached neither by https nor by ssh; others do not show who answers"));
  if (is_short_ssh (url))
    return has_only_plain (url) ? check_short (url, error) : refuse_url (error, _ ("it holds blanks"));
  return g_canonicalize_filename (url, NULL);
}

static guint
get_silence (void)
{
  const char *given = g_getenv ("NARU_READ_DEADLINE"); /* seconds, for tests */
  guint64 seconds = given != NULL ? g_ascii_strtoull (given, NULL, 10) : 0;

  return seconds > 0 && seconds < 86400 ? (guint) seconds : SILENT_SECONDS;
}

/* What git says, in words for people; in the end its own, so that nothing is kept back. */
static const char *
find_cure (const char *said)
{
  static const struct
  {
    const char *words;
    const char *cure;
  } cures[] = {
    { "Host key verification failed",
      N_ ("compare the host's key with the one that its owner tells you, and put it into "
          "~/.ssh/known_hosts: ssh-keyscan HOST") },
    { "Permission denied", N_ ("let the mirror accept your key: ssh-add -l shows which you have") },
    { "Authentication failed", N_ ("give git the credentials: a credential helper, or ~/.netrc") },
    { "could not read Username", N_ ("give git the credentials: a credential helper, or ~/.netrc") },
    { "Could not resolve", N_ ("check the name of the host and the network") },
    { "unable to access", N_ ("check the address, the network and the certificate of the host") },
    { "Connection", N_ ("check the address, the network and whether the host is up") },
    { "dubious ownership", N_ ("the folder belongs to another user: run the command as that user") },
    { "does not appear to be a git repository", N_ ("make it first: git init --bare PATH") },
    { "not found", N_ ("make it first: git init --bare PATH") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cures); i++)
    if (strstr (said, cures[i].words) != NULL)
      return _ (cures[i].cure);
  return _ ("try it by hand: git ls-remote ADDRESS");
}

static void
fail_many (const char *url, GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("name a mirror of this office"),
                  _ ("%s names more branches and tags than any office has"), url);
}

static gboolean
fail (const NaruProgramResult *result, const char *url, GError **error)
{
  g_autofree char *said = naru_program_last_line (result);

  switch (result->end)
    {
    case NARU_PROGRAM_ABSENT:
      naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Install the Debian package git."),
                      _ ("the program git is not installed, and mirrors are reached with it"));
      break;
    case NARU_PROGRAM_STUCK:
      naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                      _ ("check the address, the network and whether the host is up"),
                      _ ("the mirror %s got stuck and was stopped"), url);
      break;
    case NARU_PROGRAM_TALKATIVE:
      fail_many (url, error);
      break;
    case NARU_PROGRAM_ENDED:
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0,
                      find_cure (result->errors != NULL ? result->errors : ""), _ ("the mirror %s: %s"), url,
                      *said != '\0' ? said : _ ("git tells no reason"));
    }
  return FALSE;
}

typedef struct
{
  NaruMirrorProgress progress;
  gpointer user_data;
} Telling;

/* "Receiving objects:  45% (450/1000), 1.2 MiB | 600 KiB/s" */
static void
tell (const char *text, gpointer user_data)
{
  const Telling *telling = user_data;
  const char *percent = g_strrstr (text, "% (");
  const char *start = percent;

  if (telling->progress == NULL || percent == NULL)
    return;
  while (start > text && g_ascii_isdigit (start[-1]))
    start--;
  telling->progress (g_ascii_strtoull (start, NULL, 10), 100, telling->user_data);
}

/* git with the settings above, the repository, and @words */
static void
run_git (const char *repository, GPtrArray *words, NaruProgram *program, NaruProgramResult *result)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *folder = g_strdup_printf ("--git-dir=%s", repository);

  g_ptr_array_add (argv, "git");
  g_ptr_array_add (argv, folder);
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_ptr_array_add (argv, "-c");
      g_ptr_array_add (argv, (gpointer) settings[i]);
    }
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (argv, g_ptr_array_index (words, i));
  g_ptr_array_add (argv, NULL);
  program->argv = (const char *const *) argv->pdata;
  program->seconds = get_silence ();
  program->total_seconds = TOTAL_SECONDS;
  naru_program_run (program, result);
}

static GPtrArray *
words_new (const char *const *words)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (; *words != NULL; words++)
    g_ptr_array_add (list, g_strdup (*words));
  return list;
}

/**
 * naru_mirror_list: (skip)
 * @url: an address, checked
 * @repository: folder of the own history
 * @head: (out): commit of its branch main; zero where it has none
 * @error: return location
 *
 * Asks a mirror what it has.
 *
 * Returns: (transfer full) (nullable) (element-type NaruRef): its seals and their time stamps
 */
GPtrArray *
naru_mirror_list (const char *url, const char *repository, NaruOid *head, GError **error)
{
  const char *const words[] = {
    "ls-remote",         "--refs", "--quiet", "--", url, BRANCH, NARU_SEAL_REFS NARU_SEAL_PREFIX "*",
    NARU_STAMP_REFS "*", NULL
  };
  g_autoptr (GPtrArray) list = words_new (words);
  g_autoptr (GPtrArray) refs = naru_refs_new ();
  NaruProgram program = { .output_max = LIST_MAX };
  g_auto (NaruProgramResult) result = { 0 };

  memset (head, 0, sizeof *head);
  run_git (repository, list, &program, &result);
  if (!naru_program_succeeded (&result))
    {
      fail (&result, url, error);
      return NULL;
    }
  g_auto (GStrv) lines = g_strsplit (result.output, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      NaruOid oid;
      if (strlen (lines[i]) <= HEX_SIZE || lines[i][HEX_SIZE] != '\t')
        continue;
      lines[i][HEX_SIZE] = '\0';
      if (!naru_oid_from_hex (lines[i], &oid))
        continue;
      if (g_str_equal (lines[i] + HEX_SIZE + 1, BRANCH))
        *head = oid;
      else if (naru_ref_is_ours (lines[i] + HEX_SIZE + 1))
        naru_refs_add (refs, lines[i] + HEX_SIZE + 1, &oid);
    }
  if (refs->len <= NARU_MIRROR_MAX_REFS)
    return g_steal_pointer (&refs);
  fail_many (url, error);
  return NULL;
}

/* Half of what is free, and no more than was asked for */
static guint64
bound_by_disk (const char *folder, guint64 max)
{
  struct statvfs disk;

  if (statvfs (folder, &disk) != 0)
    return max;
  return MIN (max, (guint64) disk.f_bavail * disk.f_frsize / 2);
}

/**
 * naru_mirror_fetch: (skip)
 * @url: an address, checked
 * @repository: folder of an empty repository
 * @refs: (element-type NaruRef): seals and time stamps that it said it has
 * @max: bytes of the pack that may be fetched
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @error: return location
 *
 * Fetches the branch main and these refs whole. Nothing of it may be believed.
 *
 * Returns: whether all is there
 */
gboolean
naru_mirror_fetch (const char *url, const char *repository, GPtrArray *refs, guint64 max,
                   NaruMirrorProgress progress, gpointer user_data, GError **error)
{
  const char *const words[] = { "fetch",
                                "--progress",
                                "--no-tags",
                                "--no-write-fetch-head",
                                "--no-auto-gc",
                                "--no-show-forced-updates",
                                "--",
                                url,
                                "+" BRANCH ":" BRANCH,
                                NULL };
  g_autoptr (GPtrArray) list = words_new (words);
  Telling telling = { progress, user_data };
  NaruProgram program = { .file_max = bound_by_disk (repository, max), .told = tell, .user_data = &telling };
  g_auto (NaruProgramResult) result = { 0 };

  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      g_ptr_array_add (list, g_strdup_printf ("+%s:%s", ref->name, ref->name));
    }
  run_git (repository, list, &program, &result);
  return naru_program_succeeded (&result) || fail (&result, url, error);
}

/* One lock of a mirror that is a folder. Where its age shows that whoever made it was killed, it goes.
 * Returns: whether it stands in the way */
static gboolean
look_at_lock (const char *path)
{
  struct stat status;

  if (lstat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return FALSE;
  return status.st_uid != geteuid () || status.st_mtime >= g_get_real_time () / G_USEC_PER_SEC - LOCK_LEFT ||
         unlink (path) != 0;
}

/* (transfer full) (nullable): the first lock that stands in the way of @refs and the branch */
static char *
find_lock (const char *repository, GPtrArray *refs)
{
  static const char *const always[] = { BRANCH, "HEAD", "packed-refs" };

  for (guint i = 0; i < G_N_ELEMENTS (always) + refs->len; i++)
    {
      const char *name = i < G_N_ELEMENTS (always)
                             ? always[i]
                             : ((const NaruRef *) g_ptr_array_index (refs, i - G_N_ELEMENTS (always)))->name;
      g_autofree char *file = g_strconcat (name, ".lock", NULL);
      g_autofree char *path = g_build_filename (repository, file, NULL);
      if (look_at_lock (path))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* A push into a folder runs on this machine from end to end. Killed with all its processes, as by a power
 * loss, it leaves locks behind that would block the mirror for ever. */
static char *
clear_locks (const char *url, GPtrArray *refs)
{
  g_autofree char *inner = NULL;
  g_autofree char *head = NULL;

  if (naru_mirror_is_url (url))
    return NULL;
  inner = g_build_filename (url, ".git", NULL);
  head = g_build_filename (inner, "HEAD", NULL);
  return find_lock (access (head, F_OK) == 0 ? inner : url, refs);
}

static gboolean
fail_locked (const char *url, const char *lock, GError **error)
{
  naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0,
                  _ ("Wait ten minutes and run the command again; or, if nobody writes to the mirror now, "
                     "remove that file."),
                  _ ("the mirror %s took nothing: somebody writes to it, or was interrupted and left %s"),
                  url, lock);
  return FALSE;
}

/* "! refs/heads/main:refs/heads/main [rejected] (fetch first)" */
static gboolean
fail_push (const NaruProgramResult *result, const char *url, const char *lock, GError **error)
{
  if (lock != NULL && result->end == NARU_PROGRAM_ENDED)
    return fail_locked (url, lock, error);

  g_auto (GStrv) lines = g_strsplit (result->output != NULL ? result->output : "", "\n", -1);

  for (gsize i = 0; lines[i] != NULL && result->end == NARU_PROGRAM_ENDED; i++)
    {
      const char *why = lines[i][0] == '!' ? strstr (lines[i], "[re") : NULL;
      if (why == NULL || strstr (why, "atomic") != NULL)
        continue;
      g_autofree char *valid = g_utf8_make_valid (why, -1);
      gboolean moved = g_str_has_prefix (why, "[rejected]");
      naru_set_error (error, moved ? NARU_ERROR_CONFLICT : NARU_ERROR_FAILED, NULL, 0,
                      moved ? _ ("run the command again: it says what the mirror has now")
                            : _ ("ask whoever runs the mirror; it must accept commits for main and tags"),
                      moved ? _ ("the mirror %s was written to meanwhile, and took nothing: %s")
                            : _ ("the mirror %s takes nothing: %s"),
                      url, valid);
      return FALSE;
    }
  return fail (result, url, error);
}

/**
 * naru_mirror_push: (skip)
 * @url: an address, checked
 * @repository: folder of the history
 * @head: the commit that main of the mirror is to stand at
 * @refs: (element-type NaruRef): what it is to get besides; none of them may be there
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @error: return location
 *
 * All or nothing, and never by force: a mirror that holds something else refuses.
 *
 * Returns: whether the mirror has it
 */
gboolean
naru_mirror_push (const char *url, const char *repository, const NaruOid *head, GPtrArray *refs,
                  NaruMirrorProgress progress, gpointer user_data, GError **error)
{
  const char *const words[] = { "push",        "--porcelain", "--atomic", "--progress",
                                "--no-verify", "--",          url,        NULL };
  g_autoptr (GPtrArray) list = words_new (words);
  Telling telling = { progress, user_data };
  NaruProgram program = { .output_max = LIST_MAX, .told = tell, .user_data = &telling };
  g_auto (NaruProgramResult) result = { 0 };
  char hex[HEX_SIZE + 1];

  naru_oid_to_hex (head, hex);
  g_ptr_array_add (list, g_strdup_printf ("%s:" BRANCH, hex));
  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      naru_oid_to_hex (&ref->oid, hex);
      g_ptr_array_add (list, g_strdup_printf ("%s:%s", hex, ref->name));
    }
  g_free (clear_locks (url, refs));
  run_git (repository, list, &program, &result);
  if (naru_program_succeeded (&result))
    return TRUE;
  g_autofree char *lock = clear_locks (url, refs);
  return fail_push (&result, url, lock, error);
}
