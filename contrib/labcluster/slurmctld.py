# SPDX-License-Identifier: GPL-2.0-or-later
"""slurmctld: the controller, with our plugins in it."""

import pathlib

from . import process
from .settings import Settings


class SlurmCtld(process.Daemon):
    def __init__(self, settings: Settings) -> None:
        root = settings.root
        super().__init__("slurmctld", root, root / "run" / "slurm" / "slurmctld.pid", root / "log" / "slurmctld.log")
        self.settings = settings
        self.port = settings.first_port

    def start(self) -> None:
        env = process.clean_env(SLURM_CONF=str(self.settings.conf), **self.settings.slurmctld_env)
        self.launch(["slurmctld"], env=env)
        self.expect(lambda: process.is_listening(self.port))

    def core_directory(self) -> pathlib.Path:
        """Where the kernel's core file of a crash would be, if the machine's core_pattern allows it."""
        return self.log.parent
