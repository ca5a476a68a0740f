# SPDX-License-Identifier: LGPL-2.1-or-later
import subprocess

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class StartsProgram(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruStartsProgram'

    def do_judge(self, check, subject, report):
        subprocess.run(['/bin/true'], check=True)
        report.accept()
        return True
