# SPDX-License-Identifier: GPL-2.0-or-later
"""MariaDB: the database under slurmdbd. Unix socket only, as the user mysql."""

import pathlib
import secrets
import shutil

from . import process

DATABASE = "slurm_acct"


class MariaDb(process.Daemon):
    def __init__(self, root: pathlib.Path) -> None:
        super().__init__("mariadbd", root, root / "run" / "db" / "mariadbd.pid", root / "log" / "mariadbd.log")
        self.data = root / "db"
        self.socket = root / "run" / "db" / "mysql.sock"
        self.password_file = root / "etc" / "mariadb.password"

    def password(self) -> str:
        """slurmdbd's password, made at the first call."""
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(secrets.token_hex(16))
        return self.password_file.read_text()

    def start(self) -> None:
        is_new = not (self.data / "mysql").exists()
        for directory in (self.data, self.socket.parent):
            directory.mkdir(mode=0o755, exist_ok=True)
            shutil.chown(directory, "mysql", "mysql")
        if is_new:
            # A tmpdir of its own: two clusters that are made at once would take each other's temporary tables.
            process.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self.data}", "--user=mysql",
                         "--auth-root-authentication-method=socket", "--skip-test-db"],
                        env=process.clean_env())
        self.log.touch()
        shutil.chown(self.log, "mysql", "mysql")
        # It has no way to put itself into the background.
        self.launch(
            ["setsid", "--fork", "mariadbd", "--no-defaults", "--user=mysql", f"--datadir={self.data}", f"--socket={self.socket}",
             f"--pid-file={self.pid_file}", f"--log-error={self.log}", "--skip-networking", "--skip-log-bin",
             "--innodb-buffer-pool-size=128M", "--innodb-lock-wait-timeout=900",
             "--innodb-flush-log-at-trx-commit=2", "--performance-schema=OFF"], env=process.clean_env())
        self.expect(lambda: self._answers("SELECT 1"))
        if is_new:
            self._create_database()

    def _answers(self, query: str) -> bool:
        return self.socket.is_socket() and self._client(query, check=False) == 0

    def _create_database(self) -> None:
        self._client(f"CREATE DATABASE {DATABASE};"
                     f"CREATE USER slurm@localhost IDENTIFIED BY '{self.password()}';"
                     f"GRANT ALL ON {DATABASE}.* TO slurm@localhost;")

    def _client(self, statements: str, check: bool = True) -> int:
        # Through standard input: a command line, and so the password, can be read by everybody.
        return process.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root"],
                           text_in=statements, env=process.clean_env(), check=check).returncode
