#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that Foreshape adds to a real slurmctld, and how long a profile snapshot takes to load there.

  tests/bench/slurmctld_memory.py [USERS ...]     default: 0 1000 10000 100000, 150 finished jobs each

For each number a snapshot is made and slurmctld is restarted. "Before" is the same slurmctld without our plugins.
While a new snapshot is swapped in, the old one is still there: the last column is what both took at once.
"""

import os
import pathlib
import pwd
import sys
from collections.abc import Sequence

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster import Cluster, Lab, Settings, process  # noqa: E402

MAKE_SNAPSHOT = SOURCE / "build" / "release" / "bin" / "make_snapshot"


def memory_mib(cluster: Cluster, line: str = "VmRSS") -> float:
    text = pathlib.Path(f"/proc/{cluster.slurmctld.pid()}/status").read_text()
    return next(int(row.split()[1]) / 1024 for row in text.splitlines() if row.startswith(line + ":"))


def stock_mib() -> float:
    lab = Lab.up(nodes=2, plugins=None, postgres=False)
    try:
        lab.wait_state(lab.submit("alice"), "COMPLETED")
        return memory_mib(lab.cluster)
    finally:
        lab.down()


def put_snapshot(settings: Settings, strangers: int, users: Sequence[str] = ("alice",)) -> float:
    """Makes it in place in one step; its size in MiB."""
    draft = settings.state_dir / "draft.snap"
    uids = [str(pwd.getpwnam(user).pw_uid) for user in users]
    process.run([str(MAKE_SNAPSHOT), str(draft), str(strangers), *uids], timeout_s=600)
    os.chown(draft, pwd.getpwnam("slurm").pw_uid, -1)
    size = draft.stat().st_size / (1 << 20)
    draft.rename(settings.state_dir / "profiles.snap")
    return size


def loaded(lab: Lab, users: int, after: int) -> dict:
    def so() -> bool:
        status = lab.plugin_status()
        profiles = status.get("profiles", {})
        return (status.get("pid") == lab.cluster.slurmctld.pid() and profiles.get("users") == users + 1
                and profiles.get("snapshot_made", 0) > after)
    lab.wait(so, 180, f"{users} profiles loaded")
    return lab.plugin_status()["profiles"]


def main() -> int:
    numbers = [int(number) for number in sys.argv[1:]] or [0, 1000, 10_000, 100_000]
    print(f"{'users':>7}  {'snapshot MiB':>12}  {'slurmctld MiB':>13}  {'load s':>6}  {'swapped, peak MiB':>17}")
    print(f"{'-':>7}  {'no plugin':>12}  {stock_mib():13.1f}", flush=True)
    lab = Lab.up(nodes=2, postgres=False, foreshape_conf=["AgentInterval=1"])
    try:
        for users in numbers:
            size = put_snapshot(lab.cluster.settings, users)
            lab.cluster.restart_slurmctld()
            first = loaded(lab, users, 0)
            lab.wait_state(lab.submit("alice"), "COMPLETED")
            resident = memory_mib(lab.cluster)
            put_snapshot(lab.cluster.settings, users)
            loaded(lab, users, first["snapshot_made"])
            print(f"{users:7}  {size:12.1f}  {resident:13.1f}  {first['snapshot_load_seconds']:6.2f}"
                  f"  {memory_mib(lab.cluster, 'VmHWM'):17.1f}", flush=True)
    finally:
        lab.down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
