#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An error at every n-th system call of verbs that only read, once and from then on: what is said is the whole truth or
there is an error for people, nothing hangs, and nothing is changed. A thread that cannot be made is one of the errors.

usage: sweep_read.py [VERB[:POINTS]…]"""
import collections
import hashlib
import os
import re
import sys

import harness
import sweep_error
from harness import PROGRAM, must, naru

ERRORS = {**sweep_error.ERRORS, 'clone3': ('EAGAIN',), 'getdents64': ('EIO',), 'newfstatat': ('EIO', 'EACCES')}
FEW, ENOUGH = 25, 400
HANGS = 60
DEAL = 'MGK-2026-00001'
# the words of each; {out} is a folder that is not there yet
VERBS = {
    'show': ['show', DEAL],
    'list': ['list', 'deal'],
    'list --at': ['list', 'deal', '--at', '#5'],
    'board': ['board'],
    'history': ['history', DEAL],
    'check': ['check', DEAL, 'patent'],
    'check --as-of': ['check', DEAL, 'joint-rd', '--as-of', '#5'],
    'rules': ['rules'],
    'export': ['export', 'deal', '--csv'],
    'dossier': ['dossier', DEAL, '--out', '{out}'],
    'audit report': ['audit', 'report'],
    'verify': ['verify'],
}
# what the person's machine tells, and not the office
ELSEWHERE = re.compile(r'"/proc/|"/sys/|/etc/|\.so(\.\d+)*"|locale|gconv|/nsswitch|"/usr/bin|"/bin')

Point = collections.namedtuple('Point', 'verb call error number lasting')
STAGE = {}  # what the workers get with the fork


def prepare():
    top = harness.work_folder()
    office = os.path.join(top, 'office')
    harness.make_office(office)
    must(naru(office, 'advance', DEAL, 'joint-rd'))
    must(naru(office, 'note', DEAL, 'Called the attorney'))
    must(naru(office, 'seal', '--name', 'first'))
    must(naru(office, 'status'))
    STAGE.update(office=office, state=read_state(office))


def read_state(office):
    """A digest of each file that is kept; those who read have a table of themselves."""
    state = {}
    for folder, _, files in os.walk(office):
        for name in files:
            if name != 'lock.mdb':
                with open(os.path.join(folder, name), 'rb') as file:
                    state[os.path.relpath(os.path.join(folder, name), office)] = hashlib.sha256(file.read()).hexdigest()
    return state


def read(verb, prefix=()):
    """In a copy of the office, where it was left before too. Returns what was said, and what is changed there."""
    office, out = harness.slot(), harness.slot() + '.out'
    if not os.path.exists(office):
        harness.copy(STAGE['office'], office)
    harness.remove(out)
    done = naru(office, *(word.replace('{out}', out) for word in VERBS[verb]), prefix=prefix, timeout=HANGS)
    done.stdout = done.stdout.replace(out, 'OUT').replace(office, 'OFFICE')
    state = read_state(office)
    changed = [name for name in {**state, **STAGE['state']} if state.get(name) != STAGE['state'].get(name)]
    if changed:
        harness.remove(office)
    return done, changed


def list_points(verb):
    """All calls after the program was loaded that have to do with the office or with what the program brings along."""
    trace = harness.slot() + '.trace'
    whole, changed = read(verb, ('strace', '-f', '-y', '-o', trace, '-e', 'trace=' + ','.join(ERRORS)))
    if changed:
        harness.bail(f'{verb}: an undisturbed run changes {changed}')
    STAGE.setdefault('answers', {})[verb] = whole
    seen = collections.Counter()
    with open(trace, encoding='utf-8', errors='replace') as file:
        for line in file:
            match = re.match(r'\d+\s+(\w+)\((.*)', line)
            if match is None:
                continue
            call, rest = match.groups()
            seen[call] += 1
            ours = harness.work_folder() in rest or '.json' in rest or call == 'clone3'
            if ours and not ELSEWHERE.search(rest) or call == 'mmap' and 'STACK' in rest:
                for error in ERRORS[call]:
                    yield from (Point(verb, call, error, seen[call], lasting) for lasting in (False, True))


def try_point(point):
    """One error. Returns (the point, whether it happened, exit status, problems)."""
    trace = harness.slot() + '.trace'
    when = f'{point.number}{"+" if point.lasting else ""}'
    done, changed = read(point.verb, ('strace', '-f', '-y', '-o', trace, '-e', f'trace={point.call}',
                             '-e', f'inject={point.call}:error={point.error}:when={when}'))
    injected = sweep_error.read_injected(trace)
    # what could not be removed stays for the next command
    changed = [name for name in changed if not name.startswith(('.past-', '.verify-'))]
    mute = any(re.match(r'\d+\s+writev?\([12]<', line) for line in injected)
    problems = judge(point.verb, done) if injected and not mute else []
    problems += [f'changed: {name}' for name in changed]
    return point, bool(injected), done.returncode, [f'{problem} [{injected[0].strip()[:160]}]' for problem in problems]


def judge(verb, done):
    whole = STAGE['answers'][verb]
    if done.returncode == 127 and 'error while loading shared libraries' in done.stderr:
        return []
    # a name for people may be missing, so that an id stands there, and a finding or a warning may be added
    if done.returncode == whole.returncode and done.stdout.count('\n') >= whole.stdout.count('\n'):
        return []
    if done.returncode not in (1, 2, 3, 4, 5, 6, 7):
        return [f'ended with {done.returncode}, and said {done.stdout[-200:]!r}, {done.stderr[-200:]!r}']
    # verify and check tell trouble in their answer
    if not done.stderr and done.stdout and verb.split(' ')[0] in ('verify', 'check'):
        return []
    message = harness.judge_message(done)
    return [message] if message else []


def sweep(tap, verb, wanted):
    points = list(list_points(verb))
    chosen = harness.spread(points, wanted) if wanted else points
    results, failures = collections.Counter(), []
    for point, happened, result, problems in harness.everywhere(try_point, chosen):
        results[str(result)] += happened
        if problems:
            failures.append(f'{point.call} {point.error} {point.number}{"+" if point.lasting else ""}: '
                            + '; '.join(problems[:3]))
    total = sum(results.values())
    tap.note(f'{verb}: {total} of {len(points)} errors, {len(failures)} failed; exit status '
             + ', '.join(f'{status}: {n} times' for status, n in sorted(results.items()) if n))
    tap.count('error', verb, total)
    tap.ok(not failures and total > 0, f'{verb}: {total} errors told truly', failures)


def main():
    harness.need('git', 'ssh-keygen', 'strace', PROGRAM)
    tap = harness.Tap()
    prepare()
    names = dict((name, int(count) if count else None) for name, _, count in
                 (word.partition(':') for word in sys.argv[1:]))
    for verb in names or VERBS:
        sweep(tap, verb, names[verb] if names else ENOUGH if harness.FULL else FEW)
    tap.finish()


if __name__ == '__main__':
    main()
