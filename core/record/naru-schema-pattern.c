/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <string.h>

#define MAX_ATOMS 32

/* One set of characters with its count: [A-Z]{2,8} */
typedef struct
{
  guint64 ascii[2]; /* one bit for each of U+0000 .. U+007F */
  gboolean others;  /* all characters above as well */
  guint min;
  guint max; /* G_MAXUINT: no bound */
} PatternAtom;

/* Most patterns of a schema are a row of atoms from the beginning to the end, where it is plain at each
 * character which atom it belongs to. Those are matched here in one pass without any memory; the rest goes to
 * GRegex under a match limit (it backtracks, and costs 250 ns before it looks at the first character). */
struct _NaruSchemaPattern
{
  char *source;
  GRegex *regex; /* NULL: the atoms tell */
  guint n_atoms;
  gboolean to_end; /* ends in $ */
  PatternAtom atoms[];
};

static void
atom_add (PatternAtom *atom, guchar c)
{
  atom->ascii[c >> 6] |= G_GUINT64_CONSTANT (1) << (c & 63);
}

static gboolean
atom_has (const PatternAtom *atom, guchar c)
{
  if (c >= 0x80)
    return atom->others;
  return (atom->ascii[c >> 6] >> (c & 63)) & 1;
}

static void
atom_add_range (PatternAtom *atom, guchar from, guchar to)
{
  for (guint c = from; c <= to; c++)
    atom_add (atom, (guchar) c);
}

static void
atom_invert (PatternAtom *atom)
{
  atom->ascii[0] = ~atom->ascii[0];
  atom->ascii[1] = ~atom->ascii[1];
  atom->others = !atom->others;
}

/* After a backslash. FALSE: too much for atoms */
static gboolean
parse_escape (const char **cursor, PatternAtom *atom, int *literal)
{
  const char c = *(*cursor)++;
  *literal = -1;
  if (c == 'd')
    {
      atom_add_range (atom, '0', '9');
      return TRUE;
    }
  if (c == 'w')
    {
      atom_add_range (atom, '0', '9');
      atom_add_range (atom, 'A', 'Z');
      atom_add_range (atom, 'a', 'z');
      atom_add (atom, '_');
      return TRUE;
    }
  if (!g_ascii_ispunct (c))
    return FALSE;
  *literal = c;
  atom_add (atom, (guchar) c);
  return TRUE;
}

/* After the opening bracket. */
static gboolean
parse_class (const char **cursor, PatternAtom *atom)
{
  const gboolean inverted = **cursor == '^';
  if (inverted)
    (*cursor)++;
  if (**cursor == ']')
    return FALSE;

  while (**cursor != ']')
    {
      int from = (guchar) * *cursor;
      if (from == '\0' || from >= 0x80 || from == '[')
        return FALSE;
      (*cursor)++;
      if (from == '\\' && !parse_escape (cursor, atom, &from))
        return FALSE;
      if (from != '\\' && from >= 0)
        atom_add (atom, (guchar) from);
      if (**cursor != '-' || (*cursor)[1] == ']')
        continue;
      const int to = (guchar) (*cursor)[1];
      if (from < 0 || to == '\\' || to == '[' || to >= 0x80 || to < from)
        return FALSE;
      atom_add_range (atom, (guchar) from, (guchar) to);
      *cursor += 2;
    }
  (*cursor)++;
  if (inverted)
    atom_invert (atom);
  return TRUE;
}

static gboolean
parse_braces (const char **cursor, PatternAtom *atom)
{
  char *end = NULL;
  if (!g_ascii_isdigit (**cursor))
    return FALSE;
  const guint64 min = g_ascii_strtoull (*cursor, &end, 10);
  guint64 max = min;
  if (*end == ',')
    {
      end++;
      max = G_MAXUINT;
      if (g_ascii_isdigit (*end))
        max = g_ascii_strtoull (end, &end, 10);
    }
  if (*end != '}' || min > 65535 || max < min || (max > 65535 && max != G_MAXUINT))
    return FALSE;
  atom->min = (guint) min;
  atom->max = (guint) max;
  *cursor = end + 1;
  return TRUE;
}

static gboolean
parse_count (const char **cursor, PatternAtom *atom)
{
  atom->min = atom->max = 1;
  switch (**cursor)
    {
    case '*':
    case '?':
    case '+':
      atom->min = **cursor == '+';
      atom->max = **cursor == '?' ? 1 : G_MAXUINT;
      (*cursor)++;
      break;
    case '{':
      (*cursor)++;
      if (!parse_braces (cursor, atom))
        return FALSE;
      break;
    default:
      return TRUE;
    }
  return strchr ("*+?{", **cursor) == NULL || **cursor == '\0';
}

static gboolean
parse_atom (const char **cursor, PatternAtom *atom)
{
  const guchar c = (guchar) * (*cursor)++;
  int literal;

  if (c >= 0x80 || strchr ("^$.|()*+?{}]", c) != NULL)
    return FALSE;
  if (c == '[')
    {
      if (!parse_class (cursor, atom))
        return FALSE;
    }
  else if (c == '\\')
    {
      if (!parse_escape (cursor, atom, &literal))
        return FALSE;
    }
  else
    atom_add (atom, c);
  return parse_count (cursor, atom);
}

static gboolean
atoms_meet (const PatternAtom *a, const PatternAtom *b)
{
  return (a->ascii[0] & b->ascii[0]) != 0 || (a->ascii[1] & b->ascii[1]) != 0 || (a->others && b->others);
}

/* An atom that may end early or late must not share a character with what can follow: then taking as much as
 * possible is always right and nothing has to be tried again. */
static gboolean
atoms_are_plain (const PatternAtom *atoms, guint n_atoms)
{
  for (guint i = 0; i < n_atoms; i++)
    {
      if (atoms[i].min == atoms[i].max)
        continue;
      for (guint j = i + 1; j < n_atoms; j++)
        {
          if (atoms_meet (&atoms[i], &atoms[j]))
            return FALSE;
          if (atoms[j].min > 0)
            break;
        }
    }
  return TRUE;
}

static NaruSchemaPattern *
parse_atoms (const char *source)
{
  PatternAtom atoms[MAX_ATOMS] = { 0 };
  guint n_atoms = 0;
  const char *cursor = source;

  if (*cursor++ != '^')
    return NULL;
  while (*cursor != '\0' && strcmp (cursor, "$") != 0)
    {
      if (n_atoms == MAX_ATOMS || !parse_atom (&cursor, &atoms[n_atoms++]))
        return NULL;
    }
  if (!atoms_are_plain (atoms, n_atoms))
    return NULL;

  NaruSchemaPattern *self = g_malloc0 (sizeof *self + n_atoms * sizeof *atoms);
  self->source = g_strdup (source);
  self->n_atoms = n_atoms;
  self->to_end = *cursor == '$';
  memcpy (self->atoms, atoms, n_atoms * sizeof *atoms);
  return self;
}

/* \d and \w mean ASCII in JSON Schema, but GRegex would take full-width digits for digits. */
static char *
translate_source (const char *source)
{
  g_autoptr (GString) text = g_string_new (NARU_SCHEMA_MATCH_LIMIT);
  gboolean in_class = FALSE;

  for (const char *c = source; *c != '\0'; c++)
    {
      if (*c != '\\' || c[1] == '\0')
        {
          if (*c == '[' || *c == ']')
            in_class = *c == '[';
          g_string_append_c (text, *c);
          continue;
        }
      c++;
      if (*c == 'd')
        g_string_append (text, in_class ? "0-9" : "[0-9]");
      else if (*c == 'w')
        g_string_append (text, in_class ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
      else if ((*c == 'D' || *c == 'W') && !in_class)
        g_string_append (text, *c == 'D' ? "[^0-9]" : "[^A-Za-z0-9_]");
      else
        g_string_append_printf (text, "\\%c", *c);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* @source: a regular expression as JSON Schema has it, not anchored by itself */
NaruSchemaPattern *
naru_schema_pattern_new (const char *source, GError **error)
{
  NaruSchemaPattern *self = parse_atoms (source);
  if (self != NULL)
    return self;

  g_autofree char *translated = translate_source (source);
  GRegex *regex = g_regex_new (translated, G_REGEX_DOLLAR_ENDONLY, 0, error);
  if (regex == NULL)
    return NULL;
  self = g_malloc0 (sizeof *self);
  self->source = g_strdup (source);
  self->regex = regex;
  return self;
}

void
naru_schema_pattern_free (NaruSchemaPattern *self)
{
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self->source);
  g_free (self);
}

const char *
naru_schema_pattern_get_source (const NaruSchemaPattern *self)
{
  return self->source;
}

static gboolean
match_atoms (const NaruSchemaPattern *self, const char *text, size_t length)
{
  const char *c = text, *const end = text + length;

  for (guint i = 0; i < self->n_atoms; i++)
    {
      const PatternAtom *atom = &self->atoms[i];
      guint count = 0;
      while (c < end && count < atom->max && atom_has (atom, (guchar) *c))
        {
          c++;
          while (c < end && ((guchar) *c & 0xc0) == 0x80) /* the rest of a character above ASCII */
            c++;
          count++;
        }
      if (count < atom->min)
        return FALSE;
    }
  return !self->to_end || c == end;
}

/* @text: UTF-8 of @length bytes */
NaruSchemaMatch
naru_schema_pattern_match (const NaruSchemaPattern *self, const char *text, size_t length)
{
  if (self->regex == NULL)
    return match_atoms (self, text, length) ? NARU_MATCH_YES : NARU_MATCH_NO;
  if (length > NARU_SCHEMA_MAX_SUBJECT)
    return NARU_MATCH_UNDECIDED;

  g_autoptr (GError) error = NULL;
  if (g_regex_match_full (self->regex, text, (gssize) length, 0, 0, NULL, &error))
    return NARU_MATCH_YES;
  return error != NULL ? NARU_MATCH_UNDECIDED : NARU_MATCH_NO;
}
