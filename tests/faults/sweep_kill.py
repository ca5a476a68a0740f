#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIGKILL at every system call of a command; the next command recovers and the checker agrees.

usage: sweep_kill.py [--first-failure] [SCENARIO[:POINTS]…]"""
import os
import sys

import harness
import scenarios
from harness import KILLAT, PROGRAM

KILLED = 99
BEYOND = 20
FEW = 4
QUICK = (('advance', None), ('import', 260), ('status', 50), ('advance-checkpoint', 40), ('key rotate', 30))
LONG = ('status', 'advance-checkpoint', 'advance-waiting', 'import-waiting', 'recovery')


def try_point(task):
    """One kill. Returns (number of the call, whether it was reached, problems)."""
    scenario, point = task
    top = harness.slot()
    scenario.lay(top)
    done = scenario.run(top, prefix=(KILLAT, '-', str(point)))
    acknowledged = done.stdout.strip() != '' and scenario.acks != []
    if done.returncode not in (KILLED, 0):
        return point, True, [f'ended with {done.returncode}: {done.stderr.strip()[:300]}']
    problems = scenario.judge(top, int(acknowledged or done.returncode == 0), point % 4 == 0)
    return point, done.returncode == KILLED, problems


def count_calls(scenario):
    top, file = harness.slot(), os.path.join(harness.work_folder(), 'count')
    scenario.lay(top)
    harness.must(scenario.run(top, prefix=(KILLAT, file, '0')))
    with open(file, encoding='ascii') as text:
        return int(text.read())


def sweep(tap, scenario, wanted=None, first_failure=False):
    calls = count_calls(scenario)
    killed, beyond, failures = 0, 0, []
    # a few points more than counted: two runs of a program are not equal to the call, the less so the longer it is
    slack = BEYOND + calls // 50
    points = range(1, calls + slack)
    if wanted is not None:
        beyond_points = slack if wanted > slack else 2
        points = [*harness.spread(points[:-slack], wanted), *points[-beyond_points:]]
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
    tap.count('kill', scenario.name, killed)
    which = f'at {killed} of {calls}' if killed < calls - slack else 'at every one of its'
    tap.ok(not failures and beyond > 0, f'{scenario.name}: killed {which} system calls', failures)
    return killed


def main():
    words = sys.argv[1:]
    first_failure = '--first-failure' in words
    names = [word for word in words if not word.startswith('--')]
    harness.need('git', 'ssh-keygen', 'mdb_dump', PROGRAM, KILLAT)
    tap = harness.Tap()
    known = scenarios.list_scenarios()
    scenarios.check_verbs(tap, known)
    total = 0
    for name, wanted in scenarios.plan(names, QUICK, LONG, FEW):
        total += sweep(tap, known[name](), wanted, first_failure)
    tap.note(f'{total} kill points in all')
    if not names:
        tap.ok(total >= 800, 'at least 800 kill points were tried')
    tap.finish()


if __name__ == '__main__':
    main()
