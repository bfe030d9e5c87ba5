# SPDX-License-Identifier: GPL-2.0-or-later
"""What system tests need: a private cluster, users who submit, and Slurm's answers as dicts."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "contrib"))

from labcluster import ClusterError, Job, Lab  # noqa: E402
from labcluster.process import wait_until  # noqa: E402

from .case import ClusterCase, main  # noqa: E402

__all__ = ["ClusterCase", "ClusterError", "Job", "Lab", "main", "seconds", "wait_until"]


def seconds(text: str) -> float:
    """A time as Slurm writes it, as Unix seconds."""
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))
