# SPDX-License-Identifier: LGPL-2.1-or-later
"""Commands whose effect is no entry: seals and their time stamps, mirrors, the passphrase of the key. And what they
talk to: an ssh-agent, a service for time stamps and a mirror, all on this machine."""
import atexit
import functools
import os
import re
import shutil
import subprocess
import sys
import time
import zlib

import harness
import trials
from harness import PROGRAM, must, run

CLI = os.path.join(harness.HERE, '..', 'cli')
PASSPHRASE = 'some words for the key'
WAIT = 20  # seconds for a service to come up


class Mark(trials.Scenario):
    """A command that leaves something besides entries: find (top) says what: '' for nothing yet, else what it is. If
    that is another one each time it is only asked for whether it is there (exact)."""

    remakes = True

    def __init__(self, name, base, command, find, env=None, exact=True, again=True):
        self.find, self.expected, self.exact, self.again = find, None, exact, again
        super().__init__(name, base, [command], [None], env)

    def note_done(self, top):
        self.expected = self.find(top)
        if not self.expected:
            harness.bail(f'{self.name}: an undisturbed run leaves nothing')

    def judge(self, top, sure, by_change=False, **env):
        """All of it is there or nothing, and where there is nothing the same command does it now."""
        problems = self.judge_office(top, sure, by_change, env)
        found = self.find(top)
        if found and self.exact and found != self.expected:
            problems.append(f'there is {found}, not {self.expected}')
        if sure and not found:
            problems.append('it was acknowledged, and it is not there')
        if not problems and not found and self.again:
            done = run(self.words(top), env=self.environment(**env))
            if done.returncode != 0 or not self.find(top):
                problems.append(f'done again: ended with {done.returncode}: {done.stderr.strip()[-400:]}')
            problems += harness.checker.check(top).problems
        return problems

    def judge_office(self, top, sure, by_change, env):
        judge = harness.judge_by_change if by_change else harness.judge
        return judge(top, self.heads[sure:], env=self.environment(**env))

    def is_done(self, top):
        found = self.find(top)
        return found == self.expected if self.exact else found != ''

    def says_done(self, done):
        return done.returncode == 0 or (done.returncode == 7 and 'the disk has not confirmed it' in done.stderr)

    def check_acks(self, top):
        return harness.checker.check(top).problems


class Push(Mark):
    """Brings history and seals to a mirror. That stands beside the office, on the disk of somebody else: what the
    power takes here it does not take there. Each worker has its own, so its address is a folder within the folder of
    whoever asks."""

    ADDRESS = '/proc/self/cwd/mirror.git'
    tells_in_answer = True  # where each mirror has its own trouble

    def __init__(self, name, base, mirror, env=None):
        self.mirror = mirror
        self.after = os.path.join(harness.work_folder(), f'{name}-after.git')
        super().__init__(name, base, ['remote', 'push'], self.read_mirror, env)

    def away(self, top):
        return top + '.away'

    def folder(self, top):
        return self.away(top)

    def read_mirror(self, top):
        """What it has, where that is all of it"""
        office, mirror = (self.list_refs(path) for path in (os.path.join(top, 'audit.git'), self.path(top)))
        return repr(mirror) if mirror == office else ''

    def path(self, top):
        return os.path.join(self.away(top), 'mirror.git')

    @staticmethod
    def list_refs(repository):
        listed = run(['git', '--git-dir', repository, 'for-each-ref', '--format=%(refname) %(objectname)']).stdout
        return [line for line in listed.split('\n') if line and not line.startswith('refs/naru/mirrors/')]

    def lay(self, top):
        super().lay(top)
        self.lay_mirror(top, self.mirror)

    def lay_mirror(self, top, mirror):
        os.makedirs(self.away(top), exist_ok=True)
        harness.remove(self.path(top))
        shutil.copytree(mirror, self.path(top))

    def note_done(self, top):
        super().note_done(top)
        shutil.copytree(self.path(top), self.after)

    def judge(self, top, sure, by_change=False, **env):
        if env:  # the power was lost here, so the mirror has what it was given until then
            with open(os.path.join(top, 'data.mdb'), 'rb') as file:
                given = sure or zlib.crc32(file.read()) % 2
            self.lay_mirror(top, self.after if given else self.mirror)
        problems = ['it was acknowledged, and the mirror lacks it'] if sure and not self.find(top) else []
        problems += self.judge_office(top, sure, by_change, env)
        return problems or self.judge_mirror(top, env)

    def judge_mirror(self, top, env):
        """Whatever it has is whole and ours, and the next push completes it."""
        self.check_mirror(problems := [], top, 'before')
        head = run(['git', '--git-dir', self.path(top), 'rev-parse', 'main']).stdout.strip()
        ours = run(['git', '--git-dir', os.path.join(top, 'audit.git'), 'merge-base', '--is-ancestor', head, 'main'])
        if ours.returncode != 0:
            problems.append(f'the mirror stands at {head}')
        done = run(self.words(top), env=self.environment(**env), cwd=self.away(top))
        if done.returncode != 0 and self.age_locks(top, done, problems):
            done = run(self.words(top), env=self.environment(**env), cwd=self.away(top))
        if done.returncode != 0 or not self.find(top):
            problems.append(f'pushed again: ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-400:]}')
        problems += harness.checker.check(top).problems
        if not problems and self.find_locks(top):
            problems += self.push_later(top, env)
        self.check_mirror(problems, top, 'in the end')
        return problems

    def push_later(self, top, env):
        """A lock that git could not remove, and that hindered nothing, goes before what comes next is brought there."""
        later, env = top + '.later', self.environment(**env)
        harness.copy(top, later)
        self.lay_mirror(later, self.path(top))
        for lock in self.find_locks(later):
            os.utime(lock, (time.time() - 3600,) * 2)
        for lock in self.find_locks(top):
            os.unlink(lock)
        for words in (['--as', 'head', '--office', later, 'new', 'party', 'name=Later'], self.words(later)[1:]):
            done = run([PROGRAM, *words], env=env, cwd=self.away(later))
            if done.returncode != 0:
                return [f'{words}: ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-400:]}']
        return [] if self.find(later) and not self.find_locks(later) else ['what came next is not in the mirror']

    def check_mirror(self, problems, top, when):
        done = run(['git', '--git-dir', self.path(top), 'fsck', '--strict', '--full', '--no-dangling', '--no-progress'])
        if done.returncode != 0 or done.stderr.strip():
            problems.append(f'git fsck of the mirror {when}: {done.stderr.strip()[:300]}')
        if when == 'in the end' and self.find_locks(top):
            problems.append(f'the mirror has {self.find_locks(top)}')

    def find_locks(self, top):
        return [os.path.join(folder, name) for folder, _, names in os.walk(self.path(top)) for name in names
                if name.endswith('.lock')]

    def age_locks(self, top, done, problems):
        """Where git itself was killed in the mirror, its locks stay, and naru says which; later on it removes them."""
        locks = self.find_locks(top)
        if not any(lock.endswith(found) for lock in locks for found in re.findall(r'mirror\.git(/\S+\.lock)', done.stdout)):
            problems.append(f'pushed again: no word of {locks}: {(done.stdout + done.stderr).strip()[-400:]}')
        for lock in locks:
            os.utime(lock, (time.time() - 3600,) * 2)
        return bool(locks)

    def fits(self, done, present):
        """A mirror may have what it could not tell any more."""
        return present or not self.says_done(done)


def find_ref(ref, top):
    """What it names in the history of an office"""
    return run(['git', '--git-dir', os.path.join(top, 'audit.git'), 'rev-parse', '-q', '--verify', ref]).stdout.strip()


def opens(top, passphrase):
    return run(['ssh-keygen', '-y', '-P', passphrase, '-f', os.path.join(top, 'keys', 'office')]).returncode == 0


def find_passphrase(top):
    """Whether the key has one, and the right one"""
    if opens(top, ''):
        return ''
    return 'locked' if opens(top, PASSPHRASE) else 'locked with something else'


def find_no_passphrase(top):
    return '' if find_passphrase(top) == 'locked' else 'open' if opens(top, '') else 'neither'


def start(words, **more):
    """A service that ends with this process"""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and (process.kill(), process.wait()))


def wait_for(path):
    until = time.monotonic() + WAIT
    while not os.path.exists(path):
        if time.monotonic() > until:
            harness.bail(f'{path} does not come')
        time.sleep(0.02)
    return path


def start_agent(*keys):
    """An ssh-agent that holds these keys. Returns its socket."""
    socket = os.path.join(harness.work_folder(), f'agent-{len(os.listdir(harness.work_folder()))}')
    start(['ssh-agent', '-D', '-a', socket])
    for key in keys:
        must(run(['ssh-add', '-q', key], env=harness.environment(SSH_AUTH_SOCK=wait_for(socket))))
    return socket


def start_service(folder):
    """A service for time stamps that works in this new folder. Returns its address and its certificate."""
    os.mkdir(folder)
    shutil.copy(os.path.join(CLI, 'tsa.cnf'), folder)
    with open(os.path.join(folder, 'serial'), 'w', encoding='ascii') as file:
        file.write('01\n')
    must(run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config',
              'tsa.cnf', '-section', 'request', '-keyout', 'tsa.key', '-out', 'tsa.pem', '-days', '30'], cwd=folder))
    start([sys.executable, os.path.join(CLI, 'tsa.py'), folder])
    with open(wait_for(os.path.join(folder, 'port')), encoding='ascii') as file:
        return f'http://127.0.0.1:{file.read().strip()}/stamp', os.path.join(folder, 'tsa.pem')


class Places:
    """Bases and services for these, each made when it is first asked for. world: where they come from."""

    def __init__(self, world):
        self.world = world

    def person_key(self):
        return self.world.key('person-key') + '.pub'

    def decider(self):
        """A director who signs their decisions with a key of their own; somebody without the role tried before."""
        def make(folder):
            harness.copy(self.world.committee(), folder)
            env = self.world.environment()
            refused = harness.naru(folder, 'approve', 'MGK-2026-00002', 'evaluation', env=env)
            if refused.returncode != 1:
                harness.bail(f'who has no role approves: {refused.returncode}')
            must(harness.naru(folder, 'person', 'key', 'dir', 'add', self.person_key(), env=env, who='dir'))
        return self.world.path('base-decider', make)

    def decider_env(self):
        return {**self.world.env, 'SSH_AUTH_SOCK': start_agent(self.world.key('person-key'))}

    def sealed(self):
        return self.world.after('sealed', self.world.waiting(), ('seal', '--name', 'board'))

    def mirrored(self):
        """An office with a mirror, which lacks a seal and what came since."""
        def make(folder):
            harness.copy(self.world.base, folder)
            mirror = self.mirror()
            env = self.world.environment()
            must(harness.naru(folder, 'remote', 'add', 'auditor', Push.ADDRESS, env=env))
            must(harness.naru(folder, 'remote', 'push', env=env, cwd=os.path.dirname(mirror)))
            must(harness.naru(folder, 'seal', '--name', 'first', env=env))
            for number in range(3):
                must(harness.naru(folder, 'note', self.world.deal, f'waits {number}', env=env))
        return self.world.path('base-mirrored', make)

    def mirror(self):
        def make(folder):
            os.mkdir(folder)
            must(run(['git', 'init', '-q', '--bare', '-b', 'main', os.path.join(folder, 'mirror.git')]))
        return os.path.join(self.world.path('mirror-before', make), 'mirror.git')

    def locked(self):
        return self.world.after('locked', self.world.base, ('key', 'passphrase', '--passphrase-file', self.passphrase()))

    def passphrase(self):
        return self.world.text('passphrase', PASSPHRASE + '\n')

    def key_env(self):
        """The office's key stands in an agent, so that all goes on whether or not it has a passphrase."""
        key = self.world.path('office-key', lambda path: shutil.copyfile(os.path.join(self.world.base, 'keys', 'office'), path))
        os.chmod(key, 0o600)
        return {**self.world.env, 'SSH_AUTH_SOCK': start_agent(key)}

    def make_stamp(self):
        url, certificate = start_service(os.path.join(self.world.top, 'tsa'))
        folder = self.world.path('stamps', os.mkdir)  # where what a killed command leaves goes in the end
        return Mark('seal timestamp', self.sealed(), ['seal', 'timestamp', 'board', url, '--tsa-ca', certificate],
                    functools.partial(find_ref, 'refs/naru/timestamps/seal-board'), {**self.world.env, 'TMPDIR': folder, 'no_proxy': '127.0.0.1'},
                    exact=False)

    def list(self):
        """name -> function () that makes the scenario, as scenarios.list_scenarios()"""
        return {
            'seal': lambda: Mark('seal', self.world.waiting(), ['seal', '--name', 'board'],
                                 functools.partial(find_ref, 'refs/tags/seal-board'), self.world.env),
            'seal timestamp': self.make_stamp,
            'remote push': lambda: Push('remote push', self.mirrored(), self.mirror(), self.world.env),
            'key passphrase': lambda: Mark('key passphrase', self.world.base,
                                           ['key', 'passphrase', '--passphrase-file', self.passphrase()], find_passphrase,
                                           self.key_env()),
            'key-unlock': lambda: Mark('key-unlock', self.locked(),
                                       ['key', 'passphrase', '--old-passphrase-file', self.passphrase(), '--remove'],
                                       find_no_passphrase, self.key_env()),
        }
