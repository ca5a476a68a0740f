#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records from the command line: create, show, list, edit, link, attach, note, history, diff, export.
. "$(dirname "$0")/lib.sh"
need jq git

begin 'an office is made once'
make_office "$work/office"
run --as head init "$work/office" --name Again --hub AGN
assert_rc 1
assert_clean_message
run --as head status
ok
assert_out 'Magok TTO (MGK)'
assert_out 'complete'

begin 'a title is enough for a deal'
run --as minji new deal title='Solid-state battery'
ok
id=$(cat "$out")
case $id in MGK-20[0-9][0-9]-00001) ;; *) complain "$id is no id" ;; esac

begin 'values are typed by the field'
run --as minji new deal title='전고체 전지' sectors=green,nano trl=3 "officer=$minji"
ok
second=$(cat "$out")
run --as minji show "$second" --json
ok
assert_jq '.record.trl == 3 and .record.sectors == ["green","nano"]'
assert_jq --arg minji "$minji" '.record.officer == $minji'

begin 'structured values are JSON'
run --as head new party name='Hanbit University' kind=university
ok
party=$(cat "$out")
run --as minji edit "$id" "parties:=[{\"party\":\"$party\",\"role\":\"university\"}]"
ok
run --as minji show "$id" --json
assert_jq --arg party "$party" '.record.parties[0].party == $party'

begin 'a dotted path reaches into a field'
run --as minji edit "$id" parties.0.role=sponsor
ok
run --as minji show "$id" --json
assert_jq '.record.parties[0].role == "sponsor"'

begin 'show names fields and the records they point to'
run --as minji show "$second"
ok
assert_out 'Title'
assert_out '전고체 전지'
assert_out '김민지'

begin 'fields come from a file, those of the command line over them'
printf '{"title":"From a file","trl":2}' >deal.json
run --as minji new deal --from deal.json trl=5
ok
third=$(cat "$out")
run --as minji show "$third" --json
assert_jq '.record.title == "From a file" and .record.trl == 5'

begin 'an empty value takes the field away'
run --as minji edit "$third" trl=
ok
run --as minji show "$third" --json
assert_jq '.record | has("trl") | not'

begin 'an edit that changes nothing makes no commit'
before=$(commits)
run --as minji edit "$third" title='From a file'
ok
assert_equal commits "$(commits)" "$before"

begin 'each change is one commit with its author'
before=$(commits)
run --as minji note "$third" 'Called the attorney'
ok
assert_equal commits "$(commits)" $((before + 1))
assert_equal author "$(git -C "$NARU_OFFICE/audit.git" log -1 --format=%an main)" '김민지'

begin 'list narrows by stage, sector, text and field, and sorts'
run --as minji list deal --json
assert_jq 'length == 3 and all(has("id"))'
run --as minji list deal --sector green --json
assert_jq --arg id "$second" 'map(.id) == [$id]'
run --as minji list deal --stage patent --json
assert_jq '. == []'
run --as minji list deal --text 'SOLID' --json
assert_jq --arg id "$id" 'map(.id) == [$id]'
run --as minji list deal --where trl=3 --json
assert_jq --arg id "$second" 'map(.id) == [$id]'
run --as minji list deal --officer minji --json
assert_jq --arg id "$second" 'map(.id) == [$id]'
run --as minji list deal --sort -id --limit 1 --json
assert_jq --arg id "$third" 'map(.id) == [$id]'
run --as minji list deal --limit=-1
assert_rc 2

begin 'list as a table, and as CSV with the id first'
run --as minji list deal
ok
assert_out 'Solid-state battery'
run --as minji list deal --csv
ok
head -n 1 "$out" | grep -q '^id,' || complain 'the first column is not id'
assert_equal lines "$(wc -l <"$out")" 4

begin 'CSV quotes, and defuses what a spreadsheet would run'
run --as minji new deal 'title==HYPERLINK("http://x","y"),z'
ok
run --as minji list deal --csv
assert_out "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\"),z\""

begin 'link points to a record'
run --as minji link "$id" officer "$minji"
ok
run --as minji show "$id" --json
assert_jq --arg minji "$minji" '.record.officer == $minji'

begin 'a document is kept by its content'
printf 'evaluation: A\n' >report.txt
run --as minji attach "$id" report.txt --name evaluation-report
ok
run --as minji show "$id" --json
assert_jq '.record.documents[0] | .name == "evaluation-report" and .size == 14'

begin 'history tells who, what and when'
run --as minji history "$id" --json
ok
assert_jq 'map(.action) == ["create","edit","edit","link","attach"]'
assert_jq 'all(.actor == "김민지")'
assert_jq 'map(.seq) | . == sort'
run --as minji history "$id"
ok
assert_out '김민지'

begin 'diff shows the last change, and one between two versions'
run --as minji diff "$id"
ok
assert_out 'evaluation-report'
run --as minji edit "$id" title='Better title'
run --as minji diff "$id"
ok
assert_out '+  "title": "Better title"'
assert_out '-  "title": "Solid-state battery"'
run --as minji diff "$id" --json
assert_jq '.id and (.diff | contains("Better title"))'

begin 'export as JSON lines and CSV, into a file whole'
run --as head export deal --jsonl -o deals.jsonl
ok
assert_no_out
assert_equal lines "$(wc -l <deals.jsonl)" 4
jq -es --arg id "$id" 'map(select(.id == $id))[0].title == "Better title"' deals.jsonl >/dev/null ||
  complain 'the export lacks the deal'
run --as head export deal --csv
ok
head -n 1 "$out" | grep -q '^id,title,' || complain 'the heading is not as expected'
run --as head export deal
assert_rc 2

begin 'people are added, edited and given roles'
run --as head person list --json
ok
assert_jq 'map(.login) | index("minji") != null'
run --as head person edit minji email=minji@example.com
ok
run --as head person role minji officer auditor
ok
run --as head show "$minji" --json
assert_jq '.record.roles == ["officer","auditor"] and .record.email == "minji@example.com"'

begin 'pipelines are listed and shown'
run --as minji pipeline list --json
ok
assert_jq 'map(.id) | index("technology") != null'
run --as minji pipeline show technology
ok
assert_out 'joint-rd'
run --as minji pipeline show technology --json
assert_jq '.id == "technology"'
run --as minji pipeline show nothing
assert_rc 4

begin 'the office comes from --office, NARU_OFFICE, then the data folder'
(unset NARU_OFFICE; "$naru" --as minji --office "$work/office" list deal >"$out" 2>"$err") || complain '--office'
mkdir -p "$XDG_DATA_HOME"
ln -s "$work/office" "$XDG_DATA_HOME/naru"
(unset NARU_OFFICE; "$naru" --as minji list deal >"$out" 2>"$err") || complain 'the data folder'

begin 'the history is a plain repository in good order'
git -C "$NARU_OFFICE/audit.git" fsck --strict >"$out" 2>"$err" || complain 'git fsck complains'

finish
