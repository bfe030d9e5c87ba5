# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole cluster: started in order, ended in the opposite one, restartable in parts."""

import concurrent.futures
import os
import pathlib
import shutil
import signal
import tempfile

from . import accounts, ports, process, programs, requirements, slurm_conf, slurmd, users
from .errors import ClusterError
from .mariadb import MariaDb
from .munge import Munge
from .postgres import Postgres
from .settings import USERS, Settings
from .slurmctld import SlurmCtld
from .slurmdbd import SlurmDbd

# The longest socket below the root is root + 25 characters, and the kernel allows 107.
MAX_ROOT_LENGTH = 80
# From there on slurmctld does not start where jobs have been but state/assoc_usage is missing, which it writes every five
# minutes and at its orderly end: a kill before the first of these would be its last.
NEEDS_USAGE_FILE = (26, 5)


def new_root() -> pathlib.Path:
    """A fresh directory under $TMPDIR or /tmp."""
    return pathlib.Path(tempfile.mkdtemp(prefix="foreshape-cluster."))


class Cluster:
    """A cluster on this machine, known by its root directory. Not for use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.root
        self.munge = Munge(self.root)
        self.mariadb = MariaDb(self.root)
        self.slurmdbd = SlurmDbd(settings, self.munge, self.mariadb)
        self.slurmctld = SlurmCtld(settings)
        self.slurmds = slurmd.nodes_of(settings)
        self.postgres = Postgres(self.root)

    @staticmethod
    def at(root: pathlib.Path) -> "Cluster":
        """The cluster that was started with this root."""
        try:
            return Cluster(Settings.load(root.resolve()))
        except FileNotFoundError as error:
            raise ClusterError(f"{root}: no cluster there") from error

    @staticmethod
    def up(settings: Settings) -> "Cluster":
        """Starts everything; after a failure whatever had started is ended and removed again."""
        requirements.check(settings.postgres)
        if settings.plugins is not None:
            settings.plugins = settings.plugins.resolve()
            requirements.check_plugins(settings.plugins)
        _check_root(settings)
        try:
            with ports.locked():
                settings.first_port = ports.claim(settings.root, settings.port_count, settings.owner)
                users.create_missing()
            cluster = Cluster(settings)
            cluster._start()
        except BaseException:
            remove(settings.root)
            raise
        return cluster

    def _start(self) -> None:
        self.settings.save()  # first of all: what has it may be removed again
        _make_directories(self.settings)
        programs.install(self.settings)
        slurm_conf.write(self.settings)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            store = pool.submit(self.postgres.start) if self.settings.postgres else None
            database = pool.submit(self.mariadb.start)
            self.munge.start()
            database.result()
            self.slurmdbd.start()
            accounts.create(self.settings, self.env())
            self.slurmctld.start()
            slurmd.start_all(self.slurmds)
            if store:
                store.result()
        self.wait_for_nodes()
        if slurm_conf.slurm_version() >= NEEDS_USAGE_FILE:
            self.restart_slurmctld()

    def wait_for_nodes(self, timeout_s: float = 60) -> None:
        """Until slurmctld answers and every node may be used; after its restart that takes seconds."""
        if not process.wait_until(lambda: self._usable_nodes() == self.settings.nodes, timeout_s, 0.05):
            states = process.run(["sinfo", "--noheader", "--Node", "--format=%N: %T %E"], env=self.env(), check=False).stdout
            raise ClusterError(f"{self._usable_nodes()} of {self.settings.nodes} nodes came up ({', '.join(states.splitlines())}); "
                               f"{self.slurmctld.log} ends:{process.tail(self.slurmctld.log)}"
                               f"{process.tail(self.slurmds[0].log, 5)}")

    def _usable_nodes(self) -> int:
        said = process.run(["sinfo", "--noheader", "--Node", "--partition=main", "--format=%T"], env=self.env(),
                           check=False)
        states = said.stdout.split() if said.returncode == 0 else []
        usable = ("idle", "planned", "mixed", "allocated", "reserved", "completing")  # planned: backfill means to use it
        return sum(state in usable for state in states)

    def env(self) -> dict[str, str]:
        """The environment of commands that talk to this cluster."""
        path = f"{programs.bin_directory(self.settings)}:{requirements.SEARCH_PATH}"
        more = {"FORESHAPE_DB": self.postgres.conninfo} if self.settings.postgres else {}
        return process.clean_env(SLURM_CONF=str(self.settings.conf), FORESHAPE_CLUSTER=str(self.root), **more) | {"PATH": path}

    def restart_slurmctld(self, *, kill: bool = False) -> None:
        """Ends slurmctld (kill -9 if so asked), starts it with what was built last, and waits for its nodes."""
        if kill:
            self.slurmctld.kill()
        else:
            self.slurmctld.stop(30)
        programs.install(self.settings)
        self.slurmctld.start()
        self.wait_for_nodes()

    def status(self) -> dict[str, int | None]:
        """Daemon -> pid, or None where it does not live."""
        daemons = [self.munge, self.mariadb, self.slurmdbd, self.slurmctld, *self.slurmds]
        if self.settings.postgres:
            daemons.append(self.postgres)
        return {daemon.name: daemon.pid() for daemon in daemons}

    def down(self, *, keep_files: bool = False) -> None:
        """Ends everything in order and removes the directory; may be called again at any time."""
        remove(self.root, keep_files=keep_files)


def _check_root(settings: Settings) -> None:
    settings.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.root = settings.root.resolve()
    info = settings.root.stat()
    if info.st_uid != os.geteuid() or info.st_mode & 0o022:  # root's daemons would follow its owner's links
        raise ClusterError(f"{settings.root}: belongs to uid {info.st_uid}, mode {info.st_mode & 0o777:o}; it must be "
                           "yours, and nobody else may write in it: choose another --root")
    if len(str(settings.root)) > MAX_ROOT_LENGTH:
        raise ClusterError(f"{settings.root}: longer than {MAX_ROOT_LENGTH} characters, too long for unix sockets")
    if any(settings.root.iterdir()):
        raise ClusterError(f"{settings.root}: not empty; choose another --root, or end what is there: "
                           f"contrib/cluster down --root {settings.root}")


def _make_directories(settings: Settings) -> None:
    root = settings.root
    root.chmod(0o755)
    owners = {"etc": "root", "run": "root", "spool": "root", "home": "root", "run/slurm": "slurm",
              "log": "slurm", "state": "slurm", "foreshape": "slurm"}
    for name, owner in owners.items():
        (root / name).mkdir()
        shutil.chown(root / name, owner, owner)
        (root / name).chmod(0o755)
    for private in ("state", "foreshape"):
        (root / private).chmod(0o700)
    for user in USERS:
        home = root / "home" / user
        home.mkdir(mode=0o700)
        shutil.chown(home, user, user)
    (root / "scratch").mkdir()
    (root / "scratch").chmod(0o1777)


def remove(root: pathlib.Path, *, keep_files: bool = False) -> None:
    """Ends the cluster at root, however much of it was started, and forgets it.

    First the controller, so that nothing new begins; then steps and their tasks, nodes, accounting,
    the databases, and munged last, since all others need it to say goodbye.
    """
    root = root.resolve()
    if (root / "settings.json").exists():
        cluster = Cluster(Settings.load(root))
        cluster.slurmctld.stop(10)
        _end_steps(root)
        nodes = [pid for pid in slurmd.pids(cluster.slurmds).values() if pid]
        process.end(nodes, signal.SIGTERM, 5)
        cluster.slurmdbd.stop(10)
        cluster.postgres.stop(10)
        cluster.mariadb.stop(10)
        cluster.munge.stop(5)
    left = process.end(process.processes_of(root), signal.SIGKILL, 10)
    if left:
        raise ClusterError(f"{root}: processes that do not end: {left}")
    if not keep_files:
        _remove_directory(root)
    with ports.locked():
        ports.release(root)
        if not ports.clusters_here():
            users.remove_ours()


def remove_orphans() -> None:
    """Ends what tests that were killed have left behind."""
    with ports.locked():
        orphans = ports.adopt_orphans()
    for root in orphans:
        remove(root)


def _end_steps(root: pathlib.Path) -> None:
    daemons = {"munged", "mariadbd", "slurmdbd", "slurmd", "postgres"}
    steps = [pid for pid in process.processes_of(root) if process.command_name(pid) not in daemons]
    process.end(steps, signal.SIGKILL, 5)


def _remove_directory(root: pathlib.Path) -> None:
    if not root.exists():
        return
    if not (root / "settings.json").exists() and any(root.iterdir()):
        return  # never ours: a start that was refused because the directory had something in it
    if os.path.ismount(root):
        raise ClusterError(f"{root} is a mount point; unmount it first")
    shutil.rmtree(root)
