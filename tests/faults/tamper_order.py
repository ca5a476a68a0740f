# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kinds of tampering with which entries there are and in which order: dropped, doubled, swapped, moved, forged, cut;
approvals, waivers and roles that do not hold."""
from forge import canonical, copy_entry
from portfolio import AUDITOR, DEAL, DIRECTOR, GONE, MINJI, OTHER, SECOND, THIRD
from tamper_records import deal_path, put
from tampering import alteration, first, kind, last

APPROVE, SECOND_APPROVAL, WAIVE = first('approve'), last('approve'), first('waive')
PATENT = first('advance', DEAL, to='patent')
MARKETING = first('advance', DEAL, to='marketing')
EDIT = last('edit', DEAL)
PEOPLE = {MINJI: '김민지', DIRECTOR: 'Park Director', SECOND: 'Choi Director', GONE: 'Han Director',
    AUDITOR: 'Lee Auditor'}


# --- which entries there are ---

def list_names(entry):
    """What else may be named where an entry is missed: its records, the keys, or the deals of a sector."""
    names = [path.split('/')[-1][:-len('.json')] for path in entry.files if path.startswith('records/')]
    for path in entry.files:
        names += ['key'] if path.startswith('keys/') else [DEAL, OTHER] if path.startswith('rules/') else []
    return names


def drop(history, seq):
    """The entry goes, and what comes later stays as it is."""
    names = list_names(history.entries.pop(seq - 1))
    return [seq + 1, *names]


def double(history, seq):
    history.insert(seq + 1, copy_entry(history[seq]))
    return [seq + 1, *list_names(history[seq])]


def swap(history, seq):
    one, other = history[seq], history[seq + 1]
    history.entries[seq - 1:seq + 1] = [other, one]
    exchange_times(one, other)
    return [seq + 1, *list_names(one), *list_names(other)]


def exchange_times(one, other):
    one.author.seconds, other.author.seconds = other.author.seconds, one.author.seconds
    one.committer.seconds, other.committer.seconds = other.committer.seconds, one.committer.seconds


def swap_with_times(history, seq):
    history.entries[seq - 1:seq + 1] = [history[seq + 1], history[seq]]
    return [seq + 1]


def move(to):
    """The entry goes to another place, with the times of its neighbours."""
    def change(history, seq):
        place = to(history)
        entry = history.entries.pop(seq - 1)
        history.insert(place, entry)
        neighbour = history[place - 1 if place > 1 else 2].committer.seconds
        entry.author.seconds = entry.committer.seconds = neighbour + (1 if place > 1 else -1)
        return [min(seq, place), max(seq, place), place + 1, *list_names(entry)]
    return change


def squash(history, seq):
    """Two entries become one."""
    entry, other = history[seq], history.entries.pop(seq)
    entry.files.update(other.files)
    return [seq + 1]


def split(history, seq):
    """One entry becomes two: half of the files in each."""
    other = copy_entry(history[seq])
    paths = sorted(history[seq].files)
    for path in paths[:len(paths) // 2]:
        other.files.pop(path)
    for path in paths[len(paths) // 2:]:
        history[seq].files.pop(path)
    history.insert(seq + 1, other)
    return [seq + 1]


EVERY = (('the making of the office', lambda h: 1), ('a new person', first('create', MINJI)),
         ('a new party', first('create', 'MGK-PTY-2026-00002')), ('a new deal', first('create', DEAL)),
         ('the first edit', first('edit', DEAL)), ('the first advance', first('advance')), ('a waiver', WAIVE),
         ('a document', first('attach')), ('the second waiver', last('waive')), ('a rejection', first('reject')),
         ('an approval', APPROVE), ('the other approval', SECOND_APPROVAL), ('an approved advance', PATENT),
         ('a note', first('note')), ('a change of roles', first('edit', GONE)), ('a new key', first('rotate-key')),
         ('new rules', first('rules')), ('a rule switch', lambda h: h.find('rules', nth=1)),
         ('an import', first('import')), ('an imported move', lambda h: h.find('import', 'LOG-2026-00001', nth=1)),
         ('a link', first('link')), ('an advance back', last('advance', OTHER)), ('a revoked key', first('revoke-key')),
         ('a change of a person', first('edit', MINJI)), ('a pipeline', first('pipeline')))
# what nothing later builds upon may as well never have been; and who waives or decides twice is taken at his word twice
ALONE = ('a rejection', 'a change of roles', 'a revoked key', 'a change of a person', 'a pipeline')
TWICE = ('a waiver', 'the second waiver', 'a rejection', 'an approval', 'the other approval')

for what, where in EVERY:
    alteration('dropped', f'{what} is dropped', where, 'earlier' if what in ALONE else 'told')(drop)
    if what != 'the making of the office':
        alteration('doubled', f'{what} stands twice', where, 'earlier' if what in TWICE else 'told')(double)
alteration('dropped', 'the last entry but one', lambda h: len(h.entries) - 1, 'earlier')(drop)


def drop_ten(history, seq):
    del history.entries[seq - 1:seq + 9]
    return [seq + 1]


alteration('dropped', 'ten entries in the middle', first('reject'))(drop_ten)

for what, where in (('two new people', first('create', MINJI)), ('two new parties', first('create',
    'MGK-PTY-2026-00001')),
                    ('a new deal and its edit', first('create', DEAL)), ('an edit and its advance', first('edit',
                     DEAL)),
                    ('a waiver and the advance that needs it', WAIVE), ('a rejection and an approval', first('reject')),
                    ('two approvals', APPROVE), ('an approval and its advance', SECOND_APPROVAL),
                    ('a note and a change of roles', first('note')), ('a change of roles and a new key', first('edit',
                     GONE)),
                    ('a new key and new rules', first('rotate-key')), ('two rule switches', lambda h: h.find('rules',
                     nth=1)),
                    ('two imported moves', lambda h: h.find('import', 'LOG-2026-00001', nth=0)),
                    ('an advance and a revoked key', last('advance', OTHER)),
                    ('a payment and an agreement', first('create', 'MGK-PAY-2026-00001')),
                    ('a note and an edit of another deal', last('note'))):
    # a payment and an agreement have nothing to do with each other, and neither have a note and an edit
    comes = 'earlier' if what.startswith(('a payment', 'a note and an edit', 'a note and a change')) else 'told'
    alteration('swapped', what, where, comes)(swap)
for what, where in (('near the first', lambda h: 3), ('in the middle', first('note')), ('at the end',
    lambda h: len(h.entries) - 1)):
    alteration('swapped', f'with their times, {what}', where)(swap_with_times)

for what, where, to in (('an approval behind its advance', SECOND_APPROVAL, lambda h: PATENT(h) + 2),
                        ('an edit before what it needs', EDIT, lambda h: 5),
                        ('a waiver behind its advance', WAIVE, lambda h: first('advance', DEAL,
                         to='disclosure')(h) + 1),
                        ('a change of roles before the approval', first('edit', GONE), lambda h: APPROVE(h)),
                        ('a new person behind his first act', first('create', MINJI), lambda h: 8),
                        ('new rules before the advance', first('rules'), lambda h: PATENT(h)),
                        ('the making of the office', lambda h: 1, lambda h: 2),
                        ('a new key to the end', first('rotate-key'), lambda h: len(h.entries)),
                        ('an import to the end', last('import'), lambda h: len(h.entries)),
                        ('the last entry to the first', lambda h: len(h.entries), lambda h: 1)):
    # an import that nothing builds upon may as well have been made later
    alteration('moved', what, where, 'earlier' if what == 'an import to the end' else 'told')(move(to))

alteration('squashed', 'an edit and its advance', first('edit', DEAL))(squash)
alteration('squashed', 'two approvals', APPROVE)(squash)
alteration('squashed', 'two new parties', first('create', 'MGK-PTY-2026-00001'))(squash)
alteration('squashed', 'a waiver and its advance', WAIVE)(squash)
alteration('split', 'an import', first('import'))(split)
alteration('split', 'the making of the office', lambda h: 1)(split)
alteration('split', 'a document and its record', first('attach'))(split)


# --- parents and ends ---

def parents(pick):
    def change(history, seq):
        history[seq].parents = pick(history, seq)
        return history[seq].parents
    return change


for name, pick in (('the commit before the last', lambda h, seq: [h.oids[seq - 3]]), ('the first commit', lambda h,
    seq: [h.oids[0]]),
                   ('none', lambda h, seq: []), ('a commit that is missing', lambda h, seq: ['ab' * 20]),
                   ('two', lambda h, seq: [h.oids[seq - 2], h.oids[0]]), ('the same twice', lambda h,
                    seq: [h.oids[seq - 2]] * 2),
                   ('three', lambda h, seq: [h.oids[seq - 2], h.oids[0], h.oids[1]])):
    alteration('parents', name, PATENT)(parents(pick))


def cut_end(count):
    def change(history, seq):
        del history.entries[-count:]
        return ['store', 'head']
    return change


def cut_start(count):
    def change(history, seq):
        del history.entries[:count]
        for number, entry in enumerate(history.entries, count + 1):
            entry.seq = number
    return change


def cut_start_anew(history, seq):
    del history.entries[:5]


alteration('cut', 'the last entry is cut off', lambda h: len(h.entries) - 1, 'earlier', ends=True)(cut_end(1))
alteration('cut', 'the last ten entries are cut off', lambda h: len(h.entries) - 10, 'earlier', ends=True)(cut_end(10))
alteration('cut', 'all but the first are cut off', lambda h: 1, 'earlier', ends=True)(
    lambda h, seq: h.entries.__delitem__(slice(1, None)))
alteration('cut', 'the first five entries are cut off', lambda h: 1)(cut_start(5))
alteration('cut', 'the first five are cut off, and numbered anew', lambda h: 1)(cut_start_anew)


# --- approvals, waivers and roles that do not hold ---

def act_as(entry, person):
    entry.author.name, entry.author.email = PEOPLE[person].encode(), f'{person}@naru'.encode()


def approve_as(person, role='director'):
    """The first approval is another person's, in every place that says so, and the second one is gone."""
    def change(history, seq):
        other = SECOND_APPROVAL(history)
        act_as(history[seq], person)
        history.alter_json(seq, deal_path(), lambda r: r.update(approvals=[dict(r['approvals'][0], by=person,
            role=role)])
                           if r.get('approvals') else None)
        del history.entries[other - 1]
        move_on = history[PATENT(history)]
        move_on.trailers = [pair for pair in move_on.trailers if pair[0] != 'Naru-Approved-By']
        move_on.trailers.insert(-1, ('Naru-Approved-By', f'{person} ({role}, 2026-03-03)'))
        return [PATENT(history), DEAL]
    return change


def waive_as(person):
    def change(history, seq):
        act_as(history[seq], person)
        history.alter_json(seq, deal_path(), put('waivers/0/by', person))
        return [seq + 1, DEAL]
    return change


def waive_until(day):
    def change(history, seq):
        history[seq].subject = history[seq].subject.replace('2099-12-31', day)
        history.alter_json(seq, deal_path(), put('waivers/0/until', day))
        return [seq + 1, DEAL]
    return change


def waive_other(condition):
    """Another condition is waived, consistently but for the move that needs it."""
    def change(history, seq):
        entry = history[seq]
        entry.subject = entry.subject.replace('disclosure.agreement', condition)
        entry.set('Naru-Waiver', condition)
        history.alter_json(seq, deal_path(), put('waivers/0/condition', condition))
        return [seq + 1, DEAL]
    return change


def no_approvals(history, seq):
    """Neither approval ever was; the advance does not speak of them."""
    for number in sorted((APPROVE(history), SECOND_APPROVAL(history)), reverse=True):
        del history.entries[number - 1]
    advance = history[PATENT(history)]
    advance.drop('Naru-Approved-By')
    advance.trailers = [(key, value.replace('patent.approval block pass', 'patent.approval block fail'))
                        for key, value in advance.trailers]
    history.alter_json(1, deal_path(), lambda r: r.pop('approvals', None) and None)
    return [PATENT(history), DEAL]


def own_approval(history, seq):
    """Whoever approved makes the move as well."""
    approve_as(DIRECTOR)(history, seq)
    act_as(history[PATENT(history)], DIRECTOR)
    return [PATENT(history), DEAL]


def no_waiver(history, seq):
    """The waiver never was, and the advance that needed it does not speak of it."""
    del history.entries[seq - 1]
    history.alter_json(1, deal_path(), lambda r: r.update(
        waivers=[w for w in r['waivers'] if w['condition'] != 'disclosure.agreement']) if 'waivers' in r else None)
    history[seq].drop('Naru-Waiver')
    return [DEAL]


def role_too_late(history, seq):
    """A director becomes one only after he has approved."""
    history.alter_json(first('create', DIRECTOR)(history), deal_path(DIRECTOR, 'person'), put('roles', ['officer']))
    grant = copy_entry(history[first('edit', GONE)(history)])
    content = history.content(len(history.entries), deal_path(DIRECTOR, 'person'))
    grant.files = {deal_path(DIRECTOR, 'person'): content.replace(b'"officer"', b'"director"')}
    grant.subject = grant.subject.replace(GONE, DIRECTOR)
    grant.set('Naru-Record', DIRECTOR)
    grant.key = None
    history.insert(first('edit', GONE)(history), grant)
    return [WAIVE(history), APPROVE(history), DIRECTOR]


def role_gone(history, seq):
    """The only one who approved was no director any more."""
    place = APPROVE(history)
    roles = history.entries.pop(first('edit', GONE)(history) - 1)
    history.insert(place, roles)
    del history.entries[place]
    times = history[place - 1].committer.seconds + 60
    roles.author.seconds = roles.committer.seconds = times
    history.alter_json(place + 1, deal_path(), lambda r: r.update(
        approvals=[a for a in r['approvals'] if a['by'] == GONE]) if 'approvals' in r else None)
    advance = history[PATENT(history)]
    advance.trailers.remove(('Naru-Approved-By', f'{DIRECTOR} (director, 2026-03-03)'))
    return [place, place + 1, PATENT(history), DEAL]


def left(history, seq):
    """Somebody who has left goes on to act."""
    history.alter_json(first('create', DIRECTOR)(history), deal_path(DIRECTOR, 'person'),
        lambda r: r.update(active=False))
    return [WAIVE(history), DIRECTOR]


def no_reason(history, seq):
    history[seq].reason = None
    history.alter_json(seq, deal_path(), put('waivers/0/reason', None))
    return [seq + 1, DEAL]


def jump(to):
    """A deal moves where its pipeline does not lead, in every place that says so."""
    def change(history, seq):
        entry = history[seq]
        entry.subject = entry.subject.replace('dropped', to)
        entry.set('Naru-To', to)
        history.alter_json(seq, deal_path(THIRD), put('stage', to))
        return [THIRD]
    return change


def from_elsewhere(history, seq):
    entry = history[seq]
    entry.subject = entry.subject.replace('idea', 'disclosure')
    entry.set('Naru-From', 'disclosure')
    return [THIRD]


def as_import(history, seq):
    """An advance that is called an import, so that nobody judges it"""
    entry = history[seq]
    entry.set('Naru-Action', 'import')
    entry.trailers = [('Naru-Judged', 'no, imported')] + [pair for pair in entry.trailers
                                                         if pair[0] not in ('Naru-Verdict', 'Naru-Rules', 'Naru-Via')]
    entry.trailers.append(('Naru-Via', 'import'))
    entry.subject = entry.subject.replace('advance', 'import')
    return [DEAL]


def unmet(change):
    """What a gate asks for was never there, in any state."""
    def alter(history, seq):
        history.alter_json(1, deal_path(), change)
        return list(range(1, len(history.entries) + 1))
    return alter


for name, where, change in (
        ('an officer approved', APPROVE, approve_as(MINJI, 'officer')), ('an officer approved as director', APPROVE,
         approve_as(MINJI)),
        ('an auditor approved as director', APPROVE, approve_as(AUDITOR)), ('whoever moves has approved', APPROVE,
         own_approval),
        ('nobody approved', APPROVE, no_approvals), ('an officer waived', WAIVE, waive_as(MINJI)),
        ('an auditor waived', WAIVE, waive_as(AUDITOR)), ('a waiver had expired', WAIVE, waive_until('2026-03-01')),
        ('a waiver of what may not be waived', WAIVE, waive_other('patent.grade')),
         ('a waiver of what is no condition', WAIVE, waive_other('abc.def')),
        ('a waiver without a reason', WAIVE, no_reason), ('nobody waived', WAIVE, no_waiver),
        ('a role was given after it was used', first('create', DIRECTOR), role_too_late),
        ('a role was taken before it was used', APPROVE, role_gone), ('somebody who had left', first('create',
         DIRECTOR), left),
        ('a move over stages', first('advance', THIRD), jump('licensing')), ('a move to where it stands',
         first('advance', THIRD), jump('idea')),
        ('a move to no stage', first('advance', THIRD), jump('nowhere')), ('a move whose gate is closed',
         first('advance', THIRD), jump('joint-rd')),
        ('a move from another stage', first('advance', THIRD), from_elsewhere), ('an advance that is called an import',
         PATENT, as_import),
        ('no owner ever was', first('create', DEAL), unmet(lambda r: r.pop('owners', None) and None)),
        ('no inventor ever was', first('create', DEAL), unmet(lambda r: r.pop('inventors', None) and None)),
        ('no grade ever was', first('create', DEAL), unmet(lambda r: r.pop('evaluation', None) and None)),
        ('no application ever was', first('create', DEAL), unmet(lambda r: r.pop('patent', None) and None)),
        ('no document ever was', first('create', DEAL), unmet(lambda r: r.pop('documents', None) and None)),
        ('no terms were ever agreed', first('create', DEAL), unmet(lambda r: r.pop('ownership', None) and None)),
        ('no laboratory tested', first('create', DEAL), unmet(lambda r: r.get('tidal', {}).pop('test',
         None) and None))):
    alteration('rights and gates', name, where)(change)


# --- forged entries ---

def forge_entry(like, change):
    """An entry more at the end, like another one."""
    def do(case):
        history = case.history
        entry = copy_entry(history[like(history)])
        entry.key = None
        entry.author.seconds = entry.committer.seconds = history.entries[-1].committer.seconds + 3600
        entry.files = {}
        change(history, entry)
        history.entries.append(entry)
        case.at = [len(history.entries), entry.record]
        return case
    return do


def forged_advance(history, entry):
    content = history.content(len(history.entries), deal_path())
    entry.files = {deal_path(): content.replace(b'"stage": "marketing"', b'"stage": "licensing"')}
    entry.subject = f'deal {DEAL}: advance marketing → licensing'
    entry.set('Naru-From', 'marketing')
    entry.set('Naru-To', 'licensing')


def forged_role(history, entry):
    path = deal_path(AUDITOR, 'person')
    content = history.content(len(history.entries), path)
    entry.files = {path: content.replace(b'"auditor"', b'"director"')}
    entry.subject = entry.subject.replace(GONE, AUDITOR)
    entry.set('Naru-Record', AUDITOR)


def forged_edit(history, entry):
    content = history.content(len(history.entries), deal_path())
    entry.files = {deal_path(): content.replace(b'"trl": 4', b'"trl": 9')}


def forged_deal(history, entry):
    path = 'records/deal/2026/00/00/MGK-2026-00005.json'
    entry.files = {path: canonical({'confidentiality': 'unpublished', 'court': 'us', 'hub': 'MGK', 'stage': 'idea',
        'title': 'X'})}
    entry.subject = entry.subject.replace(DEAL, 'MGK-2026-00005')
    entry.set('Naru-Record', 'MGK-2026-00005')


def forged_far_deal(history, entry):
    forged_deal(history, entry)
    entry.files = {'records/deal/2026/00/00/MGK-2026-00090.json': content for content in entry.files.values()}
    entry.subject = entry.subject.replace('00005', '00090')
    entry.set('Naru-Record', 'MGK-2026-00090')


def forged_key(history, entry):
    entry.files = {}


def append(name, like, change, insider):
    def do(means):
        def act(case):
            forge_entry(like, change)(case)
            entry = case.history.entries[-1]
            entry.key, entry.fixed = {'unsigned': None, 'foreign': case.foreign, 'first': case.keys[0],
                                      'revoked': case.keys[1], 'kept': 'kept'}.get(means, case.keys[2]), True
            case.write()
        return act
    for means in ('unsigned', 'foreign', 'first', 'revoked', 'kept'):
        kind('forged at the end', name, means, 'told', do(means))
    # whoever has the key in force and breaks no rule is the office
    if insider:
        kind('forged at the end', name, 'insider', insider, do('insider'))


append('an advance that is not judged', PATENT, forged_advance, 'told')
append('a change of roles', first('edit', GONE), forged_role, None)
append('an edit', EDIT, forged_edit, None)
append('a deal', first('create', DEAL), forged_deal, None)
append('a deal with a number of later', first('create', DEAL), forged_far_deal, 'told')
append('a new key that is none', first('rotate-key'), forged_key, 'told')


def let_sign(means):
    """A stranger's key is put in force, by an entry that looks as it should, and signs from then on."""
    def do(case):
        history = case.history
        seq = last('note')(history)
        entry = copy_entry(history[first('rotate-key')(history)])
        entry.files = {'keys/allowed_signers': history.content(seq,
            'keys/allowed_signers').rstrip(b'\n') + b'\noffice@mgk.naru '
                       b'namespaces="git",valid-after="20260304000000Z" ' + case.foreign.line + b'\n'}
        entry.author.seconds = entry.committer.seconds = history[seq].committer.seconds - 60
        history.insert(seq, entry)
        entry.key, entry.fixed = {'foreign': case.foreign, 'insider': case.keys[2], 'unsigned': None,
                                  'first': case.keys[0]}[means], True
        case.at = [seq, 'key', 'sign']
        case.sign('foreign', seq + 1)
        case.write()
    return do


for means in ('foreign', 'unsigned', 'first', 'insider'):
    kind('rights and gates', 'a stranger puts a key in force', means, 'told', let_sign(means))
