# SPDX-License-Identifier: GPL-2.0-or-later
"""Five users with habits: what they submit, so that their next jobs can be foreseen from their last ones.

alice computes, bob needs memory, carol submits arrays, dave reads, writes and sometimes fails, erin works
interactively, in het jobs, changes her mind and once forgets the time limit.
"""

import pathlib
import random
import subprocess
from collections.abc import Callable

from harness import Lab

JOBS_OF_A_HALF = 100
PROGRAM = pathlib.Path(__file__).with_name("habit.py")


class Workload:
    """Submits jobs and remembers how many there must be. Interactive ones run in the background until wait()."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab = lab
        self.random = random.Random(seed)
        self.clients: list[subprocess.Popen[str]] = []
        self.submitted = 0
        # Users can't read the source tree everywhere; the program lies where everybody can.
        self.program = lab.root / "scratch" / PROGRAM.name
        self.program.write_bytes(PROGRAM.read_bytes())

    def half(self) -> None:
        """100 jobs, in an order that mixes the users."""
        acts: list[tuple[Callable[[], None], int]] = [
            (self.compute, 20), (self.fill_memory, 20), (self.array_of_four, 5), (self.read_and_write, 16),
            (self.fail, 4), (self.srun, 8), (self.salloc, 4), (self.het_of_two, 2), (self.cancel_running, 2),
            (self.cancel_waiting, 2)]
        order = [act for act, times in acts for _ in range(times)]
        self.random.shuffle(order)
        for act in order:
            act()

    def compute(self) -> None:
        self._batch("alice", f"relax_{self.submitted}", "--cpus-per-task=2", "--mem=2G", "--time=60",
                    run=f"compute {self._some(0.3, 0.6):.2f} {self._some(2, 4)}")

    def fill_memory(self) -> None:
        self._batch("bob", f"assemble_{self.submitted}", "--mem=1G", "--time=30",
                    run=f"memory {self._some(60, 90):.0f} {self._some(3, 5)}")

    def array_of_four(self) -> None:
        self._batch("carol", "sweep", "--array=1-4", "--time=20", run=f"sleep {self._some(2, 4)}")
        self.submitted += 3

    def read_and_write(self) -> None:
        self._batch("dave", f"convert_{self.submitted}", "--time=15", "--mem=500M",
                    run=f"io {self._some(4, 8):.0f} {self._some(2, 4)}")

    def fail(self) -> None:
        self._batch("dave", "verify", "--time=15", "--mem=500M", run=f"fail {self._some(2, 3)}")

    def srun(self) -> None:
        self._client("srun", "--job-name=probe", "--time=5", "sleep", str(self._some(2, 3)))

    def salloc(self) -> None:
        self._client("salloc", "--job-name=shell", "--time=10", "srun", "sleep", str(self._some(2, 3)))

    def het_of_two(self) -> None:
        self.lab.run("sbatch", "--job-name=coupled", "--time=5", "-n1", ":", "-n2",
                     f"--wrap=sleep {self._some(2, 3)}", user="erin")
        self.submitted += 2

    def cancel_running(self) -> None:
        job_id = self._batch("erin", "retry", "--time=10", run="sleep 600")
        self.lab.wait_state(job_id, "RUNNING")
        self.lab.run("scancel", job_id, user="erin")

    def cancel_waiting(self) -> None:
        # Waits for all nodes. Not --hold: sacct tells nothing of jobs that were never eligible.
        job_id = self._batch("erin", "later", "--time=10", "--nodes=8", "--exclusive", run="sleep 600")
        self.lab.run("scancel", job_id, user="erin")

    def time_out(self) -> str:
        """A job that will reach its limit: Slurm's shortest is a minute."""
        return self._batch("erin", "forgotten", "--time=1", run="sleep 600")

    def wait(self) -> None:
        """Until srun and salloc are back."""
        for client in self.clients:
            output, _ = client.communicate(timeout=120)
            assert client.returncode == 0, output
        self.clients.clear()

    def _some(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 2)

    def _batch(self, user: str, name: str, *options: str, run: str) -> str:
        self.submitted += 1
        command = run if run.startswith("sleep") else f"/usr/bin/python3 -ISB {self.program} {run}"
        return self.lab.submit(user, f"--job-name={name}", "--output=/dev/null", *options, wrap=f"exec {command}")

    def _client(self, *command: str) -> None:
        self.submitted += 1
        self.clients.append(self.lab.start(*command, user="erin"))
