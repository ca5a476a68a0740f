/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-licence.h"

#include <string.h>

#define MAX_DEPTH 32

/* An SPDX licence expression, judged while it is read. WITH binds more tightly than AND, AND more than OR.
 * Who may choose takes the best; who must keep to all is bound by the worst. */
typedef struct
{
  const char *at; /* the token that comes next; its length is zero at the end */
  gsize length;
  gboolean broken;
  guint depth;
  LicenceJudge judge;
  gpointer data;
} Reader;

static gboolean
is_word_character (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr (".-+:", c) != NULL);
}

static void
advance (Reader *self)
{
  const char *p = self->at + self->length;

  while (g_ascii_isspace (*p))
    p++;
  self->at = p;
  self->length = 0;
  if (*p == '(' || *p == ')')
    self->length = 1;
  else
    while (is_word_character (p[self->length]))
      self->length++;
  if (self->length == 0 && *p != '\0')
    self->broken = TRUE;
}

static gboolean
is_bracket (const Reader *self, char bracket)
{
  return self->length == 1 && *self->at == bracket;
}

/* Operators are written all in capitals or all in small letters. */
static gboolean
is_operator (const Reader *self, const char *upper, const char *lower)
{
  return self->length == strlen (upper) &&
         (strncmp (self->at, upper, self->length) == 0 || strncmp (self->at, lower, self->length) == 0);
}

static gboolean
is_name (const Reader *self)
{
  return self->length > 0 && !is_bracket (self, '(') && !is_bracket (self, ')') &&
         !is_operator (self, "AND", "and") && !is_operator (self, "OR", "or") &&
         !is_operator (self, "WITH", "with");
}

static Verdict
make_verdict (Level level, Reason reason, const char *word, gsize length)
{
  return (Verdict){ .level = level, .reason = reason, .word = word, .length = length };
}

static Verdict
break_off (Reader *self)
{
  self->broken = TRUE;
  return make_verdict (LEVEL_CONFLICT, REASON_UNREADABLE, self->at, self->length);
}

static Verdict
read_name (Reader *self)
{
  const char *word = self->at;
  gsize length = self->length;
  Licence licence;

  if (!is_name (self))
    return break_off (self);
  gboolean known = naru_it_licence_find (word, length, &licence);
  advance (self);
  if (is_operator (self, "WITH", "with"))
    {
      advance (self);
      if (!is_name (self))
        return break_off (self);
      const char *exception = self->at;
      gsize exception_length = self->length;
      advance (self);
      if (known && !naru_it_licence_relax (&licence, exception, exception_length))
        return make_verdict (LEVEL_CONFLICT, REASON_UNKNOWN, exception, exception_length);
    }
  if (!known)
    return make_verdict (LEVEL_CONFLICT, REASON_UNKNOWN, word, length);

  Verdict verdict = self->judge (&licence, self->data);
  verdict.word = word;
  verdict.length = length;
  return verdict;
}

static Verdict read_choice (Reader *self);

static Verdict
read_part (Reader *self)
{
  if (!is_bracket (self, '('))
    return read_name (self);
  if (self->depth >= MAX_DEPTH)
    return break_off (self);

  self->depth++;
  advance (self);
  Verdict verdict = read_choice (self);
  self->depth--;
  if (self->broken || !is_bracket (self, ')'))
    return break_off (self);
  advance (self);
  return verdict;
}

static Verdict
read_all (Reader *self)
{
  Verdict worst = read_part (self);

  while (!self->broken && is_operator (self, "AND", "and"))
    {
      advance (self);
      Verdict verdict = read_part (self);
      if (verdict.level > worst.level)
        worst = verdict;
    }
  return worst;
}

static Verdict
read_choice (Reader *self)
{
  Verdict best = read_all (self);

  while (!self->broken && is_operator (self, "OR", "or"))
    {
      advance (self);
      Verdict verdict = read_all (self);
      if (verdict.level < best.level)
        best = verdict;
    }
  return best;
}

Verdict
naru_it_expression_judge (const char *expression, LicenceJudge judge, gpointer data)
{
  Reader reader = { .at = expression, .judge = judge, .data = data };

  advance (&reader);
  Verdict verdict = read_choice (&reader);
  if (reader.broken || reader.length > 0)
    return make_verdict (LEVEL_CONFLICT, REASON_UNREADABLE, expression, strlen (expression));
  return verdict;
}

/* A grant counts as the worse case: who may choose another licence need not give it. */
static Verdict
judge_grant (const Licence *licence, gpointer data)
{
  gboolean grants = (licence->flags & GRANTS_PATENTS) != 0;

  return make_verdict (grants ? LEVEL_CONFLICT : LEVEL_FINE, REASON_NONE, NULL, 0);
}

gboolean
naru_it_expression_grants_patents (const char *expression)
{
  Verdict verdict = naru_it_expression_judge (expression, judge_grant, NULL);

  return verdict.level == LEVEL_CONFLICT && verdict.reason == REASON_NONE;
}
