# SPDX-License-Identifier: GPL-2.0-or-later
"""The OS users that test jobs run as.

Slurm looks users up on the machine (slurmctld, slurmd, `runuser -u alice sbatch`), so they must
exist there. A name that is missing is created, without password or login shell of use, and marked;
only marked users are ever removed. A user of that name who exists already is used as found.
"""

import pwd

from . import process
from .settings import USERS

MARK = "Foreshape test user"


def missing() -> list[str]:
    return [name for name in USERS if not _exists(name)]


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def is_ours(name: str) -> bool:
    return _exists(name) and pwd.getpwnam(name).pw_gecos == MARK


def create_missing() -> list[str]:
    """Creates them and returns their names. Call it under ports.locked()."""
    made = missing()
    for name in made:
        process.run(["useradd", "--comment", MARK, "--no-create-home", "--home-dir", "/nonexistent",
                     "--shell", "/bin/bash", "--user-group", "--no-log-init", name])
    return made


def remove_ours() -> list[str]:
    """Removes the marked users and returns their names. Call it under ports.locked(), after the
    last cluster of this machine has ended."""
    ours = [name for name in USERS if is_ours(name)]
    for name in ours:
        process.run(["userdel", name], check=False)
    return ours
