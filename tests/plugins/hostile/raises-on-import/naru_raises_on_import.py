# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru

raise RuntimeError('not on this machine')
