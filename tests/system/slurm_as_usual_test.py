# SPDX-License-Identifier: GPL-2.0-or-later
"""Slurm as usual with everything on (the pool, a personal hold, Order): what administrators and users ask of any cluster,
as Slurm's own test suite does: reservations, partitions, wide and exclusive jobs, node lists, jobs of root."""

import subprocess
import time

import holds
from harness import ClusterCase, main
from hold_test import Habit, seconds

NODES, HELD = 6, 3  # the pool's share, and carol's own
PACE_S = 4.0
PATIENCE_S = 60  # ConfinedJobs::kPatienceSeconds
PASSES_S = 15  # a few passes of the agent, and Slurm's own
NEXT_PASS_S = 8  # two passes of the agent, on a busy machine
HORIZON_S = 60  # HoldWindow: a reservation that begins within it has its nodes for itself
FIRST = 1_000_000  # a priority beyond bf_min_prio_reserve and all others
SETTINGS = ["AgentInterval=1s", f"HoldWindow={HORIZON_S}s", "HoldDeadline=60s", "HoldShortJob=90s",
            "HoldMaxTime=60s", "HoldUsers=carol", "HoldPersonalNodes=1", "HoldPoolShare=34%", "HoldPoolFactor=2",
            "HoldHeadBlocked=1h"]


class SlurmAsUsualTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": NODES, "postgres": False, "order": True, "foreshape_conf": ["Hold=off", *SETTINGS],
                "slurm_conf": {"MinJobAge": "600", "PartitionName": "own Nodes=ALL State=UP"}}
    long_jobs: list[str]
    habits: list[Habit]
    held: dict[str, list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """carol, dave and erin come all the time, alice has all that is not held, and has jobs that wait for more."""
        super().setUpClass()
        cls.fill()
        cls.habits = [Habit(cls.lab, user, *options, pace_s=PACE_S)
                      for user, *options in (("carol", "--partition=own"), ("dave",), ("erin",))]
        for habit in cls.habits:
            habit.start()
            cls.addClassCleanup(habit.end)
        time.sleep(3 * PACE_S)  # the pool takes all nodes before carol's habit is known
        cls.lab.reconfigure(["Hold=on", "Order=on", *SETTINGS])

    @classmethod
    def fill(cls) -> None:
        """Holds are only for partitions in which somebody waits: in both, for nodes that are busy, not held."""
        cls.long_jobs = [cls.lab.submit("alice", "--exclusive", "--time=5", "--job-name=long", wrap="sleep 280")
                         for _ in range(NODES - HELD)]
        for partition in ("main", "own"):
            cls.lab.submit("alice", f"--partition={partition}", f"--nodes={NODES}", "--exclusive", "--time=5", "--job-name=long")

    pid: int | None = None

    def setUp(self) -> None:
        self.wait_held()
        # Not before something is held: from 23.11 on the reconfigure is a new slurmctld.
        SlurmAsUsualTest.pid = self.pid or self.lab.cluster.slurmctld.pid()

    def tearDown(self) -> None:
        self.assertEqual(self.lab.cluster.slurmctld.pid(), self.pid, "the same slurmctld")
        self.assertEqual(self.lab.plugin_status()["faults"], 0)

    def wait_held(self) -> None:
        """Until both are there; `held` has their nodes at that moment, since a hold comes and goes with its user's jobs."""
        def both() -> bool:
            self.held = {owner: holds.held_nodes(self.lab, owner) for owner in ("carol", "pool")}
            return (len(self.held["carol"]), len(self.held["pool"])) == (1, HELD - 1)
        self.lab.wait(both, 60, "the pool and carol's own hold")

    def reserve(self, *words: str) -> subprocess.CompletedProcess[str]:
        more = ("starttime=now", "flags=ignore_jobs")
        usual = [word for word in more if not any(said.startswith(word.split("=")[0]) for said in words)]
        return self.lab.run("scontrol", "create", "reservation", "reservationname=upkeep", "users=root,bob",
                            "duration=10", *usual, *words, check=False)

    def unreserve(self) -> None:
        """Slurm refuses while the last job in it is being cleaned up."""
        self.lab.wait(lambda: self.lab.run("scontrol", "delete", "ReservationName=upkeep", check=False).returncode == 0, 10,
                      "the reservation deleted")

    def check_reserved_nodes_serve(self) -> None:
        for user in ("root", "bob"):
            job = self.lab.submit(user, "--reservation=upkeep", "--ntasks=1", "--time=1")
            self.lab.wait_state(job, "COMPLETED", timeout_s=PASSES_S)

    def test_a_reservation_takes_held_nodes_at_once(self) -> None:
        refused = self.lab.plugin_status()["holds"]["refused"]
        for over, *words in (("all",), ("ALL",), ("all", "flags=maint,ignore_jobs"), ("carol",),
                             ("all", f"starttime=now+{HORIZON_S + 5}")):
            with self.subTest(over=over, words=words):
                self.wait_held()
                self.check_holds_give_way(self.held.get(over) or self.lab.cluster.settings.node_names, words,
                                          "ALL" if over == "ALL" else "")
        self.assertEqual(self.lab.plugin_status()["holds"]["refused"], refused, "nothing was tried in vain")

    def check_holds_give_way(self, nodes: list[str], words: list[str], named: str = "") -> None:
        is_for_now = not any(word.startswith("starttime=") for word in words)
        made = self.reserve(f"nodes={named or ','.join(nodes)}", *words)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.lab.wait(lambda: not set(nodes) & set(holds.held_nodes(self.lab)), NEXT_PASS_S + (0 if is_for_now else 5),
                      "holds give way")
        if is_for_now:
            self.check_reserved_nodes_serve()
        self.assertFalse(set(nodes) & set(holds.held_nodes(self.lab)), "nothing is held in somebody else's reservation")
        self.unreserve()

    def test_what_slurm_selects_itself_comes_by_where_docs_holding_says(self) -> None:
        """Slurm looks for nodes and cores beside those of any other reservation."""
        made = self.reserve(f"nodecnt={NODES}", "partition=main", "flags=maint,ignore_jobs")
        self.assertEqual(made.returncode, 0, made.stderr)
        upkeep = next(r for r in self.lab.show("reservation") if r["ReservationName"] == "upkeep")
        self.assertEqual(upkeep["NodeCnt"], str(NODES))
        self.unreserve()
        self.wait_held()
        nodes = self.held["pool"][:1]
        cores = (f"nodes={nodes[0]}", "corecnt=2")
        switch = self.lab.cluster.settings.state_dir / "disabled"
        switch.touch()
        self.lab.wait(lambda: self.reserve(*cores).returncode == 0, NEXT_PASS_S, "cores of nodes that were held")
        switch.unlink()
        self.check_reserved_nodes_serve()
        self.assertFalse(set(nodes) & set(holds.held_nodes(self.lab)), "nothing is held where cores are reserved")
        self.unreserve()

    def test_jobs_that_need_held_nodes_wait_for_a_minute_at_most(self) -> None:
        freed = self.long_jobs[1:]  # the first stays: with all nodes free or held her wide jobs would be owed these
        self.lab.run("scancel", *freed)
        for job in freed:
            self.lab.wait_state(job, "CANCELLED", timeout_s=PASSES_S)
        for user, *words in (("root",), ("root", "--exclusive"), ("bob", "--exclusive", f"--nodes={len(freed)}")):
            self.lab.wait_state(self.lab.submit(user, "--time=1", *words), "COMPLETED", timeout_s=PASSES_S)
        self.wait_held()
        (own,), (first, second) = self.held["carol"], self.held["pool"]
        others = [node for node in self.lab.cluster.settings.node_names if node != second]
        jobs = [self.lab.submit(user, "--exclusive", "--time=1", *words)
                for user, *words in (("bob", f"--nodelist={own}"), ("root", f"--nodelist={first}"),
                                     ("bob", f"--exclude={','.join(others)}"), ("bob", "--nodes=2", f"--nodelist={own},{first}"))]
        self.assertEqual({self.lab.state(job) for job in jobs}, {"PENDING"}, "the nodes are really held")
        self.lab.run("scontrol", "create", "PartitionName=small", f"Nodes={second}", "State=UP")
        jobs.append(self.lab.submit("bob", "--exclusive", "--time=1", "--partition=small"))
        self.lab.run("scancel", "--user=alice")
        wide = self.lab.submit("bob", f"--nodes={NODES}", "--exclusive", "--time=1")
        self.lab.run("scontrol", "update", f"jobid={wide}", f"priority={FIRST}")
        for job in (*jobs, wide):
            self.lab.wait_state(job, "COMPLETED", timeout_s=PATIENCE_S + 2 * PASSES_S)
        waits = [seconds(job["StartTime"]) - seconds(job["SubmitTime"]) for job in map(self.lab.job, (*jobs, wide))]
        print(f"by list of a held node (bob, root), exclusion, two nodes, partition, the whole machine: waited {waits} s")
        self.assertLessEqual(max(waits[:-1]), PATIENCE_S + PASSES_S)
        self.assertLessEqual(waits[-1], PATIENCE_S + 2 * PASSES_S, "the whole machine, behind the others")
        self.lab.run("scontrol", "delete", "PartitionName=small")
        self.fill()

    def test_a_partition_is_deleted_while_nodes_are_held_for_its_jobs(self) -> None:
        self.habits[0].end()
        self.lab.run("scancel", "--partition=own")
        named = ("reservationname=control", "partition=own", "users=root", "starttime=now+1hour", "duration=1", "nodecnt=1")
        self.lab.run("scontrol", "create", "reservation", *named)
        refused = self.lab.run("scontrol", "delete", "PartitionName=own", check=False)
        self.assertNotEqual(refused.returncode, 0, "control: a reservation that names it")
        self.lab.run("scontrol", "delete", "ReservationName=control")
        self.lab.run("scontrol", "delete", "PartitionName=own")
        self.assertNotIn("own", [p["PartitionName"] for p in self.lab.show("partition")])
        self.assertTrue(holds.held_nodes(self.lab, "pool"), "what is held for others stays")


if __name__ == "__main__":
    main()
