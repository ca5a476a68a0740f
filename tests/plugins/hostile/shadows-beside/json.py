# SPDX-License-Identifier: LGPL-2.1-or-later
raise RuntimeError('the wrong json')
