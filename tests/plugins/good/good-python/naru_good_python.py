# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GLib, GObject, Naru


class GoodPython(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruGoodPython'

    def do_judge(self, check, subject, report):
        case = subject.dup_variant().unpack()
        if check == 'skip':
            report.skip()
        elif check != 'date':
            raise GLib.Error.new_literal(Naru.error_quark(), f'There is no check {check} here.', Naru.Error.NOT_FOUND)
        elif 'approved_on' not in case:
            report.ask('/approved_on')
        elif case['approved_on'] > case['@today']:
            report.refuse('/approved_on', 'The approval is of a day to come.', '승인일이 아직 오지 않은 날입니다.')
        else:
            report.accept()
        return True
