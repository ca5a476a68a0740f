#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Eight processes at once, half of them on one deal: no update is lost, a conflict ends with 5, and each acknowledged
change is one commit. Judged from stock git and mdb_dump alone.

usage: concurrency.py [EDITS-PER-PROCESS]"""
import collections
import json
import multiprocessing
import os
import sys

import harness

WRITERS = 8
CONFLICT = 5
ENV = {'NARU_CLOCK': None}  # the real clock: nobody's changes may depend on it

Answer = collections.namedtuple('Answer', 'writer number marker status words')


def count_up(office, writer, number, deal):
    """Reads, adds one, writes; again when somebody was quicker. Loses updates if --if-revision does not hold."""
    env = harness.environment(**ENV)
    conflicts = 0
    while True:
        shown = json.loads(harness.must(harness.naru(office, 'show', deal, '--json', env=env)))
        value = int(shown['record']['external_id']) + 1
        marker = f'{value}'
        done = harness.naru(office, 'edit', deal, f'external_id={marker}', '--if-revision', shown['revision'], env=env)
        if done.returncode == CONFLICT and conflicts < 10000:
            message = harness.judge_message(done)
            if message:
                return conflicts, Answer(writer, number, marker, 'bad message', message)
            conflicts += 1
            continue
        return conflicts, Answer(writer, number, marker, done.returncode, done.stderr)


def write_blindly(office, writer, number, deal):
    marker = f'writer {writer} number {number}.'
    done = harness.naru(office, 'edit', deal, f'summary={marker}', env=harness.environment(**ENV))
    return 0, Answer(writer, number, marker, done.returncode, done.stderr)


def work(office, writer, edits, deal, queue):
    action = count_up if writer < 2 else write_blindly
    answers, conflicts = [], 0
    for number in range(edits):
        more, answer = action(office, writer, number, deal)
        conflicts += more
        answers.append(answer)
    queue.put((answers, conflicts))


def look(office, stop, queue):
    """A reader, and somebody who asks for the status all the time (which is a checkpoint each time)."""
    failures, n = [], 0
    while not stop.is_set():
        for words in (('list', 'deal'), ('status',), ('board',)):
            done = harness.naru(office, *words, env=harness.environment(**ENV))
            n += 1
            if done.returncode != 0:
                failures.append(f'{words}: {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}')
    queue.put((n, failures))


def run_all(office, edits, deals):
    context = multiprocessing.get_context('fork')
    queue, looks, stop = context.Queue(), context.Queue(), context.Event()
    writers = [context.Process(target=work, args=(office, writer, edits, deals[0 if writer < 4 else writer % 2 + 1],
                                                  queue)) for writer in range(WRITERS)]
    reader = context.Process(target=look, args=(office, stop, looks))
    for process in (*writers, reader):
        process.start()
    results = [queue.get(timeout=3600) for _ in writers]
    stop.set()
    n_looks, failures = looks.get(timeout=600)
    for process in (*writers, reader):
        process.join()
    return [answer for answers, _ in results for answer in answers], sum(n for _, n in results), n_looks, failures


def find_changes(found, field):
    """value -> the entries that gave it to this field of a deal"""
    values, last = collections.defaultdict(list), {}
    for commit in found.commits:
        for path, content in commit.files:
            if path.startswith(b'records/deal/') and content is not None:
                value = json.loads(content).get(field)
                if last.get(path) != value:
                    values[value].append(commit.seq)
                last[path] = value
    return values


def judge(tap, found, answers, base, count):
    bad = [answer for answer in answers if answer.status != 0]
    tap.ok(not bad, 'every change was acknowledged', bad)
    tap.ok(not found.problems, 'the checker agrees: one line of commits, numbers 1..N once each, store = history',
           found.problems)
    tap.ok(len(found.commits) == base + len(answers),
           f'one commit per acknowledged change: {len(answers)}', [len(found.commits), base])
    numbers = find_changes(found, 'external_id')
    counted = [answer for answer in answers if answer.writer < 2]
    wrong = [n for n in range(1, len(counted) + 1) if len(numbers.get(str(n), [])) != 1]
    tap.ok(not wrong and count == len(counted), f'no update was lost: {len(counted)} times one is {count}', wrong)
    texts = find_changes(found, 'summary')
    wrong = [answer.marker for answer in answers if answer.writer >= 2 and len(texts.get(answer.marker, [])) != 1]
    tap.ok(not wrong, 'each text was written by exactly one commit', wrong)
    order = collections.defaultdict(list)
    for answer in sorted(answers, key=lambda a: a.number):
        where = numbers if answer.writer < 2 else texts
        order[answer.writer] += where.get(answer.marker, [])
    tap.ok(all(seqs == sorted(seqs) for seqs in order.values()), "each process finds its changes in its own order")


def main():
    harness.need('git', 'mdb_dump', harness.PROGRAM)
    tap = harness.Tap()
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 500 if harness.FULL else 60
    office = os.path.join(harness.work_folder(), 'office')
    harness.make_office(office)
    deals = [harness.must(harness.naru(office, 'new', 'deal', f'title=Shared {n}', 'external_id=0')) for n in range(3)]
    harness.must(harness.naru(office, 'status'))
    base = len(harness.checker.check(office).commits)

    answers, conflicts, looks, failures = run_all(office, edits, deals)
    tap.note(f'{len(answers)} edits by {WRITERS} processes, {conflicts} conflicts told and overcome, {looks} readings')
    tap.ok(not failures, 'readers were never disturbed', failures)
    tap.ok(conflicts > 0 or edits < 20, 'there were conflicts')
    harness.must(harness.naru(office, 'status'))
    shown = json.loads(harness.must(harness.naru(office, 'show', deals[0], '--json')))
    judge(tap, harness.checker.check(office), answers, base, int(shown['record']['external_id']))
    tap.finish()


if __name__ == '__main__':
    main()
