# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile histories that malicious.py gives to Naru, by name: what is wrong stands in trees, commits, files and references.

A case changes a History; what it returns, if anything, is called with the folder of the repository, or is the bytes of the
file that is given instead of one."""
import json
import os

import hostile
from hostile import EMPTY_TREE, FILE, FOLDER

CASES = {}
HARMLESS = set() # what Naru is right to take: it must not do what is asked for there
MIB = 1 << 20


def case(name, harmless=False):
    def keep(function):
        assert name not in CASES, name
        CASES[name] = function
        if harmless:
            HARMLESS.add(name)
        return function
    return keep


def beside(history, mode, name, oid=None, order=True):
    """The root with one more entry."""
    entries = [*history.root(), (mode, name, oid or history.blob())]
    return history.tree(hostile.sort_tree(entries) if order else entries)


# --- names ---

NAMES = {
    'dot': b'.', 'dots': b'..', 'no name': b'', 'slash': b'a/b', 'absolute': b'/etc', 'climbing': b'../../outside/x',
    'git': b'.git', 'GIT': b'.GIT', 'git short': b'git~1', 'git ignored by HFS': '.g\u200cit'.encode(), 'git blank': b'.git ',
    'git dot': b'.git.', 'git stream': b'.git::$INDEX_ALLOCATION', 'gitmodules': b'.gitmodules', 'backslash': b'..\\outside',
    'newline': b'a\nb', 'escape': b'\x1b[2J\x1b]0;x\x07', 'no UTF-8': b'\xff\xfe', 'overlong UTF-8': b'\xc0\xae\xc0\xae',
    'reversed': 'a\u202egpj'.encode(), 'longest': b'n' * 5000, 'case': b'readme.md', 'not of ours': b'notes.txt'}


def add_names():
    for title, name in NAMES.items():
        @case(f'a file named {title}')
        def as_file(history, name=name):
            history.commit(beside(history, FILE, name), {name: b'x\n'})

        @case(f'a folder named {title}')
        def as_folder(history, name=name):
            inner = history.tree([(FILE, b'config', history.blob(b'[core]\n\tfsmonitor = touch outside/hit\n'))])
            history.commit(beside(history, FOLDER, name, inner), {name + b'/config': b'x'})

        # a file beside the packs that no list names is read by nobody
        @case(f'a rule pack named {title}', harmless=title in ('case', 'not of ours'))
        def deeper(history, name=name):
            rules = next(oid for mode, found, oid in history.root() if found == b'rules')
            inner = hostile.parse_tree(history.objects[rules][1])
            rules = history.tree(hostile.sort_tree([*inner, (FILE, name, history.blob(b'{}'))]))
            root = [entry if entry[1] != b'rules' else (FOLDER, b'rules', rules) for entry in history.root()]
            history.commit(history.tree(root), {b'rules/' + name: b'{}'})


# --- modes and shapes ---

def add_modes():
    for mode in (b'120000', b'160000', b'100755', b'100664', b'0100644', b'040000', b'0', b'', b'777777777777777777777',
                 b'-1', b'100644x', b'020644'):
        @case(f'the mode “{mode.decode()}”')
        def odd_mode(history, mode=mode):
            history.commit(beside(history, mode, b'zzz', history.blob(b'../../outside/secret')), {b'zzz': b'x'})


@case('a link in the place of the README')
def link_readme(history):
    blob = history.blob(b'/etc/passwd')
    root = [(b'120000', name, blob) if name == b'README.md' else (mode, name, oid) for mode, name, oid in history.root()]
    history.commit(history.tree(root), {b'README.md': b'/etc/passwd'})


@case('a link in the place of the records')
def link_records(history):
    blob = history.blob(b'../outside')
    root = [(b'120000', name, blob) if name == b'records' else (mode, name, oid) for mode, name, oid in history.root()]
    history.commit(history.tree(hostile.sort_tree(root)))


@case('an entry twice')
def entry_twice(history):
    history.commit(beside(history, FILE, b'README.md'), {b'README.md': b'x\n'})


@case('a file and a folder of one name')
def file_and_folder(history):
    inner = history.tree([(FILE, b'x', history.blob())])
    entries = [*history.root(), (FILE, b'zz', history.blob()), (FOLDER, b'zz', inner)]
    history.commit(history.tree(hostile.sort_tree(entries)), {b'zz': b'x\n', b'zz/x': b'x\n'})


@case('entries out of order')
def unsorted(history):
    history.commit(history.tree(list(reversed(history.root()))))


@case('a blob where a folder should be')
def blob_as_folder(history):
    history.commit(beside(history, FOLDER, b'zz', history.blob()))


@case('a folder where a blob should be')
def folder_as_blob(history):
    history.commit(beside(history, FILE, b'zz', history.tree(history.root())), {b'zz': b'x'})


@case('a commit where a blob should be')
def commit_as_blob(history):
    history.commit(beside(history, FILE, b'zz', history.head), {b'zz': b'x'})


@case('a blob as the root')
def blob_as_root(history):
    history.commit(history.blob())


@case('a commit as the root')
def commit_as_root(history):
    history.commit(history.head)


@case('a root that is not there')
def no_root(history):
    history.commit('1' * 40)


@case('a blob that is not there')
def no_blob(history):
    history.commit(beside(history, FILE, b'zz', '2' * 40), {b'zz': b'x'})


@case('an empty root')
def empty_root(history):
    history.add('tree', b'')
    history.commit(EMPTY_TREE)


@case('an empty folder')
def empty_folder(history):
    history.add('tree', b'')
    history.commit(beside(history, FOLDER, b'zz', EMPTY_TREE))


@case('a folder that ends in the middle')
def cut_tree(history):
    data = hostile.format_tree(history.root())
    history.commit(history.add('tree', data[:-7]))


@case('a folder of rubbish')
def rubbish_tree(history):
    history.commit(history.add('tree', bytes(range(256)) * 20))


@case('10,000 folders in each other')
def deep(history):
    oid = history.tree([(FILE, b'x', history.blob())])
    for _ in range(10000):
        oid = history.tree([(FOLDER, b'd', oid)])
    history.commit(beside(history, FOLDER, b'zz', oid))


def grow(history, oid, width, depth, name=b'%02d'):
    for _ in range(depth):
        oid = history.tree([(FOLDER, name % i, oid) for i in range(width)])
    return oid


@case('folders that unfold to a billion files')
def unfolding(history):
    leaf = history.tree([(FILE, b'%d' % i, history.blob()) for i in range(10)])
    history.commit(beside(history, FOLDER, b'zz', grow(history, leaf, 10, 9)))


@case('folders that unfold to a billion folders, and no file')
def unfolding_empty(history):
    history.add('tree', b'')
    history.commit(beside(history, FOLDER, b'zz', grow(history, EMPTY_TREE, 10, 9)))


@case('rule packs that unfold to a billion')
def unfolding_rules(history):
    leaf = history.tree([(FILE, b'%02d' % i, history.blob()) for i in range(50)])
    root = [entry if entry[1] != b'rules' else (FOLDER, b'rules', grow(history, leaf, 50, 6)) for entry in history.root()]
    history.commit(history.tree(root))


@case('a folder of 300,000 files')
def wide(history):
    blob = history.blob()
    history.commit(beside(history, FOLDER, b'rules-x', history.tree([(FILE, b'%06d' % i, blob) for i in range(300000)])))


@case('a record type of 300,000 folders that are one')
def wide_records(history):
    leaf = history.tree([(FILE, b'x.json', history.blob(b'{}\n'))])
    years = history.tree([(FOLDER, b'%06d' % i, leaf) for i in range(300000)])
    history.commit(beside(history, FOLDER, b'records-x', history.tree([(FOLDER, b'deal', years)])))


# --- commits ---

COMMITS = {
    'megabytes of headers': {'headers': b'x-header ' + b'a' * 3 * MIB + b'\n'},
    'thousands of headers': {'headers': b''.join(b'h%d x\n' % i for i in range(20000))},
    'a NUL in the message': {'tail': b'\0more'}, 'bytes that are no UTF-8': {'tail': b'Naru-X: \xff\xfe\n'},
    'another encoding': {'headers': b'encoding EUC-KR\n'}, 'a mergetag': {'headers': b'mergetag object ' + b'0' * 40 + b'\n'},
    'a line of 900 KB': {'trailers': b'Naru-Action: edit\nNaru-Note: ' + b'x' * 900000 + b'\n'},
    'a negative time': {'author': b'Kim <k@naru> -5 +0900'}, 'a huge time': {'committer': b'Kim <k@naru> 1' + b'0' * 40 + b' +0900'},
    'a time after 2105': {'author': b'Kim <k@naru> 5000000000 +0900', 'committer': b'Kim <k@naru> 5000000000 +0900'},
    'a huge zone': {'author': b'Kim <k@naru> 1893456000 +9999'}, 'no zone': {'author': b'Kim <k@naru> 1893456000 '},
    'no name': {'author': b' <k@naru> 1893456000 +0900'}, 'no address': {'author': b'Kim <> 1893456000 +0900'},
    'a name with brackets': {'author': b'Kim <x> <k@naru> 1893456000 +0900'},
    'a name with a line break': {'author': b'Kim\nparent 0 <k@naru> 1893456000 +0900'},
    'a name that moves the cursor': {'author': b'Kim\x1b[2J <k@naru> 1893456000 +0900'},
    'an empty subject': {'subject': b''}, 'a huge subject': {'subject': b's' * 100000}, 'a huge reason': {'reason': b'Reason: ' + b'r' * 500000 + b'\n\n'},
    'no action': {'trailers': b''}, 'two actions': {'trailers': b'Naru-Action: edit\nNaru-Action: create\n'},
    'a trailer of ours twice': {'trailers': b'Naru-Action: edit\nNaru-Seq: 3\n'},
    'a record that is not there': {'trailers': b'Naru-Action: edit\nNaru-Record: MGK-2026-99999\n'},
    'a record that is a path': {'trailers': b'Naru-Action: edit\nNaru-Record: ../../../outside/secret\n'},
    'a false number': {'seq': 99}, 'the number 0': {'seq': 0}, 'a huge number': {'seq': 10 ** 30},
    'another chain': {'chain': b'x' * 32}, 'a signature without end': {'headers': b'gpgsig -----BEGIN SSH SIGNATURE-----\n' + b' A\n' * 100},
    'a signature of 900 KB': {'headers': b'gpgsig ' + b'A' * 900000 + b'\n'}, 'two signatures': {'headers': b'gpgsig A\ngpgsig B\n'},
}
# a signature is looked at by “verify”; a history without one may be restored
SIGNATURES = {'a signature without end', 'a signature of 900 KB'}


def add_commits():
    for title, words in COMMITS.items():
        @case(f'a commit with {title}', harmless=title in SIGNATURES)
        def odd_commit(history, words=words):
            history.commit(files={b'README.md': b'read me\n'}, **words)


@case('a commit with two parents')
def two_parents(history):
    history.commit(parents=[history.head, history.honest_head])


@case('a commit with 10,000 parents')
def many_parents(history):
    history.commit(parents=[history.head] * 10000)


@case('a commit without parent in the middle')
def second_root(history):
    history.commit(parents=[])
    history.commit()


@case('a commit whose parent is not there')
def no_parent(history):
    history.commit(parents=['3' * 40])


@case('a commit whose parent is a blob')
def blob_parent(history):
    history.commit(parents=[history.blob()])


@case('an empty commit')
def empty_commit(history):
    history.head = history.add('commit', b'')


@case('an empty commit in the middle')
def empty_parent(history):
    history.commit(parents=[history.add('commit', b'')])


@case('a commit of rubbish')
def rubbish_commit(history):
    history.head = history.add('commit', b'Naru-Seq: 1\nNaru-Chain: 2\n' * 10)


@case('a commit that is only a tree line')
def short_commit(history):
    history.head = history.add('commit', b'tree ' + EMPTY_TREE.encode() + b'\n\n\nNaru-Seq: 1\nNaru-Chain: 2\n')


@case('30,000 commits that are none of ours')
def many_commits(history):
    root = history.objects[history.head][1][5:45].decode()
    for i in range(30000):
        history.head = history.add('commit', b'tree %s\nparent %s\nauthor a <b> %d +0000\ncommitter a <b> %d +0000\n\n'
                                   b'x\nNaru-Seq: 1\nNaru-Chain: 2\n' % (root.encode(), history.head.encode(), i, i))


# --- content that is sealed as it should be ---

def record(number, name=b'party', code=b'PTY', year=b'2026'):
    return b'records/%s/%s/%02d/%02d/MGK-%s-%s-%05d.json' % (name, year, number // 10000, number // 100 % 100, code, year, number)


PIPELINE = open(os.path.join(os.environ['NARU_DATA_DIR'], 'share/pipelines/technology.json'), 'rb').read()
DEEP = b'{"a":' * 60 + b'1' + b'}' * 60
CONTENTS = {
    'an office.json of rubbish': {b'office.json': b'\xff\0{'}, 'an office.json that is a list': {b'office.json': b'[]\n'},
    'an office that has no name': {b'office.json': b'{}\n'},
    'a hub that is a path': {b'office.json': b'{\n  "hub": "../../outside",\n  "name": "x"\n}\n'},
    'a name that moves the cursor': {b'office.json': b'{\n  "hub": "MGK",\n  "name": "\\u001b[2J"\n}\n'},
    'no office.json': {b'office.json': None}, 'no rules': {b'rules/index.json': None},
    'rules of rubbish': {b'rules/index.json': b'{'}, 'rules that are a number': {b'rules/index.json': b'7\n'},
    'rules in a path': {b'rules/index.json': b'{"packs":[{"id":"../../../outside/secret","version":"1","digest":"x","enabled":true}]}\n'},
    'rules that are not there': {b'rules/index.json': b'{"packs":[{"id":"a","version":"1.0","digest":"x","enabled":true}]}\n'},
    'rules twice': {b'rules/index.json': b'{"packs":[' + b','.join([b'{"id":"novelty","version":"1.0"}'] * 9) + b']}\n'},
    'packs of other kinds': {b'rules/index.json': b'{"packs":[null,1,"x",[],{}]}\n'},
    'keys of rubbish': {b'keys/allowed_signers': b'\xff\xff\n'}, 'a private key': {b'keys/office': b'x\n'},
    'a pipeline of rubbish': {b'pipelines/technology.json': b'{"id": 7}\n'}, 'a pipeline too deep': {b'pipelines/technology.json': DEEP},
    'no pipeline': {b'pipelines/technology.json': None},
    'two pipelines for one type': {b'pipelines/second.json': PIPELINE.replace(b'"technology"', b'"second"', 1)},
    'a pipeline under another name': {b'pipelines/other.json': PIPELINE},
    'no keys': {b'keys/allowed_signers': None}, 'no README': {b'README.md': None},
    'a policy of rubbish': {b'policies/access.json': b'[1, 2]\n'}, 'no policy': {b'policies/access.json': None},
    'a record in a wrong place': {b'records/party/2026/00/07/MGK-PTY-2026-00001.json': b'{\n  "name": "x"\n}\n'},
    'a record of another type': {record(1, b'deal'): b'{\n  "name": "x"\n}\n'}, 'a record of no type': {record(1, b'secret'): b'{}\n'},
    'a record with another form': {record(9): b'{"name": "x"}'}, 'a record of rubbish': {record(9): b'\0\0\0'},
    'a record that is a list': {record(9): b'[]\n'}, 'a record too deep': {record(9): DEEP},
    'a record of the year 99999': {record(9, year=b'99999'): b'{\n  "name": "x"\n}\n'},
    'a record with a huge number': {b'records/party/2026/99/99/MGK-PTY-2026-99999999999999999999.json': b'{\n  "name": "x"\n}\n'},
    'a record that goes': {record(1): None}, 'a record of 3 MiB': {record(9): b'{\n  "name": "%s"\n}\n' % (b'x' * 3 * MIB)},
    'a document under a false name': {b'documents/00/' + b'0' * 64: b'x'}, 'a document in a path': {b'documents/xx/yy/zz': b'x'},
    'a configuration of 5 MiB': {b'rules/large.json': b'x' * 5 * MIB}, 'a file in a folder of keys': {b'keys/a/b': b'x'},
    '11,000 rule packs': {b'rules/%05d.json' % i: b'{}\n' for i in range(11000)},
}
# a file that nothing reads; and deals without a pipeline do not move
LAX = {'a private key', 'no pipeline'}


def add_contents():
    for title, files in CONTENTS.items():
        @case(f'sealed: {title}', harmless=title in LAX)
        def odd_content(history, files=files):
            history.commit(files=files)


@case('sealed: what an office writes', harmless=True)
def sound(history):
    """Shows that the other cases fail for what is wrong with them, not for how they are made."""
    history.commit(files={b'README.md': b'Read me twice.\n'})


@case('sealed: a pattern that takes for ever')
def slow_pattern(history):
    pack = {'id': 'slow', 'version': '1.0', 'title': {'en': 'x', 'ko': 'x'}, 'rules': [
        {'id': 'SL-01', 'severity': 'block', 'on': [{'from': '*', 'to': '*'}], 'title': {'en': 'x', 'ko': 'x'},
         'must': {'properties': {'title': {'pattern': '^(a+)+$'}}}}]}
    index = {'packs': [{'digest': 'x', 'enabled': True, 'id': 'slow', 'version': '1.0'}]}
    history.commit(files={b'rules/slow@1.0.json': json.dumps(pack).encode(), b'rules/index.json': json.dumps(index).encode()})


# --- references ---

def set_file(name, data):
    return lambda path: hostile.write(os.path.join(path, name), data)


def set_main(make):
    def change(history):
        return set_file('refs/heads/main', make(history))
    return change


def add_tag(history):
    return history.add('tag', b'object %s\ntype commit\ntag v\ntagger a <b> 1 +0000\n\nx\n' % history.head.encode()).encode() + b'\n'


MAINS = {
    'is a tag': add_tag, 'is a folder of files': lambda h: h.tree(h.root()).encode() + b'\n', 'is a blob': lambda h: h.blob().encode() + b'\n',
    'is nothing': lambda h: b'4' * 40 + b'\n', 'is zero': lambda h: b'0' * 40 + b'\n', 'leads to itself': lambda h: b'ref: refs/heads/main\n',
    'leads out': lambda h: b'ref: ../../outside/secret\n', 'is short': lambda h: h.head[:20].encode(), 'is rubbish': lambda h: b'\0\xff' * 100,
    'is empty': lambda h: b'', 'has 20 MiB': lambda h: b'a' * 20 * MIB, 'has CR LF': lambda h: h.head.encode() + b'\r\n'}


def add_references():
    for title, make in MAINS.items():
        case(f'a branch that {title}')(set_main(make))
    for title, text in {'leads out': b'ref: ../../../../etc/passwd\n', 'is rubbish': b'\xff\xff', 'is empty': b'',
                        'is another branch': b'ref: refs/heads/other\n', 'has 20 MiB': b'ref: ' + b'a' * 20 * MIB}.items():
        # a copy may stand on another branch: the history is in main
        case(f'a HEAD that {title}', harmless=title != 'has 20 MiB')(lambda history, text=text: set_file('HEAD', text))
    for title, text in {'of rubbish': b'\xff\0' * 50, 'with a path': b'# pack-refs with: peeled\n' + b'1' * 40 + b' ../../outside/secret\n',
                        'of 20 MiB': b'x' * 20 * MIB, 'without end': b'1' * 40 + b' refs/heads/main'}.items():
        @case(f'packed references {title}')
        def packed(history, text=text):
            def change(path):
                os.remove(os.path.join(path, 'refs/heads/main'))
                hostile.write(os.path.join(path, 'packed-refs'), text)
            return change


def add_all():
    add_names()
    add_modes()
    add_commits()
    add_contents()
    add_references()
