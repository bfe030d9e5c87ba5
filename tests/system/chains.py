# SPDX-License-Identifier: GPL-2.0-or-later
"""Chains of jobs on a full cluster: each link after the end of the one before, and how long it waited for its node."""

import threading
import time

from harness import Lab, seconds

LINK = ("--job-name=link", "--exclusive", "--nodes=1", "--time=1")
# Personal holds for everybody, and no pool.
CONF = ["AgentInterval=5s", "Hold=on", "HoldPool=no", "HoldUsers=auto", "HoldPoolShare=50%", "HoldWindow=1", "HoldDeadline=30s",
        "HoldPersonalNodes=1"]
FLOOD_S = 15  # how long each job of the queue runs
# And each link: longer than the five seconds until the queue is there, and an AgentInterval after that. Before somebody
# waits nothing is kept.
LINK_S = 15
DONE = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT")


def dependent(lab: Lab, user: str, links: int) -> list[str]:
    """All submitted now, each with --dependency on the one before."""
    jobs = [lab.submit(user, *LINK, wrap=f"sleep {LINK_S}")]
    for _ in range(links - 1):
        jobs.append(lab.submit(user, *LINK, f"--dependency=afterany:{jobs[-1]}", wrap=f"sleep {LINK_S}"))
    return jobs


class Resubmitter(threading.Thread):
    """A user who submits the next link as soon as the last one has ended."""

    def __init__(self, lab: Lab, user: str, links: int, run_s: float = LINK_S) -> None:
        super().__init__(daemon=True)
        self.lab, self.user, self.links, self.run_s = lab, user, links, run_s
        self.jobs: list[str] = []
        self.is_over = threading.Event()

    def run(self) -> None:
        while len(self.jobs) < self.links and not self.is_over.is_set():
            self.jobs.append(self.lab.submit(self.user, *LINK, wrap=f"sleep {self.run_s}"))
            while not self.is_over.is_set() and self.lab.state(self.jobs[-1]) not in DONE:
                self.is_over.wait(0.5)


def learn(lab: Lab) -> None:
    """dave resubmits at each end, carol is known to be quick. With less of it one end that nothing followed in time is enough
    to make dave's next submission less likely than not."""
    habits = [Resubmitter(lab, user, 8, 2) for user in ("dave", "carol")]
    for habit in habits:
        habit.start()
    for habit in habits:
        habit.join()


def flood(lab: Lab, jobs: int) -> None:
    """From five seconds on more work than nodes, before whoever is submitted after it: priorities are equal here."""
    lab.submit("alice", f"--array=1-{jobs}", "--begin=now+5", "--exclusive", "--time=1", "--job-name=flood",
               wrap=f"sleep {FLOOD_S}")


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
