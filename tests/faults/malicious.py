#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile histories are given to every verb that reads one: it ends in time and in bounded memory, says one thing, writes
nothing but its own folder, and leaves no folder where it refuses.

usage: malicious.py [WORD]     only the cases whose names hold the word; NARU_TEST_LONG=1: all of them, else a sample"""
import os
import resource
import subprocess
import sys
import time

import harness
import hostile
import hostile_cases
import hostile_files
from harness import PROGRAM
from hostile_cases import CASES, HARMLESS

# Every verb that reads what somebody else may have written, and its words; what it makes is the folder {target}. STRICT: it takes no
# history but harmless ones, and may find something in them; for the rest any clear answer will do. {office} is the one whose history was copied. The
# quick run tries one verb of the others upon each history.
VERBS = {
    'restore': ('restore', '{target}', '--from', '{source}'),
    'verify': ('verify', '--repo', '{source}'),
    'against': ('--office', '{office}', '--as', 'head', 'verify', '--against', '{source}'),
    'remote': ('--office', '{office}', '--as', 'head', 'remote', 'check', '{source}'),
}
STRICT = {'restore', 'verify'}
HARMLESS_ENDS = {'restore': (0,), 'verify': (0, 6), 'against': (0, 6), 'remote': (0, 6)}
TOLD = {'restore'}  # the others tell what is broken in their answer
REFUSED = (1, 2, 6)
SECONDS = 60        # for one command on a busy machine; the slowest takes a tenth of that
DEADLINE = '10'     # of the reading process, for a sign of life
MEMORY = 1664 << 20    # resident, all of its processes: what the one that reads may take (naru-source-child.c), and some
DATA = 3 << 30      # what the system gives at most, so that a failure ends the command and not the machine
N_QUICK = 120       # cases of the quick run
NOBODY = 65534


def listing(top, *left_out):
    """Every file with what it holds, so that a change anywhere shows."""
    found = {}
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in left_out]
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            found[path] = (status.st_mode, status.st_size if not os.path.isdir(path) else 0, status.st_mtime_ns
                           if not os.path.isdir(path) else 0)
    return found


def limit():
    resource.setrlimit(resource.RLIMIT_DATA, (DATA, DATA))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(words, **more):
    """Runs a command to its end or its deadline. Returns status, stderr, bytes of memory, seconds."""
    began = time.monotonic()
    error = os.path.join(harness.slot(), 'stderr')
    with open(error, 'wb') as stream:
        env = harness.environment(NARU_READ_DEADLINE=DEADLINE, HOME=os.path.join(harness.slot(), 'home'),
                                  TMPDIR=os.path.join(harness.slot(), 'place'))
        process = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                                   preexec_fn=limit, start_new_session=True, **more)
    while time.monotonic() < began + SECONDS:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            break
        time.sleep(0.01)
    else:
        os.killpg(process.pid, 9)
        os.wait4(process.pid, 0)
        return 'hangs', '', 0, SECONDS
    with open(error, encoding='utf-8', errors='replace') as stream:
        said = stream.read()
    code = os.waitstatus_to_exitcode(status)
    return code, said, usage.ru_maxrss * 1024, time.monotonic() - began


def make_source(name, base, folder):
    history = base.copy()
    source = os.path.join(folder, 'source.git')
    after = CASES[name](history)
    if isinstance(after, bytes):
        hostile.write(source, after)
        return source
    hostile.write_repository(history, source)
    if after is not None:
        after(source)
    return source


def judge(name, verb, target, outcome):
    code, said, memory, _ = outcome
    problems = []
    expected = REFUSED if verb in STRICT else (0, *REFUSED)
    if name in HARMLESS:
        expected = HARMLESS_ENDS[verb]
    if code not in expected:
        problems.append(f'ended with {code}, not {expected}: {said[-600:]}')
    if code not in (0, 'hangs'):
        found = harness.judge_message(subprocess.CompletedProcess([], code, '', said)) if code != 6 or verb in TOLD else None
        problems += [found] if found else []
    if memory > MEMORY:
        problems.append(f'took {memory >> 20} MiB')
    left = [entry for entry in os.listdir(os.path.dirname(target)) if code != 0 or entry != os.path.basename(target)]
    if left:
        problems.append(f'left behind: {left}')
    return problems


def choose_verbs(number):
    others = [verb for verb in VERBS if verb != 'restore']
    return list(VERBS) if harness.FULL else ['restore', others[number % len(others)]]


def get_office():
    """One for each worker, which stays what it is"""
    office = harness.slot() + '.office'
    if not os.path.exists(office):
        harness.copy(os.path.join(harness.work_folder(), 'base'), office)
    return office


def try_case(point):
    name, base, verbs = point
    folder = harness.slot()
    harness.remove(folder)
    place = os.path.join(folder, 'place')
    outside = os.path.join(folder, 'outside')
    for path in (place, outside, os.path.join(folder, 'home')):
        os.makedirs(path)
    hostile.write(os.path.join(outside, 'secret'), b'[core]\n\tpager = false\n')
    os.environ['HOSTILE_OUTSIDE'] = outside
    source = make_source(name, base, folder)
    target = os.path.join(place, 'target')
    problems, numbers, office = [], (0, 0), get_office()
    for verb in verbs:
        before = {**listing(folder, place), **listing(office)}
        outcome = run([PROGRAM, *[word.format(target=target, source=source, office=office) for word in VERBS[verb]]])
        problems += [f'{verb}: {problem}' for problem in judge(name, verb, target, outcome)]
        after = {**listing(folder, place), **listing(office)}
        ours = {os.path.join(folder, 'stderr'), os.path.join(office, 'lock.mdb')}
        changed = sorted(path for path in {*before, *after} - ours if before.get(path) != after.get(path))
        if changed:
            problems.append(f'{verb}: changed {changed[:5]}')
        numbers = max(numbers[0], outcome[2]), max(numbers[1], outcome[3])
        harness.remove(place)
        os.makedirs(place)
    harness.remove(folder)
    return name, problems, numbers


def try_owners(tap, base):
    """A history of somebody else, and one that may not be read; only root can make them."""
    if os.geteuid() != 0:
        tap.skip('a history of another user', 'not root')
        tap.skip('a history that may not be read', 'not root')
        return
    folder = harness.slot()
    harness.remove(folder)
    os.makedirs(os.path.join(folder, 'home'))
    source, place = os.path.join(folder, 'source.git'), os.path.join(folder, 'place')
    os.makedirs(place)
    hostile.write_repository(base, source)
    for top, folders, files in os.walk(source):
        for name in [*folders, *files, '.']:
            os.chown(os.path.join(top, name), NOBODY, NOBODY)
    outcome = run([PROGRAM, 'restore', os.path.join(place, 'target'), '--from', source])
    problems = judge('a history of another user', 'restore', os.path.join(place, 'target'), outcome)
    tap.ok(not problems, 'a history of another user', problems)
    harness.remove(place)
    os.makedirs(place)
    os.chown(place, NOBODY, NOBODY)
    for path in (harness.work_folder(), folder):
        os.chmod(path, 0o755)
    os.chown(source, 0, 0)
    os.chmod(source, 0o700)
    target = os.path.join(place, 'target')
    if not harness.everybody_reaches(PROGRAM) or not harness.everybody_reaches(harness.DATA):
        tap.skip('a history that may not be read', 'nobody else reaches the program')
        harness.remove(folder)
        return
    outcome = run([PROGRAM, 'restore', target, '--from', source], user=NOBODY, group=NOBODY, extra_groups=[])
    problems = judge('a history that may not be read', 'restore', target, outcome)
    tap.ok(not problems, 'a history that may not be read', problems)
    harness.remove(folder)


def main():
    harness.need('git', PROGRAM)
    tap = harness.Tap()
    office = os.path.join(harness.work_folder(), 'base')
    harness.make_office(office)
    base = hostile.History(os.path.join(office, 'audit.git'))
    hostile_cases.add_all()
    hostile_files.add_all()
    word = sys.argv[1] if len(sys.argv) > 1 else ''
    names = harness.sample((name for name in CASES if word in name), N_QUICK)
    most, longest = (0, ''), (0, '')
    for name, problems, (memory, seconds) in harness.everywhere(try_case, [(name, base, choose_verbs(number))
                                                                          for number, name in enumerate(names)]):
        tap.ok(not problems, name.encode('unicode_escape').decode(), problems)
        most, longest = max(most, (memory, name)), max(longest, (seconds, name))
    tap.note(f'{len(names)} histories; most memory {most[0] >> 20} MiB: {most[1]}; longest {longest[0]:.1f} s: {longest[1]}')
    if word == '':
        try_owners(tap, base)
    tap.finish()


if __name__ == '__main__':
    main()
