#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A deal of each sector is refused at a gate by the sector's plugin, cured field by field with nothing but what the
# refusal says, and moved on.
. "$(dirname "$0")/lib.sh"
need jq
here=$(dirname "$0")
python=/usr/bin/python3
[ -x $python ] || skip_all 'there is no /usr/bin/python3'

make_office "$work/office"
run --as head new party name='Hanbit University' kind=university
run --as head person role head admin officer director
echo 'A document' >document.txt
cat >deals.jsonl <<'DEALS'
{"external_id":"BIO","title":"Salivary biomarkers","hub":"MGK","sectors":["bio-health"],"stage":"idea","trl":5,"summary":"x","bio_health":{"human_subjects":true}}
{"external_id":"NANO","title":"Silver nanowires","hub":"MGK","sectors":["nano"],"stage":"idea","trl":5,"summary":"x","nano":{"lab":{"handles_nano":true}}}
{"external_id":"IT","title":"Scheduling library","hub":"MGK","sectors":["it"],"stage":"marketing","trl":5,"summary":"x","it":{"elements":["software"]}}
{"external_id":"GREEN","title":"Sensor board","hub":"MGK","sectors":["green"],"stage":"licensing","trl":5,"summary":"x","green":{"product":["electrical"],"markets":["KR"]}}
DEALS
run --as head import deal deals.jsonl
[ "$rc" -eq 0 ] || { cat "$err"; echo 'Bail out! no deals'; exit 1; }

components='[{"name":"zlib","spdx":"Zlib","linkage":"static","distributed":true,"modified":false,"network_use":false}]'
substances='['
for substance in lead mercury cadmium chromium-vi pbb pbde dehp bbp dbp dibp; do
  substances="$substances{\"substance\":\"$substance\",\"ppm\":\"10\"},"
done
substances="${substances%,}]"

walk () { # DEAL STAGE RULE PLUGIN
  begin "a deal of $4: refused by $3"
  run --as minji check "$1" "$2" --json
  assert_rc 3
  assert_jq --arg rule "$3" --arg pack "$4" '.findings[] | select(.rule == $rule) |
    .status == "fail" and .severity == "block" and .why.pack == $pack and (.why.law | length > 0) and
    (.fields | length > 0) and (.remedy | startswith("naru "))'

  begin "a deal of $4: cured with what the refusal says"
  "$python" "$here/cure.py" "$1" "$2" head "$PWD/document.txt" \
    "it.components=$components" "green.substances=$substances" >cured 2>cure.err || complain "still shut: $(cat cure.err)"
  grep -qx "$3" cured || complain "$3 is not among what was cured: $(cat cured)"

  begin "a deal of $4: moved on, and the history tells by which rules"
  run --as minji advance "$1" "$2"
  ok
  git -C "$NARU_OFFICE/audit.git" log -1 --format=%B main >message
  grep -q "^Naru-Verdict: $3@1 block pass$" message || complain "the verdict is not there: $(cat message)"
  grep -q "^Naru-Rules: $4@1.0 blake2b:" message || complain 'the pack is not there'
}

walk MGK-2026-00001 disclosure BIO-IRB-02 biohealth
walk MGK-2026-00002 disclosure NT-LAB-01 nano
walk MGK-2026-00003 licensing IT-OSS-01 it
walk MGK-2026-00004 post-deal GT-ROHS-01 green

begin 'judged again as it was, each verdict is the one that its commit holds'
for deal in MGK-2026-00001 MGK-2026-00002 MGK-2026-00003 MGK-2026-00004; do
  commit=$(git -C "$NARU_OFFICE/audit.git" log --format='%H %s' main | sed -n "s/^\([0-9a-f]*\) deal $deal: advance .*/\1/p" | head -n 1)
  run --as minji check "$deal" --as-of "$commit" --json
  ok
  assert_jq '.as_of.same == true and .allowed == true'
done

begin 'four plugins are on, with two loaders'
run --as head plugin list --json
ok
assert_jq '[.[] | select(.state == "on" and .loaded)] | length == 4 and ([.[].loader] | unique | length == 2)'

finish
