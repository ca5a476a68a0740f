#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Seals that stock git and ssh-keygen verify, mirrors, and the comparison with them: a history that was rewritten, cut
# off or forked, and seals that were forged, moved or taken away, are told; nothing of a mirror is ever overwritten.
. "$(dirname "$0")/lib.sh"
need git jq ssh-keygen
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

history () { # WORD…: git in the history of the office
  git -C "$NARU_OFFICE/audit.git" "$@"
}

signers () { # the list of keys as it stands now, in the file "signers"
  history show main:keys/allowed_signers >"$work/signers"
}

verify_tag () { # SEAL
  signers
  history -c gpg.ssh.allowedSignersFile="$work/signers" verify-tag "$1" >"$out" 2>"$err"
}

copy () { # DIR NEW: the whole office, as somebody with the run of the machine would
  rm -rf "$2"
  cp -a "$1" "$2"
}

# COMMIT MESSAGE-FILTER KEY REPOSITORY: the same commit again with another message, signed with this key
rewrite () {
  git -C "$4" cat-file commit "$1" | sed '/^gpgsig /,/END SSH/d' | sed "$2" >"$work/text"
  ssh-keygen -q -Y sign -n git -f "$3" "$work/text" 2>/dev/null
  { sed '/^$/,$d' "$work/text"; sed '1s/^/gpgsig /; 2,$s/^/ /' "$work/text.sig"; sed -n '/^$/,$p' "$work/text"; } >"$work/signed"
  rm -f "$work/text.sig"
  git -C "$4" hash-object -t commit -w --stdin <"$work/signed"
}

# NAME COMMIT SEQ CHAIN KEY TIME REPOSITORY: a seal made by hand
forge () {
  printf 'object %s\ntype commit\ntag %s\ntagger Kim <MGK-PER-2026-00001@naru> %s +0000\n\nx\n\nNaru-Seq: %s\nNaru-Chain: %s\nNaru-Head: %s\n' \
    "$2" "$1" "$6" "$3" "$4" "$2" >"$work/text"
  cp "$work/text" "$work/tag"
  if [ "$5" != none ]; then
    ssh-keygen -q -Y sign -n git -f "$5" "$work/text" 2>/dev/null
    cat "$work/text.sig" >>"$work/tag"
    rm -f "$work/text.sig"
  fi
  git -C "$7" update-ref "refs/tags/$1" "$(git -C "$7" hash-object -t tag -w --stdin <"$work/tag")"
}

chain_of () { # COMMIT REPOSITORY
  git -C "$2" log -1 --format='%(trailers:key=Naru-Chain,valueonly)' "$1" | head -n 1
}

make_office "$work/office"
office=$NARU_OFFICE
run --as minji new deal title=One sectors=it
ok
deal=$(cat "$out")
month=$(date +%Y-%m)

begin 'a seal is a signed tag over the head, which git and ssh-keygen verify'
run --as head seal
ok
assert_out "seal-$month"
verify_tag "seal-$month" || complain 'git verify-tag'
grep -q 'Good "git" signature for office@mgk.naru' "$err" || complain 'git tells no good signature'
assert_equal commit "$(history rev-parse "seal-$month^{commit}")" "$(history rev-parse main)"
history cat-file tag "seal-$month" >tag
sed -n '/BEGIN SSH/,$p' tag >tag.sig
sed '/BEGIN SSH/,$d' tag >tag.text
ssh-keygen -Y verify -n git -f signers -I office@mgk.naru -s tag.sig <tag.text >"$out" 2>"$err" || complain 'ssh-keygen'
grep -qx "Naru-Seq: $(commits)" tag || complain 'the number is not there'
grep -qx "Naru-Chain: $(chain_of main "$office/audit.git")" tag || complain 'the digest is not there'
grep -q '^tagger head\|^tagger Kim Head <MGK-PER-[0-9]*-00001@naru>' tag || complain 'the person is not there'
assert_equal 'git fsck' "$(history fsck --strict --no-dangling --no-progress 2>&1)" ''
assert_equal commits "$(commits)" 5

begin 'a second one in the same month needs a name; who may not administer makes none'
run --as head seal
assert_rc 1
assert_clean_message
assert_err "naru seal --name seal-$month-b"
for name in 'Upper' 'a b' '../x' 'x.lock' '-' '' "$(printf '%080d' 1)"; do
  run --as head seal --name "$name"
  [ "$rc" -ne 0 ] || complain "a seal “$name” was made"
  assert_clean_message
done
run --as minji seal --name mine
assert_rc 1
assert_clean_message
run --as head --json seal --name board
ok
assert_jq '.name == "seal-board" and .seq == 5 and (.tag | length == 40) and .timestamp == null and .remotes == []'
assert_equal tags "$(history tag | tr '\n' ' ')" "seal-$month seal-board "

begin 'the list tells each seal and how it is'
run --as head --json seal list
ok
assert_jq --arg by "Kim Head" '(.seals | length == 2) and all(.seals[]; .state == "good" and .seq == 5 and .sealed_by == $by
  and (.key | startswith("SHA256:")) and .timestamp == null) and .findings == []'
run --as head seal list
ok
assert_out good

begin 'a mirror is named in the history; a secret in an address never gets there'
git init -q --bare mirror.git
before=$(commits)
for url in https://kim:hunter2@example.com/x.git https://ghp_hunter2@example.com/x.git ssh://kim:hunter2@example.com/x.git \
  kim:hunter2@example.com:x.git 'https://example.com/x.git?token=hunter2' 'ext::sh -c hunter2' http://hunter2.example.com/x \
  git://hunter2.example.com/x --upload-pack=hunter2 ssh://-oProxyCommand=hunter2/x 'https://example.com/hunter2 x' ''; do
  run --as head remote add secret -- "$url"
  [ "$rc" -ne 0 ] || complain "taken: $url"
  assert_clean_message
  if grep -q hunter2 "$out" "$err"; then complain "the message tells it: $url"; fi
done
assert_equal commits "$(commits)" "$before"
run --as head remote add auditor mirror.git
ok
run --as head remote add auditor mirror.git
assert_rc 1
assert_clean_message
run --as minji remote add other mirror.git
assert_rc 1
assert_clean_message
assert_equal action "$(history log -1 --format='%(trailers:key=Naru-Action,valueonly)' | head -n 1)" add-remote
assert_equal address "$(history show main:office.json | jq -r .remotes.auditor.url)" "$work/mirror.git"
run --as head --json remote list
ok
assert_jq --arg url "$work/mirror.git" \
  '. == [{"behind": 6, "name": "auditor", "pushed_commit": null, "pushed_seq": null, "url": $url}]'

begin 'push brings history and seals; a stock clone of the mirror verifies'
run --as head remote push
ok
assert_equal head "$(git -C mirror.git rev-parse main)" "$(history rev-parse main)"
assert_equal tags "$(git -C mirror.git tag | tr '\n' ' ')" "seal-$month seal-board "
git clone -q -b main mirror.git clone 2>/dev/null || complain 'git does not clone it'
git -C clone show HEAD:keys/allowed_signers >signers
git -C clone -c gpg.ssh.allowedSignersFile="$work/signers" verify-tag seal-board 2>"$err" || complain 'verify-tag in the clone'
run --as head --json remote push auditor
ok
assert_jq '.[0].state == "up-to-date" and .[0].refs == 0'
run --as head remote push nobody
assert_rc 4
assert_clean_message
run --as head --json status
ok
assert_jq '.remotes[0] | .name == "auditor" and .behind == 0'
run --as minji edit "$deal" trl=3
ok
run --as head --json status
assert_jq '.remotes[0].behind == 1'
run --as head --json seal --name second --push
ok
assert_jq '.remotes[0] | .state == "pushed" and .seq == 7 and .refs == 1'
history cat-file tag seal-second | grep -qx "Naru-Previous: seal-board $(history rev-parse seal-board)" || complain 'the seal before is not named'

begin 'the same, and behind: all is contained'
git clone -q --mirror mirror.git kept.git
run --as head --json remote check auditor
ok
assert_jq '.sound and .relation == "same" and .theirs.seq == 7 and (.seals | length == 3) and .first_difference == null'
run --as minji edit "$deal" trl=4
ok
for place in auditor mirror.git kept.git "file://$work/kept.git"; do
  run --as head --json remote check "$place"
  ok
  assert_jq '.sound and .relation == "behind" and .behind == 1 and .ours.seq == 8 and (.seals | length == 3) and
    all(.seals[]; .state == "good") and .findings == []'
done
run --as head remote check auditor
ok
assert_out 'contained'
run --as head backup all.naru
ok
run --as head --json remote check all.naru
ok
assert_jq '.sound and .relation == "same" and (.seals | length == 3)'
run --as minji remote check auditor
ok

begin 'restore keeps the seals: from a mirror, its address, and a backup'
history for-each-ref --format='%(objectname) %(refname)' refs/tags >tags
for from in mirror.git "file://$work/mirror.git" all.naru; do
  rm -rf restored
  run restore restored --from "$from" --json
  ok
  assert_jq '.seals == 3 and .seals_left_out == []'
  git -C restored/audit.git for-each-ref --format='%(objectname) %(refname)' refs/tags >tags.restored
  cmp -s tags tags.restored || complain "other tags from $from"
  run --office restored --as head --json seal list
  ok
  assert_jq 'all(.seals[]; .state == "good") and .findings == []'
  run --office restored --as head --json remote list
  ok
  assert_jq '.[0].name == "auditor" and .[0].pushed_seq == null'
done
git clone -q -b main all.naru from-backup 2>/dev/null
assert_equal 'tags of the backup' "$(git -C from-backup tag | tr '\n' ' ')" "seal-$month seal-board seal-second "

refuse_push () { # CODE [NAME]: the mirror is told as it is, and left as it is
  before=$(git -C mirror.git for-each-ref)
  run --as head --json remote push auditor
  assert_rc 6
  assert_jq '.[0].state == "broken" and (.[0].problem | length > 20) and (.[0].cure | length > 10)'
  run --as head remote push auditor
  assert_rc 6
  assert_equal 'the mirror' "$(git -C mirror.git for-each-ref)" "$before"
  run --as head --json remote check auditor
  assert_rc 6
  assert_jq --arg code "$1" '.sound == false and any(.findings[]; .code == $code and .severity == "broken")'
}

begin 'a history that was cut off is told by how much, and what is missing first'
git clone -q --mirror mirror.git short.git
git -C short.git update-ref refs/heads/main "$(history rev-parse main~2)"
git -C short.git tag -d seal-second >/dev/null
run restore cut --from short.git
ok
cp -p "$office/keys/office" cut/keys/office
export NARU_OFFICE="$work/cut"
refuse_push history-truncated
run --as head --json remote check auditor
assert_jq --arg first "$(git -C mirror.git rev-parse main)" '.relation == "ahead" and .theirs.seq == 7 and .ours.seq == 6 and
  .first_difference.ours == null and .first_difference.theirs.seq == 7 and .first_difference.theirs.commit == $first and
  (.first_difference.theirs.subject | contains("edit trl")) and any(.findings[]; .code == "seal-not-on-history")'
run --as head remote check mirror.git
assert_rc 6
assert_out '1 change more'
export NARU_OFFICE="$office"

begin 'a history that went another way is told with the first commit that differs, on both sides'
export NARU_OFFICE="$work/cut"
run --as minji edit "$deal" trl=9
ok
run --as minji edit "$deal" trl=8
ok
refuse_push history-forked
run --as head --json remote check auditor
assert_jq --arg ours "$(history rev-parse main~1)" --arg theirs "$(git -C mirror.git rev-parse main)" '.relation == "forked" and
  .first_difference.ours.commit == $ours and .first_difference.theirs.commit == $theirs and .first_difference.ours.seq == 7 and
  (.first_difference.ours | has("subject") and has("at") and has("author"))'
run --as head remote check auditor
assert_rc 6
assert_out "$(history rev-parse main~1 | cut -c 1-10)"
assert_out "$(git -C mirror.git rev-parse main | cut -c 1-10)"
export NARU_OFFICE="$office"

begin 'a history that was rewritten and signed again with the very key of the office'
copy "$office" "$work/rewritten"
export NARU_OFFICE="$work/rewritten"
forged=$(rewrite main '/^Naru-Seq/s/$/ /' "$office/keys/office" "$NARU_OFFICE/audit.git")
history update-ref refs/heads/main "$forged"
git clone -q --mirror "$office/audit.git" whole.git
run --as head --json remote check whole.git
assert_rc 6
assert_jq '.relation == "forked" and .first_difference.ours.seq == 8 and .first_difference.theirs.seq == 8'
export NARU_OFFICE="$office"

begin 'the history of another office'
run --as head init other --name Other --hub OTH
run --as head --json remote check other
assert_rc 6
assert_jq '.relation == "unrelated" and .findings[0].code == "history-unrelated"'

begin 'what is no history, and what cannot be reached'
git init -q --bare nothing.git
echo text >text
for place in nothing.git text nowhere; do
  run --as head remote check "$place"
  [ "$rc" -ne 0 ] && [ "$rc" -ne 6 ] || complain "$place: ended with $rc"
  assert_no_out
  assert_clean_message
done
run --as head remote add gone "$work/gone.git"
ok
run --as head --json remote push
assert_rc 1
assert_jq '(map(select(.name == "auditor"))[0].state | . == "pushed") and (map(select(.name == "gone"))[0] | .state == "failed" and
  (.cure | contains("git init --bare")))'
run --as head remote remove gone
assert_rc 2
assert_clean_message
run --as head remote remove gone --reason 'It never was there'
ok
history log -1 --format=%B | grep -qx 'Reason: It never was there' || complain 'the reason is not in the history'
run --as head --json remote push
ok
assert_equal 'remotes' "$(history show main:office.json | jq -c '.remotes | keys')" '["auditor"]'

begin 'the commands of share/doc/SEALS.md do what they say'
"$naru" --as head init "$HOME/office" --name 'Magok TTO' --hub MGK >"$out" 2>"$err" || complain 'no office'
"$naru" --as head --office "$HOME/office" seal >"$out" 2>"$err" || complain 'no seal'
mkdir -p documented programs
printf '#!/bin/sh\nexec "%s" --as head "$@"\n' "$naru" >programs/naru
chmod +x programs/naru
awk '/^## Time stamps/ { exit } /^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$NARU_DATA_DIR/share/doc/SEALS.md" >commands
[ "$(wc -l <commands)" -ge 13 ] || complain 'the commands were not found'
(cd documented && PATH="$work/programs:$PATH" sh -e ../commands) >"$out" 2>"$err" || complain 'a command failed'
assert_equal 'good signatures' "$(cat "$out" "$err" | grep -c 'Good "git" signature')" 2
assert_out 'same history'

begin 'seals that are not what they should be are told, each by its name'
copy "$office" "$work/bad"
export NARU_OFFICE="$work/bad"
ssh-keygen -q -t ed25519 -N '' -C stranger -f stranger
now=$(date +%s)
head=$(history rev-parse main)
seq=$(commits)
chain=$(chain_of main "$NARU_OFFICE/audit.git")
forge seal-unsigned "$head" "$seq" "$chain" none "$now" "$NARU_OFFICE/audit.git"
forge seal-stranger "$head" "$seq" "$chain" stranger "$now" "$NARU_OFFICE/audit.git"
forge seal-early "$head" "$seq" "$chain" "$office/keys/office" 1000000000 "$NARU_OFFICE/audit.git"
forge seal-number "$head" 3 "$chain" "$office/keys/office" "$now" "$NARU_OFFICE/audit.git"
forge seal-chain "$head" "$seq" "$(chain_of main~1 "$NARU_OFFICE/audit.git")" "$office/keys/office" "$now" "$NARU_OFFICE/audit.git"
forge seal-elsewhere "$forged" "$seq" "$chain" "$office/keys/office" "$now" "$NARU_OFFICE/audit.git"
history update-ref refs/tags/seal-plain "$head"
history update-ref refs/tags/seal-renamed "$(history rev-parse seal-board)"
history cat-file tag seal-board | sed 's/^Naru-Seq: 5/Naru-Seq: 4/' >tag
history update-ref refs/tags/seal-changed "$(history hash-object -t tag -w --stdin <tag)"
history update-ref refs/tags/not-a-seal "$head"
run --as head --json seal list
assert_rc 6
assert_jq '[.seals[] | {(.name): .state}] | add == {"seal-unsigned": "bad-signature", "seal-stranger": "unknown-key",
  "seal-early": "key-not-in-force", "seal-number": "contradicts", "seal-chain": "contradicts", "seal-elsewhere": "not-on-history",
  "seal-plain": "damaged", "seal-renamed": "damaged", "seal-changed": "damaged", "seal-board": "good", "seal-second": "good",
  "seal-'"$month"'": "good"}'
assert_jq '(.findings | length == 9) and all(.findings[]; .severity == "broken" and (.message | length > 20))'
run --as head seal list
assert_rc 6
assert_out 'not on the history'

begin 'they do not keep the office from being restored, and are left out'
rm -rf restored
run restore restored --from bad --json
ok
assert_jq '.seals == 3 and (.seals_left_out | length == 9)'
assert_equal tags "$(git -C restored/audit.git tag | wc -l | tr -d ' ')" 3
run --as head backup bad.naru
ok
git clone -q -b main bad.naru bad-clone 2>/dev/null || complain 'git does not clone the backup'
export NARU_OFFICE="$office"

begin 'seals that were forged or moved on a mirror'
git clone -q --mirror "$office/audit.git" strange.git
ssh-keygen -q -t ed25519 -N '' -C other -f stranger2
forge seal-2020-01 "$(git -C strange.git rev-parse main)" 10 "$chain" stranger2 "$now" strange.git
git -C strange.git update-ref refs/tags/seal-board "$(git -C strange.git rev-parse seal-second)"
run --as head --json remote check strange.git
assert_rc 6
assert_jq '[.findings[] | .code + " " + .about] | sort == ["seal-damaged seal-board", "seal-moved seal-board", "seal-unknown-key seal-2020-01"]'

begin 'a seal that was taken away or replaced here, and that a mirror still has'
copy "$office" "$work/less"
export NARU_OFFICE="$work/less"
history update-ref -d refs/tags/seal-board
run --as head --json seal list
assert_rc 6
assert_jq '[.findings[] | .code + " " + .about] == ["seal-missing seal-board"]'
refuse_push seal-missing
forge seal-board "$(history rev-parse main)" "$(commits)" "$(chain_of main "$NARU_OFFICE/audit.git")" "$office/keys/office" "$now" \
  "$NARU_OFFICE/audit.git"
run --as head --json seal list
assert_rc 6
assert_jq '[.findings[] | .code + " " + .about] == ["seal-moved seal-board"]'
refuse_push seal-moved
export NARU_OFFICE="$office"

begin 'what a key sealed that was revoked later is told; what it sealed afterwards is nothing'
copy "$office" "$work/revoked"
export NARU_OFFICE="$work/revoked"
cp -p "$office/keys/office" old-key
sleep 1.1
run --as head key revoke --reason 'Stolen'
ok
run --as head --json seal list
ok
assert_jq 'all(.seals[]; .state == "revoked-key") and all(.findings[]; .severity == "note")'
sleep 1.1
forge seal-thief "$(history rev-parse main)" "$(commits)" "$(chain_of main "$NARU_OFFICE/audit.git")" old-key "$(($(date +%s) + 5))" \
  "$NARU_OFFICE/audit.git"
run --as head --json seal list
assert_rc 6
assert_jq 'any(.seals[]; .name == "seal-thief" and .state == "key-not-in-force")'
if verify_tag seal-thief; then complain 'git accepts it'; fi
export NARU_OFFICE="$office"

begin 'seals that stock git put into packed-refs, and objects that it packed'
copy "$office" "$work/packed"
export NARU_OFFICE="$work/packed"
history pack-refs --all
history repack -q -a -d
run --as head --json seal list
ok
assert_jq '(.seals | length == 3) and .findings == []'
run --as head seal --name board
assert_rc 1
run --as head seal --name third
ok
export NARU_OFFICE="$office"

begin 'an office without a key makes no seal; one whose key cannot sign neither'
copy "$office" "$work/keyless"
rm "$work/keyless/keys/office"
run --office "$work/keyless" --as head seal --name none
assert_rc 1
assert_err keys/office
assert_clean_message
assert_equal tags "$(git -C "$work/keyless/audit.git" tag | wc -l | tr -d ' ')" 3

begin 'over ssh: no question is asked, and what goes wrong is said'
mkdir bin
cat >bin/ssh <<'END'
#!/bin/sh
# stands in for the program: what it is called with, and then the command on this machine
printf '%s\n' "$*" >>"$SSH_LOG"
case $* in
  *unknown.example.com*) echo 'Host key verification failed.' >&2; exit 255 ;;
  *denied.example.com*) echo 'git@denied.example.com: Permission denied (publickey).' >&2; exit 255 ;;
  *silent.example.com*) sleep 60 & wait; exit 255 ;;
  *noisy.example.com*) yes; exit 0 ;;
esac
for word; do last=$word; done
exec sh -c "$last"
END
chmod +x bin/ssh
export SSH_LOG="$work/ssh.log"
kept_path=$PATH
PATH="$work/bin:$PATH"
git init -q --bare far.git
run --as head remote add far "git@far.example.com:$work/far.git"
ok
run --as head --json remote push far
ok
assert_jq '.[0].state == "pushed"'
grep -q 'BatchMode=yes' ssh.log && grep -q 'StrictHostKeyChecking=yes' ssh.log || complain 'ssh may ask'
assert_equal head "$(git -C far.git rev-parse main)" "$(history rev-parse main)"
run --as head --json remote check far
ok
assert_jq '.relation == "same"'
rm -rf restored
run restore restored --from "git@far.example.com:$work/far.git"
ok
run --as head remote check ssh://unknown.example.com/x.git
assert_rc 1
assert_err known_hosts
assert_clean_message
run --as head remote check git@denied.example.com:x.git
assert_rc 1
assert_err 'your key'
NARU_READ_DEADLINE=1 run --as head remote check git@silent.example.com:x.git
assert_rc 1
assert_err 'got stuck'
assert_clean_message
NARU_READ_DEADLINE=5 run --as head remote check git@noisy.example.com:x.git
[ "$rc" -ne 0 ] || complain 'it was taken'
assert_clean_message

begin 'a mirror over a line that rewrote the history is fetched and looked at'
git -C far.git update-ref refs/heads/main "$(git -C far.git rev-parse main~2)"
git -C far.git config receive.denyNonFastForwards false
forged=$(rewrite main '/^Naru-Seq/s/$/ /' "$office/keys/office" far.git)
git -C far.git update-ref refs/heads/main "$forged"
run --as head --json remote check far
assert_rc 6
assert_jq --arg commit "$forged" '.relation == "forked" and .first_difference.theirs.commit == $commit'
run --as head --json remote push far
assert_rc 6
assert_jq '.[0].state == "broken"'
assert_equal head "$(git -C far.git rev-parse main)" "$forged"
assert_equal 'folders left' "$(ls "$TMPDIR")" ''
PATH=$kept_path

begin 'a mirror that takes nothing says why'
git init -q --bare closed.git
printf '#!/bin/sh\necho "closed for the audit" >&2\nexit 1\n' >closed.git/hooks/pre-receive
chmod +x closed.git/hooks/pre-receive
run --as head remote add closed closed.git
ok
run --as head --json remote push closed
assert_rc 1
assert_jq '.[0] | .state == "failed" and (.problem | contains("hook declined"))'

begin 'a lock that a killed push left on a mirror that is a folder is told, and goes when it is old'
run --as minji edit "$deal" trl=7
ok
touch mirror.git/refs/heads/main.lock
run --as head --json remote push auditor
assert_rc 1
assert_jq '.[0] | .state == "failed" and (.problem | contains("mirror.git/refs/heads/main.lock")) and (.cure | length > 10)'
touch -d '1 hour ago' mirror.git/refs/heads/main.lock
run --as head --json remote push auditor
ok
assert_jq '.[0].state == "pushed"'
[ ! -e mirror.git/refs/heads/main.lock ] || complain 'it is still there'

begin 'how far a mirror was that is gone says nothing of a new one'
history update-ref refs/naru/mirrors/again main
run --as head remote add again "$work/again.git"
ok
run --as head --json remote list
assert_jq '.[] | select(.name == "again") | .pushed_seq == null'
run --as head remote remove again --reason 'It never was there'
ok

begin 'git that runs no hook of the office'
printf '#!/bin/sh\ntouch %s/ran\n' "$work" >"$office/audit.git/pre-push"
mkdir -p "$office/audit.git/hooks"
mv "$office/audit.git/pre-push" "$office/audit.git/hooks/"
chmod +x "$office/audit.git/hooks/pre-push"
run --as head remote push auditor
ok
[ ! -e ran ] || complain 'a hook ran'
rm -r "$office/audit.git/hooks"

if [ -x "${NARU_KILLAT:-}" ]; then
  export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # which cannot be looked for under ptrace
  begin 'killed anywhere, there is a whole seal or none, and the office goes on'
  "$NARU_KILLAT" calls 0 "$naru" --as head seal --name counted >"$out" 2>"$err" || complain 'not counted'
  calls=$(cat calls)
  [ "$calls" -gt 100 ] || complain "$calls system calls"
  i=0
  while [ $i -lt 40 ]; do
    i=$((i + 1))
    "$NARU_KILLAT" - $((i * calls / 40)) "$naru" --as head seal --name "killed-$i" >"$out" 2>"$err"
    if history rev-parse -q --verify "refs/tags/seal-killed-$i" >/dev/null; then
      history cat-file tag "seal-killed-$i" >/dev/null || complain "half a seal at $i"
    fi
    run --as head seal --name "killed-$i"
    [ "$rc" -eq 0 ] || [ "$rc" -eq 1 ] || complain "after the kill at $i: $rc"
  done
  touch "$office/audit.git/refs/tags/seal-abandoned.lock"
  run --as head seal --name after
  ok
  run --as head --json seal list
  ok
  assert_jq '.findings == [] and ([.seals[] | select(.name | startswith("seal-killed-"))] | length == 40)'
  run --as head --json status
  ok
  assert_jq '.history == "complete"'
  assert_equal 'git fsck' "$(history fsck --strict --no-dangling --no-progress 2>&1)" ''
  assert_equal 'left over' "$(find "$office/audit.git" -name 'tmp_*' -o -name '*.lock')" ''
else
  skip 'killed anywhere' 'NARU_KILLAT names no program'
fi

begin 'in Korean'
run --lang ko --as head seal --name "$(date +%Y)x y"
[ "$rc" -ne 0 ] || complain 'it was made'
assert_clean_message
finish
