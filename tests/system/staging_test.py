# SPDX-License-Identifier: GPL-2.0-or-later
"""Staging on a real Slurm: a small job of the user stages, the next one reads the copy; what changed since is not used, and
what nobody came for is swept away with slurmctld dead."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from harness import ClusterCase, main
from labcluster import slurm_conf
from labcluster.settings import DEFAULT_PLUGINS, SOURCE, Settings

slurm_conf_write = slurm_conf.write

USER, OTHER_USER = "alice", "bob"
FILES, FILE_BYTES = 40, 200_000
# What a slow file system costs: so long for each file that is not read from the buffer. No figure of a real one.
SLOW_S = 0.1
READER = """
import os, pathlib, sys, time
path, fast = pathlib.Path(sys.argv[1]), sys.argv[2]
began, total = time.monotonic(), 0
for file in sorted(path.rglob("*")):
    if file.is_file():
        if not str(file).startswith(fast):
            time.sleep({slow})
        total += len(file.read_bytes())
print(f"{{path}} {{total}} {{time.monotonic() - began:.3f}}", flush=True)
""".format(slow=SLOW_S)


class StagingCase(ClusterCase):
    SETTINGS = {"nodes": 1, "cpus": 8, "plugins": None, "postgres": False}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        lab = cls.lab
        cls.fast = lab.root / "fast"
        cls.fast.mkdir()
        cls.fast.chmod(0o1777)
        etc = lab.cluster.settings.conf.parent
        (etc / "foreshape-stage.conf").write_text(f"Buffer={cls.fast}\nKeepFree=0%\nKeep=10m\n")
        cls.reader = lab.root / "scratch" / "reader.py"
        cls.reader.write_text(READER)
        cls.reader.chmod(0o755)
        cls.data = lab.root / "scratch" / "input"
        cls.data.mkdir()
        for number in range(FILES):
            (cls.data / f"{number:03}").write_bytes(os.urandom(FILE_BYTES))
        for path in [cls.data, *cls.data.iterdir()]:
            shutil.chown(path, USER, USER)
            path.chmod(0o700)

    def stage(self, user: str = USER) -> str:
        """A small job of the user's own; its job id once it has ended."""
        job = self.lab.submit(user, "--job-name=stage", "--output=stage.out",
                              wrap=f"exec foreshape stage copy --from {self.data}")
        self.lab.wait_state(job, "COMPLETED", "FAILED")
        return job

    def read(self) -> tuple[str, int, float]:
        """A job that reads the input, from the copy where there is one: path, bytes, seconds."""
        job = self.lab.submit(USER, "--job-name=read", "--output=read.%j", f"--export=ALL,FORESHAPE_STAGE={self.data}",
                              wrap=f'exec /usr/bin/python3 {self.reader} "${{FORESHAPE_STAGED:-$FORESHAPE_STAGE}}" {self.fast}')
        self.lab.wait_state(job, "COMPLETED", "FAILED")
        said = (self.lab.root / "home" / USER / f"read.{job}").read_text().split()
        return said[0], int(said[1]), float(said[2])

    def account(self) -> dict:
        return json.loads(self.lab.run("foreshape", "stage", "account", "--json").stdout)["all"]


class TaskPrologTest(StagingCase):
    IN_ORDER = True

    @classmethod
    def setUpClass(cls) -> None:
        # Where only its owner can enter the checkout, the job's user could not run it.
        cls.prolog = pathlib.Path("/var/tmp") / f"foreshape-task-prolog.{os.getpid()}"
        shutil.copy(SOURCE / "contrib" / "task-prolog", cls.prolog)
        cls.addClassCleanup(cls.prolog.unlink)
        cls.SETTINGS = StagingCase.SETTINGS | {"slurm_conf": {"TaskProlog": str(cls.prolog)}}
        super().setUpClass()

    def test_a_staged_input_is_read_from_the_copy(self) -> None:
        path, size, cold_s = self.read()
        self.assertEqual((path, size), (str(self.data), FILES * FILE_BYTES))
        job = self.stage()
        self.assertEqual(self.lab.state(job), "COMPLETED", (self.lab.root / "home" / USER / "stage.out").read_text())
        path, size, warm_s = self.read()
        self.assertTrue(path.startswith(f"{self.fast}/"), path)
        self.assertEqual(size, FILES * FILE_BYTES)
        print(f"-- {FILES} files of {FILE_BYTES} bytes, {SLOW_S} s each where they are not in the buffer: "
              f"read in {cold_s:.2f} s without staging, {warm_s:.2f} s with")
        self.assertEqual((self.account()["copies"], self.account()["used_copies"]), (1, 1))

    def test_it_is_copied_once(self) -> None:
        before = self.account()
        self.stage()
        self.assertEqual(self.account(), before)

    def test_it_belongs_to_its_user_alone(self) -> None:
        copy = self.lab.run("foreshape", "stage", "find", "--quiet", "--from", str(self.data), user=USER).stdout.strip()
        self.assertEqual({path.owner() for path in pathlib.Path(copy).rglob("*")}, {USER})
        for command in (["ls", copy], ["cat", f"{copy}/000"]):
            self.assertIn("Permission denied", self.lab.run(*command, user=OTHER_USER, check=False).stderr)
        self.stage(OTHER_USER)
        self.assertIn("Permission denied", (self.lab.root / "home" / OTHER_USER / "stage.out").read_text())
        refused = self.lab.run("foreshape", "stage", "copy", "--from", str(self.data), check=False)
        self.assertIn("root stages nothing", refused.stderr)

    def test_what_changed_since_is_not_used(self) -> None:
        (self.data / "000").write_bytes(b"new")
        self.assertEqual(self.read()[:2], (str(self.data), (FILES - 1) * FILE_BYTES + 3))

    def test_a_staging_job_that_is_cancelled_or_killed_leaves_nothing(self) -> None:
        self.make_large()
        for how in ("scancel", "kill"):
            job = self.lab.submit(USER, "--output=stage.out", wrap=f"exec foreshape stage copy --from {self.data}")
            self.lab.wait(lambda: self.account()["drafts"] == 1, 30, "the draft begun")
            if how == "scancel":
                self.lab.run("scancel", job)
            else:
                self.lab.run("scancel", "--signal=KILL", "--full", job)
            self.lab.wait_state(job, "CANCELLED", "FAILED")
            self.lab.run("foreshape", "stage", "sweep")
            self.assertEqual([self.account()[key] for key in ("drafts", "orphans", "copies")], [0, 0, 1])

    def make_large(self) -> None:
        """So much that its copying is met in the middle."""
        for number in range(3_000):
            path = self.data / f"more{number:04}"
            path.write_bytes(b"x" * 100)
            shutil.chown(path, USER, USER)
        time.sleep(3)  # nothing younger is staged

    def test_what_nobody_came_for_is_swept_with_slurmctld_dead(self) -> None:
        self.lab.kill_slurmctld()
        own = next(self.fast.iterdir())
        self.assertEqual(len(list(own.iterdir())), 1)
        for lease in own.glob("*/lease"):
            text = lease.read_text().splitlines()
            lease.write_text("\n".join([text[0], f"expires {int(time.time()) - 1}", *text[2:], ""]))
        # As the timer does it: no Slurm, no database, nothing of ours running.
        done = subprocess.run([str(self.lab.root / "bin" / "foreshape"), "stage", "sweep", f"--to={self.fast}", "--json"],
                              capture_output=True, text=True, check=True, env={})
        self.assertEqual(json.loads(done.stdout)["all"]["expired"], 1)
        self.assertEqual(list(own.iterdir()), [])


class BurstBufferTest(StagingCase):
    """Slurm's own burst_buffer/lua with contrib/burst_buffer.lua, which acts as the user through sudo."""

    IN_ORDER = True
    SUDOERS = pathlib.Path("/etc/sudoers.d")

    @classmethod
    def setUpClass(cls) -> None:
        cls.SETTINGS = StagingCase.SETTINGS | {"slurm_conf": {"BurstBufferType": "burst_buffer/lua"}}
        slurm_conf.write = cls.write_with_script
        try:
            super().setUpClass()
        finally:
            slurm_conf.write = slurm_conf_write
        # Seen by this test and its daemons alone: main() gave them mounts of their own.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(cls.SUDOERS)], check=True)
        cls.addClassCleanup(subprocess.run, ["umount", str(cls.SUDOERS)], check=True)
        allowed = ", ".join(f"{cls.lab.root}/bin/foreshape stage {action} *" for action in ("copy", "link", "unlink"))
        rule = cls.SUDOERS / "foreshape-stage"
        rule.write_text(f"slurm ALL=(ALL,!root) NOPASSWD: {allowed}\n")
        rule.chmod(0o440)

    @staticmethod
    def write_with_script(settings: Settings) -> None:
        """Beside slurm.conf before slurmctld starts, with the site's places in it."""
        slurm_conf_write(settings)
        etc = settings.conf.parent
        notes = settings.root / "notes"
        notes.mkdir(mode=0o700)
        shutil.chown(notes, "slurm", "slurm")
        script = (SOURCE / "contrib" / "burst_buffer.lua").read_text()
        for usual, here in (("/usr/bin/foreshape\"", f"{settings.root}/bin/foreshape\""), ("/var/lib/foreshape/burst_buffer", notes),
                            ("/etc/slurm/foreshape-stage.conf", etc / "foreshape-stage.conf")):
            script = script.replace(f'"{usual}', f'"{here}')
        (etc / "burst_buffer.lua").write_text(script)
        (etc / "burst_buffer.conf").write_text("Directive=BB_LUA\nStageInTimeout=60\nStageOutTimeout=60\nOtherTimeout=60\n")

    def run_job(self, source: str = "", before_start: str = "") -> tuple[str, str]:
        """A job with an input; its id and what it read: path, bytes, seconds.

        before_start: what is written into the input while the job waits for the node, staged already.
        """
        source = source or str(self.data)
        blocker = self.lab.submit(OTHER_USER, "--exclusive", "--time=1", wrap="sleep 60") if before_start else ""
        job = self.lab.submit(USER, "--output=bb.%j", wrap=f"#BB_LUA stage_in source={source}\n"
                              f'readlink "$FORESHAPE_STAGED"; exec /usr/bin/python3 {self.reader} "$FORESHAPE_STAGED/" {self.fast}')
        if before_start:
            self.lab.wait(lambda: (self.links() or [""])[0] != "", 30, "the input staged")
            (self.data / "000").write_text(before_start)
            self.lab.run("scancel", blocker)
        self.lab.wait_state(job, "COMPLETED", "FAILED")
        return job, (self.lab.root / "home" / USER / f"bb.{job}").read_text()

    def links(self) -> list[str]:
        return [os.readlink(link) for link in self.fast.glob("*/.job-*")]

    def test_what_is_staged_already_is_not_copied_again(self) -> None:
        self.stage()
        before = self.account()
        _, said = self.run_job()
        target, _, size, _ = said.split()
        self.assertTrue(target.startswith(f"{self.fast}/") and target.endswith("/data/input"), said)
        self.assertEqual(int(size), FILES * FILE_BYTES)
        self.assertEqual((self.account()["copies"], before["copies"]), (1, 1))
        self.lab.wait(lambda: self.links() == [], 30, "the job's link removed")
        self.assertEqual(list((self.lab.root / "notes").iterdir()), [])

    def test_what_is_not_staged_is_staged_for_the_job(self) -> None:
        shutil.rmtree(next(self.fast.iterdir()))
        _, said = self.run_job()
        self.assertTrue(said.startswith(f"{self.fast}/"), said)
        self.assertEqual({path.owner() for path in self.fast.rglob("*")}, {USER})

    def test_what_changes_before_the_job_starts_is_read_from_the_source(self) -> None:
        _, said = self.run_job(before_start="changed after it was staged")
        target, _, size, _ = said.split()
        self.assertEqual((target, int(size)), (str(self.data), (FILES - 1) * FILE_BYTES + 27))

    def test_what_the_user_may_not_read_is_not_staged_and_the_job_runs(self) -> None:
        secret = self.lab.root / "home" / OTHER_USER / "secret"
        secret.write_text("bob's own")
        job, said = self.run_job(source=str(secret))
        self.assertEqual(said.split()[0], str(secret))
        self.assertFalse(any("bob" in path.read_text(errors="replace") for path in self.fast.rglob("*/data/secret")))
        self.assertIn("could not be staged; it reads the source", self.lab.log())

    def test_a_directive_that_nobody_understands_is_refused(self) -> None:
        for wrong in ("stage_in", "stage_in source=relative", "stage_in source=/a b", "stage_in source=/a; touch /tmp/x"):
            done = self.lab.run("sbatch", user=USER, text_in=f"#!/bin/sh\n#BB_LUA {wrong}\ntrue\n", check=False)
            self.assertIn("stage_in source=/an/absolute/path", done.stderr)

    def test_a_hostile_path_is_a_path(self) -> None:
        for number, path in enumerate(("/x'$(touch${IFS}PWNED)'", "/x`touch${IFS}PWNED`", "/-rf")):
            path = path.replace("PWNED", f"{self.lab.root}/scratch/pwned{number}")
            _, said = self.run_job(source=path)
            self.assertEqual(said.splitlines()[0], path)
            self.assertFalse((self.lab.root / "scratch" / f"pwned{number}").exists())


class PlanTest(StagingCase):
    """Whose next job is foreseen has its input staged before that job is submitted, and what came of it is seen."""

    IN_ORDER = True
    reads: list[str] = []  # jobs that read the input, in their order

    @classmethod
    def setUpClass(cls) -> None:
        cls.SETTINGS = StagingCase.SETTINGS | {"plugins": DEFAULT_PLUGINS, "postgres": True,
                                               "foreshape_conf": ["AgentInterval=1"]}
        super().setUpClass()
        lab = cls.lab
        cls.snapshot = lab.cluster.settings.state_dir / "profiles.snap"
        cls.conf = lab.cluster.settings.conf.parent / "foreshape-stage.conf"
        cls.account_directory = lab.cluster.settings.state_dir / "stage"
        cls.conf.write_text(cls.conf.read_text() + f"Snapshot={cls.snapshot}\nAccount={cls.account_directory}\nMinSaved=0\n"
                            "JobPartition=debug\nJobTime=10m\n")
        jobs = []
        for number in range(12):  # two users with the same habit, one of whom says what it reads
            for user, comment in ((USER, f"foreshape-stage={cls.data}"), (OTHER_USER, "nothing")):
                jobs.append(lab.submit(user, f"--job-name=relax_{number}", f"--comment={comment}", "--output=/dev/null",
                                       wrap="sleep 1.5"))  # runs of 0 s are no evidence
        lab.wait_recorded(*jobs, timeout_s=120)
        cls.spread(min(map(int, jobs)), len(jobs) // 2)
        lab.run("foreshape", "migrate")
        lab.run("foreshape", "ingest", "sacct")
        lab.run("foreshape", "snapshot", "--out", str(cls.snapshot))

    @classmethod
    def spread(cls, first: int, rounds: int) -> None:
        """In accounting's own table: each round ten minutes after the one before, the last as it was."""
        earlier = f"600 * ({rounds - 1} - (id_job - {first}) DIV 2)"
        times = ", ".join(f"{name} = {name} - {earlier}" for name in ("time_submit", "time_eligible", "time_start", "time_end"))
        cls.lab.accounting(f"UPDATE lab_job_table SET {times} WHERE id_job >= {first}")

    def plan(self, *options: str) -> str:
        return self.lab.run("foreshape", "stage", "plan", *options).stdout

    def staging_jobs(self) -> list[dict[str, str]]:
        return [row for row in self.lab.sacct("-X") if row["JobName"] == "foreshape-stage"]

    def test_a_dry_run_says_what_would_be_and_does_nothing(self) -> None:
        said = self.plan("--dry-run")
        self.assertRegex(said, rf"^uid \d+ submits with \d+%: {self.data}: would be staged\n$")
        self.assertEqual(self.staging_jobs(), [])

    def test_the_input_is_staged_by_a_job_of_the_users_own(self) -> None:
        said = self.plan()
        self.assertIn("staged by job", said)
        job = said.rsplit(" ", 1)[-1].strip()
        row = self.lab.wait_recorded(job)[job]
        self.assertEqual([row[key] for key in ("JobName", "User", "State", "Partition", "Comment")],
                         ["foreshape-stage", USER, "COMPLETED", "debug", "foreshape=off"])
        self.assertEqual({path.owner() for path in self.fast.rglob("*")}, {USER})
        path, size, seconds = self.read_as_relax()
        self.assertTrue(path.startswith(f"{self.fast}/"), path)
        self.assertEqual(self.account()["used_copies"], 1)
        self.assertEqual(size, FILES * FILE_BYTES)
        print(f"-- staged before its job came: read in {seconds:.2f} s")

    def read_as_relax(self) -> tuple[str, int, float]:
        job = self.lab.submit(USER, "--job-name=relax_99", "--output=relax.out", wrap=f"input=$(foreshape stage find --quiet "
                              f'--from {self.data} || echo {self.data}); exec /usr/bin/python3 {self.reader} "$input" {self.fast}')
        self.lab.wait_state(job, "COMPLETED", "FAILED")
        self.reads.append(job)
        said = (self.lab.root / "home" / USER / "relax.out").read_text().split()
        return said[0], int(said[1]), float(said[2])

    def test_what_is_staged_is_not_staged_again(self) -> None:
        self.assertIn("staged already, and current", self.plan())
        self.assertEqual(len(self.staging_jobs()), 1)

    def test_a_source_over_its_limit_is_left_alone(self) -> None:
        (self.data / "000").write_bytes(b"changed, so that a new copy is wanted")
        self.assertEqual(self.read_as_relax()[0], str(self.data))
        self.conf.write_text(self.conf.read_text() + "SourceBusy=/bin/true\n")
        self.assertIn("the source is over its limit (SourceBusy)", self.plan())
        self.conf.write_text(self.conf.read_text().replace("SourceBusy=/bin/true", "SourceBusy=/bin/false"))
        self.assertIn("would be staged", self.plan("--dry-run"))

    def test_a_rule_of_the_site_is_for_whom_it_names(self) -> None:
        shared = self.lab.root / "scratch" / "reference"
        shared.write_bytes(b"x" * 1000)
        self.conf.write_text(self.conf.read_text() + f"Path={shared} Account=physics JobName=relax_1\nPath=/x JobName=other\n")
        said = self.plan("--dry-run")
        self.assertEqual(said.count(f"{shared}: would be staged"), 1, said)  # bob's; alice has one of her own before it
        self.assertEqual(said.count(f"{shared}: a staging job of this user waits or runs"), 1, said)
        self.assertNotIn("/x:", said)

    def test_the_caps_of_a_day_count_what_was_planned(self) -> None:
        self.conf.write_text(self.conf.read_text() + f"UserDayBytes={FILES * FILE_BYTES // 1024}K\n")
        self.assertIn("planned within a day are more than UserDayBytes", self.plan("--dry-run"))

    def test_why_a_jobs_data_were_there_or_not_is_said_to_its_user_and_to_root(self) -> None:
        hit, miss = self.reads
        for user in (USER, "root"):
            self.assertRegex(self.lab.run("foreshape", "stage", "why", hit, user=user).stdout,
                             rf"^job {hit}: {self.data}: was told of its copy, 7\.63M; staged \S+ in job \d+, 7\.63M in [0-9.]+ s\n$")
            self.assertRegex(self.lab.run("foreshape", "stage", "why", miss, user=user).stdout,
                             rf"^job {miss}: {self.data}: there was no copy that it could use: the source changed since: 000; ")
        self.assertIn("asked for no copy", self.lab.run("foreshape", "stage", "why", hit, user=OTHER_USER).stdout)

    def test_what_came_of_it_is_in_the_store_the_status_and_the_report(self) -> None:
        for _ in range(2):
            self.lab.run("foreshape", "stage", "sweep")
            self.lab.run("foreshape", "ingest", "journal", str(self.account_directory))
        said = self.lab.run("sshape", "stage", "-a", "-nPo", "user,hit,miss,planned,copies,failed,staged").stdout
        self.assertEqual(said, f"{USER}|1|1|1|1|0|7.63M\n")
        self.assertRegex(self.lab.run("foreshape", "status", check=False).stdout, r"\nStaging +1 copies \(7\.63M\) in 24 h, 1 planned, 0 failed; ")
        self.assertIn("deleted 4 steps of staging", self.lab.run("foreshape", "forget", USER).stdout)
        self.assertEqual(self.lab.run("sshape", "stage", "-a", "-nP").stdout, "")

    def test_a_script_says_what_its_job_reads(self) -> None:
        self.lab.run("foreshape", "ingest", "sacct", "--starttime", "now-2days")
        said = self.lab.root / "scratch" / "said_by_the_script"
        said.write_bytes(b"x" * 1000)
        os.chmod(said, 0o644)
        job = self.lab.submit(OTHER_USER, "--job-name=relax_100", "--output=/dev/null", wrap=f"#STAGE {said}\nsleep 1.5")
        self.lab.wait_recorded(job)
        self.lab.run("foreshape", "ingest", "sacct")
        self.lab.run("foreshape", "snapshot", "--out", str(self.snapshot))
        time.sleep(3)  # nothing younger is staged
        self.assertIn(f"{said}: ", self.plan("--dry-run"))

    def test_nobody_but_root_plans_for_others(self) -> None:
        self.assertIn("run it as root", self.lab.run("foreshape", "stage", "plan", user=USER, check=False).stderr)


if __name__ == "__main__":
    if os.environ.get("FORESHAPE_STAGE_ISOLATED") is None:
        os.environ["FORESHAPE_STAGE_ISOLATED"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv])
    main()
