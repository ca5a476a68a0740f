#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plants one fault for each house rule in a small tree and sees that the linter names it, and nothing without it."""
import importlib.util
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
SPEC = importlib.util.spec_from_file_location('naru_lint', os.path.join(HERE, 'naru-lint.py'))
LINT = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(LINT)

HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n'
PO_HEAD = 'msgid ""\nmsgstr ""\n"Language: ko\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
SOUND = {
    'core/base/naru-a.h': HEAD + 'NARU_EXTERN int naru_a (void);\n',
    'core/base/naru-a.c': HEAD + '#include "naru-a.h"\n\n/**\n * naru_a:\n *\n * One.\n */\nint\nnaru_a (void)\n{\n  return 1;\n}\n',
    'core/store/naru-b.h': HEAD + '#include <lmdb.h>\n',
    'core/store/naru-b-private.h': HEAD,
    'core/store/naru-b.c': HEAD + '#include "naru-a.h"\n#include "naru-b-private.h"\n/* goto, strcpy (a) and "/*" in words are fine */\n',
    'plugins/p/naru-p.c': HEAD + '#include <libpeas/peas.h>\n',
    'schemas/index.json': json.dumps({'types': [{'name': 'deal'}]}) + '\n',
    'schemas/deal.json': json.dumps(
        {'properties': {'a': {'x-naru': {'label': {'en': 'A', 'ko': '가'}}}}, 'if': {'properties': {'a': {}}}}) + '\n',
    'share/pipelines/p.json': json.dumps({'stages': [{'id': 's', 'title': {'en': 'S', 'ko': '에스'}}]}) + '\n',
    'share/rules/p/rules.json': json.dumps({'rules': [{'id': 'P-A-01', 'title': {'en': 'S', 'ko': '에스'},
                                                       'remedy': {'en': 'S', 'ko': '에스'}, 'must': {'title': {}}}]}) + '\n',
    'share/rules/p/schema.json': json.dumps(
        {'properties': {'title': {'enum': ['a'], 'x-naru': {'label': {'en': 'A', 'ko': '가'},
                                                            'values': {'a': {'en': 'A', 'ko': '가'}}}}}}) + '\n',
    'share/rules/p/tests/cases/P-A-01.json': json.dumps({'cases': [{'deal': {'title': 'x'}}]}) + '\n',
    'plugins/p/p.plugin': 'Name=P\nName[ko]=피\nDescription=P\nDescription[ko]=피\n',
    'plugins/p/p.h': HEAD + '#include <naru-plugin.h>\n',
    'plugins/p/p.c': HEAD + '#include "p.h"\n\n#include <libpeas/peas.h>\n#include <string.h>\n',
    'core/cli/naru-t.c': HEAD + 'void\nf (void)\n{\n  g (_ ("one"));\n}\n',
    'share/po/POTFILES': 'core/cli/naru-t.c\n',
    'share/po/ko.po': PO_HEAD + '\nmsgid "one"\nmsgstr "하나"\n',
}
LONG = '{\n' + '  a ();\n' * 101 + '}\n'
# check, file, text that is added to it (or a whole new file), words that the finding must hold
FAULTS = [
    ('top', 'docs/x.md', '# x\n', 'docs'),
    ('rooms', 'core/base/naru-a.c', '#include "naru-b.h"\n', 'may not use'),
    ('rooms', 'core/office/naru-o.c', HEAD + '#include "naru-b-private.h"\n', 'private'),
    ('rooms', 'core/cli/naru-c.c', HEAD + '#include "naru-b.h"\n', 'may not use'),
    ('rooms', 'core/office/naru-o.c', HEAD + '#include "../store/naru-b.h"\n', 'by path'),
    ('rooms', 'core/attic/naru-o.c', HEAD, 'no such room'),
    ('libraries', 'core/office/naru-o.c', HEAD + '#include <lmdb.h>\n', 'lmdb.h'),
    ('libraries', 'core/office/naru-o.c', HEAD + '#  include <git2/oid.h>\n', 'git2/oid.h'),
    ('libraries', 'core/cli/naru-o.c', HEAD + '#include <seccomp.h>\n', 'seccomp.h'),
    ('libraries', 'core/office/naru-o.c', HEAD + '#include <libpeas/peas.h>\n', 'libpeas'),
    ('libraries', 'plugins/p/naru-p.c', '#include <lmdb.h>\n', 'lmdb.h'),
    ('spdx', 'core/office/naru-o.c', '#include <glib.h>\n', 'SPDX'),
    ('spdx', 'share/tool', '#!/bin/sh\n', 'SPDX'),
    ('files', 'core/base/naru-a.c', '\n' * 600, '600'),
    ('functions', 'core/base/naru-a.c', '\nstatic void\nlong_one (void)\n' + LONG, 'long_one'),
    ('banned', 'core/base/naru-a.c', '\nvoid\nf (void)\n{\n  goto out;\n}\n', 'goto'),
    ('banned', 'core/base/naru-a.c', '\nvoid\nf (char *a)\n{\n  strcpy (a, "b");\n}\n', 'strcpy'),
    ('errors', 'core/store/naru-b.c', '\nvoid\nf (void)\n{\n  g_set_error (error, G_FILE_ERROR, 0, "x");\n}\n', 'foreign'),
    ('errors', 'core/store/naru-b.c', '\nvoid\nf (void)\n{\n  printf ("x");\n}\n', 'face'),
    ('errors', 'core/store/naru-b.c', '\nvoid\nf (void)\n{\n  fputs ("x", stderr);\n}\n', 'terminal'),
    ('words', 'core/store/naru-b.c', '/* TOD' + 'O: later */\n', 'later'),
    ('words', 'share/x.md', 'see /wor' + 'k/main\n', 'machine'),
    ('text', 'core/store/naru-b.c', '/* x */ \n', 'trailing'),
    ('docs', 'core/base/naru-a.h', 'NARU_EXTERN char *naru_new_one (int a,\n  int b);\n', 'naru_new_one'),
    ('schemas', 'schemas/deal.json', json.dumps({'properties': {'b': {'items': {'properties': {'c': {}}}}}}) + '\n', '/b/-/c'),
    ('pipelines', 'share/pipelines/p.json', json.dumps({'stages': [{'id': 's', 'title': {'en': 'S'}}]}) + '\n', 'title'),
    ('schemas', 'share/rules/p/schema.json', json.dumps({'properties': {'b': {}}}) + '\n', '/b'),
    ('schemas', 'plugins/p/schema.json', json.dumps(
        {'properties': {'b': {'enum': ['c'], 'x-naru': {'label': {'en': 'A', 'ko': '가'}}}}}) + '\n', 'the value c'),
    ('pipelines', 'share/rules/p/rules.json', json.dumps({'rules': [{'id': 'P', 'title': {'en': 'S'}}]}) + '\n', 'title'),
    ('pipelines', 'plugins/p/rules.json', json.dumps({'left_out': [{'row': 'P', 'note': 'x'}]}) + '\n', 'note'),
    ('pipelines', 'plugins/p/rules.json', json.dumps({'rules': [{'id': 'P', 'title': {'en': 'S', 'ko': 'S'}}]}) + '\n',
     'no remedy'),
    ('plugins', 'plugins/p/p.c', '#include <naru-json.h>\n', 'naru-json.h'),
    ('plugins', 'plugins/q/q.plugin', 'Name=Q\n', 'Name[ko]'),
    ('faces', 'core/cli/naru-t.c', 'void\nh (void)\n{\n  g ("of P-A-01");\n}\n', 'P-A-01'),
    ('faces', 'core/cli/naru-t.c', 'void\nh (void)\n{\n  naru_rule_book_judge (b);\n}\n', 'judges'),
    ('translations', 'core/cli/naru-t.c', 'void\nh (void)\n{\n  g (_ ("two"));\n}\n', 'not defined'),
    ('translations', 'core/cli/naru-t.c', 'void\nh (void)\n{\n  g (_ ("of %" G_GSIZE_FORMAT " bytes"));\n}\n', 'cuts'),
    ('translations', 'core/base/naru-a.c', 'void\nh (void)\n{\n  g (_ ("one"));\n}\n', 'not listed'),
    ('translations', 'share/po/ko.po', '\nmsgid "two"\nmsgstr ""\n', 'untranslated'),
]


def write(root, files):
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), 'w', encoding='utf-8') as stream:
            stream.write(text)


def findings(files, check):
    root = tempfile.mkdtemp(prefix='naru-lint-')
    try:
        write(root, files)
        found = LINT.CHECKS[check](LINT.Tree(root))
        return [found] if isinstance(found, str) else [f for f in found if not f.startswith('note: ')]
    finally:
        shutil.rmtree(root)


def main():
    print(f'1..{len(FAULTS) + 1}')
    checks = sorted({fault[0] for fault in FAULTS})
    loose = {check: findings(SOUND, check) for check in checks}
    failed = any(loose.values())
    print(f'{"not ok" if failed else "ok"} 1 - a sound tree has no findings', {k: v for k, v in loose.items() if v} or '')
    for number, (check, path, text, words) in enumerate(FAULTS, 2):
        whole = path.endswith('.json') or path not in SOUND
        found = findings({**SOUND, path: text if whole else SOUND[path] + text}, check)
        caught = any(words in line for line in found)
        failed = failed or not caught
        print(f'{"ok" if caught else "not ok"} {number} - {check} sees {words!r} in {path}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
