# SPDX-License-Identifier: LGPL-2.1-or-later
"""An office with something of everything in its history: the one that is tampered with. Every command has an hour of
its own, so that each place in the history has another time."""
import datetime
import json
import os
import shutil

import harness
from harness import AGREED, PROGRAM, must, run

START = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
DEAL, OTHER, THIRD = 'MGK-2026-00001', 'MGK-2026-00002', 'MGK-2026-00003'
HEAD, MINJI, DIRECTOR, SECOND, AUDITOR, GONE = (f'MGK-PER-2026-{number:05d}' for number in range(1, 7))
LOG_MAP = {'title': {'en': 'Log', 'ko': '기록'}, 'type': 'deal', 'case': 'case', 'activity': 'activity', 'time': 'time',
           'actor': 'who', 'constants': {'hub': 'LOG'}}
LOG = ('case,activity,time,who\n'
       'C1,Idea,2024-01-03T09:00:00+09:00,Bert\nC1,Disclosure,2024-02-05T09:00:00+09:00,Bert\n'
       'C1,Evaluation,2024-03-06T09:00:00+09:00,Carl\n')


class Portfolio:
    """Makes the office in a folder; keys holds the private keys in the order in which they signed."""

    def __init__(self, top):
        self.top, self.folder = top, os.path.join(top, 'office')
        self.plugins = os.path.join(top, 'plugins')
        self.keys, self.hours = [], 0
        os.makedirs(self.plugins, exist_ok=True)
        must(run([PROGRAM, 'plugin', 'new', 'tidal', '--sector', 'ocean'], cwd=self.plugins, env=self.environment()))
        for number in range(3):
            self.keys.append(harness.make_key(os.path.join(top, f'key-{number}')))
        self.make()
        must(harness.naru(self.folder, 'status', env=self.environment()))

    def environment(self, **more):
        clock = (START + datetime.timedelta(hours=self.hours)).isoformat()
        return harness.environment(NARU_CLOCK=clock, NARU_PLUGIN_DIR=self.plugins, **more)

    def act(self, who, *words):
        self.hours += 1
        return must(run([PROGRAM, '--office', self.folder, '--as', who, *words], env=self.environment()))

    def write(self, name, text):
        path = os.path.join(self.top, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def make(self):
        must(run([PROGRAM, '--as', 'head', 'init', self.folder, '--name', 'Magok TTO', '--hub', 'MGK', '--login',
            'head',
                  '--person-name', 'Kim Head', '--email', 'head@example.com', '--key', self.keys[0]],
                 env=self.environment()))
        for login, name, role in (('minji', '김민지', 'officer'), ('dir', 'Park Director', 'director'),
                                  ('dir2', 'Choi Director', 'director'), ('aud', 'Lee Auditor', 'auditor'),
                                  ('gone', 'Han Director', 'director')):
            self.act('head', 'person', 'add', login, '--name', name, '--role', role)
        university = self.act('minji', 'new', 'party', 'name=Hanbit University', 'kind=university')
        company = self.act('minji', 'new', 'party', 'name=Narae Cells', 'kind=company')
        self.first_deal(university, company)
        self.configure()
        self.other_deals(university)
        self.last_changes()

    def first_deal(self, university, company):
        """From the idea to marketing: approved, waived, documented."""
        self.act('minji', 'new', 'deal', 'title=A better stent', 'summary=It stays open', 'sectors:=["ocean"]', AGREED,
                 f'officer={MINJI}', f'parties:=[{{"party":"{university}","role":"joint-rd"}},'
                 f'{{"party":"{company}","role":"joint-rd"}}]')
        self.act('minji', 'edit', DEAL, 'tidal.prototype=yes', 'tidal.test.laboratory=Harbour laboratory',
                 'disclosed_on=2026-03-02', 'trl=3',
                 f'inventors:=[{{"person":"{MINJI}","share":"100"}}]',
                     f'owners:=[{{"party":"{university}","share":"100"}}]')
        self.act('minji', 'advance', DEAL, 'joint-rd')
        self.act('dir', 'waive', DEAL, 'disclosure.agreement', '--reason', 'Signed on paper', '--until', '2099-12-31')
        self.act('minji', 'advance', DEAL, 'disclosure')
        self.act('minji', 'attach', DEAL, self.write('form.txt', 'Signed form\n'), '--name', 'invention-disclosure')
        self.act('minji', 'advance', DEAL, 'evaluation')
        self.act('minji', 'edit', DEAL, 'evaluation.grade=A', 'evaluation.committee_on=2026-03-02')
        self.act('dir', 'waive', DEAL, 'patent.prior-art', '--reason', 'Searched by the attorney', '--until',
            '2099-12-31')
        self.act('dir2', 'reject', DEAL, 'patent', '--reason', 'Prior art was found')
        self.act('dir', 'approve', DEAL, 'patent')
        self.act('gone', 'approve', DEAL, 'patent')
        self.answer(DEAL, 'patent')
        self.act('minji', 'advance', DEAL, 'patent')
        self.act('minji', 'note', DEAL, 'The attorney has the draft')

    def answer(self, deal, stage):
        """The preparation has to be complete; says what is missing."""
        done = run([PROGRAM, '--office', self.folder, '--as', 'minji', 'check', deal, stage], env=self.environment())
        if done.returncode != 0:
            harness.bail(f'{deal} may not go to {stage}: {done.stdout}{done.stderr}')

    def configure(self):
        """Roles, keys, rules and pipelines change."""
        self.act('head', 'person', 'role', 'gone', 'auditor')
        self.act('head', 'key', 'rotate', '--reason', 'Yearly change', '--key', self.keys[1])
        source = os.path.join(harness.DATA, 'share', 'rules', 'novelty', 'rules.json')
        with open(source, encoding='utf-8') as file:
            pack = json.load(file)
        pack['version'] = '1.1'
        folder = os.path.join(self.top, 'novelty')
        shutil.copytree(os.path.dirname(source), folder)
        self.write('novelty/rules.json', json.dumps(pack, ensure_ascii=False))
        self.act('head', 'rules', 'adopt', folder, '--reason', 'Decree of 2026')
        with open(os.path.join(harness.DATA, 'share', 'pipelines', 'need.json'), encoding='utf-8') as file:
            pipeline = json.load(file)
        pipeline['title']['en'] = 'What companies need'
        self.act('head', 'pipeline', 'add', self.write('need.json', json.dumps(pipeline)))
        self.act('head', 'plugin', 'disable', 'tidal', '--reason', 'Under revision')
        self.act('head', 'plugin', 'enable', 'tidal')

    def other_deals(self, university):
        self.act('minji', 'import', 'deal', harness.write_rows(os.path.join(self.top, 'rows.jsonl'), 3))
        self.act('head', 'import-history', self.write('log.csv', LOG), '--map', self.write('log.json',
            json.dumps(LOG_MAP)))
        self.act('minji', 'edit', OTHER, 'summary=Also good', 'sectors:=["ocean"]', 'tidal.prototype=no')
        self.act('minji', 'link', OTHER, 'officer', MINJI)
        self.act('minji', 'advance', OTHER, 'disclosure')
        self.act('minji', 'advance', OTHER, 'returned')
        self.act('head', 'key', 'revoke', '--reason', 'The disk was stolen', '--key', self.keys[2])
        self.act('minji', 'new', 'payment', 'title=Fee', 'direction=received', 'amount=1250000.50')
        self.act('minji', 'new', 'agreement', 'title=Agreement of the joint work', 'kind=joint-rd')

    def last_changes(self):
        self.act('minji', 'edit', DEAL, 'patent.application_number=10-2026-0001', 'patent.filed_on=2026-03-03')
        self.act('minji', 'advance', DEAL, 'marketing')
        self.act('head', 'person', 'edit', 'minji', 'email=minji@example.com')
        self.act('minji', 'advance', THIRD, 'dropped')
        self.act('minji', 'attach', DEAL, self.write('brief.txt', 'What it is\n'), '--name', 'technology-brief')
        self.act('minji', 'note', OTHER, 'Told the inventor')
        self.act('minji', 'edit', DEAL, 'trl=4')
