#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Power loss at every moment of a command: what was not flushed is lost, kept in part or torn; then the next command,
on a machine that was started again, recovers and the checker agrees.

usage: powerloss.py [--first-failure] [SCENARIO[:POINTS]…]"""
import collections
import hashlib
import os
import random
import shlex
import sys

import effects
import harness
import scenarios
from harness import PROGRAM

SECTOR = 512
FEW, MANY = 4, 400
QUICK = (('advance', 200), ('import', 180), ('edits', 420), ('import-waiting', 140), ('recovery', 120),
         ('key rotate', 80))
LONG = ('edits', 'import-waiting', 'recovery', 'advance-checkpoint', 'advance-waiting', 'status')
AFTER = {'NARU_BOOT_ID': 'after-power-loss'}
DAMAGES = HALF, ZERO, RUBBISH = 'torn', 'zeros', 'rubbish'
ENOUGH = 3000
SUBSETS = 24

# what: 'lost', 'kept' or one of the damages, done to the effect with that number; None where it is about groups
State = collections.namedtuple('State', 'journal label moment what number answers')


class Film:
    """One traced run of a scenario: the disk before it, and its effects."""

    def __init__(self, scenario):
        self.scenario = scenario
        top, trace = harness.slot(), os.path.join(harness.work_folder(), 'trace')
        scenario.lay(top)
        recorder = effects.Recorder(top)
        lines = [shlex.join(scenario.words(top, number)) + (' && echo done' if scenario.silent else '')
                 for number in range(len(scenario.commands))]
        harness.must(harness.run(['strace', '-f', '-y', '-xx', '-s', '100000000', '-o', trace, '-e',
                                  'signal=none', '-e', 'trace=' + effects.CALLS, 'sh', '-c', ' && '.join(lines)],
                                 env=scenario.environment(), cwd=scenario.folder(top)))
        with open(trace, encoding='utf-8', errors='replace') as file:
            self.effects = recorder.read_trace(file)
        self.base, self.live = recorder.base, recorder.live
        numbers = {id(effect): number for number, effect in enumerate(self.effects)}
        self.pending = {journal: [[numbers[id(effect)] for effect in moment]
                                  for moment in effects.find_pending(self.effects, journal)]
                        for journal in (False, True)}
        # the model is only worth something if it ends where the real folder ended
        real = {path: data for path, data in effects.Disk.read(top).files() if os.path.basename(path) != 'lock.mdb'}
        mine = {path: data for path, data in self.live.files() if os.path.basename(path) != 'lock.mdb'}
        if real != mine:
            wrong = [path for path in real.keys() | mine.keys() if real.get(path, 0) != mine.get(path, 0)]
            harness.bail(f'{scenario.name}: the trace was not understood: {wrong[:10]}')
        os.unlink(trace)
        harness.remove(top)

    def find_lost(self, state):
        """The numbers of the effects that this state takes back."""
        pending = self.pending[state.journal][state.moment]
        names = [number for number in pending if self.effects[number].kind in effects.NAMES]
        data = [number for number in pending if self.effects[number].kind not in effects.NAMES]
        return frozenset({
            'lost': lambda: [state.number], 'kept': lambda: set(pending) - {state.number},
            'all': lambda: pending, 'none': lambda: (), 'names': lambda: names, 'bytes': lambda: data,
            'some': lambda: pick(pending, state.number),
            'last names': lambda: names[state.number:], 'last names and bytes': lambda: names[state.number:] + data,
        }.get(state.what, lambda: ())())

    def build(self, state):
        """The disk as this state leaves it."""
        disk, lost = self.base.copy(), self.find_lost(state)
        for number, effect in enumerate(self.effects[:state.moment]):
            if number in lost:
                disk.lose(effect)
            elif number == state.number and state.what in DAMAGES:
                disk.apply(effect, damage(effect.data, state.what))
            else:
                disk.apply(effect)
        return disk


def pick(pending, seed):
    """Some of them, each seed others."""
    dice = random.Random(seed * 1009 + len(pending))
    share = dice.random()
    return [number for number in pending if dice.random() < share]


def damage(data, how):
    if how == HALF:
        return data[:max(SECTOR, len(data) // 2 // SECTOR * SECTOR)] if len(data) > SECTOR else data[:len(data) // 2]
    if how == ZERO:
        return bytes(len(data))
    return random.Random(len(data)).randbytes(len(data))


def list_states(film, journal):
    """Every state that this module thinks of, by moment; many of them are equal."""
    answers = 0
    for moment, pending in enumerate(film.pending[journal]):
        if moment and film.effects[moment - 1].kind == 'answer':
            answers += 1
        names = [number for number in pending if film.effects[number].kind in effects.NAMES]
        cases = [('none', None)]
        if journal:  # names in their order: those from a certain one on are lost
            for first in range(len(names) + 1):
                cases += [('last names', first), ('last names and bytes', first)]
        else:
            cases += [('all', None), ('names', None), ('bytes', None)]
            cases += [(what, number) for number in pending for what in ('lost', 'kept')]
            cases += [('some', seed) for seed in range(SUBSETS if len(pending) > 2 else 0)]
        for number in pending:
            if film.effects[number].kind == 'data':
                cases += [(how, number) for how in DAMAGES]
        for what, number in cases:
            yield State(journal, ('journal: ' if journal else 'strict: ') + what, moment, what, number, answers)


def digest(disk):
    total = hashlib.blake2b(digest_size=16)
    for path, data in disk.files():
        total.update(f'{path}\0{-1 if data is None else len(data)}\0'.encode())
        total.update(data or b'')
    return total.digest()


def choose_states(film, wanted):
    """At most so many different states, fairly from every kind; of two that are equal the one that promised more."""
    by_label = {}
    for journal in (False, True):
        for state in list_states(film, journal):
            by_label.setdefault(state.label, []).append(state)
    shuffle = random.Random(1)
    for states in by_label.values():
        shuffle.shuffle(states)
    chosen, rounds = {}, max(map(len, by_label.values()))
    candidates = (states[i] for i in range(rounds) for states in by_label.values() if i < len(states))
    for tried, state in enumerate(candidates):
        if len(chosen) >= wanted or tried >= 5 * wanted:
            break
        key = digest(film.build(state))
        if key not in chosen or chosen[key].answers < state.answers:
            chosen[key] = state
    return list(chosen.values()), sum(map(len, by_label.values()))


def lay_out(disk, top):
    """The state as a folder. What LMDB maps may hold anything."""
    harness.remove(top)
    os.mkdir(top, 0o700)
    choice = digest(disk)[0] % 3
    for path, data in disk.files():
        target = os.path.join(top, path)
        if data is None:
            os.mkdir(target, 0o700)
            continue
        if path == 'lock.mdb' and choice == 0:
            continue
        if path == 'lock.mdb' and choice == 1:
            data = random.Random(7).randbytes(8192)
        with open(target, 'wb') as file:
            file.write(data)
    for folder, _, files in os.walk(top):
        for name in files if os.path.basename(folder) == 'keys' or folder == top else ():
            os.chmod(os.path.join(folder, name), 0o600)


def try_state(task):
    """One state. Returns (the state, problems)."""
    film, state = FILMS[task[0]], task[1]
    scenario, top = film.scenario, harness.slot()
    disk = film.build(state)
    lay_out(disk, top)
    problems = scenario.judge(top, state.answers, digest(disk)[1] % 3 == 0, **AFTER)
    return state, problems


FILMS = {}  # by scenario; the workers get it with the fork


def describe(film, state):
    text = f'{state.label}, after {state.moment} of {len(film.effects)} effects, {state.answers} answered'
    if state.what in ('lost', 'kept', *DAMAGES):
        text += f'; {state.what}: {film.effects[state.number]}'
    lost = sorted(film.find_lost(state))
    return f'{text}; {len(lost)} lost: ' + ', '.join(str(film.effects[number]) for number in lost[:3])


def sweep(tap, scenario, wanted, first_failure=False):
    film = FILMS[scenario.name] = Film(scenario)
    chosen, possible = choose_states(film, wanted)
    failures = []
    for state, problems in harness.everywhere(try_state, [(scenario.name, state) for state in chosen]):
        if problems:
            failures.append(describe(film, state) + ': ' + '; '.join(problems[:3]))
            if first_failure:
                break
    kinds = collections.Counter(state.label for state in chosen)
    tap.note(f'{scenario.name}: {len(film.effects)} effects, {possible} cases, {len(chosen)} different states tried, '
             f'{len(failures)} failed; ' + ', '.join(f'{kind} {n}' for kind, n in sorted(kinds.items())))
    tap.count('power', scenario.name, len(chosen))
    tap.ok(not failures and len(chosen) > 0, f'{scenario.name}: power lost in {len(chosen)} ways', failures)
    return len(chosen)


def main():
    words = sys.argv[1:]
    first_failure = '--first-failure' in words
    names = [word for word in words if not word.startswith('--')]
    harness.need('git', 'ssh-keygen', 'mdb_dump', 'strace', PROGRAM)
    tap = harness.Tap()
    known = scenarios.list_scenarios()
    scenarios.check_verbs(tap, known)
    total = sum(sweep(tap, known[name](), ENOUGH if wanted is None else wanted, first_failure)
                for name, wanted in scenarios.plan(names, QUICK, LONG, FEW, MANY))
    tap.note(f'{total} states in all')
    if not names:
        tap.ok(total >= 1000, 'at least 1,000 states were tried')
    tap.finish()


if __name__ == '__main__':
    main()
