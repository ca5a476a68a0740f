#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One deal of an office of a thousand is given away; with stock git its history is read and checked, and nothing of any
# other record can be found in it.
. "$(dirname "$0")/lib.sh"
need jq git ssh-keygen basenc b2sum
here=$(dirname "$0")
python=/usr/bin/python3
[ -x $python ] || skip_all 'there is no /usr/bin/python3'

# An office with a thousand deals, and what people write about a few of them
make_office "$work/office"
$python -c '
import json
for i in range(1000):
    print(json.dumps({"external_id": f"EXTERNAL-NUMBER-{i:04}", "hub": "MGK", "sectors": ["green"], "trl": 1 + i % 9,
                      "title": f"Secret title {i:04} 비밀", "summary": f"Confidential summary {i:04}",
                      "unit": f"Laboratory {i:04}"}, ensure_ascii=False))' >deals.jsonl
run --as minji import deal deals.jsonl
[ "$rc" -eq 0 ] || { cat "$err"; echo 'Bail out! no deals'; exit 1; }
for n in 00007 00008 00431; do
  run --as minji note "MGK-2026-$n" "Whispered about $n"
  printf 'Contract of %s' "$n" >"contract-$n"
  run --as minji attach "MGK-2026-$n" "contract-$n" --name "agreement-of-$n.txt"
  run --as dir waive "MGK-2026-$n" RDA-02 --reason "Waived because of trouble in $n" --until 2099-12-31
  ok
done

# The one that is given away
run --as minji new deal title='A <script>alert(1)</script> & *stent*' sectors=bio-health
id=$(cat "$out")
path=records/deal/2026/00/10/$id.json
run --as head new party name='Hanbit University' kind=university
university=$(cat "$out")
run --as head new party name='Narae Cells' kind=company
company=$(cat "$out")
cure () { # STATUS: what a gate asks for, by the commands that it names
  run --as minji check "$id" joint-rd --json
  jq -r --arg status "$1" '.findings[] | select(.status == $status) | .remedy' <"$out" | grep '^naru ' | sort -u >remedies
  while read -r remedy; do
    remedy=$(printf '%s' "$remedy" |
      sed -e "s/PERSON-ID/$minji/" -e "s/PARTY-ID/$university/" -e "s/PARTY-ID/$company/" -e 's/=TEXT/="A good idea"/' \
        -e 's/"role":"[^"]*"/"role":"joint-rd"/g' -e 's/=yes|no/=no/g' -e 's/\([="]\)\([a-z-]*\)|[a-z|-]*/\1\2/g')
    eval "set -- $remedy"
    shift
    run --as minji "$@"
  done <remedies
}
run --as dir waive "$id" RDA-02 --reason 'Settled on <Monday>' --until 2099-12-31
ok
cure fail
cure unknown
run --as minji advance "$id" joint-rd
ok
printf 'What was invented' >disclosure.txt
run --as minji attach "$id" disclosure.txt --name 'invention|disclosure.txt'
run --as minji advance MGK-2026-00431 on-hold
run --as dir waive MGK-2026-00007 RDA-02 --reason 'The partner of 00007 left' --until 2099-12-31
run --as head key rotate --reason 'Yearly'
run --as minji note "$id" 'The last word'
run --as minji note MGK-2026-00431 'Whispered later'
history=$NARU_OFFICE/audit.git

begin 'a dossier is written, and says what it holds'
run --as minji dossier "$id" --out dossier --json
ok
assert_jq --arg id "$id" '.id == $id and .changes >= 6 and .documents == 1 and .commits_held_back == 5'
total=$(commits)
assert_jq --argjson total "$total" '.commits + .commits_of_others + .commits_held_back == $total and .commits_left_out == 0'
assert_equal 'mode' "$(stat -c %a dossier)" 700
assert_equal 'files in it' "$(cd dossier && ls | tr '\n' ' ')" 'allowed_signers chain.txt index.html index.md objects.txt '

begin 'every object is listed and the same, every commit without words is there, and no other record says anything'
$python "$here/dossier.py" "$history" dossier "$id" >"$out" 2>&1 || complain 'the dossier is not what it should be'
sed 's/^/# /' "$out"

begin 'the search would find another deal'
cp -r dossier leaky
git -C "$history" cat-file blob main:records/deal/2026/00/04/MGK-2026-00431.json >leaky/.git/left
$python "$here/dossier.py" "$history" leaky "$id" >"$out" 2>&1 && complain 'it found nothing'
assert_out 'Secret title 0430'
rm -r leaky

begin 'stock git reads the history of the deal'
git -C dossier log -p --format='%h %s' -- "$path" >"$out" 2>"$err" || complain 'git log -p failed'
assert_no_err
assert_out "deal $id: create"
assert_out '+  "stage": "joint-rd",'
assert_equal 'changes' "$(git -C dossier log --format=%H -- "$path")" "$(git -C "$history" log --format=%H main -- "$path")"
git -C dossier log -p --format= -- "$path" >ours
git -C "$history" log -p --format= main -- "$path" >theirs
cmp ours theirs || complain 'the differences are not the same'
git -C dossier log --format=%s -- keys >"$out"
assert_out 'office: sign with key'

begin 'stock git verifies each commit that is held'
git -C dossier cat-file --batch-check --batch-all-objects 2>"$err" | awk '$2 == "commit" { print $1 }' >held
(cd dossier && xargs git verify-commit <../held) >"$out" 2>&1 || complain 'a signature does not hold'
assert_equal 'good ones' "$(grep -c 'Good "git" signature' "$out")" "$(wc -l <held)"
git -C dossier log --show-signature --oneline >"$out" 2>&1 || complain 'git log --show-signature failed'

begin 'stock git finds all of it sound, and the whole is still a line'
git -C dossier fsck --full --strict >"$out" 2>&1 || complain 'git fsck failed'
[ ! -s "$out" ] || complain 'git fsck says something'
git -C dossier rev-list --all | sort >walked
sort held | cmp -s - walked || complain 'not all commits can be walked'

begin 'what is absent cannot be fetched, and nobody is asked for it'
timeout 10 git -C dossier show main:records/deal/2026/00/04/MGK-2026-00431.json >"$out" 2>"$err" && complain 'it was there'
[ ! -s "$out" ] || complain 'something was shown'
timeout 10 git -C dossier fetch >"$out" 2>"$err" && complain 'something was fetched'
assert_err 'not allowed'

begin 'every command of the page runs, and the chain holds'
$python -c '
import re, sys
for i, block in enumerate(re.findall(r"^```sh\n(.*?)\n```$", open("dossier/index.md").read(), re.S | re.M)):
    open(f"command-{i}", "w").write(block + "\n")'
assert_equal 'how many' "$(find . -maxdepth 1 -name 'command-*' | wc -l)" 7
for command in command-*; do
  (cd dossier && sh -e "../$command") >"$out" 2>said || complain "it failed: $(cat "$command")"
  grep -v 'Good "git" signature' said >"$err"
  assert_no_err
  if grep -q 'chain.txt' "$command"; then
    assert_no_out
    chain_command=$command
  else
    [ -s "$out" ] || complain "it says nothing: $(cat "$command")"
  fi
done
assert_equal 'page in HTML' "$(grep -c '<pre>' dossier/index.html)" 7

begin 'a change that is missing, added or another one breaks the chain'
cp dossier/chain.txt chain.txt
sed '2s/ 0/ 1/; t; 2s/ [1-9a-f]/ 0/' chain.txt >dossier/chain.txt
(cd dossier && sh "../$chain_command") >"$out" 2>&1
assert_out 'does not follow'
sed 2d chain.txt >dossier/chain.txt
(cd dossier && sh "../$chain_command") >"$out" 2>&1
assert_out 'does not follow'
cp chain.txt dossier/chain.txt

begin 'the page tells the story, and no text of the deal becomes markup'
cp dossier/index.md "$out"
assert_out 'Settled on &lt;Monday\>'
assert_out 'RDA-02 until 2099-12-31'
assert_out 'invention\|disclosure.txt'
assert_out "$(b2sum -l 256 disclosure.txt | cut -c 1-64)"
assert_out '| RDA-02@1 |'
assert_out '| waived (must be met) |'
cp dossier/index.html "$out"
assert_out '&lt;script&gt;alert(1)&lt;/script&gt; &amp; *stent*'
assert_not_out '<script'
assert_not_out 'http://'
$python -c '
import html.parser, sys
class Pairs(html.parser.HTMLParser):
    open = []
    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "img", "link", "iframe", "a"), tag
        if tag != "meta": self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
pairs = Pairs()
pairs.feed(open("dossier/index.html").read())
assert pairs.open == []' || complain 'the page is not well-formed'

begin 'it speaks Korean'
run --as minji --lang ko dossier "$id" --out dossier-ko
assert_rc 0
grep -q 'lang="ko"' dossier-ko/index.html || complain 'the page is not Korean'
cmp -s dossier/objects.txt dossier-ko/objects.txt || complain 'the objects are other ones'

begin 'without the commits of others'
run --as minji dossier "$id" --out alone --own-commits --json
ok
assert_jq --argjson total "$total" '.commits_of_others == 0 and .commits + .commits_left_out == $total'
$python "$here/dossier.py" "$history" alone "$id" --own-commits >"$out" 2>&1 || complain 'the dossier is not what it should be'
git -C alone fsck --full --strict >"$out" 2>&1 || complain 'git fsck failed'
git -C alone log -p --format= -- "$path" >ours
cmp ours theirs || complain 'the differences are not the same'
(cd alone && sh "../$chain_command") >"$out" 2>&1 || complain 'the chain does not hold'
assert_no_out

begin 'a folder that holds something is left as it is'
mkdir full
echo mine >full/file
run --as minji dossier "$id" --out full
[ "$rc" -ne 0 ] || complain 'it was written over'
assert_clean_message
assert_equal 'files' "$(ls -A full)" file

begin 'a disk without room leaves nothing'
(ulimit -f 8 && "$naru" --as minji dossier "$id" --out cut) >"$out" 2>"$err" </dev/null
assert_clean_message
[ ! -e cut ] && [ -z "$(find . -maxdepth 1 -name 'cut*')" ] || complain 'something is left'

begin 'who may not export a deal, or not see all of it, gets none'
run --as head person add inv --name 'Inventor' --role inventor
inventor=$(cat "$out")
run --as minji edit "$id" "inventors:=[{\"person\":\"$inventor\",\"share\":\"100\"}]"
run --as inv show "$id"
ok
run --as inv dossier "$id" --out no
assert_rc 1
assert_clean_message
run --as inv dossier MGK-2026-00007 --out no
assert_rc 4
run --as minji dossier MGK-2026-99999 --out no
assert_rc 4
run --as minji dossier "$id"
assert_rc 2
assert_clean_message
run --as head person add aud --name 'Auditor' --role auditor
run --as aud dossier "$minji" --out no
assert_rc 1
assert_err 'may not see'
[ ! -e no ] || complain 'a folder was made'

begin 'a record without stages has a dossier too'
run --as minji dossier "$university" --out party
ok
$python "$here/dossier.py" "$history" party "$university" >"$out" 2>&1 || complain 'the dossier is not what it should be'

finish
