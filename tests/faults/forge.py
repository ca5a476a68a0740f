# SPDX-License-Identifier: LGPL-2.1-or-later
"""A history taken apart into entries, changed, and built again: what somebody does who wants to alter it unseen.

Shares no code with Naru. Digests and chain are computed as naru_entry_seal() describes them, signatures as OpenSSH's
PROTOCOL.sshsig does, objects as git does; so a forger with a key leaves nothing that is out of place but the content.
Building again what was not changed gives the same commit ids, which the tests check first."""
import base64
import copy
import ctypes
import ctypes.util
import hashlib
import json
import os
import re
import struct
import subprocess
import zlib

import checker

KINDS = {'commit': 1, 'tree': 2, 'blob': 3}
SEALED = ('Naru-Seq', 'Naru-Entry', 'Naru-Chain')
sodium = None  # loaded when the first commit is signed
packed = {}  # id -> the object as it stands in a pack


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def object_id(kind, content):
    return hashlib.sha1(f'{kind} {len(content)}\0'.encode() + content).hexdigest()


def wire(*parts):
    return b''.join(struct.pack('>I', len(part)) + part for part in parts)


class Key:
    """An Ed25519 key from a file that ssh-keygen or Naru made, without passphrase."""

    def __init__(self, path):
        with open(path, encoding='ascii') as file:
            data = base64.b64decode(''.join(file.read().split('\n')[1:-2]))
        at = data.index(b'ssh-ed25519', data.index(b'ssh-ed25519') + 1) + 11  # the second one is the private part
        self.public = data[at + 4:at + 36]
        self.secret = data[at + 40:at + 104]
        self.blob = wire(b'ssh-ed25519', self.public)
        self.line = b'ssh-ed25519 ' + base64.b64encode(self.blob)

    def sign(self, data):
        """The text that stands behind "gpgsig "."""
        global sodium
        if sodium is None:
            sodium = ctypes.CDLL('libsodium.so.23')
        text = b'SSHSIG' + wire(b'git', b'', b'sha512', hashlib.sha512(data).digest())
        raw = ctypes.create_string_buffer(64)
        sodium.crypto_sign_detached(raw, None, text, ctypes.c_ulonglong(len(text)), self.secret)
        signature = b'SSHSIG' + struct.pack('>I', 1) + wire(self.blob, b'git', b'', b'sha512',
                                                           wire(b'ssh-ed25519', raw.raw))
        armor = base64.b64encode(signature)
        lines = [armor[i:i + 70] for i in range(0, len(armor), 70)]
        return b'\n '.join([b'-----BEGIN SSH SIGNATURE-----', *lines, b'-----END SSH SIGNATURE-----'])


class Person:
    """Name, address, seconds and zone of an author or committer."""

    def __init__(self, name, email, seconds, zone):
        self.name, self.email, self.seconds, self.zone = name, email, int(seconds), zone

    def line(self):
        return b'%s <%s> %d %s' % (self.name, self.email, self.seconds, self.zone)


class Entry:
    """What one commit says. The rest of a commit follows from it, unless an override stands here.

    files      path -> bytes, or None for a file that goes
    key        a Key, None for no signature, or 'kept' for the signature that the commit had
    seq, digest, chain, parents, tree     override what would be computed
    modes      path -> mode of a file
    headers    bytes of further headers behind the committer
    on_message, on_commit, on_tree       functions that change bytes, or the entries of the root tree, at last
    fixed      whether the key stands, whoever signs the rest"""

    def __init__(self):
        self.author = self.committer = None
        self.subject, self.reason, self.trailers, self.files = '', None, [], {}
        self.key, self.signature, self.fixed = None, b'', False
        self.seq = self.digest = self.chain = self.parents = self.tree = None
        self.modes, self.headers = {}, b''
        self.on_message = self.on_commit = self.on_tree = None
        self.was = None  # (seq, digest, chain) of the commit that it was read from
        self.oid = None  # of the commit that it became

    def get(self, key):
        return next((value for name, value in self.trailers if name == key), None)

    def set(self, key, value):
        """Changes the first trailer of that name; adds it where there is none."""
        for number, (name, _) in enumerate(self.trailers):
            if name == key:
                self.trailers[number] = (key, value)
                return
        self.trailers.append((key, value))

    def drop(self, key):
        self.trailers = [(name, value) for name, value in self.trailers if name != key]

    @property
    def action(self):
        return self.get('Naru-Action')

    @property
    def record(self):
        return self.get('Naru-Record')

    def path(self):
        """Of the record that it is about"""
        return next((path for path in self.files if path.endswith(f'/{self.record}.json')), None)

    def message(self, seq):
        lines = [self.subject, '']
        if self.reason is not None:
            lines += [f'Reason: {self.reason}', '']
        return '\n'.join(lines + [f'Naru-Seq: {seq}'] + [f'{key}: {value}' for key, value in self.trailers]) + '\n'


class History:
    """The entries in their order; entry n stands at n - 1."""

    def __init__(self, git_dir):
        office = checker.Office(os.path.dirname(git_dir))
        office.git_dir = git_dir
        checker.read_objects(office)
        checker.read_commits(office)
        checker.check_commits(office)
        if office.problems:
            raise ValueError(f'{git_dir}: {office.problems[:3]}')
        self.entries = [read_entry(commit, number) for number, commit in enumerate(office.commits, 1)]
        self.oids = [commit.oid for commit in office.commits]
        self.extra = {}  # objects that no commit leads to: id -> (kind, content)

    def copy(self):
        other = copy.copy(self)
        other.entries = [copy_entry(entry) for entry in self.entries]
        other.extra = dict(self.extra)
        return other

    def __getitem__(self, seq):
        return self.entries[seq - 1]

    def find(self, action, record=None, nth=0, **more):
        """The number of the nth entry with that action."""
        found = [seq for seq, entry in enumerate(self.entries, 1) if entry.action == action
                 and record in (None, entry.record)
                 and all(entry.get('Naru-' + key.capitalize()) == value for key, value in more.items())]
        return found[nth]

    def content(self, seq, path):
        """A file as it stands after an entry; None where there is none."""
        for entry in reversed(self.entries[:seq]):
            if path in entry.files:
                return entry.files[path]
        return None

    def alter(self, seq, path, change, onward=True):
        """Changes a file of one entry with change (bytes), and each later state of it."""
        for number in range(seq, len(self.entries) + 1):
            entry = self[number]
            if entry.files.get(path) is not None and (number == seq or onward):
                entry.files[path] = change(entry.files[path])

    def alter_json(self, seq, path, change, onward=True):
        """The same with change (object), which need not return it; the form stays canonical."""
        def whole(content):
            value = json.loads(content)
            return canonical(change(value) or value)
        self.alter(seq, path, whole, onward)

    def insert(self, seq, entry):
        """entry becomes number seq."""
        self.entries.insert(seq - 1, entry)

    def build(self):
        """Returns (head, objects by id): numbers, digests, chain, trees and parents all fit again."""
        objects, files, chain, parent = dict(self.extra), {}, bytes(32), None
        for number, entry in enumerate(self.entries, 1):
            seq = number if entry.seq is None else entry.seq
            changed = apply_files(objects, files, entry)
            body = entry.message(seq).encode()
            digest = entry.digest or blake2b(make_stream(entry, seq, body, changed))
            chain = entry.chain or blake2b(chain + digest)
            body += f'Naru-Entry: {digest.hex()}\nNaru-Chain: {chain.hex()}\n'.encode()
            tree = entry.tree or write_tree(objects, files, entry.on_tree)
            parents = [parent] if parent else []
            parent = entry.oid = write_commit(objects, entry, tree, parents if entry.parents is None else entry.parents,
                                              entry.on_message(body) if entry.on_message else body)
        return parent, objects


def canonical(value):
    """The form in which Naru writes JSON: sorted keys, two blanks, characters as they are."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + '\n').encode()


def copy_entry(entry):
    other = copy.copy(entry)
    other.author, other.committer = copy.copy(entry.author), copy.copy(entry.committer)
    other.trailers, other.files, other.modes = list(entry.trailers), dict(entry.files), dict(entry.modes)
    return other


def read_entry(commit, seq):
    entry = Entry()
    entry.author, entry.committer = Person(*commit.author), Person(*commit.committer)
    head, _, rest = commit.message.decode().partition('\n\n')
    entry.subject = head
    if rest.startswith('Reason: '):
        entry.reason, _, rest = rest[len('Reason: '):].partition('\n\n')
    lines = [line.partition(': ') for line in rest.rstrip('\n').split('\n')]
    entry.trailers = [(key, value) for key, _, value in lines if key not in SEALED]
    entry.files = {path.decode(): content for path, content in commit.files}
    entry.signature = commit.signature
    entry.was = (seq, bytes.fromhex(commit.trailer('Naru-Entry')), bytes.fromhex(commit.trailer('Naru-Chain')))
    entry.key = 'kept'
    return entry


def apply_files(objects, files, entry):
    """Brings the files of an entry into the tree. Returns what differs: (path, content), sorted by path."""
    changed = []
    for path, content in sorted((path.encode(), content) for path, content in entry.files.items()):
        before = files.get(path)
        if content is None:
            files.pop(path, None)
        else:
            oid = object_id('blob', content)
            objects[oid] = ('blob', content)
            files[path] = (entry.modes.get(path.decode(), b'100644'), oid)
        if files.get(path) != before:
            changed.append((path, content))
    return changed


def make_stream(entry, seq, body, changed):
    lines = [b'naru-entry 1', b'seq %d' % seq]
    for label, person in ((b'authored', entry.author), (b'committed', entry.committer)):
        lines.append(b'%s %d %s' % (label, person.seconds, person.zone))
    for label, person in ((b'author', entry.author), (b'committer', entry.committer)):
        lines.append(b'%s %s <%s>' % (label, person.name, person.email))
    lines.append(b'message %d\n%s' % (len(body), body))
    text = b'\n'.join(lines)
    for path, content in changed:
        text += b'gone %s\n' % path if content is None else \
            b'file %d %s %s\n' % (len(content), blake2b(content).hex().encode(), path)
    return text


def write_tree(objects, files, change=None):
    """The trees of all files; change (entries) may alter the list [(mode, name, id)] of the root."""
    folders = {}
    for path, (mode, oid) in files.items():
        name, _, rest = path.partition(b'/')
        if rest:
            folders.setdefault(name, {})[rest] = (mode, oid)
    entries = [(mode, path, oid) for path, (mode, oid) in files.items() if b'/' not in path]
    entries += [(b'40000', name, write_tree(objects, inside)) for name, inside in folders.items()]
    entries.sort(key=lambda e: e[1] + (b'/' if e[0] == b'40000' else b''))
    if change:
        entries = change(entries)
    content = b''.join(b'%s %s\0%s' % (mode, name, bytes.fromhex(oid)) for mode, name, oid in entries)
    oid = object_id('tree', content)
    objects[oid] = ('tree', content)
    return oid


def write_commit(objects, entry, tree, parents, message):
    head = f'tree {tree}\n'.encode() + b''.join(f'parent {parent}\n'.encode() for parent in parents)
    head += b'author %s\ncommitter %s\n' % (entry.author.line(), entry.committer.line()) + entry.headers
    signature = entry.signature if entry.key == 'kept' else \
        entry.key.sign(head + b'\n' + message) if entry.key else b''
    if signature:
        head += b'gpgsig ' + signature.rstrip(b'\n') + b'\n'
    content = head + b'\n' + message
    if entry.on_commit:
        content = entry.on_commit(content)
    oid = object_id('commit', content)
    objects[oid] = ('commit', content)
    return oid


# --- repositories ---

def pack_object(oid, kind, content):
    if oid not in packed:
        size = len(content)
        head = [KINDS[kind] << 4 | size & 15]
        size >>= 4
        while size:
            head[-1] |= 128
            head.append(size & 127)
            size >>= 7
        packed[oid] = bytes(head) + zlib.compress(content, 1)
    return packed[oid]


def write_pack(git_dir, objects):
    """All objects in one pack, with the index that stock git makes."""
    folder = os.path.join(git_dir, 'objects', 'pack')
    data = b'PACK' + struct.pack('>II', 2, len(objects))
    data += b''.join(pack_object(oid, kind, content) for oid, (kind, content) in sorted(objects.items()))
    trailer = hashlib.sha1(data).digest()
    path = os.path.join(folder, f'pack-{trailer.hex()}.pack')
    with open(path, 'wb') as file:
        file.write(data + trailer)
    done = subprocess.run(['git', 'index-pack', path], cwd=git_dir, env=checker.GIT_ENV, capture_output=True,
        check=False)
    if done.returncode != 0:
        raise RuntimeError(f'git index-pack: {done.stderr.decode()}')


def loose_path(git_dir, oid):
    return os.path.join(git_dir, 'objects', oid[:2], oid[2:])


def write_loose(git_dir, oid, kind, content, raw=None):
    """One object in a file of its own, under any name; raw stands for the bytes before they are compressed."""
    path = loose_path(git_dir, oid)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        os.unlink(path)
    with open(path, 'wb') as file:
        file.write(zlib.compress(f'{kind} {len(content)}\0'.encode() + content if raw is None else raw))


def clear_objects(git_dir):
    """Nothing is left of the objects that a repository had."""
    top = os.path.join(git_dir, 'objects')
    for folder, _, files in os.walk(top):
        for name in files:
            os.unlink(os.path.join(folder, name))


def write_head(git_dir, oid):
    with open(os.path.join(git_dir, 'refs', 'heads', 'main'), 'w', encoding='ascii') as file:
        file.write(oid + '\n')


def write_history(git_dir, history):
    """The forged history in place of the one that was there. Returns its head."""
    head, objects = history.build()
    clear_objects(git_dir)
    write_pack(git_dir, objects)
    write_head(git_dir, head)
    return head


# --- the store ---

class Store:
    """The tables of an office's data.mdb, edited by LMDB itself."""

    def __init__(self, folder):
        self.lib = ctypes.CDLL(ctypes.util.find_library('lmdb') or 'liblmdb.so.0')
        self.env = ctypes.c_void_p()
        self.must(self.lib.mdb_env_create(ctypes.byref(self.env)))
        self.must(self.lib.mdb_env_set_maxdbs(self.env, 32))
        self.must(self.lib.mdb_env_open(self.env, folder.encode(), 0, 0o600))
        self.txn = ctypes.c_void_p()
        self.must(self.lib.mdb_txn_begin(self.env, None, 0, ctypes.byref(self.txn)))

    @staticmethod
    def must(code):
        if code != 0:
            raise RuntimeError(f'LMDB: {code}')

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.must(self.lib.mdb_txn_commit(self.txn))
        self.lib.mdb_env_close(self.env)

    def table(self, name):
        dbi = ctypes.c_uint()
        self.must(self.lib.mdb_dbi_open(self.txn, name.encode(), 0, ctypes.byref(dbi)))
        return dbi

    def put(self, table, key, value):
        self.must(self.lib.mdb_put(self.txn, self.table(table), Value.of(key), Value.of(value), 0))

    def drop(self, table, key):
        self.must(self.lib.mdb_del(self.txn, self.table(table), Value.of(key), None))


class Value(ctypes.Structure):
    _fields_ = [('size', ctypes.c_size_t), ('data', ctypes.c_char_p)]

    @classmethod
    def of(cls, data):
        return ctypes.byref(cls(len(data), data))


def read_tables(folder):
    """table -> {key: value}"""
    office = checker.Office(folder)
    checker.read_store(office)
    if office.problems:
        raise RuntimeError(office.problems[0])
    return office.store


def checked(value):
    """A row as the store writes it where it keeps a checksum: eight bytes of BLAKE2b before it."""
    return blake2b(value)[:8] + value


def record_row(content):
    return bytes.fromhex(object_id('blob', content)) + content


def find_person_line(text):
    return re.search(rb'ssh-ed25519 \S+', text)
