# SPDX-License-Identifier: LGPL-2.1-or-later
"""A command to disturb: the office that it is given, and what must be true afterwards, whatever happened."""
import os
import shutil

import harness
from harness import PROGRAM, judge, judge_by_change, must, naru, run


class Scenario:
    """A prepared office and commands upon it; heads[n] is the head after n of them. verb is the one that is tried.
    acks: what the commands are found by once they are done, one or more for each."""

    remakes = False  # whether judging does again what was not done

    def __init__(self, name, base, commands, acks, env=None, head=None, who='head'):
        self.name, self.base, self.commands, self.acks, self.who = name, base, commands, acks, who
        self.heads = [head or harness.read_head(base)]
        self.env = env or {}
        trial = os.path.join(harness.work_folder(), f'trial-{name}')
        self.lay(trial)
        self.silent = False  # whether it prints nothing that would be an acknowledgement
        for number in range(len(commands)):
            self.silent = must(self.run(trial, number)) == '' or self.silent
            self.heads.append(harness.read_head(trial))
        self.note_done(trial)
        problems = self.judge(trial, len(commands))
        if problems:
            harness.bail(f'{name}: an undisturbed run is wrong already: {problems[:5]}')
        harness.remove(trial)

    def note_done(self, top):
        """Looks at what an undisturbed run leaves."""

    @property
    def tells_in_answer(self):
        """Whether it tells trouble in its answer, as naru status does"""
        return not self.acks

    def environment(self, **more):
        return harness.environment(**{**self.env, **more})

    def lay(self, top):
        """What the command is given, in a folder that is made anew."""
        harness.copy(self.base, top)

    def folder(self, top):
        """Where the command is run; None: anywhere"""
        return None

    def words(self, top, number=0):
        return [PROGRAM, '--office', top, '--as', self.who, *self.commands[number]]

    def run(self, top, number=0, prefix=()):
        return run([*prefix, *self.words(top, number)], env=self.environment(), cwd=self.folder(top))

    def judge(self, top, sure, by_change=False, **env):
        """What is wrong, where the first commands (sure) were acknowledged and the others may be done or not."""
        judge_it = judge_by_change if by_change else judge
        return judge_it(top, self.heads[sure:], self.acks[:sure] if sure < len(self.commands) else self.acks,
                        env=self.environment(**env))

    def is_begun(self, top):
        return self.is_done(top)

    def is_done(self, top):
        return harness.read_head(top) == self.heads[-1]

    def says_done(self, done):
        """Whether the answer says that the change is there."""
        return done.returncode in (0, 7)

    def fits(self, done, present):
        """Whether the answer is true"""
        return self.says_done(done) == present

    def check_acks(self, top):
        return harness.checker.check(top, self.acks).problems


class Maker:
    """Makes an office where there was none. files: what stands in the folder beforehand, name -> path; by_steps: the
    office is made first and filled then, so that its first entries may be all there is."""

    commands, acks, silent, remakes, tells_in_answer = [None], [None], False, True, False

    def __init__(self, name, words, files=None, head=None, by_steps=False):
        self.name = name
        self.by_steps = by_steps
        self.template, self.files, self.head = words, files or {}, head
        self.env, self.count = {}, None
        trial = os.path.join(harness.work_folder(), f'trial-{name}')
        self.lay(trial)
        self.silent = must(self.run(trial)) == ''
        # where no key is given the key differs each time, and with it each id
        made = harness.checker.check(self.office(trial), durable=False)
        self.count = len(made.commits)
        problems = made.problems or self.judge(trial, 1)
        if problems:
            harness.bail(f'{name}: an undisturbed run is wrong already: {problems[:5]}')
        harness.remove(trial)

    def environment(self, **more):
        return harness.environment(**{**self.env, **more})

    def office(self, top):
        return os.path.join(top, 'office')

    def folder(self, top):
        return None

    def fits(self, done, present):
        return self.says_done(done) == present

    def lay(self, top):
        harness.remove(top)
        os.mkdir(top, 0o700)
        for name, path in self.files.items():
            (harness.copy if os.path.isdir(path) else shutil.copy)(path, os.path.join(top, name))

    def words(self, top, number=0):
        return [PROGRAM, '--as', 'head', *(word.replace('{top}', top) for word in self.template)]

    def run(self, top, number=0, prefix=()):
        return run([*prefix, *self.words(top)], env=self.environment())

    def judge(self, top, sure, by_change=False, **env):
        """There is a whole office or none; where there is none, making it again works."""
        office, env = self.office(top), self.environment(**env)
        if not os.path.exists(office):
            if sure:
                return ['it was acknowledged, and there is no office']
            again = run(self.words(top), env=env)
            if again.returncode != 0:
                return [f'made again: ended with {again.returncode}: {again.stderr.strip()[-400:]}']
        elif by_change and run(self.words(top), env=env).returncode == 0:
            return ['an office was made over another one']
        if 'keys' not in os.listdir(office) or not os.listdir(os.path.join(office, 'keys')):
            return self.judge_without_key(office, env)
        return self.judge_office(office, env, sure)

    def judge_office(self, office, env, sure=1):
        done = naru(office, 'status', env=env)
        if done.returncode != 0:
            return [f'naru status: ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-600:]}']
        found = self.check(office)
        if not found.problems and self.count not in (None, len(found.commits)) and not (self.by_steps and not sure):
            return [f'{len(found.commits)} entries, not {self.count}']
        if not found.problems and self.head not in (None, found.commits[-1].oid):
            return [f'the head is {found.commits[-1].oid}, not {self.head}']
        return found.problems

    def judge_without_key(self, office, env):
        """What was restored has no key, which status tells."""
        done = naru(office, 'status', env=env)
        if done.returncode != 1 or 'key' not in done.stdout:
            return [f'naru status: ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-600:]}']
        found = self.check(office)
        return found.problems or harness.judge_head(found, 1, [self.head])

    @staticmethod
    def check(office):
        found = harness.checker.check(office)
        # what could not be removed while the disk failed stays
        found.problems = [problem for problem in found.problems if not problem.startswith('left over: .store-')]
        return found

    def is_begun(self, top):
        return os.path.exists(self.office(top))

    def is_done(self, top):
        if self.by_steps and os.path.exists(self.office(top)):
            count = run(['git', '--git-dir', os.path.join(self.office(top), 'audit.git'), 'rev-list', '--count',
                'main'])
            return count.stdout.strip() == str(self.count)
        return os.path.exists(self.office(top))

    def says_done(self, done):
        return done.returncode in (0, 7) or (not self.by_steps and 'is made, but' in done.stderr)

    def check_acks(self, top):
        return []


class Backup(Maker):
    """Writes one file beside an office; the office stays as it is, but for what waited. passphrase: a file of it"""

    def __init__(self, name, base, head, passphrase=None):
        self.opener = ['--passphrase-file', passphrase] if passphrase else []
        sealer = ['--encrypt', *self.opener] if passphrase else []
        super().__init__(name, ['--office', '{top}/office', 'backup', '{top}/office.backup', *sealer], {'office': base}, head)

    def judge(self, top, sure, by_change=False, **env):
        file, env = os.path.join(top, 'office.backup'), self.environment(**env)
        problems = self.judge_office(self.office(top), env)
        if problems:
            return problems
        if not os.path.exists(file):
            if sure:
                return ['it was acknowledged, and there is no backup']
            again = run(self.words(top), env=env)
            if again.returncode != 0:
                return [f'written again: ended with {again.returncode}: {again.stderr.strip()[-400:]}']
        restored = os.path.join(top, 'restored')
        done = run([PROGRAM, 'restore', restored, '--from', file, *self.opener], env=env)
        if done.returncode != 0 or harness.read_head(restored) != self.head:
            return [f'the backup is not whole: ended with {done.returncode}: {done.stderr.strip()[-400:]}']
        return []

    def is_begun(self, top):
        return self.is_done(top)

    def is_done(self, top):
        return os.path.exists(os.path.join(top, 'office.backup'))
