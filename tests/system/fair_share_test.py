# SPDX-License-Identifier: GPL-2.0-or-later
"""Beside fair-share, with the lines that foreshape status asks for: Order still moves jobs, and a heavy user comes after a
light one."""

import math

from harness import ClusterCase, main

# slurm.conf as docs/order.md has it for PriorityWeightFairshare=100000 and OrderForm=log-squared.
FAIR_SHARE, OVERDUE, BASE = 100_000, 466_667, 400_000
SLOPE = FAIR_SHARE / 4_320  # points a minute
CPUS, LONG_MIN, SHORT_MIN = 4, 600, 10
SCHEDULER = ("bf_interval=2,bf_yield_interval=1000000,sched_interval=2,batch_sched_delay=0,bf_window=20160,"
             f"bf_max_job_test=1000,bf_min_prio_reserve={OVERDUE}")


def points_apart(long_min: int, short_min: int) -> float:
    """By how much a job of one processor in CPUS is ahead for requesting less: the formula of docs/order.md."""
    def offset_s(run_s: float) -> float:
        return (7_200 * math.log(1 + run_s / 10) ** 2 + 5 * run_s) * (1 - 0.9 / CPUS)
    return (offset_s(60 * long_min) - offset_s(60 * short_min)) / 60 * SLOPE


class FairShareTest(ClusterCase):
    SETTINGS = {"nodes": 1, "cpus": CPUS, "memory_mib": 4000, "postgres": False,
                "foreshape_conf": ["Order=on", "OrderForm=log-squared", "AgentInterval=1"],
                "slurm_conf": {"PriorityType": "priority/multifactor", "PriorityWeightFairshare": str(FAIR_SHARE),
                               "PriorityWeightAge": str(OVERDUE), "PriorityMaxAge": "14-0", "PriorityCalcPeriod": "1",
                               "PriorityWeightPartition": str(BASE), "SchedulerParameters": SCHEDULER}}

    def waiting(self, user: str, limit_min: int) -> str:
        """Opted out: its place is that of the limit, whatever the user ran before."""
        job = self.lab.submit(user, "--ntasks=1", "--mem=100M", f"--time={limit_min}", "--output=/dev/null",
                              "--comment=foreshape=off")
        self.addCleanup(self.lab.run, "scancel", job)
        return job

    def priority(self, job: str) -> int:
        return int(self.lab.run("squeue", "--noheader", f"--jobs={job}", "--format=%Q").stdout)

    def test_order_and_fair_share_both_have_their_say(self) -> None:
        self.lab.wait(lambda: self.lab.plugin_status().get("slurm", {}).get("base_points") == BASE, 30, "the base known")
        blocker = self.lab.submit("erin", "--exclusive", "--time=120", wrap="sleep 600")
        self.addCleanup(self.lab.run, "scancel", blocker)
        self.lab.wait_state(blocker, "RUNNING")
        heavy, light = self.waiting("erin", LONG_MIN), self.waiting("bob", LONG_MIN)
        short = self.waiting("bob", SHORT_MIN)
        # A minute of four processors is all that anybody has used: she is last of five.
        self.lab.wait(lambda: self.priority(light) - self.priority(heavy) >= FAIR_SHARE / 2, 180,
                      "the heavy user's job behind the light one's")
        self.assertAlmostEqual(self.priority(short) - self.priority(light), points_apart(LONG_MIN, SHORT_MIN),
                               delta=3 * SLOPE, msg="the order moves jobs by as many minutes as without fair-share")

    def test_status_asks_for_no_other_weights(self) -> None:
        said = self.lab.run("foreshape", "status", check=False).stdout
        self.assertRegex(said, r"NOTE +PriorityWeightFair[Ss]hare=100000: worth up to 72 h of waiting")
        for setting in ("PriorityWeightAge", "PriorityMaxAge", "PriorityWeightPartition", "bf_min_prio_reserve"):
            self.assertRegex(said, rf"OK +{setting}=")


class SilentTest(ClusterCase):
    """A weight that leaves Order nothing to say, and offsets of a minute that everybody has soon waited: never fine."""

    WAITING = 12
    SETTINGS = {"nodes": 1, "cpus": CPUS, "memory_mib": 4000, "postgres": False,
                "foreshape_conf": ["Order=on", "OrderForm=log-squared", "OrderLogSquaredOffset=0m", "OrderLinear=0.03",
                                   "OrderShortJob=0m", "AgentInterval=1"],
                "slurm_conf": {"PriorityType": "priority/multifactor", "PriorityWeightFairshare": str(FAIR_SHARE),
                               "PriorityWeightAge": "20160", "PriorityMaxAge": "14-0", "PriorityCalcPeriod": "1",
                               "PriorityWeightPartition": "17280",
                               "SchedulerParameters": SCHEDULER.replace(str(OVERDUE), "20160")}}

    def status(self) -> str:
        done = self.lab.run("foreshape", "status", check=False)
        self.assertNotEqual(done.returncode, 0, "not fine")
        return done.stdout

    def test_a_weight_is_told_in_hours_and_with_the_lines_that_mend_it(self) -> None:
        self.lab.wait(lambda: self.lab.plugin_status().get("slurm", {}).get("base_points") == 17_280, 30, "the base known")
        said = self.status()
        self.assertRegex(said, r"CHANGE +PriorityWeightFair[Ss]hare=100000\D+1667 h of waiting, where Order moves a job by 336 h")
        for setting, value in (("PriorityWeightAge", OVERDUE), ("PriorityWeightPartition", BASE),
                               ("bf_min_prio_reserve", OVERDUE)):
            self.assertRegex(said, rf"CHANGE +{setting}=[^\n]*{setting}={value}\b")

    def test_a_queue_in_which_most_have_waited_their_offset_is_not_fine(self) -> None:
        blocker = self.lab.submit("erin", "--exclusive", "--time=120", wrap="sleep 600")
        self.lab.wait_state(blocker, "RUNNING")
        for _ in range(self.WAITING):
            self.lab.submit("bob", "--ntasks=1", "--mem=100M", "--time=60", "--output=/dev/null")
        self.lab.wait(lambda: self.lab.plugin_status()["queue"]["waiting"] == self.WAITING, 20, "the queue counted")
        self.assertNotIn("waiting jobs are overdue", self.status(), "control: nobody has waited his offset")
        said = f"{self.WAITING} of {self.WAITING} waiting jobs are overdue"
        self.lab.wait(lambda: said in self.status(), 150, said)


if __name__ == "__main__":
    main()
