# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of Memory=enforce share: a cluster that kills what uses too much, and two users with a history."""

import json
import pathlib
import shutil

from harness import ClusterCase
from labcluster.settings import BUILD

QUICK = ["AgentInterval=1"]
ENFORCE = [*QUICK, "Memory=enforce"]
# Twelve jobs use 60 MiB of these: a quarter of the request is planned, the least that is.
REQUESTED, PLANNED = "2000M", "512M"
TOO_MUCH_MIB = 700
USER, OTHER_USER = "alice", "bob"


class MemoryCase(ClusterCase):
    """With the accounting of two users whose jobs called relax were small."""

    SETTINGS = {"nodes": 1, "cpus": 32, "memory_mib": 64_000, "foreshape_conf": QUICK, "min_job_age_s": 300,
                "slurm_conf": {"JobAcctGatherParams": "OverMemoryKill"}}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        lab = cls.lab
        habit = lab.root / "scratch" / "habit.py"
        shutil.copy(pathlib.Path(__file__).with_name("habit.py"), habit)
        habit.chmod(0o755)
        cls.habit = str(habit)
        lab.wait_recorded(*cls.history(), timeout_s=120)
        lab.run("foreshape", "migrate")
        cls.lab.learn()
        lab.wait(lambda: lab.plugin_status().get("profiles", {}).get("users") == 2, 30, "the snapshot loaded")
        cls.enforce()

    @classmethod
    def history(cls) -> list[str]:
        return [cls.relax(60, 4, user=user) for user in (USER, OTHER_USER) for _ in range(12)]

    @classmethod
    def conf(cls, lines: list[str]) -> None:
        cls.lab.reconfigure(lines)
        mode = dict(line.split("=") for line in lines).get("Memory", "observe")
        # From 23.11 on a reconfigure is a new slurmctld, which has the profiles after its agent's first pass.
        cls.lab.wait(lambda: cls.has_read(mode), 30, f"Memory={mode} in force")

    @classmethod
    def has_read(cls, mode: str) -> bool:
        status = cls.lab.plugin_status()
        is_of_this_one = status.get("pid") == cls.lab.cluster.slurmctld.pid()
        return is_of_this_one and status["modes"]["memory"] == mode and status["profiles"]["users"] > 0

    @classmethod
    def enforce(cls) -> None:
        cls.conf(ENFORCE)

    @classmethod
    def relax(cls, mib: int, sleep_s: int, *options: str, user: str = USER) -> str:
        """A job that says in a file of its own each time that it runs."""
        work = f"echo run >> ran.$SLURM_JOB_ID; exec /usr/bin/python3 {cls.habit} memory {mib} {sleep_s}"
        return cls.lab.submit(user, "--job-name=relax", "--time=10", f"--mem={REQUESTED}", *options, wrap=work)

    def runs(self, job_id: str) -> int:
        files = list((self.lab.root / "home").glob(f"*/ran.{job_id}"))
        return len(files[0].read_text().splitlines()) if files else 0

    def memory(self, job_id: str) -> str:
        return self.lab.job(job_id)["MinMemoryNode"]

    def counted(self) -> dict:
        return self.lab.plugin_status().get("memory", {})

    def assert_recovered(self, job_id: str, timeout_s: float = 60) -> None:
        self.lab.wait(lambda: self.lab.state(job_id) == "COMPLETED", timeout_s,
                      f"job {job_id} COMPLETED; it is {self.lab.job(job_id)}")
        job = self.lab.job(job_id)
        self.assertEqual((job["Restarts"], self.memory(job_id), self.runs(job_id)), ("1", REQUESTED, 2))

    def journal(self) -> list[dict]:
        directory = self.lab.cluster.settings.state_dir / "journal"
        said = self.lab.run(str(BUILD / "bin" / "foreshape"), "journal", "--json", f"--directory={directory}").stdout
        return [json.loads(line) for line in said.splitlines()]
