# SPDX-License-Identifier: GPL-2.0-or-later
"""The order's key in a real Slurm: every waiting job has the points of the formula, and jobs predicted short reserve nodes
at once (OrderForm=log-squared)."""

import json
import math
import pwd
import time

from harness import ClusterCase, main
from labcluster.slurm_conf import slurm_version

# slurm.conf as docs/order.md has it for OrderForm=log-squared: a point a minute, 14 days.
OVERDUE, BASE = 20_160, 17_280
CPUS, LIMIT_MIN = 4, 600
SHORT_S = 600
RENEWED_POINTS = 10  # a job that belongs elsewhere by ten minutes or more gets another place
# user -> (job name, run time of the finished jobs)
HABITS = {"alice": ("probe", 20), "bob": ("train", 7_200)}
SCHEDULER = ("bf_interval=2,bf_yield_interval=1000000,sched_interval=2,batch_sched_delay=0,bf_window=20160,"
             f"bf_max_job_test=1000,bf_min_prio_reserve={OVERDUE}")


def history() -> str:
    """Forty finished jobs of each user, as sacct --parsable2 prints them."""
    lines = ["JobIDRaw|JobID|Cluster|Partition|Account|User|UID|Submit|Start|End|ElapsedRaw|State|NNodes|NCPUS|ReqCPUS"
             "|ReqMem|TimelimitRaw|JobName"]
    for number, (user, (name, run)) in enumerate(HABITS.items()):
        for i in range(40):
            begin = time.time() - 5 * 86_400 + i * 8_000
            stamp = [time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(t)) for t in (begin, begin + 1, begin + 1 + run)]
            raw = 900_000 + number * 100 + i
            lines.append(f"{raw}|{raw}|lab|main|physics|{user}|{pwd.getpwnam(user).pw_uid}|" + "|".join(stamp) +
                         f"|{run}|COMPLETED|1|1|1|100M|{LIMIT_MIN}|{name}_{i}")
    return "\n".join(lines) + "\n"


def formula_s(run_s: float) -> float:
    """The offset of docs/order.md for a job of one of the machine's four processors."""
    def narrow(p: float) -> float:
        return 7_200 * math.log(1 + p / 10) ** 2 + 5 * p
    offset = narrow(run_s) - (narrow(SHORT_S) if run_s < SHORT_S else 0)
    return min(offset * (1 - 0.9 / CPUS), 14 * 86_400)


def counted_s(predicted_s: float) -> float:
    """A prediction counts a thousandth of the requested limit at least."""
    return max(predicted_s, 60 * LIMIT_MIN / 1_000)


def settings(**more: str) -> dict[str, object]:
    return {"nodes": 1, "cpus": CPUS, "memory_mib": 4000,
            "foreshape_conf": ["Order=on", "OrderForm=log-squared", "OrderRenewal=5s", "AgentInterval=1"],
            "slurm_conf": {"PriorityType": "priority/multifactor", "PriorityWeightAge": str(OVERDUE),
                           "PriorityMaxAge": "14-0", "PriorityCalcPeriod": "1", "PriorityWeightPartition": str(BASE),
                           "SchedulerParameters": SCHEDULER} | more}


class PartitionFactorTest(ClusterCase):
    """A partition with PriorityJobFactor=2 halves what the others get, and with it the base."""

    SETTINGS = settings(PartitionName="urgent Nodes=ALL PriorityJobFactor=2 MaxTime=60 State=UP")
    BASE_POINTS = BASE // 2

    def test_the_base_is_what_slurm_gives_to_every_job(self) -> None:
        self.lab.wait(lambda: self.lab.plugin_status().get("slurm", {}).get("base_points") == self.BASE_POINTS, 30,
                      "the base known")
        # Opted out: the place is that of the requested hour, whatever is taken off for the base and given by Slurm.
        job = self.lab.submit("alice", "--ntasks=1", "--time=60", "--begin=now+600", "--comment=foreshape=off")
        self.addCleanup(self.lab.run, "scancel", job)
        priority = int(self.lab.run("squeue", "--noheader", f"--jobs={job}", "--format=%Q").stdout)
        self.assertAlmostEqual(priority, OVERDUE - formula_s(3_600) / 60, delta=2)


class NoNormalPartTest(PartitionFactorTest):
    """Unless PriorityFlags=NO_NORMAL_PART, where a factor of 1 is worth the whole weight."""

    SETTINGS = settings(PartitionName="urgent Nodes=ALL PriorityJobFactor=2 MaxTime=60 State=UP",
                        PriorityFlags="NO_NORMAL_PART")
    BASE_POINTS = BASE


class OrderKeyCase(ClusterCase):
    """With a history of alice's short and bob's long jobs."""

    SETTINGS = settings()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        (cls.lab.root / "history").write_text(history())
        cls.lab.run("foreshape", "migrate")
        cls.lab.run("foreshape", "ingest", "sacct", "--file", str(cls.lab.root / "history"))
        cls.lab.run("foreshape", "snapshot", "--out", str(cls.lab.cluster.settings.state_dir / "profiles.snap"))
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users", 0) >= 2, 30, "profiles loaded")
        # Until the agent has seen the partitions the base is not known, and nothing is ordered.
        cls.lab.wait(lambda: cls.lab.plugin_status().get("slurm", {}).get("base_points") == BASE, 30, "the base known")

    def waiting(self, user: str, name: str, *options: str, wrap: str = "true") -> str:
        job = self.lab.submit(user, "--ntasks=1", "--mem=100M", f"--job-name={name}", "--output=/dev/null", *options, wrap=wrap)
        self.addCleanup(self.lab.run, "scancel", job)
        return job

    def priority(self, job: str) -> int:
        return int(self.squeue(job, "%Q"))

    def squeue(self, job: str, field: str) -> str:
        return self.lab.run("squeue", "--noheader", f"--jobs={job}", f"--format={field}").stdout.strip()


class OrderKeyTest(OrderKeyCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.blocker = cls.lab.submit("erin", "--exclusive", "--time=120", wrap="sleep 600")
        cls.lab.wait_state(cls.blocker, "RUNNING")

    def submission(self, name: str) -> dict:
        def found() -> list[dict]:
            said = self.lab.run("foreshape", "journal", "--json",
                                f"--directory={self.lab.cluster.settings.state_dir / 'journal'}").stdout
            records = [json.loads(line) for line in said.splitlines()]
            return [r for r in records if r["kind"] == "submission" and r["name"] == name]
        self.lab.wait(lambda: len(found()) == 1, 20, f"{name} in the journal")
        return found()[0]

    def assert_has_its_points(self, job: str, name: str, run_s: float) -> int:
        """In the journal and in Slurm; a minute of age may have come to it."""
        recorded = self.submission(name)["plan"]["order_offset_s"]
        self.assertAlmostEqual(recorded, formula_s(run_s), delta=2)
        priority = int(self.squeue(job, "%Q"))
        self.assertAlmostEqual(priority, OVERDUE - recorded / 60, delta=2)
        return priority

    def test_a_waiting_job_has_the_points_of_the_formula_and_reserves_nothing(self) -> None:
        job = self.waiting("bob", "train_100", f"--time={LIMIT_MIN}")
        mean_s = self.submission("train_100")["prediction"]["run_time"]["mean"]
        self.assertAlmostEqual(mean_s, HABITS["bob"][1], delta=0.2 * HABITS["bob"][1])
        self.assertLess(self.assert_has_its_points(job, "train_100", mean_s), OVERDUE)

    def test_a_job_predicted_short_is_overdue_from_the_start_and_reserves_at_once(self) -> None:
        long_job = self.waiting("bob", "train_101", f"--time={LIMIT_MIN}")
        job = self.waiting("alice", "probe_101", f"--time={LIMIT_MIN}")
        mean_s = self.submission("probe_101")["prediction"]["run_time"]["mean"]
        self.assertLess(mean_s, SHORT_S)
        self.assertGreaterEqual(self.assert_has_its_points(job, "probe_101", counted_s(mean_s)), OVERDUE)
        self.lab.wait(lambda: self.squeue(job, "%S") != "N/A", 30, "a planned start of the short job")
        self.assertEqual(self.squeue(long_job, "%S"), "N/A", "a job before its time plans nothing")
        self.assertEqual(self.lab.plugin_status()["queue"]["overdue"], 0, "who is born overdue says nothing of the queue")

    def test_a_job_submitted_while_disabled_stands_where_an_average_job_does(self) -> None:
        """At the base: ahead of one of two hours, behind one that is predicted short."""
        switch = self.lab.cluster.settings.state_dir / "disabled"
        switch.touch()
        self.addCleanup(switch.unlink, missing_ok=True)
        self.lab.wait(lambda: self.lab.plugin_status()["kill_switch"], 20, "the kill switch seen")
        unseen = self.waiting("alice", "probe_110", f"--time={LIMIT_MIN}")
        switch.unlink()
        self.lab.wait(lambda: not self.lab.plugin_status()["kill_switch"], 20, "the kill switch gone")
        long_job = self.waiting("bob", "train_110", f"--time={LIMIT_MIN}")
        short_job = self.waiting("alice", "probe_111", f"--time={LIMIT_MIN}")
        priority = {job: int(self.squeue(job, "%Q")) for job in (unseen, long_job, short_job)}
        self.assertAlmostEqual(priority[unseen], BASE, delta=3)
        self.assertLess(priority[long_job], priority[unseen])
        self.assertLess(priority[unseen], priority[short_job])

    def test_opting_out_is_no_way_to_the_front(self) -> None:
        job = self.waiting("alice", "probe_102", f"--time={LIMIT_MIN}", "--comment=foreshape=off")
        predicted = self.waiting("alice", "probe_103", f"--time={LIMIT_MIN}")
        priority = self.assert_has_its_points(job, "probe_102", 60 * LIMIT_MIN)
        self.assertLess(priority, int(self.squeue(predicted, "%Q")))
        self.assertEqual(self.lab.job(job).get("AdminComment", ""), "", "and nothing else is done to it")

    def test_a_waiting_job_moves_when_more_is_known_of_it_and_no_other_does(self) -> None:
        other = self.waiting("bob", "train_104", f"--time={LIMIT_MIN}")
        job = self.waiting("bob", "train_105", f"--time={LIMIT_MIN}")
        own = self.waiting("bob", "train_106", f"--time={LIMIT_MIN}")
        before = int(self.squeue(job, "%Q"))
        self.assertLess(before, OVERDUE)
        self.lab.run("scontrol", "update", f"jobid={own}", "sitefactor=77")
        for changed in (job, own):
            self.lab.run("scontrol", "update", f"jobid={changed}", "timelimit=5")
        self.lab.wait(lambda: int(self.squeue(job, "%Q")) >= OVERDUE, 120, "the job's place by its new limit")
        self.assertAlmostEqual(int(self.squeue(job, "%Q")), OVERDUE - formula_s(300) / 60, delta=4)
        self.assertAlmostEqual(int(self.squeue(other, "%Q")), before, delta=4)
        self.assertAlmostEqual(int(self.squeue(own, "%Q")), BASE + 77, delta=4, msg="an administrator's stays")
        self.lab.wait(lambda: self.renewed() > 0, 20, "the status of that pass")
        self.assertEqual(self.renewed(), 1)

    def renewed(self) -> int:
        return self.lab.plugin_status()["jobs"]["renewed"]


class OverrunTest(OrderKeyCase):
    """Who wins a place with a name of short jobs, and then runs long ones under it, loses it while these run."""

    def test_a_user_whose_jobs_run_too_long_loses_places_at_once(self) -> None:
        running = [self.waiting("alice", f"probe_{number}", "--time=60", wrap="sleep 600") for number in range(CPUS)]
        for job in running:
            self.lab.wait_state(job, "RUNNING")
        own, others = self.waiting("alice", "probe_10", "--time=60"), self.waiting("bob", "train_10", f"--time={LIMIT_MIN}")
        apart = self.priority(own) - self.priority(others)
        self.assertGreaterEqual(self.priority(own), OVERDUE, "overdue from the start: predicted to take seconds")
        self.lab.wait(lambda: self.priority(own) - self.priority(others) <= apart - RENEWED_POINTS, 180,
                      "the waiting job's place lost, by what its user's jobs have run beyond their predictions")
        self.assertEqual({self.lab.state(job) for job in running}, {"RUNNING"}, "none of them has ended")
        new = self.waiting("alice", "probe_11", "--time=60")
        self.assertAlmostEqual(self.priority(new), self.priority(own), delta=2 * RENEWED_POINTS, msg="nor is a new one ahead")
        self.assertLess(self.priority(new) - self.priority(others), apart - RENEWED_POINTS / 2)


class ModifiedJobTest(ClusterCase):
    """A place that was given for a width does not stay with a job that is made narrow while it waits."""

    SETTINGS = settings() | {"foreshape_conf": ["Order=on", "OrderForm=log-squared", "OrderRenewal=1h", "AgentInterval=1"],
                             "postgres": False}

    def priority(self, job: str) -> int:
        return int(self.lab.run("squeue", "--noheader", f"--jobs={job}", "--format=%Q").stdout)

    def waiting(self, *options: str, wrap: str = "true") -> str:
        job = self.lab.submit("bob", "--mem=100M", f"--time={LIMIT_MIN}", "--output=/dev/null", *options, wrap=wrap)
        self.addCleanup(self.lab.run, "scancel", job)
        return job

    def other_name(self, job: str) -> str:
        """The job's SLUID where this Slurm knows it by one, else its number."""
        if slurm_version() < (25, 11):
            return job
        return self.lab.run("squeue", "--noheader", f"--jobs={job}", "--Format=sluid:30").stdout.strip()

    def test_the_discount_for_width_goes_with_the_width(self) -> None:
        self.lab.wait(lambda: self.lab.plugin_status().get("slurm", {}).get("base_points") == BASE, 30, "the base known")
        blocker = self.waiting("--exclusive", wrap="sleep 600")
        self.lab.wait_state(blocker, "RUNNING")
        narrow = self.waiting("--ntasks=1")
        made_narrow, made_by_sluid, wide = (self.waiting(f"--ntasks={CPUS}") for _ in range(3))
        before = self.priority(wide)
        self.assertGreater(before, self.priority(narrow) + 60, "an hour ahead for its width")
        for job, name in ((made_narrow, made_narrow), (made_by_sluid, self.other_name(made_by_sluid))):
            self.lab.run("scontrol", "update", f"jobid={name}", "numtasks=1", "numcpus=1", user="bob")
            self.lab.wait(lambda: abs(self.priority(job) - self.priority(narrow)) <= 3, 30,
                          "the place of a narrow job, long before the next renewal")
        self.assertAlmostEqual(self.priority(wide), before, delta=3, msg="nobody else moves")


if __name__ == "__main__":
    main()
