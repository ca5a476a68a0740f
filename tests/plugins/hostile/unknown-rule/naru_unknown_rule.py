# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GLib, GObject, Naru


class UnknownRule(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruUnknownRule'

    def do_judge(self, check, subject, report):
        packet = GLib.Variant('(utaysxsssasss)', (1, 1, bytes(32), 'NOBODY-01', 1, 'pass', '', '', [], '', ''))
        os.write(3, packet.get_data_as_bytes().get_data())
        report.accept()
        return True
