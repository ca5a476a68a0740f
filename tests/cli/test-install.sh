#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Naru as it is installed: the files of a prefix, and that the program works from them with nothing of the build around.
#   test-install.sh SOURCE BUILD
source=$1 build=$2
NARU_PROGRAM=$build/core/cli/naru
. "$(dirname "$0")/lib.sh"
need jq
meson=/usr/bin/meson
[ -x $meson ] || meson=$(command -v meson) || skip_all 'meson is not installed'
# as a user's shell: nothing of the build
for name in $(env | sed -n 's/^\(NARU_[A-Z_]*\|GI_TYPELIB_PATH\|LD_LIBRARY_PATH\|MALLOC_PERTURB_\|MESON_[A-Z_]*\|DESTDIR\|PYTHONPATH\)=.*/\1/p'); do
  unset "$name"
done

option () { # NAME: of the build
  $meson introspect "$build" --buildoptions | jq -r --arg name "$1" '.[] | select(.name == $name) | .value'
}

# The prefix is compiled into the program. Where it can be laid over the real one for us alone, what was built is
# installed there; elsewhere all is built once more for a prefix of our own.
prefix=$(option prefix)
unshare="unshare --mount"
[ "$(id -u)" -eq 0 ] || unshare="unshare --mount --map-root-user"
lay='mount --bind "$0" "$1" && shift && exec "$@"'
case $work/ in "$prefix"/*) unshare=false ;; esac
mkdir -p "$work/root$prefix"
if $unshare sh -c "$lay" "$work/root$prefix" "$prefix" true 2>/dev/null; then
  installed=$work/root
  inside () { $unshare sh -c "$lay" "$work/root$prefix" "$prefix" "$@"; }
  DESTDIR=$installed $meson install -C "$build" --no-rebuild --quiet >install.log 2>&1
else
  libdir=$(option libdir)
  installed='' prefix=$work/prefix
  inside () { "$@"; }
  $meson setup again "$source" --prefix "$prefix" --libdir "$libdir" -Dtests=false -Dbenchmarks=false -Ddocs=disabled \
    >install.log 2>&1 && ninja -C again >>install.log 2>&1 && $meson install -C again --no-rebuild --quiet >>install.log 2>&1
fi || { tail -n 40 install.log | sed 's/^/# /'; echo 'Bail out! the installation failed'; exit 1; }
libdir=$prefix/$(option libdir)

run () { # as in lib.sh, but the installed program
  inside "$prefix/bin/naru" "$@" >"$out" 2>"$err" </dev/null
  rc=$?
  last_call="naru $*"
}

begin 'the files'
for path in bin/naru libexec/naru/naru-worker libexec/naru/naru-worker-python include/naru-1/naru.h include/naru-1/naru-plugin.h \
  include/naru-1/naru-rule-set.h share/naru/schemas/deal.json share/naru/schemas/rule-pack.json \
  share/naru/schemas/review.json share/naru/share/pipelines/technology.json share/naru/share/rules/ownership/rules.json \
  share/naru/share/rules/ownership/schema.json share/doc/naru/ARCHITECTURE.md share/doc/naru/RULES.md; do
  [ -s "$installed$prefix/$path" ] || complain "$path is not there"
done
for path in libnaru-1.so.0 libnaru-plugin-1.so.0 pkgconfig/naru-1.pc; do
  [ -s "$installed$libdir/$path" ] || complain "$path is not there"
done
if [ -e "$build/core/Naru-1.typelib" ]; then
  [ -s "$installed$libdir/girepository-1.0/Naru-1.typelib" ] || complain 'no typelib'
  [ -s "$installed$prefix/share/gir-1.0/Naru-1.gir" ] || complain 'no GIR'
fi
if [ -e "$build/share/doc/naru-1/index.html" ] && [ -n "$installed" ]; then
  for page in index.html plugins.html reference.html iface.RuleSet.html; do
    [ -s "$installed$prefix/share/doc/naru/naru-1/$page" ] || complain "the reference has no $page"
  done
fi
for pack in "$source"/share/rules/*/; do
  pack=$(basename "$pack")
  [ -s "$installed$prefix/share/naru/share/rules/$pack/rules.json" ] || complain "the pack $pack is not there"
  [ ! -e "$installed$prefix/share/naru/share/rules/$pack/tests" ] || complain "$pack came with its tests"
done
for header in $(sed -n 's/^#include "\(.*\)"/\1/p' "$installed$prefix"/include/naru-1/*.h | sort -u); do
  [ -s "$installed$prefix/include/naru-1/$header" ] || complain "$header is included but not there"
done

begin 'every plugin, whole, with its cases and without what only the build needs'
for file in "$source"/plugins/*/*.plugin; do
  plugin=$(basename "$(dirname "$file")")
  folder=$installed$libdir/naru/plugins/$plugin
  for path in "$plugin.plugin" README.md rules.json schema.json; do
    cmp -s "$source/plugins/$plugin/$path" "$folder/$path" || complain "$plugin/$path is not there, or another"
  done
  for path in "$source/plugins/$plugin"/tests/cases/*.json; do
    [ -s "$folder/tests/cases/$(basename "$path")" ] || complain "$plugin: $(basename "$path") is not there"
  done
  [ -z "$(find "$folder" -name meson.build -o -name '*.c' -o -name __pycache__)" ] || complain "$plugin holds files of the build"
done

begin 'an office, with the plugins of the prefix'
run --as head --json init "$work/office" --name 'Magok TTO' --hub MGK
ok
export NARU_OFFICE="$work/office"
run --as head --json plugin list
ok
assert_jq --arg at "$libdir/naru/plugins/" 'length > 0 and all(.folder | startswith($at))'
assert_jq 'all(.loaded and .state == "on" and .problem == null)'
assert_jq --argjson n "$(ls -d "$source"/plugins/*/*.plugin | wc -l)" 'length == $n'
run --as head --json rules
ok
assert_jq 'map(.id) | contains(["ownership", "licensing", "biohealth"])'

begin 'a deal is judged by data and by the code of its plugin, in a worker of the prefix'
officer=$(inside "$prefix/bin/naru" --as head --json person list | jq -r '.[0].id')
run --as head --json new deal title=Serum summary=x 'sectors:=["bio-health"]' "officer=$officer" \
  bio_health.uses_animals=yes bio_health.animals.iacuc_number=7 bio_health.animals.approved_on=2026-03-02 \
  bio_health.animals.expires_on=2027-03-01 bio_health.animals.started_on=2026-03-01
ok
id=$(value_of .id)
run --as head --json check "$id" disclosure
assert_rc 3
assert_jq '.findings[] | select(.rule == "BIO-IACUC-01") | .status == "fail" and (.fields | length > 0) and .why.pack == "biohealth"'
assert_jq '.findings[] | select(.rule == "BIO-IACUC-02") | .status == "fail"'
run --as head edit "$id" bio_health.animals.started_on=2026-03-03 bio_health.animals.facility=outside
ok
run --as head --json advance "$id" disclosure
ok
assert_jq '.allowed and ([.findings[] | select(.status == "error")] | length == 0)'

begin 'the cases of an installed plugin'
run --json plugin test "$libdir/naru/plugins/biohealth"
ok
assert_jq '.failed == 0 and .cases > 100'

begin 'Korean'
if [ -e "$installed$prefix/share/locale/ko/LC_MESSAGES/naru.mo" ]; then
  run --lang ko --as head check "$id" evaluation
  assert_out '관문'
fi

begin 'a C program against pkg-config naru-1'
if command -v cc >/dev/null && command -v pkg-config >/dev/null; then
  cat >own.c <<'C'
#include <naru-plugin.h>
#include <stdio.h>

int
main (void)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autoptr (NaruReport) report = naru_report_new ();

  naru_json_set_string (json, "name", "naru");
  naru_report_accept (report);
  printf ("%s %s\n", naru_json_get_string (json, "name"), naru_report_get_verdict (report));
  return naru_report_get_fault (report) != NULL;
}
C
  cat >compile.sh <<SH
export PKG_CONFIG_PATH='$libdir/pkgconfig'
cc -Wall -Werror -o own own.c \$(pkg-config --cflags --libs naru-1) && LD_LIBRARY_PATH='$libdir' ./own
SH
  inside sh compile.sh >"$out" 2>"$err"
  rc=$? last_call='the compiled program'
  ok
  assert_out 'naru pass'
  assert_equal 'the data folder' "$(inside sh -c "PKG_CONFIG_PATH='$libdir/pkgconfig' pkg-config --variable=datadir naru-1")" \
    "$prefix/share/naru"
fi

finish
