#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Alters an office in every way that tampering.py and the modules of kinds think of; naru verify has to find each that
changes what is recorded and to say where, and must not complain of what changes nothing.

usage: tamper.py [--list] [--keep FOLDER] [--report FILE] [WORD…]

With words: the kinds in whose name they stand, and what verify says of each. A sample by default; all with
NARU_TEST_LONG=1 (tests/faults/run --full)."""
import collections
import json
import os
import re
import shutil
import sys

import forge
import harness
import portfolio
import tamper_entries
import tamper_order
import tamper_places
import tamper_records
import tampering
from harness import PROGRAM
from tampering import KINDS

MODULES = (tamper_entries, tamper_records, tamper_order, tamper_places)
QUICK = 40
BROKEN = 6

Result = collections.namedtuple('Result', 'number status findings named against refused trouble')
STAGE = {}  # what the workers get with the fork


def describe(kind):
    return f'{kind.group}: {kind.name} ({kind.means})'


def prepare(top):
    office = portfolio.Portfolio(top)
    history = forge.History(os.path.join(office.folder, 'audit.git'))
    STAGE.update(office=office, history=history, foreign=harness.make_key(os.path.join(top, 'foreign')),
                 mirror=os.path.join(top, 'mirror.git'))
    harness.must(harness.run(['git', 'clone', '--quiet', '--bare', os.path.join(office.folder, 'audit.git'),
        STAGE['mirror']]))


def verify(folder, *words):
    done = harness.run([PROGRAM, '--office', folder, '--as', 'head', 'verify', '--json', *words],
                       env=STAGE['office'].environment())
    try:
        answer = json.loads(done.stdout)
        findings = [answer['error']] if 'error' in answer else answer['findings']
    except (ValueError, KeyError, TypeError):
        findings = []
    return done, findings


def is_named(case, findings):
    """Whether a finding is about what was altered: the number of an entry, or a word in what is said."""
    for finding in findings:
        text = ' '.join(str(value) for value in finding.values()).lower()
        text += text.replace('/', '')  # the name of an object's file
        if any(finding.get('seq') == at if isinstance(at, int) else str(at).lower() in text for at in case.at):
            return True
    return not case.at


def make_case(number, folder):
    """The office altered, and its store made good where a restore would make one. Returns the case."""
    tampering.copy_office(STAGE['office'].folder, folder)
    case = tampering.Case(folder, STAGE['office'], STAGE['history'], STAGE['foreign'])
    KINDS[number].do(case)
    if case.rewritten and harness.read_head(folder) == STAGE['history'].oids[-1]:
        raise ValueError('nothing was altered')
    store = case.make_store(case.git) if case.rewritten else None
    if store is not None:
        shutil.copyfile(store, os.path.join(folder, 'data.mdb'))
    return case


def try_kind(number):
    folder = harness.slot()
    for leftover in ('.objects', '.old', '.restored'):
        harness.remove(folder + leftover)
    try:
        case = make_case(number, folder)
    except (RuntimeError, ValueError, AssertionError, KeyError, IndexError, OSError, StopIteration, TypeError) as error:
        return Result(number, None, [], False, None, '', f'was not made: {type(error).__name__}: {error}')
    done, findings = verify(folder)
    against = None
    if KINDS[number].comes == 'earlier' and STAGE['can_compare']:
        against = verify(folder, '--against', STAGE['mirror'])[0].returncode
    trouble = judge(KINDS[number], done, findings, against)
    return Result(number, done.returncode, findings, is_named(case, findings), against, case.refused, trouble)


def judge(kind, done, findings, against):
    """What is wrong with how verify took it; an empty text where nothing is."""
    wanted = {'told': (BROKEN,), 'same': (0,), 'earlier': (0, BROKEN), 'odd': (0, BROKEN)}[kind.comes]
    if done.returncode not in wanted:
        return f'verify ended with {done.returncode}, not {wanted}: {(done.stderr or done.stdout).strip()[:300]}'
    if done.returncode == BROKEN and not any(finding.get('message') for finding in findings):
        return 'verify ended with 6 and told nothing'
    if against not in (None, BROKEN):
        return f'verify --against a mirror ended with {against}'
    return ''


def show(result):
    kind = KINDS[result.number]
    print(f'# {describe(kind)} [{kind.comes}]: {result.status}, against a mirror: {result.against}; {result.trouble}')
    if result.refused:
        print(f'#   restore: {result.refused.splitlines()[0]}')
    for finding in result.findings[:6]:
        print('#   ' + json.dumps(finding, ensure_ascii=False))


def report(tap, results):
    """One line a group: how many, how many told, and how many of those where they are."""
    groups = collections.OrderedDict()
    for result in sorted(results, key=lambda result: result.number):
        groups.setdefault(KINDS[result.number].group, []).append(result)
    tap.note(f'{"group":26} kinds  told  named  earlier  same')
    for group, found in groups.items():
        def count(test):
            return sum(bool(test(result, KINDS[result.number])) for result in found)
        told = count(lambda r, k: k.comes == 'told' and r.status == BROKEN)
        named = count(lambda r, k: k.comes == 'told' and r.status == BROKEN and r.named)
        earlier, same = (count(lambda r, k, comes=comes: k.comes == comes) for comes in ('earlier', 'same'))
        tap.note(f'{group:26} {len(found):5} {told:5} {named:6} {earlier:8} {same:5}')


def write_report(path, results):
    """One line of JSON a kind, as the results come, which are passed on."""
    with open(path or os.devnull, 'w', encoding='utf-8') as file:
        for result in results:
            kind = KINDS[result.number]
            json.dump({'group': kind.group, 'name': kind.name, 'means': kind.means, 'comes': kind.comes,
                       'status': result.status, 'named': result.named, 'against': result.against,
                       'trouble': result.trouble, 'restore': result.refused, 'findings': result.findings[:5]},
                      file, ensure_ascii=False)
            file.write('\n')
            file.flush()
            yield result


def choose(words):
    if words:
        return [number for number, kind in enumerate(KINDS) if any(word in describe(kind) for word in words)]
    return harness.sample(range(len(KINDS)), QUICK)


def take_option(words, name):
    if name not in words:
        return None
    at = words.index(name)
    value = words[at + 1]
    del words[at:at + 2]
    return value


def main():
    words = sys.argv[1:]
    if '--list' in words:
        for kind in KINDS:
            print(f'{kind.comes:8} {describe(kind)}')
        return
    keep, path = take_option(words, '--keep'), take_option(words, '--report')
    harness.need('git', 'ssh-keygen', 'mdb_dump', PROGRAM)
    if harness.run([PROGRAM, 'help', 'verify']).returncode != 0:
        print('1..0 # SKIP this naru has no verb verify')
        return
    tap = harness.Tap()
    prepare(harness.work_folder())
    history = STAGE['history']
    for seq in range(1, len(history.entries) + 1):
        history[seq].key = 'kept'
    tap.ok(history.build()[0] == history.oids[-1], 'what is built again without a change is the same, commit by commit')
    STAGE['can_compare'] = '--against' in harness.run([PROGRAM, 'help', 'verify']).stdout
    done, findings = verify(STAGE['office'].folder)
    tap.ok(done.returncode == 0 and not findings, 'an office that nobody altered is well', [done.stdout + done.stderr])
    names = {re.sub(r' \d+$', '', f'{kind.group}: {kind.name}') for kind in KINDS}
    tap.note(f'{len(KINDS)} kinds of tampering, {len(names)} without the means by which they are done')
    tap.ok(len(names) >= 200, 'at least 200 kinds')
    if keep is not None:
        make_case(choose(words)[0], os.path.abspath(keep))
        return
    results = list(write_report(path, harness.everywhere(try_kind, choose(words))))
    for result in sorted(results, key=lambda r: r.number) if words and path is None else ():
        show(result)
    report(tap, results)
    for name, comes in (('told', 'told'), ('told by what others hold', 'earlier'), ('left alone', 'same'),
                        ('taken without harm', 'odd')):
        mine = [result for result in results if KINDS[result.number].comes == comes]
        tap.ok(not any(result.trouble for result in mine), f'{len(mine)} kinds are {name}',
               [f'{describe(KINDS[r.number])}: {r.trouble}' for r in sorted(mine, key=lambda r: r.number) if r.trouble])
    if not STAGE['can_compare']:
        tap.note('verify knows no --against: what only a mirror tells was not compared')
    told = [r for r in results if KINDS[r.number].comes == 'told' and r.status == BROKEN]
    unnamed = [r for r in told if not r.named]
    tap.ok(not unnamed, f'{len(told)} kinds are told where they are', [
        f'{describe(KINDS[r.number])}: {json.dumps(r.findings[:1], ensure_ascii=False)}' for r in unnamed])
    tap.finish()


if __name__ == '__main__':
    main()
