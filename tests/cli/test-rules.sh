#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rule packs and plugins: listed, explained, measured, adopted, switched on and off, tested; a move judged again as it was.
. "$(dirname "$0")/lib.sh"
need jq git

make_office "$work/office"
plugins=${NARU_PLUGIN_DIR:?NARU_PLUGIN_DIR names no folder}
packs=${NARU_DATA_DIR:?NARU_DATA_DIR names no folder}/share/rules

cat >deals.jsonl <<'J'
{"external_id": "E1", "title": "A stent", "stage": "patent", "sectors": ["bio-health"], "patent": {"application_number": "10-2026-1", "filed_on": "2026-03-02"}, "bio_health": {"product": "drug"}}
{"external_id": "E2", "title": "A royalty", "stage": "licensing", "national_rd": {"project": "general"}, "ownership": {"organisation": "private-university"}, "transfer": {"contract_on": "2025-01-30", "distribution": {"researcher": 65, "contributor": 10, "institution": 25}}}
J
run --as minji import deal deals.jsonl
stent=MGK-2026-00001
royalty=MGK-2026-00002

# The pack that asks for 70 % instead of 60 % for contracts of 2025 and 2026.
git -C "$NARU_OFFICE/audit.git" show main:rules/national-rd@1.0.json |
  jq '.version = "1.1" | (.rules[] | select(.id == "NRD-DIST-01") | .versions[] | select(.version == "2024")
    | .must.properties.transfer.properties.distribution.properties.researcher.minimum) = 70' >stricter.json

begin 'rules lists the packs in force, with all their rules'
run --as minji rules
ok
assert_out 'national-rd@1.0'
assert_out 'NRD-DIST-01'
assert_out '국가연구개발혁신법'
assert_out 'BIO-IRB-01'
run --as minji rules --json
ok
assert_jq 'length >= 8 and all(has("id") and has("version") and has("digest") and has("enabled") and has("title")
  and (.rules | length >= 1 and all(has("id") and has("severity") and has("title") and has("law"))))'
assert_jq '[.[].id] | index("licensing") < index("ownership")'

begin 'a rule is explained, with the deals that it has a say in'
run --as minji rules NRD-DIST-01
ok
assert_out 'national-rd@1.0'
assert_out 'block'
assert_out '국가연구개발혁신법 시행령 41(2)'
assert_out '2024-12-31 – 2026-12-31'
assert_out 'not verified by a person'
assert_out "$royalty → post-deal"
run --as minji rules NRD-DIST-01 --json
ok
assert_jq --arg id "$royalty" '.pack == "national-rd" and .rule.id == "NRD-DIST-01" and .enabled
  and any(.touches[]; .id == $id and .to == "post-deal" and .status == "pass")'
run --as minji rules NO-SUCH-01
assert_rc 4
assert_clean_message
assert_err 'NO-SUCH-01'

begin 'a rule in Korean'
run --as minji --lang ko rules NRD-DIST-01
ok
assert_out '국가연구개발 기술료의 법정 배분'
assert_out '참여연구자 60% 이상 배분'
run --as minji --lang ko check "$royalty" post-deal
assert_rc 3
assert_out '기술이전 심의위원회'
assert_not_out 'The researchers receive'

begin 'impact tells whose verdict would change, and changes nothing'
before=$(commits)
run --as minji rules impact stricter.json
ok
assert_out 'national-rd: 1.0 → 1.1'
assert_out 'NRD-DIST-01'
assert_out "$royalty → post-deal  NRD-DIST-01: block pass → block fail"
run --as minji rules impact stricter.json --json
ok
assert_jq --arg id "$royalty" '.deals == 2 and .changed == 1 and .from == "1.0" and .to == "1.1"
  and .rules == [{"rule": "NRD-DIST-01", "changed": 2, "now_blocks": 2, "now_open": 0}]
  and all(.changes[]; .id == $id and .before == "block pass" and .after == "block fail")'
run --as minji rules impact "$packs/licensing" --json
ok
assert_jq '.changed == 0'
assert_equal commits "$(commits)" "$before"

begin 'adopting needs a reason and the right to administer'
run --as head rules adopt stricter.json
assert_rc 2
assert_clean_message
assert_err '--reason'
run --as head rules adopt stricter.json --reason ''
assert_rc 2
assert_clean_message
run --as head rules adopt stricter.json --reason "$(printf '\377')"
assert_rc 2
assert_clean_message
run --as minji rules adopt stricter.json --reason 'A new decree'
assert_rc 1
assert_clean_message
run --as head rules adopt
assert_rc 2
assert_clean_message
assert_equal commits "$(commits)" "$before"

begin 'bad packs are refused with file, place and cure'
printf '{"id": "x",\n "version": }\n' >broken.json
jq '.rules[0].colour = "red"' stricter.json >member.json
jq 'del(.rules[1].remedy)' stricter.json >remedy.json
jq '.version = "1.0"' stricter.json >same.json
jq '.fields = {}' stricter.json >fields.json
for verb in impact adopt; do
  reason=
  [ $verb = impact ] || reason='--reason=why'
  run --as head rules $verb broken.json $reason
  assert_rc 2
  assert_err 'broken.json'
  assert_err 'line 2'
  assert_clean_message
  run --as head rules $verb nowhere.json $reason
  assert_rc 4
  assert_err 'nowhere.json'
  assert_clean_message
  run --as head rules $verb member.json $reason
  assert_rc 2
  assert_err 'member.json, NRD-'
  assert_err '/rules/0/colour'
  run --as head rules $verb remedy.json $reason
  assert_rc 2
  assert_err '/rules/1/remedy'
  assert_clean_message
  run --as head rules $verb same.json $reason
  assert_rc 1
  assert_err '1.0'
  assert_clean_message
  run --as head rules $verb fields.json $reason
  assert_rc 2
  assert_clean_message
done
run --as head rules adopt broken.json --reason why --json
assert_rc 2
jq -e '.error.code == "invalid" and .error.line == 2 and (.error.cure | length > 0)' <"$out" >/dev/null ||
  jq -e '.error.code == "invalid" and .error.line == 2' <"$err" >/dev/null || complain 'the error is not told in JSON'
assert_equal commits "$(commits)" "$before"

begin 'adopted, a pack judges, and stands in the history with its reason'
run --as head rules adopt stricter.json --reason 'The decree of November'
ok
assert_out 'national-rd@1.1'
run --as minji check "$royalty" post-deal
assert_rc 3
assert_out 'must be at least 70'
assert_out "naru edit $royalty transfer.distribution.researcher=70..100"
git -C "$NARU_OFFICE/audit.git" log -1 --format=%B main >message
grep -q '^office: adopt rules national-rd@1.1$' message || complain 'the subject is another one'
grep -q '^Reason: The decree of November$' message || complain 'the reason is not there'
grep -q '^Naru-Rules: national-rd@1.1 blake2b:[0-9a-f]\{64\}$' message || complain 'the trailer is not there'
run --as head rules adopt stricter.json --reason 'Once more' --json
ok
assert_jq '.id == "national-rd" and .version == "1.1"'
assert_equal commits "$(commits)" "$((before + 1))"

begin 'plugins are listed with their state'
run --as minji plugin list
ok
assert_out 'biohealth'
assert_out 'on'
run --as minji plugin list --json
ok
assert_jq 'any(.[]; .name == "biohealth" and .state == "on" and .loaded and .abi == 1 and .loader == "C"
  and .sectors == ["bio-health"] and .rules >= 50 and (.digest | length == 64))'
run --as minji plugin show biohealth
ok
assert_out 'Bio-health'
assert_out "$plugins/biohealth"
run --as minji plugin show biohealth --json
assert_jq '.name == "biohealth" and .state == "on"'
run --as minji --lang ko plugin show biohealth
assert_out '바이오·헬스'
run --as minji plugin show nothing
assert_rc 4
assert_clean_message

begin 'a plugin is switched off with a reason: its deals stand still'
run --as head plugin disable biohealth
assert_rc 2
assert_err '--reason'
run --as head plugin disable biohealth --reason ''
assert_rc 2
run --as minji plugin disable biohealth --reason why
assert_rc 1
assert_clean_message
run --as head plugin disable nothing --reason why
assert_rc 4
assert_clean_message
run --as head plugin disable biohealth --reason 'Judges wrongly'
ok
run --as minji check "$stent" marketing
assert_rc 3
assert_out 'sector.bio-health'
assert_out 'naru plugin enable'
run --as minji check "$stent" pre-clinical
assert_rc 2
assert_clean_message
run --as minji plugin list --json
assert_jq 'any(.[]; .name == "biohealth" and .state == "off" and (.cure | contains("naru plugin enable biohealth")))'
run --as minji rules
assert_out 'biohealth@1.0 (off)'

begin 'and on again'
run --as minji plugin enable biohealth
assert_rc 1
run --as head plugin enable biohealth --reason "$(printf '\377')"
assert_rc 2
assert_clean_message
run --as head plugin enable nothing
assert_rc 4
assert_clean_message
run --as head plugin enable biohealth --reason 'Mended' --json
ok
assert_jq '.name == "biohealth" and .enabled'
run --as minji check "$stent" marketing --json
assert_jq 'all(.findings[]; .rule != "sector.bio-health")'
run --as minji check "$stent" pre-clinical
assert_out 'pre-clinical'

begin 'plugin test runs the cases of a pack, in an office or without one'
(unset NARU_OFFICE; "$naru" plugin test "$packs/bayh-dole" >"$out" 2>"$err"; echo $? >status)
rc=$(cat status)
last_call='naru plugin test share/rules/bayh-dole'
ok
assert_out 'bayh-dole@1.0'
run plugin test "$packs/bayh-dole" --json
ok
assert_jq '.pack == "bayh-dole" and .failed == 0 and .rules >= 8 and .cases >= 24
  and (.cases as $n | .results | length >= $n and all(.ok))'
cp -r "$packs/bayh-dole" mine
chmod -R u+w mine
rule=$(jq -r '.rules[0].id' mine/rules.json)
jq '(.cases[] | select(.expect.status == "pass") | .expect.status) = "fail"' "mine/tests/cases/$rule.json" >case
cp case "mine/tests/cases/$rule.json"
rm "mine/tests/cases/$(jq -r '.rules[1].id' mine/rules.json).json"
run plugin test mine
assert_rc 1
assert_out "$rule"
assert_out 'expected fail, got pass'
assert_out "$(jq -r '.rules[1].id' mine/rules.json)"
run plugin test mine --json
assert_rc 1
assert_jq '.failed >= 2 and any(.results[]; .ok == false and (.message | length > 0))'
run plugin test nowhere
assert_rc 4
assert_clean_message
printf '{' >mine/rules.json
run plugin test mine
assert_rc 2
assert_err 'rules.json'
assert_clean_message

begin 'a move is judged again as it was decided'
run --as minji new deal title='An idea'
idea=$(cat "$out")
run --as minji edit "$idea" officer="$minji" summary=s sectors:='["bio-health"]' \
  ownership.agreement_terms:='{"background_ip":true,"cost":true,"data":true,"diligence":true,"exit":true,"export":true,"foreground_owner":true,"governing_law":true,"option":true,"prosecution_lead":true,"publication_review":true,"shares":true}'
run --as head new party name=A
one=$(cat "$out")
run --as head new party name=B
two=$(cat "$out")
run --as minji edit "$idea" parties:="[{\"party\":\"$one\",\"role\":\"university\"},{\"party\":\"$two\",\"role\":\"company\"}]"
run --as minji advance "$idea" joint-rd
assert_rc 0
jq '.version = "1.2" | (.rules[] | select(.id == "RDA-02") | .must) = {"required": ["keywords"]}' \
  "$packs/ownership/rules.json" >rules.json
jq -s '.[0] + {"fields": .[1].properties}' rules.json "$packs/ownership/schema.json" >ownership.json
run --as head rules adopt ownership.json --reason 'Stricter'
ok
run --as minji edit "$idea" ownership.agreement_terms.cost=no
ok
run --as minji history "$idea" --json
commit=$(jq -r '[.[] | select(.action == "advance")][0].commit' <"$out")
number=$(jq -r '[.[] | select(.action == "advance")][0].seq' <"$out")
for name in "$commit" "#$number"; do
  run --as minji check "$idea" --as-of "$name"
  ok
  assert_out 'joint-rd'
  assert_out 'The gate is open.'
  assert_out 'The verdict is the one that its commit holds.'
  run --as minji check "$idea" --as-of "$name" --json
  ok
  assert_jq --arg commit "$commit" '.to == "joint-rd" and .allowed and .as_of.same and .as_of.commit == $commit
    and .as_of.stored == .as_of.verdict and (.as_of.stored | index("RDA-02@1 block pass") != null)'
done
run --as minji check "$idea" disclosure --as-of "$(date +%Y-%m-%d)" --json
assert_jq '.from == "joint-rd" and (.as_of | has("same") | not)'
for name in 1999-12-31 yesterday '#99999' deadbeef; do
  run --as minji check "$idea" --as-of "$name"
  assert_rc 4
  assert_clean_message
done
run --as minji check "$idea" --as-of "$(printf '\377')"
assert_rc 2
assert_clean_message

begin 'a plugin that is gone is named as missing'
mkdir -p "$XDG_DATA_HOME/naru/plugins/quantum"
cat >"$XDG_DATA_HOME/naru/plugins/quantum/quantum.plugin" <<'P'
[Plugin]
Module=naru_quantum
Loader=data
Name=Quantum
Version=1.0.0
X-Naru-ABI=1
X-Naru-Sectors=quantum;
P
jq '{id: "quantum", version: "1", title, sectors: ["quantum"], sector_titles: {quantum: .title},
  rules: [.rules[] | select(.id == "RDA-02") | .id = "QT-01" | .must = {required: ["unit"]}]}' \
  "$packs/ownership/rules.json" >"$XDG_DATA_HOME/naru/plugins/quantum/rules.json"
run --as minji plugin list --json
assert_jq 'any(.[]; .name == "quantum" and .state == "new" and .rules == 1)'
run --as head plugin enable quantum
ok
run --as minji new deal title='A qubit' sectors=quantum
ok
qubit=$(cat "$out")
run --as minji check "$qubit" joint-rd --json
assert_jq 'any(.findings[]; .rule == "QT-01" and .status == "fail")'
mv "$XDG_DATA_HOME/naru/plugins/quantum" aside
run --as minji plugin list
ok
assert_out 'missing'
assert_out 'naru plugin disable quantum --reason'
run --as minji check "$qubit" joint-rd --json
assert_jq 'any(.findings[]; .rule == "QT-01" and .status == "fail")'

finish
