# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kinds of tampering beside the entries: rows of the store, refs and what git takes for refs, and bytes of objects,
packs and indexes."""
import json
import os
import shutil
import struct
import zlib

import forge
from portfolio import AUDITOR, DEAL, MINJI, OTHER
from tampering import first, kind

PATENT = first('advance', DEAL, to='patent')


# --- the store ---

def edit_store(change, *words):
    """change (put, drop, rows by table)"""
    def do(case):
        tables = forge.read_tables(case.folder)
        with forge.Store(case.folder) as store:
            change(store, tables)
        case.at = list(words)
    return do


def record_key(kind_name, record):
    return f'{kind_name}\0{record}'.encode()


def put_record(kind_name, record, change):
    """A record of the store says something else, with the checksum of what it says."""
    def do(store, tables):
        key = record_key(kind_name, record)
        value = json.loads(tables['records'][key][20:])
        change(value)
        store.put('records', key, forge.record_row(forge.canonical(value)))
    return do


def replace_row(table, key, old, new, seal=False):
    """old becomes new within a row; with seal its checksum is made good."""
    def do(store, tables):
        row = tables[table][key]
        body = row[8:] if seal else row
        assert old in body, (table, key, old)
        body = body.replace(old, new, 1)
        store.put(table, key, forge.checked(body) if seal else body)
    return do


def drop_row(table, key):
    return lambda store, tables: store.drop(table, key(tables) if callable(key) else key)


def put_row(table, key, value):
    return lambda store, tables: store.put(table, key(tables) if callable(key) else key,
                                           value(tables) if callable(value) else value)


def all_of(*changes):
    def do(store, tables):
        for change in changes:
            change(store, tables)
    return do


def last_key(table, prefix=b''):
    return lambda tables: max(key for key in tables[table] if key.startswith(prefix))


def first_key(table, prefix=b''):
    return lambda tables: min(key for key in tables[table] if key.startswith(prefix))


def change_head(offset, value):
    def do(store, tables):
        row = bytearray(tables['meta'][b'\1head'][8:])
        row[offset:offset + len(value)] = value
        store.put('meta', b'\1head', forge.checked(bytes(row)))
    return do


def copied(table, source, target):
    """A row stands a second time, under another key."""
    return lambda store, tables: store.put(table, target, tables[table][source])


def tree_row(change):
    def do(store, tables):
        store.put('trees', b'/records/deal/2026/00/00',
            forge.checked(change(tables['trees'][b'/records/deal/2026/00/00'][8:])))
    return do


D, O = record_key('deal', DEAL), record_key('deal', OTHER)
EVENT = D + b'\0'

for name, words, change in (
        ('records: a field is changed', (DEAL,), put_record('deal', DEAL, lambda r: r.update(title='A worse stent'))),
        ('records: a stage is changed', (DEAL,), put_record('deal', DEAL, lambda r: r.update(stage='licensing'))),
        ('records: a waiver is added', (DEAL,), put_record('deal', DEAL, lambda r: r['waivers'].append(
            dict(r['waivers'][0], condition='patent.grade')))),
        ('records: a role is added', (AUDITOR,), put_record('person', AUDITOR, lambda r: r.update(roles=['director']))),
        ('records: a login is changed', (MINJI,), put_record('person', MINJI, lambda r: r.update(login='eve'))),
        ('records: an amount is changed', ('MGK-PAY-2026-00001',), put_record('payment', 'MGK-PAY-2026-00001',
                                                                          lambda r: r.update(amount='9.00'))),
        ('records: a byte is changed under its checksum', (DEAL,), replace_row('records', D, b'better', b'bettes')),
        ('records: an older state', (OTHER,), put_record('deal', OTHER, lambda r: r.pop('notes'))),
        ('records: one is dropped', (DEAL,), drop_row('records', D)),
        ('records: one is added', ('MGK-2026-00005',), put_row('records', record_key('deal', 'MGK-2026-00005'),
                                                               lambda t: t['records'][O])),
        ('records: one of an unknown type', ('abc',), put_row('records', b'abc\0MGK-ABC-2026-00001',
         lambda t: t['records'][O])),
        ('records: two are exchanged', (DEAL, OTHER), lambda store, t: (store.put('records', D, t['records'][O]),
                                                                        store.put('records', O, t['records'][D]))),
        ('records: not in canonical form', (DEAL,), lambda store, t: store.put('records', D, forge.record_row(
            json.dumps(json.loads(t['records'][D][20:])).encode()))),
        ('cards: a title is changed', (DEAL,), replace_row('cards', D, b'A better', b'A bitter')),
        ('cards: a stage is changed', (DEAL,), replace_row('cards', D, b'marketing', b'licensing')),
        ('cards: one is dropped', (DEAL,), drop_row('cards', D)),
        ('cards: one is added', ('MGK-2026-00005',), copied('cards', D, record_key('deal', 'MGK-2026-00005'))),
        ('cards: rubbish', (DEAL,), put_row('cards', D, b'rubbish')),
        ('cards: two are exchanged', (DEAL, OTHER), lambda store, t: (store.put('cards', D, t['cards'][O]),
                                                                      store.put('cards', O, t['cards'][D]))),
        ('cards and records: a title is changed in both', (DEAL,), all_of(
            replace_row('cards', D, b'A better', b'A bitter'),
            put_record('deal', DEAL, lambda r: r.update(title='A bitter stent')))),
        ('index: a key is dropped', ('index', DEAL), drop_row('index', lambda t: next(
            key for key in t['index'] if key.startswith(b'deal.stage') and key.endswith(DEAL.encode())))),
        ('index: a key is added', ('index', DEAL), put_row('index',
         b'deal.stage\0licensing\x1f0000000069a6cd40\0' + DEAL.encode(), b'')),
        ('index: a key leads to nothing', ('index', 'MGK-2026-00099'), put_row('index',
         b'deal.hub\0mgk\0MGK-2026-00099', b'')),
        ('index: a login leads to another person', ('index', 'login', MINJI), all_of(
            drop_row('index', b'person.login\0minji\0' + MINJI.encode()),
            put_row('index', b'person.login\0minji\0' + AUDITOR.encode(), b''))),
        ('index: a key has a value', ('index', 'deal'), put_row('index', first_key('index', b'deal.hub'), b'x')),
        ('history: an event is dropped', (DEAL,), drop_row('history', last_key('history', EVENT))),
        ('history: an event is added', (DEAL,), put_row('history', EVENT + struct.pack('>Q', 3),
                                                       lambda t: t['history'][min(k for k in t['history'] if k.startswith(EVENT))])),
        ('history: an event has another actor', (DEAL,), lambda store, t: replace_row(
            'history', min(k for k in t['history'] if k.startswith(EVENT)), '김민지'.encode(), b'Eve')(store, t)),
        ('history: an event has another time', (DEAL,), lambda store, t: store.put('history', last_key('history',
         EVENT)(t), bytes(
            8) + t['history'][last_key('history', EVENT)(t)][8:])),
        ('history: an event has another action', (DEAL,), lambda store, t: replace_row(
            'history', last_key('history', EVENT)(t), b'edit', b'note')(store, t)),
        ('history: an event stands under another number', (DEAL,), lambda store, t: (
            store.put('history', EVENT + struct.pack('>Q', 44), t['history'][last_key('history', EVENT)(t)]),
            store.drop('history', last_key('history', EVENT)(t)))),
        ('history: an event of a record that there is not', ('MGK-2026-00099',), put_row(
            'history', b'deal\0MGK-2026-00099\0' + struct.pack('>Q', 3), lambda t: t['history'][last_key('history',
                EVENT)(t)])),
        ('commits: one is another', (7, 'commit'), put_row('commits', struct.pack('>Q', 7), bytes(range(20)))),
        ('commits: one is dropped', (7, 'commit'), drop_row('commits', struct.pack('>Q', 7))),
        ('commits: one is added', (99, 'commit'), put_row('commits', struct.pack('>Q', 99), bytes(range(20)))),
        ('commits: two are exchanged', (7, 8), lambda store, t: (
            store.put('commits', struct.pack('>Q', 7), t['commits'][struct.pack('>Q', 8)]),
            store.put('commits', struct.pack('>Q', 8), t['commits'][struct.pack('>Q', 7)]))),
        ('trees: one is another', ('records/deal', 'folder'), tree_row(lambda row: row[:-1] + b'x')),
        ('trees: one is dropped', ('records/deal', 'folder'), drop_row('trees', b'/records/deal/2026/00/00')),
        ('trees: one is added', ('records/deal', 'folder'), put_row('trees', b'/records/deal/2026/00/01',
         forge.checked(b''))),
        ('trees: one has a wrong checksum', ('records/deal', 'folder'), replace_row('trees',
         b'/records/deal/2026/00/00', b'MGK', b'MGX')),
        ('journal: a row is added', ('journal', 99), put_row('journal', struct.pack('>Q', 99),
         forge.checked(b'x' * 60))),
        ('journal: a row of what is published', ('journal', 7), put_row('journal', struct.pack('>Q', 7),
         forge.checked(b'x' * 60))),
        ('journal: a row with a wrong checksum', ('journal', 99), put_row('journal', struct.pack('>Q', 99), b'x' * 60)),
        ('counters: one is lower', ('deal/MGK/2026', 'counter'), put_row('counters', b'deal/MGK/2026',
         forge.checked(struct.pack('<I', 1)))),
        ('counters: one is dropped', ('deal/MGK/2026', 'counter'), drop_row('counters', b'deal/MGK/2026')),
        ('counters: one has a wrong checksum', ('deal/MGK/2026', 'counter'), put_row('counters', b'deal/MGK/2026',
         b'x' * 12)),
        ('meta: the head has another number', ('head', 'store'), change_head(0, struct.pack('<Q', 7))),
        ('meta: the head is another commit', ('head', 'store'), change_head(8, bytes(range(20)))),
        ('meta: the chain is another', ('chain', 'store'), change_head(28, bytes(range(32)))),
        ('meta: less is said to be on disk', ('disk', 'durable', 'store'), change_head(60, struct.pack('<Q', 7))),
        ('meta: another commit is said to be on disk', ('disk', 'durable', 'store'), change_head(68, bytes(range(20)))),
        ('meta: the last time is in the future', ('time', 'store'), change_head(88, struct.pack('<Q', 1 << 33))),
        ('meta: the head is gone', ('head', 'store'), drop_row('meta', b'\1head')),
        ('meta: a count is another', ('count', 'deal'), put_row('meta', b'\1count deal', struct.pack('<Q', 7))),
        ('meta: the policy is loosened', ('policy', 'policies/access.json'), replace_row('meta', b'policy',
         b'"auditor": [', b'"nobody": [', seal=True)),
        ('meta: the policy has a wrong checksum', ('policy', 'policies/access.json', 'store'), replace_row('meta', b'policy',
         b'auditor', b'auditoa')),
        ('meta: the policy is gone', ('policy', 'policies/access.json', 'who may do what'), drop_row('meta', b'policy')),
        ('meta: a pipeline is loosened', ('pipeline', 'technology'), replace_row('meta', b'pipeline/deal',
         b'"count":1', b'"count":0', seal=True)),
        ('meta: a pipeline is gone', ('pipeline', 'placement'), drop_row('meta', b'pipeline/placement')),
        ('meta: a pipeline is added', ('pipeline', 'party'), copied('meta', b'pipeline/need', b'pipeline/party')),
        ('meta: a pack is loosened', ('ownership', 'pack', 'rule'), replace_row('meta', b'pack/ownership', b'"block"',
         b'"warn" ', seal=True)),
        ('meta: what a review reads is loosened', ('ownership', 'pack', 'rule'), lambda store, t: replace_row(
            'meta', min(k for k in t['meta'] if k.startswith(b'judge/ownership') and b'block' in t['meta'][k]),
            b'block', b'warn ')(store, t)),
        ('meta: a pack is gone', ('ownership', 'pack', 'rule'), drop_row('meta', b'pack/ownership')),
        ('meta: what a review reads is gone', ('ownership', 'pack', 'rule'), drop_row('meta', b'judge/ownership')),
        ('meta: a pack is switched off', ('rule', 'pack'), replace_row('meta', b'rules', b'"enabled":true',
         b'"enabled":false', seal=True)),
        ('meta: the list of packs is gone', ('rule', 'pack'), drop_row('meta', b'rules')),
        ('meta: the fields of packs are others', ('field', 'rule', 'pack'), put_row('meta', b'fields/deal', b'{}')),
        ('meta: the keys are others', ('key', 'sign'), replace_row('meta', b'signers', b'AAAAC3', b'AAAAC4',
         seal=True)),
        ('meta: the keys are gone', ('key', 'sign'), drop_row('meta', b'signers')),
        ('meta: the stolen keys are gone', ('key', 'revoked'), drop_row('meta', b'revoked-signers')),
        ('meta: the office is another', ('office',), replace_row('meta', b'office', b'Magok', b'Mogok', seal=True)),
        ('meta: a row that nobody knows', ('extra', 'meta'), put_row('meta', b'extra', forge.checked(b'x')))):
    kind('store', name, 'store', 'told', edit_store(change, *words))


def swap_store(case):
    """The store of some days ago, as a copy would bring it back"""
    case.at = ['store', 'head']
    case.history.entries = case.history.entries[:30]
    scratch = case.folder + '.old'
    shutil.copytree(case.git, os.path.join(scratch, 'audit.git'))
    forge.write_history(os.path.join(scratch, 'audit.git'), case.history)
    shutil.copyfile(case.make_store(os.path.join(scratch, 'audit.git')), os.path.join(case.folder, 'data.mdb'))
    shutil.rmtree(scratch)


kind('store', 'the whole store is an older one', 'store', 'told', swap_store)


# --- refs, and what git takes for them ---

def write(case, path, text):
    path = os.path.join(case.git, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def use_git(change, *words):
    def do(case):
        case.at = list(words)
        change(case)
    return do


def forged_commit(case, seq=None, parent=None, means='kept'):
    """One more commit in the repository, with another title in it; nothing leads to it."""
    seq = seq or PATENT(case.history)
    other = case.history.copy()
    other.alter_json(seq, other[seq].path(), lambda r: r.update(title='A worse stent'))
    for entry in other.entries[seq - 1:]:
        entry.key = 'kept' if means == 'kept' else case.keys[2]
    _, objects = other.build()
    for oid, (name, content) in objects.items():
        if not os.path.exists(forge.loose_path(case.git, oid)) and oid not in case.history.build()[1]:
            forge.write_loose(case.git, oid, name, content)
    return other[seq].oid


def replace_object(case, old, name, content):
    new = forge.object_id(name, content)
    forge.write_loose(case.git, new, name, content)
    write(case, f'refs/replace/{old}', new + '\n')


def blob_of(case, seq=None):
    entry = case.history[seq or PATENT(case.history)]
    content = entry.files[entry.path()]
    return forge.object_id('blob', content), content


def graft(case):
    write(case, 'info/grafts', f'{case.history.oids[20]} {case.history.oids[0]}\n')


def shallow(case):
    write(case, 'shallow', case.history.oids[20] + '\n')


def alternates(case):
    outside = case.folder + '.objects'
    shutil.copytree(os.path.join(case.git, 'objects'), outside)
    forge.clear_objects(case.git)
    write(case, 'objects/info/alternates', outside + '\n')


def packed_refs(case, oid):
    write(case, 'packed-refs', f'# pack-refs with: peeled fully-peeled sorted \n{oid} refs/heads/main\n')


def only_packed(case):
    os.unlink(os.path.join(case.git, 'refs/heads/main'))
    packed_refs(case, case.history.oids[-1])


def link_head(case):
    path = os.path.join(case.git, 'refs/heads/main')
    os.rename(path, os.path.join(case.git, 'refs/heads/real'))
    os.symlink('real', path)


def commit_graph(case):
    """A cache of git's that says other parents than the commits do"""
    case.git_run('commit-graph', 'write', '--reachable')
    path = os.path.join(case.git, 'objects/info/commit-graph')
    os.chmod(path, 0o600)
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    at = data.index(bytes.fromhex(case.history.build()[1][case.history.oids[20]][1][5:45].decode()))
    data[at + 20:at + 24] = struct.pack('>I', 0)
    data[-20:] = forge.hashlib.sha1(bytes(data[:-20])).digest()
    with open(path, 'wb') as file:
        file.write(data)


TOLD = (
    ('a commit is replaced', ('replace',), lambda case: replace_object(case, case.history.oids[20], 'commit',
     case.history.build()[1][
        case.history.oids[20]][1].replace('김민지'.encode(), b'Eve'))),
    ('a record is replaced', ('replace',), lambda case: replace_object(case, blob_of(case)[0], 'blob',
     blob_of(case)[1].replace(
        b'better', b'worse'))),
    ('a graft', ('graft',), graft), ('a shallow boundary', ('shallow',), shallow),
    ('the branch stands at an earlier commit', ('head', 'branch', 'store'), lambda case: forge.write_head(case.git,
     case.history.oids[-6])),
    ('the branch stands at the first commit', ('head', 'branch', 'store'), lambda case: forge.write_head(case.git,
     case.history.oids[0])),
    ('the branch stands at a forged commit', ('head', 'branch', 21), lambda case: forge.write_head(case.git,
     forged_commit(case))),
    ('the branch stands at a tree', ('head', 'branch', 'main'), lambda case: forge.write_head(case.git,
     case.git_run('rev-parse', 'main^{tree}'))),
    ('the branch stands at nothing', ('head', 'branch', 'main'), lambda case: forge.write_head(case.git, 'ab' * 20)),
    ('the branch is empty', ('head', 'branch', 'main'), lambda case: write(case, 'refs/heads/main', '')),
    ('the branch is gone', ('head', 'branch', 'main'), lambda case: os.unlink(os.path.join(case.git,
     'refs/heads/main'))),
    ('the branch has another name', ('head', 'branch', 'main'), lambda case: case.git_run('branch', '-m', 'main',
     'trunk')),
    ('only packed refs, at an earlier commit', ('head', 'branch', 'store'), lambda case: (
        only_packed(case), packed_refs(case, case.history.oids[-6]))),
    ('the repository has another HEAD', ('HEAD', 'main'), lambda case: (write(case, 'refs/heads/other',
     forged_commit(case) + '\n'),
                                                                       write(case, 'HEAD', 'ref: refs/heads/other\n'))),
    ('HEAD is detached at a forged commit', ('HEAD', 'main'), lambda case: write(case, 'HEAD',
     forged_commit(case) + '\n')),
    ('the objects stand elsewhere', ('alternates',), alternates),
    ('notes on commits', ('notes', 'ref'), lambda case: case.git_run(
        '-c', 'user.name=x', '-c', 'user.email=x@x', 'notes', 'add', '-m', 'Agreed by phone', case.history.oids[20])),
)
SAME = (
    ('all objects in files of their own', lambda case: loosen(case)),
    ('packed again by git', lambda case: case.git_run('repack', '-a', '-d', '-q')),
    ('packed again, with deltas', lambda case: case.git_run('repack', '-a', '-d', '-f', '-q', '--window=50',
     '--depth=50')),
    ('packed refs', only_packed),
    ('a packed ref of old below the branch', lambda case: packed_refs(case, case.history.oids[-6])),
    ('an object that nothing leads to', lambda case: forge.write_loose(case.git, forge.object_id('blob', b'x'), 'blob',
     b'x')),
    ('a forged commit that nothing leads to', forged_commit),
    ('a log of refs', lambda case: write(case, 'logs/HEAD', f'{"0" * 40} {case.history.oids[-1]} x <x> 0 +0000\tx\n')),
    ('another description', lambda case: write(case, 'description', 'Another office\n')),
    ('a commit graph by git', lambda case: case.git_run('commit-graph', 'write', '--reachable')),
    ('an index of many packs by git', lambda case: case.git_run('multi-pack-index', 'write')),
    ('another lock.mdb', lambda case: os.unlink(os.path.join(case.folder, 'lock.mdb'))),
    ('no private key', lambda case: os.unlink(os.path.join(case.folder, 'keys', 'office'))),
)
# the branch of the office is what it was; what stands beside it may be told or not
ODD = (
    ('the branch is a link', link_head), ('a cache with other parents', commit_graph),
    ('a second branch', lambda case: write(case, 'refs/heads/other',
     forged_commit(case) + '\n')),
    ('a tag of a forged commit', lambda case: write(case, 'refs/tags/v1',
     forged_commit(case) + '\n')),
    ('a ref with the name of a commit', lambda case: write(case, f'refs/heads/{case.history.oids[20]}',
     forged_commit(case) + '\n')),
)


def loosen(case):
    objects = case.history.build()[1]
    forge.clear_objects(case.git)
    for oid, (name, content) in objects.items():
        forge.write_loose(case.git, oid, name, content)


for name, words, change in TOLD:
    kind('refs', name, 'files', 'told', use_git(change, *(word for word in words if not callable(word)), 21))
for name, change in ODD:
    kind('refs', name, 'files', 'odd', use_git(change))
for name, change in SAME:
    kind('no change', name, 'files', 'same', use_git(change))


# --- bytes ---

def pick(case, what):
    """(id, kind, content) of an object of a sort"""
    history, objects = case.history, case.history.build()[1]
    seq = PATENT(history)
    commit = objects[history.oids[seq - 1]][1]
    first_deal = history.find('attach')
    oid = {
        'a commit': history.oids[seq - 1], 'the first commit': history.oids[0], 'the last commit': history.oids[-1],
        'a tree': commit[5:45].decode(), 'a record': blob_of(case, seq)[0], 'an old record': blob_of(case,
            first_deal)[0],
        'a document': next(forge.object_id('blob', content) for path, content in history[first_deal].files.items()
                           if path.startswith('documents/')),
        'the keys': forge.object_id('blob', history.content(seq, 'keys/allowed_signers')),
        'a pack of rules': forge.object_id('blob', history.content(seq, 'rules/ownership@1.0.json')),
        'a pipeline': forge.object_id('blob', history.content(seq, 'pipelines/technology.json')),
    }[what]
    return oid, *objects[oid]


def loose(what, change):
    """All objects loose, and one file changed: change (path, kind, content)."""
    def do(case):
        loosen(case)
        oid, name, content = pick(case, what)
        case.at = [oid, PATENT(case.history)]
        change(forge.loose_path(case.git, oid), name, content)
    return do


def put_raw(path, data):
    os.chmod(path, 0o600)
    with open(path, 'wb') as file:
        file.write(data)


def other_content(path, name, content):
    put_raw(path, zlib.compress(f'{name} {len(content)}\0'.encode() + content[:-2] + b'x' + content[-1:]))


OBJECTS = ('a commit', 'the first commit', 'the last commit', 'a tree', 'a record', 'an old record', 'a document',
    'the keys',
           'a pack of rules', 'a pipeline')
for name, change in (
        ('has another content', other_content), ('is missing', lambda path, *_: os.unlink(path)),
        ('is empty', lambda path, *_: put_raw(path, b'')),
        ('is cut', lambda path, *_: put_raw(path, open(path, 'rb').read()[:-20])),
        ('is of another type', lambda path, name, content: put_raw(path, zlib.compress(
            f'{"tree" if name == "blob" else "blob"} {len(content)}\0'.encode() + content))),
        ('says another size', lambda path, name, content: put_raw(path, zlib.compress(
            f'{name} {len(content) + 1}\0'.encode() + content))),
        ('is rubbish', lambda path, *_: put_raw(path, bytes(range(256)))),
        ('has a flipped bit', lambda path, *_: put_raw(path, flip(open(path, 'rb').read(), 40)))):
    for what in OBJECTS if name in ('has another content', 'is missing') else ('a commit', 'a record', 'a tree'):
        kind('objects', f'{what} {name}', 'bytes', 'told', loose(what, change))


def flip(data, at):
    data = bytearray(data)
    data[at] ^= 16
    return bytes(data)


def in_packs(ending, change):
    def do(case):
        case.git_run('repack', '-a', '-d', '-q')
        folder = os.path.join(case.git, 'objects', 'pack')
        for name in sorted(os.listdir(folder)):
            if name.endswith(ending):
                path = os.path.join(folder, name)
                os.chmod(path, 0o600)
                change(path)
        case.at = []
    return do


def rewrite(change):
    def do(path):
        with open(path, 'rb') as file:
            data = file.read()
        put_raw(path, change(data))
    return do


for name, ending, comes, change in (
        ('a flipped bit in the middle of a pack', '.pack', 'told', rewrite(lambda d: flip(d, len(d) // 2))),
        ('a flipped bit at the begin of a pack', '.pack', 'told', rewrite(lambda d: flip(d, 14))),
        ('a flipped bit at the end of a pack', '.pack', 'odd', rewrite(lambda d: flip(d, len(d) - 5))),
        ('a pack of another version', '.pack', 'told', rewrite(lambda d: flip(d, 7))),
        ('a pack that counts otherwise', '.pack', 'odd', rewrite(lambda d: flip(d, 11))),
        ('a pack that is cut', '.pack', 'told', rewrite(lambda d: d[:len(d) // 2])),
        ('a pack that is empty', '.pack', 'told', rewrite(lambda d: b'')),
        ('a pack that is gone', '.pack', 'told', os.unlink), ('an index that is gone', '.idx', 'told', os.unlink),
        ('an index that is cut', '.idx', 'told', rewrite(lambda d: d[:len(d) // 2])),
        ('an index with other counts', '.idx', 'told', rewrite(lambda d: flip(d, 8 + 1020))),
        ('an index with another id', '.idx', 'told', rewrite(lambda d: flip(d, 8 + 1024 + 20 * 30 + 3))),
        ('an index with another place', '.idx', 'told', rewrite(lambda d: flip(d, len(d) - 40 - 40 * 4 + 3)))):
    kind('objects', name, 'bytes', comes, in_packs(ending, change))
