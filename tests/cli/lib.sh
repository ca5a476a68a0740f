# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of the command line share. A test names a case with "begin", runs the program with "run", and looks
# at exit status, stdout and stderr with the assertions; "finish" prints the plan. Output is TAP.
# shellcheck shell=sh disable=SC2154

set -u
naru=${NARU_WRAPPER:-${NARU_PROGRAM:?NARU_PROGRAM names no program}} # the wrapper runs NARU_PROGRAM under a tool
work=$(mktemp -d "${TMPDIR:-/tmp}/naru-cli.XXXXXX") || exit 1
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

export HOME="$work/home" XDG_DATA_HOME="$work/data" XDG_CONFIG_HOME="$work/config" XDG_CACHE_HOME="$work/cache"
export TERM=dumb GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
unset NARU_OFFICE NARU_CLOCK NARU_PAGER PAGER COLUMNS LANGUAGE NO_COLOR
mkdir -p "$HOME" "$XDG_DATA_HOME"
cd "$work" || exit 1

case_count=0
case_name=
case_failed=no
any_failed=0
rc=0
out=$work/.out
err=$work/.err

end_case () {
  [ -n "$case_name" ] || return 0
  case_count=$((case_count + 1))
  if [ $case_failed = yes ]; then
    echo "not ok $case_count - $case_name"
    any_failed=1
  else
    echo "ok $case_count - $case_name"
  fi
  case_name=
}

begin () { # NAME
  end_case
  case_name=$1
  case_failed=no
}

finish () {
  end_case
  echo "1..$case_count"
  exit $any_failed
}

skip_all () { # WHY
  echo "1..0 # SKIP $1"
  exit 0
}

skip () { # NAME WHY
  end_case
  case_count=$((case_count + 1))
  echo "ok $case_count - $1 # SKIP $2"
}

complain () { # TEXT
  case_failed=yes
  echo "# $1"
  if [ -s "$out" ]; then head -c 3000 "$out" | sed 's/^/#   stdout: /'; fi
  if [ -s "$err" ]; then head -c 3000 "$err" | sed 's/^/#   stderr: /'; fi
}

run () { # WORD…: the program with these words; then $rc, $out and $err tell
  "$naru" "$@" >"$out" 2>"$err" </dev/null
  rc=$?
  last_call="naru $*"
}

assert_rc () { # STATUS
  [ "$rc" -eq "$1" ] || complain "$last_call: ended with $rc, not $1"
}

assert_out () { # TEXT: it stands somewhere in stdout
  grep -aqF -e "$1" "$out" || complain "$last_call: stdout lacks: $1"
}

assert_not_out () { # TEXT
  if grep -aqF -e "$1" "$out"; then complain "$last_call: stdout should not hold: $1"; fi
}

assert_err () { # TEXT
  grep -aqF -e "$1" "$err" || complain "$last_call: stderr lacks: $1"
}

assert_no_err () {
  [ ! -s "$err" ] || complain "$last_call: stderr should be empty"
}

assert_no_out () {
  [ ! -s "$out" ] || complain "$last_call: stdout should be empty"
}

assert_clean_message () { # a message for people: one cure, no C function, no bare error number
  [ -s "$err" ] || complain "$last_call: no message"
  if grep -aqE '(naru|mdb|git|json|g)_[a-z]+_[a-z]+|errno|[Ee]rror [0-9]+|MDB_|GIT_E|%[sdu]|CRITICAL|\(null\)' "$err"; then
    complain "$last_call: the message is not for people"
  fi
}

assert_jq () { # FILTER [ARGUMENT…]: it holds for stdout, which is one JSON document
  jq -e "$@" <"$out" >/dev/null 2>&1 || complain "$last_call: does not hold: $1"
}

assert_equal () { # WHAT GOT EXPECTED
  [ "$2" = "$3" ] || complain "$1 is “$2”, not “$3”"
}

value_of () { # FILTER: from stdout
  jq -r "$1" <"$out"
}

ok () { # the last call went well, without a word on stderr
  assert_rc 0
  assert_no_err
}

make_office () { # DIR: an office of its own, with four people beside the caller
  run --as head init "$1" --name 'Magok TTO' --hub MGK --person-name 'Kim Head' --email head@example.com
  [ "$rc" -eq 0 ] || { cat "$err"; echo "Bail out! no office"; exit 1; }
  export NARU_OFFICE="$1"
  admin=head
  run --as head person add minji --name '김민지' --role officer
  [ "$rc" -eq 0 ] || { cat "$err"; echo "Bail out! no person"; exit 1; }
  minji=$(cat "$out")
  run --as head person add dir --name 'Park Director' --role director
  director=$(cat "$out")
  run --as head person add dir2 --name 'Choi Director' --role director
}

commits () { # how many commits the history of $NARU_OFFICE holds
  git -C "$NARU_OFFICE/audit.git" rev-list --count main
}

need () { # PROGRAM…
  for program in "$@"; do
    command -v "$program" >/dev/null || skip_all "$program is not installed"
  done
}
