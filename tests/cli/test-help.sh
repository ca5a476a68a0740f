#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every verb explains itself; a wrong call is told on stderr and ends with 2.
. "$(dirname "$0")/lib.sh"
need jq

begin 'help lists every verb that is not hidden'
run help --json
ok
jq -r '.verbs[] | select(.hidden | not) | .name' <"$out" >verbs
jq -r '.verbs[] | select(.hidden | not) | select(.min_args > 0) | .name' <"$out" >needing
[ "$(wc -l <verbs)" -ge 30 ] || complain 'fewer verbs than expected'
run help
ok
while read -r verb; do assert_out "  $verb "; done <verbs

begin 'each verb explains itself on stdout, with --help, -h and help VERB'
while read -r verb; do
  # shellcheck disable=SC2086  # a verb may be two words
  run $verb --help
  ok
  assert_out "naru $verb"
  cp "$out" long
  # shellcheck disable=SC2086
  run -h $verb
  ok
  cmp -s "$out" long || complain "-h and --help differ for $verb"
  # shellcheck disable=SC2086
  run help $verb
  ok
  cmp -s "$out" long || complain "help $verb and --help differ"
done <verbs

begin 'a verb that lacks words says how it is used'
while read -r verb; do
  # shellcheck disable=SC2086
  run $verb
  assert_rc 2
  assert_no_out
  assert_err "naru $verb"
  assert_clean_message
done <needing

begin 'a verb with too many words says so'
run version one two
assert_rc 2
assert_no_out
assert_err 'too many'

begin 'an option that no verb has is refused'
while read -r verb; do
  # shellcheck disable=SC2086
  run $verb --no-such-option
  assert_rc 2
  assert_no_out
  assert_err '--no-such-option'
done <verbs

begin 'a verb that is not there is guessed'
run advnce X
assert_rc 2
assert_no_out
assert_err 'advance'
run zzzzzzzz
assert_rc 2
assert_err 'zzzzzzzz'
run person ad
assert_rc 2
assert_err 'person add'

begin 'without a verb it says what is missing'
run
assert_rc 2
assert_no_out
assert_err 'verb'
run person
assert_rc 2
assert_err 'second word'

begin 'a group explains itself'
run person --help
ok
assert_out 'person add'

begin 'version'
run --version
ok
cp "$out" version
run version
cmp -s "$out" version || complain 'version and --version differ'
run version --json
assert_jq '.version | test("^[0-9]+\\.[0-9]+")'

begin 'options may stand before and after the verb'
run --json version
assert_jq '.format == 1'
run --lang ko version
ok

begin 'options with a choice take no other value'
run --lang fr version
assert_rc 2
assert_err 'ko, en'
run --color purple version
assert_rc 2
assert_err 'always'

begin 'words after -- are no options'
run version -- --help
assert_rc 2

begin 'an error in JSON has its five keys'
run --json nothing
assert_rc 2
assert_no_err
assert_jq '.error | keys == ["code","cure","field","line","message"]'
assert_jq '.error.code == "usage"'

begin 'new TYPE --help lists the fields of the type'
run new deal --help
ok
assert_out 'title'
assert_out 'sectors'

begin 'the manual page names every verb and every exit status'
run man
ok
# roff: a minus sign is written \-
while read -r verb; do
  grep -qF "naru $(echo "$verb" | sed 's/-/\\-/g')" "$out" || complain "the manual page lacks $verb"
done <verbs
for status in 0 1 2 3 4 5 6 7; do grep -qx ".B $status" "$out" || complain "exit status $status is missing"; done
if command -v man >/dev/null && command -v groff >/dev/null; then
  cp "$out" naru.1
  LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z naru.1 >/dev/null 2>roff.err
  [ ! -s roff.err ] || complain "roff warns: $(head -n 3 roff.err)"
fi

begin 'output that cannot be written is an error'
if [ -c /dev/full ]; then
  "$naru" help >/dev/full 2>"$err"
  rc=$?; last_call='naru help >/dev/full'; : >"$out"
  assert_rc 1
  assert_clean_message
fi

begin 'a reader that has seen enough is none'
"$naru" help 2>"$err" | head -c 1 >/dev/null
assert_no_err

if [ -n "${NARU_WRAPPER:-}" ]; then
  skip 'closed standard streams harm nothing' 'the wrapper wants its own streams open'
else
  begin 'closed standard streams harm nothing'
  "$naru" version >&- 2>&-
  rc=$?; last_call='naru version >&-'; : >"$out"; : >"$err"
  assert_rc 0
fi

finish
