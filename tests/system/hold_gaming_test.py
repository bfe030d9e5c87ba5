# SPDX-License-Identifier: GPL-2.0-or-later
"""Holding is of no use to those who game it: whatever users do, no more starts ahead of the queue than is held."""

import json
import subprocess
import time

import holds
from harness import ClusterCase, main

NODES = 8
HELD = 2  # HoldPoolShare of NODES
SETTINGS = ["AgentInterval=1s", "HoldWindow=60s", "HoldDeadline=60s", "HoldShortJob=10s", "HoldUsers=carol",
            "HoldPoolShare=25%", "HoldPoolFactor=1", "HoldHeadBlocked=1h", "HoldPersonalNodes=1"]


class HoldGamingTest(ClusterCase):
    SETTINGS = {"nodes": NODES, "postgres": False, "foreshape_conf": ["Hold=off", *SETTINGS],
                "slurm_conf": {"MinJobAge": "600"}}

    def setUp(self) -> None:
        self.enlarged = 0

    def tearDown(self) -> None:
        for user in ("alice", "bob", "carol", "dave"):
            self.lab.run("scancel", f"--user={user}")

    def as_user(self, user: str, *command: str) -> subprocess.CompletedProcess[str]:
        return self.lab.run(*command, user=user, check=False)

    def learn(self) -> None:
        """dave and carol have a habit of short jobs, bob of short ones too: the history that a gamer makes."""
        for _ in range(3):
            jobs = [self.lab.submit(user, "--job-name=look", "--exclusive", "--time=1", wrap="sleep 1")
                    for user in ("dave", "carol", "bob")]
            for job_id in jobs:
                self.lab.wait_state(job_id, "COMPLETED")
            time.sleep(4)

    def fill(self) -> None:
        """All nodes busy for half a minute, and honest jobs behind."""
        for number in range(NODES):
            self.lab.submit("alice", "--exclusive", "--time=2", "--job-name=long", wrap=f"sleep {15 + 2 * number}")
        for _ in range(16):
            self.lab.submit("alice", "--exclusive", "--time=5", "--job-name=long", wrap="sleep 120")

    def enlarge_who_is_let_in(self, short: list[str]) -> None:
        """Another size for the place that was found, each time another one, by each way to write the number."""
        for job in self.lab.show("job"):
            if job["JobId"] not in short or job["JobState"] != "PENDING" or not holds.is_in_one(job):
                continue
            how = ("timelimit=7-0", f"numnodes={NODES}", "gres=gpu:1", "excnodelist=")[self.enlarged % 4]
            number = ("", "+")[self.enlarged // 4 % 2] + job["JobId"]
            self.as_user(job["UserId"].split("(")[0], "scontrol", "update", f"jobid={number}", how)
            self.enlarged += 1

    def check_nobody_is_ahead_with_more(self) -> None:
        for job in self.lab.show("job"):
            if job["JobState"] == "RUNNING" and job["UserId"].split("(")[0] in ("bob", "carol"):
                self.assertEqual(job["TimeLimit"], "00:01:00", "nobody goes ahead of the queue with another limit")
                self.assertEqual(job["NumNodes"], "1", "nor with more nodes")

    def attack(self, seconds: float) -> int:
        """Most nodes that bob's long jobs and carol's and bob's short-named ones had at once."""
        long = [self.lab.submit("bob", "--job-name=look", "--exclusive", "--time=7-0", wrap="sleep 600")
                for _ in range(NODES)]
        ranges = [self.lab.submit(user, "--job-name=look", f"--nodes=1-{NODES}", "--exclusive", "--time=1",
                                  wrap="sleep 50") for user in ("bob", "carol")]
        short = [self.lab.submit(user, "--job-name=look", "--exclusive", "--time=1", wrap="sleep 50")
                 for user in ("bob", "carol") for _ in range(NODES)]
        most, ends = 0, time.monotonic() + seconds
        while time.monotonic() < ends:
            names = [r["ReservationName"] for r in self.lab.show("reservation")
                     if r["ReservationName"].startswith("foreshape_")]
            self.enlarge_who_is_let_in(short)
            for job_id in long[:4]:
                for name in names:
                    self.as_user("bob", "scontrol", "update", f"jobid={job_id}", f"reservation={name}")
                self.as_user("bob", "scontrol", "update", f"jobid={job_id}", f"numnodes={NODES}")
            self.enlarge_who_is_let_in(short)
            running = [job for job in self.lab.jobs("--states=running", "--user=bob,carol")]
            self.check_nobody_is_ahead_with_more()
            most = max(most, sum(int(self.lab.job(job["id"])["NumNodes"]) for job in running))
            self.assertFalse({job["id"] for job in running} & set(long + ranges),
                             "neither a week nor 'as many nodes as there are' goes ahead of the queue")
        return most

    def test_no_more_goes_ahead_of_the_queue_than_is_held(self) -> None:
        self.learn()
        self.fill()
        without = self.attack(20)
        self.assertEqual(without, 0, "control: nobody is ahead of the queue by themselves")
        self.tearDown()
        self.fill()
        self.lab.reconfigure(["Hold=on", *SETTINGS])
        self.learn_on()
        most = self.attack(60)
        status = self.lab.plugin_status()
        print(f"ahead of the queue at once: holding off {without} nodes, on {most}, held {HELD} + 1; "
              f"{status['jobs']['pooled']} put in, {self.enlarged} changed after that")
        self.assertLessEqual(most, HELD + 1, "the pool's share, and carol's own node")
        self.assertGreaterEqual(status["jobs"]["pooled"], 1, "it was not merely off")
        self.assertEqual(status["faults"], 0)

    def learn_on(self) -> None:
        self.lab.wait(lambda: any(r["ReservationName"].startswith("foreshape_") for r in self.lab.show("reservation")),
                      40, "something held")

    def kept_admitted(self) -> dict[str, dict]:
        """By job: who was let in, as the next slurmctld will read it."""
        kept = json.loads((self.lab.cluster.settings.state_dir / "holds.json").read_text())
        return {str(entry["job"]): entry for entry in kept["admitted"]}

    def test_who_stays_too_long_is_charged_also_over_a_restart(self) -> None:
        self.lab.reconfigure(["Hold=off", *SETTINGS])
        self.learn()
        # So many that what others' jobs are like says next to nothing of theirs.
        for job in [self.lab.submit(user, "--job-name=look", "--exclusive", "--time=5", wrap="sleep 1")
                    for _ in range(20) for user in ("carol", "dave")]:
            self.lab.wait_state(job, "COMPLETED", timeout_s=120)
        self.fill()
        self.lab.reconfigure(["Hold=on", *SETTINGS])
        self.learn_on()
        # carol's own hold or the pool, whichever has a free node first.
        jobs = [self.lab.submit(user, "--job-name=look", "--exclusive", "--time=5", wrap="sleep 280")
                for user in ("carol", "dave")]

        def let_in() -> list[str]:
            shown = map(self.lab.job, jobs)
            return [job["JobId"] for job in shown if job["JobState"] == "RUNNING" and holds.is_in_one(job)]
        self.lab.wait(lambda: bool(let_in()), 100, "one let in, as a job of a second")
        job = let_in()[0]
        said = f"job {job}, which was let in, runs for longer than was predicted"
        may_run_s = self.kept_admitted()[job]["may_run"]
        self.assertLess(may_run_s, 240, "its limit is longer")
        # Who was not seen to run is forgotten at a restart.
        self.lab.wait(lambda: self.kept_admitted()[job]["started"], 60, "seen to run")
        self.lab.cluster.restart_slurmctld()
        self.assertNotIn(said, self.lab.log())
        self.lab.wait(lambda: said in self.lab.log(), may_run_s + 30,
                      "the overrun said by the slurmctld that did not let it in")

    def test_users_are_refused_with_one_line(self) -> None:
        self.lab.reconfigure(["Hold=on", *SETTINGS])
        said = self.as_user("bob", "sbatch", "--reservation=foreshape_1", "--wrap=true")
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("entered through Foreshape alone", said.stderr)
        job_id = self.lab.submit("bob", "--hold", "--time=1", wrap="true")
        said = self.as_user("bob", "scontrol", "update", f"jobid={job_id}", "reservation=foreshape_1")
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("ccess", said.stderr + said.stdout)


if __name__ == "__main__":
    main()
