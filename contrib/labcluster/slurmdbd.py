# SPDX-License-Identifier: GPL-2.0-or-later
"""slurmdbd: Slurm's accounting daemon."""

import os
import pathlib
import shutil

from . import process
from .mariadb import DATABASE, MariaDb
from .munge import Munge
from .settings import Settings


class SlurmDbd(process.Daemon):
    def __init__(self, settings: Settings, munge: Munge, database: MariaDb) -> None:
        root = settings.root
        super().__init__("slurmdbd", root, root / "run" / "slurm" / "slurmdbd.pid", root / "log" / "slurmdbd.log")
        self.settings, self.munge, self.database = settings, munge, database
        self.port = settings.first_port + 1

    def write_conf(self) -> None:
        path = self.root / "etc" / "slurmdbd.conf"
        lines = [
            "AuthType=auth/munge", f"AuthInfo=socket={self.munge.socket}", "DbdHost=localhost",
            f"DbdAddr={process.LOOPBACK}", f"DbdPort={self.port}", "SlurmUser=slurm",
            "StorageType=accounting_storage/mysql", "StorageHost=localhost", "StorageUser=slurm",
            f"StoragePass={self.database.password()}", f"StorageLoc={DATABASE}", f"LogFile={self.log}",
            f"PidFile={self.pid_file}", "CommitDelay=1",
        ]
        if process.named_by_loopback():
            lines.append("CommunicationParameters=NoInAddrAny")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write("\n".join(lines) + "\n")
        shutil.chown(path, "slurm", "slurm")

    def start(self) -> None:
        self.write_conf()
        # slurmdbd has no setting for the socket; libmysql reads this variable.
        env = process.clean_env(SLURM_CONF=str(self.settings.conf), MYSQL_UNIX_PORT=str(self.database.socket))
        self.launch(["slurmdbd"], env=env)
        self.expect(lambda: process.is_listening(self.port))
