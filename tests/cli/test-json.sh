#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The shapes that programs rely on: fixed keys, one document on stdout, whatever the language.
. "$(dirname "$0")/lib.sh"
need jq

begin 'init, status, version'
run --as head --json init "$work/office" --name 'Magok TTO' --hub MGK
ok
assert_jq 'keys == ["folder","hub","name"] and .hub == "MGK" and (.folder | startswith("/"))'
export NARU_OFFICE="$work/office"
run --as head --json status
ok
assert_jq '.office == "Magok TTO" and .history == "complete" and .pending == 0 and (.records | type) == "object"'

begin 'what changes a record answers with its id, type and revision'
run --as head --json new deal title=One sectors=it
ok
assert_jq 'keys == ["id","revision","type"] and .type == "deal" and (.revision | test("^[0-9a-f]{40}$"))'
id=$(value_of .id)
old=$(value_of .revision)
printf 'text\n' >a.txt
for call in "edit $id trl=2" "note $id hello" "attach $id a.txt" "link $id officer $(
    "$naru" --as head --json person list | jq -r '.[0].id')"; do
  # shellcheck disable=SC2086
  run --as head --json $call
  ok
  assert_jq --arg id "$id" --arg old "$old" 'keys == ["id","revision","type"] and .id == $id and .revision != $old'
done

begin 'show'
run --as head --json show "$id"
ok
assert_jq 'keys == ["id","record","revision","type"]'
assert_jq '.record | has("id") or has("type") | not'

begin 'the revision is the git blob id of the record'
revision=$(value_of .revision)
jq -S --indent 2 .record <"$out" >record.json
if command -v git >/dev/null; then
  assert_equal 'the blob id' "$(git hash-object record.json)" "$revision"
fi

begin 'list, in any language, has the same keys'
run --as head --json list deal
ok
assert_jq 'type == "array" and .[0].id and .[0].title == "One" and .[0].sectors == ["it"]'
cp "$out" list.en
run --as head --json --lang ko list deal
ok
cmp -s "$out" list.en || complain 'the list changes with the language'

begin 'check and advance'
run --as head --json check "$id" disclosure
[ "$rc" -eq 0 ] || [ "$rc" -eq 3 ] || complain "ended with $rc"
assert_no_err
assert_jq 'keys == ["allowed","findings","from","id","to"]'
assert_jq '.findings | all(.severity | IN("block","warn","advise"))'
assert_jq '.findings | all(.fields | type == "array")'

begin 'what a rule rests on, and the questions that are open'
assert_jq '[.findings[] | select(.why != null)] | length > 0 and all(.why | has("pack") and has("version") and has("verified_by"))'
assert_jq '[.findings[] | select(.status == "unknown")] | length > 0 and all((.fields | length > 0) and (.remedy | startswith("naru edit")))'
run --as head --json check "$id" disclosure --as-of "$(date -u +%Y-%m-%d)"
assert_jq '.as_of | has("commit") and has("day") and has("modules") and has("verdict")'

begin 'rules and plugins'
run --as head --json rules
ok
assert_jq 'all(has("id") and has("version") and has("digest") and has("enabled") and has("title") and (.rules | type == "array"))'
assert_jq '.[0].rules[0] | has("id") and has("severity") and has("law") and (.title | keys == ["en","ko"]) and has("verified_by")'
run --as head --json rules "$(value_of '.[0].rules[0].id')"
ok
assert_jq 'keys == ["enabled","pack","pack_version","rule","touches"]'
run --as head --json rules impact "$NARU_DATA_DIR/share/rules/ownership"
ok
assert_jq 'keys == ["changed","changes","deals","from","pack","rules","to"] and .changed == 0 and .changes == []'
run --as head --json plugin list
ok
assert_jq 'all(has("name") and has("folder") and has("state") and has("loaded"))'
assert_jq '.[0] | keys == ["abi","digest","folder","loaded","loader","name","rules","sectors","state","title","version"]'
run --as head --json plugin show biohealth
ok
assert_jq '.name == "biohealth" and .state == "on"'
run --as head --json plugin disable nano --reason 'for the test'
ok
assert_jq '. == {"name": "nano", "enabled": false}'
run --as head --json plugin enable nano
ok
assert_jq '. == {"name": "nano", "enabled": true}'
run --json plugin test "$NARU_DATA_DIR/share/rules/ownership"
ok
assert_jq 'keys == ["cases","failed","pack","results","rules","version"] and (.results[0] | keys == ["case","ok","rule"])'

begin 'history, diff, board'
run --as head --json history "$id"
ok
assert_jq 'type == "array" and all(has("seq") and has("time") and has("actor") and has("action"))'
assert_jq 'all(.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(Z|[+-][0-9]{2}:[0-9]{2})$"))'
run --as head --json diff "$id"
ok
assert_jq 'keys == ["diff","from","id","to"]'
run --as head --json board
ok
assert_jq '.type == "deal" and .pipeline == "technology"'
assert_jq '.stages | length > 5 and all(has("id") and has("title") and has("count") and has("cards"))'
assert_jq '[.stages[].cards[]] | length == 1 and .[0].days == 0'

begin 'people and pipelines'
run --as head --json person list
assert_jq '.[0] | has("id") and .login == "head"'
run --as head --json pipeline list
assert_jq 'all(keys == ["id","stages","title","type"])'

begin 'every error is one object with five keys, and nothing on stderr'
for call in 'show MGK-1999-00001' 'list nothing' 'new deal nofield=1' 'advance' "advance $id nowhere" 'bogus' \
  "edit $id trl=x" 'list deal --sort nofield' "diff $id abcdef" 'new deal title:={'; do
  # shellcheck disable=SC2086
  run --as head --json $call
  [ "$rc" -ne 0 ] || complain "$last_call: ended with 0"
  assert_no_err
  assert_jq '.error | keys == ["code","cure","field","line","message"]'
done

begin 'the code of an error and the exit status agree'
run --as head --json show MGK-1999-00001
assert_rc 4
assert_jq '.error.code == "not-found"'
run --as head --json edit "$id" trl=3 --if-revision "$old"
assert_rc 5
assert_jq '.error.code == "conflict"'
run --as nobody-here --json list deal
[ "$rc" -ne 0 ] || complain 'a stranger got in'
assert_jq '.error.code == "denied"'

finish
