/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-text.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

/* "ko", "en", or NULL while nobody has asked */
static const char *current_language = NULL;

static const char *
known_language (const char *name)
{
  return name != NULL && strncmp (name, "ko", 2) == 0 && !g_ascii_isalpha (name[2]) ? "ko" : "en";
}

/* The order in which gettext looks, so that sentences and labels agree. */
static const char *
find_language (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
  const char *locale = NULL;
  const char *preferred = g_getenv ("LANGUAGE");

  for (guint i = 0; i < G_N_ELEMENTS (variables) && locale == NULL; i++)
    {
      const char *value = g_getenv (variables[i]);
      if (value != NULL && *value != '\0')
        locale = value;
    }
  if (locale == NULL || g_str_equal (locale, "C") || g_str_equal (locale, "POSIX"))
    return "en";
  if (preferred != NULL && *preferred != '\0')
    return known_language (preferred);
  return known_language (locale);
}

/**
 * naru_language_set:
 * @language: (nullable): "ko" or "en", or %NULL for the one of the environment
 *
 * Chooses the labels of data files and the forms of dates and sums. Anything else than Korean is English.
 */
void
naru_language_set (const char *language)
{
  g_atomic_pointer_set (&current_language, language != NULL ? known_language (language) : find_language ());
}

/**
 * naru_language_get:
 *
 * Returns: (transfer none): "ko" or "en"
 */
const char *
naru_language_get (void)
{
  const char *language = g_atomic_pointer_get (&current_language);

  if (language == NULL)
    {
      naru_language_set (NULL);
      language = g_atomic_pointer_get (&current_language);
    }
  return language;
}

/**
 * naru_language_init:
 * @language: (nullable): "ko" or "en" when the person asked for it, else %NULL
 *
 * Makes the sentences of the program come in the language of the environment or in @language. For the start
 * of a program, before any thread: it changes the environment and the locale.
 */
void
naru_language_init (const char *language)
{
  const char *folder = g_getenv ("NARU_LOCALE_DIR");
  /* not LC_ALL: nothing is counted or dated by the locale, and each category costs four system calls */
  const gboolean installed = setlocale (LC_CTYPE, "") != NULL && setlocale (LC_MESSAGES, "") != NULL &&
                             setlocale (LC_COLLATE, "") != NULL;
  const char *wanted = language != NULL || installed ? language : find_language ();

  /* gettext looks at LANGUAGE only where a locale other than C is in force, and the one of the environment
   * need not be installed */
  if (wanted != NULL)
    {
      g_setenv ("LANGUAGE", known_language (wanted), TRUE);
      if (!installed || g_str_equal (setlocale (LC_MESSAGES, NULL), "C"))
        setlocale (LC_MESSAGES, "C.UTF-8");
    }

  bindtextdomain (GETTEXT_PACKAGE, folder != NULL && *folder != '\0' ? folder : NARU_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  naru_language_set (language);
}
