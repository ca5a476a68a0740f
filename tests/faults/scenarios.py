# SPDX-License-Identifier: LGPL-2.1-or-later
"""Commands to disturb, each with the office that it is given and what must be true afterwards, whatever happened: the
change is there once, or it never was; it is there if it was acknowledged; and the next command goes on from there.

Every verb that changes something has its line in list_scenarios(); the tests compare that with the verbs of naru."""
import json
import os
import re
import shutil

import harness
import portfolio
from harness import PROGRAM, judge, judge_by_change, must, naru, run

LOG_HEADER = 'case,activity,time,who\n'


class Scenario:
    """A prepared office and commands upon it; heads[n] is the head after n of them. verb is the one that is tried.
    acks: what the commands are found by once they are done, one or more for each."""

    def __init__(self, name, base, commands, acks, env=None, head=None, who='head'):
        self.name, self.base, self.commands, self.acks, self.who = name, base, commands, acks, who
        self.verb = find_verb(commands[0])
        self.heads = [head or harness.read_head(base)]
        self.env = env or {}
        trial = os.path.join(harness.work_folder(), f'trial-{name}')
        self.lay(trial)
        self.silent = False  # whether it prints nothing that would be an acknowledgement
        for number in range(len(commands)):
            self.silent = must(self.run(trial, number)) == '' or self.silent
            self.heads.append(harness.read_head(trial))
        problems = judge(trial, self.heads[-1:], acks, env=self.environment())
        if problems:
            harness.bail(f'{name}: an undisturbed run is wrong already: {problems[:5]}')
        harness.remove(trial)

    def environment(self, **more):
        return harness.environment(**{**self.env, **more})

    def lay(self, top):
        """What the command is given, in a folder that is made anew."""
        harness.copy(self.base, top)

    def words(self, top, number=0):
        return [PROGRAM, '--office', top, '--as', self.who, *self.commands[number]]

    def run(self, top, number=0, prefix=()):
        return run([*prefix, *self.words(top, number)], env=self.environment())

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

    def check_acks(self, top):
        return harness.checker.check(top, self.acks).problems


class Maker:
    """Makes an office where there was none. files: what stands in the folder beforehand, name -> path; by_steps: the
    office is made first and filled then, so that its first entries may be all there is."""

    commands, acks, silent = [None], [None], False

    def __init__(self, name, words, files=None, head=None, by_steps=False):
        self.name = self.verb = name
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
        found = harness.checker.check(office)
        # what could not be removed while the disk failed stays
        found.problems = [problem for problem in found.problems if not problem.startswith('left over: .store-')]
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
        found = harness.checker.check(office)
        return found.problems or harness.judge_head(found, 1, [self.head])

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
    """Writes one file beside an office; the office stays as it is, but for what waited."""

    def __init__(self, name, base, head):
        super().__init__(name, ['--office', '{top}/office', 'backup', '{top}/office.backup'], {'office': base}, head)

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
        done = run([PROGRAM, 'restore', restored, '--from', file], env=env)
        if done.returncode != 0 or harness.read_head(restored) != self.head:
            return [f'the backup is not whole: ended with {done.returncode}: {done.stderr.strip()[-400:]}']
        return []

    def is_begun(self, top):
        return self.is_done(top)

    def is_done(self, top):
        return os.path.exists(os.path.join(top, 'office.backup'))


# --- the verbs ---

# What most of these leave is no entry that could be looked for, and the checker does not know the keys of people. A kill of
# "seal" is tried in tests/cli/test-seal.sh; the others wait.
NOT_YET = ('person key', 'seal', 'seal timestamp', 'remote push', 'remote remove', 'key passphrase')

def list_changing_verbs():
    """As the one table of verbs in core/cli names them"""
    path = os.path.join(harness.HERE, '..', '..', 'core', 'cli', 'naru-verbs.c')
    with open(path, encoding='utf-8') as file:
        found = re.findall(r'\{ "([a-z -]+)", NARU_SECTION_[A-Z]+, (?:CHANGES|[A-Z_ |]*NARU_VERB_CHANGES)', file.read())
    return [verb for verb in found if verb not in NOT_YET]


def find_verb(command):
    verbs = list_changing_verbs()
    pair = ' '.join(command[:2])
    return pair if pair in verbs else command[0]


class World:
    """The bases that scenarios begin with, each made when it is first asked for, and files that they are given."""

    def __init__(self):
        self.top = harness.work_folder()
        self.plugins = os.path.join(self.top, 'plugins')
        os.mkdir(self.plugins)
        self.env = {'NARU_PLUGIN_DIR': self.plugins}
        must(run([PROGRAM, 'plugin', 'new', 'tidal', '--sector', 'ocean'], cwd=self.plugins, env=self.environment()))
        self.base = os.path.join(self.top, 'base')
        self.deal = harness.make_office(self.base, self.environment())
        self.rows = harness.write_rows(os.path.join(self.top, 'rows.jsonl'))
        self.made = {}

    def environment(self):
        return harness.environment(**self.env)

    def path(self, name, make):
        """A file or folder of that name, made by make (path) the first time."""
        if name not in self.made:
            self.made[name] = os.path.join(self.top, name)
            make(self.made[name])
        return self.made[name]

    def key(self, name):
        return self.path(name, harness.make_key)

    def text(self, name, text):
        def make(path):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        return self.path(name, make)

    def after(self, name, base, *commands):
        """A base that commands come to from another one; who acts may stand first, as "dir:"."""
        def make(folder):
            harness.copy(base, folder)
            for command in commands:
                who = command[0][:-1] if command[0].endswith(':') else 'head'
                must(naru(folder, *command[len(command[0]) - len(who) == 1:], env=self.environment(), who=who))
        return self.path('base-' + name, make)

    def waiting(self):
        """Entries that are in git, but not fsynced"""
        return self.after('waiting', self.base, *(('note', self.deal, f'waits {number}') for number in range(5)))

    def full(self):
        """One entry more, and it is time for a checkpoint."""
        return self.after('full', self.waiting(), *(('note', self.deal, f'waits {number}') for number in range(5, 63)))

    def lost(self):
        """As a power loss would leave what waits: names without content"""
        def make(folder):
            harness.copy(self.waiting(), folder)
            harness.damage_unsynced(folder, self.base)
        return self.path('base-lost', make)

    def committee(self):
        """A director, a deal on hold that needs one to go on, and a deal whose next gate may be waived"""
        return self.after('committee', self.base, ('person', 'add', 'dir', '--name', 'Park Director', '--role',
            'director'),
                          ('new', 'deal', 'title=Held'), ('advance', 'MGK-2026-00002', 'on-hold'),
                          ('advance', self.deal, 'joint-rd'))

    def without_plugin(self):
        return self.after('without', self.base, ('plugin', 'disable', 'tidal', '--reason', 'Test'))

    def large(self):
        def make(path):
            with open(path, 'wb') as file:
                for number in range(30000):
                    file.write(b'line %d of a large document\n' % (number * 7919 % 65537))
        return self.path('large.pdf', make)

    def pipeline(self):
        with open(os.path.join(harness.DATA, 'share', 'pipelines', 'need.json'), encoding='utf-8') as file:
            pipeline = json.load(file)
        pipeline['title']['en'] = 'What companies need'
        return self.text('need.json', json.dumps(pipeline))

    def pack(self):
        def make(folder):
            source = os.path.join(harness.DATA, 'share', 'rules', 'novelty')
            shutil.copytree(source, folder)
            with open(os.path.join(source, 'rules.json'), encoding='utf-8') as file:
                pack = json.load(file)
            pack['version'] = '1.1'
            with open(os.path.join(folder, 'rules.json'), 'w', encoding='utf-8') as file:
                json.dump(pack, file)
        return self.path('novelty', make)

    def history(self):
        """A clone, as restore is given it"""
        return self.path('history.git', lambda path: must(run(['git', 'clone', '-q', '--bare', os.path.join(
            self.base, 'audit.git'), path])))


def list_scenarios():
    """name -> function () that makes the scenario. One that is named after its verb alone is what that verb is tried
    by; the others are the same verbs upon offices in other states."""
    world = World()
    deal, base, env = world.deal, world.base, world.env
    edits = [['edit', deal, f'title=Title number {number}'] for number in range(5)]
    edited = [{'action': 'edit', 'record': deal, 'text': f'Title number {number}"'} for number in range(5)]
    moved = [{'action': 'advance', 'record': deal}]
    new_rows = [{'action': 'import', 'text': 'row 20 기술'}]
    init = ['init', '{top}/office', '--name', 'Magok TTO', '--hub', 'MGK', '--login', 'head', '--key', '{top}/key']

    def change(name, base, command, ack, **more):
        return lambda: Scenario(name, base() if callable(base) else base, [command() if callable(command) else command],
                                [ack], env=env, **more)

    def about(action, record=deal, **more):
        return {'action': action, 'record': record, **more}

    return {
        'init': lambda: Maker('init', init, {'key': world.key('first-key')}),
        'demo': lambda: Maker('demo', ['demo', '{top}/office'], by_steps=True),
        'restore': lambda: Maker('restore', ['restore', '{top}/office', '--from', '{top}/history.git'],
                                 {'history.git': world.history()}, harness.read_head(base)),
        'backup': lambda: Backup('backup', world.waiting(), harness.read_head(world.waiting())),
        'new': change('new', base, ['new', 'party', 'name=A new one', 'kind=company'],
                      {'action': 'create', 'text': 'A new one'}),
        'edit': change('edit', base, edits[0], edited[0]),
        'link': change('link', base, ['link', deal, 'officer', portfolio.HEAD], about('link')),
        'attach': change('attach', world.waiting, lambda: ['attach', deal, world.large()], about('attach')),
        'note': change('note', base, ['note', deal, 'Called the attorney'], about('note', text='Called the attorney')),
        'advance': change('advance', base, ['advance', deal, 'joint-rd'], moved[0]),
        'approve': change('approve', world.committee, ['approve', 'MGK-2026-00002', 'evaluation'],
                          about('approve', 'MGK-2026-00002'), who='dir'),
        'reject': change('reject', world.committee, ['reject', 'MGK-2026-00002', 'evaluation', '--reason', 'No'],
                         about('reject', 'MGK-2026-00002'), who='dir'),
        'waive': change('waive', world.committee, ['waive', deal, 'disclosure.agreement', '--reason', 'On paper',
                                                   '--until', '2099-12-31'], about('waive'), who='dir'),
        'import': change('import', base, ['import', 'deal', world.rows], new_rows[0]),
        'import-history': change('import-history', base, lambda: [
            'import-history', world.text('log.csv', portfolio.LOG), '--map',
            world.text('log.json', json.dumps(portfolio.LOG_MAP))], {'action': 'import', 'record': 'LOG-2026-00001',
                'count': 3}),
        'person add': change('person add', base, ['person', 'add', 'lee', '--name', 'Lee', '--role', 'officer'],
                             {'action': 'create', 'text': '"lee"'}),
        'person edit': change('person edit', base, ['person', 'edit', 'minji', 'email=minji@example.com'],
                              about('edit', portfolio.MINJI, text='minji@example.com')),
        'person role': change('person role', base, ['person', 'role', 'minji', 'officer', 'director'],
                              about('edit', portfolio.MINJI, text='"director"')),
        'key rotate': change('key rotate', base, lambda: ['key', 'rotate', '--reason', 'Test', '--key',
                                                          world.key('next-key')], {'action': 'rotate-key'}),
        'key revoke': change('key revoke', base, lambda: ['key', 'revoke', '--reason', 'Stolen', '--key',
                                                          world.key('next-key')], {'action': 'revoke-key'}),
        'remote add': change('remote add', base, ['remote', 'add', 'auditor', 'https://audit.example.com/mgk.git'],
                             {'action': 'add-remote'}),
        'pipeline add': change('pipeline add', base, lambda: ['pipeline', 'add', world.pipeline()],
                               {'text': 'What companies need'}),
        'rules adopt': change('rules adopt', base, lambda: ['rules', 'adopt', world.pack(), '--reason', 'Decree'],
                              {'action': 'rules'}),
        'plugin enable': change('plugin enable', world.without_plugin, ['plugin', 'enable', 'tidal'],
                                {'action': 'rules', 'count': 2}),
        'plugin disable': change('plugin disable', base, ['plugin', 'disable', 'tidal', '--reason', 'Test'],
                                 {'action': 'rules'}),
        # the same upon offices in other states
        'advance-checkpoint': change('advance-checkpoint', world.full, ['advance', deal, 'joint-rd'], moved[0]),
        'advance-waiting': change('advance-waiting', world.waiting, ['advance', deal, 'joint-rd'], moved[0]),
        'import-waiting': change('import-waiting', world.waiting, ['import', 'deal', world.rows], new_rows[0]),
        'status': lambda: Scenario('status', world.waiting(), [['status']], [], env),
        'recovery': lambda: Scenario('recovery', world.lost(), [['status']], [], {**env, 'NARU_BOOT_ID': 'boot-2'},
                                     harness.read_head(world.waiting())),
        'edits': lambda: Scenario('edits', base, [*edits, ['status']], edited, env),
    }


def plan(names, quick, long, few, enough=None):
    """(name, how many points) of what is to be tried: those that were asked for, with all their points, or as NAME:30
    with so many; else what the quick run names and a few points of every other changing verb; with NARU_TEST_LONG=1
    all of those that the quick run names, and of the others all or, where that would never end, enough."""
    if names:
        return [(name, int(count) if count else None) for name, _, count in (name.partition(':') for name in names)]
    if harness.FULL:
        quick, few = [(name, None) for name in (*dict(quick), *long)], enough
    chosen = dict(quick)
    chosen.update((verb, few) for verb in list_changing_verbs() if verb not in chosen)
    return list(chosen.items())


def check_verbs(tap, scenarios):
    """No verb that changes something is forgotten."""
    missing = [verb for verb in list_changing_verbs() if verb not in scenarios]
    tap.ok(not missing, 'every verb that changes something is tried', [f'no scenario: {verb}' for verb in missing])
