# SPDX-License-Identifier: GPL-2.0-or-later
"""slurmd, once for each faked node, all on this machine."""

import concurrent.futures
import pathlib

from . import process
from .settings import Settings


class SlurmD(process.Daemon):
    """One node."""

    def __init__(self, settings: Settings, node: str) -> None:
        root = settings.root
        super().__init__(f"slurmd-{node}", root, root / "run" / f"slurmd-{node}.pid", root / "log" / f"slurmd-{node}.log")
        self.settings, self.node = settings, node

    def start(self) -> None:
        (self.root / "spool" / self.node).mkdir(parents=True, exist_ok=True)
        self.launch(["slurmd", "-N", self.node], env=process.clean_env(SLURM_CONF=str(self.settings.conf)))


def start_all(nodes: list[SlurmD]) -> None:
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(SlurmD.start, nodes))


def pids(nodes: list[SlurmD]) -> dict[str, int | None]:
    return {node.node: node.pid() for node in nodes}


def nodes_of(settings: Settings) -> list[SlurmD]:
    return [SlurmD(settings, name) for name in settings.node_names]


def log_of(root: pathlib.Path, node: str) -> pathlib.Path:
    return root / "log" / f"slurmd-{node}.log"
