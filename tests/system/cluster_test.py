# SPDX-License-Identifier: GPL-2.0-or-later
"""The private cluster itself, with the stock Slurm: what all other system tests stand on."""

import contextlib
import os
import pathlib
import pwd
import signal
import unittest

from harness import ClusterCase, ClusterError, Lab, main
from labcluster import Settings, cluster, ports, process
from labcluster.settings import USERS

STOCK = {"plugins": None, "nodes": 4}


class StockClusterTest(ClusterCase):
    SETTINGS = STOCK

    def test_a_job_of_each_user_runs_as_that_user_and_is_accounted(self) -> None:
        jobs = {user: self.lab.submit(user, "--qos=short", wrap="id -un") for user in USERS}
        rows = self.lab.wait_recorded(*jobs.values())
        for user, job_id in jobs.items():
            with self.subTest(user=user):
                self.assertEqual((rows[job_id]["User"], rows[job_id]["State"], rows[job_id]["QOS"]),
                                 (user, "COMPLETED", "short"))
                said = (self.lab.root / "home" / user / f"slurm-{job_id}.out").read_text()
                self.assertEqual(said.strip(), user)

    def test_srun_gets_its_output_back(self) -> None:
        done = self.lab.run("srun", "--nodes=2", "--ntasks=2", "printenv", "SLURMD_NODENAME", user="carol")
        self.assertEqual(len(set(done.stdout.split())), 2)

    def test_a_running_job_survives_kill_9_of_slurmctld(self) -> None:
        job_id = self.lab.submit("bob", wrap="sleep 300")
        self.lab.wait_state(job_id, "RUNNING")
        # Slurm writes its job state within seconds of a change, not at once. On a slow machine it may have written this
        # job already; a change of our own is then what it writes next.
        state = self.lab.root / "state" / "job_state"
        written = state.stat().st_mtime if state.exists() else 0
        self.lab.run("scontrol", "update", f"jobid={job_id}", "comment=still here")
        self.lab.wait(lambda: state.exists() and state.stat().st_mtime > written, 30, "job state on disk")
        self.lab.kill_slurmctld()
        self.assertIsNone(self.lab.cluster.slurmctld.pid())
        self.lab.start_slurmctld()
        self.assertEqual(self.lab.state(job_id), "RUNNING")
        self.lab.run("scancel", job_id)
        self.assertEqual(self.lab.wait_recorded(job_id)[job_id]["State"].split()[0], "CANCELLED")

    def test_an_array_and_a_het_job_run(self) -> None:
        array = self.lab.submit("erin", "--array=1-3")
        het = self.lab.run("sbatch", "--parsable", "-n1", ":", "-n1", "--wrap=true", user="erin").stdout.strip()
        self.lab.wait_recorded(*(f"{array}_{task}" for task in (1, 2, 3)), f"{het}+0", f"{het}+1")

    def test_the_store_knows_who_asks(self) -> None:
        self.assertEqual(self.lab.psql("SELECT current_user AS me"), [{"me": "root"}])
        self.assertEqual(self.lab.psql("SELECT current_user AS me", user="alice"), [{"me": "alice"}])
        with self.assertRaises(ClusterError):
            self.lab.run("psql", self.lab.env["FORESHAPE_DB"] + " user=bob", "-c", "SELECT 1", user="alice")

    def test_a_second_cluster_runs_beside_it_on_other_ports(self) -> None:
        second = Lab.up(**STOCK)
        self.addCleanup(second.down)
        job_id = second.submit("alice", wrap="sleep 300")
        second.wait_state(job_id, "RUNNING")
        mine, other = self.lab.cluster.settings, second.cluster.settings
        self.assertTrue(mine.first_port + mine.port_count <= other.first_port
                        or other.first_port + other.port_count <= mine.first_port)
        self.assertNotIn(job_id, [job["id"] for job in self.lab.jobs() if job["user"] == "alice"])


class ManyNodesTest(unittest.TestCase):
    NODES = 256

    def test_a_job_on_256_nodes_runs_with_our_plugins(self) -> None:
        lab = Lab.up(nodes=self.NODES, cpus=1, postgres=False)
        self.addCleanup(lab.down)
        job_id = lab.submit("alice", f"--nodes={self.NODES}", "--exclusive")
        self.assertEqual(lab.wait_recorded(job_id, timeout_s=120)[job_id]["State"], "COMPLETED")
        self.assertNotIn(None, lab.cluster.status().values())


class DownTest(unittest.TestCase):
    def test_down_leaves_no_process_no_file_and_no_port(self) -> None:
        lab = Lab.up(**STOCK)
        self.addCleanup(lab.down)
        # The second one sheds environment, session and parent: found through slurmstepd's tree.
        job_id = lab.submit("dave", wrap="sleep 1001 & env -i setsid sleep 1001")
        lab.wait_state(job_id, "RUNNING")
        waiting = lab.start("srun", "sleep", "1001", user="alice")
        lab.wait(lambda: len(_pids_of("sleep 1001")) == 3, 30, "three sleeping tasks")
        lab.down()
        waiting.communicate(timeout=10)
        self.assertEqual(process.processes_of(lab.root), [])
        self.assertEqual(_pids_of("sleep 1001"), [])
        self.assertFalse(lab.root.exists())
        self.assertNotIn(lab.root, ports.clusters())
        lab.down()  # and once more, which finds nothing to do

    def test_down_works_after_daemons_were_killed(self) -> None:
        lab = Lab.up(**STOCK)
        self.addCleanup(lab.down)
        for pid in process.processes_of(lab.root):
            with contextlib.suppress(ProcessLookupError):  # one may end with another
                os.kill(pid, signal.SIGKILL)
        lab.down()
        self.assertFalse(lab.root.exists())

    def test_a_failed_start_says_why_and_cleans_up(self) -> None:
        root = cluster.new_root()
        settings = Settings(root=root, plugins=None, slurm_conf={"SelectType": "select/nonsense"})
        with self.assertRaisesRegex(ClusterError, "nonsense"):
            cluster.Cluster.up(settings)
        self.assertEqual(process.processes_of(root), [])
        self.assertFalse(root.exists())
        self.assertNotIn(root, ports.clusters())

    def test_a_directory_with_something_in_it_is_refused_and_left_alone(self) -> None:
        root = cluster.new_root()
        keep = root / "thesis.tex"
        keep.write_text("ten years of work")
        with self.assertRaisesRegex(ClusterError, "not empty"):
            Lab(cluster.Cluster.up(Settings(root=root, plugins=None)))
        cluster.remove(root)
        self.assertTrue(keep.exists())
        keep.unlink()
        root.rmdir()

    def test_a_users_shell_that_looks_at_the_cluster_is_left_alone(self) -> None:
        lab = Lab.up(**STOCK)
        self.addCleanup(lab.down)
        shell = lab.start("sleep", "1002", user="alice")
        self.addCleanup(shell.communicate)
        self.addCleanup(shell.terminate)
        lab.down()
        self.assertIsNone(shell.poll())


def _pids_of(words: str) -> list[int]:
    """Live processes that run this command, however it was found ("sleep", "/usr/bin/sleep")."""
    pids = [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if process.command_name(pid) == words.split()[0]
            and process.command_line(pid).strip().endswith(words) and process.is_alive(pid)]


class UsersTest(unittest.TestCase):
    def test_users_live_as_long_as_the_last_cluster(self) -> None:
        first, second = Lab.up(**STOCK), Lab.up(**STOCK)
        self.addCleanup(first.down)
        self.addCleanup(second.down)
        first.down()
        for user in USERS:
            pwd.getpwnam(user)  # KeyError if it went with the first cluster


if __name__ == "__main__":
    main()
