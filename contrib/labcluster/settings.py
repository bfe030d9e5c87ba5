# SPDX-License-Identifier: GPL-2.0-or-later
"""What a private cluster is made of; every field has a default that works."""

import dataclasses
import json
import os
import pathlib

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FORESHAPE_BUILD", SOURCE / "build" / "release"))
DEFAULT_PLUGINS = BUILD / "lib" / "slurm"

# Accounts and their test users; every user may also use the QOS below.
ACCOUNTS = {"physics": ("alice", "bob"), "chemistry": ("carol", "dave"), "biology": ("erin",)}
USERS = tuple(user for users in ACCOUNTS.values() for user in users)
# QOS beside Slurm's own "normal": name -> sacctmgr options.
QOS = {"short": "MaxWall=01:00:00 Priority=100", "long": "Priority=0"}


@dataclasses.dataclass
class Settings:
    """Settings of one cluster. Sizes are what Slurm is told, not what the machine has."""

    root: pathlib.Path  # everything the cluster writes lies below it
    nodes: int = 8
    cpus: int = 64  # per node
    memory_mib: int = 256_000  # per node
    plugins: pathlib.Path | None = DEFAULT_PLUGINS  # None: stock Slurm
    scheduler: str = "drop-in"  # or "foreshape": SchedulerType=sched/foreshape
    order: bool = False
    postgres: bool = True
    min_job_age_s: int = 60
    foreshape_conf: list[str] = dataclasses.field(default_factory=list)  # lines
    slurm_conf: dict[str, str] = dataclasses.field(default_factory=dict)  # overrides; "" removes
    slurmctld_env: dict[str, str] = dataclasses.field(default_factory=dict)
    first_port: int = 0  # chosen at start
    name: str = "lab"
    owner: int = 0  # pid that the cluster must not outlive; 0: nobody's

    @property
    def port_count(self) -> int:
        return self.nodes + 2  # slurmctld, slurmdbd, then one for each slurmd

    @property
    def conf(self) -> pathlib.Path:
        return self.root / "etc" / "slurm.conf"

    @property
    def state_dir(self) -> pathlib.Path:
        """Foreshape's StateDir: journal/, profiles.snap, status.json."""
        return self.root / "foreshape"

    @property
    def node_names(self) -> list[str]:
        width = max(2, len(str(self.nodes)))
        return [f"n{number:0{width}d}" for number in range(1, self.nodes + 1)]

    def save(self) -> None:
        fields = dataclasses.asdict(self)
        fields["root"] = str(self.root)
        fields["plugins"] = str(self.plugins) if self.plugins else None
        (self.root / "settings.json").write_text(json.dumps(fields, indent=1) + "\n")

    @staticmethod
    def load(root: pathlib.Path) -> "Settings":
        fields = json.loads((root / "settings.json").read_text())
        fields["root"] = pathlib.Path(fields["root"])
        fields["plugins"] = pathlib.Path(fields["plugins"]) if fields["plugins"] else None
        return Settings(**fields)
