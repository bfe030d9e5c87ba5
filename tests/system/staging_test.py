# SPDX-License-Identifier: GPL-2.0-or-later
"""Staging on a real Slurm: a small job of the user stages, the next one reads the copy; what changed since is not used, and
what nobody came for is swept away with slurmctld dead."""

import json
import os
import pathlib
import shutil
import subprocess
import time

from harness import ClusterCase, main
from labcluster.settings import SOURCE

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


if __name__ == "__main__":
    main()
