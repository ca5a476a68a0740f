#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Flipped bits, cut files and zeroed blocks in packs, indexes, loose objects, refs and data.mdb, one at a time: naru
verify finds each that changes what is recorded, and neither hangs nor crashes. 1,000 of them with NARU_TEST_LONG=1.

What is recorded is read before and after by stock git and by mdb_dump: the branch, the content of every object, every
row of the store. Where the next command mends what was damaged, as it does with a branch that is cut, that is as well.

usage: bitrot.py [SEED…]"""
import collections
import os
import random
import subprocess
import sys

import checker
import forge
import harness
import portfolio
from harness import PROGRAM

DAMAGES = 1000 if harness.FULL else 60
BROKEN = 6
WEIGHTS = {'pack': 30, 'index of a pack': 12, 'loose object': 22, 'ref': 8, 'data.mdb': 28}
STAGE = {}  # what the workers get with the fork: base -> (folder, what is recorded)

Result = collections.namedtuple('Result', 'seed what status changed mended problem')


def prepare(top):
    """The same office three times: as it is, with all objects in files of their own, and with entries that wait."""
    office = portfolio.Portfolio(top)
    STAGE['office'] = office
    loose, waiting = os.path.join(top, 'base-loose'), os.path.join(top, 'base-waiting')
    harness.copy(office.folder, loose)
    _, objects = forge.History(os.path.join(loose, 'audit.git')).build()
    forge.clear_objects(os.path.join(loose, 'audit.git'))
    for oid, (kind, content) in objects.items():
        forge.write_loose(os.path.join(loose, 'audit.git'), oid, kind, content)
    harness.copy(office.folder, waiting)
    for number in range(4):
        harness.must(harness.naru(waiting, 'note', portfolio.DEAL, f'waits {number}', env=office.environment()))
    for name, folder in (('whole', office.folder), ('loose', loose), ('waiting', waiting)):
        STAGE[name] = (folder, read_recorded(folder))


def read_objects(git, wanted):
    """The content of these objects as git gives it; None for what it cannot read."""
    done = subprocess.run(['git', '--git-dir', git, 'cat-file', '--batch'], input='\n'.join(wanted).encode() + b'\n',
                          capture_output=True, env=checker.GIT_ENV, timeout=60, check=False)
    stream, at, found = done.stdout, 0, {}
    while at < len(stream):
        end = stream.index(b'\n', at)
        words = stream[at:end].decode(errors='replace').split(' ')
        at = end + 1
        if len(words) == 3:
            found[words[0]] = stream[at:at + int(words[2])]
            at += int(words[2]) + 1
    return found


def read_recorded(folder, wanted=None):
    """(branch, objects, rows of the store); None for each that cannot be read. wanted: ids, or all there are."""
    git = os.path.join(folder, 'audit.git')
    branch = harness.run(['git', '--git-dir', git, 'rev-parse', 'refs/heads/main']).stdout.strip()
    if wanted is None:
        listed = harness.must(harness.run(['git', '--git-dir', git, 'rev-list', '--objects', 'main']))
        wanted = sorted({line.split(' ')[0] for line in listed.split('\n')})
    try:
        objects = read_objects(git, wanted)
    except (ValueError, subprocess.TimeoutExpired):
        objects = None
    dump = harness.run(['mdb_dump', '-a', folder], timeout=30)
    rows = [line for line in dump.stdout.split('\n') if not line.startswith(('mapsize', 'maxreaders'))]
    return branch, objects, rows if dump.returncode == 0 else None


def list_files(folder, what):
    """Files of a sort; the larger the more often it is hit, but for refs."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            inside = os.path.relpath(path, folder)
            sort = ('pack' if name.endswith('.pack') else 'index of a pack' if name.endswith('.idx') else
                    'data.mdb' if inside == 'data.mdb' else 'ref' if inside.endswith(('refs/heads/main',
                        'git/HEAD')) else
                    'loose object' if inside.startswith('audit.git/objects') else None)
            if sort == what and os.path.getsize(path) > 0:
                found.append(path)
    return sorted(found)


def damage(folder, dice):
    """Damages one file. Returns what was done."""
    while True:
        what = dice.choices(list(WEIGHTS), WEIGHTS.values())[0]
        files = list_files(folder, what)
        if files:
            break
    path = dice.choice(files)
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    at, how = dice.randrange(len(data)), dice.choice(('flip', 'flip', 'flip', 'cut', 'zeros', 'rubbish'))
    if how == 'flip':
        data[at] ^= 1 << dice.randrange(8)
    elif how == 'cut':
        del data[at:]
    else:
        block = at // 512 * 512
        size = min(512, len(data) - block)
        data[block:block + size] = bytes(size) if how == 'zeros' else dice.randbytes(size)
    os.chmod(path, 0o600)
    with open(path, 'wb') as file:
        file.write(data)
    return f'{what}: {how} at {at} of {os.path.relpath(path, folder)}'


def try_damage(seed):
    dice, top = random.Random(seed), harness.slot()
    base = dice.choice(('whole', 'loose', 'waiting'))
    source, recorded = STAGE[base]
    harness.copy(source, top)
    what = damage(top, dice)
    changed = read_recorded(top, list(recorded[1])) != recorded
    done = harness.run([PROGRAM, '--office', top, '--as', 'head', 'verify'], env=STAGE['office'].environment())
    mended = False
    problem = ''
    if done.returncode not in (0, BROKEN):
        problem = f'verify ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-300:]}'
    elif done.returncode == 0 and changed:
        # what verify opens is mended first, as by any command
        mended = read_recorded(top, list(recorded[1]))[:2] == recorded[:2] and not checker.check(top,
            durable=False).problems
        problem = '' if mended else 'verify found nothing'
    elif done.returncode == BROKEN and not (done.stdout + done.stderr).strip():
        problem = 'verify ended with 6 and told nothing'
    return Result(seed, f'{base}, {what}', done.returncode, changed, mended, problem)


def main():
    harness.need('git', 'ssh-keygen', 'mdb_dump', PROGRAM)
    if harness.run([PROGRAM, 'help', 'verify']).returncode != 0:
        print('1..0 # SKIP this naru has no verb verify')
        return
    tap = harness.Tap()
    prepare(harness.work_folder())
    seeds = [int(word) for word in sys.argv[1:]] or range(1, DAMAGES + 1)
    results = list(harness.everywhere(try_damage, seeds))
    for sort in WEIGHTS:
        mine = [result for result in results if f' {sort}:' in result.what]
        tap.note(f'{sort}: {len(mine)} damages, {sum(r.changed for r in mine)} changed what is recorded, of these '
                 f'{sum(r.changed and r.status == BROKEN for r in mine)} told and {sum(r.mended for r in mine)} mended; '
                 f'{sum(not r.changed and r.status == BROKEN for r in mine)} told that changed nothing')
    failed = [result for result in sorted(results) if result.problem]
    tap.ok(not failed, f'{len(results)} damages: each change of content is found, no hang, no crash',
           [f'seed {r.seed}, {r.what}: {r.problem}' for r in failed])
    tap.ok(len(seeds) < 50 or sum(result.changed for result in results) > len(results) // 3,
           'the damages are damages')
    tap.finish()


if __name__ == '__main__':
    main()
