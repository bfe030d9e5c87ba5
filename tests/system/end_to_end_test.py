# SPDX-License-Identifier: GPL-2.0-or-later
"""200 jobs of five users with habits: submission -> accounting -> store -> snapshot -> prediction -> report."""

import json
import math

import accounting
from harness import ClusterCase, main
from workload import JOBS_OF_A_HALF, Workload


def misses_allowed(jobs: int, rate: float, doubt: float = 0.001) -> int:
    """The most misses among so many jobs that chance explains, if each misses at that rate: the binomial's upper
    tail beyond it is less likely than `doubt`."""
    left = 1.0
    for misses in range(jobs + 1):
        left -= math.comb(jobs, misses) * rate**misses * (1 - rate) ** (jobs - misses)
        if left < doubt:
            return misses
    return jobs


class EndToEndTest(ClusterCase):
    # 16 cpus: few jobs start at once, so that two real cores do not blur how long they take.
    SETTINGS = {"nodes": 8, "cpus": 2, "memory_mib": 8000, "foreshape_conf": ["AgentInterval=1"]}
    report: list[dict]
    second_half: set[int]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        lab = cls.lab
        lab.run("foreshape", "migrate")
        work = Workload(lab, seed=20261122)
        timed_out = work.time_out()
        work.half()
        first = cls.all_ended(work, but=timed_out)
        cls.ingest()
        lab.run("foreshape", "snapshot", "--out", str(lab.cluster.settings.state_dir / "profiles.snap"))
        cls.wait_for_profiles()
        work.half()
        cls.second_half = cls.all_ended(work) - first - {int(timed_out)}
        cls.ingest()
        lab.run("foreshape", "roles", "sync")
        cls.report = json.loads(lab.run("sshape", "-S", "now-1hour", "--json").stdout)["jobs"]
        cls.submitted = work.submitted

    @classmethod
    def all_ended(cls, work: Workload, but: str = "") -> set[int]:
        """Waits until accounting has the end of all jobs submitted; their raw ids."""
        work.wait()
        def ended() -> set[int]:
            rows = cls.lab.sacct("-X", "--starttime=now-1hour", fields=("JobIDRaw", "End"))
            return {int(row["JobIDRaw"]) for row in rows if row["End"] != "Unknown" and row["JobIDRaw"] != but}
        wanted = work.submitted - bool(but)
        cls.lab.wait(lambda: len(ended()) == wanted, 150, f"{wanted} jobs ended; {len(ended())} have")
        return ended()

    @classmethod
    def ingest(cls) -> None:
        cls.lab.run("foreshape", "ingest", "journal", str(cls.lab.cluster.settings.state_dir / "journal"))
        cls.lab.run("foreshape", "ingest", "sacct")

    @classmethod
    def wait_for_profiles(cls) -> None:
        """Until the plugin has read the snapshot: profiles of all five users, none from what it saw itself."""
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users") == 5, 20, "the snapshot to be loaded")

    def test_every_job_is_in_the_report_once(self) -> None:
        self.assertEqual(self.submitted, 2 * JOBS_OF_A_HALF + 1)
        ids = [job["job_id"] for job in self.report]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(set(ids), set(accounting.jobs_and_steps(self.lab)))
        self.assertEqual(len(ids), self.submitted)

    def test_each_jobs_figures_are_saccts(self) -> None:
        said = accounting.jobs_and_steps(self.lab)
        for job in self.report:
            with self.subTest(job=job["job_id_text"]):
                ours, theirs = accounting.reported(job), accounting.figures(*said[job["job_id"]])
                # A share, not a figure of sacct's: kept with seven digits.
                efficiency = ours.pop("cpu_efficiency"), theirs.pop("cpu_efficiency")
                self.assertEqual(ours, theirs)
                self.assertAlmostEqual(efficiency[0] or 0, efficiency[1] or 0, places=5)
                self.assertEqual(efficiency[0] is None, efficiency[1] is None)

    def test_the_text_reads_like_saccts(self) -> None:
        same = ("JobID", "JobIDRaw", "JobName", "User", "Account", "Partition", "QOS", "Submit", "End", "Elapsed",
                "ElapsedRaw", "Timelimit", "ReqCPUS", "AllocCPUS")
        options = ("-a", "-S", "now-1hour", "-P", "-o")
        theirs = [line.split("|") for line in
                  self.lab.run("sacct", "-X", *options, ",".join((*same, "AllocTRES"))).stdout.splitlines()]
        for row in theirs:
            if row.pop() == "":  # never started: 22.05 repeats ReqCPUS as AllocCPUS, later releases say 0
                row[-1] = "0"
        ours = [line.split("|") for line in self.lab.run("sshape", *options, ",".join(same)).stdout.splitlines()]
        self.assertEqual(ours[0], theirs[0])
        self.assertEqual(sorted(ours), sorted(theirs))

    def test_all_ways_to_end_are_there(self) -> None:
        states = {job["state"] for job in self.report}
        self.assertEqual(states, {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"})
        self.assertTrue(any("_" in job["job_id_text"] for job in self.report), "array tasks")
        self.assertTrue(any("+" in job["job_id_text"] for job in self.report), "het components")

    def test_the_second_half_is_predicted_from_the_users_own_jobs(self) -> None:
        second = [job for job in self.report if job["job_id"] in self.second_half]
        self.assertEqual(len(second), JOBS_OF_A_HALF)
        for job in second:
            with self.subTest(job=job["job_id_text"], name=job["name"]):
                self.assertIsNotNone(job["predicted"])
                self.assertEqual(job["predicted"]["evidence"], "user")

    def test_predictions_are_within_their_quantiles_at_the_promised_rate(self) -> None:
        for resource, used in (("run_s", "run_s"), ("memory_bytes", "peak_memory_bytes")):
            judged = [(job["predicted"][resource]["quantiles"], job["used"][used]) for job in self.report
                      if job["job_id"] in self.second_half and job["state"] in ("COMPLETED", "FAILED")
                      and job["predicted"] and job["predicted"][resource] and job["used"][used]]
            self.assertGreater(len(judged), 50 if resource == "run_s" else 20)
            for level in ("0.05", "0.1", "0.8", "0.9", "0.95", "0.99"):
                upper = float(level) > 0.5
                misses = sum(value > q[level] if upper else value < q[level] for q, value in judged)
                allowed = misses_allowed(len(judged), 1 - float(level) if upper else float(level))
                print(f"{resource} at {level}: {misses} of {len(judged)} beyond, {allowed} allowed")
                with self.subTest(resource=resource, level=level):
                    self.assertLessEqual(misses, allowed)

    def test_nothing_is_planned_above_the_request(self) -> None:
        for job in self.report:
            asked, planned = job["requested"], job["planned"]
            with self.subTest(job=job["job_id_text"]):
                if planned["run_s"] is not None and asked["limit_s"] is not None:
                    self.assertLessEqual(planned["run_s"], asked["limit_s"])
                if planned["memory_per_node_bytes"] is not None:
                    self.assertLessEqual(planned["memory_per_node_bytes"], asked["memory_per_node_bytes"])

    def test_users_see_themselves_and_root_all(self) -> None:
        rows = self.lab.run("sshape", "-S", "now-1hour", "-nP", "-o", "user", user="alice").stdout.split()
        self.assertEqual(set(rows), {"alice"})
        self.assertEqual(len(rows), sum(job["user"] == "alice" for job in self.report))
        nosy = self.lab.run("sshape", "-u", "bob", "-S", "now-1hour", "-n", user="alice")
        self.assertEqual(nosy.stdout, "")
        self.assertIn("own jobs only", nosy.stderr)

    def test_the_summary_and_the_explanation_agree_with_the_jobs(self) -> None:
        summary = json.loads(self.lab.run("sshape", "summary", "-S", "now-1hour", "--json").stdout)["summary"]
        by_user = {row["user"]: row for row in summary}
        self.assertEqual(by_user["(all)"]["jobs"], len(self.report))
        self.assertEqual(by_user["bob"]["jobs"], sum(job["user"] == "bob" for job in self.report))
        bobs = next(job for job in self.report if job["user"] == "bob" and job["job_id"] in self.second_half)
        why = self.lab.run("sshape", "why", bobs["job_id_text"]).stdout
        self.assertIn("of the user's own jobs", why)
        self.assertEqual(len(why.splitlines()), 1)
        print(self.lab.run("sshape", "summary", "-S", "now-1hour").stdout)


if __name__ == "__main__":
    main()
