# SPDX-License-Identifier: GPL-2.0-or-later
"""Backup and restore as docs/administration.md says: the store, StateDir and both come back from a backup while the cluster
has gone on, and from then on every job is in the store once, with its prediction."""

import collections
import shutil

import kept
from harness import ClusterCase, main

USER = "alice"


class BackupTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 2, "cpus": 16, "foreshape_conf": ["AgentInterval=1", "Mode=advise"]}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.state = cls.lab.cluster.settings.state_dir
        cls.dump, cls.tar = cls.lab.root / "foreshape.dump", cls.lab.root / "foreshape-state.tar"
        cls.lab.run("foreshape", "migrate")
        cls.jobs_end()
        cls.ingest()
        cls.lab.run("foreshape", "snapshot", "--out", str(cls.state / "profiles.snap"))
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users") == 1, 30, "the snapshot loaded")
        cls.before = set(cls.jobs_end())
        cls.ingest()
        # While everything runs: pg_dump sees one moment of the store, and the journal may end in half a record.
        cls.lab.run("pg_dump", "--format=custom", f"--file={cls.dump}", cls.lab.env["FORESHAPE_DB"])
        copied = cls.lab.run("tar", "--create", f"--file={cls.tar}", f"--directory={cls.state}", ".", check=False)
        assert copied.returncode in (0, 1), copied.stderr  # 1: a file changed meanwhile
        cls.after = set(cls.jobs_end())
        cls.ingest()

    @classmethod
    def jobs_end(cls) -> list[str]:
        jobs = [cls.lab.submit(USER, "--job-name=relax", "--time=5", wrap="sleep 2") for _ in range(5)]
        cls.lab.wait_recorded(*jobs)
        return jobs

    @classmethod
    def ingest(cls) -> str:
        """What it says of the journal on standard error."""
        said = cls.lab.run("foreshape", "ingest", "journal", str(cls.state / "journal")).stderr
        cls.lab.run("foreshape", "ingest", "sacct")
        return said

    def restore_store(self) -> None:
        self.lab.psql("DROP SCHEMA foreshape CASCADE")
        self.lab.run("pg_restore", "--exit-on-error", f"--dbname={self.lab.env['FORESHAPE_DB']}", str(self.dump))
        self.lab.run("foreshape", "migrate")

    def lose_state(self) -> None:
        self.lab.kill_slurmctld()
        for path in self.state.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def restore_state(self) -> str:
        """What ingest says, which must be run before slurmctld starts: nobody else knows the cluster's name."""
        self.lab.run("tar", "--extract", f"--file={self.tar}", f"--directory={self.state}")
        said = self.lab.run("foreshape", "ingest", "journal", "--cluster=lab", str(self.state / "journal")).stderr
        self.lab.start_slurmctld()
        self.lab.wait(lambda: self.lab.plugin_status().get("profiles", {}).get("users") == 1, 30, "the snapshot loaded")
        return said

    def assert_all_goes_on(self, *, without_prediction: set[str] = frozenset()) -> None:
        new = self.jobs_end()
        self.ingest()
        self.ingest()  # changes nothing
        rows = kept.without_requeued_runs(kept.accounting(self.lab))
        stored = self.lab.psql("SELECT job_id, token, evidence FROM foreshape.job_report")
        self.assertEqual(collections.Counter(row["job_id"] for row in stored),
                         collections.Counter(row["JobIDRaw"] for row in rows))
        self.assertEqual({int(row["token"]) for row in stored}, {kept.token_of(row) for row in rows})
        evidence = {row["job_id"]: row["evidence"] for row in stored}
        self.assertEqual({job for job, of in evidence.items() if not of}, without_prediction)
        self.assertEqual({evidence[job] for job in new}, {"user"}, "predicted from what was restored")
        journalled = self.lab.psql("SELECT count(*) AS n, count(DISTINCT token) AS tokens FROM foreshape.submission")[0]
        self.assertEqual(journalled["n"], journalled["tokens"])
        self.__class__.after |= set(new)

    def test_a_restored_store_has_what_came_since_from_the_journal_and_sacct(self) -> None:
        self.restore_store()
        self.assertEqual(self.lab.psql(f"SELECT job_id FROM foreshape.job WHERE job_id IN ({','.join(self.after)})"), [])
        self.assert_all_goes_on()

    def test_an_old_copy_of_state_dir_goes_on_after_what_the_store_has(self) -> None:
        self.lose_state()
        said = self.restore_state()
        self.assertIn("an older copy", said)
        self.assert_all_goes_on()
        self.assertNotIn("an older copy", self.ingest())

    def test_with_both_restored_only_predictions_made_since_the_backup_are_missing(self) -> None:
        lost = set(self.after)
        self.lose_state()
        self.restore_store()
        self.restore_state()
        self.assert_all_goes_on(without_prediction=lost)

    def test_an_empty_state_dir_goes_on_too(self) -> None:
        missing = {row["job_id"] for row in self.lab.psql("SELECT job_id FROM foreshape.job_report WHERE evidence IS NULL")}
        self.lose_state()
        self.lab.start_slurmctld()
        self.lab.run("foreshape", "snapshot")  # as the timer does
        self.lab.wait(lambda: self.lab.plugin_status().get("profiles", {}).get("users") == 1, 30, "the snapshot loaded")
        self.assert_all_goes_on(without_prediction=missing)


if __name__ == "__main__":
    main()
