#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proves the harness: each bug in planted/ is put into a copy of the source, the copy is built, and the sweep named
here must fail on it.

usage: planted.py [BUG…]
       planted.py --fit      only whether each patch still fits, which takes no time

A patch is matched by its content; one that no longer fits fails loudly, and is then to be written anew. So is one that
is no longer caught: then the harness has become blind, or the product immune."""
import glob
import os
import shutil
import subprocess
import sys

import harness

SOURCE = os.path.normpath(os.path.join(harness.HERE, '..', '..'))
# bug -> the sweep that has to catch it
BUGS = {
    'journal-dropped-before-publish': ('sweep_kill.py', 'advance'),
    'journal-dropped-before-pack': ('powerloss.py', 'edits'),
    'no-skip-on-replay': ('sweep_kill.py', 'import'),
    'wrong-parent': ('sweep_kill.py', 'advance-waiting'),
    'stale-lock-kept': ('sweep_kill.py', 'advance'),
    'left-overs-kept': ('sweep_kill.py', 'import'),
    'git-not-flushed': ('powerloss.py', 'edits'),
    'store-not-flushed': ('powerloss.py', 'advance'),
    'answer-before-commit': ('sweep_kill.py', 'advance'),
    'failure-not-told': ('sweep_error.py', 'advance'),
    'trees-not-stored': ('sweep_kill.py', 'advance'),
    'boot-ignored': ('powerloss.py', 'edits'),
    'removal-not-flushed': ('powerloss.py', 'edits'),
    'unsigned-without-key': ('sweep_error.py', 'advance'),
    'clock-in-commit': ('determinism.py',),
    'revision-not-compared': ('concurrency.py', '30'),
}


def leave_out(folder, names):
    """What the copy does not need. The tests of plugins stand beside them and are built with them."""
    top = ('.git', 'tests', *(name for name in names if name.startswith('build'))) if folder == SOURCE else ()
    return {'__pycache__', *top}


class Workshop:
    """A copy of the source with a build of its own."""

    def __init__(self):
        self.source = os.path.join(harness.work_folder(), 'source')
        self.build = os.path.join(harness.work_folder(), 'build')
        shutil.copytree(SOURCE, self.source, symlinks=True, ignore=leave_out)
        meson = '/usr/bin/meson' if os.path.exists('/usr/bin/meson') else 'meson'
        self.run(meson, 'setup', self.build, self.source, '--buildtype=debug', '-Dtests=false', '-Dbenchmarks=false',
                 '-Dintrospection=disabled', '-Dman=disabled', '-Dnls=disabled')
        self.run('ninja', '-C', self.build, 'core/cli/naru')

    def run(self, *words):
        done = subprocess.run(words, cwd=self.source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f'{" ".join(words)}: ended with {done.returncode}:\n{done.stdout[-1500:]}')

    def apply(self, bug, *options):
        """git apply looks for the lines around a change wherever they now are."""
        patch = os.path.join(harness.HERE, 'planted', bug + '.patch')
        before = self.read_sources()
        self.run('git', 'apply', '--recount', '-C1', *options, patch)
        if self.read_sources() == before:
            raise RuntimeError(f'{patch} changed nothing')
        self.run('ninja', '-C', self.build, 'core/cli/naru')

    def read_sources(self):
        files = sorted(glob.glob(os.path.join(self.source, 'core', '*', '*.c')))
        return [open(file, 'rb').read() for file in files]

    def try_sweep(self, script, *words):
        """Returns (whether the sweep failed, what it said)."""
        env = {**os.environ, 'NARU_PROGRAM': os.path.join(self.build, 'core', 'cli', 'naru'),
               'NARU_DATA_DIR': self.source, 'NARU_KILLAT': harness.KILLAT}
        env.pop('NARU_TEST_LONG', None)
        switch = ('--first-failure',) if script in ('sweep_kill.py', 'sweep_error.py', 'powerloss.py') else ()
        done = subprocess.run([sys.executable, os.path.join(harness.HERE, script), *switch, *words], env=env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode != 0, done.stdout.strip().split('\n')


def find_reason(lines):
    """The first line that tells what was found."""
    for line in lines:
        if line.startswith(('# ', 'Bail out! ')) and not line.startswith('# ['):
            return line.lstrip('# ')[:240]
    return lines[-1][:240]


def look_whether_all_fit(tap):
    for bug in BUGS:
        patch = os.path.join(harness.HERE, 'planted', bug + '.patch')
        done = subprocess.run(['git', 'apply', '--check', '--recount', '-C1', patch], cwd=SOURCE, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        tap.ok(done.returncode == 0, f'{bug}: the patch fits', done.stdout.strip().split('\n'))


def main():
    tap = harness.Tap()
    if sys.argv[1:] == ['--fit']:
        harness.need('git')
        look_whether_all_fit(tap)
        tap.finish()
    harness.need('git', 'mdb_dump', 'strace', 'ninja', harness.KILLAT)
    known = {os.path.splitext(os.path.basename(path))[0]
             for path in glob.glob(os.path.join(harness.HERE, 'planted', '*.patch'))}
    tap.ok(known == set(BUGS), 'every patch has its sweep', sorted(known ^ set(BUGS)))
    try:
        shop = Workshop()
    except RuntimeError as error:
        tap.ok(False, 'the copy builds', [error])
        tap.finish()
    failed, lines = shop.try_sweep('powerloss.py', 'import')
    tap.ok(not failed, 'a copy without a bug passes', lines)
    for bug in sys.argv[1:] or BUGS:
        try:
            shop.apply(bug)
            failed, lines = shop.try_sweep(*BUGS[bug])
            shop.apply(bug, '--reverse')
        except RuntimeError as error:
            tap.ok(False, f'{bug}: the patch fits and builds', [error])
            continue
        tap.note(f'{bug}: {find_reason(lines) if failed else "not seen"}')
        tap.ok(failed, f'{bug} is caught by {" ".join(BUGS[bug])}', lines)
    tap.finish()


if __name__ == '__main__':
    main()
