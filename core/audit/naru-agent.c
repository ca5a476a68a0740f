/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * Asks an ssh-agent for a signature (draft-miller-ssh-agent): each message is its length, a number that says
 * what it is, and a body. The agent is another program and is believed nothing: an answer has a limit of size
 * and of time, and a signature counts once it is verified with the public key.
 */

#define ANSWER_MAX (256 * 1024) /* as OpenSSH has it */
#define REQUEST_MAX 512
#define KEYS_MAX 2048
#define ASK_SIGNATURE 13
#define ANSWER_SIGNATURE 14
#define ASK_KEYS 11
#define ANSWER_KEYS 12

typedef struct
{
  int fd;
  gint64 until; /* monotonic, microseconds */
  guint8 *answer;
} Agent;

static void
agent_clear (Agent *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->answer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Agent, agent_clear)

static gboolean
fail (GError **error, const char *cure, const char *text)
{
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, cure, "%s", text);
  return FALSE;
}

static gboolean
fail_strange (GError **error)
{
  return fail (error, _ ("Start another: eval \"$(ssh-agent)\", then ssh-add."),
               _ ("ssh-agent gives an answer that is none"));
}

static gboolean
wait_for (Agent *self, short events, GError **error)
{
  struct pollfd ready = { .fd = self->fd, .events = events };
  int result;

  do
    {
      gint64 left = (self->until - g_get_monotonic_time () + 999) / 1000;
      result = left > 0 ? poll (&ready, 1, (int) left) : 0;
    }
  while (result < 0 && errno == EINTR);
  if (result > 0)
    return TRUE;
  return fail (
      error,
      _ ("Is it waiting for somebody to confirm? Else start another: eval \"$(ssh-agent)\", then ssh-add."),
      _ ("ssh-agent does not answer in time"));
}

static gboolean
move_bytes (Agent *self, guint8 *data, gsize size, gboolean out, GError **error)
{
  while (size > 0)
    {
      if (!wait_for (self, out ? POLLOUT : POLLIN, error))
        return FALSE;
      gssize moved = out ? send (self->fd, data, size, MSG_NOSIGNAL) : recv (self->fd, data, size, 0);
      if (moved < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (moved <= 0)
        return fail_strange (error);
      data += moved;
      size -= (gsize) moved;
    }
  return TRUE;
}

/* Milliseconds; NARU_AGENT_DEADLINE stands in for it in tests. */
static gint64
get_deadline (int milliseconds)
{
  const char *given = g_getenv ("NARU_AGENT_DEADLINE");
  guint64 number = given != NULL ? g_ascii_strtoull (given, NULL, 10) : 0;

  return number > 0 ? (gint64) MIN (number, (guint64) milliseconds) : milliseconds;
}

static gboolean
agent_open (Agent *self, int milliseconds, GError **error)
{
  const char *path = g_getenv ("SSH_AUTH_SOCK");
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  self->until = g_get_monotonic_time () + get_deadline (milliseconds) * 1000;
  if (path == NULL || *path == '\0' || strlen (path) >= sizeof address.sun_path)
    return fail (error, _ ("Start one and give it the key: eval \"$(ssh-agent)\"; ssh-add FILE"),
                 _ ("there is no ssh-agent: SSH_AUTH_SOCK names none"));
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->fd >= 0 && connect (self->fd, (struct sockaddr *) &address, sizeof address) == 0)
    return TRUE;
  if (self->fd >= 0 && errno == EAGAIN)
    return fail (error, _ ("Start another: eval \"$(ssh-agent)\", then ssh-add."),
                 _ ("ssh-agent does not answer in time"));
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0,
                  _ ("Start one and give it the key: eval \"$(ssh-agent)\"; ssh-add FILE"),
                  _ ("no ssh-agent is to be reached at %s: %s"), path, g_strerror (errno));
  return FALSE;
}

/* Sends what @request holds after its first four bytes, which get the length. @answer: (out): what follows
 * the number that says what it is. */
static gboolean
agent_ask (Agent *self, NaruWire *request, guint8 *kind, NaruWireReader *answer, GError **error)
{
  guint32 size = GUINT32_TO_BE ((guint32) request->size - 4);
  guint32 got;

  memcpy (request->data, &size, sizeof size);
  if (!move_bytes (self, request->data, request->size, TRUE, error) ||
      !move_bytes (self, (guint8 *) &got, sizeof got, FALSE, error))
    return FALSE;
  got = GUINT32_FROM_BE (got);
  if (got == 0 || got > ANSWER_MAX)
    return fail_strange (error);
  g_free (self->answer);
  self->answer = g_malloc (got);
  if (!move_bytes (self, self->answer, got, FALSE, error))
    return FALSE;
  *kind = self->answer[0];
  *answer = (NaruWireReader){ self->answer + 1, got - 1 };
  return TRUE;
}

static gboolean
lists_key (NaruWireReader *answer, const guint8 *blob, gboolean *strange)
{
  guint32 count;
  NaruWireReader key, comment;

  *strange = !naru_wire_take_number (answer, &count) || count > KEYS_MAX;
  for (guint32 i = 0; !*strange && i < count; i++)
    {
      if (!naru_wire_take_string (answer, &key) || !naru_wire_take_string (answer, &comment))
        *strange = TRUE;
      else if (key.left == NARU_SSH_BLOB_SIZE && memcmp (key.at, blob, key.left) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
put_blob (guint8 *blob, const guint8 *public_key)
{
  NaruWire wire = { blob, 0, NARU_SSH_BLOB_SIZE };

  naru_wire_put_key (&wire, public_key);
}

static gboolean
agent_find (Agent *self, const guint8 *blob, const char *line, GError **error)
{
  guint8 data[REQUEST_MAX];
  NaruWire request = { data, 4, sizeof data };
  NaruWireReader answer;
  gboolean strange;
  guint8 kind = ASK_KEYS;

  naru_wire_put (&request, &kind, 1);
  if (!agent_ask (self, &request, &kind, &answer, error))
    return FALSE;
  if (kind != ANSWER_KEYS)
    return fail_strange (error);
  if (lists_key (&answer, blob, &strange))
    return TRUE;
  if (strange)
    return fail_strange (error);
  g_autofree char *fingerprint = naru_key_fingerprint (line);
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0,
                  _ ("Give it the key: ssh-add FILE, the private key beside FILE.pub"),
                  _ ("ssh-agent does not hold the key %s"), fingerprint);
  return FALSE;
}

static gboolean
take_signature (NaruWireReader *answer, const guint8 **signature)
{
  NaruWireReader whole, bytes;

  if (!naru_wire_take_string (answer, &whole) || answer->left != 0 ||
      !naru_wire_take_text (&whole, NARU_SSH_KEY_TYPE) || !naru_wire_take_string (&whole, &bytes) ||
      whole.left != 0 || bytes.left != crypto_sign_BYTES)
    return FALSE;
  *signature = bytes.at;
  return TRUE;
}

static gboolean
agent_sign (Agent *self, const guint8 *blob, const guint8 *public_key, const NaruWire *statement,
            guint8 *signature, GError **error)
{
  guint8 data[REQUEST_MAX];
  NaruWire request = { data, 4, sizeof data };
  NaruWireReader answer;
  const guint8 *bytes;
  guint8 kind = ASK_SIGNATURE;

  naru_wire_put (&request, &kind, 1);
  naru_wire_put_string (&request, blob, NARU_SSH_BLOB_SIZE);
  naru_wire_put_string (&request, statement->data, statement->size);
  naru_wire_put_number (&request, 0);
  if (!agent_ask (self, &request, &kind, &answer, error))
    return FALSE;
  if (kind != ANSWER_SIGNATURE)
    return fail (error, _ ("Is it locked (ssh-add -X), or did somebody say no to its question?"),
                 _ ("ssh-agent refuses to sign"));
  if (!take_signature (&answer, &bytes))
    return fail_strange (error);
  /* also one that could verify in another form: the form of Ed25519 is one, so a commit can be made again */
  if (crypto_sign_verify_detached (bytes, statement->data, statement->size, public_key) != 0)
    return fail (error, _ ("Start another: eval \"$(ssh-agent)\", then ssh-add."),
                 _ ("what ssh-agent gives is not a signature of the key"));
  memcpy (signature, bytes, crypto_sign_BYTES);
  return TRUE;
}

/*
 * naru_agent_find:
 * @public_key: an Ed25519 key
 * @line: the same as text
 * @milliseconds: how long to wait at most
 *
 * Whether the agent that SSH_AUTH_SOCK names holds the private key.
 */
gboolean
naru_agent_find (const guint8 *public_key, const char *line, int milliseconds, GError **error)
{
  g_auto (Agent) agent = { .fd = -1 };
  guint8 blob[NARU_SSH_BLOB_SIZE];

  put_blob (blob, public_key);
  return agent_open (&agent, milliseconds, error) && agent_find (&agent, blob, line, error);
}

/*
 * naru_agent_sign:
 * @public_key: an Ed25519 key
 * @statement: what is to be signed
 * @milliseconds: how long to wait at most
 * @signature: (out): crypto_sign_BYTES
 *
 * Returns: whether the agent signed; the signature is verified
 */
gboolean
naru_agent_sign (const guint8 *public_key, const NaruWire *statement, int milliseconds, guint8 *signature,
                 GError **error)
{
  g_auto (Agent) agent = { .fd = -1 };
  guint8 blob[NARU_SSH_BLOB_SIZE];

  put_blob (blob, public_key);
  return agent_open (&agent, milliseconds, error) &&
         agent_sign (&agent, blob, public_key, statement, signature, error);
}
