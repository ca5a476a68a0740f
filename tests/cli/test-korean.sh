#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Korean by --lang and by the locale; Hangul is two cells wide; NFC and NFD are one text.
. "$(dirname "$0")/lib.sh"
need jq

cells_of () { # the widest line of stdout, in cells
  /usr/bin/python3 -c '
import sys, unicodedata
wide = lambda c: 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
print(max(sum(wide(c) for c in line.rstrip("\n")) for line in open(sys.argv[1], encoding="utf-8")))' "$out"
}

make_office "$work/office"
run --as minji new deal title='전고체 전지용 황화물계 고체전해질의 대량 합성 방법 및 그 장치' sectors=green
id=$(cat "$out")

begin 'labels and values come in Korean by --lang'
run --as minji --lang ko show "$id"
ok
assert_out '기술명'
assert_not_out 'Title'
run --as minji --lang en show "$id"
assert_out 'Title'

begin 'and by the locale'
for variable in LC_ALL LC_MESSAGES LANG; do
  (unset LC_ALL LC_MESSAGES LANG; export "$variable=ko_KR.UTF-8"; "$naru" --as minji show "$id" >"$out" 2>"$err")
  last_call="$variable=ko_KR.UTF-8 naru show"
  assert_out '기술명'
done

begin '--lang en wins over a Korean locale'
LC_ALL=ko_KR.UTF-8 run --as minji --lang en show "$id"
assert_out 'Title'

begin 'a plain C locale takes Korean words all the same'
LC_ALL=C run --as minji edit "$id" summary='요약입니다'
ok
LC_ALL=C run --as minji list deal --stage idea --text '황화물계'
ok
assert_out "$id"

begin 'dates as Koreans write them'
NARU_CLOCK=2026-03-05T10:00:00+09:00 run --as minji note "$id" '통화함'
ok
run --as minji --lang ko history "$id"
ok
assert_out '2026. 3. 5.'

begin 'the board keeps to the width, in cells'
for width in 40 80 113 200; do
  COLUMNS=$width run --as minji --lang ko board
  ok
  [ "$(cells_of)" -le "$width" ] || complain "a line has $(cells_of) cells, not $width"
done
assert_out '…'

begin 'one text, composed or not'
nfd=$(/usr/bin/python3 -c 'import unicodedata; print(unicodedata.normalize("NFD", "나루터 이야기"))')
run --as minji new deal title="$nfd"
ok
other=$(cat "$out")
run --as minji show "$other" --json
assert_jq '.record.title == "나루터 이야기"'
run --as minji list deal --text "$nfd" --json
assert_jq --arg id "$other" 'map(.id) == [$id]'
run --as minji list deal --text '이야기' --json
assert_jq --arg id "$other" 'map(.id) == [$id]'

begin 'values may be given by their Korean label'
run --as minji new deal title=라벨 sectors=친환경
ok
labelled=$(cat "$out")
run --as minji show "$labelled" --json
assert_jq '.record.sectors == ["green"]'

begin 'messages are translated'
if [ -f "${NARU_LOCALE_DIR:-/nowhere}/ko/LC_MESSAGES/naru.mo" ]; then
  run --lang ko advnce
  assert_rc 2
  assert_err '명령은 없습니다'
  run --as minji --lang ko check "$id" joint-rd
  assert_rc 3
  assert_out '관문을 통과할 수 없습니다: 충족되지 않은 요건'
  run --lang ko help
  ok
  assert_out '기록을 다른 단계로 이동'
  # the environment asks, and the locale need not be installed
  LC_ALL=ko_KR.UTF-8 run help
  ok
  assert_out '기록을 다른 단계로 이동'
fi

begin 'text that is no UTF-8 is refused with a word about it'
run --as minji new deal "$(printf 'title=\377\376')"
[ "$rc" -ne 0 ] || complain 'it was taken'
assert_clean_message

finish
