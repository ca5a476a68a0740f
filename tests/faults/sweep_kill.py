#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGKILL at every system call of a command; the next command recovers and the checker agrees.

usage: sweep_kill.py [--first-failure] [SCENARIO…]"""
import os
import sys

import harness
from harness import KILLAT, PROGRAM

KILLED = 99
BEYOND = 20
QUICK = (('advance', None), ('import', None), ('status', 160), ('advance-checkpoint', 120), ('rotate', 100))
LONG = ('advance-waiting', 'import-waiting', 'recovery', 'edit', 'attach')


def try_point(task):
    """One kill. Returns (number of the call, whether it was reached, problems)."""
    scenario, point = task
    office = harness.slot()
    harness.copy(scenario.base, office)
    done = harness.naru(office, *scenario.command, prefix=(KILLAT, '-', str(point)),
                        env=scenario.environment())
    acknowledged = done.stdout.strip() != '' and scenario.acks != []
    if done.returncode not in (KILLED, 0):
        return point, True, [f'ended with {done.returncode}: {done.stderr.strip()[:300]}']
    heads = scenario.heads[1:] if acknowledged or done.returncode == 0 else scenario.heads
    judge = harness.judge_by_change if point % 4 == 0 else harness.judge
    problems = judge(office, heads, scenario.acks if acknowledged else (), scenario.environment())
    return point, done.returncode == KILLED, problems


def count_calls(scenario):
    office, file = harness.slot(), os.path.join(harness.work_folder(), 'count')
    harness.copy(scenario.base, office)
    harness.must(harness.naru(office, *scenario.command, prefix=(KILLAT, file, '0'),
                              env=scenario.environment()))
    with open(file, encoding='ascii') as text:
        return int(text.read())


def sweep(tap, scenario, wanted=None, first_failure=False):
    calls = count_calls(scenario)
    killed, beyond, failures = 0, 0, []
    # a few points more than counted: two runs of a program are not equal to the call
    points = range(1, calls + BEYOND)
    if wanted is not None:
        points = [*harness.sample(points[:-BEYOND], wanted), *points[-BEYOND:]]
    # what matters most stands at the end of a command
    points = points[::-1] if first_failure else points
    for point, reached, problems in harness.everywhere(try_point, [(scenario, n) for n in points]):
        killed += reached
        beyond += not reached
        if problems:
            failures.append(f'call {point}: ' + '; '.join(problems[:3]))
            if first_failure:
                break
    tap.note(f'{scenario.name}: {killed} kill points, {len(failures)} failed')
    which = f'at {len(points) - BEYOND} of {calls}' if len(points) < calls else 'at every one of its'
    tap.ok(not failures and beyond > 0, f'{scenario.name}: killed {which} system calls', failures)
    return killed


def try_init(point):
    """One kill of the making of an office: there is a whole one or none, and making it again works."""
    top = harness.slot()
    harness.remove(top)
    os.mkdir(top)
    office = os.path.join(top, 'office')
    make = [PROGRAM, '--as', 'head', 'init', office, '--name', 'Magok TTO', '--hub', 'MGK', '--login', 'head']
    done = harness.run([KILLAT, '-', str(point), *make])
    problems = []
    if not os.path.exists(office):
        again = harness.run(make)
        if done.returncode == 0 or again.returncode != 0:
            problems = [f'ended with {done.returncode}, made again with {again.returncode}: {again.stderr.strip()}']
    elif done.returncode == KILLED and harness.run(make).returncode != 1:
        problems = ['an office was made over another one']
    if not problems:
        must_be_whole = harness.naru(office, 'status')
        problems = [must_be_whole.stderr] if must_be_whole.returncode != 0 else harness.checker.check(office).problems
    return point, done.returncode == KILLED, problems


def sweep_init(tap):
    killed, beyond, failures = 0, 0, []
    for point, reached, problems in harness.everywhere(try_init, range(1, 1000)):
        killed += reached
        beyond += not reached
        failures += [f'call {point}: {problem}' for problem in problems]
    tap.note(f'init: {killed} kill points, {len(failures)} failed')
    tap.ok(not failures and killed > 200 and beyond > 0, 'init: killed at every one of its system calls', failures)
    return killed


def main():
    words = sys.argv[1:]
    first_failure = '--first-failure' in words
    names = [word for word in words if not word.startswith('--')]
    harness.need('git', 'ssh-keygen', 'mdb_dump', PROGRAM, KILLAT)
    tap = harness.Tap()
    scenarios = harness.prepare()
    total = 0
    plan = [(name, None) for name in names] or [*QUICK, *((name, None) for name in LONG if harness.FULL)]
    for name, wanted in plan:
        total += sweep(tap, scenarios[name](), None if harness.FULL else wanted, first_failure)
    if harness.FULL and not names:
        total += sweep_init(tap)
    tap.note(f'{total} kill points in all')
    if not names:
        tap.ok(total >= 800, 'at least 800 kill points were tried')
    tap.finish()


if __name__ == '__main__':
    main()
