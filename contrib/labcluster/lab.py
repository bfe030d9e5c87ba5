# SPDX-License-Identifier: GPL-2.0-or-later
"""A running cluster as a test or the quickstart sees it: submit as a user, ask Slurm, break things, wait."""

import csv
import io
import json
import os
import re
import subprocess
from collections.abc import Callable

from . import cluster, process
from .cluster import Cluster
from .settings import Settings

Job = dict[str, str]
SEPARATOR = "\x1f"  # in no name that Slurm lets through

# Columns of jobs(): name -> squeue's letter.
QUEUE = {"id": "%i", "user": "%u", "account": "%a", "name": "%j", "state": "%T", "partition": "%P", "qos": "%q",
         "reason": "%r", "nodes": "%D", "node_list": "%N", "time_limit": "%l", "time_used": "%M",
         "submit": "%V", "start": "%S", "priority": "%Q", "reservation": "%v", "memory": "%m"}
ACCOUNTING = ("JobID", "JobIDRaw", "User", "UID", "Account", "Partition", "QOS", "JobName", "State", "ExitCode",
              "Submit", "Start", "End", "ElapsedRaw", "TimelimitRaw", "NNodes", "NCPUS", "ReqMem", "MaxRSS",
              "TotalCPU", "Reservation", "Comment", "AdminComment")


class Lab:
    """One cluster and the questions a test asks it. `lab.cluster` has the daemons."""

    def __init__(self, here: Cluster) -> None:
        self.cluster = here
        self.root = here.root
        self.env = here.env()

    @staticmethod
    def up(**settings: object) -> "Lab":
        """Starts a cluster with these Settings (labcluster/settings.py). It ends with this process at
        the latest: what a killed test leaves is removed by the next one."""
        cluster.remove_orphans()
        made = Settings(root=cluster.new_root(), owner=os.getpid(), **settings)
        return Lab(Cluster.up(made))

    def down(self) -> None:
        self.cluster.down()

    # Commands

    def run(self, *command: str, user: str = "root", text_in: str | None = None, check: bool = True,
            timeout_s: float = 120, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command, as a user in his home directory; ClusterError on failure unless check is off."""
        words, directory = list(command), str(self.root)
        environment = self.env | (env or {})
        if user != "root":
            directory = str(self.root / "home" / user)
            environment |= {"HOME": directory, "USER": user, "LOGNAME": user}
            words = ["runuser", "-u", user, "--", *words]
        return process.run(words, env=environment, text_in=text_in, check=check, timeout_s=timeout_s, cwd=directory)

    def start(self, *command: str, user: str) -> subprocess.Popen[str]:
        """Starts a command (srun, salloc) and does not wait for it."""
        directory = str(self.root / "home" / user)
        return subprocess.Popen(["runuser", "-u", user, "--", *command], env=self.env | {"HOME": directory},
                                cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def submit(self, user: str, *options: str, wrap: str = "true") -> str:
        """sbatch as this user; the job id. `wrap` is the body of the script."""
        done = self.run("sbatch", "--parsable", *options, user=user, text_in=f"#!/bin/sh\n{wrap}\n")
        return done.stdout.strip().split(";")[0]

    # Questions

    def jobs(self, *options: str) -> list[Job]:
        """squeue: waiting and running jobs, and those ended within MinJobAge with --states=all."""
        layout = SEPARATOR.join(QUEUE.values())
        said = self.run("squeue", "--noheader", "--array", f"--format={layout}", *options).stdout
        return [dict(zip(QUEUE, line.split(SEPARATOR), strict=True)) for line in said.splitlines()]

    def job(self, job_id: str) -> Job:
        """`scontrol show job` as a dict of Slurm's own keys; empty once Slurm has forgotten it."""
        done = self.run("scontrol", "--oneliner", "show", "job", job_id, check=False)
        return key_values(done.stdout) if done.returncode == 0 else {}

    def state(self, job_id: str) -> str:
        """PENDING, RUNNING, COMPLETED, ... as slurmctld has it."""
        return self.job(job_id).get("JobState", "")

    def show(self, kind: str) -> list[Job]:
        """`scontrol show node|reservation|partition`: one dict each."""
        said = self.run("scontrol", "--oneliner", "show", kind, check=False).stdout
        return [key_values(line) for line in said.splitlines() if "=" in line]

    def sacct(self, *options: str, fields: tuple[str, ...] = ACCOUNTING) -> list[Job]:
        """sacct of all users since midnight; add "-X" for allocations only."""
        said = self.run("sacct", "--allusers", "--parsable2", f"--delimiter={SEPARATOR}", "--noheader",
                        f"--format={','.join(fields)}", *options).stdout
        return [dict(zip(fields, line.split(SEPARATOR), strict=False)) for line in said.splitlines()]

    def accounting(self, statement: str) -> str:
        """What MariaDB answers to a statement about slurmdbd's own database."""
        return self.run("mariadb", "--no-defaults", "--batch", "--skip-column-names", "--user=root",
                        f"--socket={self.root}/run/db/mysql.sock", "slurm_acct", text_in=statement).stdout

    def psql(self, query: str, user: str = "root") -> list[dict[str, str]]:
        """Rows of a query to the store, all values as text."""
        said = self.run("psql", self.env["FORESHAPE_DB"], "--no-psqlrc", "--csv", "--command", query, user=user).stdout
        return list(csv.DictReader(io.StringIO(said)))

    def plugin_status(self) -> dict:
        """What the agent wrote last (status.json); empty before its first pass."""
        try:
            return json.loads((self.cluster.settings.state_dir / "status.json").read_text())
        except FileNotFoundError:
            return {}

    def learn(self) -> None:
        """What accounting has measured reaches the plugin, as by the site's timers."""
        state = self.cluster.settings.state_dir
        for command in (["ingest", "journal", str(state / "journal")], ["ingest", "sacct"],
                        ["snapshot", "--out", str(state / "profiles.snap")]):
            self.run("foreshape", *command)

    def log(self, daemon: str = "slurmctld") -> str:
        return (self.root / "log" / f"{daemon}.log").read_text(errors="replace")

    # Waiting and breaking

    def wait(self, is_true: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Polls until it is so, or fails saying what was waited for."""
        if not process.wait_until(is_true, timeout_s, 0.1):
            raise AssertionError(f"not after {timeout_s:.0f} s: {what}; slurmctld's log ends:"
                                 f"{process.tail(self.cluster.slurmctld.log)}")

    def wait_state(self, job_id: str, *states: str, timeout_s: float = 60) -> Job:
        """Waits until the job is in one of these states."""
        self.wait(lambda: self.state(job_id) in states, timeout_s, f"job {job_id} {' or '.join(states)}, "
                  f"it is {self.state(job_id)}")
        return self.job(job_id)

    def wait_recorded(self, *job_ids: str, timeout_s: float = 60) -> dict[str, Job]:
        """Waits until accounting has the end of these jobs; their allocation rows by job id."""
        def ended() -> dict[str, Job]:
            # Not --jobs=: that shows a row as soon as the end has arrived, seconds before its QOS and
            # other details, if the record of the start is late.
            rows = {row["JobID"]: row for row in self.sacct("-X")}
            return {key: rows[key] for key in job_ids if key in rows and rows[key]["End"] not in ("", "Unknown")}
        self.wait(lambda: set(job_ids) <= set(ended()), timeout_s, f"accounting of {job_ids}")
        return ended()

    def save_jobs(self) -> None:
        """Waits until Slurm has its jobs on its disk as they are now, which it does every five seconds: what came
        later than that a kill -9 takes with it."""
        before_s = self._saved_s()
        self.submit("carol", "--hold")
        self.wait(lambda: self._saved_s() > before_s, 20, "Slurm's jobs saved")

    def _saved_s(self) -> float:
        try:
            return (self.root / "state" / "job_state").stat().st_mtime
        except FileNotFoundError:
            return 0.0  # Slurm takes the old one away before it puts the new one there

    def kill_slurmctld(self) -> None:
        """kill -9; start it again with start_slurmctld()."""
        self.cluster.slurmctld.kill()

    def start_slurmctld(self) -> None:
        self.cluster.slurmctld.start()
        self.cluster.wait_for_nodes()

    def reconfigure(self, foreshape_conf: list[str]) -> None:
        """Writes foreshape.conf's lines (StateDir is kept) and tells slurmctld to read it."""
        path = self.cluster.settings.conf.parent / "foreshape.conf"
        path.write_text("\n".join([f"StateDir={self.cluster.settings.state_dir}", *foreshape_conf]) + "\n")
        self.run("scontrol", "reconfigure")


def key_values(line: str) -> Job:
    """Slurm's "Key=Value Key=Value"; a value may have spaces in it."""
    return dict(re.findall(r"(?:^|(?<=\s))([A-Za-z][\w:/]*)=(.*?)(?=\s+[A-Za-z][\w:/]*=|\s*$)", line))

