#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way back: a backup, an office from it, from its history and from a clone; what is no history makes no office.
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/lib.sh"
need jq git

make_office "$work/office"
office=$NARU_OFFICE
run --as head new deal title='나루터 센서' 'sectors:=["it"]' trl=3
ok
deal=$(cat "$out")
echo report >report.txt
run --as head attach "$deal" report.txt
ok
run --as head edit "$deal" trl=4 summary=x
ok
for type in deal person; do run --as head export $type --jsonl -o "$type.before"; ok; done
run --as head history "$deal" --json
ok
cp "$out" history.before
unset NARU_OFFICE

assert_same () { # DIR: this office says what the first one said, once it has the key
  run --office "$1" --as head new deal title=unsigned
  assert_rc 1
  assert_clean_message
  assert_err 'keys/office'
  cp -p "$office/keys/office" "$1/keys/office"
  for type in deal person; do
    run --office "$1" --as head export $type --jsonl -o "$type.after"
    ok
    cmp -s "$type.before" "$type.after" || complain "$type differs"
  done
  run --office "$1" --as head history "$deal" --json
  ok
  cmp -s "$out" history.before || complain 'the history differs'
  run --office "$1" --as head status --json
  ok
  assert_jq '.history == "complete" and .pending == 0'
  assert_equal head "$(git -C "$1/audit.git" rev-parse main)" "$(git -C "$office/audit.git" rev-parse main)"
}

assert_no_folder () { # DIR: neither it nor anything beside it
  for left in "$1"*; do [ ! -e "$left" ] || complain "left over: $left"; done
}

refuse () { # STATUS FROM
  run restore "$work/none" --from "$2"
  assert_rc "$1"
  assert_no_out
  assert_clean_message
  assert_no_folder "$work/none"
  run restore "$work/none" --from "$2" --json
  assert_rc "$1"
  assert_jq '.error | has("code") and has("message") and .cure != null'
}

begin 'a backup is one file, told in JSON, and stock git clones it'
run --office "$office" --as head backup all.naru --json
ok
assert_jq '.entries == 7 and .pending == 0 and (.head | length == 40) and (.chain | length == 64) and .size > 0'
assert_equal mode "$(stat -c %a all.naru)" 600
git clone -q all.naru clone 2>/dev/null || complain 'git does not clone it'
assert_equal file "$(cat "clone/records/deal/$(date +%Y)/00/00/$deal.json" | jq -r .trl)" 4
assert_no_folder all.naru.

begin 'a backup replaces nothing and is for who administers'
run --office "$office" --as head backup all.naru
assert_rc 1
assert_clean_message
run --office "$office" --as minji backup other.naru
[ "$rc" -ne 0 ] || complain 'an officer took everything away'
assert_clean_message
[ ! -e other.naru ] || complain 'a file was left'
run --office "$office" --as head backup missing/folder.naru
assert_rc 4
assert_clean_message

begin 'an office from a backup'
run restore from-backup --from all.naru
ok
assert_out 'passwords'
assert_same from-backup

begin 'an office from a history, whose store is gone'
cp -r "$office" lost
rm lost/data.mdb
run --office lost status
assert_rc 6
assert_clean_message
assert_err 'naru restore '
command=$(sed -n 's/.*\(naru restore [^ ]* --from [^ ]*audit\.git\).*/\1/p' "$err")
[ -n "$command" ] || complain 'the command is not there'
# shellcheck disable=SC2086
run ${command#naru }
ok
assert_same "$work/lost-restored"

begin 'an office whose store is damaged says the way back, and does not touch it'
cp -r "$office" "$work/damaged"
dd if=/dev/zero of=damaged/data.mdb bs=4096 count=3 conv=notrunc 2>/dev/null
cp damaged/data.mdb damaged.before
run --office "$work/damaged" list deal
assert_rc 6
assert_clean_message
assert_err "naru restore $work/damaged-restored --from $work/damaged/audit.git"
cmp -s damaged/data.mdb damaged.before || complain 'it was written to'
run restore "$work/damaged-restored" --from "$work/damaged/audit.git"
ok
assert_same "$work/damaged-restored"

begin 'an office from a clone, and from an office'
git clone -q --mirror "$office/audit.git" mirror.git 2>/dev/null
run restore from-mirror --from mirror.git --json
ok
assert_jq '.entries == 7 and .documents == 1 and .not_restored == ["secrets", "faults", "key"] and (.folder | endswith("from-mirror"))'
assert_same from-mirror
run restore from-office --from "$office"
ok
assert_same from-office

begin 'an encrypted backup gives the key back, too'
echo 'correct horse battery' >words
run --office "$office" --as head backup --encrypt locked.naru --passphrase-file words --json
ok
assert_jq '.encrypted and .left_out == ["faults"] and .entries == 7'
assert_equal mode "$(stat -c %a locked.naru)" 600
assert_no_folder locked.naru.
assert_no_folder "$office/backup"
run restore unlocked --from locked.naru --passphrase-file words --json
ok
assert_jq '.not_restored == ["faults"]'
assert_equal mode "$(stat -c %a unlocked/keys/office)" 600
cp -r unlocked worked
run --office worked --as head new deal title=signed
ok
rm -r worked
rm unlocked/keys/office
assert_same unlocked
run --office "$office" --as head backup all-again.naru --json
ok
assert_jq '(.encrypted | not) and .left_out == ["secrets", "faults", "key"]'

begin 'an encrypted backup with another passphrase, without one, altered or cut off'
echo 'another passphrase' >other-words
echo short >short-words
run restore none --from locked.naru --passphrase-file other-words
assert_rc 2
assert_clean_message
run restore none --from locked.naru
assert_rc 2
assert_err '--passphrase-file'
run restore none --from locked.naru --passphrase-file missing-words
assert_rc 4
head -c 60000 locked.naru >cut.locked
tail -c +60002 locked.naru >rest.locked
{ cat cut.locked; printf x; cat rest.locked; } >altered.locked
for file in cut altered; do
  run restore none --from $file.locked --passphrase-file words
  [ "$rc" -eq 2 ] || [ "$rc" -eq 6 ] || complain "$last_call: ended with $rc"
  assert_clean_message
done
head -c 150000 locked.naru >cut.locked
run restore none --from cut.locked --passphrase-file words
assert_rc 6
assert_clean_message
assert_no_folder none
for words in short-words /dev/null missing-words; do
  run --office "$office" --as head backup never.naru --encrypt --passphrase-file $words
  [ "$rc" -ne 0 ] || complain 'it was written'
  assert_clean_message
done
assert_no_folder never.naru
assert_no_folder "$office/backup"

begin 'the program in share/doc/BACKUP.md reads an encrypted backup without Naru'
awk '/^```python$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$NARU_DATA_DIR/share/doc/BACKUP.md" >reader.py
/usr/bin/python3 reader.py locked.naru words >"$out" 2>"$err" || complain 'it does not read it'
git clone -q office.bundle by-hand 2>/dev/null || complain 'what it read is no bundle'
assert_equal head "$(git -C by-hand rev-parse main)" "$(git -C "$office/audit.git" rev-parse main)"
assert_equal key "$(jq -r .key office.json)" "$(cat "$office/keys/office")"

begin 'on a terminal the passphrase is asked for, twice for a new one, and not shown'
ask () { # ANSWER… -- WORD…
  /usr/bin/python3 "$tests/ask.py" "$@" >"$out" 2>"$err"
  rc=$?
  last_call="ask $*"
}
ask 'correct horse' 'correct horse' -- "$naru" --office "$office" --as head backup --encrypt typed.naru
assert_rc 0
assert_not_out 'correct horse'
ask 'correct horse' -- "$naru" restore typed --from typed.naru
assert_rc 0
assert_not_out 'correct horse'
ask 'correct horse' 'correct house' -- "$naru" --office "$office" --as head backup --encrypt differs.naru
assert_rc 2
[ ! -e differs.naru ] || complain 'it was written'

begin 'work goes on in a restored office'
run --office from-mirror --as head new deal title=next 'sectors:=["it"]'
ok
assert_equal id "$(cat "$out")" "$(echo "$deal" | sed 's/1$/2/')"

begin 'a folder that holds something is never taken'
run restore from-mirror --from all.naru
assert_rc 1
assert_clean_message
touch plain
run restore plain --from all.naru
assert_rc 1
assert_clean_message
[ -f plain ] || complain 'the file is gone'
mkdir inside
ln -s inside link
touch inside/something
run restore link --from all.naru
assert_rc 1
assert_equal files "$(ls inside)" something
ln -s nowhere dangling
run restore dangling --from all.naru
assert_rc 1
[ ! -e nowhere ] || complain 'it was written through a link'

begin 'what is no history'
mkdir empty
echo text >text
git init -q --bare -b main bare.git
git init -q -b main project
(cd project && echo x >f && git add f && git -c user.name=a -c user.email=b@c commit -qm 'another project')
refuse 4 nothing-there
refuse 2 empty
refuse 2 text
refuse 2 bare.git
refuse 2 project
run restore none
assert_rc 2
assert_clean_message

begin 'what is damaged or cut off'
head -c 3000 all.naru >cut.naru
refuse 6 cut.naru
head -c 100 all.naru >head.naru
refuse 6 head.naru
cp -r mirror.git damaged.git
chmod -R u+w damaged.git
for pack in damaged.git/objects/pack/*.pack; do truncate -s 2000 "$pack"; done
rm -rf damaged.git/objects/??
run restore none --from damaged.git
[ "$rc" -ne 0 ] || complain 'a damaged history was restored'
assert_clean_message
assert_no_folder none
git -C mirror.git bundle create -q "$work/part.naru" main~2..main
refuse 6 part.naru

begin 'a history that another hand wrote into'
rm -rf forged && git clone -q "$office/audit.git" forged 2>/dev/null
(cd forged && echo '{}' >office.json && git -c user.name=a -c user.email=b@c commit -qam 'Naru-Seq: 8

Naru-Seq: 8
Naru-Chain: 0') || complain 'no commit'
refuse 6 forged
rm -rf linked && git clone -q "$office/audit.git" linked 2>/dev/null
(cd linked && rm README.md && ln -s /etc/passwd README.md && git -c user.name=a -c user.email=b@c commit -qam "x

$(git log -1 --format=%B | grep Naru-)") || complain 'no commit'
refuse 6 linked
(cd mirror.git && git update-ref refs/heads/main main~1)
run restore shorter --from mirror.git --json
ok
assert_jq '.entries == 6'

begin 'in Korean'
run --lang ko restore none --from text
assert_rc 2
assert_err '저장소'

finish
