# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kinds of tampering with what an entry brings: records, documents, configuration, names and modes of files."""
import json
import os

import forge
import portfolio
from portfolio import DEAL, DIRECTOR, HEAD, MINJI, OTHER, SECOND
from tampering import alteration, first, last

CREATE = first('create', DEAL)
PREPARE = first('edit', DEAL)
APPROVE, WAIVE, NOTE, ATTACH = first('approve'), first('waive'), first('note'), first('attach')
PATENT = first('advance', DEAL, to='patent')
EDIT = last('edit', DEAL)
PAYMENT = first('create', 'MGK-PAY-2026-00001')
PLACE = 'records/{}/2026/00/00/{}.json'


def deal_path(record=DEAL, kind='deal'):
    return PLACE.format(kind, record)


def fields(change, onward=True):
    """Changes the record of the entry, and its later states."""
    def alter(history, seq):
        history.alter_json(seq, history[seq].path(), change, onward)
        return [history[seq].record]
    return alter


def put(pointer, value):
    """Sets what a pointer such as "notes/0/by" leads to."""
    def change(record):
        *way, name = [int(part) if part.isdigit() else part for part in pointer.split('/')]
        for part in way:
            if isinstance(part, int) and part >= len(record):
                return
            if isinstance(part, str) and part not in record:
                return
            record = record[part]
        if isinstance(record, list) and name >= len(record):
            return
        if value is None and isinstance(record, list):
            del record[name]
        elif value is None:
            record.pop(name, None)
        else:
            record[name] = value
    return change


def extend(name, value):
    return lambda record: record.setdefault(name, []).append(value)


FORGED = {'by': SECOND, 'from': 'evaluation', 'on': '2026-03-03', 'role': 'director', 'to': 'patent'}
WAIVER = {'by': SECOND, 'condition': 'patent.grade', 'on': '2026-03-02', 'reason': 'None', 'until': '2099-12-31'}
DIGEST = 'ab' * 32

for name, where, comes, change in (
        ('the title of a deal', CREATE, 'earlier', put('title', 'A worse stent')),
        ('the amount of a payment', PAYMENT, 'earlier', put('amount', '9250000.50')),
        ('the direction of a payment', PAYMENT, 'earlier', put('direction', 'paid')),
        ('a party that shares in a deal', CREATE, 'earlier', put('parties/1/role', 'licensee')),
        ('a term of an agreement', CREATE, 'told', put('ownership/agreement_terms/shares', False)),
        ('the day of the disclosure', PREPARE, 'earlier', put('disclosed_on', '2026-02-02')),
        ('the grade of the committee', lambda h: h.find('edit', DEAL, nth=1), 'earlier', put('evaluation/grade', 'B')),
        ('the readiness level', EDIT, 'earlier', put('trl', 9)),
        ('the officer in charge', CREATE, 'earlier', put('officer', DIRECTOR)),
        ('the linked record', first('link'), 'told', put('officer', DIRECTOR)),
        ('the owners of a right', PREPARE, 'earlier', put('owners/0/party', 'MGK-PTY-2026-00002')),
        ('the name of a party', first('create', 'MGK-PTY-2026-00001'), 'earlier', put('name', 'Another University')),
        ('the name of a person', first('create', MINJI), 'told', put('name', 'Somebody Else')),
        ('the login of a person', first('create', MINJI), 'earlier', put('login', 'other')),
        ('the roles of a new person: more', first('create', MINJI), 'earlier', put('roles', ['director', 'officer'])),
        ('the roles of a new person: less than used', first('create', DIRECTOR), 'told', put('roles', ['officer'])),
        ('the roles of the one who made the office', lambda h: h.find('init'), 'told', lambda record: None),
        ('the text of a note', NOTE, 'earlier', put('notes/0/text', 'The attorney refused')),
        ('the author of a note', NOTE, 'told', put('notes/0/by', DIRECTOR)),
        ('the time of a note', NOTE, 'told', put('notes/0/at', '2026-01-01T06:00:00+09:00')),
        ('one note more', NOTE, 'told', extend('notes', {'at': '2026-03-03T06:00:00+09:00', 'by': MINJI, 'text': 'x'})),
        ('who approved', APPROVE, 'told', put('approvals/0/by', SECOND)),
        ('the role of an approval', APPROVE, 'told', put('approvals/0/role', 'admin')),
        ('the day of an approval', APPROVE, 'told', put('approvals/0/on', '2026-01-01')),
        ('the move that was approved', APPROVE, 'told', put('approvals/0/to', 'marketing')),
        ('the stage from which it was approved', APPROVE, 'told', put('approvals/0/from', 'idea')),
        ('one approval more by one commit', APPROVE, 'told', extend('approvals', FORGED)),
        ('who rejected', first('reject'), 'told', put('rejections/0/by', DIRECTOR)),
        ('why it was rejected', first('reject'), 'told', put('rejections/0/reason', 'By phone')),
        ('no rejection in the record', first('reject'), 'told', put('rejections', None)),
        ('who waived', WAIVE, 'told', put('waivers/0/by', SECOND)),
        ('an officer waived', WAIVE, 'told', put('waivers/0/by', MINJI)),
        ('until when it was waived', WAIVE, 'told', put('waivers/0/until', '2026-03-02')),
        ('why it was waived', WAIVE, 'told', put('waivers/0/reason', 'By phone')),
        ('without a reason why it was waived', WAIVE, 'told', put('waivers/0/reason', None)),
        ('what was waived', WAIVE, 'told', put('waivers/0/condition', 'patent.grade')),
        ('when it was waived', WAIVE, 'told', put('waivers/0/on', '2026-01-01')),
        ('one waiver more by one commit', WAIVE, 'told', extend('waivers', WAIVER)),
        ('the name of a document', ATTACH, 'earlier', put('documents/0/name', 'other-form')),
        ('the digest of a document', ATTACH, 'told', put('documents/0/digest', DIGEST)),
        ('the size of a document', ATTACH, 'told', put('documents/0/size', 13)),
        ('the day of a document', ATTACH, 'told', put('documents/0/added_on', '2026-01-01')),
        ('the stage after an advance', PATENT, 'told', put('stage', 'marketing')),
        ('the stage in which a deal begins', CREATE, 'told', put('stage', 'disclosure')),
        ('an approval stays after its move', PATENT, 'told', extend('approvals', FORGED)),
        ('an edit brings an approval', EDIT, 'told', extend('approvals', FORGED)),
        ('an edit brings a waiver', EDIT, 'told', extend('waivers', WAIVER)),
        ('an edit brings a document', EDIT, 'told', extend('documents', {
            'added_on': '2026-03-04', 'digest': DIGEST, 'media_type': 'text/plain', 'name': 'final-report',
                'size': 1})),
        ('an edit moves a deal', EDIT, 'told', put('stage', 'licensing')),
        ('an edit takes a waiver away', EDIT, 'told', put('waivers/0', None)),
        ('an edit takes a note away', EDIT, 'told', put('notes/0', None)),
        ('an edit changes an older note', EDIT, 'told', put('notes/0/text', 'Nothing')),
        ('an edit changes a field that it does not name', EDIT, 'told', put('title', 'A worse stent')),
        ('a note changes a field', NOTE, 'told', put('title', 'A worse stent')),
        ('an approval changes a field', APPROVE, 'told', put('trl', 9)),
        ('a waiver changes a field', WAIVE, 'told', put('trl', 9)),
        ('a document changes a field', ATTACH, 'told', put('trl', 9)),
        ('an advance changes a field', PATENT, 'told', put('trl', 9)),
        ('a link changes another field', first('link'), 'told', put('summary', 'Bad')),
        ('a change of roles gives other roles', first('edit', portfolio.GONE), 'earlier', put('roles', ['partner'])),
        ('a change of roles gives a login', first('edit', portfolio.GONE), 'told', put('login', 'free')),
        ('an imported deal stands elsewhere', first('import', 'LOG-2026-00001'), 'told', put('stage', 'patent')),
        ('a field that no type has', EDIT, 'told', put('colour', 'red')),
        ('a number where a text belongs', EDIT, 'told', put('title', 7)),
        ('a level that there is not', EDIT, 'told', put('trl', 10)),
        ('a stage that there is not', EDIT, 'told', put('stage', 'nowhere')),
        ('a day that there is not', PREPARE, 'told', put('disclosed_on', '2026-02-30')),
        ('shares that do not sum up', PREPARE, 'told', put('inventors/0/share', '90')),
        ('a reference to nothing', CREATE, 'told', put('officer', 'MGK-PER-2026-00099')),
        ('a reference to another type', CREATE, 'told', put('officer', 'MGK-PTY-2026-00001')),
        ('a role that there is not', first('create', MINJI), 'told', put('roles', ['king', 'officer'])),
        ('a login that another has', first('create', MINJI), 'told', put('login', 'dir')),
        ('a title that is gone', CREATE, 'told', put('title', None))):
    if 'the one who made' not in name:
        alteration('records', name, where, comes)(fields(change))


def first_person(history, seq):
    history.alter_json(seq, deal_path(HEAD, 'person'), put('roles', ['officer']))
    return [2]


alteration('records', 'the roles of the one who made the office', lambda h: h.find('init'))(first_person)
alteration('records', 'a title in one state alone', PREPARE)(fields(put('title', 'A worse stent'), onward=False))
alteration('records', 'a waiver is gone from one state alone', first('attach'))(fields(put('waivers', None),
    onward=False))


# --- the bytes of a record ---

def bytes_of(change):
    def alter(history, seq):
        history.alter(seq, history[seq].path(), change, onward=False)
    return alter


for name, change in (
        ('without newline at its end', lambda c: c[:-1]), ('with a newline more', lambda c: c + b'\n'),
        ('with other line ends', lambda c: c.replace(b'\n', b'\r\n')), ('in one line', lambda c: json.dumps(
            json.loads(c), ensure_ascii=False, sort_keys=True).encode() + b'\n'),
        ('with its keys in another order', lambda c: (json.dumps(dict(reversed(json.loads(c).items())),
         ensure_ascii=False,
                                                                 indent=2) + '\n').encode()),
        ('with a key twice', lambda c: c.replace(b'{\n', b'{\n  "title": "Hidden",\n', 1)),
        ('with a byte order mark', lambda c: b'\xef\xbb\xbf' + c), ('with a fraction', lambda c: c.replace(b'"trl": 4',
         b'"trl": 4.5')),
        ('with escapes', lambda c: c.replace(b'"A better', b'"\\u0041 better')), ('that is no JSON',
         lambda c: b'Nothing\n'),
        ('that is a list', lambda c: b'[]\n'), ('that is empty', lambda c: b''), ('with a NUL', lambda c: c + b'\0'),
        ('with bytes that are no UTF-8', lambda c: c.replace(b'better', b'be\xfftter')),
        ('with letters taken apart', lambda c: c.replace(b'better', 'be\u0301tter'.encode())),
        ('that is nested deeply', lambda c: b'[' * 4000 + b']' * 4000 + b'\n')):
    alteration('form of a record', f'a record {name}', EDIT)(bytes_of(change))


# --- files ---

def add(path, content, **more):
    def change(history, seq):
        entry = history[seq]
        entry.files[path(history, seq) if callable(path) else path] = content
        entry.modes.update(more.get('modes', {}))
    return change


def other_deal(change, onward=True):
    """Changes another deal by the way."""
    def alter(history, seq):
        history[seq].files[deal_path(OTHER)] = history.content(seq, deal_path(OTHER))
        history.alter_json(seq, deal_path(OTHER), change, onward)
        return [OTHER]
    return alter


def edit_file(path, change):
    """Changes a file of the office by the way, and its later states."""
    def alter(history, seq):
        content = history.content(seq, path)
        assert content is not None and change(content) != content, path
        history[seq].files[path] = content
        history.alter(seq, path, change)
        return [os.path.basename(path).split('.')[0]]
    return alter


def document(history, seq):
    return next(path for path in history[seq].files if path.startswith('documents/'))


def change_document(history, seq):
    history.alter(seq, document(history, seq), lambda content: content + b'more\n')


def move_document(history, seq):
    path = document(history, seq)
    history[seq].files['documents/82/' + 'cd' * 32] = history[seq].files.pop(path)


def mode(value):
    def change(history, seq):
        history[seq].modes[history[seq].path()] = value
    return change


def gone(path):
    def change(history, seq):
        for number in range(seq, len(history.entries) + 1):
            history[number].files.pop(path, None)
        history[seq].files[path] = None
    return change


def in_json(change):
    def whole(content):
        value = json.loads(content)
        change(value)
        return forge.canonical(value)
    return whole


def no_approval(pipeline):
    for move in pipeline['transitions']:
        if move['to'] == 'patent' and 'gate' in move:
            move['gate'].pop('approvals', None)


def weaken(pack):
    pack['rules'][0]['severity'] = 'advise'


def everybody(policy):
    policy['roles']['auditor'] = policy['roles']['director']


POLICY, PIPELINE, INDEX = 'policies/access.json', 'pipelines/technology.json', 'rules/index.json'
SIGNERS, REVOKED = 'keys/allowed_signers', 'keys/revoked_signers'
LATE = last('note')
STRANGER = b'office@mgk.naru namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ' + b'A' * 42 + b'\n'

for name, where, change in (
        ('another deal is changed by the way', EDIT, other_deal(put('title', 'A worse one'))),
        ('another deal is moved by the way', EDIT, other_deal(put('stage', 'licensing'))),
        ('a record is made by the way', EDIT, add(deal_path('MGK-2026-00005'), forge.canonical({'stage': 'idea',
         'title': 'X'}))),
        ('a person is made by the way', EDIT, add(deal_path('MGK-PER-2026-00007', 'person'), forge.canonical(
            {'name': 'Eve', 'login': 'eve', 'roles': ['director']}))),
        ('the roles of a person are changed by the way', EDIT, edit_file(deal_path(MINJI, 'person'), in_json(
            lambda person: person.update(roles=['director', 'officer'])))),
        ('a record goes', EDIT, gone(deal_path('MGK-2026-00004'))),
        ('the record of the entry goes', EDIT, gone(deal_path(DEAL))),
        ('a record stands in another folder', PAYMENT, lambda h, seq: h[seq].files.update(
            {'records/payment/2026/00/01/MGK-PAY-2026-00001.json': h[seq].files.pop(h[seq].path())})),
        ('a record stands under another type', PAYMENT, lambda h, seq: h[seq].files.update(
            {'records/asset/2026/00/00/MGK-PAY-2026-00001.json': h[seq].files.pop(h[seq].path())})),
        ('a record stands under another year', PAYMENT, lambda h, seq: h[seq].files.update(
            {'records/payment/2025/00/00/MGK-PAY-2026-00001.json': h[seq].files.pop(h[seq].path())})),
        ('a record has another number', PAYMENT, lambda h, seq: h[seq].files.update(
            {'records/payment/2026/00/00/MGK-PAY-2026-00002.json': h[seq].files.pop(h[seq].path())})),
        ('a document has another content', ATTACH, change_document),
        ('a document has another name', ATTACH, move_document),
        ('a document goes', EDIT, lambda h, seq: gone(document(h, ATTACH(h)))(h, seq)),
        ('a document that is not kept', ATTACH, lambda h, seq: h[seq].files.pop(document(h, seq)) and None),
        ('a document that nothing speaks of', EDIT, add('documents/' + forge.blake2b(b'x').hex()[:2] + '/' +
                                                       forge.blake2b(b'x').hex(), b'x')),
        ('README.md is changed by the way', EDIT, edit_file('README.md', lambda c: c + b'Trust us.\n')),
        ('README.md goes', EDIT, gone('README.md')),
        ('office.json names another office', EDIT, edit_file('office.json', in_json(lambda c: c.update(name='Other')))),
        ('office.json is of another format', EDIT, edit_file('office.json', in_json(lambda c: c.update(format=99)))),
        ('office.json goes', EDIT, gone('office.json')),
        ('the policy is loosened by the way', LATE, edit_file(POLICY, in_json(everybody))),
        ('the policy is loosened from the first', lambda h: h.find('init'), edit_file(POLICY, in_json(everybody))),
        ('the policy goes', LATE, gone(POLICY)),
        ('a pipeline is loosened by the way', LATE, edit_file(PIPELINE, in_json(no_approval))),
        ('a pipeline is loosened from the first', lambda h: h.find('init'), edit_file(PIPELINE, in_json(no_approval))),
        ('a pipeline goes', LATE, gone(PIPELINE)),
        ('a pipeline more by the way', LATE, add('pipelines/other.json', b'{}\n')),
        ('a pack is loosened by the way', LATE, edit_file('rules/ownership@1.0.json', in_json(weaken))),
        ('a pack is loosened from the first', lambda h: h.find('init'), edit_file('rules/ownership@1.0.json',
         in_json(weaken))),
        ('a pack goes', LATE, gone('rules/ownership@1.0.json')),
        ('a pack is switched off by the way', LATE, edit_file(INDEX,
         in_json(lambda c: c['packs'][1].update(enabled=False)))),
        ('a pack is taken out of the list', LATE, edit_file(INDEX, in_json(lambda c: c['packs'].pop(1)))),
        ('the packs are listed in another order', LATE, edit_file(INDEX, in_json(lambda c: c['packs'].reverse()))),
        ('the list of packs has another digest', LATE, edit_file(INDEX,
         in_json(lambda c: c['packs'][1].update(digest=DIGEST)))),
        ('a stranger is let sign by the way', LATE, edit_file(SIGNERS, lambda c: c + STRANGER)),
        ('a stranger was let sign from the first', lambda h: h.find('init'), edit_file(SIGNERS,
         lambda c: c + STRANGER)),
        ('an old key is let sign on', LATE, edit_file(SIGNERS, lambda c: c.replace(b',valid-before="20260302',
         b',valid-before="20990302'))),
        ('a key is taken out of the list', LATE, edit_file(SIGNERS,
         lambda c: b'\n'.join(c.split(b'\n')[:1] + c.split(b'\n')[2:]))),
        ('the keys sign under another name', LATE, edit_file(SIGNERS, lambda c: c.replace(b'office@mgk',
         b'office@abc'))),
        ('the list of keys has another remark', LATE, edit_file(SIGNERS, lambda c: c.replace(b'Who signed',
         b'Who wrote'))),
        ('the list of keys goes', LATE, gone(SIGNERS)),
        ('the list of stolen keys is emptied', LATE, edit_file(REVOKED, lambda c: b'')),
        ('the list of stolen keys goes', LATE, gone(REVOKED)),
        ('the list of stolen keys names another', first('revoke-key'), edit_file(REVOKED,
         lambda c: c.replace(b'ssh-ed25519 AAAA', b'ssh-ed25519 AAAB'))),
        ('a file that no office writes', EDIT, add('notes.txt', b'x')),
        ('a file in a folder that no office has', EDIT, add('hooks/post-receive', b'x')),
        ('a record in other letters', EDIT, add('Records/deal/2026/00/00/MGK-2026-00001.json', b'{}\n')),
        ('a file beside the records', EDIT, add('records/deal/2026/00/00/README', b'x')),
        ('a file .gitattributes', EDIT, add('.gitattributes', b'* -diff\n')),
        ('a file .gitmodules', EDIT, add('.gitmodules', b'[submodule "x"]\n')),
        ('a file .mailmap', EDIT, add('.mailmap', b'Park Director <a@b> <c@d>\n')),
        ('a file .git/config', EDIT, add('.git/config', b'x')),
        ('a file that leads outside', EDIT, add('records/../../x', b'x')),
        ('a file with a blank in its name', EDIT, add('records/deal/2026/00/00/MGK-2026-00001 .json', b'{}\n')),
        ('a file with a newline in its name', EDIT, add('rules/x\ny.json', b'{}\n')),
        ('a record that may be run', EDIT, mode(b'100755')), ('a record that is a link', EDIT, mode(b'120000')),
        ('a record that is a submodule', EDIT, mode(b'160000')), ('a record with a mode of old', EDIT, mode(b'100664')),
        ('a record with a mode with a zero before it', EDIT, mode(b'0100644'))):
    # what an office was made with nobody can tell but who was there
    alteration('files', name, where, 'earlier' if name == 'the policy is loosened from the first' else 'told')(change)


# --- trees ---

def tree(change):
    def alter(history, seq):
        history[seq].on_tree = change
    return alter


EMPTY = forge.object_id('tree', b'')


def use_tree_of(other):
    def change(history, seq):
        _, objects = history.build()
        content = objects[history[other(history)].oid][1]
        history[seq].tree = content[5:45].decode()
    return change


for name, change in (
        ('in another order', tree(lambda entries: entries[::-1])), ('with a name twice',
         tree(lambda entries: entries + entries[-1:])),
        ('with an empty folder', tree(lambda entries: [*entries, (b'40000', b'zzz', EMPTY)])),
        ('with an object that is missing', tree(lambda entries: [*entries, (b'100644', b'zzz', 'ab' * 20)])),
        ('with a commit in it', tree(lambda entries: [*entries, (b'160000', b'zzz', 'ab' * 20)])),
        ('without records', tree(lambda entries: [e for e in entries if e[1] != b'records'])),
        ('without keys', tree(lambda entries: [e for e in entries if e[1] != b'keys'])),
        ('with two folders swapped', tree(lambda entries: [
            (m, n, dict((x[1], x[2]) for x in entries)[{b'keys': b'pipelines', b'pipelines': b'keys'}.get(n, n)])
            for m, n, _ in entries])),
        ('of the commit before it', use_tree_of(lambda history: PATENT(history) - 1)),
        ('of the first commit', use_tree_of(lambda history: 1)),
        ('that is none', lambda h, seq: setattr(h[seq], 'tree', EMPTY)),
        ('that is missing', lambda h, seq: setattr(h[seq], 'tree', 'ab' * 20))):
    alteration('trees', f'a tree {name}', PATENT)(change)
