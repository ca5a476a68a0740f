#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Time stamps of seals (RFC 3161) by a service on this machine: asked for, checked, kept, and verified by openssl alone.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
need git jq openssl curl
python=/usr/bin/python3
[ -x $python ] || skip_all "$python is not installed"
export TMPDIR="$work" no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

mkdir tsa
cp "$here/tsa.cnf" tsa/
(cd tsa && echo 01 >serial &&
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf -section request -keyout tsa.key -out tsa.pem -days 30 &&
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config tsa.cnf -section request -keyout x.key -out stranger.pem -days 30 &&
  echo other >other && openssl ts -query -data other -sha256 -cert -out other.tsq) >tsa/log 2>&1 || { cat tsa/log; echo 'Bail out! no certificate'; exit 1; }
$python "$here/tsa.py" "$work/tsa" &
server=$!
trap 'kill $server 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s tsa/port ] || sleep 0.5; done
[ -s tsa/port ] || { echo 'Bail out! no service'; exit 1; }
tsa=http://127.0.0.1:$(cat tsa/port)

make_office "$HOME/office"

begin 'a seal is stamped as it is made'
run --as head --json seal --name stamped --timestamp "$tsa/stamp" --tsa-ca tsa/tsa.pem
ok
assert_jq '.name == "seal-stamped" and (.timestamp | .name == "seal-stamped" and (.time | endswith("GMT"))) and .timestamp_problem == null'
run --as head --json seal list
ok
assert_jq '.seals[0].timestamp == "fits" and .findings == []'
run --as head seal list
ok
assert_out yes

begin 'the commands of share/doc/SEALS.md check it'
awk '/^## Time stamps/ { part = 1 } /^## How/ { part = 0 } part && /^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' \
  "$NARU_DATA_DIR/share/doc/SEALS.md" >commands
[ "$(wc -l <commands)" -ge 5 ] || complain 'the commands were not found'
mkdir documented
cp tsa/tsa.pem documented/
(cd documented && sh -e ../commands) >"$out" 2>"$err" || complain 'a command failed'
grep -q 'Verification: OK' "$out" "$err" || complain 'openssl verifies nothing'

refuse () { # WORDS NAME URL [WORD…]: no stamp is kept
  words=$1
  shift
  run --as head seal timestamp "$@"
  [ "$rc" -ne 0 ] || complain "$last_call: it was stamped"
  assert_clean_message
  assert_err "$words"
  assert_equal stamps "$(git -C "$NARU_OFFICE/audit.git" for-each-ref refs/naru/timestamps | wc -l | tr -d ' ')" 1
}

begin 'what is no sound stamp is not kept; the seal stands without'
run --as head --json seal --name plain --timestamp "$tsa/stamp"
assert_rc 1
assert_jq '.name == "seal-plain" and .timestamp == null and (.timestamp_problem | contains("not sound"))'
run --as head seal --name plain2 --timestamp "$tsa/gone" --tsa-ca tsa/tsa.pem
assert_rc 1
assert_out 'It stands, but without a time stamp'
refuse 'not sound' plain "$tsa/stamp" --tsa-ca tsa/stranger.pem
refuse 'not sound' plain "$tsa/other" --tsa-ca tsa/tsa.pem
refuse 'not sound' plain "$tsa/junk" --tsa-ca tsa/tsa.pem
refuse 'does not answer' plain "$tsa/gone" --tsa-ca tsa/tsa.pem
refuse 'does not answer' plain http://127.0.0.1:1/ --tsa-ca tsa/tsa.pem
refuse 'no address' plain file:///etc/passwd
refuse 'no address' plain https://user:secret@127.0.0.1/
refuse 'there is no' plain "$tsa/stamp" --tsa-ca tsa/none.pem
refuse 'there is no seal' nothing "$tsa/stamp"
refuse 'already' stamped "$tsa/stamp" --tsa-ca tsa/tsa.pem
run --as minji seal timestamp plain "$tsa/stamp" --tsa-ca tsa/tsa.pem
assert_rc 1
assert_equal 'left over' "$(find "$work" -maxdepth 1 -name 'naru-timestamp-*')" ''

begin 'it can be had later'
run --as head seal timestamp seal-plain "$tsa/stamp" --tsa-ca tsa/tsa.pem
ok
assert_out seal-plain

begin 'stamps go with the seals: to mirrors, into backups, and back'
git init -q --bare mirror.git
run --as head remote add auditor mirror.git
ok
run --as head remote push
ok
run --as head backup all.naru
ok
stamps='for-each-ref --format=%(objectname)%(refname) refs/naru/timestamps'
git -C "$NARU_OFFICE/audit.git" $stamps >stamps
assert_equal stamps "$(wc -l <stamps | tr -d ' ')" 2
git -C mirror.git $stamps | cmp -s - stamps || complain 'the mirror has others'
for from in mirror.git all.naru "file://$work/mirror.git"; do
  rm -rf restored
  run restore restored --from "$from"
  ok
  git -C restored/audit.git $stamps | cmp -s - stamps || complain "others from $from"
done
run --as head --json remote check auditor
ok
assert_jq '.relation == "same"'

begin 'a stamp of something else is told'
other=$(git -C "$NARU_OFFICE/audit.git" rev-parse refs/naru/timestamps/seal-stamped)
git -C "$NARU_OFFICE/audit.git" update-ref refs/naru/timestamps/seal-plain2 "$other"
run --as head --json seal list
assert_rc 6
assert_jq '[.findings[] | .code + " " + .about] == ["seal-timestamp-foreign seal-plain2"]'

begin 'without the programs a seal is made and the stamp skipped, with a word'
mkdir few
for program in git sh ssh; do ln -s "$(command -v $program)" "few/$program"; done
kept_path=$PATH
PATH="$work/few"
"$naru" --as head --json seal --name unstamped --timestamp "$tsa/stamp" >"$out" 2>"$err" </dev/null
rc=$?
PATH=$kept_path
last_call='naru seal without openssl'
ok
assert_jq '.name == "seal-unstamped" and .timestamp == null and (.timestamp_problem | contains("openssl"))'
finish
