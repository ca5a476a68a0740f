#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same entries give the same head id, whatever the time zone, locale, umask, priority, clock, folder, boot and
checkpoints: a commit is a function of its parent, its entry and the office's key alone."""
import os
import shutil

import harness


def list_commands(rows, document, next_key):
    """(clock, words); {1} stands for the first thing that was printed, and so on."""
    return [
        ('2026-01-05T09:00:00+09:00', ['person', 'add', 'minji', '--name', '김민지', '--role', 'officer']),
        ('2026-01-05T09:00:01+09:00', ['new', 'party', 'name=Hanbit University', 'kind=university']),
        ('2026-01-05T02:00:00Z', ['new', 'party', 'name=나래셀', 'kind=company']),
        ('2026-01-06T10:30:00-05:00', ['new', 'deal', 'title=스텐트 é', 'summary=It stays open',
                                       'officer={0}', harness.AGREED,
                                       'parties:=[{"party":"{1}","role":"joint-rd"},{"party":"{2}","role":"joint-rd"}]']),
        ('2026-01-07T10:30:00+09:00', ['note', '{3}', 'Called the attorney']),
        ('2026-01-08T00:00:00+05:45', ['advance', '{3}', 'joint-rd']),
        ('2026-01-09T10:30:00+09:00', ['attach', '{3}', document]),
        ('2026-01-09T10:31:00+09:00', ['edit', '{3}', 'trl=4']),
        ('2025-12-31T10:00:00+09:00', ['note', '{3}', 'A clock that went backwards']),
        ('2026-01-10T10:29:00+09:00', ['key', 'rotate', '--reason', 'Yearly', '--key', next_key]),
        ('2026-01-10T10:30:00+09:00', ['import', 'deal', rows]),
        ('2026-01-11T10:30:00+09:00', ['edit', '{3}', 'summary=']),
    ]


def replay(office, commands, key, prefix=(), checkpoints=False, umask=0o022, **env):
    """Runs all commands upon a new office. Returns its head and what is wrong."""
    harness.must(harness.run([*prefix, harness.PROGRAM, '--as', 'head', 'init', office, '--name', 'Magok TTO', '--hub',
                              'MGK', '--login', 'head', '--person-name', 'Kim Head', '--key', key],
                             env=harness.environment(**env), umask=umask))
    printed = []
    for clock, words in commands:
        for number, text in enumerate(printed):
            words = [word.replace('{%d}' % number, text) for word in words]
        done = harness.naru(office, *words, env=harness.environment(**{**env, 'NARU_CLOCK': clock}), prefix=prefix,
                            umask=umask)
        printed.append(harness.must(done))
        if checkpoints:
            harness.must(harness.naru(office, 'status', env=harness.environment(**env)))
    harness.must(harness.naru(office, 'status', env=harness.environment(**env), prefix=prefix, umask=umask))
    return harness.read_head(office), harness.checker.check(office).problems


def main():
    harness.need('git', 'ssh-keygen', 'mdb_dump', harness.PROGRAM)
    tap = harness.Tap()
    top = harness.work_folder()
    rows = harness.write_rows(os.path.join(top, 'rows.jsonl'))
    document = os.path.join(top, 'large.bin')
    with open(document, 'wb') as file:
        file.write(bytes(range(256)) * 1024)
    commands = list_commands(rows, document, harness.make_key(os.path.join(top, 'next-key')))
    key = harness.make_key(os.path.join(top, 'key'))
    expected, problems = replay(os.path.join(top, 'plain'), commands, key)
    tap.ok(not problems and len(expected) == 40, f'the plain run: {expected}', problems)

    variants = {
        'another time zone': {'TZ': 'America/St_Johns'},
        'the other side of the date line': {'TZ': 'Pacific/Kiritimati'},
        'the C locale': {'LC_ALL': 'C'},
        'a Korean locale': {'LC_ALL': 'ko_KR.UTF-8', 'LANGUAGE': 'ko', 'LANG': 'ko_KR.UTF-8'},
        'a Turkish locale': {'LC_ALL': 'tr_TR.UTF-8', 'LANG': 'tr_TR.UTF-8'},
        'umask 077': {'umask': 0o077},
        'umask 000': {'umask': 0},
        'a low priority': {'prefix': ('nice', '-n', '15')},
        'a checkpoint after each command': {'checkpoints': True},
        'another boot': {'NARU_BOOT_ID': 'boot-7'},
        'another home': {'HOME': '/nonexistent'},
        'filled memory': {'MALLOC_PERTURB_': '90'},
        "a clock of yesterday": {'prefix': ('faketime', '-f', '-1d')},
        'a clock that runs': {'prefix': ('faketime', '-f', '@2030-06-01 00:00:00 x3600')},
    }
    for number, (name, how) in enumerate(variants.items()):
        if 'prefix' in how and shutil.which(how['prefix'][0]) is None:
            tap.skip(name, f"{how['prefix'][0]} is not installed")
            continue
        head, problems = replay(os.path.join(top, f'another-folder-{number}'), commands, key, **how)
        tap.ok(head == expected and not problems, f'the same head with {name}', problems or [head, expected])
    tap.finish()


if __name__ == '__main__':
    main()
