/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Passphrases come from the terminal, unseen, or from a file; never from the command line, which others see.
 */

#define PASSPHRASE_MAX 1024

void
naru_cli_forget (char *passphrase)
{
  if (passphrase == NULL)
    return;
  explicit_bzero (passphrase, strlen (passphrase));
  g_free (passphrase);
}

static gssize
read_once (int fd, char *data)
{
  gssize got;

  do
    got = read (fd, data, 1);
  while (got < 0 && errno == EINTR);
  return got;
}

/* (transfer full) (nullable): a line without its end; a byte at a time, so that no more is taken */
static char *
read_line (int fd)
{
  char *line = g_malloc0 (PASSPHRASE_MAX + 1);
  gsize size = 0;
  char byte;

  while (size < PASSPHRASE_MAX && read_once (fd, &byte) == 1 && byte != '\n')
    line[size++] = byte;
  if (size > 0 && line[size - 1] == '\r')
    line[size - 1] = '\0';
  return line;
}

static char *
check (char *passphrase, const char *option, GError **error)
{
  if (passphrase[0] != '\0' && g_utf8_validate (passphrase, -1, NULL))
    return passphrase;
  naru_set_error (error, NARU_ERROR_INVALID, option, 0, _ ("It is one line of UTF-8 text."),
                  _ ("the passphrase is empty or no text"));
  naru_cli_forget (passphrase);
  return NULL;
}

static char *
read_file (const char *option, const char *file, GError **error)
{
  int fd = strcmp (file, "-") == 0 ? STDIN_FILENO : open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      naru_set_error_errno (error, errno, NULL, _ ("cannot read %s"), file);
      return NULL;
    }
  char *line = read_line (fd);
  if (fd != STDIN_FILENO)
    close (fd);
  return check (line, option, error);
}

static int terminal = -1;
static struct termios terminal_before;

/* who breaks off gets the terminal back as it was */
static void
give_back (int signal_number)
{
  tcsetattr (terminal, TCSAFLUSH, &terminal_before);
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

static char *
ask_once (int fd, const char *prompt)
{
  struct sigaction action = { .sa_handler = give_back }, before[2];
  struct termios silent;
  static const int signals[] = { SIGINT, SIGTERM };

  terminal = fd;
  tcgetattr (fd, &terminal_before);
  silent = terminal_before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  silent.c_lflag |= ICANON | ECHONL;
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &action, &before[i]);
  tcsetattr (fd, TCSAFLUSH, &silent);
  dprintf (fd, "%s ", prompt);
  char *line = read_line (fd);
  tcsetattr (fd, TCSAFLUSH, &terminal_before);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    sigaction (signals[i], &before[i], NULL);
  return line;
}

static char *
ask (int fd, const char *prompt, gboolean twice, const char *option, GError **error)
{
  char *first = check (ask_once (fd, prompt), option, error);

  if (first == NULL || !twice)
    return first;
  char *again = ask_once (fd, _ ("The same once more:"));
  gboolean same = strcmp (first, again) == 0;
  naru_cli_forget (again);
  if (same)
    return first;
  naru_cli_forget (first);
  naru_set_error (error, NARU_ERROR_INVALID, option, 0, _ ("run the command again"),
                  _ ("the two passphrases differ"));
  return NULL;
}

/* Returns: (transfer full) (nullable): a passphrase, to be given to naru_cli_forget(). @option: names @file,
 * @file: (nullable): "-" is standard input; without one the terminal is asked */
char *
naru_cli_take_passphrase (const char *option, const char *file, const char *prompt, gboolean twice,
                          GError **error)
{
  if (file != NULL)
    return read_file (option, file, error);
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    {
      naru_set_error (error, NARU_ERROR_USAGE, option, 0, NULL,
                      _ ("a passphrase is needed, and there is no terminal"));
      naru_error_set_cure (error, _ ("Write it into a file that only you can read: %s FILE"), option);
      return NULL;
    }
  char *passphrase = ask (fd, prompt, twice, option, error);
  close (fd);
  return passphrase;
}

/* (out) passphrase: for a new key of the office, where one is wanted or @file names it */
gboolean
naru_cli_take_key_passphrase (gboolean wanted, const char *file, char **passphrase, GError **error)
{
  if (!wanted && file == NULL)
    return TRUE;
  *passphrase = naru_cli_take_passphrase ("--passphrase-file", file, _ ("Passphrase for the office's key:"),
                                          TRUE, error);
  return *passphrase != NULL;
}
