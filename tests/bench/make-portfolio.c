/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

/* usage: make-portfolio N FILE: N deals as JSON lines, the same ones every time */
int
main (int argc, char **argv)
{
  guint64 n;

  if (argc != 3 || !g_ascii_string_to_unsigned (argv[1], 10, 1, 10000000, &n, NULL))
    {
      g_printerr ("usage: %s N FILE\n", argv[0]);
      return 2;
    }
  portfolio_write (argv[2], 0, (guint) n);
  return 0;
}
