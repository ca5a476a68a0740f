#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Adds up meson's JSON logs: every TAP line is a test, and so is every program that speaks no TAP.

Prints one closing line, "N passed, N failed, N skipped", and ends with 1 when anything failed or nothing ran."""
import json
import re
import sys

POINT = re.compile(r'^\s*(not )?ok\b[^#]*(?:#\s*(SKIP|TOD[O])\b)?', re.IGNORECASE)


def count_points(text):
    passed = failed = skipped = 0
    for line in text.splitlines():
        match = POINT.match(line)
        if match is None:
            continue
        if match.group(2):
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count_program(row):
    result = row['result']
    points = count_points(row.get('stdout') or '')
    if sum(points) == 0:
        return (result in ('OK', 'EXPECTEDFAIL'), result not in ('OK', 'EXPECTEDFAIL', 'SKIP'), result == 'SKIP')
    passed, failed, skipped = points
    if result not in ('OK', 'EXPECTEDFAIL', 'SKIP') and failed == 0:
        failed = 1  # it crashed, ran out of time or stopped before its last test
    return passed, failed, skipped


def main(paths):
    total = [0, 0, 0]
    broken = []
    for path in paths:
        try:
            with open(path, encoding='utf-8') as stream:
                rows = [json.loads(line) for line in stream]
        except (OSError, ValueError) as problem:
            print(f'{path}: {problem}')
            total[1] += 1
            continue
        for row in rows:
            counts = count_program(row)
            total = [a + int(b) for a, b in zip(total, counts)]
            if counts[1]:
                broken.append(f'{row["name"]} ({row["result"]})')
    for name in broken:
        print('failed:', name)
    print(f'{total[0]} passed, {total[1]} failed, {total[2]} skipped')
    return 1 if total[1] or not total[0] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
