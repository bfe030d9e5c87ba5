# SPDX-License-Identifier: GPL-2.0-or-later
"""What Slurm kept of the jobs that it accepted, once all have ended: also after kill -9 of slurmctld."""

import time

from harness import Lab
from labcluster.lab import Job

FIELDS = ("JobIDRaw", "User", "Submit", "State", "AdminComment", "JobName", "TimelimitRaw", "ReqMem", "Partition")


def accounting(lab: Lab) -> list[Job]:
    return lab.sacct("-X", "--duplicates", "--starttime=now-1hour", fields=FIELDS)


def wait_for_the_end(lab: Lab, timeout_s: float = 120) -> None:
    """Slurm saves its jobs every few seconds. What it forgets in between comes back as a job that it believes to run, as
    one that runs twice (it drains the node), or as a number given twice: an operator cleans up."""
    def no_jobs() -> bool:
        lab.run("scontrol", "update", "nodename=ALL", "state=resume", check=False)
        left = [job["id"] for job in lab.jobs() if "held" in job["reason"] or job["state"] == "RUNNING"]
        if left:
            lab.run("scancel", *left, check=False)
        return not lab.jobs()
    time.sleep(10)
    lab.wait(no_jobs, timeout_s, "all jobs ended")
    seen: list[list[Job]] = []

    def settled() -> bool:
        time.sleep(2)
        seen.append(accounting(lab))
        return len(seen) > 1 and seen[-1] == seen[-2]
    lab.wait(settled, 60, "accounting to have everything")


def signed(token: str) -> int:
    """16 hex digits, as PostgreSQL has the token."""
    number = int(token, 16)
    return number - (1 << 64) if number >> 63 else number


def token_of(row: Job) -> int:
    return signed(row["AdminComment"].partition("foreshape=")[2])


def without_requeued_runs(rows: list[Job]) -> list[Job]:
    """One row for each job: of a requeued one the last. A number that Slurm gave twice is two jobs, with two tokens."""
    last: dict[tuple[str, str], Job] = {}
    jobs: list[Job] = []
    for row in sorted(rows, key=lambda row: row["Submit"]):
        key = (row["JobIDRaw"], row["User"])
        if key in last and is_requeued_run(last[key], row):
            jobs.remove(last[key])
        last[key] = row
        jobs.append(row)
    return jobs


def is_requeued_run(row: Job, later: Job) -> bool:
    if row["AdminComment"] and later["AdminComment"]:
        return row["AdminComment"] == later["AdminComment"]
    return row["State"].split()[0] in ("REQUEUED", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL")
