#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The office as it was: each verb that takes --at says what it said then, in both languages, for people and in JSON.
. "$(dirname "$0")/lib.sh"
need jq git

export NARU_CLOCK=2026-03-02T09:00:00+09:00
make_office "$work/office"
history=$NARU_OFFICE/audit.git
git -C "$history" config user.name Kim
git -C "$history" config user.email kim@example.com
run --as head new party name='나루 대학'
ok
party=$(cat "$out")
run --as minji new deal title='나루터 센서' 'sectors:=["it"]' trl=3 summary=x officer="$minji" \
  "parties:=[{\"party\":\"$party\",\"role\":\"university\"}]"
ok
deal=$(cat "$out")

ask () { # FILE [WORD…]: what the six verbs say; with --at or not
  file=$1
  shift
  : >"$file"
  for lang in en ko; do
    for form in --no-pager --json; do
      for words in "show $deal" "list deal" "list party --sort name" 'board' "history $deal" "check $deal disclosure" "check $deal"; do
        # shellcheck disable=SC2086
        run --as minji --lang $lang $form $words "$@"
        { echo "$words: $rc"; cat "$out" "$err"; } >>"$file"
      done
    done
    for form in --csv --jsonl; do
      run --as minji --lang $lang export deal $form "$@"
      { echo "export $form: $rc"; cat "$out" "$err"; } >>"$file"
    done
  done
}

begin 'what the verbs say now is what they say of it later'
ask then.1
first=$(git -C "$history" rev-parse main)
git -C "$history" tag -a -m 'End of the first day' seal-1
export NARU_CLOCK=2026-03-20T09:00:00+09:00
run --as minji edit "$deal" trl=4 title='나루터 센서 2'
ok
run --as minji advance "$deal" disclosure
ok
run --as head edit "$party" name='나루 대학교'
ok
run --as minji new deal title=Another
ok
ask then.2
second=$(git -C "$history" rev-parse main)
export NARU_CLOCK=2026-05-11T09:00:00+09:00
run --as minji note "$deal" 'Called'
ok
run --as minji edit "$deal" title='나루터 센서 3'
ok
compare () { # FILE WHEN: all that the verbs say
  ask now --at "$2"
  cmp -s "$1" now || { diff "$1" now >"$out"; complain "at $2 another office"; }
}
compare then.1 "$first"
compare then.2 2026-03-20

begin 'all that names a moment'
number=$(git -C "$history" rev-list --count "$first")
run --as minji board --json --at "$first"
ok
cp "$out" board
for when in "$(echo "$first" | cut -c1-7)" "#$number" seal-1 2026-03-02 2026-03-02T23:59:00+09:00; do
  run --as minji board --json --at "$when"
  ok
  cmp -s board "$out" || complain "at $when another board"
done
run --as minji board --json --at 2026-03-19 # the ages are those of that day
ok
assert_jq '[.stages[].cards[]] | length == 1 and .[0].days == 13'
run --as minji show "$deal" --at "$second" --json
ok
assert_jq '.record.title == "나루터 센서 2"'
ls -A "$NARU_OFFICE" | grep -q past && complain 'a store of the past is left over'

begin 'a time that is still to come means now'
run --as minji board --json
cp "$out" board
run --as minji board --json --at 2031-01-01
ok
cmp -s board "$out" || complain 'another board'

begin 'conditions and files work there'
run --as minji list deal --stage idea --at seal-1 --json
ok
assert_jq --arg id "$deal" 'map(.id) == [$id]'
run --as minji list deal --officer minji --text 센서 --at seal-1 --csv
ok
assert_out '나루터 센서'
assert_not_out '센서 3'
run --as minji export deal --jsonl --at seal-1 -o then.jsonl
ok
assert_equal title "$(jq -r .title then.jsonl)" '나루터 센서'

begin 'what was not there yet is not found'
run --as minji show MGK-2026-00002 --at seal-1
assert_rc 4
assert_clean_message
run --as minji show "$deal" --at "#1" --json
assert_rc 4
assert_jq '.error.code == "not-found"'

begin 'what names no moment'
for when in 2026-03-01 1999-12-31T00:00:00Z 2026-02-30 yesterday '#0' '#999' deadbeef seal-2 ../main ''; do
  run --as minji list deal --at "$when"
  assert_rc 4
  assert_no_out
  assert_clean_message
done
run --as minji list deal --at "$(printf '\377')"
assert_rc 2
assert_clean_message
run --as minji list deal --at
assert_rc 2
run --as minji check "$deal" --at seal-1 --as-of seal-1
assert_rc 2
assert_clean_message

begin 'a move is judged again with --as-of, and its outcome looked at with --at'
move=$(git -C "$history" log -1 --format=%H --grep=': advance')
run --as minji check "$deal" --as-of "$move" --json
ok
assert_jq '.from == "idea" and .to == "disclosure" and .as_of.same'
run --as minji check "$deal" --at "$move" --json
assert_jq '.from == "disclosure" and (has("as_of") | not)'

begin 'who may not see it now does not see it as it was'
run --as head person add yuri --name Yuri --role inventor
ok
run --as yuri show "$deal" --at seal-1
assert_rc 4
run --as nobody show "$deal" --at seal-1
assert_rc 1

begin 'verbs that change do not know --at'
for verb in new edit advance note attach link approve reject waive import backup status diff; do
  run --as minji $verb --at seal-1 x y z
  assert_rc 2
done
run show --help
assert_out '--at DATE|COMMIT|SEAL'

begin 'an office that may only be read shows its past as well'
if [ "$(id -u)" = 0 ]; then
  skip 'an office that may only be read shows its past as well' 'root may write everywhere'
else
  chmod -R a-w "$NARU_OFFICE"
  run --as minji show "$deal" --at seal-1 --json
  ok
  assert_jq '.record.title == "나루터 센서"'
  chmod -R u+w "$NARU_OFFICE"
fi

finish
