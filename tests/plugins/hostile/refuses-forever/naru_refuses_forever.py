# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class RefusesForever(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruRefusesForever'

    def do_judge(self, check, subject, report):
        for number in range(100000):
            report.refuse(f'/title/{number}', 'Wrong.', '틀렸습니다.')
        return True
