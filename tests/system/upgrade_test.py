# SPDX-License-Identifier: GPL-2.0-or-later
"""Slurm upgraded underneath, as docs/administration.md says: slurmctld starts with plugins of another version and jobs go on
without Foreshape; once those of its own version are installed it goes on with all that it knew."""

import json
import pathlib

from harness import ClusterCase, main
from labcluster import programs
from labcluster.settings import BUILD

OURS, OTHER_VERSION = BUILD / "lib" / "slurm", BUILD / "lib" / "slurm-other-release"
USER = "alice"


class UpgradeTest(ClusterCase):
    """What Slurm compares is the version that a plugin was built for and the one that runs: whichever of them changes."""

    IN_ORDER = True
    SETTINGS = {"nodes": 2, "cpus": 16, "foreshape_conf": ["AgentInterval=1"]}
    without: list[str]  # jobs submitted while the versions differ

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.state = cls.lab.cluster.settings.state_dir
        cls.lab.run("foreshape", "migrate")
        cls.lab.wait_recorded(*[cls.relax() for _ in range(5)])
        cls.ingest()
        cls.lab.run("foreshape", "snapshot", "--out", str(cls.state / "profiles.snap"))
        cls.wait_for_profile()
        cls.running = cls.relax("sleep 600")
        cls.lab.wait_state(cls.running, "RUNNING")
        cls.waiting = cls.relax("sleep 1", "--begin=now+3600")

    @classmethod
    def relax(cls, wrap: str = "sleep 1", *options: str) -> str:
        return cls.lab.submit(USER, "--job-name=relax", "--time=15", *options, wrap=wrap)

    @classmethod
    def ingest(cls) -> None:
        cls.lab.run("foreshape", "ingest", "journal", str(cls.state / "journal"))
        cls.lab.run("foreshape", "ingest", "sacct")

    @classmethod
    def wait_for_profile(cls) -> None:
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users") == 1, 30, "the snapshot loaded")

    def install(self, plugins: pathlib.Path) -> None:
        """As packages do: while slurmctld runs, which keeps what it has loaded."""
        self.lab.cluster.settings.plugins = plugins
        programs.install(self.lab.cluster.settings)
        self.assertTrue(self.lab.submit(USER), "slurmctld answers")

    def errors(self) -> list[str]:
        done = self.lab.run("foreshape", "doctor", "--json", check=False)
        return [f"{f['what']} | {f['cure']}" for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]

    def test_slurmctld_starts_with_another_version_and_no_job_is_lost(self) -> None:
        self.install(OTHER_VERSION)
        self.lab.cluster.restart_slurmctld()
        self.assertIn("it does nothing", self.lab.log())
        self.assertEqual(self.lab.state(self.running), "RUNNING")
        self.assertEqual(self.lab.state(self.waiting), "PENDING")
        self.__class__.without = [self.relax() for _ in range(3)]
        ended = self.lab.wait_recorded(*self.without)
        self.assertEqual({row["State"] for row in ended.values()}, {"COMPLETED"})
        self.assertNotIn("foreshape=", self.lab.job(self.without[0]).get("AdminComment", ""))
        self.assertTrue(any("built for Slurm 21.08.5" in error for error in self.errors()), self.errors())

    def test_with_plugins_of_its_own_version_it_goes_on_with_what_it_knew(self) -> None:
        self.install(OURS)
        self.lab.cluster.restart_slurmctld()
        self.wait_for_profile()
        new = self.relax()
        self.assertIn("foreshape=", self.lab.job(new)["AdminComment"])
        self.lab.run("scancel", self.running, self.waiting)
        self.lab.wait_recorded(new, self.running)
        self.ingest()
        rows = self.lab.psql("SELECT job_id, evidence FROM foreshape.job_report")
        evidence = {row["job_id"]: row["evidence"] for row in rows}
        self.assertEqual(len(rows), len(evidence), "each job once")
        self.assertEqual({evidence[job] for job in (self.running, self.waiting, new)}, {"user"})
        self.assertEqual({evidence[job] for job in self.without}, {""}, "in the store, and not predicted")
        self.assertFalse(any("built for" in error for error in self.errors()), self.errors())


if __name__ == "__main__":
    main()
