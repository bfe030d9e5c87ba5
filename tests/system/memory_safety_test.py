# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory=enforce on a real Slurm: a user whose jobs are killed for it too often keeps the request, until that is forgiven."""

from harness import main
from shaped import OTHER_USER, PLANNED, REQUESTED, TOO_MUCH_MIB, MemoryCase

OTHER_NAME = "--job-name=anneal"


class SafetyTest(MemoryCase):
    IN_ORDER = True

    @classmethod
    def history(cls) -> list[str]:
        return [*super().history(), *(cls.relax(60, 4, OTHER_NAME) for _ in range(12))]

    def test_three_of_three_killed_end_it_for_that_user_and_the_waiting_get_their_request(self) -> None:
        waiting = self.relax(60, 1, OTHER_NAME, "--hold")
        self.assertEqual(self.memory(waiting), PLANNED)
        hogs = [self.relax(TOO_MUCH_MIB, 3) for _ in range(3)]
        self.assertEqual({self.memory(job_id) for job_id in hogs}, {PLANNED})
        for job_id in hogs:
            self.assert_recovered(job_id)
        self.lab.wait(lambda: self.counted()["fallback_users"] == 1, 20, "the fallback")
        self.lab.wait(lambda: self.memory(waiting) == REQUESTED, 20, "the request of the one that waits, of another name")
        self.assert_fallen_back()
        self.assertIn("it has fallen back to observe for 1 users", self.lab.run("foreshape", "status", check=False).stdout)
        self.assertRegex(self.lab.log(), r"memory: \d of \d jobs of uid=\d+ were killed for want of it")
        notices = [record["text"] for record in self.journal() if record["kind"] == "notice"]
        self.assertTrue(any("were killed for want of it: theirs keep their request" in text for text in notices), notices)
        self.lab.run("scancel", waiting)

    def test_it_survives_kill_9_and_a_reconfigure(self) -> None:
        self.lab.cluster.restart_slurmctld(kill=True)
        daemon = self.lab.cluster.slurmctld
        self.lab.wait(lambda: self.lab.plugin_status().get("pid") == daemon.pid()
                      and self.lab.plugin_status()["profiles"]["users"] == 2, 30, "the profiles loaded")
        self.lab.wait(lambda: self.counted()["fallback_users"] == 1, 20, "the fallback of before")
        self.assert_fallen_back()
        self.enforce()
        self.assert_fallen_back()

    def test_an_administrator_forgives_it_by_taking_the_file_away(self) -> None:
        (self.lab.cluster.settings.state_dir / "memory-safety.json").unlink()
        self.enforce()
        self.lab.wait(lambda: self.counted()["fallback_users"] == 0, 20, "it forgiven")
        job_id = self.relax(60, 1, OTHER_NAME)
        # How much it is given is another matter: the kills weigh on what is predicted of this name, too.
        self.assertIn("foreshape_memory:", self.lab.job(job_id)["AdminComment"], "it may be given less again")

    def assert_fallen_back(self) -> None:
        own, other = self.relax(60, 1, OTHER_NAME, "--hold"), self.relax(60, 1, "--hold", user=OTHER_USER)
        self.assertEqual((self.memory(own), self.memory(other)), (REQUESTED, PLANNED))
        self.assertRegex(self.lab.job(own)["AdminComment"], r"^foreshape=[0-9a-f]{16}$")
        self.lab.run("scancel", own, other)


if __name__ == "__main__":
    main()
