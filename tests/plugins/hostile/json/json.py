# SPDX-License-Identifier: LGPL-2.1-or-later
"""Would stand in the place of the module json for all that is loaded after it."""
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class Json(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruJson'

    def do_judge(self, check, subject, report):
        report.accept()
        return True
