# SPDX-License-Identifier: LGPL-2.1-or-later
"""What no single pack can see: that together they hold every row, that each rule can be reached and is tested.

usage: test-rows.py SOURCE PACK…: the top of the source tree, and the folders of packs and plugins that have a test
of their own, relative to it. Speaks TAP.
"""
import json
import re
import sys
from pathlib import Path

top = Path(sys.argv[1])
tested = sys.argv[2:]
count = 0
failed = 0


def report(name, problems):
    global count, failed
    count += 1
    problems = list(problems)
    print(f'{"not ok" if problems else "ok"} {count} - {name}')
    for problem in problems:
        print(f'# {problem}')
    failed += bool(problems)


def load(path):
    return json.loads(path.read_text(encoding='utf-8'))


folders = sorted(path.parent for pattern in ('share/rules/*/rules.json', 'plugins/*/rules.json')
                 for path in top.glob(pattern))
packs = {folder: load(folder / 'rules.json') for folder in folders}
rules = [(folder, rule) for folder, pack in packs.items() for rule in pack['rules']]
left = [(folder, row) for folder, pack in packs.items() for row in pack.get('left_out', [])]
ids = {rule['id'] for _, rule in rules}
rows = (top / 'tests/rules/data/rows.txt').read_text(encoding='utf-8').split()


def evidences(rule):
    return [rule['evidence']] + [v['evidence'] for v in rule.get('versions', []) if 'evidence' in v]


def untested_packs():
    names = [str(folder.relative_to(top)) for folder in folders]
    yield from (f'{name} has no test of its own' for name in names if name not in tested)
    yield from (f'{name} is tested, but not there' for name in tested if name not in names)


def missing_cases():
    for folder, pack in packs.items():
        files = {path.stem for path in (folder / 'tests/cases').glob('*.json')}
        own = {rule['id'] for rule in pack['rules']}
        yield from (f'{folder.name}: {name} has no cases' for name in sorted(own - files))
        yield from (f'{folder.name}: the cases of {name} have no rule' for name in sorted(files - own))


def poor_cases():
    """At least three; pass, fail and what does not apply; the open question where there is one."""
    for folder, rule in rules:
        path = folder / 'tests/cases' / (rule['id'] + '.json')
        if not path.exists():
            continue
        cases = load(path)
        kinds = {case['expect']['status'] for case in cases['cases']}
        wanted = {'pass', 'fail'} | (set() if 'always' in cases else {'not-applicable'})
        asks = 'needs' in rule or any('needs' in version for version in rule.get('versions', []))
        wanted |= {'unknown'} if asks else set()
        if len(cases['cases']) < 3:
            yield f'{rule["id"]}: fewer than three cases'
        yield from (f'{rule["id"]}: no case expects {kind}' for kind in sorted(wanted - kinds))


def untold_rows():
    told = {evidence.get('row') for _, rule in rules for evidence in evidences(rule)}
    told |= {row['row'] for _, row in left}
    if len(rows) < 200 or len(set(rows)) != len(rows):
        yield 'rows.txt is not the list it should be'
    yield from (f'{row}: no rule, and not left out' for row in rows if row not in told)


def unknown_rows():
    known = set(rows)
    for folder, rule in rules:
        for evidence in evidences(rule):
            if evidence.get('row') not in known:
                yield f'{rule["id"]}: there is no row {evidence.get("row")}'
    yield from (f'{folder.name}: left out is {row["row"]}, which is no row' for folder, row in left
                if row['row'] not in known)


def twice():
    seen = {}
    for folder, rule in rules:
        if rule['id'] in seen:
            yield f'{rule["id"]} stands in {seen[rule["id"]]} and in {folder.name}'
        seen[rule['id']] = folder.name
    ruled = {rule['evidence'].get('row') for _, rule in rules}
    yield from (f'{row["row"]} is left out, and has a rule' for _, row in left if row['row'] in ruled)


def uncovered():
    """A row that another rule is said to cover: the note names a rule that there is."""
    for folder, row in left:
        if row['reason'] != 'covered':
            continue
        named = re.findall(r'[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+', row['note']['en'] + ' ' + row['note']['ko'])
        if not any(name in ids for name in named):
            yield f'{row["row"]}: the note names no rule that covers it'


def as_list(value):
    return value if isinstance(value, list) else [value]


def unreachable():
    """A rule about a move that no deal can make would never be judged."""
    pipelines = [load(top / 'share/pipelines/technology.json')]
    pipelines += [load(folder / 'pipeline.json') for folder in folders if (folder / 'pipeline.json').exists()]
    kinds = {stage['id']: stage['kind'] for pipeline in pipelines for stage in pipeline.get('stages', [])}
    moves = {(source, move['to']) for pipeline in pipelines for move in pipeline.get('transitions', [])
             for source in as_list(move['from'])}
    for _, rule in rules:
        for move in rule['on']:
            sources = as_list(move['from']) if 'from' in move else []
            for stage in sources + as_list(move['to']):
                if stage not in kinds:
                    yield f'{rule["id"]}: there is no stage {stage}'
            for target in as_list(move['to']):
                if target in ('on-hold', 'returned', 'dropped'):
                    yield f'{rule["id"]}: {target} has to stay open to every deal'
                elif not any((source, target) in moves for source in sources or kinds):
                    yield f'{rule["id"]}: no move leads to {target} from {", ".join(sources) or "anywhere"}'


def wrong_weight():
    """What rests on general knowledge alone only advises; confidence follows from the grade."""
    confidence = {'V': 'high', 'P': 'medium', 'G-h': 'medium', 'G-m': 'low', 'G-l': 'low'}
    for _, rule in rules:
        for evidence in evidences(rule):
            grade = evidence['grade']
            if grade in confidence and evidence['confidence'] != confidence[grade]:
                yield f'{rule["id"]}: confidence {evidence["confidence"]} for the grade {grade}'
        if rule['evidence']['grade'] in ('G-m', 'G-l') and rule['severity'] != 'advise':
            yield f'{rule["id"]}: {rule["severity"]} for the grade {rule["evidence"]["grade"]}'
        if rule['verified_by'] is not None or rule.get('verified_on') is not None:
            yield f'{rule["id"]}: nobody has verified it'


def words(value):
    if isinstance(value, dict):
        if set(value) == {'en', 'ko'}:
            yield value
        for member in value.values():
            yield from words(member)
    elif isinstance(value, list):
        for member in value:
            yield from words(member)


def untranslated():
    hangul = re.compile('[가-힣]')
    for folder, rule in rules:
        for pair in words(rule):
            if not hangul.search(pair['ko']):
                yield f'{rule["id"]}: no Korean in “{pair["ko"]}”'
            if len(re.findall('[A-Za-z]', pair['en'])) < len(hangul.findall(pair['en'])):
                yield f'{rule["id"]}: no English in “{pair["en"]}”'


report('every pack and plugin has a test', untested_packs())
report('no rule without cases, no cases without a rule', missing_cases())
report('the cases of a rule show all that it can say', poor_cases())
report('no row without a rule or a reason', untold_rows())
report('no rule without a row', unknown_rows())
report('nothing is said twice', twice())
report('what is covered is covered', uncovered())
report('each rule speaks of a move that there is', unreachable())
report('each rule weighs what its evidence bears', wrong_weight())
report('each rule speaks both languages', untranslated())
print(f'1..{count}')
print(f'# {len(rules)} rules in {len(packs)} packs, {len(left)} rows left out, {len(rows)} rows')
sys.exit(failed > 0)
