# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kinds of tampering share: how a kind is named and listed, and the office that it is done to.

A kind is one way to alter an office. Most alter an entry of the history and then make good all that follows from it:
numbers, digests, chain, trees, parents. What is left to them is the signature, so each is done by several means:

  insider   whoever has all keys of the office, old and new: no signature is wrong
  unsigned  the altered commit and all later ones bear no signature
  foreign   they are signed with a key that the office never had
  kept      they keep the signatures that they had
  unsealed  as insider, but they keep the digests that they had
  first, revoked, present     they are signed with that one key of the office, in force then or not

After an alteration of the history the store is made again from it where that is possible, as a forger would.

A kind says what it comes to:

  told      the history or the store contradict themselves, so that verify must find it
  earlier   an office might have written just this; it is found by what others hold: a seal, or a mirror
  same      nothing that is recorded has changed, and verify must not complain
  odd       no meaning has changed, but no office writes it: whether it is told is left open"""
import collections
import os
import shutil

import forge
import harness

Kind = collections.namedtuple('Kind', 'group name means comes do')
SIGNATURES = ('unsigned', 'foreign', 'kept', 'unsealed')
KINDS = []


class Case:
    """A copy of the office for one kind; at is where it was altered: numbers of entries, and words."""

    def __init__(self, folder, portfolio, history, foreign):
        self.folder, self.portfolio = folder, portfolio
        self.git = os.path.join(folder, 'audit.git')
        self.history = history.copy()
        self.keys = [forge.Key(path) for path in portfolio.keys]
        self.foreign = forge.Key(foreign)
        self.at, self.rewritten, self.refused = [], False, ''

    def git_run(self, *words):
        done = harness.run(['git', '--git-dir', self.git, *words])
        if done.returncode != 0:
            raise RuntimeError(f'git {words}: {done.stderr}')
        return done.stdout.strip()

    def era(self, seq):
        """The key that an honest office signs an entry with."""
        ends = [seq for seq, entry in enumerate(self.history.entries, 1) if entry.action in ('rotate-key',
            'revoke-key')]
        return self.keys[min(len([end for end in ends if end < seq]), len(self.keys) - 1)]

    def sign(self, means, first):
        """Signs the entries from the first altered one on."""
        for seq in range(first, len(self.history.entries) + 1):
            entry = self.history[seq]
            if entry.fixed:
                continue
            if means == 'unsealed' and entry.was:
                entry.digest, entry.chain = entry.was[1:]
            entry.key = {'unsigned': None, 'kept': 'kept', 'foreign': self.foreign, 'first': self.keys[0],
                         'revoked': self.keys[1], 'present': self.keys[2]}.get(means, self.era(seq))

    def make_store(self, git):
        """Makes a store from a history as restoring does. Returns its data.mdb, or None where it is refused."""
        target = self.folder + '.restored'
        harness.remove(target)
        done = harness.run([harness.PROGRAM, 'restore', target, '--from', git], env=self.portfolio.environment())
        self.refused = done.stderr.strip()
        return os.path.join(target, 'data.mdb') if done.returncode == 0 else None

    def write(self):
        self.rewritten = True
        head = forge.write_history(self.git, self.history)
        count = len(self.history.entries)
        self.at = [*self.at, *(self.history[at].oid for at in self.at if isinstance(at, int) and at <= count)]
        return head


def kind(group, name, means, comes, do):
    KINDS.append(Kind(group, name, means, comes, do))


def alteration(group, name, where, comes='told', means=None, ends=False):
    """Registers a change of the history: function (history, seq) returns where else it may be told. By an insider, and
    by another means in turn; ends: nothing of the rest changes, so that no signature is needed. where: function
    (history), for the number of the entry."""
    def register(change):
        def do(by):
            def act(case):
                seq = where(case.history)
                more = change(case.history, seq)
                case.at = [seq, *(more or ())]
                case.sign(by, min(number for number in case.at if isinstance(number, int)))
                case.write()
            return act
        turn = len({k.name for k in KINDS if k.group == group})
        for by in ('insider',) if ends else means or ('insider', SIGNATURES[turn % 4]):
            kind(group, name, by, comes if by == 'insider' else 'told', do(by))
        return change
    return register


def first(action, record=None, **more):
    """The first entry of that action."""
    return lambda history: history.find(action, record, **more)


def last(action, record=None, **more):
    return lambda history: history.find(action, record, nth=-1, **more)


def copy_office(source, target):
    harness.remove(target)
    shutil.copytree(source, target, symlinks=True)
