# SPDX-License-Identifier: LGPL-2.1-or-later
"""C text for the linter: comments and the insides of strings blanked out, functions found by their braces."""
import re

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def strip(text):
    """The text with every comment, string and character constant blanked; lines stay where they are."""
    def blank(match):
        word = match.group(0)
        inside = re.sub(r'[^\n]', ' ', word)
        return inside if word[0] == '/' else word[0] + inside[1:-1] + word[0]
    return TOKEN.sub(blank, text)


def functions(code):
    """(name, first line, last line) of each function: its body opens and closes in the first column."""
    lines = code.split('\n')
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == '{' and start is None:
            head = heading(lines, number - 1)
            if head is not None:
                start = (head[0], head[1], number)
        elif line.startswith('}') and start is not None:
            yield start[0], start[1], number
            start = None


def heading(lines, index):
    """Name and first line of the function whose body opens at lines[index], or None where it is no function."""
    first = index
    while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(('}', '#')) \
            and not lines[first - 1].rstrip().endswith(';'):
        first -= 1
    text = ' '.join(lines[first:index])
    match = re.search(r'(\w+)\s*\(', text)
    if match is None or '=' in text or not text.rstrip().endswith(')'):
        return None
    return match.group(1), first + 1
