#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What an auditor does with stock tools alone: the commands of share/doc/AUDIT.md and of the history's own README.md, and
# share/audit/check-history on honest and on altered histories. NARU_TEST_LONG: with 10,000 commits.
. "$(dirname "$0")/lib.sh"
need git jq ssh-keygen b2sum basenc split

check () { # WORD…: the script
  sh "$NARU_DATA_DIR/share/audit/check-history" "$@" >"$out" 2>"$err"
  rc=$?
  last_call="check-history $*"
}

office () { # DIR: an office with decisions of all kinds and three keys
  make_office "$1"
  printf '%s\n' '{"title": "One", "external_id": "1", "stage": "on-hold"}' \
    '{"title": "Two", "external_id": "2", "stage": "on-hold"}' '{"title": "Three", "external_id": "3"}' >rows.jsonl
  run --as minji import deal rows.jsonl
  ok
  run --as minji approve MGK-2026-00001 evaluation
  [ "$rc" -ne 0 ] || complain 'an officer approved'
  run --as dir approve MGK-2026-00001 evaluation
  ok
  run --as minji advance MGK-2026-00001 evaluation
  ok
  run --as head key rotate --reason 'Yearly change'
  ok
  run --as dir waive MGK-2026-00001 patent.prior-art --reason 'The search comes later' --until 2099-12-31
  ok
  echo 'a document' >report.txt
  run --as minji attach MGK-2026-00001 report.txt
  ok
  run --as head key revoke --reason 'The disk was stolen'
  ok
  run --as dir2 reject MGK-2026-00002 evaluation --reason 'Not now'
  ok
}

begin 'the commands of share/doc/AUDIT.md do what they say'
office "$HOME/office"
cp "$NARU_DATA_DIR/share/audit/check-history" "$HOME/check-history"
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$NARU_DATA_DIR/share/doc/AUDIT.md" >commands
[ "$(wc -l <commands)" -ge 60 ] || complain 'the commands were not found'
mkdir documented bin
# the one program that is no stock tool, as the auditor's
printf '#!/bin/sh\nexec "%s" --as head "$@"\n' "$naru" >bin/naru
chmod +x bin/naru
(cd documented && PATH="$work/bin:$PATH" sh -eux ../commands) >"$out" 2>"$err" || complain 'a command failed'
assert_out 'all is well: one line, complete'
assert_out 'Good "git" signature'
assert_out 'the chain of all entries is'
assert_out 'approve resume.evaluation no-role'
assert_out 'deal MGK-2026-00001: waive patent.prior-art until 2099-12-31'
[ -s documented/report.html ] || complain 'no report'
last=$(git -C "$NARU_OFFICE/audit.git" log -1 --format='%(trailers:key=Naru-Chain,valueonly,separator=)' main)
assert_out "the chain of all entries is $last"
digest=$(git -C "$NARU_OFFICE/audit.git" log -1 --format='%(trailers:key=Naru-Rules,valueonly)' --grep='^Naru-Approved-By' main |
  sed -n 's/^technology.* blake2b://p')
assert_out "$digest"

begin "the commands of the history's own README.md work"
git clone -q "$NARU_OFFICE/audit.git" readme
cd readme || exit 1
grep '^|.*`git ' README.md | sed 's/\\|/\n/; s/^.*\n//' | grep -o '`git [^`]*`' | tr -d '`' |
  sed -e 's/MGK-2026-00442/MGK-2026-00001/g; s!/00/04/!/00/00/!; s/COMMIT/HEAD~2/g; s/2026-06-30/2099-06-30/' >../readme-commands
grep -v 'verify-tag\|NN/NAME' ../readme-commands >../runnable
[ "$(wc -l <../runnable)" -ge 14 ] || complain 'the commands were not found'
while read -r line; do
  sh -ec "$line" >"$out" 2>"$err" </dev/null || complain "$line"
done <../runnable
document=$(git ls-files documents)
assert_equal 'the digest of a document' "$(git show "HEAD:$document" | b2sum -l 256 | cut -d' ' -f1)" "$(basename "$document")"
git log --format='%(trailers:only,keyonly)' | sort -u | while read -r key; do
  grep -q "$key" README.md || echo "$key"
done >"$out"
assert_equal 'trailers that README.md does not name' "$(tr '\n' ' ' <"$out" | tr -d ' ')" ''
cd ..

begin 'check-history accepts an honest history, and prints the decisions on one deal'
check --record MGK-2026-00001 "$NARU_OFFICE/audit.git"
ok
assert_out 'deal MGK-2026-00001: advance on-hold → evaluation'
assert_out "Naru-Approved-By: $director (director"
assert_out 'deal MGK-2026-00001: waive patent.prior-art until 2099-12-31'
assert_out 'The search comes later'
assert_out 'Naru-Refused: approve resume.evaluation no-role'
assert_not_out MGK-2026-00002
first=$(sed -n 's/^the first key of the office is //p' "$out")
check --key "$first" "$NARU_OFFICE/audit.git"
ok
check --key SHA256:AAAA "$NARU_OFFICE/audit.git"
assert_rc 1
check --record MGK-2026-99999 "$NARU_OFFICE/audit.git"
assert_rc 1
check
assert_rc 2

begin 'a key that followed a lost one needs somebody to vouch for it'
cp -r "$HOME/office" "$work/lost"
rm "$work/lost/keys/office"
run --as head --office "$work/lost" key revoke --reason 'Lost'
ok
run --as minji --office "$work/lost" edit MGK-2026-00003 trl=2
ok
check "$work/lost/audit.git"
assert_rc 3
fingerprint=$(sed -n 's/^UNVOUCHED: the key \([^ ]*\).*/\1/p' "$out")
check --key "$first" --key "$fingerprint" "$work/lost/audit.git"
ok

# --- altered histories; the forger holds keys of the office ---------------------------------------------------
cp "$HOME/office/keys/office" stolen # in force at the end
forge () { # NAME: a clone to alter, with its last commit in the file "text"
  rm -rf "$work/$1"
  git clone -q --bare "$HOME/office/audit.git" "$work/$1"
  forged=$work/$1
  git -C "$forged" cat-file commit main | sed '/^gpgsig /,/END SSH/d' >text
}

sign () { # KEY: the commit of "text", signed; its id
  rm -f text.sig
  ssh-keygen -q -Y sign -n git -f "$1" text 2>/dev/null
  sed 's/^/ /; 1s/^ /gpgsig /' text.sig >gpgsig
  sed '/^committer /r gpgsig' text | git -C "$forged" hash-object -t commit -w --stdin
}

put () { # COMMIT: as head
  git -C "$forged" update-ref refs/heads/main "$1"
}

begin 'what was altered is found'
forge resigned
ssh-keygen -q -t ed25519 -N '' -f other
sed -i 's/Not now/Later/' text
put "$(sign other)"
check "$forged"
assert_rc 1
assert_out 'is not signed by the key that was in force'

forge unsigned
put "$(git -C "$forged" hash-object -t commit -w --stdin <text)"
check "$forged"
assert_rc 1

forge dropped
sed -i "s/^parent .*/parent $(git -C "$forged" rev-parse main~2)/" text
put "$(sign stolen)"
check "$forged"
assert_rc 1
assert_out 'has Naru-Seq'

forge redated
sed -i 's/^\(committer .*> \)[0-9]*/\11000000000/' text
put "$(sign stolen)"
check "$forged"
assert_rc 1
assert_out 'before the commit that it stands on'

forge merged
sed -i "s/^\(parent .*\)/\1\nparent $(git -C "$forged" rev-parse main~3)/" text
put "$(sign stolen)"
check "$forged"
assert_rc 1
assert_out 'joins two lines'

forge replaced
git -C "$forged" replace "$(git -C "$forged" rev-parse main~3)" "$(git -C "$forged" rev-parse main~4)"
check "$forged"
assert_rc 1
assert_out 'replaces objects'

forge grafted
git -C "$forged" rev-parse main >"$forged/info/grafts"
check "$forged"
assert_rc 1
assert_out 'grafts'

forge damaged
git -C "$forged" repack -adq
mv "$forged"/objects/pack/*.pack pack.kept && rm -f "$forged"/objects/pack/*
git -C "$forged" unpack-objects -q <pack.kept
object=$(git -C "$forged" rev-parse main~4:office.json)
object="$forged/objects/$(printf %.2s "$object")/$(printf %s "$object" | cut -c3-)"
chmod u+w "$object"
printf 'x' | dd of="$object" bs=1 seek=20 conv=notrunc 2>/dev/null
check "$forged"
assert_rc 1
assert_out 'git fsck'

begin 'a key that has ended cannot sign with an old date, nor a list vouch for itself'
run --as head init "$work/two" --name Two --hub TWO
ok
NARU_OFFICE=$work/two
cp "$work/two/keys/office" ended
run --as head new party name=A kind=company
ok
sleep 1.1
run --as head key rotate --reason 'Yearly change'
ok
run --as head new party name=B kind=company
ok
git -C "$work/two/audit.git" show main:keys/allowed_signers >signers
rm -rf backdated
git clone -q --bare "$work/two/audit.git" backdated
forged=$work/backdated
git -C "$forged" cat-file commit main | sed '/^gpgsig /,/END SSH/d' >text
early=$(git -C "$forged" log -1 --format=%ct main~2)
sed -i "s/^\(committer .*> \)[0-9]*/\1$early/" text
put "$(sign ended)"
# today's list accepts it: what git alone would say
git -C "$forged" -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit main >"$out" 2>"$err" ||
  complain 'git was expected to be taken in'
check "$forged"
assert_rc 1
assert_out 'is not signed by the key that was in force'

git -C "$forged" update-ref refs/heads/main "$(git -C "$work/two/audit.git" rev-parse main)"
blob=$(sed "s|ssh-ed25519 [^ ]*|$(cut -d' ' -f1,2 other.pub)|" signers | tail -n 1 | cat signers - | git -C "$forged" hash-object -w --stdin)
git -C "$forged" read-tree --index-output="$work/index" main 2>/dev/null || GIT_INDEX_FILE=$work/index git -C "$forged" read-tree main
GIT_INDEX_FILE=$work/index git -C "$forged" update-index --add --cacheinfo "100644,$blob,keys/allowed_signers"
tree=$(GIT_INDEX_FILE=$work/index git -C "$forged" write-tree)
git -C "$forged" cat-file commit main | sed '/^gpgsig /,/END SSH/d' | sed "s/^tree .*/tree $tree/" >text
put "$(sign other)"
check "$forged"
assert_rc 1
assert_out 'is not signed by the key that was in force'

many=300
[ "${NARU_TEST_LONG:-0}" = 0 ] || many=10000
begin "an office with $many commits and a change of keys"
export NARU_OFFICE="$HOME/office"
{
  echo case,activity,time,who
  seq "$many" | awk '{ printf "C%d,%s,2024-01-%02dT09:00:00Z,Somebody\n", $1 / 20, $1 % 2 ? "Idea" : "Disclosure", 1 + $1 % 20 }'
} >log.csv
printf '%s' '{"title": {"en": "Log", "ko": "기록"}, "type": "deal", "case": "case", "activity": "activity",
  "time": "time", "actor": "who", "constants": {"hub": "LOG"}}' >log.json
run --as minji import-history log.csv --map log.json
ok
run --as head key rotate --reason 'Once more'
ok
run --as minji edit MGK-2026-00003 trl=5
ok
[ "$(commits)" -gt "$many" ] || complain 'few commits'
begun=$(date +%s)
check --record MGK-2026-00001 "$NARU_OFFICE/audit.git"
echo "# $(commits) commits checked in $(($(date +%s) - begun)) s"
ok
assert_out "$(commits) commits from"
assert_out 'deal MGK-2026-00001: advance on-hold → evaluation'
begun=$(date +%s)
run --as head audit report --json
echo "# reported in $(($(date +%s) - begun)) s"
ok
assert_jq --argjson n "$many" '(.sections.imported | length) > $n and (.sections.late | length) >= $n'
finish
