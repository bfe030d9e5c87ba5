# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory=enforce on a real Slurm: jobs that wait are sized again when evidence arrives, before they start."""

from harness import main
from labcluster.settings import BUILD
from shaped import PLANNED, REQUESTED, TOO_MUCH_MIB, USER, MemoryCase

CPUS = 12
COLD = "--job-name=anneal"
WAITING = 20


class WaitingTest(MemoryCase):
    """Jobs of a name that nobody knows wait on a full cluster while their siblings end."""

    SETTINGS = MemoryCase.SETTINGS | {"cpus": CPUS, "plugins": BUILD / "lib" / "slurm-faulty"}
    IN_ORDER = True

    def test_waiting_jobs_are_given_less_when_their_siblings_are_known_also_across_kill_9(self) -> None:
        siblings = [self.relax(60, 10, COLD) for _ in range(CPUS)]
        for job_id in siblings:
            self.lab.wait_state(job_id, "RUNNING")
        blocker = self.lab.submit("root", "--priority=1000000", f"--cpus-per-task={CPUS}", "--mem=100M", "--time=20", wrap="sleep 900")
        cold = [self.relax(60, 1, COLD) for _ in range(WAITING)]
        array = self.relax(60, 1, COLD, "--array=0-2")
        untouched = self.others()
        self.assertEqual({self.memory(job_id) for job_id in cold}, {REQUESTED})
        self.assertRegex(self.lab.job(cold[0])["AdminComment"], r"^foreshape=[0-9a-f]{16} foreshape_memory:2000M/2000M$")
        self.lab.wait_recorded(*siblings, timeout_s=120)
        self.lab.wait_state(blocker, "RUNNING")
        changed = cold.pop()
        self.lab.run("scontrol", "update", f"jobid={changed}", "minmemorynode=1500", user=USER)

        self.restart("memory_resized")
        self.lab.learn()
        self.start_after_death("memory_resized_saved")
        self.start_after_death("")
        waiting = [*cold, array]
        self.lab.wait(lambda: self.sized(waiting) == len(waiting), 60, "every waiting job of that name sized again")
        self.assertEqual({self.lab.state(job_id) for job_id in waiting}, {"PENDING"}, "before they start")
        self.lab.wait(lambda: self.counted()["resized"] > 0, 10, "they are counted")
        self.lab.wait(lambda: len(self.told(cold)) >= len(cold) - 2, 10, "the journal has them")
        self.assertEqual(self.memory(changed), "1500M", "its user's own figure stays")
        for job_id, memory in untouched.items():
            self.assertEqual(self.memory(job_id), memory, self.lab.job(job_id))

        self.lab.run("scancel", blocker, *untouched)
        self.lab.wait_recorded(*cold, changed, timeout_s=120)
        tasks = [f"{array}_{number}" for number in range(3)]
        self.lab.wait(lambda: all(self.lab.state(task) == "COMPLETED" for task in tasks), 60, "the array COMPLETED")
        for job_id in [*cold, *tasks]:
            job = self.lab.job(job_id)
            self.assertEqual((job["JobState"], job["Restarts"], self.memory(job_id)), ("COMPLETED", "0", PLANNED))
        recorded = {row["JobIDRaw"]: row for row in self.lab.sacct("--allocations", fields=("JobIDRaw", "ReqMem"))}
        self.assertEqual({recorded[job_id]["ReqMem"] for job_id in cold}, {PLANNED})
        self.assertEqual(self.requested_in_store(cold), {2000 << 20}, "predictions go on from what was requested")

    def others(self) -> dict[str, str]:
        """Jobs that nobody may touch, or that are like no sibling, and what they must keep."""
        kept = {self.relax(60, 1, COLD, *options): REQUESTED
                for options in (["--no-requeue"], ["--comment=foreshape=off"], ["--job-name=temper"])}
        minding = self.lab.submit(USER, COLD, "--time=10", f"--mem={REQUESTED}", wrap=f"srun --mem={REQUESTED} true")
        return kept | {minding: REQUESTED}

    def restart(self, fault: str) -> None:
        """A slurmctld that dies by SIGKILL when it has given a job another figure: at once, or when Slurm has that on its disk."""
        self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": fault}
        self.lab.cluster.restart_slurmctld()
        daemon = self.lab.cluster.slurmctld
        self.lab.wait(lambda: self.lab.plugin_status().get("pid") == daemon.pid(), 30, "the agent at work")

    def start_after_death(self, next_fault: str) -> None:
        self.lab.wait(lambda: self.lab.cluster.slurmctld.pid() is None, 60, "slurmctld dead of the fault")
        self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": next_fault} if next_fault else {}
        self.lab.start_slurmctld()

    def sized(self, job_ids: list[str]) -> int:
        """How many have less; each of them, whenever slurmctld died, with a figure and a mark that belong together."""
        jobs = [job for job in self.lab.show("job") if job["JobId"] in job_ids]
        for job in jobs:
            self.assertIn(f"foreshape_memory:{job['MinMemoryNode']}/{REQUESTED}", job["AdminComment"])
        return sum(job["MinMemoryNode"] == PLANNED for job in jobs)

    def told(self, job_ids: list[str]) -> set[str]:
        texts = [record["text"] for record in self.journal() if record["kind"] == "notice"]
        return {job_id for job_id in job_ids for text in texts if text.startswith(f"job {job_id} uid=") and "waited with 2000M" in text}

    def requested_in_store(self, job_ids: list[str]) -> set[int]:
        self.lab.learn()
        rows = self.lab.psql(f"SELECT DISTINCT requested_memory_bytes AS bytes FROM foreshape.job WHERE job_id IN ({','.join(job_ids)})")
        return {int(row["bytes"]) for row in rows}


class RequestAgainTest(MemoryCase):
    IN_ORDER = True  # a killed job of a user ends the shaping of those like it

    def test_a_waiting_job_that_may_not_be_requeued_any_more_gets_its_request(self) -> None:
        for change in ("requeue=0", "comment=foreshape=off"):
            waiting = self.relax(60, 1, "--hold", user="bob")
            self.assertEqual(self.memory(waiting), PLANNED)
            self.lab.run("scontrol", "update", f"jobid={waiting}", change, user="bob")
            self.lab.wait(lambda job_id=waiting: self.memory(job_id) == REQUESTED, 20, "the request given back")
            self.lab.run("scancel", waiting)

    def test_waiting_jobs_get_their_request_once_a_sibling_was_killed(self) -> None:
        waiting = [self.relax(60, 1, "--hold") for _ in range(5)]
        self.assertEqual({self.memory(job_id) for job_id in waiting}, {PLANNED})
        self.assert_recovered(self.relax(TOO_MUCH_MIB, 3))
        self.lab.wait(lambda: {self.memory(job_id) for job_id in waiting} == {REQUESTED}, 20, "the request of those that wait")
        self.assertIn("foreshape_memory:2000M/2000M,was:512M", self.lab.job(waiting[0])["AdminComment"])
        self.assertEqual(self.lab.job(waiting[0])["Priority"], "0", "its user's hold stays")
        self.lab.run("scancel", *waiting)

    def test_a_job_that_started_in_the_moment_of_a_change_is_recovered(self) -> None:
        """Slurm takes the comment of such a change and refuses its figure: here it is left as that leaves it."""
        job_id = self.relax(TOO_MUCH_MIB, 3, "--begin=now+4", user="bob")
        tag = self.lab.job(job_id)["AdminComment"].split()[0]
        self.lab.run("scontrol", "update", f"jobid={job_id}", f"admincomment={tag} foreshape_memory:1024M/2000M,was:512M")
        self.assert_recovered(job_id)
        self.assertIn("killed with 512M", self.lab.job(job_id)["AdminComment"])


if __name__ == "__main__":
    main()
