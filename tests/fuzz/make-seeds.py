#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the seeds of the fuzz targets from what Naru ships and from a small office made for it: files seed-* of the corpus.

usage: make-seeds.py PROGRAM     (run in the environment of `meson devenv`; needs git and ssh-keygen)"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
CORPUS = TOP / 'tests' / 'fuzz' / 'corpus'
CLOCK = '2026-11-22T10:00:00+09:00'


def put(target, name, *parts):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    data = b'\n---\n'.join(part if isinstance(part, bytes) else part.encode() for part in parts)
    (folder / f'seed-{name}').write_bytes(data)


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


def load(path):
    return json.loads((TOP / path).read_text())


def first_rows(name, n=1):
    rows = (TOP / 'share' / 'demo' / f'{name}.jsonl').read_text().splitlines()[:n]
    return [json.loads(row) for row in rows]


def seed_json():
    for path in ('share/pipelines/need.json', 'schemas/index.json', 'tests/rules/data/minimal.json'):
        put('json', pathlib.Path(path).stem, (TOP / path).read_text())


def seed_records():
    ids = {'PTY': 'MGK-PTY-2026-00001', 'PER': 'MGK-PER-2026-00001', 'AGR': 'MGK-AGR-2026-00001'}

    def real(value):
        if isinstance(value, dict):
            return {key: real(member) for key, member in value.items()}
        if isinstance(value, list):
            return [real(member) for member in value]
        if isinstance(value, str) and value.startswith('@'):
            return ids.get(value[1:4], 'MGK-2026-00001')
        return value
    for kind in load('schemas/index.json')['types']:
        row = real(first_rows(kind['name'])[0])
        key = next(iter(row))
        put('record', kind['name'], kind['name'], line(row), f'/{key}={row[key]}')


def seed_schemas():
    for name in ('schema-2020', 'schema-findings', 'schema-refused'):
        for i, case in enumerate(load(f'tests/record/data/{name}.json')):
            if 'schema' not in case or (name == 'schema-refused' and i % 4):
                continue
            instance = case['tests'][-1]['data'] if 'tests' in case else case.get('instance', {})
            put('schema', f'{name[7:]}-{i:02}', line(case['schema']), line(instance))
    put('schema', 'pattern', line({'pattern': '^(a+)+$'}), line('a' * 40 + '!'))


def seed_packs():
    whole = load('tests/rules/data/pack.json')
    deal = {'title': 'x', 'stage': 'idea', 'hub': 'MGK', 'sectors': ['it']}
    put('pack', 'whole', line(whole), line(deal))
    for folder in sorted((TOP / 'share' / 'rules').iterdir()):
        pack = json.loads((folder / 'rules.json').read_text())
        head = {key: pack[key] for key in ('id', 'version', 'title')}
        fields = json.loads((folder / 'schema.json').read_text())['properties']
        rule = min(pack['rules'], key=lambda rule: abs(len(line(rule)) - 1200))
        rule = dict(rule, on=[{'from': '*', 'to': '*'}])
        text = line(rule)
        used = {name: field for name, field in fields.items() if f'"{name}' in text and len(line(field)) < 2500}
        put('pack', folder.name, line(dict(head, rules=[rule], fields=used)), line(deal))
        if folder.name == 'novelty':
            put('pack-text', folder.name, line(dict(head, rules=[rule])))


def seed_pipelines():
    deal = {'title': 'x', 'stage': 'start', 'evaluation': {'grade': 'A'}}
    for name in ('gates', 'minimal', 'plain-pipeline'):
        put('pipeline', name, line(load(f'tests/rules/data/{name}.json')), line(deal))
    need = load('share/pipelines/need.json')
    put('pipeline', 'need', line(need), line(dict(deal, stage=need['stages'][0]['id'])))


def seed_imports():
    put('import', 'rows', 'rows', line(load('share/maps/nasa-patents.json')),
        'Center,Status,Case Number,Patent Number,Application SN,Title,Patent Expiration Date\n'
        'ARC,Issued,ARC-1,"5,694,939",08/543,"A ""quoted"" title",10/03/2015\r\n'
        'LEW,Application,LEW-2,0,/0,여러 줄\n,0000-00-00\n'
        'LEW,Application,LEW-2,0,/0,"여러\n줄",0000-00-00\n')
    put('import', 'log', 'log', line(load('share/maps/declarations.json')),
        'case,activity,timestamp,resource,org:role\n'
        'c1,Declaration SUBMITTED,2017-01-09T09:49:50+01:00,STAFF MEMBER,EMPLOYEE\n'
        'c1,Declaration APPROVED,2017-01-09T10:27:48+01:00,STAFF MEMBER,SUPERVISOR\n'
        'c2,Declaration SUBMITTED,2017-01-09,X,Y\n')
    put('import', 'propose', 'propose', line(load('share/maps/declarations.json')),
        'case,activity,timestamp,resource,org:role\na,b,2017-01-09T09:49:50+01:00,x,y\na,c,2017-01-10T09:49:50+01:00,x,y\n')
    put('import', 'lines', 'j', '', '\n'.join(line(row) for row in first_rows('deal', 2)) + '\nnull\n{"title": 3}\n')


def seed_texts():
    for i, text in enumerate(('2024-02-29', '2026-11-22T10:00:00+09:00', '1,234.50', '-0.000001', 'MGK-AGR-2026-00017',
                              'MGK-2026-00442', '  나루터 e\u0301\t', 'a<b>\u202ec', '12345678901234567890.123456789012')):
        put('text', str(i), text)


def seed_deltas():
    old = (TOP / 'schemas' / 'task.json').read_text()
    put('delta', 'edit', old, old.replace('title', 'name'))
    put('delta', 'short', 'a', 'b')
    put('delta', 'same', old[:600], old[:600])
    put('delta', 'twice', old[:900], old[300:900] + old[:600])


def seed_wire():
    put('wire', 'stderr', b'e(naru-worker:17): libpeas-WARNING **: 13:59:49.569: it broke\nTraceback\nValueError: x\n')
    put('wire', 'plugin', b'p' + (TOP / 'plugins' / 'it' / 'it.plugin').read_bytes().replace(b'=it\n', b'=fuzz\n'))

    def pad(data, to):
        return data + b'\0' * (-len(data) % to)
    texts = [b'ROW-01\0']
    for token, fields, en, ko in (('pass', (), '', ''), ('fail', ('/a', '/b'), 'Wrong.', '틀림.'), ('unknown', ('/a',), '', ''),
                                  ('error', (), '', '')):
        out, ends = struct.pack('<IxxxxQ', 1, 7) + b'Z' * 32, []
        ends.append(len(out))
        out += texts[0]
        ends.append(len(out))
        out = pad(out, 8) + struct.pack('<q', 12)
        for text in (token, 'no-verdict' if token == 'error' else '', ''):
            out += text.encode() + b'\0'
            ends.append(len(out))
        array = b''.join(field.encode() + b'\0' for field in fields)
        offsets, at = b'', 0
        for field in fields:
            at += len(field) + 1
            offsets += bytes([at])
        out += array + offsets
        ends.append(len(out))
        for text in (en, ko):
            out += text.encode() + b'\0'
            ends.append(len(out))
        out += bytes(reversed(ends[:-1]))
        put('wire', token, b'a' + out)
        put('wire', token + '-value', b'v' + out)


PAGE = 512


def make_page(number, flags, nodes):
    """A page of LMDB: its nodes stand at its end, the list of them behind its head."""
    body, offsets = b'', []
    for node in nodes:
        body = node + b'\0' * (len(node) % 2) + body
        offsets.append(PAGE - len(body))
    head = struct.pack('<QHHHH', number, 0, flags, 16 + 2 * len(offsets), PAGE - len(body))
    head += b''.join(struct.pack('<H', offset) for offset in offsets)
    return head + b'\0' * (PAGE - len(head) - len(body)) + body


def make_file(tree, last_page):
    trees = struct.pack('<IHHQQQQQ', PAGE, 0, 1, 0, 1, 0, 1, 2) + struct.pack('<IHHQQQQQ', 0, 0, 0, 0, 0, 0, 0, (1 << 64) - 1)
    meta = b''
    for number in (0, 1):
        page = struct.pack('<QHHHHIIQQ', number, 0, 8, 0, 0, 0xBEEFC0DE, 1, 0, 1 << 20) + trees
        page += struct.pack('<QQ', last_page, number)
        meta += page + b'\0' * (PAGE - len(page))
    return meta + tree


def seed_pages():
    def node(key, value, flags=0):
        return struct.pack('<HHHH', len(value), 0, flags, len(key)) + key + value
    free = struct.pack('<QQQ', 2, 4, 3)
    put('page', 'leaf', b'p' + make_page(1, 2, [node(b'a\0b', b'value'), node(b'c\0d', b'')]))
    put('page', 'long', b'p' + make_page(1, 2, [struct.pack('<HHHHcQ', 600, 0, 1, 1, b'k', 2)]) + struct.pack('<QHHI', 2, 0, 4, 2))
    put('page', 'file', b'f' + make_file(make_page(2, 2, [node(struct.pack('<Q', 1), free)]), 4))
    put('page', 'whole', b'f' + make_file(make_page(2, 2, []), 2))
    # each branch leads many times to the next one
    branches = [make_page(i, 1, [struct.pack('<HHHH', i + 1, 0, 0, 0)] * 49) for i in range(2, 9)]
    put('page', 'branches', b'f' + make_file(b''.join(branches) + make_page(9, 2, []), 12))
    put('page', 'keys', 'ka\nb\na\nc')


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, **options).stdout


def seed_office(program):
    with tempfile.TemporaryDirectory() as work:
        office = f'{work}/office'
        environment = dict(os.environ, HOME=work, NARU_CLOCK=CLOCK, LC_ALL='C.UTF-8', GIT_CONFIG_NOSYSTEM='1')

        def naru(*words):
            return run(program, '--office', office, *words, env=environment).decode().strip()
        run(program, 'init', office, '--name', 'Fuzz', '--hub', 'MGK', '--person-name', 'Kim', '--login', 'kim',
            env=environment)
        deal = naru('--as', 'kim', 'new', 'deal', 'title=나루터 센서', 'trl=3')
        naru('--as', 'kim', 'edit', deal, 'trl=4')
        naru('--as', 'kim', 'status')
        git = ['git', '-C', f'{office}/audit.git']
        for i, name in enumerate(('main', 'main~1', 'main~2')):
            commit = run(*git, 'cat-file', 'commit', name)
            put('commit', str(i), commit)
            put('object', f'commit-{i}', b'c' + b'commit %d\0' % len(commit) + commit)
        tree = run(*git, 'cat-file', 'tree', 'main^{tree}')
        put('object', 'tree', b't' + tree)
        put('object', 'tree-whole', b'c' + b'tree %d\0' % len(tree) + tree)
        seed_bundle(git, f'{work}/small.git', work)
        signers = run(*git, 'show', 'main:keys/allowed_signers')
        seed_seals(naru, git, signers, work)
        put('signature', 'signers', b'l' + signers)
        put('signature', 'public', b'pssh-ed25519 ' + signers.split()[-1])
        run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'fuzz', '-f', f'{work}/key')
        put('signature', 'private', b'k' + pathlib.Path(f'{work}/key').read_bytes())
        commit = run(*git, 'cat-file', 'commit', 'main').decode()
        armor = commit[commit.index('gpgsig ') + 7:commit.index('-----END SSH SIGNATURE-----') + 28].replace('\n ', '\n')
        put('signature', 'armor', b'a' + armor.encode())


def seed_seals(naru, git, signers, work):
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'fuzz', '-f', f'{work}/own')
    for name in ('first', 'second'):
        naru('--as', 'kim', 'seal', '--name', name)
        tag = run(*git, 'cat-file', 'tag', f'seal-{name}')
        put('seal', name, signers, tag)
    naru('--as', 'kim', 'person', 'key', 'kim', 'add', f'{work}/own.pub')
    put('seal', 'person', run(*git, 'show', 'main:keys/allowed_signers'), tag)
    at = tag.index(b'-----BEGIN')
    put('seal', 'text', tag[:at], tag[at:])
    put('seal', 'unsigned', signers, tag[:at])
    naru('--as', 'kim', 'status')


def seed_bundle(git, small, work):
    """The whole history is mostly rule packs; what is small in it is history enough."""
    run('git', 'init', '-q', '--bare', '-b', 'main', small)
    inner = ['git', '-C', small]
    blob = run(*inner, 'hash-object', '-w', '--stdin', input=b'{\n  "name": "Fuzz"\n}\n').decode().strip()
    tree = run(*inner, 'mktree', input=f'100644 blob {blob}\toffice.json\n'.encode()).decode().strip()
    text = run(*git, 'cat-file', 'commit', 'main~2').decode()
    text = f'tree {tree}\n' + ''.join(row + '\n' for row in text.split('\n\n', 1)[0].splitlines()
                                      if row.startswith(('author', 'committer'))) + '\n' + text.split('\n\n', 1)[1]
    commit = run(*inner, 'hash-object', '-t', 'commit', '-w', '--stdin', input=text.encode()).decode().strip()
    run(*inner, 'update-ref', 'refs/heads/main', commit)
    run(*inner, 'bundle', 'create', '-q', f'{work}/small.bundle', 'main')
    put('source', 'bundle', pathlib.Path(f'{work}/small.bundle').read_bytes())


def seed_entries():
    put('entry', 'usual', 'a 김민지 <MGK-PER-2026-00001@naru>\nc Office <office@naru>\ns deal MGK-2026-00001: edit trl\nr why\n'
        't Naru-Action: edit\nt Naru-Record: MGK-2026-00001\nd 1764338400 540\n'
        'f records/deal/2026/00/00/MGK-2026-00001.json {}\nf office.json x\ng keys/old\n')
    put('entry', 'odd', 's a\nt x: y\nf a b\nf a/b c\nf .git/config x\nf A x\nf a. x\n')
    put('entry', 'plain', 'a a <b>\nc c <d>\ns s\nt Naru-Action: a\n')


def main():
    seed_json()
    seed_records()
    seed_schemas()
    seed_packs()
    seed_pipelines()
    seed_imports()
    seed_texts()
    seed_deltas()
    seed_wire()
    seed_entries()
    seed_pages()
    seed_office(os.path.abspath(sys.argv[1]))


if __name__ == '__main__':
    main()
