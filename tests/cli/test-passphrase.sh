#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The office's key with a passphrase: an ssh-agent signs, and without one nothing is changed.
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/lib.sh"
need git jq ssh-keygen ssh-agent ssh-add

unset SSH_AUTH_SOCK SSH_ASKPASS SSH_ASKPASS_REQUIRE
agents=
# shellcheck disable=SC2086
trap '[ -z "$agents" ] || kill $agents 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
start_agent () { # an agent of our own, which ends with the test
  eval "$(ssh-agent -s)" >/dev/null || skip_all 'ssh-agent does not start'
  agents="$agents $SSH_AGENT_PID"
}
add_key () { # PASSPHRASE
  printf '#!/bin/sh\necho "%s"\n' "$1" >askpass
  chmod 700 askpass
  SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q "$NARU_OFFICE/keys/office" </dev/null 2>/dev/null ||
    complain "ssh-add does not take the passphrase “$1”"
}
git_here () { git -C "$NARU_OFFICE/audit.git" "$@"; }
verify_all () {
  git_here show main:keys/allowed_signers >signers
  for commit in $(git_here rev-list main); do
    git_here -c gpg.ssh.allowedSignersFile="$work/signers" verify-commit "$commit" >"$out" 2>"$err" ||
      complain "git verify-commit $commit"
  done
}
is_locked () { ! ssh-keygen -y -P '' -f "$NARU_OFFICE/keys/office" >/dev/null 2>&1; }
files () { ls "$NARU_OFFICE/keys" | tr '\n' ' '; }

# what ssh-keygen is called with, for all the machine to see
real=$(command -v ssh-keygen)
mkdir bin
printf '#!/bin/sh\necho "$@" >>%s/called\nenv >>%s/called\nexec %s "$@"\n' "$work" "$work" "$real" >bin/ssh-keygen
chmod +x bin/ssh-keygen
printf 'first words here\n' >first
printf 'second words here\n' >second
printf 'short\n' >short

begin 'init gives the key a passphrase'
export NARU_OFFICE="$work/office"
PATH=$work/bin:$PATH run --as head init "$NARU_OFFICE" --name 'Magok TTO' --hub MGK --passphrase-file first
ok
assert_out "ssh-add $NARU_OFFICE/keys/office"
is_locked || complain 'it has none'
ssh-keygen -y -P 'first words here' -f "$NARU_OFFICE/keys/office" >/dev/null || complain 'it has another'
assert_equal mode "$(stat -c %a "$NARU_OFFICE/keys/office")" 600
assert_equal 'files of keys/' "$(files)" 'office office.pub '
[ -s called ] || complain 'ssh-keygen was not called'
if grep -q 'words' called; then complain 'others see the passphrase'; fi
verify_all
run --as head init "$work/none" --name None --hub NON --passphrase-file short
assert_rc 2
assert_clean_message
run --as head init "$work/none" --name None --hub NON --passphrase
assert_rc 2
assert_err '--passphrase-file'
[ ! -e none ] || complain 'a folder was left'

refused () { # nothing is written; reading goes on
  before=$(git_here rev-parse main)
  run --as head new party name=Nobody kind=company
  assert_rc 1
  assert_clean_message
  assert_err "ssh-add $NARU_OFFICE/keys/office"
  echo text >a.txt
  printf '{"name": "A", "kind": "company", "external_id": "1"}\n' >rows.jsonl
  for words in "import party rows.jsonl" "person add nobody" "key rotate --reason x --passphrase-file $work/second" \
    "attach $first a.txt" "person role head admin"; do
    # shellcheck disable=SC2086
    run --as head --json $words
    assert_rc 1
    assert_jq '.error | .field == "keys/office" and (.cure | length > 10)'
  done
  assert_equal head "$(git_here rev-parse main)" "$before"
  run --as head --json status
  assert_rc 1
  assert_jq '.signing == "broken" and .history == "complete" and (.signing_cure | contains("ssh-add"))'
  run --as head person list
  ok
}
first=$(run --as head --json person list; value_of '.[0].id')

begin 'without an agent nothing is changed'
refused
assert_equal 'files of keys/' "$(files)" 'office office.pub '

begin 'an agent without the key, and one that never answers'
start_agent
refused
cat >silent.py <<'EOS'
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(50)
time.sleep(600)
EOS
/usr/bin/python3 silent.py "$work/silent" &
agents="$agents $!"
until [ -S silent ]; do sleep 0.05; done
kept=$SSH_AUTH_SOCK
export SSH_AUTH_SOCK="$work/silent" NARU_AGENT_DEADLINE=200
refused
export SSH_AUTH_SOCK="$kept"
unset NARU_AGENT_DEADLINE

begin 'an agent with the key signs all that is changed'
add_key 'first words here'
run --as head person add minji --role officer
ok
run --as minji new deal title=One sectors=it
ok
id=$(cat "$out")
run --as minji edit "$id" trl=3
ok
run --as minji attach "$id" a.txt
ok
run --as head import party rows.jsonl
ok
verify_all
run --as head --json status
ok
assert_jq '.signing == "signed"'
git_here cat-file commit main >commit
sed -n '/^gpgsig /,/END SSH/{s/^gpgsig //;s/^ //;p}' commit >commit.sig
sed '/^gpgsig /,/END SSH/d' commit >commit.text
ssh-keygen -Y sign -q -n git -f "$NARU_OFFICE/keys/office" <commit.text >theirs.sig 2>/dev/null
cmp -s theirs.sig commit.sig || complain 'the agent signs otherwise, so a commit could not be made again'

begin 'the passphrase is changed, and taken off'
run --as minji key passphrase --old-passphrase-file first --passphrase-file second
assert_rc 1
assert_clean_message
cp -p "$NARU_OFFICE/keys/office" kept-key
for words in "--old-passphrase-file second --passphrase-file second" "--old-passphrase-file first --passphrase-file short" \
  "--old-passphrase-file second --remove" "--passphrase-file second" "--old-passphrase-file missing --remove"; do
  # shellcheck disable=SC2086
  run --as head key passphrase $words
  [ "$rc" -ne 0 ] || complain "$last_call: went well"
  assert_clean_message
  cmp -s kept-key "$NARU_OFFICE/keys/office" || complain 'the key was touched'
done
: >called
PATH=$work/bin:$PATH run --as head key passphrase --old-passphrase-file first --passphrase-file second
ok
if grep -q 'words' called; then complain 'others see the passphrase'; fi
ssh-keygen -y -P 'second words here' -f "$NARU_OFFICE/keys/office" >/dev/null || complain 'it is not the new one'
run --as head --json key passphrase --old-passphrase-file second --remove
ok
assert_jq '.passphrase == false'
if is_locked; then complain 'it still has one'; fi
assert_equal 'files of keys/' "$(files)" 'office office.pub '
without_agent () { (unset SSH_AUTH_SOCK; "$naru" "$@" >"$out" 2>"$err" </dev/null); rc=$?; last_call="naru $*"; }
without_agent --as minji edit "$id" trl=4
ok
run --as head key passphrase --passphrase-file first
ok
is_locked || complain 'it has none'
without_agent --as minji edit "$id" trl=5
assert_rc 1

begin 'on a terminal it is asked for'
/usr/bin/python3 "$tests/ask.py" 'first words here' 'typed words here' 'typed words here' -- \
  "$naru" --as head key passphrase >"$out" 2>"$err" || complain 'it was not changed'
assert_not_out 'words here'
ssh-keygen -y -P 'typed words here' -f "$NARU_OFFICE/keys/office" >/dev/null || complain 'it is not the one that was typed'
run --as head key passphrase
assert_rc 2
assert_clean_message

begin 'the next key gets a passphrase, too'
run --as head key rotate --reason 'Yearly'
assert_rc 2
assert_err '--passphrase'
run --as head key rotate --reason 'Yearly' --passphrase-file second
ok
is_locked || complain 'it has none'
without_agent --as minji edit "$id" trl=6
assert_rc 1
run --as minji edit "$id" trl=6
assert_rc 1
assert_err 'ssh-add'
add_key 'second words here'
run --as minji edit "$id" trl=6
ok
verify_all

begin 'a key whose passphrase nobody knows is revoked: the new one signs'
without_agent --as head key revoke --reason 'Forgotten'
assert_rc 2
without_agent --as head key revoke --reason 'Forgotten' --passphrase-file first
ok
is_locked || complain 'it has none'
sleep 1.1
add_key 'first words here'
run --as minji edit "$id" trl=7
ok
verify_all
assert_equal 'files of keys/' "$(files)" 'office office.pub '

begin 'an encrypted backup holds the key as it is'
run --as head backup all.naru --encrypt --passphrase-file second
ok
run restore again --from all.naru --passphrase-file second --json
ok
assert_jq '.not_restored == ["faults"]'
cmp -s again/keys/office "$NARU_OFFICE/keys/office" || complain 'the key differs'
run --office again --as minji edit "$id" trl=8
ok

begin 'what killed commands left is removed: copies of the key, and of the history for an encrypted backup'
for name in office office.new; do cp -p "$NARU_OFFICE/keys/office" "$NARU_OFFICE/keys/$name.passphrase"; done
mkdir "$NARU_OFFICE/.backup.new-gone01" "$NARU_OFFICE/.backup.new-held02"
: >"$NARU_OFFICE/.backup.new-gone01/bundle"
exec 8<"$NARU_OFFICE/.backup.new-held02"
flock 8
run --as head status
assert_rc 0
assert_equal 'files of keys/' "$(files)" 'office office.pub '
[ ! -e "$NARU_OFFICE/.backup.new-gone01" ] || complain 'the backup is still there'
[ -d "$NARU_OFFICE/.backup.new-held02" ] || complain 'the folder of one that still runs is gone'
exec 8<&-
rmdir "$NARU_OFFICE/.backup.new-held02"

begin 'without ssh-keygen: one message, and the key is as it was'
cp -p "$NARU_OFFICE/keys/office" kept-key
mkdir empty
PATH=$work/empty run --as head key passphrase --old-passphrase-file first --passphrase-file second
assert_rc 1
assert_err 'openssh-client'
assert_clean_message
cmp -s kept-key "$NARU_OFFICE/keys/office" || complain 'the key was touched'
finish
