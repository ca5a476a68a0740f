#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whether a history is whole: of an office, of a clone and of a backup; what was altered is told, with status 6.
. "$(dirname "$0")/lib.sh"
need jq git

make_office "$work/office"
office=$NARU_OFFICE
run --as head new deal title='나루터 센서' 'sectors:=["it"]' trl=3
ok
deal=$(cat "$out")
echo report >report.txt
run --as head attach "$deal" report.txt
ok
run --as head edit "$deal" trl=4 summary=x
ok
run --as head status
ok

begin 'an honest office is whole, in words and in JSON'
run --as head verify
ok
assert_out 'The history is whole'
run --as head verify --json
ok
assert_jq '.whole and .store and (.findings | length) == 0 and .entries == .signatures and .entries > 3'
assert_jq '(keys | sort) == (["chain","documents","entries","findings","first_key","head","judged","keys","moves",
  "records","resumed","signatures","store","unlisted","whole"] | sort)'
assert_jq '.head == $head' --arg head "$(git -C "$office/audit.git" rev-parse main)"
[ -z "$(find "$office" -name '*verify*')" ] || complain 'something was left in the office'

begin 'a clone and a backup are verified without the office'
git clone -q "$office/audit.git" clone
run --as head backup all.naru
ok
for what in clone all.naru "$office/audit.git"; do
  NARU_OFFICE=$work/nowhere run verify --repo "$what" --json
  ok
  assert_jq '.whole and (.store | not) and .documents == 1'
done
run verify --repo report.txt
assert_rc 2
assert_clean_message
run verify --repo nothing
assert_rc 4
run verify --repo clone --resume
assert_rc 2

begin 'it goes on from where it was, and says so'
run --as head verify --resume --json
ok
assert_jq '.resumed == 0'
run --as head note "$deal" 'one more'
ok
run --as head verify --resume --json
ok
assert_jq '.resumed == .entries - 1 and .whole'
run --as head verify --resume
ok
assert_out 'verified before'

begin 'what was altered in the history is told, with its commit'
git clone -q --mirror "$office/audit.git" forged.git
commit=$(git -C forged.git cat-file commit main | sed 's/^\(author .*> \)[0-9]*/\11700000000/' |
  git -C forged.git hash-object -t commit -w --stdin)
git -C forged.git update-ref refs/heads/main "$commit"
run verify --repo forged.git --json
assert_rc 6
assert_jq '(.whole | not) and any(.findings[]; .severity == "broken" and .commit == $commit)' --arg commit "$commit"
run verify --repo forged.git
assert_rc 6
assert_out broken
assert_out "$(echo "$commit" | cut -c1-10)"
git -C "$office/audit.git" replace main~1 main~2
run --as head verify --json
assert_rc 6
assert_jq 'any(.findings[]; .code == "replaced" and .cure != null)'
git -C "$office/audit.git" replace -d "$(git -C "$office/audit.git" rev-parse main~1)" >/dev/null

begin 'an interrupted run leaves nothing behind'
for delay in 0.02 0.05 0.1 0.2; do
  # alone: the second signal would end it at once
  timeout --foreground -s INT $delay "$naru" --as head verify >"$out" 2>"$err" </dev/null
  rc=$?
  last_call='naru verify, interrupted'
  case $rc in 0 | 1 | 124 | 130) ;; *) complain "ended with $rc" ;; esac
  [ -z "$(find "$office" -name '.verify*')" ] || complain 'a folder was left in the office'
done
run --as head verify --resume
ok

begin 'who may not audit is refused'
run --as head person add mia --name Mia --role inventor
ok
run --as mia verify
assert_rc 1
assert_clean_message

finish
