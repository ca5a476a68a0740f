#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# People sign what they decide with a key of their own, by ssh-agent; stock git and ssh-keygen accept it.
. "$(dirname "$0")/lib.sh"
need git jq ssh-keygen ssh-agent ssh-add

unset SSH_AUTH_SOCK
agents=
start_agent () { # an agent of our own, which ends with the test
  eval "$(ssh-agent -s)" >/dev/null || skip_all 'ssh-agent does not start'
  agents="$agents $SSH_AGENT_PID"
}
# shellcheck disable=SC2086
trap '[ -z "$agents" ] || kill $agents 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT

make_office "$work/office"
git_here () { git -C "$NARU_OFFICE/audit.git" "$@"; }
printf '{"title": "A", "external_id": "1", "stage": "evaluation"}\n{"title": "B", "external_id": "2", "stage": "joint-rd"}\n' >rows.jsonl
run --as minji import deal rows.jsonl
ok
deal=$(run --as minji list deal --stage evaluation --json; value_of '.[0].id')
other_deal=$(run --as minji list deal --stage joint-rd --json; value_of '.[0].id')
ssh-keygen -q -t ed25519 -N '' -C 'Park at home' -f park
ssh-keygen -q -t ed25519 -N '' -C other -f other
ssh-keygen -q -t ecdsa -N '' -f ecdsa
park=$(ssh-keygen -l -f park | cut -d' ' -f2)

signer_of () { # COMMIT: whom git names, once it found the signature good
  git_here show main:keys/allowed_signers >"$work/signers"
  git_here -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit "$1" >"$out" 2>"$err" ||
    complain "git verify-commit $1"
  git_here -c gpg.ssh.allowedSignersFile="$work/signers" log -1 --format='%G? %GS' "$1"
}

verify_all () {
  for commit in $(git_here rev-list main); do signer_of "$commit" >/dev/null; done
}

refused () { # WORDS: nothing is written
  assert_rc 1
  assert_no_out
  assert_clean_message
  assert_err "$1"
  assert_equal commits "$(commits)" "$before"
}

begin 'without a key of their own the office signs for all'
run --as dir approve "$deal" patent
ok
assert_equal signer "$(signer_of main)" 'G office@mgk.naru'
run --as dir person key dir
ok
run --as dir --json person key dir list
assert_jq '. == []'

begin 'only a public key of the kind Ed25519 is taken, and only from those whose matter it is'
before=$(commits)
for file in park ecdsa.pub rows.jsonl; do
  run --as dir person key dir add $file
  assert_rc 2
  assert_clean_message
done
assert_err 'ssh-keygen -t ed25519'
run --as dir person key dir add park
assert_err '.pub'
run --as dir person key dir add missing.pub
assert_rc 4
assert_clean_message
run --as minji person key dir add park.pub
assert_rc 1
assert_clean_message
run --as dir person key dir add "$work/office/keys/office.pub"
assert_rc 1
assert_err 'signs the history'
run --as dir person key dir explain
assert_rc 2
run --as dir person key nobody
assert_rc 4
run --as head person key "$deal"
assert_rc 2
assert_clean_message
assert_equal commits "$(commits)" "$before"

begin 'a person gives the office their key'
run --as dir person key dir add park.pub
ok
assert_out "$park"
assert_equal signer "$(signer_of main)" 'G office@mgk.naru'
git_here show main:keys/allowed_signers | grep -q "^$director@naru .*$(cut -d' ' -f2 park.pub)" || complain 'the key is not in the list'
run --as dir --json person key dir
assert_jq --arg key "$park" 'length == 1 and .[0].fingerprint == $key and .[0].state == "in-force"'
run --as head --json key list
assert_jq 'length == 2'
run --as head --json history "$director"
assert_jq --arg key "$park" '.[-1].action == "person-key" and .[-1].note == "add \($key)"'

begin 'without an agent nothing is decided'
before=$(commits)
run --as dir approve "$deal" patent
refused 'SSH_AUTH_SOCK'
assert_err 'ssh-add'
SSH_AUTH_SOCK=$work/none run --as dir reject "$deal" patent --reason 'Prior art'
refused "$work/none"
run --as dir --json waive "$other_deal" disclosure.agreement --reason 'Not yet' --until 2099-12-31
assert_rc 1
assert_jq '.error | .field == "key" and (.cure | length > 10)'
assert_equal commits "$(commits)" "$before"

begin 'an agent without the key: nothing is decided'
start_agent
run --as dir approve "$deal" patent
refused "$park"
assert_err 'ssh-add'
ssh-add -q other 2>/dev/null
run --as dir approve "$deal" patent
refused "$park"

begin 'with the key in the agent the person signs approval, rejection and waiver'
ssh-add -q park 2>/dev/null
run --as dir approve "$deal" patent
ok
assert_equal signer "$(signer_of main)" "G $director@naru"
run --as dir reject "$deal" patent --reason 'Prior art'
ok
assert_equal signer "$(signer_of main)" "G $director@naru"
run --as dir waive "$other_deal" disclosure.agreement --reason 'Not yet' --until 2099-12-31
ok
assert_equal signer "$(signer_of main)" "G $director@naru"
assert_equal commits "$(commits)" "$((before + 3))"
git_here -c gpg.ssh.allowedSignersFile="$work/signers" log --show-signature -1 >"$out" 2>"$err"
assert_out "Good \"git\" signature for $director@naru with ED25519 key $park"
git_here cat-file commit main >commit
sed -n '/^gpgsig /,/END SSH/{s/^gpgsig //;s/^ //;p}' commit >commit.sig
sed '/^gpgsig /,/END SSH/d' commit >commit.text
ssh-keygen -Y verify -n git -f "$work/signers" -I "$director@naru" -s commit.sig <commit.text >"$out" 2>"$err" ||
  complain 'ssh-keygen -Y verify'
ssh-keygen -Y sign -q -n git -f park <commit.text >theirs.sig 2>/dev/null
cmp -s theirs.sig commit.sig || complain 'ssh-keygen would have signed otherwise'

begin 'all else the office signs, and what others decide'
run --as dir edit "$deal" trl=4
ok
assert_equal signer "$(signer_of main)" 'G office@mgk.naru'
run --as dir2 approve "$deal" patent
ok
assert_equal signer "$(signer_of main)" 'G office@mgk.naru'

begin 'what is refused is refused as ever, with the key or without'
before=$(commits)
run --as dir waive "$other_deal" no.such --reason 'Not yet' --until 2099-12-31
assert_rc 4
run --as dir approve "$deal" no-such-stage
[ "$rc" -ne 0 ] || complain 'it was approved'
assert_equal commits "$(commits)" "$before"

begin 'an agent that is locked: nothing is decided, and the message says how'
printf '#!/bin/sh\necho pass\n' >askpass
chmod +x askpass
SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q -x 2>/dev/null </dev/null || complain 'not locked'
run --as dir approve "$deal" patent
refused "$park"
SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q -X 2>/dev/null </dev/null || complain 'not unlocked'

begin 'while an agent waits for somebody to confirm, others go on, and then the decision counts'
cat >confirm <<EOS
#!/bin/sh
touch $work/asked
until [ -e $work/answered ]; do sleep 0.05; done
EOS
chmod +x confirm
ssh-add -q -d park 2>/dev/null
plain_agent=$SSH_AUTH_SOCK
export SSH_ASKPASS=$work/confirm SSH_ASKPASS_REQUIRE=force
start_agent
unset SSH_ASKPASS SSH_ASKPASS_REQUIRE
ssh-add -q -c park 2>/dev/null
before=$(commits)
"$naru" --as dir approve "$deal" patent >approved 2>&1 &
waiting=$!
until [ -e asked ]; do sleep 0.05; done
run --as minji edit "$deal" trl=6
ok
assert_equal commits "$(commits)" "$((before + 1))"
touch answered
wait $waiting || complain "$(cat approved)"
assert_equal commits "$(commits)" "$((before + 2))"
assert_equal signer "$(signer_of main)" "G $director@naru"
git_here log -1 --format=%s >"$out"
assert_out 'approve'
export SSH_AUTH_SOCK=$plain_agent
ssh-add -q park 2>/dev/null

begin 'another key takes the place of the first; each signed in its time'
sleep 1.1
run --as dir person key dir add other.pub --reason 'A new machine'
ok
run --as dir approve "$deal" patent
ok
assert_equal signer "$(signer_of main)" "G $director@naru"
run --as dir --json person key dir
assert_jq '[.[].state] == ["ended", "in-force"] and .[0].until == .[1].from'
verify_all
run --as dir2 person key dir2 add park.pub
assert_rc 1
assert_err 'signs the history'

begin 'a key that is lost is ended by who administers the office, and the office signs again'
run --as head person key dir revoke
assert_rc 2
assert_err '--reason'
run --as minji person key dir revoke --reason 'Not mine'
assert_rc 1
run --as head person key dir revoke --reason 'The machine was stolen'
ok
git_here show main:keys/revoked_signers | grep -q "$(cut -d' ' -f2 other.pub)" || complain 'it is not among the revoked'
run --as head person key dir remove --reason 'Again'
assert_rc 4
assert_clean_message
run --as dir approve "$deal" patent
ok
assert_equal signer "$(signer_of main)" 'G office@mgk.naru'
run --as head key list
ok
assert_out "$director@naru"
verify_all
assert_equal 'git fsck' "$(git_here fsck --strict --no-dangling --no-progress 2>&1)" ''

begin 'an office is restored with the signatures of its people'
run --as head backup all.naru
ok
for from in all.naru "$NARU_OFFICE/audit.git"; do
  rm -rf again
  run restore again --from "$from"
  ok
  assert_equal head "$(git -C again/audit.git rev-parse main)" "$(git_here rev-parse main)"
  cp -p "$NARU_OFFICE/keys/office" again/keys/office
  run --office again --as head --json history "$director"
  cp "$out" history.again
  run --as head --json history "$director"
  cmp -s "$out" history.again || complain 'the history differs'
  run --office again --as head --json key list
  cp "$out" keys.again
  run --as head --json key list
  cmp -s "$out" keys.again || complain 'the keys differ'
done

begin 'the key of the office itself goes on with a list that has people in it'
run --as head key rotate --reason 'Yearly'
ok
run --as minji edit "$deal" trl=5
ok
verify_all
run --as dir2 person key dir2 add ecdsa.pub
assert_rc 2

begin 'the script for auditors goes by the same rule'
check=$NARU_DATA_DIR/share/audit/check-history
"$check" "$NARU_OFFICE/audit.git" >"$out" 2>"$err" || complain "$(cat "$out" "$err")"
# an approval of a person with a key, signed by the office in its place
own=$(git_here log --format='%H %ae' --grep='^Naru-Action: approve$' main | sed -n "s/ $director@naru$//p" |
  while read -r commit; do [ "$(signer_of "$commit")" = "G $director@naru" ] && echo "$commit"; done | head -n 1)
[ -n "$own" ] || complain 'no approval is signed by its author'
git clone -q --bare "$NARU_OFFICE/audit.git" forged.git
git_here cat-file commit "$own" | awk '/^gpgsig /{skip = 1; next} skip && /^ /{next} {skip = 0; print}' >plain
ssh-keygen -q -Y sign -n git -f "$NARU_OFFICE/keys/office" plain 2>/dev/null
awk 'FNR == NR { line[++n] = $0; next }
  !done && /^$/ { print "gpgsig " line[1]; for (i = 2; i <= n; i++) print " " line[i]; done = 1 } { print }' \
  plain.sig plain >signed
forged=$(git -C forged.git hash-object -t commit -w --stdin <signed)
git -C forged.git update-ref refs/heads/main "$forged"
"$check" forged.git >"$out" 2>"$err" && complain 'the office may decide in the place of a person'
assert_out "$forged is not signed by the key that was in force"
run --as head verify
ok
run verify --repo forged.git
assert_rc 6
assert_out 'the key in force was'

begin 'in Korean'
run --lang ko --as head person key dir explain
assert_rc 2
finish
