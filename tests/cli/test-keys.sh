#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every commit is signed, and stock git and ssh-keygen accept each; keys are changed, given up, lost and damaged.
. "$(dirname "$0")/lib.sh"
need git jq ssh-keygen

signers () { # COMMIT: the list of keys as it stands there, in the file "signers"
  git -C "$NARU_OFFICE/audit.git" show "$1:keys/allowed_signers" >"$work/signers"
}

verify_all () { # N: so many commits, each accepted by git with the list of the last
  signers main
  for commit in $(git -C "$NARU_OFFICE/audit.git" rev-list main); do
    git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit "$commit" \
      >"$out" 2>"$err" || complain "git verify-commit $commit"
  done
  assert_equal commits "$(commits)" "$1"
  git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" log --format='%G? %GS' main |
    sort -u >"$out"
  assert_equal 'what git log shows' "$(cat "$out")" 'G office@mgk.naru'
  assert_equal 'git fsck' "$(git -C "$NARU_OFFICE/audit.git" fsck --strict --no-dangling --no-progress 2>&1)" ''
}

refused () { # WORDS: a change is refused for the key's sake, and nothing is written, signed or not
  before=$(git -C "$NARU_OFFICE/audit.git" rev-parse main)
  run --as minji new deal title=Two sectors=it
  [ "$rc" -eq 1 ] || [ "$rc" -eq 6 ] || complain "$last_call: ended with $rc"
  assert_no_out
  assert_err "$1"
  assert_clean_message
  run --as minji --json new deal title=Two sectors=it
  assert_jq '.error | .field == "keys/office" and (.cure | length > 10)'
  run --as head --json status
  assert_jq '.signing == "broken" and .history == "complete" and (.signing_cure | length > 10)'
  [ "$rc" -eq 1 ] || complain "$last_call: ended with $rc"
  assert_equal 'the head' "$(git -C "$NARU_OFFICE/audit.git" rev-parse main)" "$before"
  run --as minji list deal
  ok
}

begin 'init makes a key, for nobody else to read, and not in git'
make_office "$work/office"
assert_equal 'files of keys/' "$(ls "$work/office/keys" | tr '\n' ' ')" 'office office.pub '
assert_equal 'mode of the key' "$(stat -c %a "$work/office/keys/office")" 600
ssh-keygen -y -f "$work/office/keys/office" >public || complain 'ssh-keygen cannot read the key'
cmp -s public "$work/office/keys/office.pub" || complain 'office.pub is of another key'
git -C "$work/office/audit.git" cat-file --batch --batch-all-objects >objects
if grep -aq 'PRIVATE KEY' objects; then complain 'a private key is in the history'; fi
grep -q "$(cut -d' ' -f2 public)" objects || complain 'the public key is not in the history'

begin 'every commit is signed, whatever made it'
run --as minji new deal title=One sectors=it
ok
id=$(cat "$out")
printf 'text\n' >a.txt
printf '{"title": "A", "external_id": "1"}\n{"title": "B", "external_id": "2"}\n' >rows.jsonl
run --as minji edit "$id" trl=3
ok
run --as minji attach "$id" a.txt
ok
run --as minji import deal rows.jsonl
ok
verify_all 8

begin 'ssh-keygen alone verifies a commit, taken apart by hand'
git -C "$NARU_OFFICE/audit.git" cat-file commit main >commit
sed -n '/^gpgsig /,/END SSH/{s/^gpgsig //;s/^ //;p}' commit >commit.sig
sed '/^gpgsig /,/END SSH/d' commit >commit.text
signers main
ssh-keygen -Y verify -n git -f "$work/signers" -I office@mgk.naru -s commit.sig <commit.text >"$out" 2>"$err" ||
  complain 'ssh-keygen -Y verify'
sed 's/Magok/Other/' commit.text >commit.other
if ssh-keygen -Y verify -n git -f "$work/signers" -I office@mgk.naru -s commit.sig <commit.other >"$out" 2>&1; then
  complain 'ssh-keygen accepts another text'
fi

begin 'status and key list tell the key'
fingerprint=$(ssh-keygen -l -f "$work/office/keys/office" | cut -d' ' -f2)
run --as head status
ok
assert_out "$fingerprint"
run --as head --json status
assert_jq --arg key "$fingerprint" '.signing == "signed" and .key == $key and (has("signing_cure") | not)'
run --as head --json key list
ok
assert_jq --arg key "$fingerprint" 'length == 1 and .[0].fingerprint == $key and .[0].state == "in-force"'
run --as head key list
ok
assert_out "$fingerprint"

begin 'the commands of share/doc/KEYS.md do what they say'
"$naru" --as head init "$HOME/office" --name 'Magok TTO' --hub MGK >"$out" 2>"$err" || complain 'no office'
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$NARU_DATA_DIR/share/doc/KEYS.md" >commands
[ "$(wc -l <commands)" -ge 9 ] || complain 'the commands were not found'
mkdir documented
(cd documented && sh -e ../commands) >"$out" 2>"$err" || complain 'a command failed'
assert_equal 'good signatures' "$(cat "$out" "$err" | grep -c 'Good "git" signature')" 3

begin 'rotation: the old key signs the commit that ends it'
cp "$work/office/keys/office" "$work/old-key"
run --as head key rotate
assert_rc 2
assert_err '--reason'
run --as minji key rotate --reason 'Not mine to do'
assert_rc 1
assert_clean_message
sleep 1.1 # a key is in force for a second at least, and all of the above takes less
run --as head key rotate --reason 'Yearly change of keys'
ok
assert_out SHA256:
verify_all 9
git -C "$NARU_OFFICE/audit.git" cat-file commit main >commit
grep -qx 'Reason: Yearly change of keys' commit || complain 'the reason is not in the history'
grep -q "^Naru-Key-Ended: $fingerprint" commit || complain 'the old key is not named'
signers main~1
git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit main >"$out" 2>"$err" ||
  complain 'the keys of the day before do not verify the rotation'
[ "$fingerprint" != "$(ssh-keygen -l -f "$work/office/keys/office" | cut -d' ' -f2)" ] || complain 'the key is the same'
assert_equal 'files of keys/' "$(ls "$work/office/keys" | tr '\n' ' ')" 'office office.pub '
sleep 1.1 # a key ends at the end of a second
run --as minji edit "$id" trl=4
ok
verify_all 10
run --as head --json key list
assert_jq '[.[].state] == ["ended", "in-force"] and .[0].until == .[1].from'

begin 'what an ended key signs later is refused by git'
signers main
git clone -q --bare "$NARU_OFFICE/audit.git" forged.git
git -C forged.git config user.signingkey "$work/old-key"
forged=$(git -C forged.git -c gpg.format=ssh -c user.name=x -c user.email=office@mgk.naru commit-tree -S -m forged \
  -p main 'main^{tree}')
if git -C forged.git -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit "$forged" >"$out" 2>&1; then
  complain 'git accepts an ended key'
fi

begin 'a key that ssh-keygen made can be taken, once'
ssh-keygen -q -t ed25519 -N '' -C theirs -f theirs
run --as head key rotate --reason 'Key from the safe' --key theirs
ok
assert_equal 'the public key' "$(cut -d' ' -f2 "$work/office/keys/office.pub")" "$(cut -d' ' -f2 theirs.pub)"
run --as head key rotate --reason 'Again' --key theirs
assert_rc 1
assert_clean_message
chmod 644 theirs
run --as head key rotate --reason 'Open to all' --key theirs
assert_rc 1
assert_err 'mode'
ssh-keygen -q -t ed25519 -N secret -f locked
run --as head --json key rotate --reason 'Locked' --key locked
assert_rc 2
assert_jq '.error | .field == "--key" and (.message | contains("passphrase"))'
verify_all 11
assert_equal 'files of keys/' "$(ls "$work/office/keys" | tr '\n' ' ')" 'office office.pub '

begin 'a key that is missing, open, damaged or another one: one message, nothing written'
cp -p "$work/office/keys/office" "$work/kept"
rm "$work/office/keys/office"
refused 'no such file'
cp -p "$work/kept" "$work/office/keys/office"
chmod 640 "$work/office/keys/office"
refused '0640'
run --as head status
assert_out 'chmod 600'
chmod 600 "$work/office/keys/office"
head -c 200 "$work/kept" >"$work/office/keys/office"
refused 'damaged'
: >"$work/office/keys/office"
refused 'damaged'
cp -p "$work/old-key" "$work/office/keys/office"
refused 'another key'
rm "$work/office/keys/office"
mkdir "$work/office/keys/office"
chmod 600 "$work/office/keys/office"
refused 'no private key'
rmdir "$work/office/keys/office"
cp -p "$work/kept" "$work/office/keys/office"
run --as minji new deal title=Two sectors=it
ok
verify_all 12

begin 'messages tell nothing of the key'
sed -n 2,6p "$work/kept" >secret-lines
for damage in 's/$/ /' '3d' '1d' '$d'; do
  sed "$damage" "$work/kept" >"$work/office/keys/office"
  run --as minji edit "$id" trl=5
  if grep -qFf secret-lines "$out" "$err"; then complain 'a line of the key is in a message'; fi
done
cp -p "$work/kept" "$work/office/keys/office"

begin 'revocation while the key is there: it signs its own end'
run --as head key revoke --reason 'The disk may have been copied'
ok
verify_all 13
git -C "$NARU_OFFICE/audit.git" show main:keys/revoked_signers >revoked
signers main
if git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" -c gpg.ssh.revocationFile="$work/revoked" \
  verify-commit main >"$out" 2>&1; then
  complain 'git accepts a revoked key'
fi
git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" -c gpg.ssh.revocationFile="$work/revoked" \
  verify-commit main~9 >"$out" 2>&1 || complain 'git refuses a key that was not revoked'

begin 'revocation of a key that is lost: the new one signs'
sleep 1.1
rm "$work/office/keys/office"
run --as head key rotate --reason 'Cannot be'
assert_rc 1
assert_err 'naru key revoke'
run --as head key revoke --reason 'The key is lost'
ok
verify_all 14
run --as minji edit "$id" trl=6
ok
verify_all 15
run --as head --json key list
assert_jq '[.[].state] == ["ended", "ended", "revoked", "revoked", "in-force"] or
  [.[].state] == ["ended", "revoked", "revoked", "in-force"]'
run --as head --json status
ok
assert_jq '.signing == "signed"'

begin 'a rotation that was cut short before it was decided leaves nothing, after it nothing is lost'
cp -p "$work/old-key" "$work/office/keys/office.new"
run --as minji edit "$id" trl=5
ok
run --as head status
ok
assert_equal 'files of keys/' "$(ls "$work/office/keys" | tr '\n' ' ')" 'office office.pub '
mv "$work/office/keys/office" "$work/office/keys/office.new"
cp -p "$work/old-key" "$work/office/keys/office"
run --as minji edit "$id" trl=6
ok
run --as head status
ok
assert_equal 'files of keys/' "$(ls "$work/office/keys" | tr '\n' ' ')" 'office office.pub '
verify_all 17

begin 'init with a key that was made before; with one that cannot be used nothing is made'
chmod 600 theirs
run --as head init "$work/second" --name Two --hub TWO --key theirs
ok
assert_equal 'the public key' "$(cut -d' ' -f2 "$work/second/keys/office.pub")" "$(cut -d' ' -f2 theirs.pub)"
run --as head init "$work/third" --name Three --hub THR --key locked
assert_rc 2
assert_clean_message
[ ! -e "$work/third" ] || complain 'a folder was left'

forget_key () { # the store of an office from before there were keys
  mdb_dump -a "$NARU_OFFICE" | awk '$1 == "7369676e657273" { getline; next } { print }' >dump
  rm "$NARU_OFFICE/data.mdb" "$NARU_OFFICE/lock.mdb"
  mdb_load -f dump "$NARU_OFFICE" 2>"$err" || complain 'mdb_load'
}

if ! command -v mdb_load >/dev/null; then
  skip 'an office without a key' 'mdb_load is not installed'
  finish
fi

begin 'a key of which the store knows nothing: nothing is written'
export NARU_OFFICE="$work/second"
forget_key
run --as head new party name=Nobody kind=company
assert_rc 6
assert_clean_message
run --as head --json status
assert_jq '.signing == "broken"'
assert_equal commits "$(commits)" 1

begin 'an office from before goes on without signatures, and status says so'
rm -r "$NARU_OFFICE/keys"
run --as head new party name=Somebody kind=company
ok
run --as head status
ok
assert_out 'naru key rotate'
run --as head --json status
ok
assert_jq '.signing == "unsigned" and (has("key") | not)'
run --as head --json key list
assert_jq '. == []'
run --as head key revoke --reason 'None there'
assert_rc 4
assert_clean_message
git -C "$NARU_OFFICE/audit.git" cat-file commit main >commit
if grep -q '^gpgsig' commit; then complain 'it is signed'; fi

begin 'its first key signs from the commit on that brings it'
run --as head key rotate --reason 'Signatures from now on'
ok
run --as head new party name=Another kind=company
ok
signers main
for commit in main main~1; do
  git -C "$NARU_OFFICE/audit.git" -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit "$commit" >"$out" 2>"$err" ||
    complain "git verify-commit $commit"
done
assert_equal 'mode of the folder' "$(stat -c %a "$NARU_OFFICE/keys")" 700
run --as head status
ok
finish
