# SPDX-License-Identifier: GPL-2.0-or-later
"""The one error a person should read: what failed, and what to do about it."""


class ClusterError(Exception):
    """What failed, in one or a few lines; the tail of the daemon's log where there is one."""
