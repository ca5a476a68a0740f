#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever is wrong gets one clear message with a cure, the right exit status, and nothing lost or half written.
. "$(dirname "$0")/lib.sh"
need jq git

make_office "$work/office"
run --as minji new deal title=One sectors=it
id=$(cat "$out")

untouched () { # the office is as before, and well
  run --as minji show "$id" --json
  ok
  assert_jq '.record.title == "One"'
  git -C "$NARU_OFFICE/audit.git" fsck --strict >"$out" 2>"$err" || complain 'git fsck complains'
}

refused () { # STATUS WORD…
  expected=$1; shift
  run "$@"
  assert_rc "$expected"
  assert_no_out
  assert_clean_message
}

begin 'no office'
NARU_OFFICE=$work/nothing refused 4 list deal
assert_err 'init'

begin 'somebody whom the office does not know'
run --as stranger list deal
[ "$rc" -ne 0 ] || complain 'a stranger got in'
assert_clean_message
assert_err 'stranger'

begin 'a field that is not there, a value that does not fit'
refused 2 --as minji new deal nofield=1
assert_err nofield
refused 2 --as minji edit "$id" trl=ten
refused 2 --as minji edit "$id" trl=99
refused 2 --as minji edit "$id" 'sectors:=["nothing"]'
refused 2 --as minji edit "$id" officer=MGK-PER-2020-09999
refused 2 --as minji edit "$id" stage=patent
refused 2 --as minji edit "$id" 'title:=7'
untouched

begin 'shares that do not sum to 100'
refused 2 --as minji edit "$id" "inventors:=[{\"person\":\"$minji\",\"share\":\"60\"}]"
untouched

begin 'an assignment that is none, JSON that is none'
refused 2 --as minji edit "$id" title
refused 2 --as minji edit "$id" 'title:={'
refused 2 --as minji edit "$id" 'sectors:=["a","a"'
refused 2 --as minji edit "$id" 'evaluation:={"grade":"A","grade":"B"}'
printf '{"title":"a"' >broken.json
refused 2 --as minji new deal --from broken.json
printf '[1]' >array.json
refused 2 --as minji new deal --from array.json
run --as minji new deal --from nothing.json
[ "$rc" -ne 0 ] || complain 'a missing file was read'
assert_clean_message
assert_err nothing.json
untouched

begin 'ids that are paths, rubbish, or too long'
for bad in ../../etc/passwd MGK-2026-../x 'MGK 2026' '' "$(printf 'a%.0s' $(seq 5000))" 'MGK-2026-99999'; do
  refused 4 --as minji show "$bad"
  refused 4 --as minji edit "$bad" title=x
  refused 4 --as minji attach "$bad" /dev/null
done
untouched

begin 'control characters and texts without end'
refused 2 --as minji edit "$id" "title=$(printf 'a\033[31mb')"
refused 2 --as minji edit "$id" "summary=$(head -c 100000 /dev/zero | tr '\0' x)"
untouched

begin 'a document of 1 GiB, a folder, a missing file, a device'
truncate -s 1G huge
refused 2 --as minji attach "$id" huge
assert_err '100 MiB'
refused 2 --as minji attach "$id" .
run --as minji attach "$id" missing
[ "$rc" -ne 0 ] || complain 'a missing file was attached'
assert_clean_message
refused 2 --as minji attach "$id" /dev/null
untouched
rm -f huge

begin 'two people edit one deal'
run --as minji show "$id" --json
revision=$(value_of .revision)
run --as minji edit "$id" trl=2
ok
refused 5 --as head edit "$id" trl=3 --if-revision "$revision"
run --as minji show "$id" --json
assert_jq '.record.trl == 2'

begin 'a clock that went backwards'
NARU_CLOCK=2031-01-01T00:00:00Z run --as minji note "$id" future
ok
NARU_CLOCK=2027-01-01T00:00:00Z run --as minji note "$id" past
[ "$rc" -eq 0 ] || assert_clean_message
NARU_CLOCK=1960-01-01T00:00:00Z run --as minji note "$id" ancient
[ "$rc" -eq 0 ] || assert_clean_message
NARU_CLOCK=nonsense run --as minji note "$id" nonsense
[ "$rc" -eq 0 ] || assert_clean_message
run --as minji board
ok
untouched

begin 'a disk that takes no more'
if (ulimit -f 1) 2>/dev/null; then
  before=$(commits)
  head -c 3000000 /dev/urandom >large
  (ulimit -f 64; "$naru" --as minji attach "$id" large >"$out" 2>"$err")
  rc=$?; last_call='naru attach, with files of 32 KiB at most'
  [ "$rc" -ne 0 ] || complain 'it did not fail'
  assert_clean_message
  run --as minji status
  ok
  assert_equal commits "$(commits)" "$before"
  untouched
fi

as_other=
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  as_other='setpriv --reuid 65534 --regid 65534 --clear-groups'
elif [ "$(id -u)" -ne 0 ]; then
  as_other=env
fi
chmod 755 "$work"
if [ -n "$as_other" ] && $as_other "$naru" version >/dev/null 2>&1; then
  begin 'a folder that one may only read'
  cp -a "$NARU_OFFICE" "$work/readonly"
  chmod -R a+rX,a-w "$work/readonly"
  for call in "show $id" 'list deal' board; do
    # shellcheck disable=SC2086
    $as_other "$naru" --office "$work/readonly" --as minji $call >"$out" 2>"$err"
    rc=$?; last_call="naru $call (read-only)"
    ok
  done
  $as_other "$naru" --office "$work/readonly" --as minji edit "$id" trl=5 >"$out" 2>"$err"
  rc=$?; last_call='naru edit (read-only)'
  assert_rc 1
  assert_no_out
  assert_clean_message
  $as_other "$naru" init "$work/readonly/new" --name New --hub NEW >"$out" 2>"$err"
  rc=$?; last_call='naru init (read-only)'
  assert_rc 1
  assert_clean_message
  chmod -R u+w "$work/readonly"
fi

begin 'a damaged store'
for damage in 'dd if=/dev/urandom of=data.mdb bs=4096 count=2 conv=notrunc' 'truncate -s 5000 data.mdb' \
  'truncate -s 0 data.mdb' 'cp /etc/passwd data.mdb'; do
  rm -rf "$work/damaged"
  cp -a "$NARU_OFFICE" "$work/damaged"
  (cd "$work/damaged" && $damage 2>/dev/null)
  "$naru" --office "$work/damaged" --as minji list deal >"$out" 2>"$err"
  rc=$?; last_call="naru list, after $damage"
  assert_rc 6
  assert_no_out
  assert_clean_message
done

begin 'a damaged history'
for damage in 'truncate -s 0 audit.git/refs/heads/main' 'rm -rf audit.git/objects' 'rm -rf audit.git' \
  'cp /etc/passwd audit.git/refs/heads/main'; do
  rm -rf "$work/damaged"
  cp -a "$NARU_OFFICE" "$work/damaged"
  (cd "$work/damaged" && $damage)
  "$naru" --office "$work/damaged" --as minji edit "$id" trl=6 >"$out" 2>"$err"
  rc=$?; last_call="naru edit, after $damage"
  case $rc in
    0) ;; # repaired from the journal
    6|7) assert_clean_message ;;
    *) complain "$last_call: ended with $rc" ;;
  esac
  "$naru" --office "$work/damaged" --as minji status >"$out" 2>"$err"
  status=$?
  case $status in 0|6|7) ;; *) complain "naru status, after $damage: ended with $status" ;; esac
done
untouched

finish
