/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOAD_MS 10000
#define MAX_DETAIL 2000

typedef struct
{
  guint64 serial;
  NaruDigest digest;    /* of the bytes that were read here, not of what the host says of them */
  NaruSubject *subject; /* (nullable): when the case cannot be read */
} Case;

static gboolean
send_packet (GVariant *packet)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (packet);

  return send (NARU_WORKER_SOCKET, g_variant_get_data (owned), g_variant_get_size (owned), MSG_NOSIGNAL) >= 0;
}

static char *
make_sendable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (strlen (valid) > MAX_DETAIL)
    *(char *) g_utf8_find_prev_char (valid, valid + MAX_DETAIL) = '\0';
  return g_steal_pointer (&valid);
}

gint64
naru_worker_get_stderr_size (void)
{
  struct stat about;

  return fstat (STDERR_FILENO, &about) == 0 ? about.st_size : 0;
}

/* --- loading --- */

/* @word is one that the host knows; what Python has said is more than what the engine knows. @detail:
 * (nullable) */
void
naru_worker_fail (NaruFault *fault, const char *word, const char *detail)
{
  fault->word = word;
  fault->detail = naru_wire_read_last_line (STDERR_FILENO, 0);
  if (fault->detail == NULL)
    fault->detail = g_strdup (detail);
}

/* The checks that a plugin has made, if all went well: an exception in __init__ is printed, and the object is
 * there all the same; but who knows what it lacks. @rules: (transfer full) (nullable): none were made
 * @written: what had been on stderr before. Returns: (transfer full) (nullable): NULL with @fault */
NaruRuleSet *
naru_worker_accept (NaruRuleSet *rules, gint64 written, NaruFault *fault)
{
  g_autofree char *line = naru_wire_read_last_line (STDERR_FILENO, written);

  if (rules != NULL && line == NULL)
    return rules;
  naru_worker_fail (fault, rules != NULL ? "make" : "class", NULL);
  g_clear_object (&rules);
  return NULL;
}

/* --- one check --- */

/* An exception of Python is no GError: it is printed, and the check returns FALSE. So is a mistake in C. */
static char *
find_reason (const GError *error, gint64 written, const char **word)
{
  g_autofree char *line = error == NULL ? naru_wire_read_last_line (STDERR_FILENO, written) : NULL;

  *word = error != NULL ? "error" : line != NULL ? "exception" : "false";
  if (error != NULL)
    return make_sendable (error->message);
  return line != NULL ? make_sendable (line) : g_strdup ("");
}

static GVariant *
make_reply (const Case *subject, const char *rule, gint64 elapsed, NaruReport *report, const char *word,
            const char *detail)
{
  static const char *const none[] = { NULL };
  const char *verdict = word == NULL ? naru_report_get_verdict (report) : "error";
  g_autofree char *en = word == NULL ? naru_report_dup_message (report, "en") : g_strdup ("");
  g_autofree char *ko = word == NULL ? naru_report_dup_message (report, "ko") : g_strdup ("");

  return g_variant_new ("(ut@aysxsss^asss)", (guint32) NARU_WORKER_PROTOCOL, subject->serial,
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, subject->digest.bytes,
                                                   NARU_DIGEST_SIZE, 1),
                        rule, elapsed, verdict, word != NULL ? word : "", detail,
                        word == NULL ? naru_report_get_fields (report) : none, en, ko);
}

/* Only a verdict that was said, by a check that says that it ended well, is one. */
static GVariant *
judge (NaruRuleSet *rules, const Case *subject, const char *rule, const char *check)
{
  g_autoptr (NaruReport) report = naru_report_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = g_strdup ("");
  const char *word = "case";
  gint64 written = naru_worker_get_stderr_size ();
  gint64 begun = g_get_monotonic_time ();
  gint64 elapsed = 0;

  if (subject->subject != NULL)
    {
      gboolean done = naru_rule_set_judge (rules, check, subject->subject, report, &error);
      elapsed = g_get_monotonic_time () - begun;
      word = naru_report_get_fault (report);
      if (!done || error != NULL)
        {
          g_free (detail);
          detail = find_reason (error, written, &word);
        }
    }
  return make_reply (subject, rule, elapsed, report, word, detail);
}

/* --- requests --- */

/* (transfer full) (nullable): what is in the memory file of a large case */
static char *
read_file (int fd, gsize *size)
{
  g_autofree char *text = NULL;
  struct stat about;
  ssize_t n = 0;

  *size = 0;
  if (fd < 0 || fstat (fd, &about) != 0 || about.st_size > NARU_WORKER_MAX_CASE)
    return NULL;
  text = g_malloc ((gsize) about.st_size + 1);
  while (*size < (gsize) about.st_size &&
         (n = pread (fd, text + *size, (gsize) about.st_size - *size, (off_t) *size)) > 0)
    *size += (gsize) n;
  return g_steal_pointer (&text);
}

/* Whatever is wrong with a case is said with each rule. */
static void
read_case (Case *subject, GVariant *request, int fd)
{
  g_autoptr (GVariant) inside = g_variant_get_child_value (request, 5);
  g_autofree char *file = NULL;
  g_autoptr (NaruJson) json = NULL;
  gsize size = 0;
  const char *text = g_variant_get_fixed_array (inside, &size, 1);

  if (size == 0)
    text = file = read_file (fd, &size);
  if (text == NULL)
    return;
  naru_digest_compute (text, size, &subject->digest);
  json = naru_json_parse (text, (gssize) size, NARU_WORKER_MAX_CASE, NULL);
  if (json != NULL)
    subject->subject = naru_subject_new (json, NULL);
}

static gboolean
answer (NaruRuleSet *rules, GVariant *request, int fd)
{
  g_autoptr (GVariantIter) asked = NULL;
  const char *rule = NULL, *check = NULL;
  Case subject = { 0 };
  guint32 version = 0, deadline_ms = 0;
  gboolean done = TRUE;

  g_variant_get (request, "(utu@aya(ss)@ay)", &version, &subject.serial, &deadline_ms, NULL, &asked, NULL);
  if (version != NARU_WORKER_PROTOCOL)
    return FALSE;
  naru_worker_grant_time (deadline_ms);
  read_case (&subject, request, fd);
  while (done && g_variant_iter_next (asked, "(&s&s)", &rule, &check))
    done = send_packet (judge (rules, &subject, rule, check));
  g_clear_object (&subject.subject);
  return done;
}

static int
take_descriptor (struct msghdr *message)
{
  struct cmsghdr *header = CMSG_FIRSTHDR (message);
  int fd = -1;

  if (header != NULL && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN (sizeof fd))
    memcpy (&fd, CMSG_DATA (header), sizeof fd);
  return fd;
}

/* FALSE when the host is gone, or says what no host says */
static gboolean
serve_one (NaruRuleSet *rules, guint8 *packet)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec part = { .iov_base = packet, .iov_len = NARU_WORKER_MAX_PACKET };
  struct msghdr message = { .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes };
  ssize_t size = recvmsg (NARU_WORKER_SOCKET, &message, MSG_CMSG_CLOEXEC);
  g_autoptr (GVariant) request = NULL;
  gboolean done = FALSE;
  int fd = -1;

  if (size <= 0)
    return FALSE;
  fd = take_descriptor (&message);
  request = naru_wire_read (NARU_WORKER_REQUEST, packet, (gsize) size, TRUE);
  if (request != NULL)
    done = answer (rules, request, fd);
  if (fd >= 0)
    close (fd);
  return done;
}

/* naru-worker FOLDER MODULE PID: started by the host, with its socket as descriptor 3. */
int
main (int argc, char **argv)
{
  g_autofree guint8 *packet = NULL;
  NaruFault fault = { "ready", NULL };
  g_autofree char *sendable = NULL;
  guint64 parent = 0;
  NaruRuleSet *rules = NULL;

  if (argc != 4 || !g_ascii_string_to_unsigned (argv[3], 10, 1, G_MAXINT, &parent, NULL))
    return 2;
  g_set_prgname ("naru-worker");
  if (!naru_worker_confine (argv[1], (pid_t) parent))
    fault.word = "confine";
  else
    {
      naru_worker_grant_time (LOAD_MS);
      rules = naru_worker_load (argv[1], argv[2], &fault);
    }
  sendable = make_sendable (fault.detail != NULL ? fault.detail : "");
  g_free (fault.detail);
  if (!send_packet (g_variant_new ("(uss)", (guint32) NARU_WORKER_PROTOCOL, fault.word, sendable)))
    return 1;
  packet = g_malloc (NARU_WORKER_MAX_PACKET);
  while (rules != NULL && serve_one (rules, packet))
    continue;
  return rules != NULL ? 0 : 1;
}
