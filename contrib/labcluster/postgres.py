# SPDX-License-Identifier: GPL-2.0-or-later
"""PostgreSQL: Foreshape's store. Unix socket only, run by the user postgres.

Everybody may come in as themselves (peer: the kernel says who asks); root is a superuser and may
also come in as a test user, so that row-level security shows what it would show at a site.
"""

import pathlib
import shutil

from . import process, requirements
from .errors import ClusterError
from .settings import USERS

DATABASE = "foreshape"
HBA = "local all all peer map=lab\n"
IDENT = "".join(f"lab root {role}\n" for role in ("postgres", *USERS)) + "lab /^(.*)$ \\1\n"
ROLES = "CREATE ROLE root SUPERUSER LOGIN;" + "".join(f"CREATE ROLE {user} LOGIN;" for user in USERS)
CONF = """
listen_addresses = ''
unix_socket_directories = '{socket_directory}'
shared_buffers = 128MB
fsync = off  # a test server: a power cut may lose it, kill -9 may not
"""


class Postgres(process.Daemon):
    def __init__(self, root: pathlib.Path) -> None:
        self.data = root / "pg"
        super().__init__("postgres", root, self.data / "postmaster.pid", root / "log" / "postgres.log")
        self.socket_directory = root / "run" / "pg"

    @property
    def conninfo(self) -> str:
        return f"host={self.socket_directory} dbname={DATABASE}"

    def _as_postgres(self, program: str, *args: str, check: bool = True) -> int:
        directory = requirements.postgres_bin()
        if directory is None:
            raise ClusterError("PostgreSQL's server is missing; apt-get install postgresql")
        return process.run(["runuser", "-u", "postgres", "--", str(directory / program), *args],
                           env=process.clean_env(LC_ALL="C.UTF-8"), check=check).returncode

    def start(self) -> None:
        is_new = not (self.data / "PG_VERSION").exists()
        for directory, mode in ((self.data, 0o700), (self.socket_directory, 0o755)):
            directory.mkdir(exist_ok=True)
            directory.chmod(mode)
            shutil.chown(directory, "postgres", "postgres")
        self.log.touch()
        shutil.chown(self.log, "postgres", "postgres")
        if is_new:
            self._as_postgres("initdb", f"--pgdata={self.data}", "--encoding=UTF8", "--locale=C.UTF-8",
                              "--auth=peer", "--no-sync", "--no-instructions")
            (self.data / "pg_hba.conf").write_text(HBA)
            (self.data / "pg_ident.conf").write_text(IDENT)
            with (self.data / "postgresql.conf").open("a") as conf:
                conf.write(CONF.format(socket_directory=self.socket_directory))
        self._as_postgres("pg_ctl", "start", "--wait", "--timeout=30", f"--pgdata={self.data}",
                          f"--log={self.log}", "--silent")
        if is_new:
            self._as_postgres("psql", f"--host={self.socket_directory}", "--quiet", "--command", ROLES)
            self._as_postgres("createdb", f"--host={self.socket_directory}", "--owner=root", DATABASE)

    def stop(self, timeout_s: float = 10) -> None:
        """Fast shutdown (sessions are ended), then insists."""
        if self.is_alive():
            self._as_postgres("pg_ctl", "stop", "--mode=fast", "--wait", f"--timeout={timeout_s:.0f}",
                              f"--pgdata={self.data}", "--silent", check=False)
        super().stop(timeout_s)
