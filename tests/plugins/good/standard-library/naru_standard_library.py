# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a check may well use works in a worker, confined as it is."""
import calendar
import collections
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import io
import itertools
import json
import logging
import math
import random
import re
import statistics
import threading
import unicodedata
import zoneinfo

import gi

gi.require_version('Naru', '1')
from gi.repository import GLib, GObject, Naru


@dataclasses.dataclass
class Share:
    person: str
    percent: decimal.Decimal


class Kind(enum.Enum):
    FULL = 'full'


def add_up():
    shares = [Share('a', decimal.Decimal('33.34')), Share('b', decimal.Decimal('66.66'))]
    yield sum(share.percent for share in shares) == 100
    yield datetime.date.fromisoformat('2026-11-28') - datetime.timedelta(days=28) == datetime.date(2026, 10, 31)
    yield datetime.datetime(2026, 11, 28, tzinfo=zoneinfo.ZoneInfo('Asia/Seoul')).utcoffset().seconds == 9 * 3600
    yield calendar.monthrange(2026, 2)[1] == 28
    yield hashlib.sha256(b'').hexdigest().startswith('e3b0c442')
    yield hashlib.blake2b(b'', digest_size=4).hexdigest() == '1271cf25'
    yield re.fullmatch(r'[가-힣]+', '나루') is not None
    yield unicodedata.normalize('NFC', '나루') == '나루'
    yield list(csv.reader(io.StringIO('a,"b,c"'))) == [['a', 'b,c']]
    yield json.loads('{"a": "나루"}') == {'a': '나루'}
    yield fractions.Fraction(1, 3) + fractions.Fraction(2, 3) == 1
    yield statistics.median([1, 2, 3]) == 2 and math.isclose(math.sqrt(4), 2)
    yield collections.Counter('aab').most_common(1) == [('a', 2)]
    yield functools.reduce(lambda a, b: a + b, itertools.chain([1], [2])) == 3
    yield 0 <= random.Random(1).random() < 1 and Kind('full') is Kind.FULL
    yield GLib.Date.new_dmy(28, GLib.DateMonth.NOVEMBER, 2026).get_weekday() == GLib.DateWeekday.SATURDAY
    yield Naru.Json.new_integer(7).as_integer() == 7


class StandardLibrary(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruStandardLibrary'

    def do_judge(self, check, subject, report):
        seen = [subject.get_today() == (datetime.date(2026, 11, 28) - datetime.date(1970, 1, 1)).days]
        thread = threading.Thread(target=lambda: seen.extend(add_up()))
        thread.start()
        thread.join()
        logging.getLogger('naru').debug('%s', seen)
        if len(seen) == 18 and all(seen):
            report.accept()
        else:
            report.refuse('/title', f'Not as it should be: {seen}', f'맞지 않습니다: {seen}')
        return True
