#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Import: dry run first, then all or nothing; every row is accounted for; the same file again changes nothing.
. "$(dirname "$0")/lib.sh"
need jq git

make_office "$work/office"
cat >deals.csv <<'TXT'
No,Name,Field,Level,Since
A-1,"Battery, solid",green,3,2026-01-05
A-2,나루터 센서,it,4,2026-02-06
A-3,Hip implant,bio-health,5,2026-03-07
TXT
cat >map.json <<'TXT'
{
  "title": { "en": "Test", "ko": "시험" },
  "type": "deal",
  "key": { "field": "external_id", "column": "No" },
  "columns": {
    "Name": { "field": "title" },
    "Field": { "field": "sectors" },
    "Level": { "field": "trl" },
    "Since": { "field": "disclosed_on", "date": ["YYYY-MM-DD"] }
  }
}
TXT

reconciles () {
  assert_jq '.read == .created + .updated + .unchanged + .rejected'
}

begin 'a dry run tells all and changes nothing'
before=$(commits)
run --as head import deal deals.csv --map map.json --dry-run --json
ok
reconciles
assert_jq '.read == 3 and .created == 3 and .rejects == []'
assert_equal commits "$(commits)" "$before"

begin 'an import is one commit'
run --as head import deal deals.csv --map map.json --json
ok
reconciles
assert_jq '.created == 3'
assert_equal commits "$(commits)" $((before + 1))
run --as head list deal --json
assert_jq 'length == 3 and (map(.title) | index("Battery, solid") != null)'

begin 'the same file again changes nothing'
before=$(commits)
run --as head import deal deals.csv --map map.json --json
ok
reconciles
assert_jq '.unchanged == 3'
assert_equal commits "$(commits)" "$before"

begin 'a changed row updates its record'
sed 's/,3,2026/,6,2026/' deals.csv >changed.csv
run --as head import deal changed.csv --map map.json --json
ok
reconciles
assert_jq '.updated == 1 and .unchanged == 2'

begin 'a wrong row is told by line, and nothing is taken'
before=$(commits)
{ cat deals.csv; printf 'A-4,,it,4,2026-01-01\nA-5,Wrong level,it,99,2026-01-01\nA-6,Right,it,2,2026-01-01\n'; } >wrong.csv
run --as head import deal wrong.csv --map map.json --json
[ "$rc" -ne 0 ] || complain 'a wrong row was taken'
reconciles
assert_jq '.rejects | map(.line) | index(6) != null'
assert_jq '.rejects | all(has("line") and has("field") and has("message"))'
assert_equal commits "$(commits)" "$before"
run --as head import deal wrong.csv --map map.json
assert_out 'line 6'

begin '--partial takes the right rows and writes the others away'
run --as head import deal wrong.csv --map map.json --partial --rejects rejects.csv --json
reconciles
assert_jq '.created >= 1 and .rejected >= 1'
grep -q 'Wrong level' rejects.csv || complain 'the rejects lack the row'

begin 'JSON lines need no mapping, and an export comes back unchanged'
run --as head export deal --jsonl -o all.jsonl
ok
before=$(commits)
run --as head import deal all.jsonl --json
ok
reconciles
assert_jq '.created == 0 and .updated == 0'
assert_equal commits "$(commits)" "$before"
printf '{"title":"From a line","external_id":"B-1"}\n{"title":"Another","external_id":"B-2"}\n' >new.jsonl
run --as head import deal new.jsonl --json
ok
assert_jq '.created == 2'

begin 'what is wrong with a file or a mapping is told once, with a cure'
printf 'No,Name\nA-9,"open quote\n' >broken.csv
run --as head import deal broken.csv --map map.json
[ "$rc" -ne 0 ] || complain 'a broken file was taken'
run --as head import deal deals.csv
[ "$rc" -ne 0 ] || complain 'CSV without a mapping was taken'
assert_clean_message
sed 's/"Level"/"No such column"/' map.json >missing.json
run --as head import deal deals.csv --map missing.json
[ "$rc" -ne 0 ] || complain 'a missing column was accepted'
assert_clean_message
assert_err 'No such column'
sed 's/"trl"/"no_such_field"/' map.json >field.json
run --as head import deal deals.csv --map field.json
[ "$rc" -ne 0 ] || complain 'an unknown field was accepted'
assert_err 'no_such_field'
run --as head import deal nothing.csv --map map.json
[ "$rc" -ne 0 ] || complain 'a missing file was taken'
assert_err 'nothing.csv'
printf '{"title":"a"}\n{"title":\n' >broken.jsonl
run --as head import deal broken.jsonl --json
[ "$rc" -ne 0 ] || complain 'broken JSON was taken'

cat >events.csv <<'TXT'
case,activity,time,who
C1,Received,2024-01-02T09:00:00+01:00,Anna
C1,Checked,2024-01-03T10:30:00+01:00,Bert
C2,Received,2024-02-05T08:00:00+01:00,Anna
C1,Closed,2024-07-01T12:00:00+02:00,Carl
TXT
cat >events.json <<'TXT'
{ "title": { "en": "Log", "ko": "기록" }, "type": "deal",
  "case": "case", "activity": "activity", "time": "time", "actor": "who", "constants": { "hub": "LOG" } }
TXT

begin 'a pipeline is proposed from a log'
run pipeline new received --from-log events.csv --map events.json -o received.json
ok
jq -e '.id == "received" and (.stages | length >= 3)' received.json >/dev/null || complain 'the proposal is odd'

begin 'a log becomes deals and moves with the original times and people'
run --as head init "$work/log" --name 'Log office' --hub LOG
NARU_OFFICE=$work/log
run --as head pipeline add received.json
ok
before=$(commits)
run --as head import-history events.csv --map events.json --json
ok
assert_equal commits "$(commits)" $((before + 4))
git -C "$NARU_OFFICE/audit.git" log --format='%an %ad' --date=iso-strict main >git.log
grep -qF 'Bert 2024-01-03T10:30:00+01:00' git.log || complain "the log lacks Bert: $(cat git.log)"
grep -qF 'Carl 2024-07-01T12:00:00+02:00' git.log || complain 'the zone is lost'
git -C "$NARU_OFFICE/audit.git" fsck --strict >"$out" 2>"$err" || complain 'git fsck complains'

finish
