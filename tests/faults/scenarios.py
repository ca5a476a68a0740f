# SPDX-License-Identifier: LGPL-2.1-or-later
"""Commands to disturb, each with the office that it is given and what must be true afterwards, whatever happened: the
change is there once, or it never was; it is there if it was acknowledged; and the next command goes on from there.

Every verb that changes something has its line in list_scenarios(); the tests compare that with the verbs of naru."""
import json
import os
import re
import shutil

import harness
import outside
import portfolio
from harness import PROGRAM, must, naru, run
from trials import Backup, Maker, Scenario


# --- the verbs ---

def list_changing_verbs():
    """As the one table of verbs in core/cli names them"""
    path = os.path.join(harness.HERE, '..', '..', 'core', 'cli', 'naru-verbs.c')
    with open(path, encoding='utf-8') as file:
        return re.findall(r'\{ "([a-z -]+)", NARU_SECTION_[A-Z]+, (?:CHANGES|[A-Z_ |]*NARU_VERB_CHANGES)', file.read())


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
    places = outside.Places(world)
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
        'remote remove': change('remote remove', places.mirrored, ['remote', 'remove', 'auditor', '--reason', 'Gone'],
                                {'action': 'remove-remote'}),
        'person key': change('person key', base, lambda: ['person', 'key', 'minji', 'add', places.person_key()],
                             {'action': 'person-key', 'record': portfolio.MINJI}),
        'pipeline add': change('pipeline add', base, lambda: ['pipeline', 'add', world.pipeline()],
                               {'text': 'What companies need'}),
        'rules adopt': change('rules adopt', base, lambda: ['rules', 'adopt', world.pack(), '--reason', 'Decree'],
                              {'action': 'rules'}),
        'plugin enable': change('plugin enable', world.without_plugin, ['plugin', 'enable', 'tidal'],
                                {'action': 'rules', 'count': 2}),
        'plugin disable': change('plugin disable', base, ['plugin', 'disable', 'tidal', '--reason', 'Test'],
                                 {'action': 'rules'}),
        **places.list(),
        # the same upon offices in other states
        'backup-encrypted': lambda: Backup('backup-encrypted', world.waiting(), harness.read_head(world.waiting()),
                                           places.passphrase()),
        'approve-own': lambda: Scenario('approve-own', places.decider(), [['approve', 'MGK-2026-00002', 'evaluation']],
                                        [about('approve', 'MGK-2026-00002')], places.decider_env(), who='dir'),
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
