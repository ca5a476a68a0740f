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
import scenarios
import sweep_error
from harness import PROGRAM, must, naru, run

ERRORS = {**sweep_error.ERRORS, 'clone3': ('EAGAIN',), 'getdents64': ('EIO',), 'newfstatat': ('EIO', 'EACCES')}
FEW, ENOUGH = 15, 400
HANGS = 60
DEAL = 'MGK-2026-00001'
# the words of each; {out} is a folder that is not there yet
VERBS = {
    'show': ['show', DEAL],
    'list': ['list', 'deal'],
    'list --at': ['list', 'deal', '--at', '#5'],
    'board': ['board'],
    'history': ['history', DEAL],
    'diff': ['diff', DEAL, '#5', '#6'],
    'check': ['check', DEAL, 'patent'],
    'check --as-of': ['check', DEAL, 'joint-rd', '--as-of', '#5'],
    'rules': ['rules'],
    'rules RULE': ['rules', 'RDA-02'],
    'rules impact': ['rules', 'impact', '{pack}'],
    'pipeline list': ['pipeline', 'list'],
    'pipeline show': ['pipeline', 'show', 'technology'],
    'plugin list': ['plugin', 'list'],
    'plugin show': ['plugin', 'show', 'tidal'],
    'person list': ['person', 'list'],
    'key list': ['key', 'list'],
    'seal list': ['seal', 'list'],
    'remote list': ['remote', 'list'],
    'remote check': ['remote', 'check', '{mirror}'],
    'export': ['export', 'deal', '--csv'],
    'dossier': ['dossier', DEAL, '--out', '{out}'],
    'audit report': ['audit', 'report'],
    'verify': ['verify'],
    'verify --against': ['verify', '--against', '{mirror}'],
}
TELL = ('verify', 'verify --against', 'check', 'check --as-of', 'seal list', 'remote check')
NAMES = ('show', 'list', 'list --at', 'board', 'history', 'check', 'check --as-of', 'rules RULE', 'person list', 'plugin list',
         'audit report')
# what the person's machine tells, and not the office
ELSEWHERE = re.compile(r'"/proc/|"/sys/|/etc/|\.so(\.\d+)*"|locale|gconv|/nsswitch|"/usr/bin|"/bin')

Point = collections.namedtuple('Point', 'verb call error number lasting')
STAGE = {}  # what the workers get with the fork


def list_reading_verbs():
    """As the one table of verbs names them; status is among those that change, since it may bring entries to the disk."""
    path = os.path.join(harness.HERE, '..', '..', 'core', 'cli', 'naru-verbs.c')
    with open(path, encoding='utf-8') as file:
        found = re.findall(r'\{ "([a-z -]+)", NARU_SECTION_[A-Z]+, (?:LONG|READS)', file.read())
    return [verb for verb in found if verb != 'status']


def prepare():
    world = scenarios.World()
    office = world.after('read', world.base, ('advance', DEAL, 'joint-rd'), ('note', DEAL, 'Called the attorney'),
                         ('seal', '--name', 'first'), ('remote', 'add', 'auditor', 'https://audit.example.com/mgk.git'),
                         ('status',))
    mirror = os.path.join(harness.work_folder(), 'mirror.git')
    must(run(['git', 'clone', '-q', '--bare', os.path.join(office, 'audit.git'), mirror]))
    STAGE.update(office=office, state=read_state(office), env=world.environment(), places={'{pack}': world.pack(), '{mirror}': mirror})


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
    words = [{**STAGE['places'], '{out}': out}.get(word, word) for word in VERBS[verb]]
    done = naru(office, *words, prefix=prefix, env=STAGE['env'], timeout=HANGS)
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
    for call, number, rest in sweep_error.read_calls(trace):
        ours = harness.work_folder() in rest or '.json' in rest or call == 'clone3'
        if ours and not ELSEWHERE.search(rest) or call == 'mmap' and 'STACK' in rest:
            for error in ERRORS[call]:
                yield from (Point(verb, call, error, number, lasting) for lasting in (False, True))


def try_point(point):
    """One error. Returns (the point, whether it happened, exit status, problems)."""
    trace = harness.slot() + '.trace'
    when = f'{point.number}{"+" if point.lasting else ""}'
    done, changed = read(point.verb, ('strace', '-f', '-y', '-o', trace, '-e', f'trace={point.call}',
                             '-e', f'inject={point.call}:error={point.error}:when={when}'))
    injected = sweep_error.read_injected(trace)
    # what could not be removed stays for the next command
    changed = [name for name in changed if not name.startswith(('.past-', '.verify-'))]
    problems = judge(point.verb, done) if injected and not sweep_error.is_mute(injected) else []
    problems += [f'changed: {name}' for name in changed]
    where = injected[0].strip()[:160] if injected else 'nothing was made to fail'
    return point, bool(injected), done.returncode, [f'{problem} [{where}]' for problem in problems]


def judge(verb, done):
    whole = STAGE['answers'][verb]
    if done.returncode == 127 and 'error while loading shared libraries' in done.stderr:
        return []
    if verb == 'plugin show' and re.search('Problem: .*(cannot|Cannot)', done.stdout):
        return []
    # a finding or a warning may be added
    if done.returncode == whole.returncode and set(whole.stdout.split('\n')) <= set(done.stdout.split('\n')):
        return []
    # a name for people may be missing, so that an id stands there
    if verb in NAMES and done.returncode == whole.returncode and done.stdout.count('\n') >= whole.stdout.count('\n'):
        return []
    if done.returncode not in (1, 2, 3, 4, 5, 6, 7):
        return [f'ended with {done.returncode}, and said {done.stdout[-200:]!r}, {done.stderr[-200:]!r}']
    # some tell trouble in their answer
    if not done.stderr and done.stdout and verb in TELL:
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
    missing = [verb for verb in list_reading_verbs() if verb not in VERBS]
    tap.ok(not missing, 'every verb that reads is tried', [f'no words for: {verb}' for verb in missing])
    prepare()
    names = dict((name, int(count) if count else None) for name, _, count in
                 (word.partition(':') for word in sys.argv[1:]))
    for verb in names or VERBS:
        sweep(tap, verb, names[verb] if names else ENOUGH if harness.FULL else FEW)
    tap.finish()


if __name__ == '__main__':
    main()
