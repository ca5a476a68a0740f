/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

#define SEQUENCE "/bio_health/sequence"
#define DEPOSIT "/bio_health/deposit"
#define VARIETY "/bio_health/plant_variety"

/* WIPO Standard ST.26: the shortest sequences that a listing holds */
#define MIN_NUCLEOTIDES 10
#define MIN_AMINO_ACIDS 4
#define ACCESSION_MONTHS 16

static gint64
get_length (BioCheck *self, const char *pointer)
{
  NaruJson *value = bio_get (self, pointer);

  return value != NULL && naru_json_get_kind (value) == NARU_JSON_INTEGER ? naru_json_as_integer (value) : -1;
}

/* The first filing: made, or to be made today. */
static NaruDate
get_filing (BioCheck *self)
{
  NaruDate filed = bio_date (self, "/patent/filed_on");

  return filed != NARU_DATE_NONE ? filed : self->today;
}

static void
judge_listed_length (BioCheck *self, const char *pointer, gint64 minimum, const char *kind_en,
                     const char *kind_ko)
{
  gint64 length = get_length (self, pointer);

  if (length >= 0 && length < minimum)
    bio_refuse_named (self, pointer, kind_en, kind_ko,
                      "the listing holds one of length %" G_GINT64_FORMAT
                      "; leave out those below %" G_GINT64_FORMAT ".",
                      "길이 %" G_GINT64_FORMAT "인 서열이 있습니다. %" G_GINT64_FORMAT
                      "개 미만은 서열목록에서 빼십시오.",
                      length, minimum);
}

static void
judge_needed_listing (BioCheck *self, NaruDate filing)
{
  gboolean newer = filing >= naru_date_new (2022, 7, 1);
  g_autofree char *day = naru_date_to_string (filing);

  if (bio_is (self, SEQUENCE "/listing", "st26") || (!newer && bio_is (self, SEQUENCE "/listing", "st25")))
    return;
  if (newer)
    bio_refuse (self, SEQUENCE "/listing", "A filing of %s with such sequences needs a listing in ST.26 XML.",
                "%s 출원에는 ST.26(XML) 서열목록이 필요합니다.", day);
  else
    bio_refuse (self, SEQUENCE "/listing", "A filing of %s with such sequences needs a listing.",
                "%s 출원에는 서열목록이 필요합니다.", day);
}

void
bio_check_sequence_listing (BioCheck *self)
{
  gint64 nucleotides = get_length (self, SEQUENCE "/longest_nt");
  gint64 amino_acids = get_length (self, SEQUENCE "/longest_aa");

  if (nucleotides < 0 && amino_acids < 0)
    {
      bio_need (self, SEQUENCE "/longest_nt", "length of the longest nucleotide sequence",
                "가장 긴 염기서열 길이");
      bio_need (self, SEQUENCE "/longest_aa", "length of the longest amino acid sequence",
                "가장 긴 아미노산서열 길이");
      return;
    }
  if (nucleotides >= MIN_NUCLEOTIDES || amino_acids >= MIN_AMINO_ACIDS)
    judge_needed_listing (self, get_filing (self));
  else if (bio_is (self, SEQUENCE "/listing", "st26"))
    bio_refuse (self, SEQUENCE "/listing",
                "All sequences are too short for a listing (below %d nucleotides and %d amino acids).",
                "모든 서열이 짧아(염기 %d개, 아미노산 %d개 미만) 서열목록에 넣을 수 없습니다.",
                MIN_NUCLEOTIDES, MIN_AMINO_ACIDS);
  if (bio_is (self, SEQUENCE "/listing", "st26"))
    {
      judge_listed_length (self, SEQUENCE "/shortest_nt", MIN_NUCLEOTIDES, "Nucleotide sequences",
                           "염기서열");
      judge_listed_length (self, SEQUENCE "/shortest_aa", MIN_AMINO_ACIDS, "Amino acid sequences",
                           "아미노산서열");
    }
}

/* Korea wants the accession number with the filing; other offices give it time. */
static void
judge_accession (BioCheck *self)
{
  const char *office = bio_text (self, "/patent/office");
  NaruDate filed = bio_date (self, "/patent/filed_on");

  if (bio_text (self, DEPOSIT "/accession_number") != NULL)
    return;
  if (office == NULL || g_str_equal (office, "KR"))
    {
      bio_need (self, DEPOSIT "/accession_number", "accession number of the deposit", "수탁번호");
      return;
    }
  NaruDate last = NARU_DATE_NONE;
  if (filed != NARU_DATE_NONE)
    last = bio_last_day (bio_add_months (filed, ACCESSION_MONTHS, NARU_MONTH_RULE_CORRESPONDING));
  if (last != NARU_DATE_NONE && self->today > last)
    {
      g_autofree char *until = naru_date_to_string (last);
      bio_refuse (self, DEPOSIT "/accession_number",
                  "The accession number was due on %s, 16 months after the filing.",
                  "수탁번호 제출 기한(%s, 출원 후 16개월)이 지났습니다.", until);
    }
}

void
bio_check_deposit (BioCheck *self)
{
  NaruDate deposited = bio_date (self, DEPOSIT "/deposited_on");
  NaruDate filing = get_filing (self);

  if (bio_need (self, DEPOSIT "/authority", "depositary authority", "기탁기관") &&
      bio_is (self, DEPOSIT "/authority", "other"))
    bio_refuse (self, DEPOSIT "/authority",
                "The deposit must lie with an international depositary authority.",
                "국제기탁기관에 기탁해야 합니다.");
  judge_accession (self);
  if (bio_need (self, DEPOSIT "/deposited_on", "date of the deposit", "기탁일") &&
      deposited != NARU_DATE_NONE && deposited > filing)
    {
      g_autofree char *deposit = naru_date_to_string (deposited);
      g_autofree char *day = naru_date_to_string (filing);
      bio_refuse (self, DEPOSIT "/deposited_on", "The deposit of %s is later than the first filing of %s.",
                  "기탁일(%s)이 최초 출원일(%s)보다 늦습니다.", deposit, day);
    }
  if (bio_is (self, "/patent/office", "EP") && !bio_is_true (self, DEPOSIT "/depositor_consents"))
    bio_refuse (self, DEPOSIT "/depositor_consents",
                "The European office asks that the depositor is the applicant or consents.",
                "유럽특허청은 기탁자가 출원인이거나 기탁자의 동의를 요구합니다.");
}

static void
judge_sale (BioCheck *self, const char *pointer, int months, const char *place_en, const char *place_ko)
{
  NaruDate sold = bio_date (self, pointer);
  NaruDate last = NARU_DATE_NONE;

  if (sold != NARU_DATE_NONE)
    last = bio_add_months (sold, months, NARU_MONTH_RULE_KOREAN);
  if (last == NARU_DATE_NONE || self->today <= last)
    return;
  g_autofree char *sale = naru_date_to_string (sold);
  g_autofree char *until = naru_date_to_string (last);
  bio_refuse_named (self, pointer, place_en, place_ko, "sold since %s; novelty lasted until %s.",
                    "%s 최초 판매로 %s까지만 신규성이 인정됩니다.", sale, until);
}

void
bio_check_variety_novelty (BioCheck *self)
{
  gboolean tree = bio_is_true (self, VARIETY "/tree");

  judge_sale (self, VARIETY "/sold_in_korea_on", 12, "Korea", "국내");
  judge_sale (self, VARIETY "/sold_abroad_on", tree ? 72 : 48, "Abroad", "국외");
}
