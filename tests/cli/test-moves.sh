#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A deal is refused at a gate with all that is missing, is cured with the commands that the refusal names, and moves on.
. "$(dirname "$0")/lib.sh"
need jq git

make_office "$work/office"
run --as minji new deal title='A better stent' sectors=bio-health
id=$(cat "$out")
run --as head new party name='Hanbit University' kind=university
university=$(cat "$out")
run --as head new party name='Narae Cells' kind=company
company=$(cat "$out")

begin 'check lists every unmet condition with its cure, and ends with 3'
run --as minji check "$id" joint-rd
assert_rc 3
assert_no_err
assert_out '✗'
assert_out 'joint-rd.parties'
assert_out 'joint-rd.officer'
assert_out "naru link $id officer"

begin 'check in JSON'
run --as minji check "$id" joint-rd --json
assert_rc 3
assert_no_err
assert_jq --arg id "$id" '.id == $id and .from == "idea" and .to == "joint-rd" and .allowed == false'
assert_jq '.findings | length >= 2 and all(has("rule") and has("severity") and has("status") and has("title")
  and has("message") and has("fields") and has("remedy"))'

begin 'advance is refused with the same list, and changes nothing'
before=$(commits)
run --as minji advance "$id" joint-rd
assert_rc 3
assert_out 'joint-rd.parties'
assert_out 'joint-rd.officer'
assert_equal commits "$(commits)" "$before"
run --as minji advance "$id" joint-rd --json
assert_rc 3
assert_jq '.error.code == "blocked" and (.review.findings | length >= 2)'

# Carries out the commands among the remedies of the findings with this status, as a person would who fills in what
# they leave open; lines that are not commands are advice.
cure () { # STATUS
  run --as minji check "$id" joint-rd --json
  jq -r --arg status "$1" '.findings[] | select(.status == $status) | .remedy' <"$out" | grep '^naru ' | sort -u >remedies
  while read -r remedy; do
    remedy=$(printf '%s' "$remedy" |
      sed -e "s/PERSON-ID/$minji/" -e "s/PARTY-ID/$university/" -e "s/PARTY-ID/$company/" -e 's/=TEXT/="A good idea"/' \
        -e 's/"role":"[^"]*"/"role":"joint-rd"/g' -e 's/=yes|no/=no/g' -e 's/\([="]\)\([a-z-]*\)|[a-z|-]*/\1\2/g')
    eval "set -- $remedy"
    shift
    run --as minji "$@"
    ok
  done <remedies
}

begin 'the remedies name the commands that cure'
cure fail

begin 'questions block nothing, and name the commands that answer them'
run --as minji check "$id" joint-rd --json
assert_rc 0
assert_jq '[.findings[] | select(.status == "unknown")] | length >= 3 and all(.fields | length >= 1)'
run --as minji check "$id" joint-rd
assert_out '?'
assert_out 'national_rd.project=none|'
cure unknown
run --as minji check "$id" joint-rd --json
assert_rc 0
assert_jq '[.findings[] | select(.status == "unknown")] | length == 0'
assert_jq '[.findings[] | select(.status == "not-applicable")] | length >= 3'

begin 'cured, the gate opens and the deal moves'
run --as minji check "$id" joint-rd
ok
run --as minji advance "$id" joint-rd
ok
run --as minji show "$id" --json
assert_jq '.record.stage == "joint-rd"'
run --as minji history "$id" --json
assert_jq '.[-1] | .action == "advance" and .from == "idea" and .to == "joint-rd"'

begin 'a move that the pipeline does not know names those it does'
run --as minji advance "$id" spin-off
[ "$rc" -ne 0 ] || complain 'it moved'
assert_clean_message
assert_err 'disclosure'
run --as minji advance "$id" nowhere
[ "$rc" -ne 0 ] || complain 'it moved'
assert_clean_message

begin 'a move upon an old revision ends with 5'
run --as minji show "$id" --json
revision=$(value_of .revision)
run --as minji note "$id" 'meanwhile'
run --as minji advance "$id" on-hold --if-revision "$revision"
assert_rc 5
assert_clean_message

begin 'the git log of the deal tells the move'
git -C "$NARU_OFFICE/audit.git" log --format=%s main >log
grep -q "deal $id: advance" log || complain "the log lacks the move: $(head -n 3 log)"

begin 'the board shows the card in its column'
COLUMNS=100 run --as minji board
ok
assert_out "$id"
assert_out 'Joint R&D'
run --as minji board --json
assert_jq --arg id "$id" '.stages[] | select(.id == "joint-rd") | .count == 1 and .cards[0].id == $id'

begin 'a condition is waived with a reason until a day, and stays visible'
run --as minji new deal title='In a hurry'
hurry=$(cat "$out")
run --as minji waive "$hurry" joint-rd.officer --until 2099-12-31
assert_rc 2
run --as minji waive "$hurry" joint-rd.officer --reason 'Not yet named' --until 2099-12-31
[ "$rc" -ne 0 ] || complain 'an officer waived it'
run --as dir check "$hurry" joint-rd --json
assert_rc 3

finish
