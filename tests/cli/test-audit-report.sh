#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The audit report: every kind of event stands in its list with its commit, in text, JSON, CSV and HTML, in both
# languages; periods are cut to the day; only those who may audit get it.
. "$(dirname "$0")/lib.sh"
need git jq

at () { # TIME: what follows happens then
  NARU_CLOCK=$1
  export NARU_CLOCK
}

report () { # WORD…: as JSON
  run --as auditor --json audit report "$@"
  ok
}

in_list () { # LIST FILTER: how many events of a list fit
  value_of "[.sections.$1[] | select($2)] | length"
}

git_says () { # SEQ: the commit with that number
  git -C "$NARU_OFFICE/audit.git" log --format='%H %(trailers:key=Naru-Seq,valueonly,separator=%x2C)' main |
    awk -v seq="$1" '$2 == seq { print $1 }'
}

at 2026-01-05T09:00:00+09:00
TZ=Asia/Seoul
export TZ
make_office "$work/office"
run --as head person add auditor --name 'Yoon Auditor' --role auditor
auditor=$(cat "$out")
run --as head person add both --name 'Han Both' --role officer --role director
both=$(cat "$out")
printf '%s\n' '{"title": "<b>Stent</b> & co", "external_id": "1", "stage": "on-hold"}' \
  '{"title": "Two", "external_id": "2", "stage": "on-hold"}' \
  '{"title": "Three", "external_id": "3", "stage": "closed"}' >rows.jsonl
run --as minji import deal rows.jsonl
ok
one=MGK-2026-00001 two=MGK-2026-00002 three=MGK-2026-00003

at 2026-02-10T10:00:00+09:00
run --as both approve $one evaluation
ok
run --as both advance $one evaluation
assert_rc 3
run --as both advance $one evaluation
assert_rc 3
run --as minji approve $two evaluation
[ "$rc" -ne 0 ] || complain 'an officer approved'
run --as dir approve $one evaluation
ok
run --as minji edit $one trl=3
ok
run --as both advance $one evaluation
ok
run --as minji reject $two evaluation --reason 'Not mine'
[ "$rc" -ne 0 ] || complain 'an officer rejected'

at 2026-02-11T23:59:59+09:00
run --as dir waive $one patent.prior-art --reason 'The search comes <later>' --until 2026-03-01
ok
run --as minji waive $one patent.prior-art --reason 'No role' --until 2026-04-01
[ "$rc" -ne 0 ] || complain 'an officer waived'
run --as minji edit $three trl=9
ok

at 2026-02-12T00:00:00+09:00
run --as head person role minji officer director
ok
run --as head key rotate --reason 'Yearly change'
ok
cp -r "$NARU_DATA_DIR/share/rules/ownership" pack && chmod -R u+w pack
jq '.version = "99.0"' "$NARU_DATA_DIR/share/rules/ownership/rules.json" >pack/rules.json
run --as head rules adopt pack --reason 'Decree of the day'
ok
printf 'case,activity,time,who\nC1,Idea,2024-03-01T09:00:00+09:00,Old Hand\n' >log.csv
printf '%s' '{"title": {"en": "Log", "ko": "기록"}, "type": "deal", "case": "case", "activity": "activity",
  "time": "time", "actor": "who", "constants": {"hub": "LOG"}}' >log.json
run --as minji import-history log.csv --map log.json
ok
at 2026-03-31T12:00:00+09:00
run --as minji note $one 'A quarter later'
ok

begin 'what four eyes refuse is a commit, once a day, and changes no file'
git -C "$NARU_OFFICE/audit.git" log --format=%s main >log
assert_equal refusals "$(grep -c ': refuse ' log)" 4
refusal=$(git -C "$NARU_OFFICE/audit.git" log --format=%H --grep='^Naru-Refused: advance resume.evaluation own-approval$' main)
assert_equal 'commits of it' "$(echo "$refusal" | wc -w)" 1
assert_equal 'files of it' "$(git -C "$NARU_OFFICE/audit.git" diff-tree -r "$refusal^" "$refusal")" ''
run --as auditor history $one --json
assert_jq '[.[] | select(.action == "refuse")] | length == 2'

begin 'each kind of event stands in its list'
report
assert_equal moves "$(in_list moves ".record == \"$one\" and .from == \"on-hold\" and .to == \"evaluation\"")" 1
assert_equal 'moves to look at' "$(value_of '.sections.attention[0].flags | sort | join(" ")')" \
  'edited-after-approval own-approval'
assert_equal approvers "$(value_of '[.sections.moves[0].approved_by[].person] | sort | join(" ")')" \
  "$(printf '%s\n' "$both" "$director" | sort | tr '\n' ' ' | sed 's/ $//')"
assert_equal approvals "$(in_list approvals '.action == "approve" and .from == "on-hold" and .to == "evaluation"')" 2
assert_equal 'their roles' "$(value_of '.sections.approvals[0].roles | join(" ")')" 'officer director'
assert_equal waivers "$(in_list waivers '.condition == "patent.prior-art" and .until == "2026-03-01" and .name == "Park Director"')" 1
assert_equal 'waivers on record' "$(in_list open_waivers '.state == "overdue"')" 1
assert_equal refusals "$(in_list refusals '.why == "own-approval"') $(in_list refusals '.why == "no-role"')" '1 3'
assert_equal 'who was refused' "$(value_of '[.sections.refusals[].name] | unique | join(" ")')" 'Han Both 김민지'
assert_equal edits "$(in_list edits '.after == "approval"') $(in_list edits '.after == "end"')" '1 1'
assert_equal people "$(in_list people ".record == \"$minji\" and .changes.roles.before == [\"officer\"] and .changes.roles.after == [\"officer\", \"director\"]")" 1
assert_equal keys "$(in_list keys '.action == "rotate-key" and (.key | length) == 1 and (.ended | length) == 1')" 1
assert_equal rules "$(in_list rules '.reason == "Decree of the day" and (.impact[0] | test("^deals 3 changed [0-9]+$"))')" 1
assert_equal imported "$(in_list imported true)" 2
assert_equal late "$(in_list late '.days > 700 and .action == "import"')" 1
assert_equal gaps "$(in_list gaps '.days == 36') $(in_list gaps '.days == 47')" '1 1'
assert_equal unsigned "$(in_list unsigned true)" 0
assert_equal entries "$(value_of .entries.count)" "$(commits)"
assert_jq --arg id "$director" '.actors[] | select(.person == $id) | (.approvals | length) == 1 and (.waivers | length) == 1'

begin 'every event leads to its commit, and every number to one'
value_of '.sections[][] | select(.seq) | "\(.seq) \(.commit)"' | sort -u >seen
git -C "$NARU_OFFICE/audit.git" log --format='%(trailers:key=Naru-Seq,valueonly,separator=%x2C) %H' main | sort >all
[ "$(wc -l <seen)" -ge 15 ] || complain 'few events'
assert_equal 'events without a commit' "$(comm -23 seen all)" ''
value_of '.commits[] | "\(.seq) \(.commit)"' | sort >listed
assert_equal 'numbers without a commit' "$(comm -23 listed all)$(comm -13 listed seen)" ''
value_of '[.actors[] | .moves[], .approvals[], .rejections[], .waivers[], .refusals[]] | .[]' | sort -u >named
cut -d' ' -f1 listed | sort -u | comm -13 - named >missing
assert_equal 'numbers of people without a commit' "$(cat missing)" ''

begin 'a period is cut to the day, in the zone of who asks'
report --from 2026-02-11 --to 2026-02-11
assert_equal entries "$(value_of '[.sections[][] | .recorded // empty] | unique | join(" ")')" '2026-02-11T23:59:59+09:00'
assert_equal state "$(value_of '.sections.open_waivers[0].state')" open
report --from 2026-02-12
assert_equal 'the waiver from before' "$(in_list open_waivers ".record == \"$one\" and .state == \"overdue\"") $(in_list waivers true)" '1 0'
report --to 2026-01-05
assert_equal last "$(value_of .entries.last.commit)" "$(git_says "$(value_of .entries.count)")"
report --from 2026-02-20 --to 2026-02-25
assert_jq '.entries.count == 0 and .entries.first == null and (.actors | length) == 0'
TZ=America/New_York report --from 2026-02-11 --to 2026-02-11
assert_equal 'another zone' "$(value_of '[.sections[][] | .recorded // empty] | unique | length')" 2
report --late 2000 --gap 40
assert_equal 'late and gaps' "$(in_list late true) $(in_list gaps true)" '0 1'

begin 'text for a terminal tells the same'
run --as auditor audit report
ok
assert_out 'Moves to look at'
assert_out 'edited in #'
assert_out "the approval is the requester's own"
assert_out 'overdue; patent.prior-art until 1 Mar 2026'
run --as auditor audit report --from 2026-02-20 --to 2026-02-25
ok
assert_out 'No entry was recorded then.'

begin 'CSV has a row for each event'
report
events=$(value_of '[.sections[][]] | length')
run --as auditor audit report --csv
ok
assert_equal rows "$(/usr/bin/python3 -c 'import csv, sys; print(len(list(csv.DictReader(open(sys.argv[1], newline="")))))' "$out")" "$events"
assert_out "The search comes <later>"

begin 'HTML is one page for A4, well-formed, without scripts, with nothing of a record as markup'
run --as auditor audit report --html --out report.html
ok
assert_no_out
assert_equal mode "$(stat -c %a report.html)" 600
/usr/bin/python3 - report.html "$(commits)" >"$out" 2>"$err" <<'PYTHON' || complain 'the page is not what it should be'
import html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
class Page(html.parser.HTMLParser):
    VOID = {"meta", "br"}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], set(), set()
    def handle_starttag(self, tag, attributes):
        assert tag in {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tbody", "tr",
                       "th", "td", "a", "span", "code", "br"}, tag
        for name, value in attributes:
            assert name in {"lang", "charset", "http-equiv", "content", "class", "id", "href"}, name
            if name == "id": self.ids.add(value)
            if name == "href": self.links.add(value)
        if tag not in self.VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
page = Page()
page.feed(text)
assert not page.open
assert len(page.links) > 15 and all(link[0] == "#" and link[1:] in page.ids for link in page.links), page.links - page.ids
assert "size:A4" in text and "The search comes &lt;later&gt;" in text
shown = set(re.findall(r"git show ([0-9a-f]{40})<", text))
assert len(shown) == len([one for one in page.ids if re.fullmatch(r"c\d+", one)]) > 15
PYTHON
for commit in $(grep -o 'git show [0-9a-f]*' report.html | cut -d' ' -f3); do
  git -C "$NARU_OFFICE/audit.git" cat-file -e "$commit" || complain "no commit $commit"
done

begin 'in Korean'
run --as auditor --lang ko audit report --html
ok
assert_out 'lang="ko"'
assert_out '2026. 2. 10.'
run --as auditor --lang ko audit report
ok
assert_out '2026. 2. 10.'

begin 'only who may audit'
run --as head person add outsider --name Outsider --role partner
run --as outsider audit report
assert_rc 1
assert_clean_message
run --as head audit report --from 2026-02-30
[ "$rc" -ne 0 ] || complain 'no such day'
assert_clean_message
run --as head audit report --from 2026-03-01 --to 2026-02-01
assert_rc 2
assert_clean_message
run --as head audit report --html --csv
assert_rc 2
run --as head audit report --out x
assert_rc 2
assert_clean_message

begin 'no secret and no private field'
run --as auditor audit report --json
assert_not_out 'head@example.com'

begin 'a history that was changed is told, not reported'
unset NARU_CLOCK
git -C "$NARU_OFFICE/audit.git" rev-parse main >/dev/null
cp -r "$NARU_OFFICE" "$work/copy"
mdb_dump -a "$work/copy" >dump 2>/dev/null || { skip 'a store that points elsewhere' 'mdb_dump is not installed'; finish; }
first=$(git_says 2) second=$(git_says 3)
sed "s/$first/XX/g; s/$second/$first/g; s/XX/$second/g" dump >dump.swapped
rm "$work/copy/data.mdb" "$work/copy/lock.mdb"
mdb_load -f dump.swapped "$work/copy" 2>"$err" || complain 'mdb_load'
run --as auditor --office "$work/copy" audit report
assert_rc 6
assert_clean_message

finish
