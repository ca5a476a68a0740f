#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Judges an office from the outside: does the store say what the history says, and is the history whole?

usage: checker.py OFFICE [ACKS.json]

Shares no code with Naru: it reads the history with git's plumbing and the store with mdb_dump, and computes every id
and digest again. ACKS.json is a list of acknowledged changes: {"action", "record", "text", "count"}; what is left out
is not asked for. Prints one line a problem; ends with 0 when there is none."""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

ZERO = bytes(32)
GIT_ENV = {**os.environ, 'GIT_CONFIG_NOSYSTEM': '1', 'GIT_CONFIG_GLOBAL': '/dev/null', 'LC_ALL': 'C.UTF-8'}
TIMEOUT = 120
OWN_DECISIONS = ('approve', 'reject', 'waive')  # signed with the key of a person who has one
SAID = ('person-key', 'refuse')  # what is said of a record without a change of it
PERSON = re.compile(rb'^(.*?) <([^<>\n]*)> (\d+) ([+-]\d{4})$')


class Commit:
    """One commit, taken apart."""

    def __init__(self, oid, content):
        head, _, self.message = content.partition(b'\n\n')
        head, _, self.signature = head.partition(b'\ngpgsig ')
        self.oid, self.parents, self.seq = oid, [], 0
        for line in head.split(b'\n'):
            key, _, value = line.partition(b' ')
            if key == b'tree':
                self.tree = value.decode()
            elif key == b'parent':
                self.parents.append(value.decode())
            elif key in (b'author', b'committer'):
                setattr(self, key.decode(), PERSON.match(value).groups())
        self.trailers = {}
        for line in self.message.rstrip(b'\n').split(b'\n\n')[-1].split(b'\n'):
            key, _, value = line.partition(b': ')
            self.trailers.setdefault(key.decode(), []).append(value.decode())

    def trailer(self, key):
        return self.trailers.get(key, [''])[0]


class Office:
    """All that is found; problems gather in a list of lines."""

    def __init__(self, folder):
        self.folder = folder
        self.git_dir = os.path.join(folder, 'audit.git')
        self.problems = []
        self.refs = {}
        self.commits = []
        self.objects = {}
        self.store = {}

    def complain(self, text):
        self.problems.append(text)

    def git(self, *words):
        done = subprocess.run(['git', '--git-dir', self.git_dir, *words], stdin=subprocess.DEVNULL, capture_output=True,
                              env=GIT_ENV, timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            self.complain(f'git {words[0]}: ' + done.stderr.decode(errors='replace').strip()[:300])
        return done


def check_files(office, durable):
    """No lock is left; and nothing temporary, once all is on disk."""
    for folder, _, files in os.walk(office.folder):
        inside = os.path.relpath(folder, office.folder)
        for name in files:
            temporary = durable and name.startswith(('tmp_', '.tmp'))
            # that of the branch goes with the next change, one of a seal or a mirror with the next checkpoint
            locked = name.endswith('.lock') and (durable or name == 'main.lock')
            if inside.startswith('audit.git') and (locked or temporary):
                office.complain(f'left over: {inside}/{name}')
    for name in os.listdir(office.folder):
        waits = not durable and name.startswith('.backup.new-')
        if name not in ('data.mdb', 'lock.mdb', 'publish.lock', 'audit.git', 'keys') and not waits:
            office.complain(f'left over: {name}')
    for name in os.listdir(os.path.join(office.folder, 'keys')) if durable else ():
        if name not in ('office', 'office.pub'):
            office.complain(f'left over: keys/{name}')


def read_objects(office):
    """Every object by its id; each id is computed again from the content."""
    stream = office.git('cat-file', '--batch', '--batch-all-objects', '--unordered').stdout
    at = 0
    while at < len(stream):
        end = stream.index(b'\n', at)
        oid, kind, size = stream[at:end].decode().split(' ')
        content = stream[end + 1:end + 1 + int(size)]
        at = end + 2 + int(size)
        if hashlib.sha1(f'{kind} {size}\0'.encode() + content).hexdigest() != oid:
            office.complain(f'object {oid} has another content')
        office.objects[oid] = (kind, content)


def get_object(office, oid, kind):
    found = office.objects.get(oid)
    if found is None or found[0] != kind:
        office.complain(f'{kind} {oid} is missing')
        return b''
    return found[1]


def read_tree(office, oid):
    """name -> (mode, oid) of one tree"""
    content, at, entries = get_object(office, oid, 'tree'), 0, {}
    while at < len(content):
        space = content.index(b' ', at)
        nul = content.index(b'\0', space)
        entries[content[space + 1:nul]] = (content[at:space], content[nul + 1:nul + 21].hex())
        at = nul + 21
    return entries


def walk_tree(office, oid, prefix=b''):
    """Yields (path, oid, is a folder) of everything below."""
    for name, (mode, child) in read_tree(office, oid).items():
        yield prefix + name, child, mode == b'40000'
        if mode == b'40000':
            yield from walk_tree(office, child, prefix + name + b'/')


def diff_trees(office, old, new, prefix=b''):
    """Yields (path, new blob id or None) of files that differ; None stands for an empty tree."""
    if old == new:
        return
    before = read_tree(office, old) if old else {}
    after = read_tree(office, new) if new else {}
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        old_tree = was[1] if was and was[0] == b'40000' else None
        new_tree = now[1] if now and now[0] == b'40000' else None
        if old_tree or new_tree:
            yield from diff_trees(office, old_tree, new_tree, prefix + name + b'/')
        if now and not new_tree:
            yield prefix + name, now[1]
        elif was and not old_tree and not new_tree:
            yield prefix + name, None


def read_commits(office):
    """The branch from its root on: one line of commits, and no other branch; the other refs are for check_refs()."""
    lines = office.git('for-each-ref', '--format=%(refname) %(objectname)').stdout.decode().split('\n')[:-1]
    office.refs = dict(line.split(' ') for line in lines)
    if [name for name in office.refs if name.startswith('refs/heads/')] != ['refs/heads/main']:
        office.complain(f'the refs are {lines}')
        return
    oid = office.refs['refs/heads/main']
    while oid is not None:
        commit = Commit(oid, get_object(office, oid, 'commit'))
        office.commits.append(commit)
        if len(commit.parents) > 1:
            office.complain(f'commit {oid} has {len(commit.parents)} parents')
        oid = commit.parents[0] if commit.parents and office.objects.get(commit.parents[0]) else None
    office.commits.reverse()
    if office.commits[0].parents:
        office.complain('the first commit has a parent that is missing')


def entry_digest(commit, files):
    """The digest of an entry, from the commit alone; the text is told at naru_entry_seal()."""
    body = commit.message[:commit.message.rindex(b'Naru-Entry: ')]
    lines = [b'naru-entry 1', b'seq %d' % commit.seq]
    for label, person in ((b'authored', commit.author), (b'committed', commit.committer)):
        lines.append(b'%s %s %s' % (label, person[2], person[3]))
    for label, person in ((b'author', commit.author), (b'committer', commit.committer)):
        lines.append(b'%s %s <%s>' % (label, person[0], person[1]))
    stream = b'\n'.join(lines) + b'\nmessage %d\n' % len(body) + body
    for path, content in files:
        if content is None:
            stream += b'gone %s\n' % path
        else:
            digest = hashlib.blake2b(content, digest_size=32).hexdigest().encode()
            stream += b'file %d %s %s\n' % (len(content), digest, path)
    return hashlib.blake2b(stream, digest_size=32).digest()


def check_commits(office):
    """Numbers 1..N once each in order, times that never go back, digests that can be found again."""
    chain, parent, last = ZERO, None, 0
    for number, commit in enumerate(office.commits, 1):
        seqs = commit.trailers.get('Naru-Seq', [])
        commit.seq = int(seqs[0]) if len(seqs) == 1 and seqs[0].isdigit() else 0
        if commit.seq != number:
            office.complain(f'commit {commit.oid} is entry {seqs}, not {number}')
        if int(commit.committer[2]) < last:
            office.complain(f'entry {number} was committed before the one before it')
        last = int(commit.committer[2])
        changed = sorted(diff_trees(office, parent.tree if parent else None, commit.tree))
        commit.files = [(path, get_object(office, oid, 'blob') if oid else None) for path, oid in changed]
        digest = entry_digest(commit, commit.files)
        chain = hashlib.blake2b(chain + digest, digest_size=32).digest()
        if commit.trailer('Naru-Entry') != digest.hex():
            office.complain(f'entry {number}: its digest is another')
        if commit.trailer('Naru-Chain') != chain.hex():
            office.complain(f'entry {number}: its chain digest is another')
        parent = commit
    office.chain = chain


class Signer:
    """A line of keys/allowed_signers."""

    def __init__(self, line):
        self.principal, options, kind, self.key = line.split(b' ')
        if not options.startswith(b'namespaces="git",valid-after="') or kind != b'ssh-ed25519':
            raise ValueError(f'not a line of a signer: {line!r}')
        self.ended, self.is_office = b',valid-before="' in options, self.principal.startswith(b'office@')


def read_head_file(office, commit, *path):
    """A file of a commit's tree; empty where it is not there"""
    oid = commit.tree
    for name in path[:-1]:
        oid = read_tree(office, oid).get(name, (None, None))[1]
        if oid is None:
            return b''
    file = read_tree(office, oid).get(path[-1])
    return get_object(office, file[1], 'blob') if file else b''


def read_signers(office, commit):
    """The lines of keys/allowed_signers that stand in a commit's tree"""
    text = read_head_file(office, commit, b'keys', b'allowed_signers')
    return [Signer(line) for line in text.split(b'\n') if line and not line.startswith(b'#')]


def in_force(signers, principal=None):
    """The keys in force of the office, or of a person; each has one at most"""
    return [signer.key for signer in signers if not signer.ended and
            (signer.is_office if principal is None else signer.principal == principal)]


def find_wanted(commit, before, after):
    """The keys by one of which an entry may be signed: that of its author for what they decide themselves, else that
    of the office as the entry before it names it; its first key signs itself, and so may one in place of a lost one."""
    own = in_force(before, commit.author[1]) if commit.trailer('Naru-Action') in OWN_DECISIONS else []
    if own:
        return own
    if in_force(before) and commit.trailer('Naru-Action') != 'revoke-key':
        return in_force(before)
    return in_force(before) + in_force(after)


def find_signer(signature):
    """The public key that a signature names, and whether it is one for git."""
    lines = signature.replace(b'\n ', b'\n').strip(b'\n').split(b'\n')
    if lines[0] != b'-----BEGIN SSH SIGNATURE-----' or lines[-1] != b'-----END SSH SIGNATURE-----':
        return b''
    data = base64.b64decode(b''.join(lines[1:-1]), validate=True)
    size = int.from_bytes(data[10:14], 'big')
    good = data[:10] == b'SSHSIG\0\0\0\1' and data[14 + size:14 + size + 7] == b'\0\0\0\3git'
    return base64.b64encode(data[14:14 + size]) if good else b''


def verify(office, signers, *words):
    """Lets git verify a signature by the list of the head."""
    path = os.path.join(tempfile.gettempdir(), f'signers-{os.getpid()}')
    with open(path, 'wb') as file:
        file.write(signers)
    office.git('-c', f'gpg.ssh.allowedSignersFile={path}', *words)
    os.unlink(path)


def check_signatures(office):
    """Every commit names the key that was in force before it, and an office that has a key goes on to sign. Of all
    the signatures git itself verifies the last of the office and the last of a person; tests/cli/test-keys.sh lets it
    verify each."""
    before, last = [], {}
    for number, commit in enumerate(office.commits, 1):
        signers = read_signers(office, commit)
        wanted, found = find_wanted(commit, before, signers), find_signer(commit.signature)
        if (commit.signature or wanted) and found not in wanted:
            office.complain(f'entry {number} is not signed with the key in force')
        principals = {signer.principal for signer in signers if not signer.is_office}
        if any(len(in_force(signers, principal)) > 1 for principal in (None, *principals)) or \
                len(signers) < len(before) or len({signer.key for signer in signers}) < len(signers):
            office.complain(f'entry {number}: the list of keys is wrong')
        before = signers
        last[found in in_force(signers)] = commit.oid
    text = read_head_file(office, office.commits[-1], b'keys', b'allowed_signers')
    if before:
        for oid in last.values():
            verify(office, text, 'verify-commit', oid)


def check_meta(office):
    """What the store says of keys and mirrors is what stands at the head."""
    for row, path in ((b'signers', (b'keys', b'allowed_signers')), (b'revoked-signers', (b'keys', b'revoked_signers'))):
        said = read_checked(office, 'meta', row) if row in office.store.get('meta', {}) else b''
        if said != read_head_file(office, office.commits[-1], *path):
            office.complain(f'the row {row.decode()} is not what the history has')
    config = json.loads(read_head_file(office, office.commits[-1], b'office.json'))
    if json.loads(read_checked(office, 'meta', b'office')) != config:
        office.complain('the row office is not what the history has')
    for name, remote in config.get('remotes', {}).items():
        if list(remote) != ['url'] or not remote['url']:
            office.complain(f'the mirror {name} has no address')


def take_string(data, at):
    size = int.from_bytes(data[at:at + 4], 'big')
    if at + 4 + size > len(data):
        raise ValueError('a key file that is cut off')
    return data[at + 4:at + 4 + size], at + 4 + size


def check_key_file(office):
    """The file of the office's key is whole, locked or not, and it is the key in force."""
    path = os.path.join(office.folder, 'keys', 'office')
    wanted = in_force(read_signers(office, office.commits[-1]))
    if not os.path.exists(path):  # after a restore
        return
    with open(path, 'rb') as file:
        lines = file.read().split(b'\n')
    with open(path + '.pub', 'rb') as file:
        public = file.read().split(b' ')[1].strip()
    if lines[0] != b'-----BEGIN OPENSSH PRIVATE KEY-----' or lines[-2:] != [b'-----END OPENSSH PRIVATE KEY-----', b'']:
        office.complain('keys/office is no private key')
        return
    data = base64.b64decode(b''.join(lines[1:-2]), validate=True)
    cipher, at = take_string(data, len(b'openssh-key-v1\0'))
    derivation, at = take_string(data, at)
    _, at = take_string(data, at)
    blob, at = take_string(data, at + 4)
    secret, at = take_string(data, at)
    if at != len(data) or len(secret) < 128 or (cipher == b'none') != (derivation == b'none'):
        office.complain('keys/office is damaged')
    if [base64.b64encode(blob)] != wanted or public not in wanted:
        office.complain('keys/office is not the key in force')
    if os.stat(path).st_mode & 0o77:
        office.complain('keys/office is open to others')


def check_refs(office):
    """Seals are signed tags of commits of this history, by the key of the office in force there, and say what those say;
    a time stamp names the seal's digest; a mirror stands at a commit of ours. There is nothing else but the branch."""
    commits = {commit.oid: commit for commit in office.commits}
    refs = office.refs
    head = read_head_file(office, office.commits[-1], b'keys', b'allowed_signers')
    for name, oid in refs.items():
        if name.startswith('refs/tags/seal-'):
            check_seal(office, name[len('refs/tags/'):], get_object(office, oid, 'tag'), commits, refs)
            verify(office, head, 'verify-tag', oid)
        elif name.startswith('refs/naru/timestamps/seal-'):
            sealed = get_object(office, refs.get('refs/tags/' + name[len('refs/naru/timestamps/'):], ''), 'tag')
            if hashlib.sha256(sealed).digest() not in get_object(office, oid, 'blob'):
                office.complain(f'{name} stamps something else')
        elif name.startswith('refs/naru/mirrors/') and oid not in commits:
            office.complain(f'{name} is no commit of this history')
        elif name != 'refs/heads/main' and not name.startswith('refs/naru/mirrors/'):
            office.complain(f'an unknown ref: {name}')


def check_seal(office, name, content, commits, refs):
    at = content.rfind(b'-----BEGIN SSH SIGNATURE-----')
    text, signature = content[:at].decode(), content[at:]
    head, _, message = text.partition('\n\n')
    lines = head.split('\n')
    commit = commits.get(lines[0][len('object '):])
    said = dict(line.split(': ', 1) for line in message.rstrip('\n').split('\n\n')[-1].split('\n'))
    if commit is None or lines[1:3] != ['type commit', f'tag {name}'] or not lines[3].startswith('tagger '):
        office.complain(f'{name} is no seal of this history')
        return
    if (said.get('Naru-Seq'), said.get('Naru-Chain'), said.get('Naru-Head')) != (
            str(commit.seq), commit.trailer('Naru-Chain'), commit.oid):
        office.complain(f'{name} contradicts the commit that it names')
    if find_signer(signature) not in in_force(read_signers(office, commit)):
        office.complain(f'{name} is not signed with the key in force')
    previous = said.get('Naru-Previous', '').split(' ')
    if previous != [''] and refs.get('refs/tags/' + previous[0]) != previous[-1]:
        office.complain(f'{name} names a seal before it that is not there')


def read_store(office):
    """table -> {key: value}, from the text that mdb_dump makes"""
    done = subprocess.run(['mdb_dump', '-a', office.folder], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=TIMEOUT, check=False)
    if done.returncode != 0:
        office.complain(f'mdb_dump: {done.stderr.strip()}')
    table, key = None, None
    for line in done.stdout.split('\n'):
        if line.startswith('database='):
            table = office.store.setdefault(line[len('database='):], {})
        elif line.startswith(' '):
            if key is None:
                key = bytes.fromhex(line[1:])
            else:
                table[key] = bytes.fromhex(line[1:])
                key = None


def record_path(kind, name):
    """records/<type>/<year>/<NN>/<NN>/<id>.json, by the number's ten thousands and its hundreds"""
    year, number = name.split('-')[-2:]
    return f'records/{kind}/{year}/{int(number) // 10000:02d}/{int(number) // 100 % 100:02d}/{name}.json'.encode()


def check_records(office, tree):
    """What stands in the store is what stands at the head, record by record and folder by folder."""
    blobs = {path: oid for path, oid, is_folder in tree if not is_folder and path.startswith(b'records/')}
    for key, row in office.store.get('records', {}).items():
        kind, name = key.decode().split('\0')
        path, oid = record_path(kind, name), row[:20].hex()
        if hashlib.sha1(b'blob %d\0' % len(row[20:]) + row[20:]).hexdigest() != oid:
            office.complain(f'{name}: its row is damaged')
        if blobs.pop(path, None) != oid:
            office.complain(f'{name}: the history has another content or none')
    for path in blobs:
        office.complain(f'{path.decode()}: the store has no such record')
    if office.store.get('cards', {}).keys() != office.store.get('records', {}).keys():
        office.complain('the cards are not those of the records')
    folders = {path: oid for path, oid, is_folder in tree if is_folder}
    folders[b''] = office.commits[-1].tree
    for path, row in office.store.get('trees', {}).items():  # each path begins with a slash
        if hashlib.blake2b(row[8:], digest_size=32).digest()[:8] != row[:8]:
            office.complain(f'folder {path}: its row is damaged')
        if hashlib.sha1(b'tree %d\0' % len(row[8:]) + row[8:]).hexdigest() != folders.pop(path[1:], None):
            office.complain(f'folder {path}: the history has another content or none')
    for path in folders:
        office.complain(f'folder {path}: the store does not have it')


def check_events(office):
    """Each event of a record belongs to an entry that changed it, or that says something of it alone; and each such
    entry is an event."""
    seen = set()
    for key in office.store.get('history', {}):
        kind, name, seq = key[:-8].split(b'\0')[0], key[:-8].split(b'\0')[1], int.from_bytes(key[-8:], 'big')
        seen.add((record_path(kind.decode(), name.decode()), seq))
    made = {(path, commit.seq) for commit in office.commits for path, _ in commit.files
            if path.startswith(b'records/')}
    for commit in office.commits:
        if commit.trailer('Naru-Action') in SAID:
            made.add((record_path(commit.message.split(b' ', 1)[0].decode(), commit.trailer('Naru-Record')), commit.seq))
    for path, seq in sorted(made - seen):
        office.complain(f'entry {seq} changed {path.decode()}, but the history table does not know')
    for path, seq in sorted(seen - made):
        office.complain(f'the history table tells of entry {seq} for {path.decode()}, which did not change it')


def read_checked(office, table, key):
    """A row without the eight bytes of BLAKE2b before it."""
    row = office.store.get(table, {}).get(key, b'')
    if hashlib.blake2b(row[8:], digest_size=32).digest()[:8] != row[:8]:
        office.complain(f'{table}: the row {key} is damaged or missing')
    return row[8:]


def check_counters(office):
    highest = {}
    for key in office.store.get('records', {}):
        kind, name = key.decode().split('\0')
        parts = name.split('-')
        counter = f'{kind}/{parts[0]}/{parts[-2]}'.encode()
        highest[counter] = max(highest.get(counter, 0), int(parts[-1]))
    for counter, number in highest.items():
        if int.from_bytes(read_checked(office, 'counters', counter), 'little') < number:
            office.complain(f'counter {counter.decode()} is below {number}: an id would be given twice')


def check_progress(office, durable):
    """How far the store thinks the history is, and that nothing waits."""
    commits = {int.from_bytes(key, 'big'): row.hex() for key, row in office.store.get('commits', {}).items()}
    if commits != {commit.seq: commit.oid for commit in office.commits}:
        office.complain('the table of commits is not what the history has')
    row = read_checked(office, 'meta', b'\1head')
    last = office.commits[-1]
    if len(row) != 96 or int.from_bytes(row[:8], 'little') != last.seq or row[8:28].hex() != last.oid or \
            row[28:60] != office.chain:
        office.complain('the store stands at another entry than the history')
    elif durable and (row[60:68] != row[:8] or row[68:88] != row[8:28]):
        office.complain('not all of the history is known to be on disk')
    if durable and office.store.get('journal'):
        office.complain(f"{len(office.store['journal'])} entries wait in the journal")


def count_matches(office, ack):
    n = 0
    for commit in office.commits:
        if 'action' in ack and commit.trailer('Naru-Action') != ack['action']:
            continue
        if 'record' in ack and commit.trailer('Naru-Record') != ack['record']:
            continue
        if 'text' in ack and not any(ack['text'].encode() in (content or b'') for _, content in commit.files):
            continue
        n += 1
    return n


def check(folder, acks=(), durable=True, with_store=True):
    """Everything above, on one office; the returned Office has the list of problems. Without the store: the history
    alone."""
    office = Office(folder)
    try:
        check_files(office, durable)
        fsck = office.git('fsck', '--strict', '--full', '--no-dangling', '--no-progress')
        if (fsck.stdout + fsck.stderr).strip() and fsck.returncode == 0:
            office.complain('git fsck: ' + (fsck.stdout + fsck.stderr).decode(errors='replace').strip()[:300])
        read_objects(office)
        read_commits(office)
        if with_store:
            read_store(office)
        if office.commits:
            check_commits(office)
            check_signatures(office)
            check_refs(office)
            if durable:
                check_key_file(office)
        if office.commits and with_store:
            check_meta(office)
            check_records(office, list(walk_tree(office, office.commits[-1].tree)))
            check_events(office)
            check_counters(office)
            check_progress(office, durable)
    except (ValueError, AttributeError, OSError, IndexError, subprocess.TimeoutExpired, KeyError) as error:
        office.complain(f'the checker gave up: {type(error).__name__}: {error}')
    for ack in acks:
        found = count_matches(office, ack) if not office.problems else ack.get('count', 1)
        if found != ack.get('count', 1):
            office.complain(f"acknowledged: {ack}; found {found} times")
    return office


def main():
    acks = []
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding='utf-8') as file:
            acks = json.load(file)
    office = check(sys.argv[1], acks)
    for problem in office.problems:
        print(problem)
    if office.commits:
        print(f'{len(office.commits)} entries, head {office.commits[-1].oid}', file=sys.stderr)
    return 1 if office.problems or not office.commits else 0


if __name__ == '__main__':
    sys.exit(main())
