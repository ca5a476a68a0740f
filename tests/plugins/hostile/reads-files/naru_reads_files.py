# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class ReadsFiles(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruReadsFiles'

    def do_judge(self, check, subject, report):
        with open(subject.dup_variant().unpack()['victim'], encoding='utf-8') as stream:
            report.refuse('/victim', stream.read(), stream.read() or '비밀')
        return True
