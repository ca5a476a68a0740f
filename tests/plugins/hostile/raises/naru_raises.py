# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class Raises(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruRaises'

    def do_judge(self, check, subject, report):
        raise ValueError('no such thing')
