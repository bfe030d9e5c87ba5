# SPDX-License-Identifier: GPL-2.0-or-later
"""The nodes of a job are kept for the one that follows it: a dependent, or one that its user submits at once."""

import time

from chains import Resubmitter, dependent, has_ended, waits
from harness import ClusterCase, main
from holds import live

LINKS = 8
SOON_S = 5  # a link starts within this after the one before
CONF = ["AgentInterval=5s", "Hold=on", "HoldPool=no", "HoldUsers=auto", "HoldPoolShare=50%", "HoldWindow=1", "HoldDeadline=30s",
        "HoldPersonalNodes=1", "HoldPersonalProbability=50%"]


class ChainTest(ClusterCase):
    SETTINGS = {"nodes": 4, "postgres": False, "foreshape_conf": [*CONF, "HoldChains=no"], "slurm_conf": {"MinJobAge": "900"}}

    def flood(self) -> str:
        """From five seconds on more work than nodes, before whoever is submitted after it: priorities are equal here."""
        return self.lab.submit("alice", "--array=1-80", "--begin=now+5", "--exclusive", "--time=1", "--job-name=flood",
                               wrap="sleep 15")

    def empty(self) -> None:
        self.lab.run("scancel", "--user=alice")
        self.lab.run("scancel", "--user=carol")
        self.lab.run("scancel", "--user=dave")
        self.lab.wait(lambda: not self.lab.jobs(), 60, "an empty cluster")

    def learn(self) -> None:
        """dave resubmits at each end, carol is known to be quick."""
        habits = [Resubmitter(self.lab, user, 5, 2) for user in ("dave", "carol")]
        for habit in habits:
            habit.start()
        for habit in habits:
            habit.join()

    def test_links_start_as_soon_as_the_one_before_has_ended(self) -> None:
        self.learn()
        self.flood()
        off = dependent(self.lab, "carol", 2, 8)
        self.lab.wait(lambda: has_ended(self.lab, off[0]), 60, "the first link's end")
        time.sleep(25)
        self.assertGreaterEqual(waits(self.lab, off)[0], 20, "without chains the second link queues")
        self.empty()

        self.lab.reconfigure(CONF)
        self.flood()
        carol = dependent(self.lab, "carol", LINKS, 8)
        dave = Resubmitter(self.lab, "dave", LINKS, 8)
        dave.start()
        self.lab.wait(lambda: dave.jobs, 20, "dave's first link")
        self.lab.wait(lambda: has_ended(self.lab, carol[-1]), 240, "carol's last link")
        self.lab.wait(lambda: len(dave.jobs) == LINKS and has_ended(self.lab, dave.jobs[-1]), 240, "dave's last link")
        of_carol, of_dave = waits(self.lab, carol), waits(self.lab, dave.jobs)
        print(f"carol (dependents) {of_carol} s, dave (resubmits) {of_dave} s after the one before; ",
              self.lab.plugin_status()["holds"])
        for user, of_user in (("carol", of_carol), ("dave", of_dave)):
            soon = sum(wait <= SOON_S for wait in of_user)
            self.assertGreaterEqual(soon, 0.76 * len(of_user), f"{user}: {of_user}")
        self.lab.wait(lambda: not live(self.lab), 120, "nothing held once nobody follows")
        status = self.lab.plugin_status()["holds"]
        self.assertGreaterEqual(status["hits"], 2 * (LINKS - 2), status)
        self.assertEqual(status["refused"], 0, status)


if __name__ == "__main__":
    main()
