# SPDX-License-Identifier: LGPL-2.1-or-later
import os
import socket

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class SendsDescriptors(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSendsDescriptors'

    def do_judge(self, check, subject, report):
        ends = socket.socket(fileno=os.dup(3))
        socket.send_fds(ends, [b'pass'], [0, 1, 2])
        report.accept()
        return True
