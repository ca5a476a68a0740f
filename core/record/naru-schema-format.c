/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <string.h>

/* What NaruDate and NaruDecimal can hold; a record must not pass here and break there. */
#define FIRST_YEAR 1900
#define LAST_YEAR 2199
#define MAX_DIGITS 30
#define MAX_SCALE 12

/* Two or four digits as a number; -1: they are not */
static int
parse_digits (const char *text, int n_digits)
{
  int number = 0;
  for (int i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      number = number * 10 + (text[i] - '0');
    }
  return number;
}

static gboolean
check_full_date (const char *text, int *year)
{
  static const guint8 month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  *year = parse_digits (text, 4);
  const int month = parse_digits (text + 5, 2), day = parse_digits (text + 8, 2);
  if (*year < 0 || text[4] != '-' || text[7] != '-' || month < 1 || month > 12)
    return FALSE;
  const gboolean leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
  return day >= 1 && day <= month_days[month - 1] + (leap && month == 2);
}

static gboolean
check_date (const char *text, size_t length)
{
  int year;
  return length == 10 && check_full_date (text, &year) && year >= FIRST_YEAR && year <= LAST_YEAR;
}

/* RFC 3339, section 5.6. A leap second is one only in the last minute of a day in UTC. */
static gboolean
check_date_time (const char *text, size_t length)
{
  int year;
  if (length < 20 || !check_full_date (text, &year) || (text[10] != 'T' && text[10] != 't'))
    return FALSE;

  const int hour = parse_digits (text + 11, 2), minute = parse_digits (text + 14, 2);
  const int second = parse_digits (text + 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return FALSE;
  if (text[13] != ':' || text[16] != ':')
    return FALSE;

  const char *zone = text + 19;
  if (*zone == '.')
    {
      zone++;
      if (!g_ascii_isdigit (*zone))
        return FALSE;
      while (g_ascii_isdigit (*zone))
        zone++;
    }

  int offset = 0;
  const size_t rest = length - (size_t) (zone - text);
  if (rest == 6 && (*zone == '+' || *zone == '-'))
    {
      const int hours = parse_digits (zone + 1, 2), minutes = parse_digits (zone + 4, 2);
      if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || zone[3] != ':')
        return FALSE;
      offset = (hours * 60 + minutes) * (*zone == '+' ? 1 : -1);
    }
  else if (rest != 1 || (*zone != 'Z' && *zone != 'z'))
    return FALSE;

  const int utc = (hour * 60 + minute - offset + 2 * 1440) % 1440;
  return second < 60 || utc == 1439;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? within the bounds of an exact decimal */
static gboolean
check_decimal (const char *text, size_t length)
{
  const char *c = text, *const end = text + length;
  if (c < end && *c == '-')
    c++;

  const char *whole = c;
  while (c < end && g_ascii_isdigit (*c))
    c++;
  size_t digits = (size_t) (c - whole);
  if (digits == 0 || (digits > 1 && *whole == '0'))
    return FALSE;
  if (c < end && *c == '.')
    {
      const char *fraction = ++c;
      while (c < end && g_ascii_isdigit (*c))
        c++;
      const size_t scale = (size_t) (c - fraction);
      if (scale == 0 || scale > MAX_SCALE)
        return FALSE;
      digits += scale;
    }
  return c == end && digits <= MAX_DIGITS;
}

/* Labels of letters, digits and inner hyphens, 63 bytes at most, separated by dots */
static gboolean
check_host (const char *text, size_t length)
{
  if (length == 0 || length > 253)
    return FALSE;
  size_t label = 0;
  for (size_t i = 0; i < length; i++)
    {
      if (text[i] == '.')
        {
          if (label == 0 || text[i - 1] == '-')
            return FALSE;
          label = 0;
          continue;
        }
      if (!g_ascii_isalnum (text[i]) && (text[i] != '-' || label == 0))
        return FALSE;
      if (++label > 63)
        return FALSE;
    }
  return label > 0 && text[length - 1] != '-';
}

/* The everyday form of RFC 5321: dot-string@domain; neither quoted local parts nor address literals */
static gboolean
check_email (const char *text, size_t length)
{
  const char *at = memchr (text, '@', length);
  if (at == NULL || at == text || at - text > 64 || at[-1] == '.')
    return FALSE;
  for (const char *c = text; c < at; c++)
    {
      if (*c == '.' && (c == text || c[-1] == '.'))
        return FALSE;
      if (*c != '.' && !g_ascii_isalnum (*c) && (*c == '\0' || strchr ("!#$%&'*+-/=?^_`{|}~", *c) == NULL))
        return FALSE;
    }
  return check_host (at + 1, length - (size_t) (at + 1 - text));
}

/* BCP 47 by its form: a primary tag of 2 to 8 letters, further subtags of 1 to 8 letters or digits */
static gboolean
check_language (const char *text, size_t length)
{
  size_t subtag = 0;
  gboolean primary = TRUE;
  for (size_t i = 0; i <= length; i++)
    {
      if (i == length || text[i] == '-')
        {
          if (subtag == 0 || subtag > 8 || (primary && subtag < 2))
            return FALSE;
          primary = FALSE;
          subtag = 0;
          continue;
        }
      if (primary ? !g_ascii_isalpha (text[i]) : !g_ascii_isalnum (text[i]))
        return FALSE;
      subtag++;
    }
  return TRUE;
}

/* Characters of RFC 3986: unreserved, sub-delims, percent-encoded, and those in @extra */
static gboolean
check_uri_chars (const char *text, const char *end, const char *extra)
{
  for (const char *c = text; c < end; c++)
    {
      if (*c == '%')
        {
          if (end - c < 3 || !g_ascii_isxdigit (c[1]) || !g_ascii_isxdigit (c[2]))
            return FALSE;
          c += 2;
          continue;
        }
      if (g_ascii_isalnum (*c))
        continue;
      if (*c == '\0' || (strchr ("-._~!$&'()*+,;=", *c) == NULL && strchr (extra, *c) == NULL))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_uri_authority (const char *text, const char *end)
{
  const char *host = text;
  for (const char *c = text; c < end; c++)
    if (*c == '@')
      {
        if (!check_uri_chars (text, c, ":"))
          return FALSE;
        host = c + 1;
        break;
      }

  const char *port = host;
  if (host < end && *host == '[')
    {
      const char *close = memchr (host, ']', (size_t) (end - host));
      if (close == NULL || close == host + 1)
        return FALSE;
      for (const char *c = host + 1; c < close; c++)
        if (!g_ascii_isxdigit (*c) && *c != ':' && *c != '.')
          return FALSE;
      port = close + 1;
    }
  else
    {
      while (port < end && *port != ':')
        port++;
      if (!check_uri_chars (host, port, ""))
        return FALSE;
    }
  if (port == end)
    return TRUE;
  if (*port++ != ':')
    return FALSE;
  while (port < end && g_ascii_isdigit (*port))
    port++;
  return port == end;
}

/* RFC 3986: an absolute URI with or without a fragment */
static gboolean
check_uri (const char *text, size_t length)
{
  const char *c = text, *const end = text + length;
  if (length == 0 || !g_ascii_isalpha (*c))
    return FALSE;
  while (c < end && (g_ascii_isalnum (*c) || *c == '+' || *c == '-' || *c == '.'))
    c++;
  if (c == end || *c++ != ':')
    return FALSE;

  if (end - c >= 2 && c[0] == '/' && c[1] == '/')
    {
      const char *authority = c + 2;
      c = authority;
      while (c < end && *c != '/' && *c != '?' && *c != '#')
        c++;
      if (!check_uri_authority (authority, c))
        return FALSE;
    }
  const char *fragment = memchr (c, '#', (size_t) (end - c));
  if (fragment == NULL)
    return check_uri_chars (c, end, ":@/?");
  return check_uri_chars (c, fragment, ":@/?") && check_uri_chars (fragment + 1, end, ":@/?");
}

typedef gboolean (*FormatFunc) (const char *text, size_t length);

static const struct
{
  const char *name;
  FormatFunc check;
} formats[] = {
  [NARU_FORMAT_DATE] = { "date", check_date },
  [NARU_FORMAT_DATE_TIME] = { "date-time", check_date_time },
  [NARU_FORMAT_DECIMAL] = { "decimal", check_decimal },
  [NARU_FORMAT_EMAIL] = { "email", check_email },
  [NARU_FORMAT_LANGUAGE] = { "language", check_language },
  [NARU_FORMAT_URI] = { "uri", check_uri },
};

/* NARU_FORMAT_NONE: unknown */
NaruSchemaFormat
naru_schema_format_from_string (const char *name)
{
  for (guint i = NARU_FORMAT_NONE + 1; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, name) == 0)
      return (NaruSchemaFormat) i;
  return NARU_FORMAT_NONE;
}

const char *
naru_schema_format_to_string (NaruSchemaFormat format)
{
  return formats[format].name;
}

/* @text: @length bytes, and a NUL behind them */
gboolean
naru_schema_format_check (NaruSchemaFormat format, const char *text, size_t length)
{
  return formats[format].check (text, length);
}
