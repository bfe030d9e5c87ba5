# SPDX-License-Identifier: GPL-2.0-or-later
"""munged: who is who between Slurm's daemons. A key and a socket of its own."""

import os
import pathlib

from . import process


class Munge(process.Daemon):
    def __init__(self, root: pathlib.Path) -> None:
        super().__init__("munged", root, root / "run" / "munged.pid", root / "log" / "munged.log")
        self.socket = root / "run" / "munge.sock"
        self.key = root / "munge" / "key"

    def start(self) -> None:
        self.key.parent.mkdir(mode=0o700, exist_ok=True)
        if not self.key.exists():
            descriptor = os.open(self.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(descriptor, "wb") as out:
                out.write(os.urandom(128))
        # --force: the root may lie below a directory that others can write to, such as /tmp.
        self.launch(["munged", "--force", f"--key-file={self.key}", f"--socket={self.socket}",
                     f"--pid-file={self.pid_file}", f"--log-file={self.log}",
                     f"--seed-file={self.key.parent}/seed", "--num-threads=4"], env=process.clean_env())
        self.expect(self.socket.is_socket)
