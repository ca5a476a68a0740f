# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cures a deal before a gate with nothing but what the refusal says.

usage: cure.py DEAL STAGE LOGIN FILE [FIELD=VALUE ...]

As long as the gate refuses, runs the commands of the remedies. A placeholder in them is replaced as a person would do it:
a choice by its first word, a date by today, TEXT by a text, an id by that of a record of the type. FIELD=VALUE is what
this person knows better. Prints the rules that were cured; ends with 1 when the gate stays shut.
"""
import datetime
import json
import os
import re
import shlex
import subprocess
import sys

ROUNDS = 12
naru = os.environ['NARU_PROGRAM']
deal, stage, login, attachment = sys.argv[1:5]
known = dict(word.split('=', 1) for word in sys.argv[5:])
made = {}


def run(*words):
    return subprocess.run([naru, '--as', login, *words], capture_output=True, text=True, check=False)


def first_id(kind):
    if kind not in made:
        answer = run('list', kind, '--json', '--limit', '1')
        made[kind] = json.loads(answer.stdout)[0]['id']
    return made[kind]


def fill(text):
    text = re.sub(r'\b([A-Z]+)-ID\b', lambda match: first_id(match.group(1).lower()), text)
    text = text.replace('YYYY-MM-DD', datetime.date.today().isoformat())
    text = text.replace('yes|no', 'yes')
    text = re.sub(r'[A-Za-z0-9.+_-]+(\|[A-Za-z0-9.+_-]+)+', lambda match: match.group(0).split('|')[0], text)
    return text.replace('NUMBER', '1').replace('TEXT', 'A text').replace('FILE', attachment)


def fill_word(word):
    name, equals, value = word.partition('=')
    field = name.rstrip(':')
    if equals and field in known:
        return f'{field}:={known[field]}' if known[field][:1] in '[{' else f'{field}={known[field]}'
    return fill(word)


def obey(line):
    words = [fill_word(word) for word in shlex.split(line)[1:]]
    if words[:1] == ['plugin']:
        return
    answer = run(*words)
    # a record that is asked for has a gate of its own
    if words[0] == 'advance' and answer.returncode == 3 and cure(words[1], words[2]):
        answer = run(*words)
    if answer.returncode not in (0, 7):
        print(f'# naru {shlex.join(words)}: {answer.returncode} {answer.stderr.strip()}', file=sys.stderr)
    elif words[0] == 'new':
        made[words[1]] = answer.stdout.strip()


cured = []


def cure(record, to):
    for _ in range(ROUNDS):
        review = json.loads(run('check', record, to, '--json').stdout)
        if review['allowed']:
            return True
        for finding in review['findings']:
            if finding['severity'] != 'block' or finding['status'] not in ('fail', 'error'):
                continue
            if finding['rule'] not in cured:
                cured.append(finding['rule'])
            for line in (finding['remedy'] or '').split('\n'):
                if line.startswith('naru '):
                    obey(line)
    for finding in review['findings']:
        if finding['severity'] == 'block' and finding['status'] in ('fail', 'error'):
            print(f"# {finding['rule']}: {finding['message']} | {finding['remedy']}", file=sys.stderr)
    return False


opened = cure(deal, stage)
print('\n'.join(cured))
sys.exit(0 if opened else 1)
