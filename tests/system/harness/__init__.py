"""What system tests need: a private cluster, users who submit, and Slurm's answers as dicts."""

from .case import ClusterCase, main
from .lab import Job, Lab
from labcluster import ClusterError
from labcluster.process import wait_until

__all__ = ["ClusterCase", "ClusterError", "Job", "Lab", "main", "wait_until"]
