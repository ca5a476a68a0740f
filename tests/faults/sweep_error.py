#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An error at every n-th system call that can fail, once and from then on: the command's answer must be true, its
message must be for people, and the next command goes on from there.

usage: sweep_error.py [--first-failure] [SCENARIO[:POINTS]…]"""
import collections
import os
import re
import sys

import harness
import scenarios
from harness import PROGRAM

# system call -> errors that a disk, a quota, a full table or a strict mount may give
ERRORS = {
    'fsync': ('EIO', 'ENOSPC', 'EDQUOT'),
    'fdatasync': ('EIO', 'ENOSPC', 'EDQUOT'),
    'syncfs': ('EIO',),
    'write': ('EIO', 'ENOSPC', 'EDQUOT'),
    'pwrite64': ('EIO', 'ENOSPC', 'EDQUOT'),
    'writev': ('EIO', 'ENOSPC', 'EDQUOT'),
    'rename': ('EIO', 'ENOSPC', 'EACCES', 'EDQUOT'),
    'renameat': ('EIO', 'ENOSPC', 'EACCES', 'EDQUOT'),
    'renameat2': ('EIO', 'ENOSPC', 'EACCES'),
    'link': ('EIO', 'ENOSPC', 'EACCES'),
    'linkat': ('EIO', 'ENOSPC', 'EACCES'),
    'mkdir': ('EIO', 'ENOSPC', 'EACCES', 'EDQUOT'),
    'mkdirat': ('EIO', 'ENOSPC', 'EACCES', 'EDQUOT'),
    'open': ('EMFILE', 'EACCES', 'EIO', 'ENOSPC'),
    'openat': ('EMFILE', 'EACCES', 'EIO', 'ENOSPC'),
    'flock': ('ENOLCK', 'EIO'),
    'ftruncate': ('EIO', 'ENOSPC'),
    'unlink': ('EIO', 'EACCES'),
    'unlinkat': ('EIO', 'EACCES'),
    'read': ('EIO',),
    'pread64': ('EIO',),
    'mmap': ('ENOMEM',),
    'fcntl': ('ENOLCK',),
}
FEW, ENOUGH = 4, 700
QUICK = (('advance', 210), ('import', 150), ('status', 30), ('key rotate', 30))
LONG = ('status', 'advance-checkpoint', 'import-waiting', 'recovery')
# what the program may always do when the loader, or memory, gives up
LOADER = re.compile(r'\.so(\.\d+)*"|/ld\.so\.|/locale|gconv|"/proc/|"/sys/')

Point = collections.namedtuple('Point', 'scenario call error number lasting')


def read_calls(trace):
    """(call, how many there were of it by then, what it was given), as strace prints them"""
    seen = collections.Counter()
    with open(trace, encoding='utf-8', errors='replace') as file:
        for line in file:
            match = re.match(r'\d+\s+(\w+)\((.*)', line)
            if match is not None:
                call, rest = match.groups()
                seen[call] += 1
                yield call, seen[call], rest


def count_calls(scenario):
    """call -> numbers of those that stand after the program was loaded; for openat, that ask for a file of ours."""
    top, trace = harness.slot(), os.path.join(harness.work_folder(), 'trace')
    scenario.lay(top)
    harness.must(scenario.run(top, prefix=('strace', '-f', '-y', '-o', trace, '-e', 'trace=' + ','.join(ERRORS))))
    points = collections.defaultdict(list)
    for call, number, rest in read_calls(trace):
        ours = top in rest or not (LOADER.search(rest) or call in ('read', 'mmap', 'pread64', 'fcntl'))
        if ours or (call == 'write' and rest.startswith('1<')):
            points[call].append(number)
    return points


def list_points(scenario):
    for call, numbers in count_calls(scenario).items():
        for error in ERRORS[call]:
            for lasting in (False, True):
                for number in numbers:
                    yield Point(scenario, call, error, number, lasting)


def read_injected(trace):
    """The calls that were made to fail, as strace prints them."""
    with open(trace, encoding='utf-8', errors='replace') as file:
        return [line for line in file if '(INJECTED)' in line]


def is_mute(injected):
    """Whether it was the answer, or the message, that could not be written"""
    return any(re.match(r'\d+\s+writev?\([12]<', line) for line in injected)


def judge_answer(point, done, injected, present):
    """Whether exit status, state and message fit together."""
    answer_lost = is_mute(injected)
    problems = []
    if done.returncode == 127 and 'error while loading shared libraries' in done.stderr:
        return []  # said by the system before there was a naru
    if done.returncode not in (0, 1, 4, 5, 6, 7) or done.returncode == 'hangs':
        problems.append(f'ended with {done.returncode}')
    if point.scenario.acks and not answer_lost and not point.scenario.fits(done, present):
        problems.append(f'ended with {done.returncode}, but the change is {"there" if present else "not there"}')
    if point.scenario.acks and done.returncode == 0 and not present:
        problems.append('said that it was done, and it was not')
    # some tell trouble in their answer: naru status, and naru remote push, where each mirror has its own
    told = not done.stderr and done.stdout and point.scenario.tells_in_answer
    if done.returncode != 0 and not answer_lost:
        message = None if told else harness.judge_message(done)
        problems += [message] if message else []
    elif done.returncode == 0 and done.stderr.strip():
        problems.append(f'done, but with words: {done.stderr.strip()[:300]}')
    return problems


def try_point(point):
    """One error. Returns (the point, whether it happened, exit status, problems)."""
    scenario, top = point.scenario, harness.slot()
    trace = top + '.trace'
    scenario.lay(top)
    when = f'{point.number}{"+" if point.lasting else ""}'
    done = scenario.run(top, prefix=('strace', '-f', '-y', '-o', trace, '-e', f'trace={point.call}',
                                     '-e', f'inject={point.call}:error={point.error}:when={when}'))
    injected = read_injected(trace)
    if not injected:
        return point, False, done.returncode, []
    there = scenario.is_begun(top)  # before anything goes on: judging makes again what was not made
    problems = scenario.judge(top, 0)
    present = (there or not scenario.remakes) and scenario.is_done(top)
    if not problems and present and scenario.acks:
        problems = scenario.check_acks(top)
    if not problems:
        problems = judge_answer(point, done, injected, present)
    return point, True, done.returncode, [f'{problem} [{injected[0].strip()[:160]}]' for problem in problems]


def sweep(tap, scenario, wanted, first_failure=False):
    points = list(list_points(scenario))
    chosen = harness.spread(points, wanted) if wanted else points
    tried, results, failures = collections.Counter(), collections.Counter(), []
    for point, happened, result, problems in harness.everywhere(try_point, chosen):
        if not happened:
            continue
        tried[point.call] += 1
        results[str(result)] += 1
        if problems:
            failures.append(f'{point.call} {point.error} {point.number}{"+" if point.lasting else ""}: '
                            + '; '.join(problems[:3]))
            if first_failure:
                break
    total = sum(tried.values())
    tap.note(f'{scenario.name}: {total} of {len(points)} errors, {len(failures)} failed; '
             + ', '.join(f'{call} {n}' for call, n in sorted(tried.items())) + '; exit status '
             + ', '.join(f'{status}: {n} times' for status, n in sorted(results.items())))
    tap.count('error', scenario.name, total)
    tap.ok(not failures and total > 0, f'{scenario.name}: {total} errors told truly and overcome', failures)
    return total


def main():
    words = sys.argv[1:]
    first_failure = '--first-failure' in words
    names = [word for word in words if not word.startswith('--')]
    harness.need('git', 'ssh-keygen', 'mdb_dump', 'strace', PROGRAM)
    tap = harness.Tap()
    known = scenarios.list_scenarios()
    scenarios.check_verbs(tap, known)
    total = sum(sweep(tap, known[name](), wanted, first_failure)
                for name, wanted in scenarios.plan(names, QUICK, LONG, FEW, ENOUGH))
    tap.note(f'{total} errors in all')
    tap.finish()


if __name__ == '__main__':
    main()
