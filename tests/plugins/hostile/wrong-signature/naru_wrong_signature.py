# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class WrongSignature(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruWrongSignature'

    def do_judge(self):
        return True
