# SPDX-License-Identifier: GPL-2.0-or-later
"""Chains of jobs on a full cluster: each link after the end of the one before, and how long it waited for its node."""

import threading
import time

from harness import Lab

LINK = ("--job-name=link", "--exclusive", "--nodes=1", "--time=1")
DONE = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")


def dependent(lab: Lab, user: str, links: int, run_s: float) -> list[str]:
    """All submitted now, each with --dependency on the one before."""
    jobs = [lab.submit(user, *LINK, wrap=f"sleep {run_s}")]
    for _ in range(links - 1):
        jobs.append(lab.submit(user, *LINK, f"--dependency=afterany:{jobs[-1]}", wrap=f"sleep {run_s}"))
    return jobs


class Resubmitter(threading.Thread):
    """A user who submits the next link as soon as the last one has ended."""

    def __init__(self, lab: Lab, user: str, links: int, run_s: float) -> None:
        super().__init__(daemon=True)
        self.lab, self.user, self.links, self.run_s = lab, user, links, run_s
        self.jobs: list[str] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        while len(self.jobs) < self.links and not self.is_over.is_set():
            self.jobs.append(self.lab.submit(self.user, *LINK, wrap=f"sleep {self.run_s}"))
            while not self.is_over.is_set() and self.lab.job(self.jobs[-1])["JobState"] not in DONE:
                self.is_over.wait(0.5)


def seconds(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))


def has_ended(lab: Lab, job: str) -> bool:
    return lab.job(job)["JobState"] in DONE


def waits(lab: Lab, jobs: list[str]) -> list[float]:
    """From the end of each link to the start of the next; of one that waits still, until now."""
    found = []
    links = [lab.job(job) for job in jobs]
    for before, link in zip(links, links[1:], strict=False):
        if before["JobState"] not in DONE:
            break
        begun = time.time() if link["JobState"] == "PENDING" else seconds(link["StartTime"])
        found.append(begun - seconds(before["EndTime"]))
    return found
