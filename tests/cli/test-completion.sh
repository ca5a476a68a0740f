#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion comes from the verb table; the bash function passes it on.
. "$(dirname "$0")/lib.sh"
need jq bash

make_office "$work/office"
run --as minji new deal title=One sectors=it
id=$(cat "$out")

proposes () { # WORD: among what "complete" printed
  grep -qxF -e "$1" "$out" || complain "$last_call: lacks $1"
}

begin 'verbs, and the second words of a group'
run complete -- ''
ok
proposes advance
proposes person
assert_not_out complete
run complete -- adv
assert_equal words "$(cat "$out")" advance
run complete -- person r
assert_equal words "$(cat "$out")" role

begin 'options of all verbs and of one'
run complete -- list --s
ok
proposes --stage
proposes --sort
run complete -- list --j
proposes --json

begin 'types, ids, stages, fields, values'
run complete -- new d
assert_equal words "$(cat "$out")" deal
run complete -- --as minji show MGK
proposes "$id"
run complete -- --as minji show MGK-P
proposes "$minji"
run complete -- --as minji advance "$id" ''
proposes joint-rd
assert_not_out spin-off
run complete -- --as minji edit "$id" tr
assert_equal words "$(cat "$out")" trl=
run complete -- new deal court=a
proposes court=attorney
run complete -- --as minji list deal --stage pa
assert_equal words "$(cat "$out")" patent
run complete -- --as minji list deal --officer mi
assert_equal words "$(cat "$out")" minji
run complete -- person role minji off
assert_equal words "$(cat "$out")" officer

begin 'without an office it stays silent'
NARU_OFFICE=$work/nothing run complete -- show MGK
ok
assert_no_out

begin 'nothing breaks on odd words'
for word in '--' '-' '=' 'a=b=c' "$(printf '\377')" ''; do
  run complete -- "$word"
  assert_rc 0
  run complete -- edit "$word" "$word"
  assert_rc 0
done
run complete --
assert_rc 0

begin 'the bash function fills COMPREPLY'
cat >try.bash <<'TXT'
source "$1"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
try () {
  COMP_LINE=$1 COMP_POINT=${#1}
  COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _naru 2>/dev/null
  echo "${COMPREPLY[*]}"
}
try "$2 pipe"
try "$2 new deal court=att"
TXT
bash try.bash "$NARU_DATA_DIR/share/completions/naru" "$naru" >"$out" 2>"$err"
rc=$?; last_call='_naru'
assert_rc 0
assert_equal 'first line' "$(sed -n 1p "$out")" pipeline
assert_equal 'second line' "$(sed -n 2p "$out")" attorney

finish
