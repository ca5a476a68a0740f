# SPDX-License-Identifier: LGPL-2.1-or-later
"""Looks at a dossier with nothing but stock git: is every object listed and the same as in the office's history, are all
commits there but those that hold words of a person about another record, and is there no word of another record?

usage: dossier.py HISTORY DOSSIER ID [--own-commits]; prints what is wrong, ends with 1 then"""

import json
import re
import subprocess
import sys
from pathlib import Path

# shorter ones come up by chance in ids and signatures
MIN_BYTES = 7
MIN_BYTES_OF_BASE64 = 10
REASON = re.compile(rb'\n\nReason: (.*?)\n\n', re.S)


def git(folder, *words):
    return subprocess.run(['git', '-C', str(folder), *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout


def read_objects(folder):
    """id -> (kind, content) of every object that the repository holds itself"""
    data = git(folder, 'cat-file', '--batch', '--batch-all-objects', '--unordered')
    objects = {}
    at = 0
    while at < len(data):
        end = data.index(b'\n', at)
        oid, kind, size = data[at:end].decode().split()
        objects[oid] = (kind, data[end + 1:end + 1 + int(size)])
        at = end + 2 + int(size)
    return objects


def list_paths(history):
    """id -> the paths at which a blob ever stood"""
    paths = {}
    for line in git(history, 'log', '--raw', '--no-renames', '--no-abbrev', '--root', '--format=', 'main').decode().splitlines():
        fields, path = line.split('\t')
        paths.setdefault(fields.split(' ')[3], set()).add(path)
    return paths


def collect(value, texts):
    if isinstance(value, str):
        texts.add(value)
    elif isinstance(value, dict):
        for member in value.values():
            collect(member, texts)
    elif isinstance(value, list):
        for member in value:
            collect(member, texts)


def is_long_enough(text):
    size = len(text.encode())
    return size >= (MIN_BYTES_OF_BASE64 if re.fullmatch(r'[A-Za-z0-9+/]*', text) else MIN_BYTES)


class Check:
    def __init__(self, history, dossier, record, own_commits):
        self.dossier = Path(dossier)
        self.record = record
        self.own_commits = own_commits
        self.history = read_objects(history)
        self.paths = list_paths(history)
        self.held = read_objects(dossier)
        self.problems = []

    def is_own(self, path):
        return not path.startswith(('records/', 'documents/')) or path.endswith(f'/{self.record}.json')

    def split(self):
        """The texts of the record and of the office, which may be there; and those of other records, which may not"""
        own, other = [], set()
        self.digests = set()
        for oid, paths in self.paths.items():
            if any(self.is_own(path) for path in paths) and oid in self.history:
                own.append(self.history[oid][1])
        whole = b'\n'.join(own)
        self.digests = {text for text in re.findall(rb'[0-9a-f]{64}', whole)}
        for oid, paths in self.paths.items():
            if oid not in self.history or any(self.is_own(path) for path in paths):
                continue
            content = self.history[oid][1]
            if next(iter(paths)).startswith('records/'):
                collect(json.loads(content), other)
            elif not any(path.split('/')[-1].encode() in self.digests for path in paths):
                other.add(content.decode('utf-8', 'replace'))
        return whole, other

    def is_about_record(self, message):
        return f'\nNaru-Record: {self.record}\n'.encode() in message

    def search(self):
        whole, other = self.split()
        commits = {oid: content for oid, (kind, content) in self.history.items() if kind == 'commit'}
        authors = {re.search(rb'\nauthor (.*) <', content).group(1).decode() for content in commits.values()}
        messages = b'\n'.join(content for content in commits.values()
                              if self.is_about_record(content) or b'\nNaru-Record: ' not in content)
        for content in commits.values():
            reason = REASON.search(content)
            if reason is not None and not self.is_about_record(content) and b'\nNaru-Record: ' in content:
                other.add(reason.group(1).decode())
        allowed = whole + messages
        forbidden = [text for text in other
                     if is_long_enough(text) and text not in authors and text.encode() not in allowed
                     and not re.fullmatch(r'[A-Z]+(-[A-Z]+)?-\d{4}-\d{5,}|[0-9a-f]{40}|[0-9a-f]{64}', text)
                     and not re.fullmatch(r'[a-z][a-z0-9_-]*|\d{4}-\d{2}-\d{2}.*', text)]
        places = {oid: content for oid, (_, content) in self.held.items()}
        for file in self.dossier.rglob('*'):
            if file.is_file():
                places[str(file)] = file.read_bytes()
        everything = b'\0'.join(places.values())
        for text in forbidden:
            encoded = text.encode()
            if encoded in everything or json.dumps(text)[1:-1].encode() in everything:
                where = [name for name, content in places.items() if encoded in content]
                self.problems.append(f'“{text[:60]}” of another record stands in {where[:3]}')
        return len(forbidden)

    def compare(self):
        for oid, found in self.held.items():
            if self.history.get(oid) != found:
                self.problems.append(f'{oid} is not an object of the history, or differs')
        listed = {}
        for line in (self.dossier / 'objects.txt').read_text().splitlines():
            oid, kind, size, _ = line.split(' ', 3)
            if oid in listed:
                self.problems.append(f'{oid} is listed twice')
            listed[oid] = (kind, int(size))
        if listed != {oid: (kind, len(content)) for oid, (kind, content) in self.held.items()}:
            self.problems.append('objects.txt is not the list of the objects')
        for oid, (kind, content) in self.held.items():
            if kind == 'blob' and not any(self.is_own(path) or path.split('/')[-1].encode() in self.digests
                                          for path in self.paths[oid]):
                self.problems.append(f'{oid} is a file of another record')

    def count_commits(self):
        """Every commit is there, unless it is another record's and says why"""
        absent = 0
        for oid, (kind, content) in self.history.items():
            if kind != 'commit' or oid in self.held:
                continue
            absent += 1
            if self.is_about_record(content):
                self.problems.append(f'the commit {oid} of the record is missing')
            elif not self.own_commits and REASON.search(content) is None and b'\nNaru-Record: ' in content:
                subject = content.split(b'\n\n', 1)[1].split(b'\n', 1)[0].decode()
                self.problems.append(f'the commit {oid} is held back and has no reason: {subject}')
        return absent

    def run(self):
        forbidden = self.search()
        self.compare()
        absent = self.count_commits()
        chain = (self.dossier / 'chain.txt').read_text().splitlines()
        if len(chain) != absent:
            self.problems.append(f'chain.txt has {len(chain)} lines, but {absent} commits are absent')
        return forbidden, absent


def main():
    words = [word for word in sys.argv[1:] if not word.startswith('--')]
    check = Check(*words, '--own-commits' in sys.argv)
    forbidden, absent = check.run()
    print(f'{len(check.held)} objects, {forbidden} texts of other records searched, {absent} commits absent')
    for problem in check.problems[:20]:
        print(problem)
    return 1 if check.problems or forbidden == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
