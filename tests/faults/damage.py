#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Damaged, foreign, full and forbidden: each gets one clear message and the right exit status, nothing is lost, and
after mending work goes on."""
import os
import random
import re
import shutil
import subprocess
import sys

import forge
import harness
from harness import PROGRAM

NOBODY = 65534
FLIPS = 400 if harness.FULL else 80
AUTHOR = {'GIT_AUTHOR_NAME': 'x', 'GIT_AUTHOR_EMAIL': 'x@x', 'GIT_COMMITTER_NAME': 'x', 'GIT_COMMITTER_EMAIL': 'x@x'}


class Case:
    """One office to damage, and what was found wrong with how Naru takes it."""

    def __init__(self, name, base):
        self.name, self.base = name, base
        self.office = os.path.join(harness.work_folder(), 'case')
        harness.copy(base, self.office)
        self.git = os.path.join(self.office, 'audit.git')
        self.branch = os.path.join(self.git, 'refs', 'heads', 'main')
        self.data = os.path.join(self.office, 'data.mdb')
        self.problems, self.acks = [], []

    def naru(self, *words, expect, message=None, **more):
        """Runs a command; its exit status must be expected, and its message be one for people."""
        done = harness.naru(self.office, *words, timeout=30, **more)
        if done.returncode not in expect:
            self.problems.append(f'{words}: ended with {done.returncode}, not {expect}: {done.stdout}{done.stderr}')
        # naru status tells its trouble in the answer
        trouble = done.stderr if done.stderr or words[0] != 'status' else 'naru: \n      ' + done.stdout.split('\n')[0]
        if done.returncode not in (0, None):
            found = harness.judge_message(subprocess.CompletedProcess([], 1, '', trouble))
            self.problems += [f'{words}: {found}'] if found else []
        if message is not None and message not in done.stdout + done.stderr:
            self.problems.append(f'{words}: does not say “{message}”: {done.stdout}{done.stderr}')
        return done

    def add(self, name, expect, **more):
        """A new party, remembered if it was acknowledged."""
        done = self.naru('new', 'party', f'name={name}', expect=expect, **more)
        if done.returncode in (0, 7):
            self.acks.append({'action': 'create', 'text': f'"{name}"'})
        return done

    def recovered(self):
        """After mending: all that was acknowledged is there, and work goes on."""
        self.naru('status', expect=(0,))
        self.add('After the mending', expect=(0,))
        self.naru('status', expect=(0,))
        self.problems += harness.checker.check(self.office, self.acks).problems

    def report(self, tap):
        tap.ok(not self.problems, self.name, self.problems)


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


# --- the store ---

def damage_store(tap, base):
    def zero_pages(data):
        return data[:8192] + bytes(len(data) - 8192)

    def cut(data):
        return data[:len(data) // 8192 * 4096]

    for name, change in {
        'data.mdb cut in half': cut,
        'data.mdb cut to one page': lambda data: data[:4096],
        'data.mdb empty': lambda data: b'',
        'data.mdb is a text': lambda data: b'This is no database.\n' * 4000,
        'data.mdb full of zeros': lambda data: bytes(len(data)),
        'data.mdb with zeros behind its first pages': zero_pages,
        'data.mdb full of rubbish': lambda data: random.Random(3).randbytes(len(data)),
    }.items():
        case = Case(name, base)
        whole = read(case.data)
        write(case.data, change(whole))
        damaged = read(case.data)
        for words in (('status',), ('show', 'MGK-2026-00001'), ('list', 'deal'), ('edit', 'MGK-2026-00001', 'trl=3')):
            case.naru(*words, expect=(6,))
        if read(case.data) != damaged:
            case.problems.append('the damaged file was written to')
        write(case.data, whole)
        case.recovered()
        case.report(tap)

    case = Case('data.mdb is gone', base)
    whole = read(case.data)
    os.unlink(case.data)
    case.naru('status', expect=(6,))
    case.add('Nobody', expect=(6,))
    if os.path.exists(case.data):
        case.problems.append('a new store was made')
    write(case.data, whole)
    case.recovered()
    case.report(tap)

    for name, data in {'absent': None, 'empty': b'', 'rubbish': random.Random(4).randbytes(8192)}.items():
        case = Case(f'lock.mdb is {name}', base)
        path = os.path.join(case.office, 'lock.mdb')
        os.unlink(path)
        if data is not None:
            write(path, data)
        case.recovered()
        case.report(tap)


def try_flip(task):
    """One bit of data.mdb. No signal, no hang, no false success; git stays whole."""
    base, seed = task
    office, dice = harness.slot(), random.Random(seed)
    harness.copy(base, office)
    data = bytearray(read(os.path.join(office, 'data.mdb')))
    at = dice.randrange(len(data))
    if seed % 4 == 0:
        at = at // 4096 * 4096
        data[at:at + 4096] = dice.randbytes(4096) if seed % 8 else bytes(4096)
    else:
        data[at] ^= 1 << dice.randrange(8)
    write(os.path.join(office, 'data.mdb'), bytes(data))
    problems, statuses = [], []
    for words in (('list', 'deal'), ('show', 'MGK-2026-00001'), ('history', 'MGK-2026-00001'),
                  ('edit', 'MGK-2026-00001', 'trl=3'), ('status',)):
        done = harness.naru(office, *words, timeout=30)
        statuses.append(done.returncode)
        if done.returncode not in (0, 1, 4, 6, 7):
            problems.append(f'{words}: ended with {done.returncode}: {done.stderr[-300:]}')
        elif done.returncode != 0 and words != ('status',):
            found = harness.judge_message(done)
            problems += [f'{words}: {found}'] if found else []
    # whatever the store has become, the history is whole: each digest, each number, every object
    reached = harness.checker.check(office, with_store=False).problems
    problems += [f'the damage reached the history: {problem}' for problem in reached]
    return seed, at, statuses, problems


def flip_bits(tap, base):
    failures, told = [], 0
    for seed, at, statuses, problems in harness.everywhere(try_flip, [(base, seed) for seed in range(1, FLIPS + 1)]):
        told += any(statuses)
        failures += [f'seed {seed}, byte {at}: {problem}' for problem in problems]
    tap.note(f'{FLIPS} damaged stores, {told} of them told by the five commands')
    tap.ok(not failures, f'{FLIPS} flipped bits and destroyed pages: no crash, no hang, git untouched', failures)


def newer_format(tap, base):
    case = Case('an office of a newer format', base)
    dump = harness.must(harness.run(['mdb_dump', '-s', 'meta', case.office]))
    newer = dump.replace(f" {b'format'.hex()}\n {b'1'.hex()}\n", f" {b'format'.hex()}\n {b'999'.hex()}\n") + '\n'
    if newer.strip() == dump:
        case.problems.append('the format was not found')
    whole = read(case.data)
    harness.must(subprocess.run(['mdb_load', '-s', 'meta', case.office], input=newer, capture_output=True, text=True,
                                check=False))
    case.naru('status', expect=(1,), message='999')
    case.add('Nobody', expect=(1,), message='999')
    write(case.data, whole)
    case.recovered()
    case.report(tap)


def missing_rows(tap, base):
    """Each row of the table meta gone, one at a time: no command says nothing and ends with 0."""
    case = Case('rows of the store are gone: told, or not needed', base)
    whole = read(case.data)
    for key in sorted(forge.read_tables(case.office)['meta']):
        with forge.Store(case.office) as store:
            store.drop('meta', key)
        for words in (('status',), ('list', 'deal'), ('show', 'MGK-2026-00001'), ('check', 'MGK-2026-00001', 'joint-rd')):
            done = harness.naru(case.office, *words)
            # a rule that is gone blocks, and the review says so
            if done.returncode == 3 and words[0] == 'check' and 'damaged' in done.stdout:
                continue
            done = case.naru(*words, expect=(0, 1, 2, 6, 7))
            if not done.stdout.strip() and not done.stderr.strip():
                case.problems.append(f'without {key}: {words} ended with {done.returncode} and said nothing')
        write(case.data, whole)
    case.recovered()
    case.report(tap)


# --- the history ---

def damage_history(tap, base):
    for name, text in {'empty': b'', 'cut short': b'0123456789', 'a text': b'no commit at all\n'}.items():
        case = Case(f'the branch is {name}', base)
        write(case.branch, text)
        case.add('While it is damaged', expect=(7,))
        case.recovered()
        case.report(tap)

    case = Case('the branch is gone', base)
    os.unlink(case.branch)
    case.add('While it is gone', expect=(7,))
    case.recovered()
    case.report(tap)

    case = Case('the branch is a link to a file outside', base)
    outside = os.path.join(harness.work_folder(), 'outside')
    write(outside, b'precious\n')
    head = read(case.branch)
    os.unlink(case.branch)
    os.symlink(outside, case.branch)
    case.add('While it is a link', expect=(7,))
    if read(outside) != b'precious\n':
        case.problems.append('the file outside was overwritten')
    os.unlink(case.branch)
    write(case.branch, head)
    case.recovered()
    case.report(tap)

    for part in ('objects', 'refs', 'HEAD', '.'):
        case = Case(f'audit.git/{part} is gone', base)
        path = os.path.normpath(os.path.join(case.git, part))
        os.rename(path, os.path.join(harness.work_folder(), 'away'))
        case.add('While it is gone', expect=(7,))
        case.naru('status', expect=(6, 7))
        case.naru('list', 'party', expect=(0,), message='While it is gone')
        if os.path.exists(path):
            case.problems.append('it was made anew')
        os.rename(os.path.join(harness.work_folder(), 'away'), path)
        case.recovered()
        case.report(tap)

    case = Case('somebody committed to the history', base)
    env = harness.environment(**AUTHOR)
    old = harness.read_head(case.office)
    tree = harness.must(harness.run(['git', '--git-dir', case.git, 'rev-parse', 'main^{tree}']))
    new = harness.must(harness.run(['git', '--git-dir', case.git, 'commit-tree', tree, '-p', 'main', '-m', 'x'],
        env=env))
    harness.must(harness.run(['git', '--git-dir', case.git, 'update-ref', 'refs/heads/main', new]))
    case.add('Meanwhile', expect=(7,), message='outside')
    case.naru('status', expect=(6,), message='outside')
    if harness.read_head(case.office) != new:
        case.problems.append("somebody's commit was thrown away without a word")
    harness.must(harness.run(['git', '--git-dir', case.git, 'update-ref', 'refs/heads/main', old]))
    case.recovered()
    case.report(tap)


def damage_packs(tap, base):
    case = Case('packs with flipped bits: what reads the history neither hangs nor crashes', base)
    folder = os.path.join(case.git, 'objects', 'pack')
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        whole, dice = read(path), random.Random(name)
        for _ in range(12 if harness.FULL else 4):
            data = bytearray(whole)
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            os.chmod(path, 0o600)
            write(path, bytes(data))
            for words in (('history', 'MGK-2026-00001'), ('diff', 'MGK-2026-00001'), ('show', 'MGK-2026-00001')):
                case.naru(*words, expect=(0, 1, 4, 6))
        if name.endswith('.idx'):
            n = int.from_bytes(whole[8 + 255 * 4:8 + 256 * 4], 'big')
            places = 8 + 1024 + n * 24
            for place in range(places, places + n * 4, 4):  # objects that would stand far behind the pack's end
                write(path, whole[:place] + b'\x40' + whole[place + 1:])
                case.naru('diff', 'MGK-2026-00001', expect=(6,))
        write(path, whole)
    case.recovered()
    case.report(tap)


# --- disks and rights ---

def forbidden(tap, base):
    """Another person, who may read the folder but not write it; and one who may not even read it."""
    if os.geteuid() != 0 or shutil.which('setpriv') is None:
        tap.skip('a folder that one may only read', 'needs root and setpriv')
        return
    if not harness.everybody_reaches(PROGRAM) or not harness.everybody_reaches(harness.DATA):
        tap.skip('a folder that one may only read', 'nobody else reaches the program')
        return
    other = ('setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups')
    os.chmod(harness.work_folder(), 0o711)
    for name, mode, statuses in (('may only read', 'a+rX', (0,)), ('may not even read', 'go-rwx', (1, 4))):
        case = Case(f'a folder that one {name}', base)
        harness.must(harness.run(['chmod', '-R', mode, case.office]))
        before = read(case.data)
        case.naru('show', 'MGK-2026-00001', expect=statuses, prefix=other)
        case.add('Nobody', expect=(1, 4), prefix=other)
        case.naru('status', expect=(0, 1, 4, 7), prefix=other)
        if read(case.data) != before:
            case.problems.append('it was written to')
        harness.close_keys(case.office)
        case.recovered()
        case.report(tap)


def in_own_mounts(*words):
    """Runs this script once more where it may mount what it likes. None where that is not permitted."""
    if shutil.which('unshare') is None or harness.run(['unshare', '-m', 'true']).returncode != 0:
        return None
    env = {**os.environ, 'NARU_FAULTS_INSIDE': '1'}
    return subprocess.run(['unshare', '-m', sys.executable, os.path.abspath(__file__), *words], env=env, check=False,
                          capture_output=True, text=True, timeout=600)


def mounted(tap, base, verb, name):
    done = in_own_mounts(verb, base)
    if done is None or done.returncode == 77:
        tap.skip(name, 'mounting is not permitted here')
        return
    if not harness.FULL and done.returncode == 0:
        tap.note(done.stdout.strip().split('\n')[-1])
    tap.ok(done.returncode == 0, name, (done.stdout + done.stderr).strip().split('\n'))


def mount(*words):
    if harness.run(['mount', *words]).returncode != 0:
        sys.exit(77)


def inside_full_disk(base):
    """A disk of 4 MiB on which less and less is free; what was acknowledged must be there when there is room again."""
    case = Case('full', base)
    place = os.path.join(harness.work_folder(), 'disk')
    os.mkdir(place)
    mount('-t', 'tmpfs', '-o', 'size=4m', 'none', place)
    case.office = os.path.join(place, 'office')
    harness.copy(base, case.office)
    filler, statuses = os.path.join(place, 'filler'), []
    for free in [0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 0] * (3 if harness.FULL else 1):
        with open(filler, 'wb') as file:
            room = os.statvfs(place)
            try:
                file.write(bytes(max(0, room.f_bavail * room.f_frsize - free * 1024)))
            except OSError:
                pass
        for number in range(3):
            name = f'Full {free} {number} {len(statuses)}'
            statuses.append(case.add(name, expect=(0, 1, 7)).returncode)
            if statuses[-1] == 1:
                case.acks.append({'action': 'create', 'text': f'"{name}"', 'count': 0})
        case.naru('list', 'deal', expect=(0,))
        case.naru('import', 'deal', os.path.join(os.path.dirname(base), 'rows.jsonl'), '--dry-run', expect=(0, 1))
        os.unlink(filler)
    case.recovered()
    harness.must(harness.run(['umount', place]))
    print('\n'.join(case.problems[:10]))
    print('exit statuses on the full disk: ' + ', '.join(f'{s}: {statuses.count(s)}' for s in sorted(set(statuses))))
    sys.exit(1 if case.problems or 0 not in statuses or len(set(statuses)) < 2 else 0)


def work_an_hour(case, base, size, fill, empty):
    """An hour of an office's work, a change a minute by two people, from the fifth minute on without room; its
    documents have so many bytes. What was acknowledged has to be in the history afterwards, in the order in which it
    was done. Returns the exit statuses."""
    statuses, done, before = [], [], len(harness.checker.check(case.office).commits)
    for minute in range(60):
        if minute == 5:
            fill()
        clock = f'2026-03-02T10:{minute:02d}:00+09:00'
        text, deal = f'Minute {minute:02d} of the hour', 'MGK-2026-00001'
        words = (('note', deal, text), ('edit', deal, f'summary={text}'), ('new', 'party', f'name={text}'),
                 ('attach', deal, os.path.join(os.path.dirname(base), 'minute.txt')))[minute % 4]
        if words[0] == 'attach':
            write(words[2], text.encode() + random.Random(minute).randbytes(size))
        status = case.naru(*words, expect=(0, 1, 7), who=('head', 'minji')[minute % 2],
                           env=harness.environment(NARU_CLOCK=clock)).returncode
        statuses.append(status)
        if status in (0, 7):
            done.append(text)
        if minute % 10 == 9:
            case.naru('list', 'deal', expect=(0,))
    empty()
    case.naru('status', expect=(0,))
    found = harness.checker.check(case.office)
    if read_in_order(found) != done or len(found.commits) - before != len(done):
        case.problems.append(f'published {len(found.commits) - before} entries: {read_in_order(found)}, done {done}')
    return statuses


def read_in_order(found):
    """The minutes of which the history tells, in the order in which it begins to."""
    texts = [text for commit in found.commits for _, content in commit.files
             for text in re.findall('Minute [0-9]{2} of the hour', (content or b'').decode(errors='replace'))]
    return list(dict.fromkeys(texts))


def fill_disk(place):
    """Leaves not a block free; returns what gives the room back."""
    filler = os.path.join(place, 'filler')
    with open(filler, 'wb', buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return lambda: os.unlink(filler)


def inside_full_hour(base):
    """First the disk of the history alone is full: everybody works on, and every answer is "recorded, history
    pending". Then the store's as well: what is refused is not there, what was acknowledged is."""
    for name, statuses_wanted in (('the history is on a full disk', {7}),
                                  ('all of it is on a full disk', {0, 1, 7})):
        case = Case(name, base)
        place = os.path.join(harness.work_folder(), 'hour-' + str(len(statuses_wanted)))
        os.mkdir(place)
        if statuses_wanted == {7}:
            case.office = os.path.join(harness.work_folder(), 'hour-office')
            harness.copy(base, case.office)
            os.rename(os.path.join(case.office, 'audit.git'), place + '.git')
            place = os.path.join(case.office, 'audit.git')
            os.mkdir(place)
            mount('-t', 'tmpfs', '-o', 'size=4m', 'none', place)
            shutil.copytree(os.path.join(harness.work_folder(), 'hour-1.git'), place, dirs_exist_ok=True)
        else:
            mount('-t', 'tmpfs', '-o', 'size=8m', 'none', place)
            case.office = os.path.join(place, 'office')
            harness.copy(base, case.office)
        room = []
        statuses = work_an_hour(case, base, 60 if statuses_wanted == {7} else 400000,
            lambda: room.append(fill_disk(place)), lambda: room.pop()())
        if set(statuses[:5]) != {0} or not set(statuses[5:]) <= statuses_wanted or not statuses_wanted <= set(statuses):
            case.problems.append(f'the exit statuses were {statuses}')
        case.recovered()
        harness.must(harness.run(['umount', place]))
        print('\n'.join(case.problems[:10]))
        print(f'{name}: ' + ', '.join(f'{s}: {statuses.count(s)}' for s in sorted(set(statuses))))
        if case.problems:
            sys.exit(1)
    sys.exit(0)


def inside_read_only(base):
    case = Case('read-only', base)
    mount('--bind', case.office, case.office)
    mount('-o', 'remount,ro,bind', case.office)
    case.naru('show', 'MGK-2026-00001', expect=(0,))
    case.naru('list', 'deal', expect=(0,))
    case.add('Nobody', expect=(1,))
    case.naru('status', expect=(0, 7))
    harness.must(harness.run(['mount', '-o', 'remount,rw,bind', case.office]))
    case.recovered()
    harness.must(harness.run(['umount', case.office]))
    print('\n'.join(case.problems[:10]))
    sys.exit(1 if case.problems else 0)


# --- clocks, limits, documents ---

def clock_backwards(tap, base):
    case = Case('a clock that went backwards', base)
    for clock in ('2026-05-01T09:00:00+09:00', '2026-04-01T09:00:00+09:00', '1999-12-31T23:59:59-05:00'):
        case.add(f'At {clock}', expect=(0,), env=harness.environment(NARU_CLOCK=clock))
    case.naru('status', expect=(0,))
    times = harness.must(harness.run(['git', '--git-dir', case.git, 'log', '-3', '--format=%ai|%ci',
        'main'])).split('\n')
    if [line.split('|')[0] for line in times] != \
            ['1999-12-31 23:59:59 -0500', '2026-04-01 09:00:00 +0900', '2026-05-01 09:00:00 +0900']:
        case.problems.append(f'the authors acted at {times}')
    case.recovered()
    case.report(tap)


def documents(tap, base):
    case = Case('documents: 1 GiB, a folder, a pipe, nothing there', base)
    top, head = harness.work_folder(), harness.read_head(case.office)
    huge = os.path.join(top, 'huge.bin')
    with open(huge, 'wb') as file:
        file.truncate(1 << 30)
    fifo = os.path.join(top, 'pipe')
    os.mkfifo(fifo)
    case.naru('attach', 'MGK-2026-00001', huge, expect=(2,), message='100 MiB',
              prefix=('sh', '-c', 'ulimit -v 400000; exec "$@"', 'sh'))
    case.naru('attach', 'MGK-2026-00001', top, expect=(1, 2))
    case.naru('attach', 'MGK-2026-00001', fifo, expect=(1, 2))
    case.naru('attach', 'MGK-2026-00001', os.path.join(top, 'nothing'), expect=(1, 2, 4))
    os.unlink(huge)
    if harness.read_head(case.office) != head:
        case.problems.append('the history has changed')
    case.recovered()
    case.report(tap)


def limits(tap, base):
    case = Case('limits on the size of files', base)
    for blocks in (1, 8, 64, 200):
        name = f'Limited {blocks}'
        done = case.add(name, expect=(0, 1, 7), prefix=('sh', '-c', f'ulimit -f {blocks}; exec "$@"', 'sh'))
        if done.returncode == 1:
            case.acks.append({'action': 'create', 'text': f'"{name}"', 'count': 0})
    case.recovered()
    case.report(tap)


def main():
    if os.environ.get('NARU_FAULTS_INSIDE') == '1':
        {'full-disk': inside_full_disk, 'full-hour': inside_full_hour,
            'read-only': inside_read_only}[sys.argv[1]](sys.argv[2])
    harness.need('git', 'ssh-keygen', 'mdb_dump', 'mdb_load', PROGRAM)
    tap = harness.Tap()
    base = os.path.join(harness.work_folder(), 'base')
    harness.make_office(base)
    harness.write_rows(os.path.join(harness.work_folder(), 'rows.jsonl'))
    damage_store(tap, base)
    flip_bits(tap, base)
    newer_format(tap, base)
    missing_rows(tap, base)
    damage_history(tap, base)
    damage_packs(tap, base)
    forbidden(tap, base)
    mounted(tap, base, 'full-disk', 'a full disk')
    mounted(tap, base, 'full-hour', 'an hour of work on a full disk')
    mounted(tap, base, 'read-only', 'a disk that is read-only')
    clock_backwards(tap, base)
    documents(tap, base)
    limits(tap, base)
    tap.finish()


if __name__ == '__main__':
    main()
