# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds are in nobody's way: no job is refused because of them, they are paid for, who opted out is left alone, and nobody
reads from them whom they expect. That administrators come first is slurm_as_usual_test's."""

import time

import holds
from harness import ClusterCase, main
from hold_test import Habit

NODES = 4
PASSES_S = 15  # a few passes of the agent, and Slurm's own
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
        held = self.held
        node = next(one for one in self.lab.show("node") if one["NodeName"] not in held)
        cores = int(node["CPUTot"])
        reserve = ("scontrol", "create", "reservation", "starttime=now", "duration=30")
        self.lab.run(*reserve, "reservationname=course", f"corecnt={cores - 2}", f"nodes={node['NodeName']}", "users=root",
                     "flags=ignore_jobs")
        self.lab.wait(lambda: not holds.live(self.lab), PASSES_S, "nothing is held where a job could stray onto them")
        self.fill()
        wants_them = self.lab.submit("dave", "--job-name=look", f"--ntasks={cores - 1}", "--nodes=1", "--time=1",
                                     wrap="sleep 30")
        time.sleep(PASSES_S)
        self.assertEqual(self.lab.state(wants_them), "PENDING")
        self.assertEqual(self.lab.job(wants_them).get("Reservation", "(null)"), "(null)")
        self.lab.run(*reserve, "reservationname=flexible", f"nodes={held[0]}", "flags=flex,ignore_jobs,overlap", "users=-root")
        self.lab.run("scontrol", "update", f"jobid={wants_them}", "reservation=flexible")
        self.assertEqual(self.lab.wait_state(wants_them, "RUNNING")["NodeList"], node["NodeName"],
                         "control: this is what FLEX does here")
        self.lab.run("scancel", wants_them)
        self.lab.wait_state(wants_them, "CANCELLED")
        for name in ("flexible", "course"):
            self.lab.run("scontrol", "delete", f"ReservationName={name}")
        self.lab.wait(lambda: bool(holds.live(self.lab)), 30, "held again")

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
