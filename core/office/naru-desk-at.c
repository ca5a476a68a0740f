/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-past-private.h"

/*
 * A desk in the office as it was.
 *
 * Who sits at it has the rights of today: what a person may see of the past is decided by what they are now,
 * by the policy of now and by the record as it is now. Who lost the right to a deal does not find it again in
 * its past, and who has come to it may read how it came about, as “naru diff” tells already.
 */

/* Beside @self, at which it looks while it is open. */
NaruDesk *
naru_desk_at_moment (NaruDesk *self, const NaruMoment *moment, GError **error)
{
  g_autoptr (NaruOffice) past = naru_past_open (self->office, moment, error);

  if (past == NULL)
    return NULL;
  NaruDesk *desk = naru_desk_new_for_office (past, self->person, self->person_name, self->via);
  naru_access_clear (&desk->access);
  desk->access.person = g_strdup (self->access.person);
  desk->access.party = g_strdup (self->access.party);
  desk->access.unit = g_strdup (self->access.unit);
  desk->access.roles = g_strdupv (self->access.roles);
  return desk;
}

/**
 * naru_desk_at:
 * @self: a desk
 * @when: a day (2026-03-31: its end) or a time; an entry ("#12"); a commit of the history, by seven digits or
 *   more; a seal
 * @error: return location
 *
 * The office as it was then, read from its history. What is read there is told as the store told it then:
 * records, lists, the board with its ages, histories and checks. A time that is still to come means now.
 * Nothing can be changed there.
 *
 * Returns: (transfer full) (nullable): a desk of the same person in the office as it was;
 *   %NARU_ERROR_NOT_FOUND where @when names nothing or the office did not exist then
 */
NaruDesk *
naru_desk_at (NaruDesk *self, const char *when, GError **error)
{
  NaruMoment moment;

  if (!naru_office_check_present (self->office, error) ||
      !naru_moment_find (self->office, when, &moment, error))
    return NULL;
  return naru_desk_at_moment (self, &moment, error);
}

/* (transfer full): the record without what is hidden from this person */
NaruJson *
naru_desk_filter (NaruDesk *self, NaruRecordType *type, NaruRecord *record)
{
  NaruPolicy *policy = self->office->policy;

  if (self->office->past == NULL)
    return naru_policy_filter (policy, &self->access, type, record, naru_record_get_json (record));

  /* a field is hidden where it is hidden now or was then; whose the record is, is asked of the present one */
  g_autoptr (NaruRecord) now = naru_past_load_now (self->office->past, record, NULL);
  NaruTypes *types = naru_past_get_types_now (self->office->past);
  NaruRecordType *type_now = naru_types_get (types, naru_record_type_get_name (type), NULL);
  g_autoptr (NaruJson) then =
      naru_policy_filter (policy, &self->access, type, now, naru_record_get_json (record));
  return naru_policy_filter (policy, &self->access, type_now != NULL ? type_now : type, now, then);
}
