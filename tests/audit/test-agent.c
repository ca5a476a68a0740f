/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An agent that lies, dawdles, talks nonsense or goes away: an answer in time, one message with a cure, and
 * never a signature that is none. A true agent is asked in tests/cli/test-person-key.sh. */

#define DEADLINE 400 /* milliseconds */

typedef enum
{
  HONEST,
  WITHOUT_KEY,
  REFUSES,
  SILENT,
  HANGS_UP,
  DRIPS, /* a byte now and then, for ever */
  EMPTY,
  HUGE,
  CUT_OFF,
  TRAILING,
  RANDOM,
  OTHER_TEXT,
  OTHER_KEY,
  MANY_KEYS,
  SECOND_FORM, /* of the same signature: s + order, which some verifiers take */
} Manner;

typedef struct
{
  Manner manner;
  int listener;
  NaruSigner *signer;
  NaruSigner *other;
  GThread *thread;
  gint stop;
} FakeAgent;

static char *socket_path;

static void
put_signature (FakeAgent *self, NaruWire *answer, const guint8 *data, gsize size)
{
  NaruSigner *signer = self->manner == OTHER_KEY ? self->other : self->signer;
  guint8 signature[crypto_sign_BYTES];
  guint8 kind = 14;

  crypto_sign_detached (signature, NULL, data, size - (self->manner == OTHER_TEXT), signer->secret->key);
  if (self->manner == SECOND_FORM)
    {
      static const guint8 order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10 };
      sodium_add (signature + 32, order, sizeof order);
    }
  naru_wire_put (answer, &kind, 1);
  naru_wire_put_number (answer, 4 + 11 + 4 + sizeof signature);
  naru_wire_put_string (answer, NARU_SSH_KEY_TYPE, strlen (NARU_SSH_KEY_TYPE));
  naru_wire_put_string (answer, signature, sizeof signature);
  if (self->manner == TRAILING)
    naru_wire_put_number (answer, 7);
}

static void
put_keys (FakeAgent *self, NaruWire *answer)
{
  guint8 kind = 12;

  naru_wire_put (answer, &kind, 1);
  naru_wire_put_number (answer, self->manner == MANY_KEYS ? 0x7fffffff : 2);
  for (guint i = 0; i < 2; i++)
    {
      naru_wire_put_number (answer, NARU_SSH_BLOB_SIZE);
      naru_wire_put_key (answer, i == 0 || self->manner == WITHOUT_KEY ? self->other->public_key
                                                                       : self->signer->public_key);
      naru_wire_put_string (answer, "comment", 7);
    }
}

/* FALSE: the connection is closed */
static gboolean
make_answer (FakeAgent *self, guint8 *request, gsize size, NaruWire *answer)
{
  NaruWireReader reader = { request + 1, size - 1 };
  NaruWireReader blob, data = { NULL, 0 };
  guint8 failure = 5;

  switch (self->manner)
    {
    case HANGS_UP:
      return FALSE;
    case REFUSES:
      naru_wire_put (answer, &failure, 1);
      return TRUE;
    case RANDOM:
      randombytes_buf (answer->data, 100);
      answer->size = 100;
      return TRUE;
    default:
      if (request[0] == 11)
        put_keys (self, answer);
      else if (naru_wire_take_string (&reader, &blob) && naru_wire_take_string (&reader, &data))
        put_signature (self, answer, data.at, data.left);
      return TRUE;
    }
}

static void
send_answer (FakeAgent *self, int fd, const NaruWire *answer)
{
  guint32 size = GUINT32_TO_BE (self->manner == HUGE    ? 0xffffffff
                                : self->manner == EMPTY ? 0
                                                        : (guint32) answer->size);
  gsize left = self->manner == CUT_OFF ? answer->size / 2 : answer->size;

  if (self->manner == DRIPS)
    {
      while (!g_atomic_int_get (&self->stop) && send (fd, "", 1, MSG_NOSIGNAL) == 1)
        g_usleep (50000);
      return;
    }
  send (fd, &size, sizeof size, MSG_NOSIGNAL);
  send (fd, answer->data, left, MSG_NOSIGNAL);
}

static void
serve (FakeAgent *self, int fd)
{
  guint8 request[4096], data[4096];
  NaruWire answer = { data, 0, sizeof data };
  guint32 size;

  if (recv (fd, &size, sizeof size, MSG_WAITALL) != sizeof size)
    return;
  size = GUINT32_FROM_BE (size);
  if (size == 0 || size > sizeof request || recv (fd, request, size, MSG_WAITALL) != (gssize) size)
    return;
  while (self->manner == SILENT && !g_atomic_int_get (&self->stop))
    g_usleep (20000);
  if (make_answer (self, request, size, &answer))
    send_answer (self, fd, &answer);
}

static gpointer
run_agent (gpointer data)
{
  FakeAgent *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      int fd = accept (self->listener, NULL, NULL);
      if (fd < 0)
        break;
      serve (self, fd);
      close (fd);
    }
  return NULL;
}

static FakeAgent *
start (Manner manner)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  FakeAgent *self = g_new0 (FakeAgent, 1);

  g_unlink (socket_path);
  g_strlcpy (address.sun_path, socket_path, sizeof address.sun_path);
  self->manner = manner;
  self->signer = naru_signer_generate (NULL);
  self->other = naru_signer_generate (NULL);
  self->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (self->listener, 4), ==, 0);
  self->thread = g_thread_new ("agent", run_agent, self);
  return self;
}

static void
stop (FakeAgent *self)
{
  g_atomic_int_set (&self->stop, 1);
  shutdown (self->listener, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->listener);
  naru_signer_unref (self->signer);
  naru_signer_unref (self->other);
  g_free (self);
}

static void
assert_told (GError *error, const char *words)
{
  g_assert_error (error, NARU_ERROR, NARU_ERROR_FAILED);
  g_assert_nonnull (naru_error_get_cure (error));
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in: %s", words, error->message);
}

static void
test_honest (void)
{
  FakeAgent *agent = start (HONEST);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruSigner) signer = naru_signer_new_for_agent (naru_signer_get_key (agent->signer), &error);

  g_assert_no_error (error);
  g_assert_true (naru_signer_needs_agent (signer));
  g_assert_cmpstr (naru_signer_get_key (signer), ==, naru_signer_get_key (agent->signer));
  g_assert_true (naru_signer_check (signer, &error));
  g_autofree char *theirs = naru_signer_sign (signer, "text", 4, &error);
  g_autofree char *ours = naru_signer_sign (agent->signer, "text", 4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (theirs, ==, ours);

  /* what was prepared needs no agent any more; another text does */
  g_assert_true (naru_signer_prepare (signer, "prepared", 8, &error));
  g_autofree char *expected = naru_signer_sign (agent->signer, "prepared", 8, NULL);
  stop (agent);
  g_autofree char *prepared = naru_signer_sign (signer, "prepared", 8, &error);
  g_assert_cmpstr (prepared, ==, expected);
  g_assert_null (naru_signer_sign (signer, "other", 5, &error));
  assert_told (error, socket_path);
}

static void
test_dishonest (void)
{
  static const struct
  {
    Manner manner;
    const char *found; /* (nullable): what asking for the key says */
    const char *words;
  } cases[] = {
    { WITHOUT_KEY, "does not hold", NULL },
    { REFUSES, "none", "refuses" },
    { SILENT, "in time", "in time" },
    { HANGS_UP, "none", "none" },
    { DRIPS, "none", "none" },
    { EMPTY, "none", "none" },
    { HUGE, "none", "none" },
    { CUT_OFF, "none", "none" },
    { TRAILING, NULL, "none" },
    { RANDOM, NULL, NULL },
    { OTHER_TEXT, NULL, "not a signature" },
    { OTHER_KEY, NULL, "not a signature" },
    { MANY_KEYS, "none", NULL },
    { SECOND_FORM, NULL, "not a signature" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FakeAgent *agent = start (cases[i].manner);
      g_autoptr (NaruSigner) signer = naru_signer_new_for_agent (naru_signer_get_key (agent->signer), NULL);
      g_autoptr (GError) error = NULL;
      gint64 begin = g_get_monotonic_time ();

      g_test_message ("manner %u", (guint) cases[i].manner);
      gboolean holds = naru_signer_check (signer, &error);
      if (cases[i].found != NULL)
        assert_told (error, cases[i].found);
      else if (cases[i].manner != RANDOM)
        g_assert_true (holds);
      g_clear_error (&error);
      g_autofree char *signature = naru_signer_sign (signer, "text", 4, &error);
      if (cases[i].words != NULL)
        assert_told (error, cases[i].words);
      if (cases[i].words != NULL || cases[i].manner == RANDOM)
        g_assert_null (signature);
      g_clear_error (&error);
      g_assert_true (cases[i].words == NULL || !naru_signer_prepare (signer, "text", 4, NULL));
      g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * DEADLINE * 1000 + 2000000);
      stop (agent);
    }
}

/* Nobody takes the connections: the queue fills up. */
static void
test_never_accepts (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (NaruSigner) key = naru_signer_generate (NULL);
  g_autoptr (NaruSigner) signer = naru_signer_new_for_agent (naru_signer_get_key (key), NULL);
  gint64 begin = g_get_monotonic_time ();

  g_unlink (socket_path);
  g_strlcpy (address.sun_path, socket_path, sizeof address.sun_path);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (listener, 0), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect (fd, (struct sockaddr *) &address, sizeof address);
      g_assert_false (naru_signer_check (signer, &error));
      assert_told (error, "in time");
      close (fd);
    }
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 3 * DEADLINE * 1000 + 2000000);
  close (listener);
}

static void
test_no_agent (void)
{
  g_autoptr (NaruSigner) key = naru_signer_generate (NULL);
  g_autoptr (NaruSigner) signer = naru_signer_new_for_agent (naru_signer_get_key (key), NULL);
  g_autofree char *long_path = g_strnfill (300, 'x');
  const char *const paths[] = { "", long_path, "/nowhere/at/all", "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_setenv ("SSH_AUTH_SOCK", paths[i], TRUE);
      g_assert_false (naru_signer_check (signer, &error));
      assert_told (error, "ssh-agent");
    }
  g_setenv ("SSH_AUTH_SOCK", socket_path, TRUE);
}

static void
test_public_keys (void)
{
  static const char *const bad[] = { "",
                                     "ssh-ed25519",
                                     "ssh-ed25519 AAAA x",
                                     "ssh-rsa %s x",
                                     "%s",
                                     "ssh-ed25519 %s=",
                                     "ssh-ed25519 A%s",
                                     "ssh-ed25519  %s",
                                     "# %s\n%s",
                                     "ssh-ed25519 %s\nssh-ed25519 %s",
                                     "-----BEGIN OPENSSH PRIVATE KEY-----" };
  g_autoptr (NaruSigner) key = naru_signer_generate (NULL);
  const char *base64 = naru_signer_get_key (key) + strlen ("ssh-ed25519 ");
  g_autofree char *path = g_strconcat (socket_path, ".pub", NULL);
  g_autofree char *good = g_strdup_printf ("ssh-ed25519 %s a comment\n", base64);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, good, -1, NULL));
  g_autofree char *read = naru_public_key_read (path, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read, ==, naru_signer_get_key (key));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (GStrv) parts = g_strsplit (bad[i], "%s", -1);
      g_autofree char *text = g_strjoinv (base64, parts);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_null (naru_public_key_read (path, "key", &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, "key");
      g_clear_error (&error);
    }
  g_unlink (path);
  g_assert_null (naru_signer_new_for_agent ("ssh-ed25519 AAAA", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

/* The rule of share/doc/KEYS.md: whose key counts for what */
static void
test_whose_key_counts (void)
{
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (NULL, NULL);
  NaruSigner *keys[5];
  const char *lines[5];

  for (guint i = 0; i < 5; i++)
    {
      keys[i] = naru_signer_generate (NULL);
      lines[i] = naru_signer_get_key (keys[i]);
    }
  naru_allowed_signers_add (signers, "office@mgk.naru", lines[0], 1000);
  naru_allowed_signers_add (signers, "MGK-PER-2026-00001@naru", lines[1], 1100);
  naru_allowed_signers_add (signers, "MGK-PER-2026-00001@naru", lines[2], 1200);
  naru_allowed_signers_add (signers, "MGK-PER-2026-00002@naru", lines[3], 1100);
  ((NaruAllowedSigner *) g_ptr_array_index (signers, 1))->until = 1200;
  g_assert_true (naru_allowed_signers_find (signers, NULL) == g_ptr_array_index (signers, 0));
  g_assert_true (naru_allowed_signers_find_person (signers, "MGK-PER-2026-00001@naru") ==
                 g_ptr_array_index (signers, 2));
  g_assert_null (naru_allowed_signers_find_person (signers, "office@mgk.naru"));

  const struct
  {
    const char *author;
    const char *action;
    guint due;
  } cases[] = {
    { "MGK-PER-2026-00001@naru", "edit", 0 },       { "imported@naru", "import", 0 },
    { "MGK-PER-2026-00003@naru", "approve", 0 },    { "MGK-PER-2026-00001@naru", "advance", 0 },
    { "MGK-PER-2026-00001@naru", "person-key", 0 }, { "office@mgk.naru", "approve", 0 },
    { "MGK-PER-2026-00001@naru", "approve", 2 },    { "MGK-PER-2026-00001@naru", "waive", 2 },
    { "MGK-PER-2026-00001@naru", "reject", 2 },     { "MGK-PER-2026-00002@naru", "waive", 3 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_true (naru_allowed_signers_find_due (signers, cases[i].author, cases[i].action) ==
                   g_ptr_array_index (signers, cases[i].due));
  /* a key that has ended signs nothing more: the office does again */
  ((NaruAllowedSigner *) g_ptr_array_index (signers, 3))->until = 1300;
  g_assert_true (naru_allowed_signers_find_due (signers, "MGK-PER-2026-00002@naru", "approve") ==
                 g_ptr_array_index (signers, 0));
  for (guint i = 0; i < 5; i++)
    naru_signer_unref (keys[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp ("naru-agent-XXXXXX", NULL);
  g_autofree char *deadline = g_strdup_printf ("%u", DEADLINE);

  socket_path = g_build_filename (folder, "s", NULL);
  g_setenv ("SSH_AUTH_SOCK", socket_path, TRUE);
  g_setenv ("NARU_AGENT_DEADLINE", deadline, TRUE);
  g_test_add_func ("/agent/honest", test_honest);
  g_test_add_func ("/agent/dishonest", test_dishonest);
  g_test_add_func ("/agent/never-accepts", test_never_accepts);
  g_test_add_func ("/agent/none", test_no_agent);
  g_test_add_func ("/agent/public-keys", test_public_keys);
  g_test_add_func ("/agent/whose-key-counts", test_whose_key_counts);
  int status = g_test_run ();
  g_unlink (socket_path);
  g_rmdir (folder);
  g_free (socket_path);
  return status;
}
