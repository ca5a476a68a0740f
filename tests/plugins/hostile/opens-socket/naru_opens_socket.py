# SPDX-License-Identifier: LGPL-2.1-or-later
import socket

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class OpensSocket(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruOpensSocket'

    def do_judge(self, check, subject, report):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        report.accept()
        return True
