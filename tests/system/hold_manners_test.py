# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds are in nobody's way: no job is refused because of them, they are paid for, who opted out is left alone, and nobody
reads from them whom they expect. That administrators come first is slurm_as_usual_test's."""

import re
import time

import holds
from harness import ClusterCase, main
from hold_test import Habit
from labcluster.slurm_conf import slurm_version

NODES = 4
PASSES_S = 15  # a few passes of the agent, and Slurm's own
FLEX_KEEPS_OUT_OF_CORES = (25, 11, 4)  # kFlexEntersCores: up to there it lets jobs onto cores that others reserved
DELETES = r"REQUEST_DELETE_RESERVATION\s*\(\s*\d+\)\s*count:(\d+)"
BACKFILLS = r"(?s)Backfilling stats.*?Total cycles:\s*(\d+)"
SETTINGS = ["Hold=on", "AgentInterval=1s", "HoldWindow=60s", "HoldDeadline=60s", "HoldShortJob=10s",
            "HoldMaxTime=60s", "HoldPoolShare=50%", "HoldPoolFactor=1", "HoldHeadBlocked=1h"]


class HoldMannersTest(ClusterCase):
    SETTINGS = {"nodes": NODES, "postgres": False, "foreshape_conf": ["Hold=off"], "slurm_conf": {"MinJobAge": "600"}}

    def setUp(self) -> None:
        """Two nodes are held for dave and erin, who come all the time; the others are free."""
        self.lab.reconfigure(SETTINGS)
        self.habits = [Habit(self.lab, user) for user in ("dave", "erin")]
        for habit in self.habits:
            habit.start()
        self.wait_held()

    def tearDown(self) -> None:
        for habit in self.habits:
            habit.end()
        for user in ("alice", "bob", "carol", "dave", "erin", "root"):
            self.lab.run("scancel", f"--user={user}")
        self.lab.reconfigure(["Hold=off"])
        self.lab.wait(lambda: not holds.live(self.lab), 30, "all given back")

    def wait_held(self) -> None:
        """Two nodes; `held` has them. While nobody waits a hold comes and goes with its users' jobs."""
        def two() -> bool:
            self.held = holds.held_nodes(self.lab)
            return len(self.held) == 2
        self.lab.wait(two, 60, "two nodes held")

    def submit_long(self, *options: str) -> None:
        self.lab.submit("alice", "--exclusive", "--time=5", "--job-name=long", *options, wrap="sleep 200")

    def fill(self) -> None:
        """All nodes are busy, and others wait."""
        for _ in range(NODES + 2):
            self.submit_long()

    def fill_the_rest(self, partition: str = "main") -> None:
        """All but two nodes are busy, and others wait for all of them: so those two are held, and stay so."""
        for _ in range(NODES - len(self.held)):
            self.submit_long(f"--partition={partition}", f"--exclude={','.join(self.held)}")
        for _ in range(3):
            self.submit_long(f"--partition={partition}", f"--nodes={NODES}")
        self.wait_held()

    def test_cores_that_others_have_reserved_stay_theirs(self) -> None:
        self.lab.wait(self.is_a_course_reserved, 30, "cores reserved where nothing is held")
        if slurm_version() < FLEX_KEEPS_OUT_OF_CORES:
            self.check_nothing_is_held_beside_cores(self.course)
        else:
            self.check_no_job_of_a_hold_strays_to(self.course)
        for name in ("flexible", "course"):
            self.lab.run("scontrol", "delete", f"ReservationName={name}")
        self.lab.wait(lambda: bool(holds.live(self.lab)), 30, "held again")

    def is_a_course_reserved(self) -> bool:
        """Slurm refuses it on a node that is held by then: holds come and go with their users' jobs."""
        self.wait_held()
        node = next(one for one in self.lab.show("node") if one["NodeName"] not in self.held)
        self.course, self.cores = node["NodeName"], int(node["CPUTot"])
        return self.reserve("course", f"corecnt={self.cores - 2}", f"nodes={self.course}", "users=root", "flags=ignore_jobs",
                            check=False)

    def reserve(self, name: str, *words: str, check: bool = True) -> bool:
        named = ("starttime=now", "duration=30", f"reservationname={name}")
        return self.lab.run("scontrol", "create", "reservation", *named, *words, check=check).returncode == 0

    def want_cores(self, user: str) -> str:
        """A job that would fit onto the reserved cores, and onto no others of that node."""
        return self.lab.submit(user, "--job-name=look", f"--ntasks={self.cores - 1}", "--nodes=1", "--time=1", wrap="sleep 30")

    def name_into_a_flexible_one(self, job: str) -> None:
        self.reserve("flexible", f"nodes={self.held[0]}", "flags=flex,ignore_jobs,overlap", "users=-root")
        self.lab.run("scontrol", "update", f"jobid={job}", "reservation=flexible")

    def check_nothing_is_held_beside_cores(self, node: str) -> None:
        self.lab.wait(lambda: not holds.live(self.lab), PASSES_S, "nothing is held where a job could stray onto them")
        self.fill()
        wants_them = self.want_cores("dave")
        time.sleep(PASSES_S)
        self.assertEqual(self.lab.state(wants_them), "PENDING")
        self.assertEqual(self.lab.job(wants_them).get("Reservation", "(null)"), "(null)")
        self.name_into_a_flexible_one(wants_them)
        self.assertEqual(self.lab.wait_state(wants_them, "RUNNING")["NodeList"], node, "control: this is what FLEX does here")
        self.lab.run("scancel", wants_them)
        self.lab.wait_state(wants_them, "CANCELLED")

    def check_no_job_of_a_hold_strays_to(self, node: str) -> None:
        self.fill_the_rest()
        job = self.lab.wait_state(self.want_cores("dave"), "RUNNING", timeout_s=2 * PASSES_S)
        self.assertTrue(holds.is_in_one(job), "holds go on")
        self.assertIn(job["NodeList"], self.held)
        named = self.want_cores("carol")
        self.name_into_a_flexible_one(named)
        time.sleep(PASSES_S)
        self.assertNotEqual(self.lab.job(named).get("NodeList"), node, "control: FLEX keeps out here")
        self.lab.run("scancel", named)
        self.lab.wait(lambda: self.lab.state(named) in ("CANCELLED", "COMPLETED"), PASSES_S, "carol's job gone")

    def test_an_opted_out_job_is_left_alone_and_no_name_tells_who_is_expected(self) -> None:
        for reservation in holds.live(self.lab):
            self.assertEqual(reservation["Users"], "-root")
            self.assertEqual(reservation.get("PartitionName", "(null)"), "(null)")
        self.fill_the_rest()
        out = self.lab.submit("dave", "--job-name=look", "--exclusive", "--time=1", "--comment=foreshape=off", wrap="sleep 1")
        control = self.lab.submit("dave", "--job-name=look", "--exclusive", "--time=1", wrap="sleep 1")
        self.lab.wait_state(control, "COMPLETED", timeout_s=30)
        self.assertEqual(self.lab.state(out), "PENDING")
        self.assertEqual(self.lab.job(out).get("Reservation", "(null)"), "(null)")

    def test_no_job_is_refused_or_held_while_holds_come_and_go(self) -> None:
        disabled = self.lab.cluster.settings.state_dir / "disabled"
        self.fill_the_rest()
        jobs = []
        for number in range(30):
            if number % 3 == 0:
                disabled.unlink(missing_ok=True)
            elif number % 3 == 2:
                disabled.touch()
            for user in ("dave", "erin", "root"):
                jobs.append(self.lab.submit(user, "--job-name=look", "--exclusive", "--time=1", wrap="true"))
            time.sleep(0.7)
        disabled.unlink(missing_ok=True)
        entered = self.lab.plugin_status()["jobs"]["pooled"]
        self.lab.run("scancel", "--user=alice")
        for job_id in jobs:
            self.lab.wait_state(job_id, "COMPLETED", timeout_s=120)
        print(f"{len(jobs)} submissions while holds came and went: none refused, {entered} put in, all completed")
        self.assertGreater(entered, 0)

    def test_when_a_hold_ends_in_which_a_job_runs_it_is_not_deleted_and_backfill_goes_on(self) -> None:
        """A delete that Slurm refuses, since a job is in there, ends backfill's cycle (up to 26.05.2)."""
        for _ in range(4):  # bob's jobs have been short until now, and what he does next is nobody else's forecast
            self.lab.wait_state(self.lab.submit("bob", "--job-name=look", "--exclusive", "--time=1", wrap="sleep 1"), "COMPLETED")
        self.fill_the_rest()
        job = self.lab.submit("bob", "--job-name=look", "--exclusive", "--time=1", wrap="sleep 25")
        self.assertTrue(holds.is_in_one(self.lab.wait_state(job, "RUNNING", timeout_s=30)))
        deleted, cycles = self.diagnosed(DELETES), self.diagnosed(BACKFILLS)
        switch = self.lab.cluster.settings.state_dir / "disabled"
        switch.touch()
        self.addCleanup(switch.unlink, missing_ok=True)
        self.lab.wait(lambda: not holds.live(self.lab), PASSES_S, "all given back")
        self.assertEqual(self.lab.state(job), "RUNNING", "while it runs")
        self.lab.wait(lambda: self.diagnosed(BACKFILLS) > cycles + 1, PASSES_S, "backfill goes on")
        self.assertEqual(self.lab.wait_state(job, "COMPLETED", timeout_s=40)["ExitCode"], "0:0")
        self.assertEqual(self.diagnosed(DELETES), deleted)
        self.check_a_delete_would_be_refused()

    def check_a_delete_would_be_refused(self) -> None:
        """Control: while a job is in there."""
        self.reserve("busy", f"nodes={self.held[0]}", "users=root", "flags=ignore_jobs")
        job = self.lab.submit("root", "--reservation=busy", "--time=1", wrap="sleep 30")
        self.lab.wait_state(job, "RUNNING")
        self.assertNotEqual(self.lab.run("scontrol", "delete", "ReservationName=busy", check=False).returncode, 0)
        self.assertGreater(self.diagnosed(DELETES), 0, "it is counted")
        self.lab.run("scancel", job)
        self.lab.wait(lambda: self.lab.run("scontrol", "delete", "ReservationName=busy", check=False).returncode == 0, PASSES_S,
                      "deleted")

    def diagnosed(self, what: str) -> int:
        """A count of sdiag; what never happened it does not list."""
        found = re.search(what, self.lab.run("sdiag").stdout)
        return int(found[1]) if found else 0

    def test_tests_and_refused_submissions_make_no_hold(self) -> None:
        self.lab.reconfigure([*SETTINGS, "HoldUsers=carol", "HoldPool=no"])
        self.lab.submit("alice", "--exclusive", "--time=5", wrap="sleep 200")
        self.lab.submit("alice", f"--nodes={NODES}", "--exclusive", "--time=5", wrap="sleep 200")
        for number in range(8):
            kind = "--test-only" if number % 2 else "--qos=nosuch"
            said = self.lab.run("sbatch", kind, "--job-name=look", "--time=1", "--wrap=true", user="carol", check=False)
            self.assertEqual(said.returncode == 0, kind == "--test-only", said.stderr)
            time.sleep(4)
        self.assertNotIn("carol", holds.owners(self.lab).values())
        for _ in range(4):
            self.lab.submit("carol", "--hold", "--job-name=look", "--exclusive", "--time=1")
            time.sleep(4)
        self.lab.wait(lambda: "carol" in holds.owners(self.lab).values(), 10, "control: real ones make one")

    def test_what_is_held_costs_while_others_wait_for_the_same_nodes_in_another_partition(self) -> None:
        def spent() -> int:
            return self.lab.plugin_status()["holds"]["idle_node_s_today"]
        before = spent()
        time.sleep(6)
        self.assertEqual(spent(), before, "control: nobody waits")
        self.fill_the_rest("debug")
        self.lab.wait(lambda: len(self.lab.jobs("--states=pending", "--user=alice")) >= 3, 10, "a queue in debug")
        before = spent()
        time.sleep(12)
        print(f"held in main while debug waits: {spent() - before} node-seconds in 12 s")
        self.assertGreater(spent() - before, 10)


if __name__ == "__main__":
    main()
