# SPDX-License-Identifier: GPL-2.0-or-later
"""Our two plugins in a real slurmctld, in both forms: real submissions pass through them and are recorded."""

from harness import ClusterCase, ClusterError, main

SETTINGS = {"nodes": 2, "foreshape_conf": ["AgentInterval=1"]}


class BothPlugins:
    """What must be so in either form."""

    def test_a_job_runs_is_tagged_and_in_the_journal(self) -> None:
        job_id = self.lab.submit("alice", "--job-name=relax", wrap="sleep 1")
        row = self.lab.wait_recorded(job_id)[job_id]
        self.assertEqual(row["State"], "COMPLETED")
        self.assertRegex(row["AdminComment"], r"^foreshape=[0-9a-f]{16}$")
        self.lab.wait(lambda: self._events("outcome"), 30, "the outcome in the journal")
        self.assertIn(row["AdminComment"], self._events("submission"))
        self.assertIn(row["AdminComment"], self._events("outcome"))

    def test_the_agent_of_the_scheduler_plugin_reports(self) -> None:
        self.lab.wait(lambda: self.lab.plugin_status() != {}, 30, "status.json")

    def test_backfill_still_backfills(self) -> None:
        """A short narrow job overtakes a wide one that waits for the node to be free."""
        running = self.lab.submit("bob", "--nodes=1", "--exclusive", "--time=10", wrap="sleep 300")
        self.lab.wait_state(running, "RUNNING")
        wide = self.lab.submit("carol", "--nodes=2", "--exclusive", "--time=10", wrap="sleep 300")
        narrow = self.lab.submit("dave", "--time=1", wrap="true")
        self.lab.wait_state(narrow, "COMPLETED")
        self.assertEqual(self.lab.state(wide), "PENDING")
        self.lab.run("scancel", running, wide)

    def test_reconfigure_and_restart_are_survived(self) -> None:
        self.lab.run("scontrol", "reconfigure")
        self.lab.cluster.restart_slurmctld()
        job_id = self.lab.submit("erin")
        self.lab.wait_state(job_id, "COMPLETED")

    def _events(self, kind: str) -> str:
        lines = self.lab.run("foreshape", "journal").stdout.splitlines()
        return "\n".join(line for line in lines if line.split()[1] == kind)


class DropInTest(BothPlugins, ClusterCase):
    SETTINGS = SETTINGS

    def test_het_jobs_run(self) -> None:
        done = self.lab.run("sbatch", "--parsable", "-n1", ":", "-n1", "--wrap=true", user="erin")
        het = done.stdout.strip()
        rows = self.lab.wait_recorded(f"{het}+0", f"{het}+1")
        self.assertEqual({row["State"] for row in rows.values()}, {"COMPLETED"})


class SchedForeshapeTest(BothPlugins, ClusterCase):
    SETTINGS = SETTINGS | {"scheduler": "foreshape"}

    def test_slurm_refuses_het_jobs_under_any_other_scheduler_name(self) -> None:
        """Why the drop-in is the recommended form; when Slurm changes this, the docs should too."""
        with self.assertRaises(ClusterError):
            self.lab.run("sbatch", "-n1", ":", "-n1", "--wrap=true", user="erin")


if __name__ == "__main__":
    main()
