#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The house rules of Naru, one TAP test each: rooms and includes, sizes, banned calls, errors, labels, translations.

usage: naru-lint.py --source FOLDER [--library libnaru-1.so]… [CHECK…]"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import csource

MAX_FILE = 600
MAX_FUNCTION = 100
NOTE_FUNCTION = 60

# room -> rooms whose headers it may include; the same table stands in share/doc/ARCHITECTURE.md
ROOMS = {
    'base': {'base'},
    'record': {'base', 'record'},
    'store': {'base', 'record', 'store'},
    'audit': {'base', 'record', 'audit'},
    'rules': {'base', 'record', 'rules'},
    'office': {'base', 'record', 'store', 'audit', 'rules', 'office'},
    'cli': {'base', 'record', 'rules', 'office', 'cli'},
    'web': {'base', 'record', 'rules', 'office', 'web'},
}
# header of another library -> rooms that may include it; 'plugins' is the code of plugins
LIBRARIES = {
    r'lmdb\.h': {'store'},
    r'git2(/.*)?\.h': {'audit'},
    r'libpeas/.*': {'rules', 'plugins'},
    r'seccomp\.h': {'rules'},
    r'girepository\.h': {'rules'},
    r'jansson\.h': {'base', 'record'},
    r'microhttpd\.h': {'web'},
    r'zlib\.h': {'audit', 'office'},
    r'csv\.h': {'office'},
    r'sodium(/.*)?\.h': {'base', 'audit'},
}
# what the code of a plugin may include beside its own headers
PLUGIN_HEADERS = r'naru-plugin\.h|libpeas/.*|(assert|ctype|errno|inttypes|limits|stdbool|stddef|stdint|stdlib|string)\.h'
TOP = {'core', 'plugins', 'schemas', 'share', 'tests', 'meson.build', 'meson_options.txt', 'COPYING', 'README.md'}
SOURCES = ('.c', '.h', '.py', '.sh', '.js', '.build')
BANNED = {
    'strcpy', 'strcat', 'stpcpy', 'strncpy', 'strncat', 'sprintf', 'vsprintf', 'gets', 'scanf', 'sscanf', 'strtok',
    'atoi', 'atol', 'atof', 'tmpnam', 'tempnam', 'mktemp', 'alloca', 'g_alloca', 'system', 'popen', 'asctime',
    'ctime', 'gmtime', 'localtime', 'setjmp', 'longjmp', 'g_strdup_vprintf_unchecked',
}
# what a test may do with text that it wrote itself
FINE_IN_TESTS = {'atoi', 'atol', 'system', 'sscanf'}
PRINTING = {'printf', 'vprintf', 'puts', 'putchar', 'perror', 'g_print', 'g_printerr', 'exit', '_exit', 'abort',
            'quick_exit'}
FORKED = {'core/audit/naru-source-child.c', 'core/audit/naru-program.c'} # in a child, which has no other way to end
WRITING = {'fprintf', 'vfprintf', 'fputs', 'fputc', 'putc', 'fwrite', 'write', 'dprintf'}
ERROR_CALLS = {'g_set_error', 'g_set_error_literal', 'g_error_new', 'g_error_new_literal', 'g_error_new_valist'}


class Tree:
    """The files of the project, read once."""

    def __init__(self, root):
        self.root = root
        self.paths = []
        for folder, names, files in os.walk(root):
            inside = os.path.relpath(folder, root)
            names[:] = sorted(n for n in names if not self.skipped(inside, n))
            self.paths += [os.path.normpath(os.path.join(inside, f)) for f in sorted(files)
                           if not f.endswith(('.pyc', '~', '.swp')) and f != '.git']
        self.texts = {}
        self.rooms = {os.path.basename(p): p.split('/')[1] for p in self.paths
                      if p.startswith('core/') and p.endswith('.h') and p.count('/') == 2}

    @staticmethod
    def skipped(inside, name):
        if inside == '.':
            return name in ('.git', '.cache', '.vscode') or name.startswith('build')
        return name == '__pycache__'

    def text(self, path):
        if path not in self.texts:
            with open(os.path.join(self.root, path), 'rb') as stream:
                self.texts[path] = stream.read().decode('utf-8', 'replace')
        return self.texts[path]

    def code(self, path):
        return csource.strip(self.text(path))

    def under(self, folder, *endings):
        return [p for p in self.paths if p.startswith(folder + '/') and p.endswith(endings)]

    def c_files(self):
        return self.under('core', '.c', '.h') + self.under('plugins', '.c', '.h') + self.under('tests', '.c', '.h')


def room_of(path):
    parts = path.split('/')
    return parts[1] if parts[0] in ('core', 'tests') and len(parts) > 2 and parts[1] in ROOMS else None


def line_of(text, position):
    return text.count('\n', 0, position) + 1


# --- checks: each yields "path:line: words" for what is wrong; "note: …" only informs ---

def check_top(tree):
    """nothing else at the top of the tree"""
    for name in {p.split('/')[0] for p in tree.paths}:
        if name not in TOP and not name.startswith('.'):
            yield f'{name}: does not belong at the top of the tree'


def check_rooms(tree):
    """a room includes only itself and the rooms below it"""
    unknown = {p.split('/')[1] for p in tree.paths if p.startswith('core/') and p.count('/') > 1} - set(ROOMS)
    yield from (f'core/{name}: no such room' for name in unknown)
    for path in tree.c_files():
        room = room_of(path)
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', tree.text(path), re.MULTILINE):
            name = os.path.basename(match.group(1))
            where = f'{path}:{line_of(tree.text(path), match.start())}'
            target = tree.rooms.get(name)
            if path.startswith('core/') and '/' in match.group(1):
                yield f'{where}: includes by path; rooms are entered through their dependency object'
            if target is None or target == room:
                continue
            if name.endswith('-private.h') and not (path.startswith('tests/') and room is None):
                yield f'{where}: {name} is private to the room {target}'
            elif room is not None and target not in ROOMS[room]:
                yield f'{where}: the room {room} may not use {name} of the room {target}'


def check_libraries(tree):
    """each library is known to its own room alone"""
    for path in tree.under('core', '.c', '.h') + tree.under('plugins', '.c', '.h'):
        room = room_of(path) or path.split('/')[0]
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', tree.text(path), re.MULTILINE):
            for pattern, rooms in LIBRARIES.items():
                if re.fullmatch(pattern, match.group(1)) and room not in rooms:
                    yield f'{path}:{line_of(tree.text(path), match.start())}: {match.group(1)} belongs to {sorted(rooms)}'


def check_spdx(tree):
    """every source names its licence at its head"""
    named = [p for p in tree.paths if p.endswith(SOURCES) and not p.endswith('.build')]
    scripts = [p for p in tree.paths if tree.text(p).startswith('#!')]
    for path in sorted(set(named + scripts)):
        if not any('SPDX-License-Identifier: ' in line for line in tree.text(path).split('\n')[:2]):
            yield f'{path}:1: no SPDX-License-Identifier in the first two lines'


def check_files(tree):
    """no file over 600 lines"""
    for path in tree.paths:
        if path.endswith(SOURCES) or tree.text(path).startswith('#!'):
            lines = tree.text(path).count('\n')
            if lines > MAX_FILE:
                yield f'{path}: {lines} lines (at most {MAX_FILE})'


def check_functions(tree):
    """no function over 100 lines"""
    for path in tree.c_files():
        if not path.endswith('.c'):
            continue
        for name, first, last in csource.functions(tree.code(path)):
            lines = last - first + 1
            if lines > MAX_FUNCTION:
                yield f'{path}:{first}: {name} has {lines} lines (at most {MAX_FUNCTION})'
            elif lines > NOTE_FUNCTION:
                yield f'note: {path}:{first}: {name} has {lines} lines (better {NOTE_FUNCTION})'


def calls(code, names):
    pattern = r'(?<![\w.>])(' + '|'.join(sorted(names)) + r')\s*\('
    for match in re.finditer(pattern, code):
        yield match, line_of(code, match.start())


def check_banned(tree):
    """no goto and no call without bounds"""
    for path in tree.c_files():
        code = tree.code(path)
        for match in re.finditer(r'\bgoto\b', code):
            yield f'{path}:{line_of(code, match.start())}: goto'
        for match, line in calls(code, BANNED - FINE_IN_TESTS if path.startswith('tests/') else BANNED):
            yield f'{path}:{line}: {match.group(1)} is banned'


def check_errors(tree):
    """the library reports only through NaruError, never prints and never exits"""
    for path in tree.under('core', '.c', '.h'):
        code = tree.code(path)
        if path != 'core/base/naru-error.c':
            for match, line in calls(code, ERROR_CALLS):
                arguments = code[match.end():match.end() + 200]
                pattern = r'\s*error\s*,\s*NARU_ERROR\b' if 'set' in match.group(1) else r'\s*NARU_ERROR\b'
                if room_of(path) != 'cli' and not re.match(pattern, arguments):
                    yield f'{path}:{line}: {match.group(1)} with a foreign error domain; use naru_set_error'
        if room_of(path) not in ('cli', None):
            for match, line in calls(code, PRINTING - {'_exit'} if path in FORKED else PRINTING):
                yield f'{path}:{line}: {match.group(1)} belongs to a face'
            for match, line in calls(code, WRITING):
                if re.search(r'\b(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b', code[match.end():].split(';')[0]):
                    yield f'{path}:{line}: {match.group(1)} to the terminal belongs to a face'


def check_words(tree):
    """nothing left for later, no machine's path, no registry's host"""
    later = re.compile(r'\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|\bnot (yet )?implemente[d]\b|\bstub(bed)?\b(?!\()'.replace(
        r'\bstub', r'\bstu[b]'), re.IGNORECASE)
    machine = re.compile(r'(?<![\w.:/$}~-])/(wor[k]|far[m]|hom[e]|root/[.]pyenv)(/|\b)')
    host = re.compile(r'\b((deb|security|ftp|snapshot|archive)[.]debian[.]org|(pypi|crates)[.](org|io)|npmj[s][.](org|com))')
    for path in tree.paths:
        if path == 'COPYING' or path.startswith('tests/data/'):
            continue
        for number, line in enumerate(tree.text(path).split('\n'), 1):
            for pattern, words in ((later, 'left for later'), (machine, "a machine's path"), (host, "a registry's host")):
                match = pattern.search(line)
                if match is not None and not (pattern is later and path.endswith('.json')):
                    yield f'{path}:{number}: {words}: {match.group(0)}'


def check_text(tree):
    """UTF-8, no tabs or trailing blanks in sources, one newline at the end"""
    for path in tree.paths:
        if not (path.endswith(SOURCES + ('.json', '.md', '.po')) or tree.text(path).startswith('#!')):
            continue
        text = tree.text(path)
        if path.startswith('tests/data/') or not text:
            continue
        if '\ufffd' in text and path.endswith(('.json', '.md', '.po')):
            yield f'{path}: not UTF-8'
        if not text.endswith('\n') or text.endswith('\n\n'):
            yield f'{path}: wants exactly one newline at its end'
        for number, line in enumerate(text.split('\n'), 1):
            if line != line.rstrip():
                yield f'{path}:{number}: trailing blank'
            elif '\t' in line and path.endswith(('.c', '.h', '.py')):
                yield f'{path}:{number}: tab'


def public_functions(code):
    for match in re.finditer(r'\bNARU_EXTERN\b[^;{]*?(\w+)\s*\((?:\s*\w+\s*,\s*(\w+))?', code):
        if match.group(1).startswith('G_DECLARE_'):
            yield f'{match.group(2)}_get_type', line_of(code, match.start())
        elif not match.group(1).startswith('__'):
            yield match.group(1), line_of(code, match.start())


def check_docs(tree):
    """every public function is described where it is defined"""
    for room in ROOMS:
        described = set()
        for path in tree.under(f'core/{room}', '.c'):
            described |= set(re.findall(r'^/\*\*\n \* (\w+):', tree.text(path), re.MULTILINE))
        for path in tree.under(f'core/{room}', '.h'):
            for name, line in public_functions(tree.code(path)):
                if name not in described and not name.endswith(('_get_type', '_quark')):
                    yield f'{path}:{line}: {name} has no /** {name}: block in core/{room}'


def bilingual(value):
    return isinstance(value, dict) and all(isinstance(value.get(k), str) and value[k].strip() for k in ('en', 'ko'))


def load(tree, path):
    try:
        return json.loads(tree.text(path)), None
    except ValueError as problem:
        return None, f'{path}: {problem}'


def properties(schema, where):
    """Every property that a schema declares, but not those that its conditions only mention."""
    if not isinstance(schema, dict):
        return
    for name, sub in schema.get('properties', {}).items():
        yield f'{where}/{name}', sub
        yield from properties(sub, f'{where}/{name}')
    for word in ('items', 'additionalProperties'):
        yield from properties(schema.get(word), f'{where}/-')
    for name, sub in schema.get('$defs', {}).items():
        yield from properties(sub, f'{where}#{name}')


def unlabelled(schema):
    """Places of the properties and values of a schema that have no label in both languages."""
    for where, sub in properties(schema, ''):
        note = sub.get('x-naru') or {}
        if not bilingual(note.get('label')):
            yield f'{where} has no x-naru label in en and ko'
        yield from (f'{where}: the value {value} has no label in en and ko'
                    for value in sub.get('enum', []) if not bilingual(label_of(note, value)))


def label_of(note, value):
    words = (note.get('values') or {}).get(value)
    return words.get('label', words) if isinstance(words, dict) else words


def check_schemas(tree):
    """every field of every record type and rule pack has a label in English and Korean"""
    index, problem = load(tree, 'schemas/index.json') if 'schemas/index.json' in tree.paths else ({}, None)
    types = {t['name'] for t in (index or {}).get('types', []) if isinstance(t, dict) and 'name' in t}
    records = [p for p in tree.under('schemas', '.json') if not types or os.path.basename(p)[:-5] in types]
    for path in tree.under('schemas', '.json') + pack_files(tree, 'schema.json'):
        schema, problem = load(tree, path)
        if problem is not None:
            yield problem
        elif path in records or not path.startswith('schemas/'):
            yield from (f'{path}: {words}' for words in unlabelled(schema))


def pack_files(tree, name):
    """A file of each rule pack and plugin; their cases are examples, not texts for people."""
    return [p for p in tree.paths if re.fullmatch(r'(share/rules|plugins)/[^/]+/' + re.escape(name), p)]


def titles(value, where):
    if isinstance(value, dict):
        for key, sub in value.items():
            if key in ('title', 'remedy', 'label', 'message', 'note') and not bilingual(sub):
                yield f'{where}/{key}'
            elif key not in ('must', 'if', 'json'):
                yield from titles(sub, f'{where}/{key}')
    elif isinstance(value, list):
        for number, sub in enumerate(value):
            yield from titles(sub, f'{where}/{number}')


def check_pipelines(tree):
    """pipelines and rule packs have their titles, messages, remedies and notes in English and Korean"""
    parts = pack_files(tree, 'rules.json') + pack_files(tree, 'pipeline.json')
    for path in tree.under('share/pipelines', '.json') + parts:
        data, problem = load(tree, path)
        if problem is not None:
            yield problem
            continue
        yield from (f'{path}: {where} is not both in en and ko' for where in titles(data, ''))
        yield from (f'{path}: the sector {name} has no title in en and ko'
                    for name, words in data.get('sector_titles', {}).items() if not bilingual(words))
        for key, words in (('stages', ('title',)), ('rules', ('title', 'remedy'))):
            yield from (f'{path}: /{key}/{number} has no {word} in en and ko'
                        for number, item in enumerate(data.get(key, []))
                        for word in words if not bilingual(said(item, word)))


def said(item, word):
    """A text of a rule; where its versions say it, each must."""
    if word in item or not item.get('versions'):
        return item.get(word)
    return min((v.get(word) for v in item['versions']), key=bilingual)


def check_plugins(tree):
    """the code of a plugin includes libpeas, the C library and naru-plugin.h; its name is in both languages"""
    for path in tree.under('plugins', '.c', '.h'):
        own = {os.path.basename(p) for p in tree.under(os.path.dirname(path), '.h')}
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', tree.text(path), re.MULTILINE):
            name = match.group(2)
            if name not in own and not re.fullmatch(PLUGIN_HEADERS, name):
                yield f'{path}:{line_of(tree.text(path), match.start())}: a plugin does not include {name}'
    for path in tree.under('plugins', '.plugin'):
        keys = set(re.findall(r'^([\w-]+(?:\[\w+\])?)[ \t]*=[ \t]*\S', tree.text(path), re.MULTILINE))
        yield from (f'{path}: has no {key}' for key in ('Name', 'Name[ko]', 'Description', 'Description[ko]')
                    if key not in keys)


def check_faces(tree):
    """no face judges, or knows a rule"""
    rules = set()
    for path in pack_files(tree, 'rules.json'):
        data, problem = load(tree, path)
        rules |= {r.get('id') for r in (data or {}).get('rules', [])}
    for path in tree.under('core/cli', '.c', '.h') + tree.under('core/web', '.c', '.h'):
        for match in re.finditer(r'"((?:\\.|[^"\\\n])*)"', tree.text(path)):
            if match.group(1).startswith('rules '):
                continue # the example of a verb
            yield from (f'{path}:{line_of(tree.text(path), match.start())}: names the rule {word}'
                        for word in re.findall(r'[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+', match.group(1)) if word in rules)
        code = tree.code(path)
        for match in re.finditer(r'\b(naru_(?:rule_book|schema|case|workers?|requirement|gate|subject|report|judgement)'
                                 r'_\w+|naru_review_new\w*)\s*\(', code):
            yield f'{path}:{line_of(code, match.start())}: {match.group(1)} judges; a face asks the desk'


def check_translations(tree):
    """the Korean catalogue is complete"""
    path = 'share/po/ko.po'
    if path not in tree.paths:
        return 'no catalogue'
    if shutil.which('msgfmt') is None:
        return 'msgfmt is not installed'
    return list(compare_catalogue(tree, path))


def compare_catalogue(tree, path):
    done = run(['msgfmt', '--check', '--statistics', '-o', os.devnull, path], tree.root)
    if done.returncode != 0 or 'fuzzy' in done.stderr or 'untranslated' in done.stderr:
        yield f'{path}: {done.stderr.strip()}'
    sources = [p for p in tree.under('core', '.c') if re.search(r'\b((N|C|NC)?_|ngettext|g_dngettext) \(', tree.text(p))]
    with tempfile.NamedTemporaryFile(suffix='.pot') as pot:
        run(['xgettext', '--from-code=UTF-8', '--language=C', '-k_', '-kN_', '-kC_:1c,2', '-kNC_:1c,2',
             '-kngettext:1,2', '-kg_dngettext:2,3', '-o', pot.name] + sources, tree.root)
        yield from cut_texts(pot.read().decode())
        done = run(['msgcmp', path, pot.name], tree.root)
        if done.returncode != 0:
            yield from (f'{path}: {line}' for line in done.stderr.strip().split('\n')[:20])
    listed = 'share/po/POTFILES'
    if listed not in tree.paths and listed + '.in' in tree.paths:
        listed += '.in'
    if listed in tree.paths:
        known = set(tree.text(listed).split())
        yield from (f'{listed}: {p} has messages but is not listed' for p in sources if p not in known)


def cut_texts(template):
    """The program asks for a text by all of it; extraction stops at a macro that is none of PRId64 and its like."""
    for entry in template.split('\n\n'):
        place = re.search(r'^#: (\S+)', entry, re.MULTILINE)
        if place is not None and re.search(r'(?<!%)%"\nmsgstr', entry):
            yield f'{place.group(1)}: a macro cuts this text short for the translator; use PRId64 and its like'


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})


def check_symbols(tree, libraries):
    """the libraries show only names that begin with naru_"""
    if not libraries or shutil.which('nm') is None:
        return 'no library or no nm'
    names, problems = set(), []
    for library in libraries:
        shown = run(['nm', '-D', '--defined-only', '--format=posix', library], tree.root).stdout.split('\n')
        shown = {line.split()[0] for line in shown if line.strip()}
        problems += [f'{os.path.basename(library)}: shows {n}' for n in sorted(shown) if not n.startswith('naru_')]
        names |= shown
    declared = {n for p in tree.under('core', '.h') for n, _ in public_functions(tree.code(p))}
    problems += [f'core: {n} is declared public but not in the library' for n in sorted(declared - names)]
    problems += [f'core: {n} is shown but declared in no header as NARU_EXTERN' for n in sorted(names - declared)
                 if n.startswith('naru_')]
    return problems


def check_format(tree):
    """clang-format has nothing to change"""
    program = shutil.which('clang-format-14') or shutil.which('clang-format')
    if program is None:
        return 'clang-format is not installed'
    problems = []
    for path in tree.c_files():
        done = run([program, '--dry-run', '-Werror', '--ferror-limit=1', path], tree.root)
        if done.returncode != 0:
            problems.append(done.stderr.split('\n')[0] or f'{path}: clang-format: {done.returncode}')
    return problems


CHECKS = {
    'top': check_top, 'rooms': check_rooms, 'libraries': check_libraries, 'spdx': check_spdx, 'files': check_files,
    'functions': check_functions, 'banned': check_banned, 'errors': check_errors, 'words': check_words,
    'text': check_text, 'docs': check_docs, 'schemas': check_schemas, 'pipelines': check_pipelines,
    'plugins': check_plugins, 'faces': check_faces, 'translations': check_translations, 'symbols': check_symbols, 'format': check_format,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--source', required=True)
    parser.add_argument('--library', action='append')
    parser.add_argument('checks', nargs='*', metavar='CHECK')
    options = parser.parse_args()
    tree = Tree(options.source)
    names = options.checks or [n for n in CHECKS if n != 'format']
    failed = 0
    print(f'1..{len(names)}')
    for number, name in enumerate(names, 1):
        check = CHECKS[name]
        found = check(tree, options.library) if name == 'symbols' else check(tree)
        if isinstance(found, str):
            print(f'ok {number} - {name} # SKIP {found}')
            continue
        found = list(found)
        problems = [line for line in found if not line.startswith('note: ')]
        for line in found:
            print('#', line.replace('\n', '\n# '))
        failed += bool(problems)
        print(f'{"not ok" if problems else "ok"} {number} - {name}: {check.__doc__}', flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
