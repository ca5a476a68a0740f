# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kinds of tampering with what a commit says of itself: people, times, words, trailers, digests, signatures, form."""
import portfolio
from portfolio import AUDITOR, DEAL, DIRECTOR, MINJI, OTHER
from tampering import alteration, first, kind, last

PATENT = first('advance', DEAL, to='patent')
EDIT = last('edit', DEAL)


# --- people and times ---

def set_author(name=None, person=None, **more):
    def change(history, seq):
        author = history[seq].author
        author.name = name.encode() if name else author.name
        author.email = f'{person}@naru'.encode() if person else author.email
        author.__dict__.update(more)
    return change


def shift(authored=0, committed=0, zone=None):
    def change(history, seq):
        entry = history[seq]
        entry.author.seconds += authored
        entry.committer.seconds += committed
        entry.author.zone = zone or entry.author.zone
    return change


def set_committer(**more):
    def change(history, seq):
        history[seq].committer.__dict__.update(more)
    return change


def shift_all(history, seq):
    """What was written down with a time no longer fits: notes, and the list of keys."""
    for entry in history.entries[seq - 1:]:
        entry.author.seconds += 1800
        entry.committer.seconds += 1800
    return [number for number in range(seq, len(history.entries) + 1)
            if history[number].action in ('note', 'rotate-key', 'revoke-key')]


YEAR = 365 * 86400
for name, where, comes, change in (
        ('another officer is the author', EDIT, 'earlier', set_author('Park Director', DIRECTOR)),
        ('the author has another name', EDIT, 'told', set_author('Somebody Else')),
        ('the author has the address of another person', EDIT, 'told', set_author(person=DIRECTOR)),
        ('the author has an address of no office', EDIT, 'told', set_author(email=b'who@example.com')),
        ('the author is nobody of the office', EDIT, 'told', set_author('Nobody', 'MGK-PER-2026-00099')),
        ('the author may not do it', EDIT, 'told', set_author('Lee Auditor', AUDITOR)),
        ('the author of a change of roles may not do it', first('edit', portfolio.GONE), 'told',
         set_author('김민지', MINJI)),
        ('the author of a new key may not do it', first('rotate-key'), 'told', set_author('김민지', MINJI)),
        ('the author of new rules may not do it', first('rules'), 'told', set_author('김민지', MINJI)),
        ('the author of an approval is an officer', first('approve'), 'told', set_author('김민지', MINJI)),
        ('the author of a waiver is an officer', first('waive'), 'told', set_author('김민지', MINJI)),
        ('the author of an approval is another director', first('approve'), 'told', set_author('Choi Director',
                                                                                             portfolio.SECOND)),
        ('the author of a rejection is another director', first('reject'), 'told', set_author('Park Director',
         DIRECTOR)),
        ('the author of a note is another officer', first('note'), 'told', set_author('Park Director', DIRECTOR)),
        ('an author who joins only later', first('create', MINJI), 'told', set_author('Choi Director',
         portfolio.SECOND)),
        ('the committer has another name', EDIT, 'told', set_committer(name=b'Another office')),
        ('the committer has another address', EDIT, 'told', set_committer(email=b'office@abc.naru')),
        ('the committer has another zone', EDIT, 'earlier', set_committer(zone=b'-0500')),
        ('author time behind the commit', EDIT, 'told', shift(authored=600)),
        ('author time years before', EDIT, 'earlier', shift(authored=-3 * YEAR)),
        ('author time of an approval on another day', first('approve'), 'told', shift(authored=-3 * 86400)),
        ('author time of a waiver on another day', first('waive'), 'told', shift(authored=-3 * 86400)),
        ('author time of a note on another hour', first('note'), 'told', shift(authored=-7200)),
        ('author time of an imported move', first('import', 'LOG-2026-00001'), 'earlier', shift(authored=-86400)),
        ('author in another zone', EDIT, 'earlier', shift(zone=b'-0800')),
        ('author in a zone that is none', EDIT, 'told', shift(zone=b'+9959')),
        ('commit time before the one before it', PATENT, 'told', shift(-3 * 3600, -3 * 3600)),
        ('commit time behind the one after it', PATENT, 'told', shift(0, 3 * 3600)),
        ('both times half an hour later', EDIT, 'earlier', shift(1800, 1800)),
        ('all times half an hour later from here', EDIT, 'earlier', shift_all),
        ('all times half an hour later from the first', lambda history: 2, 'told', shift_all)):
    alteration('people and times', name, where, comes)(change)


# --- words ---

def replace(old, new):
    def change(history, seq):
        assert old in history[seq].subject
        history[seq].subject = history[seq].subject.replace(old, new)
    return change


def reason(text):
    def change(history, seq):
        history[seq].reason = text
    return change


def message(change_bytes):
    def change(history, seq):
        history[seq].on_message = change_bytes
    return change


for name, where, comes, change in (
        ('the subject names another record', EDIT, 'told', replace(DEAL, OTHER)),
        ('the subject names another type', EDIT, 'told', replace('deal', 'asset')),
        ('the subject names another action', first('note'), 'told', replace('note', 'approve')),
        ('the subject names another stage', PATENT, 'told', replace('patent', 'marketing')),
        ('the subject of a waiver names another day', first('waive'), 'told', replace('2099-12-31', '2026-12-31')),
        ('the subject of a waiver names another condition', first('waive'), 'told', replace('agreement', 'content')),
        ('the subject of an approval names another stage', first('approve'), 'told', replace('patent', 'marketing')),
        ('the subject names other fields', EDIT, 'told', replace('trl', 'title')),
        ('the subject names more fields', EDIT, 'told', replace('trl', 'title, trl')),
        ('the subject of a document names another size', first('attach'), 'told', replace('12 bytes', '13 bytes')),
        ('the subject of an import counts otherwise', first('import'), 'told', replace('3 created', '2 created')),
        ('the subject of new rules names another version', first('rules'), 'told', replace('1.1', '1.2')),
        ('the subject of a rule switch names another plugin', lambda h: h.find('rules', nth=1), 'told',
         replace('tidal', 'green')),
        ('the subject of a key names another', first('rotate-key'), 'told', replace('SHA256:', 'SHA256:A')),
        ('the subject has more words', EDIT, 'told', replace('trl', 'trl, as agreed with the director')),
        ('the subject is of two lines', EDIT, 'told', replace('trl', 'trl\nand more')),
        ('the subject ends in a blank', EDIT, 'told', replace('trl', 'trl ')),
        ('the reason of a waiver is another', first('waive'), 'told', reason('By phone')),
        ('the reason of a waiver is gone', first('waive'), 'told', reason(None)),
        ('the reason of a rejection is another', first('reject'), 'told', reason('By phone')),
        ('the reason of a rejection is gone', first('reject'), 'told', reason(None)),
        ('the reason of new rules is another', first('rules'), 'earlier', reason('By phone')),
        ('the reason of a new key is another', first('rotate-key'), 'earlier', reason('By phone')),
        ('the reason of a new key is gone', first('rotate-key'), 'told', reason(None)),
        ('the reason of a revoked key is gone', first('revoke-key'), 'told', reason(None)),
        ('an edit gives a reason', EDIT, 'told', reason('The director wants it so')),
        ('an approval gives a reason', first('approve'), 'told', reason('With conditions')),
        ('a paragraph more in the message', EDIT, 'told', message(lambda m: m.replace(b'\n\n', b'\n\nMore.\n\n', 1))),
        ('text behind the trailers', EDIT, 'told', message(lambda m: m + b'\nAgreed.\n')),
        ('the message ends without a newline', EDIT, 'told', message(lambda m: m[:-1])),
        ('the message has line ends of another system', EDIT, 'told', message(lambda m: m.replace(b'\n', b'\r\n'))),
        ('a NUL in the message', EDIT, 'told', message(lambda m: m + b'\0')),
        ('bytes that are no UTF-8', EDIT, 'told', message(lambda m: m.replace(b'trl', b'tr\xff', 1)))):
    alteration('words', name, where, comes)(change)


# --- trailers ---

TRAILERS = (
    ('Action', EDIT, 'note'), ('Record', EDIT, OTHER), ('Via', EDIT, 'robot'), ('From', PATENT, 'disclosure'),
    ('To', PATENT, 'marketing'), ('Rules', PATENT, 'technology blake2b:' + 'ab' * 32),
    ('Verdict', PATENT, 'BD-02@1 block pass'), ('Waiver', PATENT, 'patent.grade'),
    ('Approved-By', PATENT, f'{portfolio.SECOND} (director, 2026-03-03)'), ('Key', first('rotate-key'),
     'SHA256:' + 'A' * 43),
    ('Key-Ended', first('rotate-key'), 'SHA256:' + 'A' * 43), ('Key-Revoked', first('revoke-key'),
     'SHA256:' + 'A' * 43),
    ('Judged', first('import'), 'yes'), ('Waiver', first('waive'), 'patent.grade'), ('Action', PATENT, 'import'),
    ('Action', first('approve'), 'reject'))


def list_operations(value):
    def change(entry, key):
        entry.set(key, value)

    def gone(entry, key):
        entry.drop(key)

    def twice(entry, key):
        number = [name for name, _ in entry.trailers].index(key)
        entry.trailers.insert(number, entry.trailers[number])

    def other_first(entry, key):
        number = [name for name, _ in entry.trailers].index(key)
        entry.trailers.insert(number, (key, value))
    return (('is another', change), ('is gone', gone), ('stands twice', twice), ('stands behind another one',
        other_first))


def edit_trailer(operation, key):
    def change(history, seq):
        assert history[seq].get(key) is not None
        operation(history[seq], key)
    return change


for number, (trailer, where, value) in enumerate(TRAILERS):
    for name, operation in list_operations(value):
        what = ('', ' of a waiver', ' of an advance', ' of an approval')[max(0, number - 12)]
        alteration('trailers', f'Naru-{trailer}{what} {name}', where,
                   'earlier' if (trailer, name) == ('Via', 'is another') else 'told')(
                       edit_trailer(operation, f'Naru-{trailer}'))


def add_trailer(key, value, at=None):
    def change(history, seq):
        trailers = history[seq].trailers
        trailers.insert(len(trailers) if at is None else at, (key, value))
    return change


def change_verdict(old, new):
    def change(history, seq):
        trailers = [(key, value.replace(old, new)) if key == 'Naru-Verdict' else (key, value)
                    for key, value in history[seq].trailers]
        assert trailers != history[seq].trailers
        history[seq].trailers = trailers
    return change


def drop_all(key):
    return lambda history, seq: history[seq].drop(key)


for name, where, comes, change in (
        ('a trailer that nobody knows', EDIT, 'told', add_trailer('Naru-Extra', 'yes')),
        ('a trailer Signed-off-by', EDIT, 'told', add_trailer('Signed-off-by', 'Somebody <a@b>')),
        ('a waiver that nobody granted', PATENT, 'told', add_trailer('Naru-Waiver', 'patent.grade', -1)),
        ('an approval that nobody gave', PATENT, 'told',
         add_trailer('Naru-Approved-By', f'{portfolio.SECOND} (director, 2026-03-03)', -1)),
        ('one approval less', PATENT, 'told',
         lambda h, seq: h[seq].trailers.remove(('Naru-Approved-By', f'{DIRECTOR} (director, 2026-03-03)'))),
        ('an approval of another day', PATENT, 'told', lambda h, seq: h[seq].set('Naru-Approved-By',
                                                                               f'{DIRECTOR} (director, 2026-03-02)')),
        ('a note that bears a move', first('note'), 'told', add_trailer('Naru-To', 'marketing', 2)),
        ('an edit that bears a waiver', EDIT, 'told', add_trailer('Naru-Waiver', 'patent.grade', 2)),
        ('an edit that was not judged', EDIT, 'told', add_trailer('Naru-Judged', 'no', 2)),
        ('a verdict pass where it was waived', PATENT, 'told', change_verdict('block waived', 'block pass')),
        ('a verdict fail where it was pass', PATENT, 'told', change_verdict('patent.owners block pass',
                                                                         'patent.owners block fail')),
        ('a verdict pass where it was unknown', PATENT, 'told', change_verdict('BD-02@1 block unknown',
                                                                            'BD-02@1 block pass')),
        ('a verdict of another version', PATENT, 'told', change_verdict('BD-02@1', 'BD-02@2')),
        ('a verdict of another severity', PATENT, 'told', change_verdict('BD-02@1 block', 'BD-02@1 warn')),
        ('a verdict of a rule that there is not', PATENT, 'told', add_trailer('Naru-Verdict', 'ABC-01@1 block pass',
         15)),
        ('no verdicts', PATENT, 'told', drop_all('Naru-Verdict')),
        ('no rules', PATENT, 'told', drop_all('Naru-Rules')),
        ('rules of an older version', last('advance', OTHER), 'told', lambda h, seq: h[seq].trailers.__setitem__(
            slice(None), [(k, v.replace('novelty@1.1', 'novelty@1.0')) for k, v in h[seq].trailers])),
        ('the trailers in another order', EDIT, 'told', lambda h, seq: h[seq].trailers.reverse())):
    alteration('trailers', name, where, comes)(change)


# --- numbers and digests ---

def override(**more):
    def change(history, seq):
        history[seq].__dict__.update(more)
    return change


def renumber(step):
    def change(history, seq):
        for number in range(seq, len(history.entries) + 1):
            history[number].seq = number + step
    return change


for name, where, change in (
        ('a number is left out', PATENT, renumber(1)), ('a number stands twice', PATENT, renumber(-1)),
        ('the numbers begin with 0', lambda h: 1, renumber(-1)), ('one number is another', PATENT, override(seq=7)),
        ('one number is very large', EDIT, override(seq=1 << 63)),
        ('the digest of an entry is another', PATENT, override(digest=bytes(range(32)))),
        ('the digest of the last entry is another', lambda h: len(h.entries), override(digest=bytes(range(32)))),
        ('the chain is another', PATENT, override(chain=bytes(range(32)))),
        ('the chain begins anew', PATENT, override(chain=bytes(32))),
        ('the chain of the last entry is another', lambda h: len(h.entries), override(chain=bytes(range(32))))):
    alteration('numbers and digests', name, where, means=('insider',))(change)


# --- signatures ---

def sign_one(change):
    """One commit alone is signed otherwise; change (case, its entry) does that. The others are as an office signs."""
    def do(case):
        seq = PATENT(case.history)
        case.at = [seq]
        entry = case.history[seq]
        entry.key, entry.fixed = case.era(seq), True
        change(case, entry)
        case.sign('insider', seq)
        case.write()
    return do


def sign_with(pick):
    return lambda case, entry: setattr(entry, 'key', pick(case))


def other_text(case, entry):
    entry.signature, entry.key = entry.key.sign(b'Something else'), 'kept'


def broken(old, new):
    return lambda case, entry: setattr(entry, 'on_commit', lambda content: content.replace(old, new, 1))


for name, change in (('one commit bears none', sign_with(lambda case: None)),
                     ('one commit is signed by a stranger', sign_with(lambda case: case.foreign)),
                     ('one commit is signed by a later key', sign_with(lambda case: case.keys[1])),
                     ('one commit is signed by the present key', sign_with(lambda case: case.keys[2])),
                     ('one signature is of another text', other_text),
                     ('one signature has another letter', broken(b'gpgsig -----BEGIN SSH SIGNATURE-----\n U1N',
                                                                 b'gpgsig -----BEGIN SSH SIGNATURE-----\n U1M')),
                     ('one signature is cut', broken(b'-----END SSH SIGNATURE-----', b'')),
                     ('one signature is of PGP', broken(b'BEGIN SSH', b'BEGIN PGP')),
                     ('one signature stands under another name', broken(b'gpgsig ', b'gpgsig-sha256 ')),
                     ('one signature begins twice', broken(b'gpgsig ',
                      b'gpgsig -----BEGIN SSH SIGNATURE-----\ngpgsig '))):
    kind('signatures', name, 'insider', 'told', sign_one(change))

for name, means, where in (('a party is back-dated', 'first', last('create')), ('an edit is back-dated', 'first', EDIT),
                           ('an advance is back-dated', 'first', last('advance', OTHER)),
                           ('an edit is back-dated', 'revoked', EDIT), ('a document is back-dated', 'revoked',
                            last('attach')),
                           ('an advance is back-dated', 'revoked', PATENT), ('an advance is back-dated', 'present',
                            PATENT),
                           ('a person is back-dated', 'present', first('create'))):
    alteration('signatures', f'{name} with another key of the office', where, means=(means,))(shift(60, 60))


# --- the form of a commit ---

def add_header(text):
    def change(history, seq):
        history[seq].headers = text
    return change


def commit(old, new):
    def change(history, seq):
        history[seq].on_commit = lambda content: content.replace(old, new, 1)
    return change


for name, where, change in (
        ('a header encoding', EDIT, add_header(b'encoding ISO-8859-1\n')),
        ('a header mergetag', EDIT, add_header(b'mergetag object ' + b'0' * 40 + b'\n')),
        ('a header that nobody knows', EDIT, add_header(b'note hidden text\n')),
        ('no author', EDIT, commit(b'\nauthor ', b'\nauthour ')),
        ('two authors', EDIT, commit(b'\nauthor ', b'\nauthor A <a@b> 1 +0000\nauthor ')),
        ('no tree', EDIT, commit(b'tree ', b'tee ')),
        ('an empty commit', EDIT, lambda h, seq: setattr(h[seq], 'on_commit', lambda content: b'')),
        ('a time of 64 bits', EDIT, lambda h, seq: setattr(h[seq].author, 'seconds', 1 << 40)),
        ('a time before 1970', EDIT, lambda h, seq: setattr(h[seq].author, 'seconds', -1))):
    alteration('form of a commit', name, where, means=('insider',))(change)
