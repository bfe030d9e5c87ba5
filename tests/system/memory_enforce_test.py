# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory=enforce on a real Slurm that kills what uses too much: whose memory is shaped, who gets the request back."""

import json
import time

from harness import main
from labcluster.settings import BUILD
from labcluster.slurm_conf import slurm_version
from shaped import ENFORCE, OTHER_USER, PLANNED, QUICK, REQUESTED, TOO_MUCH_MIB, USER, MemoryCase


KEEPS_FAILED = (26, 5)  # accounting does, of a run that had ended before it was queued again
TASKS = 12
TOO_LARGE = (3, TASKS - 1)  # the last one has the number of the whole array


class EnforceTest(MemoryCase):
    IN_ORDER = True

    @classmethod
    def history(cls) -> list[str]:
        return [*super().history(), *(cls.relax(60, 4, "--job-name=sweep", user=OTHER_USER) for _ in range(12))]

    def test_of_an_array_the_tasks_that_are_killed_are_queued_again_and_no_other(self) -> None:
        """The killed ones end last: two of a user's first two would be too many, and end the shaping of that user."""
        before = self.counted()
        work = (f"mib=60; case $SLURM_ARRAY_TASK_ID in {'|'.join(map(str, TOO_LARGE))}) mib={TOO_MUCH_MIB}; sleep 6;; esac; "
                f"echo run >> ran.$SLURM_JOB_ID; exec /usr/bin/python3 {self.habit} memory $mib 3")
        array = self.lab.submit(OTHER_USER, "--job-name=sweep", "--time=10", f"--mem={REQUESTED}", f"--array=0-{TASKS - 1}", wrap=work)
        tasks = [f"{array}_{number}" for number in range(TASKS)]
        self.lab.wait(lambda: self.counted()["shaped"] == before["shaped"] + TASKS, 10, "each task counted")
        self.lab.wait(lambda: all(self.lab.state(task) == "COMPLETED" for task in tasks), 90, "all tasks COMPLETED")
        for number, task in enumerate(tasks):
            with self.subTest(task=task):
                job = self.lab.job(task)
                expected = ("1", REQUESTED, 2) if number in TOO_LARGE else ("0", PLANNED, 1)
                self.assertEqual((job["Restarts"], job["MinMemoryNode"], self.runs(job["JobId"])), expected)
        self.assertEqual(self.lab.job(tasks[-1])["JobId"], array, "this one is the one with the array's number")
        self.lab.wait(lambda: self.counted()["requeues"] == before["requeues"] + len(TOO_LARGE), 10, "the requeues counted")

    def test_a_shaped_job_has_less_than_requested_and_completes(self) -> None:
        before = self.counted()
        job_id = self.relax(60, 2)
        self.assertEqual(self.memory(job_id), PLANNED)
        self.assertRegex(self.lab.job(job_id)["AdminComment"], r"^foreshape=[0-9a-f]{16} foreshape_memory:512M/2000M$")
        self.assertEqual(self.lab.wait_state(job_id, "COMPLETED")["Restarts"], "0")
        self.lab.wait(lambda: self.counted()["shaped"] == before["shaped"] + 1, 10, "the shaped job counted")
        self.assertAlmostEqual(self.counted()["saved_gib"] - before["saved_gib"], (2000 - 512) / 1024, places=3)
        said = self.lab.run("foreshape", "status", check=False).stdout
        self.assertRegex(said, r"Memory +\d+ jobs submitted with less than requested, \d+\.\d GiB saved")

    def test_a_killed_job_is_queued_again_once_with_its_own_request_and_completes(self) -> None:
        before = self.counted()
        job_id = self.relax(TOO_MUCH_MIB, 3)
        self.assertEqual(self.memory(job_id), PLANNED)
        self.assert_recovered(job_id)
        comment = self.lab.job(job_id)["AdminComment"]
        self.assertIn("foreshape_memory:512M/2000M,returned (killed with 512M, queued again with the 2000M requested)", comment)
        self.lab.wait(lambda: self.counted()["returns"] > before["returns"], 10, "the return counted")
        after = self.counted()
        self.assertEqual([after[key] - before[key] for key in ("kills", "requeues", "returns")], [1, 1, 1])
        notices = [record for record in self.journal() if record["kind"] == "notice"]
        self.assertTrue(any(f"job {job_id} uid=" in notice["text"] for notice in notices), notices)
        self.lab.wait(lambda: self.ended_for_want(job_id), 10, "the kill in the journal, as one for want of memory")
        self.assert_booked(job_id)

    def assert_booked(self, job_id: str, cpus: int = 1) -> None:
        """The killed run is lost with the 512 MiB that it held, and the second one got its 2000 MiB: both as long as accounting says."""
        seconds: dict[str, int] = {}

        def are_both_recorded() -> bool:  # the first one is at once
            runs = self.lab.sacct("--allocations", "--duplicates", f"--jobs={job_id}", fields=("State", "ElapsedRaw"))
            seconds.update({run["State"]: int(run["ElapsedRaw"]) for run in runs})
            return len(runs) == 2 and "COMPLETED" in seconds

        self.lab.wait(are_both_recorded, 60, "both runs in accounting")
        self.lab.learn()
        said = json.loads(self.lab.run("sshape", "savings", "--json", f"--jobs={job_id}", user="root").stdout)
        booked = said["savings"][0]
        counts = [booked[key] for key in ("jobs", "unknown_runs", "shaped_runs", "killed_runs", "reruns")]
        hour_s = 3600
        if slurm_version() >= KEEPS_FAILED:  # its second run is a job of its own to accounting, and to us
            self.assertEqual(counts, [2, 0, 0, 1, 0], booked)
            expected_hours = {"gib_hours_lost": 512 / 1024 * seconds["FAILED"] / hour_s,
                              "core_hours_lost": cpus * seconds["FAILED"] / hour_s}
        else:
            self.assertEqual(counts, [1, 0, 0, 1, 1], booked)
            expected_hours = {"gib_hours_requested": 2000 / 1024 * seconds["COMPLETED"] / hour_s,
                              "gib_hours_allocated": 2000 / 1024 * seconds["COMPLETED"] / hour_s,
                              "gib_hours_given_back": 0,
                              "gib_hours_lost": 512 / 1024 * seconds["REQUEUED"] / hour_s,
                              "core_hours_lost": cpus * seconds["REQUEUED"] / hour_s}
        for key, expected in expected_hours.items():
            self.assertAlmostEqual(booked[key], expected, places=9, msg=f"{key} of {booked}, {seconds}")

    def test_the_next_one_like_it_keeps_its_request_also_after_a_restart(self) -> None:
        self.assertEqual(self.memory(self.relax(60, 1)), REQUESTED)
        self.assertEqual(self.memory(self.relax(60, 1, user=OTHER_USER)), PLANNED)
        self.lab.save_jobs()  # else their numbers are given again, and the node drained: it knows them
        self.lab.cluster.restart_slurmctld(kill=True)
        self.lab.wait(lambda: self.lab.plugin_status()["pid"] == self.lab.cluster.slurmctld.pid(), 30, "the next slurmctld's agent")
        self.lab.wait(lambda: self.lab.plugin_status()["recall"]["done"], 30, "the journal read")
        self.assertEqual(self.memory(self.relax(60, 1)), REQUESTED)

    def test_a_request_per_cpu_is_less_for_each_of_them_and_comes_back_after_a_kill(self) -> None:
        """512 MiB on four CPUs. Whoever gets more CPUs than requested has more memory, as ever."""
        fits = self.relax_per_cpu(60, 1)
        self.assertEqual(self.lab.job(fits)["MinMemoryCPU"], "128M")
        self.assertIn("foreshape_memory:512M/2000M,cpus:4", self.lab.job(fits)["AdminComment"])
        self.assertEqual(self.lab.wait_state(fits, "COMPLETED")["Restarts"], "0")
        killed = self.relax_per_cpu(TOO_MUCH_MIB, 3)
        self.assertEqual(self.lab.job(killed)["MinMemoryCPU"], "128M")
        self.lab.wait(lambda: self.lab.state(killed) == "COMPLETED", 60, "the killed one, run again")
        again = self.lab.job(killed)
        self.assertEqual((again["Restarts"], again["MinMemoryCPU"], self.runs(killed)), ("1", "500M", 2))
        self.assertIn("foreshape_memory:512M/2000M,cpus:4,returned (killed with 512M", again["AdminComment"])
        self.assert_booked(killed, cpus=4)

    def relax_per_cpu(self, mib: int, sleep_s: int) -> str:
        work = f"echo run >> ran.$SLURM_JOB_ID; exec /usr/bin/python3 {self.habit} memory {mib} {sleep_s}"
        return self.lab.submit(OTHER_USER, "--job-name=relax", "--time=10", "--mem-per-cpu=500M", "--nodes=1", "--ntasks=4",
                               wrap=work)

    def ended_for_want(self, job_id: str) -> bool:
        return any(record["kind"] == "outcome" and str(record["job_id"]) == job_id and record["state"].upper() == "OUT_OF_MEMORY"
                   for record in self.journal())


class UntouchedTest(MemoryCase):
    IN_ORDER = True

    def test_who_may_not_be_touched_is_not(self) -> None:
        for options in (["--no-requeue"], ["--comment=foreshape=off"], ["--mem=0"], ["--exclusive"],
                        ["--mem-per-cpu=500M", "--ntasks=4"], ["--job-name=never_seen"], ["--oversubscribe"]):
            with self.subTest(options=options):
                plain = "--mem=0" in options or "--mem-per-cpu=500M" in options
                job_id = self.lab.submit(USER, "--hold", "--job-name=relax", "--time=10", *([] if plain else ["--mem=2000M"]),
                                         *options, wrap="true")
                job = self.lab.job(job_id)
                cold = options == ["--job-name=never_seen"]
                self.assertEqual(f"foreshape_memory:{REQUESTED}/{REQUESTED}" in job.get("AdminComment", ""), cold)
                self.assertNotIn(f"foreshape_memory:{PLANNED}", job.get("AdminComment", ""))
                if not plain:
                    self.assertEqual(job["MinMemoryNode"], "2000M")
                self.lab.run("scancel", job_id)
        said = self.lab.submit(USER, "--hold", "--job-name=relax", "--time=10", wrap="true")
        self.assertNotIn("foreshape_memory", self.lab.job(said).get("AdminComment", ""), "it requested nothing")
        with_step = self.relax_script("srun --mem=2000M true")
        self.assertNotIn("foreshape_memory", self.lab.job(with_step).get("AdminComment", ""))
        self.lab.run("scancel", said, with_step)

    def relax_script(self, script: str) -> str:
        return self.lab.submit(USER, "--hold", "--job-name=relax", "--time=10", "--mem=2000M", wrap=script)

    def test_interactive_jobs_are_not(self) -> None:
        options = ("--job-name=relax", "--time=10", "--mem=2000M")
        look = ("sh", "-c", "scontrol --oneliner show job $SLURM_JOB_ID")
        for command in (("srun", *options, *look), ("salloc", *options, *look)):
            said = self.lab.run(*command, user=USER).stdout
            self.assertIn("MinMemoryNode=2000M", said)
            self.assertNotIn("foreshape_memory", said)

    def test_a_job_that_was_not_shaped_stays_dead(self) -> None:
        job_id = self.relax(2300, 3, "--no-requeue")
        self.lab.wait_state(job_id, "FAILED", "OUT_OF_MEMORY")
        other = self.relax(2300, 3, "--comment=foreshape=off")
        self.lab.wait_state(other, "FAILED", "OUT_OF_MEMORY")
        self.wait_for_passes()
        for dead in (job_id, other):
            self.assertEqual((self.lab.job(dead)["Restarts"], self.runs(dead)), ("0", 1))

    def test_its_users_own_change_ends_our_say(self) -> None:
        job_id = self.relax(TOO_MUCH_MIB, 3, "--hold")
        self.assertEqual(self.memory(job_id), PLANNED)
        self.lab.run("scontrol", "update", f"jobid={job_id}", "minmemorynode=300", user=USER)
        self.lab.run("scontrol", "release", job_id, user=USER)
        self.lab.wait_state(job_id, "FAILED", "OUT_OF_MEMORY")
        self.wait_for_passes()
        self.assertEqual((self.lab.job(job_id)["Restarts"], self.memory(job_id)), ("0", "300M"))

    def test_a_job_that_somebody_queues_again_has_its_request(self) -> None:
        job_id = self.relax(60, 60)
        self.lab.wait_state(job_id, "RUNNING")
        self.assertEqual(self.memory(job_id), PLANNED)
        self.lab.run("scontrol", "requeue", job_id)
        self.lab.wait(lambda: self.memory(job_id) == REQUESTED, 20, "the request given back")
        self.lab.run("scancel", job_id)

    def test_where_it_is_enforced_no_more_waiting_jobs_get_their_request_and_a_dry_run_changes_nothing(self) -> None:
        waiting = self.relax(60, 1, "--hold")
        self.assertEqual(self.memory(waiting), PLANNED)
        self.conf([*QUICK, "Memory=dry-run"])
        self.lab.wait(lambda: self.memory(waiting) == REQUESTED, 20, "the request given back")
        self.assertEqual(self.lab.job(waiting)["Priority"], "0", "its user's hold stays")
        before = self.counted()["would_shape"]
        dry = self.relax(60, 1)
        self.assertEqual(self.memory(dry), REQUESTED)
        self.assertRegex(self.lab.job(dry)["AdminComment"], r"^foreshape=[0-9a-f]{16}$")
        self.lab.wait_state(dry, "COMPLETED")
        self.lab.wait(lambda: self.counted()["would_shape"] == before + 1, 10, "what would have been, counted")
        self.lab.run("scancel", waiting)

    def wait_for_passes(self) -> None:
        """Two more looks of the agent at the end of it."""
        written = self.lab.plugin_status()["written"]
        self.lab.wait(lambda: self.lab.plugin_status()["written"] >= written + 3, 20, "three seconds of passes")


class KilledSlurmctldTest(MemoryCase):
    """kill -9 of slurmctld at each of the moments that matter."""

    SETTINGS = MemoryCase.SETTINGS | {"plugins": BUILD / "lib" / "slurm-faulty"}

    def restart(self, fault: str) -> None:
        conf = self.lab.cluster.settings.conf.parent / "foreshape.conf"
        self.assertIn("Memory=enforce", conf.read_text())
        self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": fault} if fault else {}
        self.lab.cluster.restart_slurmctld()
        daemon = self.lab.cluster.slurmctld
        self.lab.wait(lambda: self.lab.plugin_status().get("pid") == daemon.pid()
                      and self.lab.plugin_status()["profiles"]["users"] == 2, 30, "the profiles loaded")

    def test_between_the_requeue_and_the_memory(self) -> None:
        self.restart("memory_between")
        job_id = self.relax(TOO_MUCH_MIB, 3)
        self.assertEqual(self.memory(job_id), PLANNED)
        self.lab.wait(lambda: self.lab.cluster.slurmctld.pid() is None, 60, "slurmctld dead of the fault")
        self.lab.cluster.settings.slurmctld_env = {}
        self.lab.start_slurmctld()
        self.assert_recovered(job_id)
        self.assertIn("killed with 512M", self.lab.job(job_id)["AdminComment"])

    def test_before_anybody_saw_the_kill(self) -> None:
        self.restart("")
        self.conf(["AgentInterval=60", "Memory=enforce"])
        job_id = self.relax(TOO_MUCH_MIB, 3, user=OTHER_USER)
        self.assertEqual(self.memory(job_id), PLANNED)
        others = self.lab.submit("carol", wrap="exit 1")
        for failed in (job_id, others):
            self.lab.wait_state(failed, "FAILED")
        self.lab.save_jobs()
        self.lab.kill_slurmctld()
        self.enforce_at_start()
        self.lab.start_slurmctld()
        if self.slurm_keeps_completing(others):
            said = f"job {job_id}: queued again, but this Slurm keeps it COMPLETING"
            self.lab.wait(lambda: said in self.lab.log(), 90, "the way out said")
            self.lab.run("scontrol", "reconfigure")
            self.lab.wait(lambda: self.lab.state(job_id) == "PENDING", 30, "it waits, for Slurm's own two minutes")
        self.assert_recovered(job_id, timeout_s=180)

    def slurm_keeps_completing(self, failed: str) -> bool:
        """Whoever queues a job again that had ended before slurmctld was started: so does 24.11, with everybody's."""
        self.lab.run("scontrol", "requeue", failed)
        time.sleep(5)
        return self.lab.state(failed) == "COMPLETING"

    def enforce_at_start(self) -> None:
        path = self.lab.cluster.settings.conf.parent / "foreshape.conf"
        path.write_text("\n".join([f"StateDir={self.lab.cluster.settings.state_dir}", *ENFORCE]) + "\n")


if __name__ == "__main__":
    main()
