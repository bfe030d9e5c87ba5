# SPDX-License-Identifier: GPL-2.0-or-later
"""The nodes of a job are kept for the one that follows it: a dependent, or one that its user submits at once."""

import time

from chains import CONF, Resubmitter, dependent, flood, has_ended, learn, waits
from harness import ClusterCase, main
from holds import live, steps

LINKS = 8
SOON_S = 5  # a link starts within this after the one before


class ChainTest(ClusterCase):
    SETTINGS = {"nodes": 4, "postgres": False, "foreshape_conf": [*CONF, "HoldChains=no"], "slurm_conf": {"MinJobAge": "900"}}

    def empty(self) -> None:
        self.lab.run("scancel", "--user=alice")
        self.lab.run("scancel", "--user=carol")
        self.lab.run("scancel", "--user=dave")
        self.lab.wait(lambda: not self.lab.jobs(), 60, "an empty cluster")

    def test_links_start_as_soon_as_the_one_before_has_ended(self) -> None:
        learn(self.lab)
        flood(self.lab, 80)
        off = dependent(self.lab, "carol", 2)
        self.lab.wait(lambda: has_ended(self.lab, off[0]), 60, "the first link's end")
        time.sleep(25)
        self.assertGreaterEqual(waits(self.lab, off)[0], 20, "without chains the second link queues")
        self.empty()

        self.lab.reconfigure(CONF)
        flood(self.lab, 80)
        carol = dependent(self.lab, "carol", LINKS)
        dave = Resubmitter(self.lab, "dave", LINKS)
        dave.start()
        self.lab.wait(lambda: dave.jobs, 20, "dave's first link")
        try:
            self.lab.wait(lambda: has_ended(self.lab, carol[-1]), 240, "carol's last link")
            self.lab.wait(lambda: len(dave.jobs) == LINKS and has_ended(self.lab, dave.jobs[-1]), 240, "dave's last link")
        except AssertionError:
            print("dave's links", dave.jobs, waits(self.lab, dave.jobs), *steps(self.lab), sep="\n")
            raise
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
