# SPDX-License-Identifier: LGPL-2.1-or-later
"""More of hostile_cases.py: what is wrong stands in how objects are kept: loose files, packs, bundles, links, settings."""
import os
import socket
import struct
import subprocess
import zlib

import hostile
from hostile import FILE, KINDS
from hostile_cases import MIB, beside, case, set_file


def instead(make):
    """Puts something else in the place of a file or folder of the repository."""
    def change(path, name):
        place = os.path.join(path, name)
        if os.path.isdir(place) and not os.path.islink(place):
            os.rename(place, os.path.join(path, 'moved'))
        elif os.path.lexists(place):
            os.remove(place)
        make(place)
    return change


def make_socket(place):
    here = os.getcwd()
    os.chdir(os.path.dirname(place))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.basename(place))
    os.chdir(here)


ODD_FILES = {'a FIFO': os.mkfifo, 'a folder': os.mkdir, 'a socket': make_socket,
             '/dev/zero': lambda place: os.symlink('/dev/zero', place),
             'a link to a file outside': lambda place: os.symlink(os.environ['HOSTILE_OUTSIDE'] + '/secret', place),
             'a link to a folder outside': lambda place: os.symlink(os.environ['HOSTILE_OUTSIDE'], place)}


def find_pack(path, suffix):
    folder = os.path.join(path, 'objects/pack')
    return 'objects/pack/' + next(name for name in sorted(os.listdir(folder)) if name.endswith(suffix))


def add_odd_files():
    places = {'the branch': 'refs/heads/main', 'HEAD': 'HEAD', 'the settings': 'config', 'objects': 'objects',
              'the folder of packs': 'objects/pack', 'refs': 'refs', 'the folder of branches': 'refs/heads'}
    for what, make in ODD_FILES.items():
        for title, name in places.items():
            @case(f'{what} as {title}', harmless=name == 'config')
            def odd_file(history, name=name, make=make):
                return lambda path: instead(make)(path, name)

        for title, suffix in (('a pack', '.pack'), ('an index of a pack', '.idx')):
            @case(f'{what} as {title}')
            def odd_pack(history, suffix=suffix, make=make):
                return lambda path: instead(make)(path, find_pack(path, suffix))

        @case(f'{what} as an object')
        def odd_object(history, make=make):
            def change(path):
                unpack(path)
                instead(make)(path, os.path.relpath(hostile.loose_path(path, history.head), path))
            return change


def unpack(path):
    """All objects as files of their own."""
    pack = os.path.join(path, find_pack(path, '.pack'))
    with open(pack, 'rb') as file:
        data = file.read()
    for name in os.listdir(os.path.dirname(pack)):
        os.remove(os.path.join(os.path.dirname(pack), name))
    subprocess.run(['git', '-C', path, 'unpack-objects', '-q'], input=data, check=True, capture_output=True)


# --- loose objects ---

def loose(data):
    """The head's object becomes a file of these bytes."""
    def make(history):
        def change(path):
            unpack(path)
            hostile.write(hostile.loose_path(path, history.head), data(history))
        return change
    return make


def packed_head(history):
    kind, data = history.objects[history.head]
    return zlib.compress(b'%s %d\0' % (kind.encode(), len(data)) + data)


def bomb(claimed):
    """Much out of little: 1 GiB of blanks, whatever the head says."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b'commit %d\0' % claimed)]
    parts += [packer.compress(b' ' * MIB) for _ in range(1024)]
    return b''.join(parts) + packer.flush()


LOOSE = {
    'ends in the middle': lambda h: packed_head(h)[:40], 'is empty': lambda h: b'', 'is rubbish': lambda h: b'\xff' * 300,
    'goes on': lambda h: packed_head(h) + b'more', 'is another one': lambda h: zlib.compress(b'commit 1\0x'),
    'claims 10 bytes and has a GiB': lambda h: bomb(10), 'claims and has a GiB': lambda h: bomb(1 << 30),
    'claims 8 EiB': lambda h: zlib.compress(b'commit 9223372036854775807\0x'), 'claims less than nothing': lambda h: zlib.compress(b'commit -1\0x'),
    'claims 2 to the 64': lambda h: zlib.compress(b'commit 18446744073709551616\0x'), 'has an odd number': lambda h: zlib.compress(b'commit 0x10\0x'),
    'is of no kind': lambda h: zlib.compress(b'thing 1\0x'), 'is a tag': lambda h: zlib.compress(b'tag 1\0x'), 'has no head': lambda h: zlib.compress(b'x' * 5000)}


def add_loose():
    for title, data in LOOSE.items():
        case(f'an object that {title}')(loose(data))


@case('a document of 140 MiB')
def large_document(history):
    data = b'\0' * (140 * MIB)
    name = hostile.digest(data).hex()
    history.commit(files={f'documents/{name[:2]}/{name}'.encode(): data})


@case('a document of 90 MiB', harmless=True)
def fair_document(history):
    data = b'\0' * (90 * MIB)
    name = hostile.digest(data).hex()
    history.commit(files={f'documents/{name[:2]}/{name}'.encode(): data})


# --- packs ---

def in_pack(make, entries=None):
    """The head's commit comes from a pack that is made by hand: make(history) gives its raw entries."""
    def change_history(history):
        kept = history.copy()
        oid = history.head
        del kept.objects[oid]

        def change(path):
            for name in os.listdir(os.path.join(path, 'objects/pack')):
                os.remove(os.path.join(path, 'objects/pack', name))
            hostile.write_pack(path, hostile.format_pack(list(kept.objects.values())))
            raw = make(history)
            pack = hostile.format_pack([], raw=raw)
            name = hostile.write_pack(path, pack, index=False)
            offsets = [12 + sum(map(len, raw[:i])) for i in range(len(raw))]
            found = [(oid, offsets[-1])] + [(f'{i:040x}', offset) for i, offset in enumerate(offsets[:-1])]
            hostile.write(name + '.idx', hostile.format_index(pack, entries(history, found) if entries else found))
        return change
    return change_history


def copy_order(offset, size):
    order, out = 0x80, b''
    for i in range(4):
        if offset >> 8 * i & 0xff:
            order, out = order | 1 << i, out + bytes([offset >> 8 * i & 0xff])
    for i in range(3):
        if size >> 8 * i & 0xff:
            order, out = order | 0x10 << i, out + bytes([size >> 8 * i & 0xff])
    return bytes([order]) + out


def delta_bomb(history):
    """Each link doubles what it is made of: 40 links make a TiB."""
    raw = [hostile.pack_object('commit', b'x' * MIB)]
    size = MIB
    for _ in range(40):
        body = hostile.delta_size(size) + hostile.delta_size(2 * size)
        body += b''.join(copy_order(offset, min(0xffffff, size - offset)) for offset in range(0, min(size, 1 << 28), 0xffffff)) * 2
        raw.append(hostile.ofs_delta(len(raw[-1]), body))
        size *= 2
    return raw


def delta_chain(history):
    kind, data = history.objects[history.head]
    raw = [hostile.pack_object(kind, data)]
    same = hostile.delta_size(len(data)) * 2 + copy_order(0, len(data))
    for _ in range(20000):
        raw.append(hostile.ofs_delta(len(raw[-1]), same))
    return raw


PACKS = {
    'a delta upon itself': lambda h: [hostile.ref_delta(h.head, b'\x01\x01\x80')],
    'two deltas upon each other': lambda h: [hostile.ref_delta(h.head, b'\1\1\x80'), hostile.ref_delta(f'{0:040x}', b'\1\1\x80')],
    'a delta upon what is before the file': lambda h: [hostile.ofs_delta(1 << 40, b'\1\1\x80')],
    'a delta upon the head of the file': lambda h: [hostile.ofs_delta(12, b'\1\1\x80')],
    'a delta upon what is not there': lambda h: [hostile.ref_delta('5' * 40, b'\1\1\x80')],
    'a delta that is empty': lambda h: [hostile.pack_object('commit', b'x'), hostile.ofs_delta(10, b'')],
    'a delta of a TiB': lambda h: [hostile.pack_object('commit', b'x'), hostile.ofs_delta(10, hostile.delta_size(1) + hostile.delta_size(1 << 40) + b'\x80')],
    'deltas that double each other': delta_bomb,
    'an object that lies about its size': lambda h: [hostile.pack_object('commit', h.objects[h.head][1], 10)],
    'an object of 8 EiB': lambda h: [hostile.pack_object('commit', b'x', (1 << 63) - 1)],
    'an object of no kind': lambda h: [bytes([0x50 | 1]) + zlib.compress(b'x')],
    'a GiB out of a MiB': lambda h: [hostile.pack_size(KINDS['commit'], 1 << 30) + zlib.compress(b' ' * (1 << 30), 9)],
    'another content than its id': lambda h: [hostile.pack_object('commit', b'tree ' + b'0' * 40 + b'\n')]}


def add_packs():
    for title, make in PACKS.items():
        case(f'a pack with {title}')(in_pack(make))
    case('a pack with 20,000 deltas upon each other', harmless=True)(in_pack(delta_chain))
    case('an index that leads out of its pack')(in_pack(lambda h: [hostile.pack_object(*h.objects[h.head])],
                                                        lambda h, found: [(h.head, 0x7fffffff)]))
    case('an index that leads into the middle')(in_pack(lambda h: [hostile.pack_object(*h.objects[h.head])],
                                                        lambda h, found: [(h.head, 20)]))
    case('an index with 64 bit that it has not')(in_pack(lambda h: [hostile.pack_object(*h.objects[h.head])],
                                                         lambda h, found: [(h.head, 0xffffffff)]))
    for suffix in ('.pack', '.idx'):
        for title, change in {'cut off': lambda data: data[:len(data) // 2], 'without content': lambda data: b'',
                              'of rubbish': lambda data: b'\xff' * len(data), 'with a false count': lambda data: data[:8] + b'\xff' * 4 + data[12:]}.items():
            @case(f'a {suffix} {title}')
            def damaged(history, suffix=suffix, change=change):
                def after(path):
                    place = os.path.join(path, find_pack(path, suffix))
                    with open(place, 'rb') as file:
                        data = file.read()
                    hostile.write(place, change(data))
                return after

    @case('an index without its pack')
    def no_pack(history):
        return lambda path: os.remove(os.path.join(path, find_pack(path, '.pack')))
    for name in ('objects/pack/multi-pack-index', 'objects/info/commit-graph', 'objects/info/packs'):
        for title, text in (('rubbish', b'MIDX\1\1\xff\xff' + b'\xff' * 400), ('20 MiB', b'x' * 20 * MIB)):
            case(f'{name} of {title}', harmless=True)(lambda history, name=name, text=text: set_file(name, text))


# --- settings of the repository, and what it says of other places ---

SETTINGS = '''[core]
    repositoryformatversion = 0
    bare = true
    worktree = {outside}
    hooksPath = {outside}/hooks
    fsmonitor = touch {outside}/hit
    sshCommand = touch {outside}/hit
    pager = touch {outside}/hit
    editor = touch {outside}/hit
    alternateRefsCommand = touch {outside}/hit
[include]
    path = {outside}/secret
[uploadpack]
    packObjectsHook = touch {outside}/hit
[filter "x"]
    process = touch {outside}/hit
[extensions]
    partialClone = origin
[remote "origin"]
    url = ext::touch {outside}/hit
    promisor = true
    receivepack = touch {outside}/hit
'''


@case('settings that start programs', harmless=True)
def settings(history):
    def change(path):
        outside = os.environ['HOSTILE_OUTSIDE']
        hostile.write(os.path.join(path, 'config'), SETTINGS.format(outside=outside).encode())
        for name in ('post-checkout', 'pre-receive', 'reference-transaction', 'post-index-change'):
            hostile.write(os.path.join(path, 'hooks', name), f'#!/bin/sh\ntouch {outside}/hit\n'.encode())
            os.chmod(os.path.join(path, 'hooks', name), 0o755)
    return change


for _title, _text in {'of rubbish': b'\xff[[[', 'of 20 MiB': b'#' * 20 * MIB, 'that ask for SHA-256': b'[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n',
                      'of the future': b'[core]\n\trepositoryformatversion = 99\n'}.items():
    case(f'settings {_title}', harmless=True)(lambda history, text=_text: set_file('config', text))


@case('objects that are said to be elsewhere')
def alternates(history):
    def change(path):
        elsewhere = os.path.join(path, '..', 'elsewhere')
        os.makedirs(os.path.join(elsewhere, 'objects'))
        os.rename(os.path.join(path, 'objects/pack'), os.path.join(elsewhere, 'objects/pack'))
        os.mkdir(os.path.join(path, 'objects/pack'))
        hostile.write(os.path.join(path, 'objects/info/alternates'), os.path.abspath(elsewhere + '/objects').encode() + b'\n/\n')
    return change


@case('objects that are said to be in a circle', harmless=True)
def alternates_circle(history):
    return set_file('objects/info/alternates', b'.\n../objects\n' * 100)


@case('a circle by replaced objects, grafts and a shallow end', harmless=True)
def replace_circle(history):
    parent = history.objects[history.head][1].split(b'parent ')[1][:40]
    tree, rest = history.objects[parent.decode()][1].split(b'\n', 1)
    circle = history.add('commit', tree + b'\nparent ' + history.head.encode() + b'\n' + rest)

    def change(path):
        hostile.write(os.path.join(path, 'refs/replace', parent.decode()), circle.encode() + b'\n')
        hostile.write(os.path.join(path, 'info/grafts'), parent + b' ' + history.head.encode() + b'\n')
        hostile.write(os.path.join(path, 'shallow'), history.head.encode() + b'\n')
    return change


# --- bundles ---

def add_bundles():
    cases = {
        'that needs what it has not': lambda h: hostile.format_bundle(h, extra=b'-' + b'6' * 40 + b' x\n'),
        'of another version': lambda h: hostile.format_bundle(h, head=b'# v3 git bundle\n@object-format=sha256\n'),
        'of no version': lambda h: hostile.format_bundle(h, head=b'# v2 git bundle'),
        'whose head does not end': lambda h: b'# v2 git bundle\n' + b'a' * 3 * MIB,
        'without a branch': lambda h: hostile.format_bundle(h, refs=[(h.head, 'refs/heads/other')]),
        'with 10,000 branches': lambda h: hostile.format_bundle(h, refs=[(h.head, f'refs/heads/{i}') for i in range(10000)] + [(h.head, 'refs/heads/main')]),
        'with a branch in a path': lambda h: hostile.format_bundle(h, refs=[(h.head, '../../outside/secret')]),
        'with a branch that is not there': lambda h: hostile.format_bundle(h, refs=[('7' * 40, 'refs/heads/main')]),
        'with a branch that is a blob': lambda h: hostile.format_bundle(h, refs=[(h.blob(), 'refs/heads/main')]),
        'with a branch of rubbish': lambda h: hostile.format_bundle(h, refs=[('zz' * 20, 'refs/heads/main')]),
        'with a NUL in its head': lambda h: hostile.format_bundle(h, extra=b'\0\n'),
        'with a manifest that is a commit': lambda h: hostile.format_bundle(h, refs=[(h.head, 'refs/heads/main'), (h.head, 'refs/naru/backup')]),
        'with a manifest of 1 MiB': lambda h: hostile.format_bundle(h, refs=[(h.blob(b'x' * MIB), 'refs/naru/backup'), (h.head, 'refs/heads/main')]),
        'with a manifest of rubbish': lambda h: hostile.format_bundle(h, refs=[(h.blob(b'{"entries": 1e99'), 'refs/naru/backup'), (h.head, 'refs/heads/main')]),
        'without a pack': lambda h: hostile.format_bundle(h, pack=b''),
        'with a pack cut off': lambda h: hostile.format_bundle(h)[:-5000],
        'with something behind the pack': lambda h: hostile.format_bundle(h) + b'x' * 1000,
        'with a pack of four billion objects': lambda h: hostile.format_bundle(h, pack=hostile.format_pack([], count=0xffffffff)),
        'with a pack of another version': lambda h: hostile.format_bundle(h, pack=b'PACK' + struct.pack('>II', 9, 0) + b'\0' * 20),
        'with deltas that double each other': lambda h: hostile.format_bundle(h, pack=hostile.format_pack([], raw=delta_bomb(h))),
        'with a delta upon itself': lambda h: hostile.format_bundle(h, pack=hostile.format_pack([], raw=[hostile.ref_delta(h.head, b'\1\1\x80')])),
        'with a GiB out of a MiB': lambda h: hostile.format_bundle(h, pack=hostile.format_pack([], raw=PACKS['a GiB out of a MiB'](h))),
        'with an object of 8 EiB': lambda h: hostile.format_bundle(h, pack=hostile.format_pack([], raw=PACKS['an object of 8 EiB'](h)))}
    for title, make in cases.items():
        # other branches are nothing to us, and are not taken over
        case(f'a bundle {title}', harmless=title == 'with 10,000 branches')(make)

    @case('a bundle with a folder named dots')
    def bundled_dots(history):
        history.commit(beside(history, FILE, b'..'), {b'..': b'x\n'})
        return hostile.format_bundle(history)

    @case('a bundle that is sound', harmless=True)
    def bundled(history):
        history.commit(files={b'README.md': b'Read me twice.\n'})
        return hostile.format_bundle(history)


def add_all():
    add_odd_files()
    add_loose()
    add_packs()
    add_bundles()
