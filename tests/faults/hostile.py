# SPDX-License-Identifier: LGPL-2.1-or-later
"""Git histories as an attacker writes them: any bytes as any object, in files, packs and bundles, without git's own checks.

A History begins as a copy of an honest one, so that what is wrong in it is met deep inside. commit() seals an entry as
Naru does, so that its digests are right, whatever the entry holds."""
import hashlib
import os
import struct
import subprocess
import zlib

KINDS = {'commit': 1, 'tree': 2, 'blob': 3, 'tag': 4}
FOLDER, FILE = b'40000', b'100644'
EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
ZERO = b'\0' * 32
SECONDS = 1893456000


def compute_id(kind, data):
    return hashlib.sha1(b'%s %d\0' % (kind.encode(), len(data)) + data).hexdigest()


def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def format_tree(entries):
    return b''.join(mode + b' ' + name + b'\0' + bytes.fromhex(oid) for mode, name, oid in entries)


def parse_tree(data):
    entries = []
    while data:
        head, rest = data.split(b'\0', 1)
        mode, name = head.split(b' ', 1)
        entries.append((mode, name, rest[:20].hex()))
        data = rest[20:]
    return entries


def sort_tree(entries):
    return sorted(entries, key=lambda entry: entry[1] + (b'/' if entry[0] == FOLDER else b''))


class History:
    def __init__(self, repository):
        """What an honest repository holds; its head's entry is the one to go on from."""
        git = ['git', '-C', repository]
        self.objects = {}
        listed = subprocess.run([*git, 'cat-file', '--batch-all-objects', '--batch'], check=True, capture_output=True).stdout
        while listed:
            head, rest = listed.split(b'\n', 1)
            oid, kind, size = head.decode().split()
            self.objects[oid] = (kind, rest[:int(size)])
            listed = rest[int(size) + 1:]
        self.head = subprocess.run([*git, 'rev-parse', 'main'], check=True, capture_output=True, text=True).stdout.strip()
        message = self.objects[self.head][1]
        self.seq = int(self.trailer(message, b'Naru-Seq'))
        self.chain = bytes.fromhex(self.trailer(message, b'Naru-Chain').decode())
        self.honest_head = self.head

    def copy(self):
        other = object.__new__(History)
        other.__dict__.update(self.__dict__, objects=dict(self.objects))
        return other

    @staticmethod
    def trailer(message, key):
        return message.split(key + b': ')[1].split(b'\n')[0]

    def add(self, kind, data):
        oid = compute_id(kind, data)
        self.objects[oid] = (kind, data)
        return oid

    def blob(self, text=b'x\n'):
        return self.add('blob', text)

    def tree(self, entries):
        return self.add('tree', format_tree(entries))

    def root(self):
        tree = self.objects[self.head][1][5:45].decode()
        return parse_tree(self.objects[tree][1])

    def with_files(self, files):
        """The id of the present root with these files put into it, or taken away where the bytes are None."""
        return self._put(self.root(), [(path.split(b'/'), data) for path, data in files.items()])

    def _put(self, entries, files):
        table = {name: (mode, oid) for mode, name, oid in entries}
        for name in {parts[0] for parts, _ in files}:
            below = [(parts[1:], data) for parts, data in files if parts[0] == name]
            if below[0][0]:
                old = self.objects[table[name][1]][1] if name in table and table[name][0] == FOLDER else b''
                table[name] = (FOLDER, self._put(parse_tree(old), below))
            elif below[0][1] is None:
                table.pop(name, None)
            else:
                table[name] = (FILE, self.blob(below[0][1]))
        return self.tree(sort_tree((mode, name, oid) for name, (mode, oid) in table.items()))

    def commit(self, tree=None, files=None, parents=None, **words):
        """An entry upon the head, sealed. files: what the digest tells of, path -> bytes or None."""
        files = files or {}
        tree = tree if tree is not None else self.with_files(files)
        people = {'author': b'Kim Head <MGK-PER-2026-00001@naru> %d +0900' % SECONDS,
                  'committer': b'Magok TTO <office@naru> %d +0900' % SECONDS}
        people.update({key: words[key] for key in people if key in words})
        seq = words.get('seq', self.seq + 1)
        message = words.get('subject', b'office: edit') + b'\n\n' + words.get('reason', b'') + b'Naru-Seq: %d\n' % seq
        message += words.get('trailers', b'Naru-Action: edit\n')
        stream = self._stream(seq, people, message, files)
        chain = digest(words.get('chain', self.chain) + digest(stream))
        message += b'Naru-Entry: %s\nNaru-Chain: %s\n' % (digest(stream).hex().encode(), chain.hex().encode())
        parents = [self.head] if parents is None else parents
        head = b'tree %s\n' % tree.encode() + b''.join(b'parent %s\n' % parent.encode() for parent in parents)
        head += b'author %s\ncommitter %s\n' % (people['author'], people['committer'])
        self.head = self.add('commit', head + words.get('headers', b'') + b'\n' + message + words.get('tail', b''))
        self.seq, self.chain = seq, chain
        return self.head

    @staticmethod
    def _stream(seq, people, message, files):
        out = b'naru-entry 1\nseq %d\n' % seq
        parts = {key: text.rsplit(b' ', 2) for key, text in people.items()}
        for label, key in ((b'authored', 'author'), (b'committed', 'committer')):
            out += label + b' ' + b' '.join(parts[key][1:]) + b'\n'
        for key in ('author', 'committer'):
            out += key.encode() + b' ' + parts[key][0] + b'\n'
        out += b'message %d\n' % len(message) + message
        for path in sorted(files):
            data = files[path]
            out += b'gone ' if data is None else b'file %d %s ' % (len(data), digest(data).hex().encode())
            out += path + b'\n'
        return out


def loose_path(path, oid):
    return os.path.join(path, 'objects', oid[:2], oid[2:])


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.remove(path)
    with open(path, 'wb') as file:
        file.write(data)


def write_repository(history, path):
    """A bare repository with all objects in one pack."""
    for folder in ('objects/info', 'objects/pack', 'refs/heads', 'refs/tags'):
        os.makedirs(os.path.join(path, folder))
    write(os.path.join(path, 'HEAD'), b'ref: refs/heads/main\n')
    write(os.path.join(path, 'config'), b'[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
    write(os.path.join(path, 'refs/heads/main'), history.head.encode() + b'\n')
    write_pack(path, format_pack(list(history.objects.values())))


def pack_size(kind, size):
    """The head of an object in a pack: its kind and size."""
    byte, size, out = kind << 4 | size & 15, size >> 4, b''
    while size:
        out += bytes([byte | 0x80])
        byte, size = size & 0x7f, size >> 7
    return out + bytes([byte])


def pack_object(kind, data, claimed=None):
    return pack_size(KINDS[kind], len(data) if claimed is None else claimed) + zlib.compress(data, 1)


def ref_delta(base, delta, claimed=None):
    return pack_size(7, len(delta) if claimed is None else claimed) + bytes.fromhex(base) + zlib.compress(delta, 1)


def ofs_delta(distance, delta):
    out, distance = bytes([distance & 0x7f]), distance >> 7
    while distance:
        distance -= 1
        out = bytes([0x80 | distance & 0x7f]) + out
        distance >>= 7
    return pack_size(6, len(delta)) + out + zlib.compress(delta, 1)


def delta_size(size):
    out = b''
    while size > 0x7f:
        out += bytes([size & 0x7f | 0x80])
        size >>= 7
    return out + bytes([size])


def format_pack(objects, count=None, raw=()):
    """objects: (kind, bytes); raw: entries as they stand in the file."""
    body = b'PACK' + struct.pack('>II', 2, len(objects) + len(raw) if count is None else count)
    body += b''.join(pack_object(kind, data) for kind, data in objects) + b''.join(raw)
    return body + hashlib.sha1(body).digest()


def write_pack(path, pack, index=True):
    """A pack with the index that git makes of it; without one where git refuses it."""
    name = os.path.join(path, 'objects', 'pack', 'pack-' + pack[-20:].hex())
    write(name + '.pack', pack)
    if index:
        subprocess.run(['git', 'index-pack', name + '.pack'], check=True, capture_output=True)
    return name


def format_index(pack, entries):
    """An index of version 2 that says what one likes: entries are (oid, offset)."""
    entries = sorted(entries)
    fan = b''.join(struct.pack('>I', sum(int(oid[:2], 16) <= i for oid, _ in entries)) for i in range(256))
    body = b'\xfftOc' + struct.pack('>I', 2) + fan + b''.join(bytes.fromhex(oid) for oid, _ in entries)
    body += b'\0\0\0\0' * len(entries) + b''.join(struct.pack('>I', offset) for _, offset in entries) + pack[-20:]
    return body + hashlib.sha1(body).digest()


def format_bundle(history, refs=None, pack=None, head=b'# v2 git bundle\n', extra=b''):
    refs = [(history.head, 'refs/heads/main')] if refs is None else refs
    lines = b''.join(f'{oid} {name}\n'.encode() for oid, name in refs)
    pack = format_pack(list(history.objects.values())) if pack is None else pack
    return head + extra + lines + b'\n' + pack
