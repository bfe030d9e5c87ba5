# SPDX-License-Identifier: GPL-2.0-or-later
"""Never in the way: each way to break Foreshape, for real, in a running slurmctld. Jobs pass as they were submitted."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import subprocess

from harness import ClusterCase, main
from labcluster import programs
from labcluster.settings import BUILD

QUICK = ["AgentInterval=1"]


class BreakingCase(ClusterCase):
    @property
    def state_dir(self) -> pathlib.Path:
        return self.lab.cluster.settings.state_dir

    def assert_job_passes(self) -> dict[str, str]:
        """A job goes through with exactly what its user asked for, and slurmctld is the same process."""
        pid = self.lab.cluster.slurmctld.pid()
        job_id = self.lab.submit("alice", "--time=7", "--mem=123", "--comment=mine", "--job-name=as_submitted")
        job = self.lab.job(job_id)
        self.assertEqual((job["TimeLimit"], job["MinMemoryNode"], job["Comment"], job["JobName"], job["Partition"]),
                         ("00:07:00", "123M", "mine", "as_submitted", "main"))
        self.assertEqual(self.lab.wait_state(job_id, "COMPLETED")["ExitCode"], "0:0")
        self.assertIsNotNone(pid)
        self.assertEqual(self.lab.cluster.slurmctld.pid(), pid)
        return job

    def wait_status(self, is_so, what: str, timeout_s: float = 30) -> dict:
        def so() -> bool:
            status = self.lab.plugin_status()
            return bool(status) and status["pid"] == self.lab.cluster.slurmctld.pid() and is_so(status)
        self.lab.wait(so, timeout_s, what)
        return self.lab.plugin_status()

    def restart(self, fault: str = "") -> None:
        self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": fault} if fault else {}
        self.lab.cluster.restart_slurmctld()

    def write_conf(self, *lines: str) -> None:
        conf = self.lab.cluster.settings.conf.parent / "foreshape.conf"
        conf.write_text("\n".join([f"StateDir={self.state_dir}", *QUICK, *lines]) + "\n")


class BrokenFilesTest(BreakingCase):
    """The product itself; what lies around it is broken."""

    SETTINGS = {"nodes": 2, "postgres": False, "foreshape_conf": QUICK}

    @property
    def usual_journal(self) -> str:
        return str(self.state_dir / "journal")

    def snapshot(self, make_bad=lambda path: None) -> None:
        """Puts a snapshot in place in one step, as `foreshape snapshot` would, after making it bad."""
        draft = self.state_dir / "draft.snap"
        subprocess.run([BUILD / "bin" / "make_snapshot", draft, "50", str(pwd.getpwnam("alice").pw_uid)], check=True)
        shutil.chown(draft, "slurm", "slurm")
        make_bad(draft)
        draft.rename(self.state_dir / "profiles.snap")

    def test_a_library_is_missing(self) -> None:
        (programs.plugin_directory(self.lab.cluster.settings) / "libforeshape_runtime.so").unlink()
        self.addCleanup(self.restart)  # which installs it again
        self.lab.cluster.slurmctld.stop(30)
        self.lab.cluster.slurmctld.start()
        self.lab.cluster.wait_for_nodes()
        self.assertRegex(self.lab.log(), r"error: foreshape: \S+/libforeshape_runtime.so: cannot open shared object file")
        self.assertNotIn("foreshape=", self.assert_job_passes().get("AdminComment", ""))

    def test_no_snapshot(self) -> None:
        self.restart()
        self.wait_status(lambda s: s["profiles"]["snapshot_made"] == 0, "a status without a snapshot")
        self.assert_job_passes()

    def test_bad_snapshots_leave_the_good_one_in_force(self) -> None:
        self.snapshot()
        good = self.wait_status(lambda s: s["profiles"]["users"] == 51, "the good snapshot loaded")["profiles"]

        def truncate(path: pathlib.Path) -> None:
            os.truncate(path, path.stat().st_size // 2)

        def flip(path: pathlib.Path) -> None:
            with path.open("r+b") as file:
                file.seek(path.stat().st_size // 3)
                byte = file.read(1)
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte[0] ^ 1]))

        for make_bad, cause in ((truncate, ""), (flip, "checksum"), (lambda path: os.truncate(path, 0), ""),
                                (lambda path: shutil.chown(path, "bob", "bob"), "belongs to uid"),
                                (lambda path: path.chmod(0o666), "write")):
            with self.subTest(cause=cause):
                self.snapshot(make_bad)
                status = self.wait_status(lambda s: s["profiles"]["snapshot_refused"] != "", "the snapshot refused")
                self.assertIn(cause, status["profiles"]["snapshot_refused"])
                self.assertEqual(status["profiles"]["snapshot_made"], good["snapshot_made"])
                self.assertEqual(status["profiles"]["users"], 51)
                self.assert_job_passes()
                self.snapshot()
                status = self.wait_status(lambda s: s["profiles"]["snapshot_refused"] == "", "a good one again")
                good = status["profiles"]
        self.assertIn("keeping the one loaded before", self.lab.log())
        (self.state_dir / "profiles.snap").unlink()

    def test_a_broken_foreshape_conf_at_start_leaves_it_passive_until_it_is_mended(self) -> None:
        self.addCleanup(lambda: (self.write_conf(), self.restart()))
        for text in ("Nonsense=1\n", "Mode=maybe\n", "\x00\xff\xfe", "StateDir=relative\n", "x" * (2 << 20)):
            with self.subTest(text=text[:20]):
                (self.lab.cluster.settings.conf.parent / "foreshape.conf").write_text(text, encoding="latin1")
                self.restart()
                self.assertNotIn("foreshape=", self.assert_job_passes().get("AdminComment", ""))
        self.assertIn("passive until it is corrected", self.lab.log())
        self.write_conf()
        self.lab.run("scontrol", "reconfigure")
        self.wait_status(lambda s: s["enabled"], "the mended file in force", 40)
        self.assertIn("foreshape=", self.assert_job_passes().get("AdminComment", ""))

    def test_a_broken_foreshape_conf_at_reconfigure_changes_nothing(self) -> None:
        self.write_conf("Memory=advise")
        self.addCleanup(lambda: (self.write_conf(), self.lab.run("scontrol", "reconfigure")))
        self.lab.run("scontrol", "reconfigure")
        self.wait_status(lambda s: s["modes"]["memory"] == "advise", "the good settings")
        self.write_conf("Memory=sometimes")
        self.lab.run("scontrol", "reconfigure")
        status = self.wait_status(lambda s: s["settings"]["error"] != "", "the bad settings refused")
        self.assertEqual(status["modes"]["memory"], "advise")
        self.assertIn("foreshape.conf:3: Memory", status["settings"]["error"])
        self.assert_job_passes()

    def assert_journal_breaks_and_heals(self, heal) -> None:
        """Jobs pass while the journal can't be written; their records are kept and written once it can."""
        self.lab.run("scontrol", "reconfigure")
        self.wait_status(lambda s: s["journal"]["directory"] != self.usual_journal, "the settings in force")
        self.assert_job_passes()
        self.wait_status(lambda s: s["journal"]["error"] != "", "the journal's failure in the status")
        self.assert_job_passes()
        self.wait_status(lambda s: s["journal"]["queued"] >= 2, "records kept")
        heal()
        status = self.wait_status(lambda s: s["journal"]["error"] == "" and s["journal"]["queued"] == 0,
                                  "the journal healed", 40)
        self.assertEqual(status["journal"]["lost"], 0)
        self.assertFalse(status["observe_only"])
        self.write_conf()
        self.lab.run("scontrol", "reconfigure")
        self.wait_status(lambda s: s["journal"]["directory"] == self.usual_journal, "the usual directory again")

    def test_a_journal_directory_that_is_missing(self) -> None:
        parent = self.lab.root / "missing"
        self.write_conf(f"JournalDir={parent}/journal")

        def heal() -> None:
            parent.mkdir()
            shutil.chown(parent, "slurm", "slurm")
        self.assert_journal_breaks_and_heals(heal)

    def test_a_journal_directory_that_is_read_only(self) -> None:
        directory = self.lab.root / "readonly"
        directory.mkdir(mode=0o555)
        shutil.chown(directory, "slurm", "slurm")
        self.write_conf(f"JournalDir={directory}")
        self.assert_journal_breaks_and_heals(lambda: directory.chmod(0o755))

    def test_a_journal_whose_disk_is_full(self) -> None:
        directory = self.lab.root / "full"
        directory.mkdir()
        self.lab.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=0755", "tmpfs", str(directory))
        self.addCleanup(self.lab.run, "umount", "--lazy", str(directory))
        shutil.chown(directory, "slurm", "slurm")
        with (directory / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 4096)
        self.write_conf(f"JournalDir={directory}")
        self.assert_journal_breaks_and_heals((directory / "filler").unlink)

    def test_events_wait_in_the_state_directory_for_a_journal_whose_disk_is_full(self) -> None:
        directory = self.lab.root / "full_at_the_end"
        directory.mkdir()
        self.lab.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=0755", "tmpfs", str(directory))
        self.addCleanup(self.lab.run, "umount", "--lazy", str(directory))
        shutil.chown(directory, "slurm", "slurm")
        self.write_conf(f"JournalDir={directory}")
        self.restart()
        self.assert_job_passes()
        self.wait_status(lambda s: s["journal"]["open"], "the journal open")
        with (directory / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 512)
        jobs = [self.lab.submit("alice", f"--job-name=left_{number}", "--hold") for number in range(40)]
        self.addCleanup(self.lab.run, "scancel", "--user=alice")
        self.wait_status(lambda s: s["journal"]["queued"] > 0, "events that wait")
        self.restart()
        self.assertTrue((self.state_dir / "journal.left").exists())
        (directory / "filler").unlink()
        self.wait_status(lambda s: s["journal"]["brought_back"] > 0, "the events brought back")
        self.assertFalse((self.state_dir / "journal.left").exists())
        said = self.lab.run(str(BUILD / "bin" / "foreshape"), "journal", "--json", f"--directory={directory}").stdout
        names = [r["name"] for r in map(json.loads, said.splitlines()) if r["kind"] == "submission"]
        self.assertEqual(sorted(name for name in names if name.startswith("left_")),
                         sorted(f"left_{number}" for number in range(len(jobs))), "each of them once")
        # Only the next start can say so: slurmctld's log is closed before its libraries end.
        self.assertRegex(self.lab.log(), r"\d+ records that waited in \S+/journal.left are in the journal")

    def test_a_loss_at_the_end_is_said_at_the_next_start(self) -> None:
        """The state directory is on the same full disk."""
        directory = self.lab.root / "all_on_one_disk"
        directory.mkdir()
        self.lab.run("mount", "-t", "tmpfs", "-o", "size=256k,mode=0755", "tmpfs", str(directory))
        self.addCleanup(self.lab.run, "umount", "--lazy", str(directory))
        shutil.chown(directory, "slurm", "slurm")
        conf = self.lab.cluster.settings.conf.parent / "foreshape.conf"
        conf.write_text("\n".join([f"StateDir={directory}", *QUICK, "Hold=off"]) + "\n")
        self.addCleanup(self.write_conf)

        def status() -> dict:
            path = directory / "status.json"
            return json.loads(path.read_text() or "{}") if path.exists() else {}
        self.restart()
        self.lab.wait(lambda: status().get("journal", {}).get("open", False), 30, "the journal open")
        self.assertEqual(status()["journal"]["lost"], 0)
        with (directory / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 512)
        for number in range(40):
            self.lab.submit("alice", f"--job-name=lost_{number}", "--hold")
        self.addCleanup(self.lab.run, "scancel", "--user=alice")
        self.lab.cluster.slurmctld.stop()
        (directory / "filler").unlink()
        self.lab.start_slurmctld()
        self.lab.wait(lambda: status().get("journal", {}).get("lost_before", 0) > 0, 30, "the loss in the status")
        self.assertRegex(self.lab.log(), r"\d+ events were lost when slurmctld ended")
        health = self.lab.run(str(BUILD / "bin" / "foreshape"), "status", check=False)
        self.assertIn("events were lost", health.stdout + health.stderr)

    def test_a_start_with_a_broken_foreshape_conf_says_so_in_the_status(self) -> None:
        elsewhere = self.lab.root / "elsewhere"
        elsewhere.mkdir()
        shutil.chown(elsewhere, "slurm", "slurm")
        self.addCleanup(self.restart)
        self.addCleanup(self.write_conf)
        for places in ((), (f"StatusFile={elsewhere}/status.json",)):
            file = elsewhere / "status.json" if places else self.state_dir / "status.json"

            def status(of: pathlib.Path = file) -> dict:
                return json.loads(of.read_text()) if of.exists() else {}

            def pid() -> int | None:
                return self.lab.cluster.slurmctld.pid()
            self.write_conf(*places)
            self.restart()
            self.lab.wait(lambda: status().get("pid") == pid() and status()["enabled"], 30, "enabled")
            self.write_conf(*places, "Memroy=advise")
            self.restart()
            self.lab.wait(lambda: status().get("pid") == pid(), 30, f"the status of this start in {file}")
            self.assertFalse(status()["enabled"])
            self.assertIn("Memroy", status()["settings"]["error"])

    def test_a_state_directory_that_is_gone(self) -> None:
        aside = self.lab.root / "aside"
        self.restart()
        complaint = f"status: {self.state_dir}: No such file or directory"
        before = self.lab.log().count(complaint)
        self.state_dir.rename(aside)
        self.addCleanup(lambda: aside.exists() and aside.rename(self.state_dir))  # the other tests need it
        self.assert_job_passes()
        # The job may be done before the agent's next pass finds its directory gone.
        self.lab.wait(lambda: self.lab.log().count(complaint) > before, 30, "the missing directory in the log")
        aside.rename(self.state_dir)
        self.wait_status(lambda s: s["faults"] > 0, "faults counted")
        self.assert_job_passes()


class DatabaseDownTest(BreakingCase):
    """PostgreSQL is down before the first job is submitted and comes back after the last one has ended."""

    SETTINGS = {"nodes": 2, "foreshape_conf": QUICK}
    USERS = ("alice", "bob", "carol")

    def test_a_run_without_the_database_is_in_the_store_afterwards(self) -> None:
        self.lab.run("foreshape", "migrate")
        self.lab.cluster.postgres.stop()
        submitted = [self.lab.submit(user, f"--job-name=work_{i}") for i in range(4) for user in self.USERS]
        self.assert_job_passes()
        self.assert_programs_say_that_it_is_down()
        self.lab.cluster.restart_slurmctld()
        submitted += [self.lab.submit(user, f"--job-name=late_{i}") for i in range(2) for user in self.USERS]
        self.lab.wait_recorded(*submitted)
        status = self.wait_status(lambda s: s["journal"]["queued"] == 0, "everything journalled")
        self.assertEqual((status["faults"], status["journal"]["lost"], status["observe_only"]), (0, 0, False))

        self.lab.cluster.postgres.start()
        for _ in range(2):  # the second changes nothing
            self.lab.run("foreshape", "ingest", "journal", str(self.state_dir / "journal"))
            self.lab.run("foreshape", "ingest", "sacct")
        rows = self.lab.psql("""
            SELECT j.job_id, j.state, count(p.token) AS predictions, count(d.token) AS decisions FROM foreshape.job j
            LEFT JOIN foreshape.prediction p USING (cluster, token) LEFT JOIN foreshape.decision d USING (cluster, token)
            GROUP BY 1, 2""")
        stored = {row["job_id"]: row for row in rows}
        self.assertEqual(len(stored), len(rows))
        self.assertEqual(len(stored), len(submitted) + 1)
        for job_id in submitted:
            self.assertEqual(stored[job_id], {"job_id": job_id, "state": "COMPLETED", "predictions": "1", "decisions": "1"})

    def assert_programs_say_that_it_is_down(self) -> None:
        for command in (["foreshape", "ingest", "sacct"], ["foreshape", "ingest", "journal", str(self.state_dir / "journal")],
                        ["foreshape", "snapshot", "--out", str(self.lab.root / "none.snap")], ["sshape"]):
            done = self.lab.run(*command, check=False)
            self.assertEqual(done.returncode, 1, command)
            self.assertIn("connect", done.stderr.lower(), command)


class AnotherReleaseTest(BreakingCase):
    """Plugins that were built for another Slurm, as after an upgrade: Slurm itself would not start with them."""

    SETTINGS = {"nodes": 2, "postgres": False, "plugins": BUILD / "lib" / "slurm-other-release", "foreshape_conf": QUICK}

    def test_slurmctld_starts_and_they_do_nothing_but_say_so(self) -> None:
        self.assertRegex(self.lab.log(), r"error: foreshape: built for Slurm 21\.08\.5, and this is \d\d\.\d\d\.\d+: it does nothing")
        self.assertNotIn("foreshape=", self.assert_job_passes().get("AdminComment", ""))
        job_id = self.lab.submit("bob", "--hold")
        self.lab.run("scontrol", "update", f"jobid={job_id}", "timelimit=3", user="bob")
        het = self.lab.run("sbatch", "--parsable", "-n1", ":", "-n1", "--wrap=true", user="erin").stdout.strip()
        self.lab.wait_recorded(f"{het}+0", f"{het}+1")
        self.lab.run("scontrol", "reconfigure")
        self.restart()
        self.assert_job_passes()
        self.assertFalse(self.lab.plugin_status())


class FaultsInsideTest(BreakingCase):
    """The build with fault points: what can't be broken from outside."""

    SETTINGS = {"nodes": 2, "postgres": False, "plugins": BUILD / "lib" / "slurm-faulty",
                "foreshape_conf": [*QUICK, "Mode=advise", "FaultLimit=5"]}

    def test_an_exception_in_the_prediction_leaves_jobs_alone_and_switches_to_observe(self) -> None:
        self.restart("predict_throw")
        for _ in range(3):
            self.assertNotIn("foreshape=", self.assert_job_passes().get("AdminComment", ""))
        status = self.wait_status(lambda s: s["faults"] == 3, "three faults")
        self.assertFalse(status["observe_only"])
        for _ in range(5):
            self.lab.submit("bob")
        status = self.wait_status(lambda s: s["observe_only"], "switched to observe")
        self.assertEqual(status["modes"]["memory"], "observe")
        self.assertIn("only observing from now on", self.lab.log())
        # The first of its kind is logged, its repeats are only counted.
        self.assertEqual(self.lab.log().count("prediction failed, as the test wants it"), 1)
        self.assert_job_passes()

    def test_a_slow_prediction_is_seen_in_the_histogram(self) -> None:
        self.restart("predict_slow")
        self.assert_job_passes()
        status = self.wait_status(lambda s: s["submit_latency"]["count"] > 0, "one job measured")
        self.assertGreater(status["submit_latency"]["max_us"], 200_000)

    def test_a_full_queue_lets_jobs_pass_and_counts_the_loss(self) -> None:
        self.restart("queue_full")
        for _ in range(12):
            self.lab.submit("bob")
        self.assert_job_passes()
        status = self.wait_status(lambda s: s["journal"]["lost"] >= 5, "the loss counted")
        self.assertEqual(status["journal"]["queued"], status["journal"]["queue_capacity"])

    def test_an_exception_in_the_journal_keeps_what_it_can(self) -> None:
        self.restart("journal_throw")
        self.assert_job_passes()
        status = self.wait_status(lambda s: "as the test wants it" in s["journal"]["error"], "the failure in the status")
        self.assertGreater(status["journal"]["queued"] + status["faults"], 0)
        self.assertEqual(status["journal"]["lost"], 0)

    def test_an_exception_in_the_agent_stops_neither_jobs_nor_its_other_steps(self) -> None:
        self.restart("agent_throw")
        self.assert_job_passes()
        self.wait_status(lambda s: s["faults"] > 0, "the fault counted by a status that is still written")


if __name__ == "__main__":
    main()
