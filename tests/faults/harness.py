# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the fault tests share: a work folder in memory, prepared offices, the program, TAP, work on all processors.

Every command runs with a fixed clock, so the same command upon the same office must give the same head id: a sweep
compares what a disturbed run left with the few heads that are possible."""
import atexit
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import checker

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get('NARU_PROGRAM', 'naru')
KILLAT = os.environ.get('NARU_KILLAT', 'killat')
DATA = os.environ.get('NARU_DATA_DIR', os.path.normpath(os.path.join(HERE, '..', '..')))
CLOCK = '2026-03-02T09:00:00+09:00'
FULL = os.environ.get('NARU_TEST_LONG') == '1'
JOBS = os.cpu_count() or 2
TIMEOUT = 120
N_ROWS = 20
# words that only a programmer knows
NOT_FOR_PEOPLE = re.compile(
    r'\b(?:naru|mdb|git|json|g|inflate|deflate)_[a-z]+_?[a-z_]*\b|\berrno\b|\bE[A-Z]{3,}\b|[Ee]rror -?\d+|MDB_|GIT_E|'
    r'%[sdu]|CRITICAL|WARNING|\(null\)|[Aa]ssert|Segmentation')


def work_folder():
    """A folder in memory that goes at the end; made once."""
    if not hasattr(work_folder, 'path'):
        memory = '/dev/shm'
        room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
        work_folder.path = tempfile.mkdtemp(prefix='naru-faults.', dir=memory if room else None)
        owner = os.getpid()
        atexit.register(lambda: os.getpid() == owner and remove(work_folder.path))
    return work_folder.path


def remove(path):
    shutil.rmtree(path, ignore_errors=True)


def copy(source, target):
    """A copy of an office; times do not matter, nor do modes but that of the key."""
    remove(target)
    shutil.copytree(source, target, symlinks=True, copy_function=shutil.copyfile)
    close_keys(target)


def close_keys(office):
    """Private keys that others may read are refused."""
    for folder, _, files in os.walk(os.path.join(office, 'keys')):
        for name in files:
            os.chmod(os.path.join(folder, name), 0o600)


def make_key(path):
    """A private key, so that an office that is made again signs with the same one."""
    must(run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'tests', '-f', path]))
    return path


def environment(**more):
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(('NARU_', 'GIT_', 'LC_')) or key in ('NARU_DATA_DIR', 'NARU_LOCALE_DIR')}
    env.update(LC_ALL='C.UTF-8', TZ='UTC', TERM='dumb', NARU_CLOCK=CLOCK, NARU_BOOT_ID='boot-1', HOME=work_folder(),
               GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null')
    env.pop('LANGUAGE', None)
    # memory filled with rubbish finds bugs in unit tests; here it only costs time
    env.pop('MALLOC_PERTURB_', None)
    env.update(more)
    return {key: value for key, value in env.items() if value is not None}


def run(words, env=None, timeout=TIMEOUT, **more):
    """Runs a program; a timeout becomes the exit status 'hangs'."""
    more.setdefault('stdin', subprocess.DEVNULL)
    try:
        return subprocess.run(words, capture_output=True, text=True, errors='replace', check=False,
                              env=environment() if env is None else env, timeout=timeout, **more)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(words, 'hangs', str(late.stdout or ''), str(late.stderr or ''))


def naru(office, *words, env=None, prefix=(), who='head', **more):
    return run([*prefix, PROGRAM, '--office', office, '--as', who, *words], env=env, **more)


def must(done):
    """A step of the preparation, which has to work."""
    if done.returncode != 0:
        bail(f'{" ".join(map(str, done.args))}: ended with {done.returncode}: {done.stderr.strip()}')
    return done.stdout.strip()


def bail(text):
    print(f'Bail out! {text}', flush=True)
    sys.exit(1)


class Tap:
    """Test points on stdout; details as comments."""

    def __init__(self):
        self.n, self.failed, self.began = 0, 0, time.monotonic()

    def ok(self, good, name, notes=()):
        self.n += 1
        self.failed += not good
        notes = [] if good else list(notes)
        for note in notes[:8]:
            print('# ' + str(note)[:700].replace('\n', '\n#   '))
        if len(notes) > 8:
            print(f'# and {len(notes) - 8} more')
        print(f'{"ok" if good else "not ok"} {self.n} - {name}', flush=True)
        return good

    def skip(self, name, why):
        self.n += 1
        print(f'ok {self.n} - {name} # SKIP {why}', flush=True)

    def count(self, way, verb, points):
        """So many points were tried upon a verb; tests/faults/run prints the list in the end."""
        path = os.environ.get('NARU_FAULTS_POINTS')
        if path:
            with open(path, 'a', encoding='utf-8') as file:
                file.write(f'{verb}\t{way}\t{points}\n')

    def note(self, text):
        print(f'# [{time.monotonic() - self.began:.1f} s] {text}', flush=True)

    def finish(self):
        print(f'1..{self.n}')
        sys.exit(1 if self.failed else 0)


def need(*programs):
    """Ends the whole test as skipped where a program is missing."""
    for program in programs:
        if shutil.which(program) is None:
            print(f'1..0 # SKIP {program} is not installed')
            sys.exit(0)


def everybody_reaches(path):
    """Whether any other user can run or read what stands there: the home of root, for one, lets nobody in."""
    path = os.path.realpath(path)
    while os.stat(path).st_mode & 0o001:
        if path == os.path.dirname(path):
            return True
        path = os.path.dirname(path)
    return False


def everywhere(function, points):
    """function (point) for all points, on all processors; the answers as they come."""
    points = list(points)
    with multiprocessing.get_context('fork').Pool(JOBS) as pool:
        yield from pool.imap_unordered(function, points, chunksize=max(1, min(8, len(points) // (4 * JOBS))))


def slot():
    """A folder of this worker's own."""
    return os.path.join(work_folder(), f'slot-{os.getpid()}')


def sample(points, wanted):
    """Evenly spread points; all of them in full mode."""
    return list(points) if FULL else spread(points, wanted)


def spread(points, wanted):
    """Evenly spread points, first and last among them."""
    points = list(points)
    if len(points) <= wanted:
        return points
    return [points[i * (len(points) - 1) // (wanted - 1)] for i in range(wanted)]


def read_head(office):
    try:
        with open(os.path.join(office, 'audit.git', 'refs', 'heads', 'main'), encoding='ascii') as file:
            return file.read().strip()
    except (OSError, ValueError):
        return ''


def judge(office, heads, acks=(), env=None):
    """The next command must recover, then the checker must find nothing and the head be one of those expected."""
    done = naru(office, 'status', env=env)
    if done.returncode != 0:
        return [f'naru status: ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-600:]}']
    found = checker.check(office, acks)
    return found.problems or judge_head(found, 1, heads)


def judge_head(found, back, heads):
    """Whether the back-th commit from the end is one of the heads expected."""
    commits = found.commits
    if len(commits) >= back and commits[-back].oid in heads:
        return []
    return [f'{len(commits)} entries, but none of the heads expected ({", ".join(head[:10] for head in heads)}):'
            f' {commits[-back].oid if len(commits) >= back else None}']


def judge_by_change(office, heads, acks=(), env=None):
    """As judge(), where the next command is a change: it must not be built upon what is damaged."""
    done = naru(office, 'new', 'party', 'name=The next command', env=env)
    if done.returncode != 0:
        return [f'naru new: ended with {done.returncode}: {done.stderr.strip()[-600:]}']
    acks = [*acks, {'action': 'create', 'text': '"The next command"'}]
    found = checker.check(office, acks, durable=False)
    problems = found.problems or judge_head(found, 2, heads)
    if not problems:
        done = naru(office, 'status', env=env)
        problems = [done.stdout + done.stderr] if done.returncode != 0 else checker.check(office, acks).problems
    return problems


def judge_message(done):
    """One message for people: what is wrong, and below it what to do about it."""
    text = done.stderr
    if not text.startswith('naru: '):
        return f'no message: {text[:200]!r}'
    lines = text.rstrip('\n').split('\n')
    if any(line.startswith('naru: ') for line in lines[1:]):
        return f'more than one message: {text!r}'
    if len(lines) < 2 or not all(line.startswith('      ') and line.strip() for line in lines[1:]):
        return f'no cure: {text!r}'
    found = NOT_FOR_PEOPLE.search(text)
    return f'“{found.group(0)}” is not for people: {text!r}' if found else None


# --- prepared offices ---

# what the rules ask a deal for before it enters joint-rd
AGREED = 'ownership.agreement_terms:=' + json.dumps({name: True for name in (
    'background_ip', 'cost', 'data', 'diligence', 'exit', 'export', 'foreground_owner', 'governing_law', 'option',
    'prosecution_lead', 'publication_review', 'shares')})


def make_office(folder, env=None):
    """An office with a deal that may enter joint-rd, and all of it on disk. Returns the deal's id."""
    must(run([PROGRAM, '--as', 'head', 'init', folder, '--name', 'Magok TTO', '--hub', 'MGK', '--login', 'head',
              '--person-name', 'Kim Head', '--email', 'head@example.com'], env=env))
    officer = must(naru(folder, 'person', 'add', 'minji', '--name', '김민지', '--role', 'officer'))
    university = must(naru(folder, 'new', 'party', 'name=Hanbit University', 'kind=university'))
    company = must(naru(folder, 'new', 'party', 'name=Narae Cells', 'kind=company'))
    deal = must(naru(folder, 'new', 'deal', 'title=A better stent', 'summary=It stays open',
                     AGREED,
                     f'parties:=[{{"party":"{university}","role":"joint-rd"}},{{"party":"{company}","role":"joint-rd"}}]',
                     f'officer={officer}'))
    check = naru(folder, 'check', deal, 'joint-rd')
    if check.returncode != 0:
        bail(f'the prepared deal may not advance: {check.stdout}{check.stderr}')
    must(naru(folder, 'status'))
    return deal


def write_rows(path, n=N_ROWS, text='row'):
    with open(path, 'w', encoding='utf-8') as file:
        for number in range(1, n + 1):
            file.write(f'{{"title": "{text} {number} 기술", "external_id": "X-{text}-{number}", "trl": {number % 9 + 1}}}\n')
    return path


def damage_unsynced(office, base):
    """Every file of the history that came after the base becomes an empty one, and so does the branch."""
    for folder, _, files in os.walk(os.path.join(office, 'audit.git')):
        inside = os.path.relpath(folder, office)
        for name in files:
            if name == 'main' or not os.path.exists(os.path.join(base, inside, name)):
                os.truncate(os.path.join(folder, name), 0)
