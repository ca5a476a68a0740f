#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A mirror over https on this machine: pushed to, checked and restored from; whose certificate nobody vouches for, who asks
# for a password, leads elsewhere or never answers gets nothing.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
need git jq openssl
python=/usr/bin/python3
[ -x $python ] || skip_all "$python is not installed"
git --exec-path >path
[ -x "$(cat path)/git-http-backend" ] && [ -x "$(cat path)/git-remote-https" ] || skip_all 'git has no http-backend'
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 TMPDIR="$work"

mkdir far
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
  -keyout far/server.key -out far/server.pem -days 30 >far/log 2>&1 || { cat far/log; echo 'Bail out! no certificate'; exit 1; }
git init -q --bare far/mirror.git
git -C far/mirror.git config http.receivepack true
$python "$here/https-git.py" "$work/far" &
server=$!
trap 'kill $server 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s far/port ] || sleep 0.5; done
[ -s far/port ] || { echo 'Bail out! no service'; exit 1; }
url=https://127.0.0.1:$(cat far/port)

make_office "$work/office"
run --as head seal
ok
run --as head remote add far "$url/mirror.git"
ok

begin 'a certificate that nobody vouches for: nothing is sent'
run --as head --json remote push
assert_rc 1
assert_jq '.[0] | .state == "failed" and (.cure | contains("certificate"))'
assert_equal branches "$(git -C far/mirror.git for-each-ref)" ''
export GIT_SSL_CAINFO="$work/far/server.pem"

begin 'history and seals go there, are checked, and come back'
run --as head --json remote push
ok
assert_jq '.[0] | .state == "pushed" and .refs == 1'
assert_equal head "$(git -C far/mirror.git rev-parse main)" "$(git -C "$NARU_OFFICE/audit.git" rev-parse main)"
run --as minji new deal title=One sectors=it
ok
run --as head --json remote check far
ok
assert_jq '.relation == "behind" and .behind == 1 and (.seals | length == 1)'
run restore restored --from "$url/mirror.git" --json
ok
assert_jq '.seals == 1 and .entries == 5'

begin 'a history that was cut off is fetched and told'
run --as head remote push
ok
git clone -q --mirror "$NARU_OFFICE/audit.git" short.git
git -C short.git update-ref refs/heads/main main~1
run restore short --from short.git
ok
run --office short --as head --json remote check far
assert_rc 6
assert_jq '.relation == "ahead" and any(.findings[]; .code == "history-truncated")'

begin 'who asks for a password, leads to another protocol or never answers'
run --as head remote check "$url/locked/mirror.git"
assert_rc 1
assert_err 'credential'
assert_clean_message
run --as head remote check "$url/moved/mirror.git"
assert_rc 1
assert_clean_message
NARU_READ_DEADLINE=2 run --as head remote check "$url/silent/mirror.git"
assert_rc 1
assert_err 'got stuck'
run --as head remote check "$url/nothing.git"
assert_rc 1
assert_err 'git init --bare'
assert_clean_message
assert_equal 'left over' "$(find "$work" -maxdepth 1 -name 'naru-compare-*')" ''
finish
