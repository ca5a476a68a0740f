# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class MemoryInPython(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruMemoryInPython'

    def do_judge(self, check, subject, report):
        hoard = []
        while True:
            hoard.append(bytes(1 << 22))
