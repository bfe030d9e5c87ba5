# SPDX-License-Identifier: GPL-2.0-or-later
"""Order=dry-run and Memory=dry-run on a real Slurm: nothing is changed, and `sshape shadow` says what would have come of it,
the same after slurmctld was killed."""

import json
import pathlib
import shutil

from harness import ClusterCase, main

CPUS = 32
# Twelve jobs use 60 MiB of these: 512M would be planned.
REQUESTED, TOO_MUCH_MIB = "2000M", 700
BLOCKED_S = 75  # longer than the minute from which a wait counts


class ShadowTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 1, "cpus": CPUS, "memory_mib": 64_000, "min_job_age_s": 300,
                "foreshape_conf": ["AgentInterval=1", "Order=dry-run", "Memory=dry-run"],
                "slurm_conf": {"JobAcctGatherParams": "OverMemoryKill", "PriorityWeightAge": "10080", "PriorityMaxAge": "7-0",
                               "SchedulerParameters": "bf_interval=2,batch_sched_delay=0,bf_min_prio_reserve=10080"}}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        habit = cls.lab.root / "scratch" / "habit.py"
        shutil.copy(pathlib.Path(__file__).with_name("habit.py"), habit)
        habit.chmod(0o755)
        cls.habit = str(habit)
        jobs = [cls.relax(60) for _ in range(12)] + [cls.simulate(20) for _ in range(3)]
        cls.lab.wait_recorded(*jobs, timeout_s=120)
        cls.lab.run("foreshape", "migrate")
        cls.ingest()
        cls.lab.run("foreshape", "snapshot", "--out", str(cls.lab.cluster.settings.state_dir / "profiles.snap"))
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users") == 2, 30, "the snapshot loaded")
        cls.learned = cls.shadow()

    @classmethod
    def ingest(cls) -> None:
        cls.lab.run("foreshape", "ingest", "journal", str(cls.lab.cluster.settings.state_dir / "journal"))
        cls.lab.run("foreshape", "ingest", "sacct")

    @classmethod
    def relax(cls, mib: int, *options: str) -> str:
        return cls.lab.submit("alice", "--job-name=relax", "--time=10", f"--mem={REQUESTED}", *options,
                              wrap=f"exec /usr/bin/python3 {cls.habit} memory {mib} 4")

    @classmethod
    def simulate(cls, seconds: int, *options: str) -> str:
        return cls.lab.submit("bob", "--job-name=simulate", "--time=10", "--mem=100M", *options, wrap=f"sleep {seconds}")

    @classmethod
    def shadow(cls) -> dict:
        """The sums over all weeks: midnight between two of them may come at any time."""
        sums: dict[str, dict[str, float]] = {}
        for week in json.loads(cls.lab.run("sshape", "shadow", "--json").stdout)["weeks"]:
            for lever in ("order", "memory"):
                for name, value in week[lever].items():
                    figure = value if not isinstance(value, dict) else value["jobs"]
                    sums.setdefault(lever, {})[name] = sums.get(lever, {}).get(name, 0) + figure
        return sums

    def more(self, lever: str) -> dict[str, float]:
        """By how much this lever's figures have grown since the history."""
        return {name: round(value - self.learned[lever][name], 6) for name, value in self.shadow()[lever].items()}

    def assert_untouched(self, job_id: str) -> None:
        self.assertEqual(self.lab.job(job_id)["MinMemoryNode"], REQUESTED)
        site = self.lab.run("sprio", "--noheader", "--format=%i %S").stdout.split()
        self.assertEqual(site[site.index(job_id) + 1], "0", "the site factor")

    def test_a_short_job_would_have_gone_ahead_of_a_long_one_that_waited(self) -> None:
        blocker = self.lab.submit("carol", f"--ntasks={CPUS}", "--time=10", "--mem=100M", "--comment=foreshape=off",
                                  wrap=f"sleep {BLOCKED_S}")
        self.lab.wait_state(blocker, "RUNNING")
        long_job = self.simulate(1)  # its name's jobs ran 20 s
        short_job = self.relax(60)
        self.lab.wait_state(short_job, "PENDING")
        self.assert_untouched(short_job)
        self.lab.wait_recorded(blocker, long_job, short_job, timeout_s=BLOCKED_S + 60)
        self.ingest()
        order = self.more("order")
        self.assertEqual({name: order[name] for name in ("jobs", "waited", "moved", "ahead", "passed")},
                         {"jobs": 2, "waited": 2, "moved": 2, "ahead": 1, "passed": 1})

    def test_who_would_have_been_killed_for_it_is_counted_and_runs_to_its_end(self) -> None:
        before = self.more("memory")
        fitting, too_large = self.relax(60), self.relax(TOO_MUCH_MIB)
        states = {key: row["State"] for key, row in self.lab.wait_recorded(fitting, too_large).items()}
        self.assertEqual(states, {fitting: "COMPLETED", too_large: "COMPLETED"})
        self.ingest()
        after = self.more("memory")
        grown = {name: after[name] - before[name] for name in ("jobs", "ended", "measured", "killed")}
        self.assertEqual(grown, {"jobs": 2, "ended": 2, "measured": 2, "killed": 1})
        self.assertGreater(after["gib_hours_given_back"], before["gib_hours_given_back"])

    def test_the_counts_survive_slurmctld(self) -> None:
        before = self.shadow()
        self.lab.kill_slurmctld()
        self.lab.start_slurmctld()
        self.lab.wait_recorded(self.relax(60))
        self.ingest()
        after = self.shadow()
        self.assertEqual(after["order"]["jobs"], before["order"]["jobs"] + 1)
        self.assertEqual(after["order"]["moved"], before["order"]["moved"])
        self.assertEqual(after["memory"]["killed"], before["memory"]["killed"])

    def test_it_is_for_operators(self) -> None:
        self.lab.run("foreshape", "roles", "sync")
        refused = self.lab.run("sshape", "shadow", user="alice", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("foreshape_operator", refused.stderr)
        self.assertIn("would have been given less", self.lab.run("sshape", "shadow").stdout)


if __name__ == "__main__":
    main()
