# SPDX-License-Identifier: GPL-2.0-or-later
"""foreshape-train as a Slurm job: under srun, and as a batch script that is stopped and goes on."""

import os
import pathlib
import shutil
import subprocess

from harness import ClusterCase, main

BUILD = pathlib.Path(os.environ["FORESHAPE_BUILD"]) / "bin"
SMALL = ["--hidden", "16", "--pair-hidden", "16", "--batch", "64", "--validate-every", "50"]
# Two ranks on busy cores must not wait for each other at full speed.
MPI = {"OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


class TrainTest(ClusterCase):
    SETTINGS = {"plugins": None, "nodes": 2, "postgres": False}
    home: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.home = cls.lab.root / "home" / "alice"
        # Alice may not look into the build directory.
        for program in ("foreshape-train", "make_history"):
            shutil.copy(BUILD / program, cls.home / program)
        cls.lab.run(str(cls.home / "make_history"), str(cls.home / "jobs.h5"), "2500", "8", "0.2", user="alice")

    def words(self, name: str, steps: int = 300) -> list[str]:
        return [str(self.home / "foreshape-train"), str(self.home / "jobs.h5"), "-o", str(self.home / f"{name}.fsm"),
                "--checkpoint", str(self.home / f"{name}.ckpt"), "--resume", "--steps", str(steps), *SMALL]

    def checkpoint(self, name: str) -> bytes:
        return (self.home / f"{name}.ckpt").read_bytes()

    def mpirun(self, name: str) -> None:
        done = subprocess.run(["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", *self.words(name)],
                              env=os.environ | MPI, capture_output=True, text=True, timeout=200)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_srun_gives_the_same_weights_as_mpirun(self) -> None:
        self.mpirun("mpirun")
        self.lab.run("srun", "--mpi=pmix", "--nodes=1", "--ntasks=2", "--kill-on-bad-exit=1", *self.words("srun"),
                     user="alice", timeout_s=200, env=MPI)
        self.assertEqual(self.checkpoint("srun"), self.checkpoint("mpirun"))

    def test_a_batch_job_that_is_signalled_goes_on_in_the_next_one(self) -> None:
        self.mpirun("whole")
        words = " ".join([*self.words("batch"), "--checkpoint-every", "0"])
        body = "\n".join([*(f"export {name}={value}" for name, value in MPI.items()),
                          f"exec mpirun --oversubscribe -n 2 {words}"])
        first = self.lab.submit("alice", "--ntasks=2", "--nodes=1", wrap=body)
        self.lab.wait((self.home / "batch.ckpt").exists, 60, "a checkpoint")
        self.lab.run("scancel", "--batch", "--signal=USR1", first)
        row = self.lab.wait_recorded(first, timeout_s=200)[first]
        self.assertEqual(row["State"], "FAILED", "exit code 4: stopped")
        self.assertNotEqual(self.checkpoint("batch"), self.checkpoint("whole"))
        second = self.lab.submit("alice", "--ntasks=2", "--nodes=1", wrap=body)
        self.assertEqual(self.lab.wait_recorded(second, timeout_s=200)[second]["State"], "COMPLETED")
        self.assertEqual(self.checkpoint("batch"), self.checkpoint("whole"))


if __name__ == "__main__":
    main()
