# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GLib, GObject, Naru

os.write(3, GLib.Variant('(uss)', (1, 'ready', '')).get_data_as_bytes().get_data())
os.write(3, GLib.Variant('(uss)', (1, 'ready', '')).get_data_as_bytes().get_data())


class SpeaksOnLoad(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSpeaksOnLoad'

    def do_judge(self, check, subject, report):
        report.accept()
        return True
