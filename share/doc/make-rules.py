#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes RULES.md, the list of all rules, from the rule packs in share/rules and plugins.

usage: make-rules.py --source FOLDER [--output FILE] [--depfile FILE] [--check FILE]
  --output FILE   where to write; without it, on stdout
  --depfile FILE  also writes, for make, of which files it was made
  --check FILE    writes nothing: one TAP test, whether FILE is what would be written"""
import argparse
import collections
import difflib
import glob
import json
import os
import sys

SEVERITIES = ('block', 'warn', 'advise')
GRADES = {
    'V': 'the text of the law, or the page of the authority itself',
    'P': 'a publication that tells what the law says',
    'G-h': 'general knowledge, sure',
    'G-m': 'general knowledge, fairly sure',
    'G-l': 'general knowledge, unsure',
    'own': 'no law: good practice of an office',
}
REASONS = {
    'clock': 'a deadline and nothing else',
    'calendar': 'how days are counted',
    'no-gate': 'no move of a deal is concerned',
    'covered': 'another rule says it',
    'advice': 'nothing that can be judged',
}
HEAD = """# Rules

What Naru asks of a deal before it moves, rule by rule. This page is written by `share/doc/make-rules.py` from the packs in
`share/rules` and `plugins`; change those, then run `ninja -C build rules-document`.

A rule **blocks**, **warns** or **advises**. *When* names the moves that it judges, *by* says whether data decides it
or the code of its plugin (then the name of the check). *Verified* says which person compared the rule with the law and when;
a rule that nobody has verified says “no”, here and in `naru rules RULE`. The rules are no legal advice."""


class Pack:
    """One rule pack and what is counted about it."""

    def __init__(self, source, path):
        with open(path, encoding='utf-8') as stream:
            data = json.load(stream)
        self.folder = os.path.relpath(os.path.dirname(path), source)
        self.id = data['id']
        self.version = data['version']
        self.title = data['title']['en']
        self.sectors = data.get('sectors', [])
        self.rules = data['rules']
        self.left_out = data.get('left_out', [])
        self.files = [path]
        self.cases = {rule['id']: self.count_cases(os.path.dirname(path), rule['id']) for rule in self.rules}

    def count_cases(self, folder, rule):
        path = os.path.join(folder, 'tests', 'cases', f'{rule}.json')
        if not os.path.exists(path):
            return 0
        self.files.append(path)
        with open(path, encoding='utf-8') as stream:
            return len(json.load(stream)['cases'])


def read_packs(source):
    """Built-in packs first, then plugins, each by name."""
    return [Pack(source, path) for place in ('share/rules', 'plugins')
            for path in sorted(glob.glob(os.path.join(source, place, '*', 'rules.json')))]


def spans(rule):
    """What the rule says in each span of time: the rule itself where it has no versions."""
    base = {key: value for key, value in rule.items() if key != 'versions'}
    for version in rule.get('versions', [{}]):
        said = {**base, **version}
        if 'must' in version:
            said.pop('check', None)
        yield said


def counted(rule):
    """The span that counts for a rule: the latest one."""
    return list(spans(rule))[-1]


def by_code(rule):
    return any('check' in span for span in spans(rule))


def cell(text):
    return ' '.join(str(text).split()).replace('|', '\\|')


def row(*cells):
    return '| ' + ' | '.join(cell(c) for c in cells) + ' |'


def table(heads, rows, numbers=()):
    rule = '|' + '|'.join('--:' if i in numbers else '---' for i in range(len(heads))) + '|'
    return [row(*heads), rule] + [row(*cells) for cells in rows]


def stages(value):
    return ', '.join([value] if isinstance(value, str) else value)


def moves(rule):
    return '; '.join(f'{stages(move.get("from", "any"))} → {stages(move["to"])}' for move in rule['on'])


def days(span):
    since, until = span.get('valid_from'), span.get('valid_to')
    if since is None:
        return ''
    return f' ({since} to {until})' if until else f' (from {since})'


def law(evidence):
    """Each law with its own articles, where as many are given."""
    laws, articles = evidence['law'].split('; '), evidence.get('article', '').split('; ')
    if len(laws) != len(articles):
        laws, articles = [evidence['law']], [evidence.get('article', '')]
    pairs = '; '.join(f'{name} {article}'.strip() for name, article in zip(laws, articles))
    return f'{pairs} ({evidence["jurisdiction"]})'


def verified(span):
    return f'{span["verified_by"]}, {span.get("verified_on")}' if span.get('verified_by') else 'no'


def counts(packs):
    rows = []
    for pack in packs:
        severities = collections.Counter(counted(r)['severity'] for r in pack.rules)
        rows.append([f'[{pack.id}](#{pack.id})', len(pack.rules), *(severities[s] for s in SEVERITIES),
                     sum(map(by_code, pack.rules)), sum(r.get('verified_by') is not None for r in pack.rules),
                     sum(pack.cases.values()), min(pack.cases.values(), default=0), len(pack.left_out)])
    total = [sum(r[i] for r in rows) for i in range(1, 10)]
    total[7] = min((r[8] for r in rows), default=0)
    yield from table(['pack', 'rules', *SEVERITIES, 'by code', 'verified', 'cases', 'fewest cases of a rule', 'left out'],
                     rows + [['all', *total]], range(1, 10))
    yield ''
    grades = collections.Counter(counted(r)['evidence']['grade'] for pack in packs for r in pack.rules)
    yield from table(['evidence', 'rests on', 'rules'],
                     [[g, GRADES.get(g, ''), grades[g]] for g in sorted(grades, key=order(GRADES))], [2])
    reasons = collections.Counter(item['reason'] for pack in packs for item in pack.left_out)
    if reasons:
        yield ''
        yield from table(['left out', 'because', 'rows'],
                         [[r, REASONS.get(r, ''), reasons[r]] for r in sorted(reasons, key=order(REASONS))], [2])


def order(known):
    names = list(known)
    return lambda name: (names.index(name) if name in known else len(names), name)


def describe(pack):
    yield f'## {pack.id}'
    yield ''
    sectors = f', for deals of the sector {", ".join(pack.sectors)}' if pack.sectors else ''
    yield f'{pack.title}, version {pack.version}{sectors}: `{pack.folder}`.'
    yield ''
    rows = []
    for rule in pack.rules:
        for number, span in enumerate(spans(rule)):
            evidence = span['evidence']
            rows.append([rule['id'] if number == 0 else '', span['severity'], moves(rule) if number == 0 else '',
                         span['title']['en'] + days(span),
                         law(evidence), evidence['grade'], f'`{span["check"]}`' if 'check' in span else 'data', verified(span)])
    yield from table(['rule', 'severity', 'when', 'what', 'law', 'evidence', 'by', 'verified'], rows)
    if pack.left_out:
        yield ''
        yield 'Left out:'
        yield ''
        yield from table(['row', 'reason', 'note'],
                         [[item['row'], item['reason'], item['note']['en']] for item in pack.left_out])


def write(packs):
    parts = [HEAD, '\n'.join(counts(packs))] + ['\n'.join(describe(pack)) for pack in packs]
    return '\n\n'.join(parts) + '\n'


def compare(path, text):
    with open(path, encoding='utf-8') as stream:
        old = stream.read()
    print('1..1')
    for line in list(difflib.unified_diff(old.split('\n'), text.split('\n'), path, 'the packs', lineterm='', n=0))[:40]:
        print('#', line)
    print('ok' if old == text else 'not ok', '1 - the list of rules is what the packs say')
    if old != text:
        print('# run: ninja -C build rules-document')
    return 0 if old == text else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--source', required=True)
    for option in ('--output', '--depfile', '--check'):
        parser.add_argument(option)
    options = parser.parse_args()
    packs = read_packs(options.source)
    text = write(packs)
    if options.check:
        return compare(options.check, text)
    if options.output:
        with open(options.output, 'w', encoding='utf-8') as stream:
            stream.write(text)
    else:
        sys.stdout.buffer.write(text.encode())
    if options.depfile:
        with open(options.depfile, 'w', encoding='utf-8') as stream:
            stream.write(f'{options.output}: {" ".join(f.replace(" ", chr(92) + " ") for p in packs for f in p.files)}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
