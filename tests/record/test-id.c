/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

static void
test_parse_good (void)
{
  static const struct
  {
    const char *text;
    NaruId id;
  } cases[] = {
    { "MGK-2026-00442", { "MGK", "", 2026, 442 } },
    { "MGK-AGR-2026-00017", { "MGK", "AGR", 2026, 17 } },
    { "G1-1900-99999", { "G1", "", 1900, 99999 } },
    { "ABCDEFGH-PRTY-9999-123456789", { "ABCDEFGH", "PRTY", 9999, 123456789 } },
    { "PTY-PTY-2026-100000", { "PTY", "PTY", 2026, 100000 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NaruId id;
      g_autofree char *again = NULL;

      g_assert_true (naru_id_parse (cases[i].text, &id));
      g_assert_cmpstr (id.hub, ==, cases[i].id.hub);
      g_assert_cmpstr (id.code, ==, cases[i].id.code);
      g_assert_cmpint (id.year, ==, cases[i].id.year);
      g_assert_cmpuint (id.number, ==, cases[i].id.number);
      again = naru_id_format (id.hub, id.code, id.year, id.number);
      g_assert_cmpstr (again, ==, cases[i].text);
    }
}

static void
test_parse_bad (void)
{
  static const char *const cases[] = {
    "",
    "-",
    "MGK",
    "MGK-",
    "MGK-2026",
    "MGK-2026-",
    "MGK-2026-0442",       /* four digits */
    "MGK-2026-000442",     /* a second spelling of 00442 */
    "MGK-2026-00000",      /* numbers start at one */
    "MGK-2026-1234567890", /* ten digits */
    "MGK-2026-00442 ",
    " MGK-2026-00442",
    "MGK-2026-00442\n",
    "MGK-2026-00442/../x",
    "../MGK-2026-00442",
    "mgk-2026-00442",
    "M-2026-00442",
    "1GK-2026-00442",
    "ABCDEFGHI-2026-00442",
    "MGK-26-00442",
    "MGK-1899-00442",
    "MGK-20261-00442",
    "MGK-AG-2026-00442",
    "MGK-AGREE-2026-00442",
    "MGK-AG1-2026-00442",
    "MGK-AGR2026-00442",
    "MGK--2026-00442",
    "MGK_2026_00442",
    "MGK-2026-0044\xc2\xb2",
    "\xec\x84\x9c\xec\x9a\xb8-2026-00442",
  };

  g_assert_false (naru_id_parse (NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      if (naru_id_parse (cases[i], NULL))
        g_test_message ("taken for an id: “%s”", cases[i]);
      g_assert_false (naru_id_parse (cases[i], NULL));
    }
}

static void
test_path (void)
{
  static const struct
  {
    const char *type;
    const char *id;
    const char *path;
  } cases[] = {
    { "deal", "MGK-2026-00442", "records/deal/2026/00/04/MGK-2026-00442.json" },
    { "deal", "MGK-2026-00001", "records/deal/2026/00/00/MGK-2026-00001.json" },
    { "deal", "MGK-2026-00100", "records/deal/2026/00/01/MGK-2026-00100.json" },
    { "deal", "MGK-2026-99999", "records/deal/2026/09/99/MGK-2026-99999.json" },
    { "agreement", "MGK-AGR-2026-12345", "records/agreement/2026/01/23/MGK-AGR-2026-12345.json" },
    { "deal", "MGK-2026-1000000", "records/deal/2026/100/00/MGK-2026-1000000.json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = naru_id_get_record_path (cases[i].type, cases[i].id);

      g_assert_cmpstr (path, ==, cases[i].path);
    }
  g_assert_null (naru_id_get_record_path ("deal", "../../etc/passwd"));
}

static void
test_hub (void)
{
  g_assert_true (naru_id_is_hub ("MGK"));
  g_assert_true (naru_id_is_hub ("G2"));
  g_assert_true (naru_id_is_hub ("ABCDEFGH"));
  g_assert_false (naru_id_is_hub (NULL));
  g_assert_false (naru_id_is_hub (""));
  g_assert_false (naru_id_is_hub ("G"));
  g_assert_false (naru_id_is_hub ("2G"));
  g_assert_false (naru_id_is_hub ("mgk"));
  g_assert_false (naru_id_is_hub ("MG-K"));
  g_assert_false (naru_id_is_hub ("ABCDEFGHI"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/id/parse-good", test_parse_good);
  g_test_add_func ("/id/parse-bad", test_parse_bad);
  g_test_add_func ("/id/path", test_path);
  g_test_add_func ("/id/hub", test_hub);
  return g_test_run ();
}
