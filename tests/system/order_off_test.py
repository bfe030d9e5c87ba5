# SPDX-License-Identifier: GPL-2.0-or-later
"""Order's lines in slurm.conf without Order: wide jobs start all the same, and where they would not foreshape status says so."""

import contextlib
import re
import time
import unittest

from harness import ClusterCase, Lab, main
from labcluster import slurm_conf

CPUS = 4
DAY_MIN = 1_440
OVERDUE_MIN = 14 * DAY_MIN
SCHEDULER = "bf_interval=2,bf_yield_interval=1000000,sched_interval=2,batch_sched_delay=0,bf_window=20160"


def order_lines(slope: int, base_min: int | None) -> dict[str, str]:
    """slurm.conf as docs/order.md has it, with so many points a minute; the base is so many minutes below the threshold."""
    threshold = slope * OVERDUE_MIN
    base = 0 if base_min is None else threshold - slope * base_min
    return {"PriorityType": "priority/multifactor", "PriorityWeightAge": str(threshold), "PriorityMaxAge": "14-0",
            "PriorityCalcPeriod": "1", "PriorityWeightPartition": str(base),
            "SchedulerParameters": f"{SCHEDULER},bf_min_prio_reserve={threshold}"}


class WithoutForeshapeTest(unittest.TestCase):
    """Stock Slurm with the lines left in place, a minute standing for two days; beside it the same without the base."""

    WAITS_S = 200  # the minute, that in which Slurm counts ages anew, and what runs by then

    @classmethod
    def setUpClass(cls) -> None:
        cls.labs = {}
        for kind, base_min in (("base", 1), ("none", None)):
            cls.labs[kind] = Lab.up(nodes=1, cpus=CPUS, memory_mib=4000, postgres=False, plugins=None,
                                    slurm_conf=order_lines(60, base_min))
            cls.addClassCleanup(cls.labs[kind].down)

    def submit(self, lab: Lab, user: str, tasks: int, run_s: int = 20) -> str:
        return lab.submit(user, f"--ntasks={tasks}", "--mem=100M", "--time=1", "--output=/dev/null", wrap=f"sleep {run_s}")

    def test_a_wide_job_starts_while_narrow_ones_keep_coming(self) -> None:
        """More of them than end: a processor that one leaves is the next one's, and never are all of them free."""
        for lab in self.labs.values():
            for number in range(CPUS):
                self.submit(lab, "bob", 1, run_s=15 + 5 * number)
            lab.wait(lambda: len(lab.jobs("--states=running")) == CPUS, 20, "all processors busy")
        wide = {kind: self.submit(lab, "carol", CPUS) for kind, lab in self.labs.items()}
        narrow = {kind: [self.submit(lab, "bob", 1) for _ in range(CPUS)] for kind, lab in self.labs.items()}
        begun, waited = time.monotonic(), 0.0
        while waited < self.WAITS_S and self.labs["base"].state(wide["base"]) == "PENDING":
            for kind, lab in self.labs.items():
                narrow[kind].append(self.submit(lab, "bob", 1))
            time.sleep(2)
            waited = time.monotonic() - begun
        passed = {kind: sum(lab.state(job) != "PENDING" for job in narrow[kind]) for kind, lab in self.labs.items()}
        print(f"the wide job waited {waited:.0f} s with the base, and was passed by {passed['base']}; "
              f"without by {passed['none']}")
        self.assertIn(self.labs["base"].state(wide["base"]), ("RUNNING", "COMPLETING", "COMPLETED"))
        self.assertGreater(passed["base"], 3, "before its time it reserves nothing")
        self.assertEqual(self.labs["none"].state(wide["none"]), "PENDING", "control: without the base it reserves nothing at all")
        self.assertGreater(passed["none"], passed["base"] / 2)


class SaidTest(ClusterCase):
    """Order is off, its lines are there: status tells of the harm while there is some, and each way out that it names works."""

    SETTINGS = {"nodes": 1, "postgres": False, "foreshape_conf": ["Order=off", "AgentInterval=1"],
                "slurm_conf": order_lines(1, None)}
    HARM = r"CHANGE +Order does nothing, but bf_min_prio_reserve=20160 is in force: no job reserves nodes before it has waited 336 h"

    def status(self) -> str:
        return self.lab.run("foreshape", "status", check=False).stdout

    @contextlib.contextmanager
    def lines(self, **more: str):
        """Other lines of slurm.conf, for as long as this lasts."""
        before = self.lab.cluster.settings.slurm_conf
        self.write(before | more)
        try:
            yield
        finally:
            self.write(before)

    def write(self, lines: dict[str, str]) -> None:
        self.lab.cluster.settings.slurm_conf = lines
        slurm_conf.write(self.lab.cluster.settings)
        self.lab.run("scontrol", "reconfigure")

    def test_the_harm_is_said_until_it_is_gone(self) -> None:
        self.lab.wait(lambda: bool(re.search(self.HARM, self.status())), 30, "the harm said")
        for way_out in ({"SchedulerParameters": SCHEDULER}, order_lines(1, 2 * DAY_MIN)):
            with self.subTest(way_out=way_out), self.lines(**way_out):
                self.lab.wait(lambda: "Order does nothing" not in self.status(), 60, "nothing more to say")
            self.lab.wait(lambda: bool(re.search(self.HARM, self.status())), 60, "the harm said again")


if __name__ == "__main__":
    main()
