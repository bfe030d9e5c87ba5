# SPDX-License-Identifier: GPL-2.0-or-later
"""foreshape doctor on a real site: healthy, and then with one thing after the other broken."""

import json
import shutil
import time

from harness import ClusterCase, main
from labcluster.settings import BUILD

HEALTHY, USAGE, WARNED, UNHEALTHY = 0, 2, 3, 4
SETTINGS = ["AgentInterval=1", "HoldUsers=carol"]
OTHER_RELEASE = BUILD / "lib" / "slurm-other-release"  # the shims as if built for Slurm 21.08.5


class DoctorTest(ClusterCase):
    SETTINGS = {"nodes": 2, "foreshape_conf": SETTINGS}

    @classmethod
    def setUpClass(cls) -> None:
        """A site as the manual sets it up: who runs slurmctld ingests, under a role of that name."""
        super().setUpClass()
        lab, cls.state = cls.lab, cls.lab.cluster.settings.state_dir
        cls.conf = lab.cluster.settings.conf.parent / "foreshape.conf"
        lab.run("foreshape", "migrate")
        lab.psql("CREATE ROLE slurm LOGIN IN ROLE foreshape_writer, foreshape_operator")
        job_id = lab.submit("alice")
        lab.wait_recorded(job_id)
        lab.wait(lambda: lab.plugin_status() != {}, 30, "status.json")
        cls.as_slurm("ingest", "sacct")
        cls.as_slurm("ingest", "journal", str(cls.state / "journal"))
        cls.as_slurm("snapshot", "--out", str(cls.state / "profiles.snap"))
        lab.wait(lambda: lab.plugin_status()["profiles"]["snapshot_made"] > 0, 20, "the snapshot to be loaded")

    @classmethod
    def as_slurm(cls, *words: str) -> None:
        cls.lab.run("runuser", "-u", "slurm", "--", "foreshape", *words)

    def doctor(self, *options: str, user: str = "root") -> tuple[int, list[dict[str, str]]]:
        """Its exit code, and what it found."""
        done = self.lab.run("foreshape", "doctor", "--json", *options, user=user, check=False)
        said = json.loads(done.stdout)
        self.assertEqual(said["exit_code"], done.returncode)
        return done.returncode, said["findings"]

    def assert_found(self, code: int, severity: str, group: str, what: str, *options: str, user: str = "root") -> dict[str, str]:
        """The doctor ends with this code and has a finding of this kind, with a reason and a cure."""
        ended, findings = self.doctor(*options, user=user)
        said = "\n".join(f"{f['severity']} {f['group']} {f['what']}" for f in findings)
        found = [f for f in findings if f["group"] == group and what in f["what"]]
        self.assertTrue(found, f"no {what!r} of {group} in:\n{said}")
        self.assertEqual(found[0]["severity"], severity)
        self.assertTrue(found[0]["why"] and found[0]["cure"], found[0])
        self.assertEqual(ended, code, said)
        return found[0]

    def assert_healthy(self) -> None:
        code, findings = self.doctor()
        self.assertEqual([f for f in findings if f["severity"] in ("warning", "error")], [])
        self.assertEqual(code, HEALTHY)

    def tearDown(self) -> None:
        """What a test broke it has mended, and the doctor sees that."""
        self.lab.wait(lambda: time.time() - self.lab.plugin_status().get("written", 0) < 5, 30, "the agent to write again")
        self.assert_healthy()

    def read_again(self) -> None:
        """Waits until the agent has read what is there now: it reads once slurm.conf was read a while ago, which must not
        happen while the next test has broken something."""
        since = time.time()
        self.lab.run("scontrol", "reconfigure")
        self.lab.wait(lambda: self.lab.plugin_status().get("written", 0) >= since + 4, 30, "foreshape.conf read again")

    def test_a_healthy_site_is_healthy_in_every_form(self) -> None:
        code, findings = self.doctor()
        self.assertEqual(code, HEALTHY, findings)
        self.assertEqual({f["group"] for f in findings},
                         {"plugins", "slurm", "settings", "status", "store", "timers", "clock"})
        self.assertTrue(all(f["why"] and f["cure"] for f in findings if f["severity"] != "ok"), findings)
        text = self.lab.run("foreshape", "doctor").stdout
        self.assertIn("0 errors, 0 warnings", text)
        rows = self.lab.run("foreshape", "doctor", "-P").stdout.splitlines()
        self.assertEqual(rows[0], "severity|group|what|why|cure")
        self.assertTrue(all(row.count("|") == 4 for row in rows))

    def test_slurms_own_user_may_run_it_too(self) -> None:
        done = self.lab.run("runuser", "-u", "slurm", "--", "foreshape", "doctor")
        self.assertIn("0 errors, 0 warnings", done.stdout)

    def test_anybody_else_is_told_that_he_sees_too_little(self) -> None:
        code, findings = self.doctor(user="alice")
        self.assertIn(code, (WARNED, UNHEALTHY))
        self.assertIn("you are alice", [f["what"] for f in findings])

    def test_a_draft_of_foreshape_conf_is_checked_with_what_it_names(self) -> None:
        draft = self.lab.root / "draft.conf"
        for text, code, said in (("", HEALTHY, ""), ("StateDir=/nonexistent/x\n", UNHEALTHY, "/nonexistent/x does not exist"),
                                 ("HoldUsers=nosuchuser\n", WARNED, "users that this machine does not know: nosuchuser"),
                                 ("Partition=nosuch Mode=off\n", WARNED, "a rule is for Partition=nosuch, and Slurm has ")):
            draft.write_text(f"StateDir={self.state}\n{text}" if "StateDir" not in text else text)
            done = self.lab.run("foreshape", "config", "check", str(draft), check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stderr)
            self.assertIn("HoldIdleCap=", done.stdout)

    def test_a_plugin_for_another_slurm(self) -> None:
        installed = self.lab.root / "lib" / "slurm" / "job_submit_foreshape.so"
        kept = installed.with_suffix(".kept")
        installed.rename(kept)
        try:
            shutil.copy(OTHER_RELEASE / installed.name, installed)
            found = self.assert_found(UNHEALTHY, "error", "plugins", "is built for Slurm 21.08.5, and slurmctld is ")
            self.assertIn("restart slurmctld", found["cure"])
        finally:
            kept.replace(installed)

    def test_a_plugin_that_is_gone(self) -> None:
        installed = self.lab.root / "lib" / "slurm" / "job_submit_foreshape.so"
        kept = installed.with_suffix(".kept")
        installed.rename(kept)
        try:
            self.assert_found(UNHEALTHY, "error", "plugins", "is in no directory of PluginDir")
        finally:
            kept.rename(installed)

    def test_a_plugin_that_anybody_may_change(self) -> None:
        installed = self.lab.root / "lib" / "slurm" / "job_submit_foreshape.so"
        installed.chmod(0o777)
        try:
            self.assert_found(WARNED, "warning", "plugins", "can be changed by others than root")
        finally:
            installed.chmod(0o755)

    def test_settings_that_slurmctld_cannot_read(self) -> None:
        self.conf.chmod(0o600)
        try:
            self.assert_found(UNHEALTHY, "error", "settings", "slurm can't read")
        finally:
            self.conf.chmod(0o644)
            self.read_again()

    def test_settings_with_a_mistake(self) -> None:
        text = self.conf.read_text()
        self.conf.write_text(text + "Hold=maybe\n")
        try:
            self.assert_found(UNHEALTHY, "error", "settings", "'maybe'")
        finally:
            self.conf.write_text(text)
            self.read_again()

    def test_a_state_directory_of_somebody_else(self) -> None:
        shutil.chown(self.state, "alice")
        try:
            found = self.assert_found(UNHEALTHY, "error", "settings", "is closed to slurm: owner alice, mode 0700")
        finally:
            self.lab.run("sh", "-c", found["cure"])
        self.assertEqual(self.state.owner(), "slurm", "the cure is a command that cures")

    def test_a_user_whom_nobody_knows(self) -> None:
        self.lab.reconfigure(["AgentInterval=1", "HoldUsers=carol,carrol"])
        try:
            self.assert_found(WARNED, "warning", "settings", "users that this machine does not know: carrol")
        finally:
            self.lab.reconfigure(SETTINGS)
            self.read_again()

    def test_a_rule_for_a_partition_that_is_not_there(self) -> None:
        self.lab.reconfigure([*SETTINGS, "Partition=debgu Mode=off"])
        try:
            self.assert_found(WARNED, "warning", "settings", "a rule is for Partition=debgu")
        finally:
            self.lab.reconfigure(SETTINGS)
            self.read_again()

    def test_a_store_that_is_down(self) -> None:
        self.lab.cluster.postgres.stop()
        try:
            self.assert_found(UNHEALTHY, "error", "store", "the store can't be reached as slurm")
        finally:
            self.lab.cluster.postgres.start()

    def test_a_role_that_may_not_write(self) -> None:
        self.lab.psql("REVOKE foreshape_writer FROM slurm")
        try:
            found = self.assert_found(UNHEALTHY, "error", "store", "slurm is no member of foreshape_writer")
        finally:
            self.lab.psql("GRANT foreshape_writer TO slurm")
        self.assertIn('GRANT foreshape_writer TO "slurm"', found["cure"])

    def test_a_store_without_our_schema(self) -> None:
        empty = self.lab.env["FORESHAPE_DB"].replace("dbname=foreshape", "dbname=postgres")
        found = self.assert_found(UNHEALTHY, "error", "store", "the store's schema lacks", f"--db={empty}")
        self.assertIn("foreshape migrate", found["cure"])

    def test_a_slurmctld_that_is_down_and_its_old_status(self) -> None:
        self.lab.kill_slurmctld()
        try:
            path = self.state / "status.json"
            status = json.loads(path.read_text())
            path.write_text(json.dumps(status | {"written": status["written"] - 3600}))
            self.assert_found(UNHEALTHY, "error", "slurm", "slurmctld does not answer")
            self.assert_found(UNHEALTHY, "error", "status", "the status is 60 min old")
        finally:
            self.lab.start_slurmctld()
            self.read_again()

    def test_an_upgrade_is_foreseen(self) -> None:
        running = self.lab.run("scontrol", "--version").stdout.split()[1]
        code, findings = self.doctor("--before-upgrade", running)
        self.assertEqual((code, len(findings)), (HEALTHY, 1), findings)
        found = self.assert_found(WARNED, "warning", "plugins", "not for 23.11.4", "--before-upgrade=23.11.4")
        self.assertIn("build for 23.11.4", found["cure"])
        done = self.lab.run("foreshape", "doctor", "--before-upgrade=soon", check=False)
        self.assertEqual(done.returncode, USAGE)


if __name__ == "__main__":
    main()
