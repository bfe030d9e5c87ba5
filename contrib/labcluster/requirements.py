# SPDX-License-Identifier: GPL-2.0-or-later
"""What the machine must have, said before anything is started."""

import glob
import os
import pathlib
import shutil

from .errors import ClusterError

PROGRAMS = {
    "munged": "munge", "mariadbd": "mariadb-server", "mariadb-install-db": "mariadb-server",
    "mariadb": "mariadb-client", "slurmdbd": "slurmdbd", "slurmctld": "slurmctld", "slurmd": "slurmd",
    "sacctmgr": "slurm-client", "runuser": "util-linux", "useradd": "passwd",
}
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def postgres_bin() -> pathlib.Path | None:
    """The newest PostgreSQL's directory of server programs."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return pathlib.Path(max(found, key=lambda p: int(p.split("/")[4]))).parent if found else None


def stock_plugins() -> pathlib.Path:
    """Slurm's own plugin directory."""
    for found in glob.glob("/usr/lib/*/slurm-wlm/sched_backfill.so"):
        return pathlib.Path(found).parent
    raise ClusterError("Slurm's plugins were not found; apt-get install slurm-wlm-basic-plugins")


def check(wants_postgres: bool) -> None:
    """ClusterError naming everything that is missing, and the command that installs it."""
    if os.geteuid() != 0:
        raise ClusterError("a private cluster needs root, since jobs run as their users: sudo contrib/cluster ...")
    packages = sorted({pkg for program, pkg in PROGRAMS.items() if not shutil.which(program, path=SEARCH_PATH)})
    if wants_postgres and postgres_bin() is None:
        packages.append("postgresql")
    if not glob.glob("/usr/lib/*/slurm-wlm/accounting_storage_mysql.so"):
        packages.append("slurm-wlm-mysql-plugin")
    if packages:
        raise ClusterError(f"missing: {' '.join(packages)}\n  apt-get install --no-install-recommends {' '.join(packages)}")


def check_plugins(directory: pathlib.Path) -> None:
    wanted = ["job_submit_foreshape.so", "sched_foreshape.so", "dropin/sched_backfill.so"]
    absent = [name for name in wanted if not (directory / name).exists()]
    if absent:
        raise ClusterError(
            f"{directory}: no {', '.join(absent)}\n  build first: cmake --preset release && cmake --build --preset release"
            "\n  or start the stock Slurm: contrib/cluster up --no-plugins")
