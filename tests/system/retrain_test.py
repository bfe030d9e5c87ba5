# SPDX-License-Identifier: GPL-2.0-or-later
"""The retraining cron job on a running cluster: a model of its own history comes into force, or nothing changes."""

import pathlib
import pwd
import random
import time

from harness import ClusterCase, main

USERS = ("alice", "bob", "carol", "erin")
NAMES = ("relax", "equilibrate", "analyse")
# The ranks share this machine's processors with the cluster.
LAUNCHER = "mpirun --allow-run-as-root --oversubscribe -n 2"
MPI = {"OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


def write_past(path: pathlib.Path, jobs: int) -> None:
    """What sacct would print of the months before: each user's run times depend on the job's name and size."""
    dice, now = random.Random(11), int(time.time()) - jobs * 120 - 86_400
    lines = ["JobID|JobIDRaw|Cluster|User|UID|Account|State|Submit|Start|End|ElapsedRaw|NCPUS|ReqCPUS|TimelimitRaw|JobName"]
    for number in range(1, jobs + 1):
        now += dice.randrange(20, 200)
        who, what, cpus = dice.randrange(len(USERS)), dice.randrange(len(NAMES)), dice.choice((1, 2, 4))
        user = pwd.getpwnam(USERS[who])
        run = max(1, round(40 * (who + 1) * (what + 1) * cpus**0.5 * dice.lognormvariate(0, 0.2)))
        start, job_id = now + 5, 1_000_000 + number
        said = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) for moment in (now, start, start + run)]
        lines.append("|".join(map(str, (job_id, job_id, "lab", USERS[who], user.pw_uid, "physics", "COMPLETED", *said, run,
                                        cpus, cpus, 60, NAMES[what]))))
    path.write_text("\n".join(lines) + "\n")


class RetrainTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 2, "foreshape_conf": ["AgentInterval=1"]}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        dump = cls.lab.root / "past.sacct"
        write_past(dump, 3000)
        cls.lab.run("foreshape", "migrate")
        cls.lab.run("foreshape", "ingest", "sacct", "--utc", "--file", str(dump))
        cls.pid = cls.lab.cluster.slurmctld.pid()
        cls.lab.wait(lambda: cls.lab.plugin_status() != {}, 30, "the agent's first pass, once slurm.conf was read a while ago")

    def retrain(self, *words: str, expect: int) -> str:
        done = self.lab.run("foreshape", "retrain", "--window", "0.1", "--launcher", LAUNCHER, *words, check=False,
                            timeout_s=300, env=MPI)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def in_force(self) -> str:
        return self.lab.plugin_status()["model"]["checksum"]

    def predicted(self, user: str) -> dict[str, str]:
        """The report's row of a job that is submitted now, ended and ingested."""
        job_id = self.lab.submit(user, "--time=60", "--ntasks=2", "--job-name=relax", wrap="sleep 1")
        self.lab.wait_recorded(job_id)
        self.lab.run("foreshape", "ingest", "journal", str(self.lab.cluster.settings.state_dir / "journal"))
        self.lab.run("foreshape", "ingest", "sacct")
        fields = ("Model", "Evidence")
        said = self.lab.run("sshape", "-a", "-S", "now-1hour", "-nP", "-j", job_id, "-o", ",".join(fields)).stdout
        return dict(zip(fields, said.strip().split("|"), strict=True))

    def test_the_first_model_comes_into_force_with_the_profiles_it_needs(self) -> None:
        self.assertEqual(self.in_force(), "")
        said = self.retrain("--steps", "600", expect=0)
        self.assertIn("the new model was promoted", said)
        self.lab.wait(lambda: self.in_force() != "", 30, "the plugin serves it")
        self.lab.wait(lambda: self.lab.plugin_status()["profiles"]["users"] >= len(USERS), 30, "the snapshot is loaded")
        self.assertEqual(self.lab.cluster.slurmctld.pid(), self.pid, "nothing was restarted")
        row = self.predicted("carol")
        self.assertEqual((row["Model"], row["Evidence"]), (self.in_force(), "user"))

    def test_what_is_no_better_is_kept_out(self) -> None:
        before = self.in_force()
        said = self.retrain("--full", "--steps", "1", expect=3)
        self.assertIn("not promoted: run time: pinball loss", said)
        time.sleep(3)  # three passes of the agent
        self.assertEqual(self.in_force(), before)

    def test_a_store_that_is_gone_is_a_failure_that_changes_nothing(self) -> None:
        before = self.in_force()
        said = self.retrain("--db", "host=/nowhere dbname=none", expect=1)
        self.assertIn("error:", said)
        self.assertEqual(self.in_force(), before)

    def test_every_night_it_goes_on_from_the_champion_and_on_sundays_anew(self) -> None:
        before = self.in_force()
        for words in ((), ("--full",)):  # as setup_test runs it from cron: without a word about how many ranks
            done = self.lab.run("foreshape", "retrain", *words, check=False, timeout_s=300,
                                env=MPI | {"OMPI_MCA_rmaps_base_oversubscribe": "1"})
            self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
            self.assertRegex(done.stdout + done.stderr, r"the new model was (not )?promoted")
        self.lab.wait(lambda: self.in_force() != "", 30, "a model in force")
        listed = self.lab.run("foreshape", "model", "list").stdout
        self.assertIn(before, listed)
        self.assertEqual(self.lab.plugin_status()["faults"], 0)
        self.assertEqual(self.lab.cluster.slurmctld.pid(), self.pid)


if __name__ == "__main__":
    main()
