# SPDX-License-Identifier: GPL-2.0-or-later
"""What is held for nothing is given back: by its deadline, within the caps, and by Slurm itself without us."""

import json
import pwd
import threading
import time
from collections.abc import Callable

import holds
from harness import ClusterCase, Lab, main, seconds
from labcluster import slurm_conf

DEADLINE_S = 30  # the least that foreshape.conf takes
LATE_S = 5
SETTINGS = ["Hold=on", "AgentInterval=1s", "HoldWindow=60s", f"HoldDeadline={DEADLINE_S}s", "HoldShortJob=90s",
            "HoldHeadBlocked=1h", "HoldPoolShare=50%"]


class IdleMeter(threading.Thread):
    """Counts node-seconds that our reservations keep idle, from outside."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(daemon=True)
        self.lab, self.node_s, self.ended = lab, 0.0, threading.Event()

    def run(self) -> None:
        last = time.monotonic()
        while not self.ended.wait(0.5):
            held = holds.held_nodes(self.lab)
            said = self.lab.run("sinfo", "--noheader", "--Node", "--partition=main", f"--nodes={','.join(held)}",
                                "--format=%T").stdout.split() if held else []
            now = time.monotonic()
            self.node_s += (now - last) * sum(state in ("idle", "reserved") for state in said)
            last = now

    def end(self) -> float:
        self.ended.set()
        self.join()
        return self.node_s


class HoldReleaseTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 2, "postgres": False, "foreshape_conf": ["Hold=off"],
                "slurm_conf": {"MinJobAge": "600"}}

    def setUp(self) -> None:
        """The cluster is full, with a long queue."""
        self.lab.submit("alice", "--array=1-60", "--exclusive", "--time=1", wrap="sleep 6")

    def tearDown(self) -> None:
        self.lab.run("scancel", "--user=alice")

    def pretend(self, *users: str, gap_s: float = 5, times: int = 3) -> None:
        """Submissions that never start: their users seem to come back soon, and don't."""
        for number in range(times):
            if number:
                time.sleep(gap_s)
            for user in users:
                self.lab.run("scancel", self.lab.submit(user, "--hold", "--exclusive", "--time=1"))

    def holds(self, kind: str) -> list[dict[str, str]]:
        """Those in force of this user, or the pool's."""
        owners = holds.owners(self.lab)
        return [r for r in holds.live(self.lab) if owners.get(r["ReservationName"]) == kind]

    def wait_hold(self, kind: str) -> dict[str, str]:
        self.lab.wait(lambda: bool(self.holds(kind)), 20, f"a hold for {kind}")
        return self.holds(kind)[0]

    def test_who_keeps_the_pool_idle_loses_it_and_nobody_else_does(self) -> None:
        cap_s = 15
        self.lab.reconfigure([*SETTINGS, "HoldPool=yes", f"HoldIdleCapUser={cap_s / 3600:.5f}"])
        self.come_until(lambda: bool(self.holds("pool")), "bob", what="the pool is held for bob")
        self.come_until(lambda: self.idle_s("bob") >= cap_s, "bob", what="bob charged with what it kept idle")
        self.lab.wait(lambda: not self.holds("pool"), LATE_S, "taken away from him")
        for _ in range(4):
            self.pretend("bob", times=1)
            time.sleep(4)
            self.assertEqual(self.holds("pool"), [], "nothing more for him, though he keeps coming")
        self.come_until(lambda: bool(self.holds("pool")), "bob", "dave", what="control: held for somebody else")
        print(f"idle for bob {self.idle_s('bob')} node-seconds of the {cap_s} that he may cost; for dave {self.idle_s('dave')}")
        self.assertLess(self.idle_s("bob"), 2 * cap_s)

    def come_until(self, is_so: Callable[[], bool], *users: str, what: str) -> None:
        """The users' rhythm: a submission of each every four seconds, and no job of theirs ever starts."""
        ends = time.monotonic() + 90
        while not is_so():
            self.assertLess(time.monotonic(), ends, what)
            self.pretend(*users, times=1)
            time.sleep(4)

    def idle_s(self, user: str) -> int:
        """What holds have kept idle for this user, as the agent keeps it."""
        kept = json.loads((self.lab.cluster.settings.state_dir / "holds.json").read_text())
        return sum(node_s for _, _, account, node_s in kept["spent"] if account == f"#{pwd.getpwnam(user).pw_uid}")

    def test_a_forecast_that_does_not_come_true_is_given_back_by_its_deadline(self) -> None:
        self.lab.reconfigure([*SETTINGS, "HoldUsers=carol", "HoldPool=no"])
        self.pretend("carol")
        begun = time.time()
        hold = self.wait_hold("carol")
        self.assertLessEqual(seconds(hold["EndTime"]), time.time() + DEADLINE_S)
        self.lab.wait(lambda: not self.holds("carol"), DEADLINE_S + LATE_S, "the hold given back")
        print(f"unused hold: given back {time.time() - begun:.0f} s after the forecast (deadline {DEADLINE_S} s)")
        self.lab.wait(lambda: self.lab.plugin_status()["holds"]["misses"] == 1, 10, "a miss recorded")
        time.sleep(5)
        self.assertEqual(self.holds("carol"), [], "the user has lost it for a while")

    def test_the_cap_holds_with_forecasts_forced_wrong(self) -> None:
        spent = self.lab.plugin_status()["holds"]["idle_node_s_today"]
        allowed = DEADLINE_S + 20
        cap_h = f"{(spent + allowed) / 3600:.5f}"
        self.lab.reconfigure([*SETTINGS, "HoldUsers=bob,carol,dave", "HoldPool=yes", f"HoldIdleCap={cap_h}"])
        meter = IdleMeter(self.lab)
        meter.start()
        for _ in range(4):
            self.pretend("bob", "dave", gap_s=4)
        measured = meter.end()
        status = self.lab.plugin_status()["holds"]
        print(f"cap of {allowed} node-seconds: {status['idle_node_s_today'] - spent} spent by our count, "
              f"{measured:.0f} measured from outside; {status['misses']} misses")
        self.assertGreater(measured, 5, "something was held at all")
        self.assertLessEqual(status["idle_node_s_today"], spent + allowed)
        self.assertLessEqual(measured, allowed + 5)

    def test_slurm_itself_gives_back_after_kill_9_and_never_our_plugin_again(self) -> None:
        self.lab.reconfigure([*SETTINGS, "HoldUsers=erin", "HoldPool=yes"])
        kept = self.lab.root / "state" / "resv_state"
        self.pretend("erin", "dave")
        personal, pool = self.wait_hold("erin"), self.wait_hold("pool")
        begun = time.time()
        self.lab.wait(lambda: kept.exists() and kept.stat().st_mtime > begun, 20, "Slurm's state on disk")
        self.lab.kill_slurmctld()
        self.lab.cluster.settings.plugins = None
        slurm_conf.write(self.lab.cluster.settings)
        self.lab.start_slurmctld()
        self.assertNotIn("foreshape", self.lab.run("scontrol", "show", "config").stdout.split("JobSubmitPlugins")[1][:40])

        # As if it had been put in right before the end: while we live, a name that we did not give is taken off.
        waiting = self.lab.submit("bob", "--hold", "--time=1", "--nodes=2", "--exclusive", wrap="sleep 300")
        self.lab.run("scontrol", "update", f"job={waiting}", f"reservation={pool['ReservationName']}")
        self.lab.run("scontrol", "release", waiting)
        still = [r["ReservationName"] for r in self.lab.show("reservation")]
        end_s = max(seconds(personal["EndTime"]), time.time() + 60)
        self.lab.wait(lambda: not self.holds("erin") + self.holds("pool"), end_s - time.time() + LATE_S, "all given back")
        print(f"after kill -9 and without the plugin: {still} were still there, all given back by Slurm "
              f"{time.time() - begun:.0f} s after they were made")
        job = self.lab.job(waiting)
        self.assertIn(job["JobState"], ("PENDING", "RUNNING", "COMPLETING"))
        self.assertNotEqual(job["Priority"], "0", "a job that waited in the pool is an ordinary one again, not held")


if __name__ == "__main__":
    main()
