# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes held for jobs that are not there yet: on a full cluster, the same script with holding off and on."""

import json
import statistics
import threading
import time

from harness import ClusterCase, Lab, main, seconds

# Times are scaled down about thirty times: a habit of "every five minutes" is one of "every eight seconds".
PACE_S = 8.0
SOON_S = 5  # a job that was waited for starts within this
OFF_S = 60  # with holding off no job of theirs starts within this
SETTINGS = ["AgentInterval=1s", "HoldWindow=60s", "HoldDeadline=60s", "HoldShortJob=10s", "HoldUsers=carol",
            "HoldPoolShare=50%", "HoldPoolFactor=1", "HoldHeadBlocked=1h", "HoldPersonalNodes=1"]


class Habit(threading.Thread):
    """A user who submits one short job after another, at a steady pace."""

    def __init__(self, lab: Lab, user: str, *options: str, pace_s: float = PACE_S) -> None:
        super().__init__(daemon=True)
        self.lab, self.user, self.options, self.pace_s = lab, user, options, pace_s
        self.jobs: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.jobs.append(self.lab.submit(self.user, "--job-name=look", "--exclusive", "--time=1", *self.options,
                                             wrap="sleep 1"))
            self.ended.wait(self.pace_s)

    def end(self) -> list[str]:
        self.ended.set()
        self.join()
        return self.jobs


class HoldTest(ClusterCase):
    SETTINGS = {"nodes": 6, "postgres": False, "foreshape_conf": ["Hold=off", *SETTINGS],
                "slurm_conf": {"MinJobAge": "600"}}

    def wait_s(self, job_id: str) -> float:
        """From submission to start, or until now if it waits still."""
        job = self.lab.job(job_id)
        begun = time.time() if job["JobState"] == "PENDING" else seconds(job["StartTime"])
        return begun - seconds(job["SubmitTime"])

    def learn_habits(self) -> None:
        """Everybody shows what they do: alice long jobs, the others short ones at their pace."""
        long = [self.lab.submit("alice", "--exclusive", "--time=2", "--job-name=long", wrap="sleep 20") for _ in range(6)]
        habits = self.begin_habits()
        time.sleep(3 * PACE_S)
        for habit in habits:
            habit.end()
        for job_id in long:
            self.lab.wait_state(job_id, "COMPLETED")

    def fill(self) -> None:
        """All nodes busy for about half a minute, and a queue of more than ten minutes behind."""
        for number in range(6):
            self.lab.submit("alice", "--exclusive", "--time=2", "--job-name=long", wrap=f"sleep {12 + 4 * number}")
        self.lab.submit("alice", "--array=1-120", "--exclusive", "--time=2", "--job-name=long", wrap="sleep 30")

    def waiting(self) -> list[str]:
        return [job["id"] for job in self.lab.jobs("--states=pending", "--user=carol,dave,erin")]

    def begin_habits(self) -> list[Habit]:
        habits = [Habit(self.lab, user) for user in ("carol", "dave", "erin")]
        for number, habit in enumerate(habits):
            habit.start()
            time.sleep(PACE_S / len(habits) if number < 2 else 0)
        return habits

    def test_a_foreseen_job_and_short_jobs_start_at_once_and_wait_for_long_without(self) -> None:
        self.learn_habits()
        self.fill()

        off = self.begin_habits()
        time.sleep(OFF_S)
        waits_off = {habit.user: [self.wait_s(job_id) for job_id in habit.end()] for habit in off}
        self.lab.run("scancel", "--user=carol")
        self.lab.run("scancel", "--user=dave")
        self.lab.run("scancel", "--user=erin")

        self.lab.reconfigure(["Hold=on", *SETTINGS])
        on = self.begin_habits()
        time.sleep(2 * PACE_S)
        self.lab.wait(lambda: not self.waiting(), 90, "nodes held, and nobody left who came before that")
        personal_before = self.personal_hits()
        settled = {habit.user: len(habit.jobs) for habit in on}
        time.sleep(32)
        jobs = {habit.user: habit.end()[settled[habit.user]:] for habit in on}
        time.sleep(SOON_S)
        waits_on = {user: [self.wait_s(job_id) for job_id in ids] for user, ids in jobs.items()}
        self.report(waits_off, waits_on)

        for user in waits_off:
            self.assertGreaterEqual(max(waits_off[user]), OFF_S - 2 * PACE_S, f"{user}, holding off: {waits_off[user]}")
            self.assertGreaterEqual(len(waits_on[user]), 3)
            self.assertLessEqual(max(waits_on[user]), SOON_S, f"{user}, holding on: {waits_on[user]}")
        status = self.lab.plugin_status()["holds"]
        self.assertGreaterEqual(status["hits"], 12, status)
        self.assertEqual(status["refused"], 0, status)
        self.assertGreaterEqual(self.personal_hits() - personal_before, 3, "carol is served by her own hold")

    def personal_hits(self) -> int:
        """Hits of personal holds in the journal so far."""
        said = self.lab.run("foreshape", "journal", "--json", "--directory",
                            str(self.lab.cluster.settings.state_dir / "journal")).stdout
        events = [json.loads(line) for line in said.splitlines()]
        return sum(event.get("step") == "hit" and event.get("kind") == "hold" and event.get("user") == "carol"
                   for event in events)

    def report(self, off: dict[str, list[float]], on: dict[str, list[float]]) -> None:
        for user in off:
            kind = "personal hold" if user == "carol" else "pool"
            print(f"{user} ({kind}): holding off, longest wait {max(off[user]):.0f} s (none of {len(off[user])} "
                  f"started yet); holding on, waits {sorted(on[user])} s, mean {statistics.mean(on[user]):.1f} s")
        print("holds:", self.lab.plugin_status().get("holds"))


if __name__ == "__main__":
    main()
