#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program on a terminal and answers its questions: ask.py ANSWER… -- PROGRAM WORD…

An answer is typed when a line ends in ":". Prints all that the terminal showed; ends as the program did."""
import os
import pty
import select
import sys
import time

split = sys.argv.index('--')
answers, words = sys.argv[1:split], sys.argv[split + 1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(words[0], words)
seen = b''
asked = 0
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if answers and seen[asked:].rstrip().endswith(b':'):
        asked = len(seen)
        os.write(terminal, answers.pop(0).encode() + b'\n')
sys.stdout.buffer.write(seen.replace(b'\r\n', b'\n'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
