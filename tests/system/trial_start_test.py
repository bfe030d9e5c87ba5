# SPDX-License-Identifier: GPL-2.0-or-later
"""Trial starts on a real Slurm: a short job in a long one's clothes ends at once, a long one waits on as if nothing had been."""

import time

from harness import ClusterCase, main
from labcluster.settings import BUILD
from labcluster.slurm_conf import slurm_version
from trials import LENGTH_S, promise, wait_until_grown, wait_until_known

TRIALS = ["AgentInterval=1", "Trial=on", f"TrialLength={LENGTH_S}s", "TrialChance=0%"]
LIMIT = "01:00:00"
USER = "alice"
MARK = r"^foreshape=[0-9a-f]{16} foreshape_trial:60m,since:\d+"
GAP_IS_LIMIT = (25, 11)  # from there on backfill starts a job that has a least time for as long as the gap is
KEEPS_COMPLETING = ((24, 11), (25, 5))  # 24.11.5 does, 26.05.5 does not; what lies between was not tried
RAN_ON = "ran as a trial start, runs on"
WAITS_ON = "ran as a trial start, waits on in its old place"


class TrialCase(ClusterCase):
    """Two nodes: one busy for longer than the test takes, the other kept for a job that needs both."""

    SETTINGS = {"nodes": 2, "cpus": 4, "memory_mib": 4000, "order": True, "foreshape_conf": TRIALS, "min_job_age_s": 300}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lab.wait_recorded(*[cls.lab.submit(USER, "--job-name=sim", "--time=60", wrap="sleep 2") for _ in range(6)])
        cls.lab.run("foreshape", "migrate")
        wait_until_known(cls.lab, 1)
        cls.busy = cls.lab.submit("bob", "--exclusive", "--time=30", "--no-requeue", wrap="sleep 1200")
        cls.lab.wait_state(cls.busy, "RUNNING")
        cls.head = promise(cls.lab, 2)
        wait_until_grown(cls.lab)

    def trial(self, work: str, *options: str, user: str = USER, name: str = "sim") -> str:
        job_id = self.lab.submit(user, "--exclusive", f"--job-name={name}", f"--time={LIMIT}", *options, wrap=work)
        self.before = self.lab.job(job_id)
        return job_id

    def assert_waits_on(self, job_id: str) -> None:
        """All as before the trial, its age too, but for what the comment says of it."""
        self.lab.wait(lambda: WAITS_ON in self.lab.job(job_id).get("AdminComment", ""), LENGTH_S + 40, "the job back in its place")
        job = self.lab.job(job_id)
        self.assertEqual((job["JobState"], job["TimeLimit"], job["TimeMin"], job["Restarts"]), ("PENDING", LIMIT, "N/A", "1"))
        self.assertRegex(job["AdminComment"], MARK + r",requeued:\d+s")
        self.lab.wait(lambda: self.lab.job(job_id)["Reason"] in ("Priority", "Resources", "None"), 20, "neither held nor begun later")
        self.assertAlmostEqual(int(self.lab.job(job_id)["Priority"]), int(self.before["Priority"]), delta=3)

    def assert_on_trial(self, job_id: str) -> None:
        limit = self.lab.job(job_id)["TimeLimit"]
        if slurm_version() < GAP_IS_LIMIT:
            self.assertEqual(limit, "00:01:00")
        else:
            self.assertLess(limit, LIMIT, "as long as the gap")

    def counted(self) -> dict:
        return self.lab.plugin_status()["trial"]


class TrialTest(TrialCase):
    IN_ORDER = True

    def test_a_job_that_ends_soon_runs_at_once_and_a_long_one_waits_on_in_its_old_place(self) -> None:
        planned = self.lab.job(self.head)["StartTime"]
        crash = self.trial("sleep 2; exit 3")
        self.lab.wait_state(crash, "FAILED", timeout_s=30)
        self.assert_on_trial(crash)
        long = self.trial("sleep 1000")
        self.lab.wait_state(long, "RUNNING", timeout_s=30)
        self.assertEqual(self.lab.job(self.head)["StartTime"], planned)
        self.assert_waits_on(long)
        self.assertEqual(self.lab.job(self.head)["StartTime"], planned)
        counted = self.counted()
        self.assertEqual([counted[key] for key in ("started", "ended", "requeued", "rescued", "ran_on")], [2, 1, 1, 0, 0])
        self.assertGreater(counted["lost_core_h"], 0)
        self.lab.run("scancel", long)

    def test_what_was_requested_is_learned_and_not_the_trials_limit(self) -> None:
        crash = self.trial("true", name="learned")
        self.lab.wait_state(crash, "COMPLETED", timeout_s=30)
        self.lab.wait_recorded(crash)
        self.lab.learn()
        said = self.lab.psql(f"select requested_limit_s from foreshape.job where job_id = {crash}")
        self.assertEqual([row["requested_limit_s"] for row in said], ["3600"])

    def test_who_may_not_be_tried_is_not(self) -> None:
        first = self.lab.submit(USER, "--exclusive", "--job-name=first", f"--time={LIMIT}", "--comment=foreshape=off", wrap="true")
        jobs = [first] + [self.lab.submit(USER, "--exclusive", f"--time={LIMIT}", *options, wrap=work) for options, work in (
            (["--no-requeue"], "true"), (["--signal=USR1@60"], "true"), (["--time-min=30"], "true"), (["--array=1"], "true"),
            (["--deadline=now+3hours"], "true"), ([], "scontrol show job $SLURM_JOB_ID"))]
        awaited = self.lab.submit(USER, "--exclusive", f"--time={LIMIT}", wrap="true")
        jobs += [awaited, self.lab.submit(USER, f"--dependency=afterany:{awaited}", "--exclusive", f"--time={LIMIT}", wrap="true")]
        crash = self.trial("true")  # last in the queue, and yet
        self.lab.wait_state(crash, "COMPLETED", timeout_s=30)
        for job_id in jobs:
            job = self.lab.job(job_id)
            self.assertEqual(job["JobState"], "PENDING", job)
            self.assertNotIn("since:", job.get("AdminComment", ""))
            self.assertEqual("foreshape_trial:possible" in job.get("AdminComment", ""), job_id == awaited, job)
            self.lab.run("scancel", job_id)

    def test_where_its_own_limit_fits_by_now_it_runs_on(self) -> None:
        job_id = self.trial("sleep 1000")
        self.lab.wait_state(job_id, "RUNNING", timeout_s=30)
        self.assert_on_trial(job_id)
        self.lab.run("scancel", self.head)
        self.lab.wait(lambda: self.lab.job(job_id)["TimeLimit"] == LIMIT, 20, "its own limit")
        self.assertRegex(self.lab.job(job_id)["AdminComment"], MARK + ",whole")
        self.lab.run("scancel", job_id)
        type(self).head = promise(self.lab, 2)

    def test_killed_midway_it_has_its_own_limit_and_its_age_again_and_who_waited_is_tried_by_the_next_slurmctld(self) -> None:
        """Slurm may start it whole then: until the nodes have registered, nothing is promised to anybody."""
        wait_until_grown(self.lab)
        job_id = self.trial("sleep 1000")
        self.lab.wait_state(job_id, "RUNNING", timeout_s=30)
        waited = self.lab.submit(USER, "--exclusive", "--job-name=sim", f"--time={LIMIT}", wrap="sleep 2")
        self.lab.save_jobs()
        self.lab.kill_slurmctld()
        time.sleep(5)
        self.lab.start_slurmctld()
        self.lab.wait(lambda: WAITS_ON in self.lab.job(job_id).get("AdminComment", ""), LENGTH_S + 40, "the job back in its place")
        job = self.lab.job(job_id)
        self.assertEqual((job["TimeLimit"], job["Restarts"]), (LIMIT, "1"))
        self.assertAlmostEqual(int(job["Priority"]), int(self.before["Priority"]), delta=3)
        self.lab.run("scancel", job_id)
        self.assertRegex(self.lab.wait_state(waited, "COMPLETED", timeout_s=LENGTH_S + 60)["AdminComment"], MARK)

    def test_switched_off_midway_nobody_begins_and_who_runs_goes_back(self) -> None:
        wait_until_grown(self.lab)
        job_id = self.trial("sleep 1000")
        self.lab.wait_state(job_id, "RUNNING", timeout_s=30)
        self.lab.reconfigure(["AgentInterval=1", "Enabled=no", f"TrialLength={LENGTH_S}s"])
        self.lab.wait(lambda: not self.lab.plugin_status()["enabled"], 20, "the settings in force")
        other = self.lab.submit(USER, "--exclusive", f"--time={LIMIT}", wrap="true")
        self.assert_waits_on(job_id)
        self.assertNotIn("foreshape_trial", self.lab.job(other).get("AdminComment", ""))


class LateTest(TrialCase):
    """The agent lets trials begin and ends none. Where the gap's length is their limit, Slurm does not either."""

    SETTINGS = TrialCase.SETTINGS | {"plugins": BUILD / "lib" / "slurm-faulty"}

    def test_what_slurm_has_ended_at_the_trials_limit_is_queued_again_by_the_next_slurmctld(self) -> None:
        self.restart("trial_unseen")
        wait_until_grown(self.lab)
        job_id = self.trial("sleep 1000")
        self.lab.wait_state(job_id, "RUNNING", timeout_s=30)
        if slurm_version() >= GAP_IS_LIMIT:
            return self.assert_the_next_slurmctld_queues_it_again(job_id)
        self.lab.wait_state(job_id, "TIMEOUT", timeout_s=130)
        self.restart("")
        self.lab.wait(lambda: self.counted()["requeued"] > 0, 30, "the job queued again")
        counted = self.counted()
        self.assertEqual((counted["requeued"], counted["rescued"]), (1, 1))
        if KEEPS_COMPLETING[0] <= slurm_version() < KEEPS_COMPLETING[1]:
            self.lab.wait(lambda: "scontrol reconfigure lets it go on" in self.lab.log(), 90, "slurmctld's log says what helps")
            self.lab.run("scontrol", "reconfigure")
        self.lab.wait(lambda: WAITS_ON in self.lab.job(job_id).get("AdminComment", ""), 30, "the job back in its place")
        job = self.lab.job(job_id)
        self.assertEqual((job["TimeLimit"], job["Restarts"]), (LIMIT, "1"))

    def assert_the_next_slurmctld_queues_it_again(self, job_id: str) -> None:
        time.sleep(2 * LENGTH_S)
        self.assertEqual(self.lab.state(job_id), "RUNNING", "nobody has ended it")
        self.restart("")
        self.assert_waits_on(job_id)

    def restart(self, fault: str) -> None:
        daemon = self.lab.cluster.slurmctld
        self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": fault} if fault else {}
        self.lab.cluster.restart_slurmctld()
        self.lab.wait(lambda: self.lab.plugin_status().get("pid") == daemon.pid(), 30, "the next slurmctld's agent")


if __name__ == "__main__":
    main()
