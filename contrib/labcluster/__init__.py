# SPDX-License-Identifier: GPL-2.0-or-later
"""A private Slurm cluster on loopback, under one directory: real daemons, faked node sizes.

Used by contrib/cluster, contrib/quickstart and tests/system. One daemon a file.
"""

from .cluster import Cluster
from .errors import ClusterError
from .lab import Job, Lab
from .settings import Settings

__all__ = ["Cluster", "ClusterError", "Job", "Lab", "Settings"]
