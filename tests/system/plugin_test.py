# SPDX-License-Identifier: GPL-2.0-or-later
"""Both plugins in a real slurmctld: as a drop-in for backfill (recommended) and as sched/foreshape."""

import json
import pwd
import re
import subprocess
import time

from harness import ClusterCase, main
from labcluster import slurm_conf
from labcluster.settings import BUILD

QUICK = ["AgentInterval=1"]
SMALL = {"nodes": 2, "postgres": False, "foreshape_conf": QUICK}


class PluginCase(ClusterCase):
    def journal(self) -> list[dict]:
        """Every record so far; the journal's thread looks at its queue ten times a second."""
        directory = self.lab.cluster.settings.state_dir / "journal"
        said = self.lab.run(str(BUILD / "bin" / "foreshape"), "journal", "--json", f"--directory={directory}").stdout
        return [json.loads(line) for line in said.splitlines()]

    def tag(self, job_id: str) -> str:
        """The token in the job's admin comment, 16 hex digits; empty if there is none."""
        return self.lab.job(job_id).get("AdminComment", "").strip().removeprefix("foreshape=")

    def records(self, token: str, kind: str) -> list[dict]:
        return [record for record in self.journal() if record["kind"] == kind and record["token"] == token]

    def wait_status(self, is_so, what: str, timeout_s: float = 20) -> dict:
        def so() -> bool:
            status = self.lab.plugin_status()
            return bool(status) and is_so(status)
        self.lab.wait(so, timeout_s, what)
        return self.lab.plugin_status()

    def assert_job_passes(self, user: str = "alice") -> str:
        """A job goes through with exactly what its user asked for."""
        job_id = self.lab.submit(user, "--time=7", "--mem=123", "--comment=mine", "--job-name=as_submitted")
        job = self.lab.job(job_id)
        self.assertEqual((job["TimeLimit"], job["MinMemoryNode"], job["Comment"], job["JobName"]),
                         ("00:07:00", "123M", "mine", "as_submitted"))
        self.lab.wait_state(job_id, "COMPLETED")
        return job_id


class BothFormsCase(PluginCase):
    """What holds in either form; the two classes below say which."""

    SETTINGS = SMALL | {"scheduler": "foreshape"}
    scheduler_type = "sched/foreshape"

    def test_a_job_goes_through_and_the_journal_has_its_submission_and_its_end(self) -> None:
        job_id = self.assert_job_passes()
        token = self.tag(job_id)
        self.assertEqual(len(token), 16)
        self.lab.wait(lambda: bool(self.records(token, "outcome")), 20, "the outcome in the journal")
        self.assertEqual(len(self.records(token, "submission")), 1)
        outcome = self.records(token, "outcome")[0]
        self.assertEqual((str(outcome["job_id"]), outcome["state"].upper()), (job_id, "COMPLETED"))
        self.assertEqual(self.lab.wait_recorded(job_id)[job_id]["AdminComment"], f"foreshape={token}")

    def test_slurm_schedules_with_its_own_backfill(self) -> None:
        said = self.lab.run("scontrol", "show", "config").stdout
        self.assertRegex(said, rf"SchedulerType\s+= {self.scheduler_type}")
        self.assertNotIn("PluginDir", self.lab.log())
        # The first fills the machine, the second waits for all of it, the third fits beside the first.
        wide = self.lab.submit("bob", "--nodes=2", "--ntasks-per-node=40", "--time=5", wrap="sleep 60")
        self.lab.wait_state(wide, "RUNNING")
        head = self.lab.submit("bob", "--nodes=2", "--exclusive", "--time=5", wrap="true")
        small = self.lab.submit("carol", "--time=1", wrap="true")
        self.lab.wait_state(small, "COMPLETED", timeout_s=30)
        self.assertEqual(self.lab.state(head), "PENDING")
        self.lab.run("scancel", wide, head)

    def test_srun_salloc_and_arrays_go_through(self) -> None:
        self.assertTrue(self.lab.run("srun", "hostname", user="dave").stdout.strip())
        self.assertTrue(self.lab.run("salloc", "srun", "hostname", user="dave").stdout.strip())
        array = self.lab.submit("erin", "--array=1-5")
        self.lab.wait_recorded(*(f"{array}_{task}" for task in range(1, 6)))
        submitted = [record for record in self.journal() if record["kind"] == "submission"]
        self.assertTrue(any(record["request"]["array_tasks"] == 5 for record in submitted))
        self.assertTrue(any(record["request"]["interactive"] for record in submitted))

    def test_a_changed_job_is_counted_and_left_alone(self) -> None:
        before = self.wait_status(lambda s: True, "a status")["jobs"]["modified"]
        job_id = self.lab.submit("alice", "--hold")
        self.lab.run("scontrol", "update", f"jobid={job_id}", "timelimit=3", user="alice")
        self.assertEqual(self.lab.job(job_id)["TimeLimit"], "00:03:00")
        self.wait_status(lambda s: s["jobs"]["modified"] > before, "the change in the status")
        self.lab.run("scancel", job_id)

    def test_reconfigure_takes_a_good_file_and_refuses_a_bad_one(self) -> None:
        self.addCleanup(self.lab.reconfigure, QUICK)
        self.lab.reconfigure([*QUICK, "Memory=advise"])
        self.wait_status(lambda s: s["modes"]["memory"] == "advise", "Memory=advise in force")
        self.lab.reconfigure([*QUICK, "Memroy=advise"])
        status = self.wait_status(lambda s: s["settings"]["error"] != "", "the bad file refused")
        self.assertEqual(status["modes"]["memory"], "advise")
        self.assertRegex(self.lab.log(), r"error: foreshape: \S+foreshape.conf:3: Memroy: .*keeping the settings")
        self.assert_job_passes()
        self.lab.reconfigure(QUICK)
        status = self.wait_status(lambda s: s["settings"]["error"] == "", "the mended file in force")
        self.assertEqual(status["modes"]["memory"], "observe")

    def test_the_kill_switch_needs_no_reconfigure(self) -> None:
        switch = self.lab.cluster.settings.state_dir / "disabled"
        switch.touch()
        self.addCleanup(switch.unlink, missing_ok=True)
        self.wait_status(lambda s: s["kill_switch"], "the kill switch seen")
        self.assertEqual(self.tag(self.assert_job_passes()), "")
        switch.unlink()
        self.wait_status(lambda s: not s["kill_switch"], "the kill switch gone")
        self.assertEqual(len(self.tag(self.assert_job_passes())), 16)

    def test_a_job_opts_out_by_its_comment(self) -> None:
        job_id = self.lab.submit("alice", "--comment=foreshape=off", "--job-name=opted_out")
        self.assertEqual(self.tag(job_id), "")
        self.lab.wait(lambda: any(record.get("opted_out") for record in self.journal()), 10,
                      "the submission in the journal, as opted out")

    def test_many_reconfigures_and_a_clean_end(self) -> None:
        for _ in range(10):
            self.lab.run("scontrol", "reconfigure")
        job_id = self.assert_job_passes()
        token = self.tag(job_id)
        pid = self.lab.cluster.slurmctld.pid()
        self.lab.cluster.restart_slurmctld()
        self.assertNotEqual(self.lab.cluster.slurmctld.pid(), pid)
        self.assertEqual(len(self.records(token, "submission")), 1)
        self.assertNotRegex(self.lab.log(), r"(?i)segfault|abort|core dumped")
        self.assert_job_passes()

    def test_slurmctld_exits_with_0_while_our_threads_are_at_work(self) -> None:
        daemon = self.lab.cluster.slurmctld
        daemon.stop(30)
        for _ in range(4):
            began = time.time()
            foreground = subprocess.Popen(["slurmctld", "-D"], env=self.lab.env, stderr=subprocess.DEVNULL)
            self.addCleanup(foreground.kill)
            self.wait_status(lambda s: s["started"] >= int(began), "a status of this slurmctld")
            self.lab.cluster.wait_for_nodes()
            self.lab.submit("alice")
            foreground.terminate()
            self.assertEqual(foreground.wait(30), 0)
        daemon.start()
        self.lab.cluster.wait_for_nodes()

    def test_hostile_texts_that_sbatch_lets_pass_do_no_harm(self) -> None:
        for name in ("\x1b[2Jowned\x07", "%s%n%s%n", "'; DROP TABLE job; --", "\u202egnp.exe", "x" * 200, "\xff\xfe"):
            with self.subTest(name=name):
                self.lab.submit("bob", f"--job-name={name}", f"--comment={name}")
        self.lab.wait(lambda: len(self.lab.jobs("--user=bob")) == 0, 60, "bob's jobs done")
        self.assertNotIn("\x1b", self.lab.run(str(BUILD / "bin" / "foreshape"), "journal",
                                              f"--directory={self.lab.cluster.settings.state_dir}/journal").stdout)


class SchedForeshapeTest(BothFormsCase):
    def test_het_jobs_are_refused_by_slurm_under_this_name(self) -> None:
        done = self.lab.run("sbatch", "-n1", ":", "-n1", "--wrap=true", user="alice", check=False)
        self.assertNotEqual(done.returncode, 0)


class DropInTest(BothFormsCase):
    SETTINGS = SMALL
    scheduler_type = "sched/backfill"

    def test_a_het_job_runs_and_each_of_its_parts_is_recorded(self) -> None:
        het = self.lab.run("sbatch", "--parsable", "-n1", "--job-name=het", ":", "-n2", "--wrap=true",
                           user="alice").stdout.strip()
        rows = self.lab.wait_recorded(f"{het}+0", f"{het}+1")
        tags = {row["AdminComment"] for row in rows.values()}
        self.assertEqual(len(tags), 2)
        self.assertTrue(all(tag.startswith("foreshape=") for tag in tags))


class AdminCommentTest(PluginCase):
    """A site that writes admin comments of its own: before us, after us, and while the job waits."""

    LUA = """function slurm_job_submit(job, partitions, uid)
  job.admin_comment = "seen by the site"
  return slurm.SUCCESS
end
function slurm_job_modify(job, record, partitions, uid)
  return slurm.SUCCESS
end
"""
    SETTINGS = SMALL

    def with_plugins(self, order: str) -> None:
        settings = self.lab.cluster.settings
        (settings.conf.parent / "job_submit.lua").write_text(self.LUA)
        settings.slurm_conf = {"JobSubmitPlugins": order}
        slurm_conf.write(settings)
        self.lab.cluster.restart_slurmctld()
        self.wait_status(lambda s: s["pid"] == self.lab.cluster.slurmctld.pid(), "the agent of this slurmctld")

    def job_of(self, name: str) -> str:
        return self.lab.submit("alice", f"--job-name={name}", "--hold")

    def assert_joined(self, job_id: str, name: str) -> None:
        """Its prediction finds its end by the token, which the journal has of both."""
        self.lab.run("scontrol", "release", job_id)
        self.lab.wait_state(job_id, "COMPLETED")
        self.lab.wait(lambda: any(r["kind"] == "outcome" and str(r["job_id"]) == job_id for r in self.journal()), 20, "its end")
        tokens = [r["token"] for r in self.journal() if r["kind"] == "submission" and r["name"] == name]
        ends = [r["token"] for r in self.journal() if r["kind"] == "outcome" and str(r["job_id"]) == job_id]
        self.assertEqual(ends, tokens[-1:], name)
        self.assertEqual(self.lab.plugin_status()["jobs"]["unmatched"], 0)

    def test_each_end_is_joined_with_its_prediction_and_the_sites_comment_stays(self) -> None:
        self.with_plugins("lua,foreshape")
        before_us = self.job_of("before_us")
        said = self.lab.run("squeue", "--noheader", f"--jobs={before_us}", "--Format=admin_comment:100").stdout.strip()
        self.assertRegex(said, r"^seen by the site foreshape=[0-9a-f]{16}$")
        self.assert_joined(before_us, "before_us")
        self.with_plugins("foreshape,lua")
        after_us = self.job_of("after_us")
        self.assertEqual(self.lab.job(after_us)["AdminComment"], "seen by the site")
        self.assert_joined(after_us, "after_us")
        self.with_plugins("foreshape")
        waiting = self.job_of("waiting")
        self.assertEqual(len(self.tag(waiting)), 16)
        written = self.lab.plugin_status()["written"]
        self.wait_status(lambda s: s["written"] > written + 1, "seen once with its token")
        self.lab.run("scontrol", "update", f"jobid={waiting}", "admincomment=seen by the site")
        self.assert_joined(waiting, "waiting")

    def test_ends_without_a_token_are_counted_and_told_where_there_should_be_one(self) -> None:
        """Control: with the switch on nobody has a token, which is counted and no harm."""
        switch = self.lab.cluster.settings.state_dir / "disabled"
        switch.touch()
        self.addCleanup(switch.unlink, missing_ok=True)
        self.wait_status(lambda s: s["kill_switch"], "the kill switch seen")
        job_id = self.lab.submit("alice", "--job-name=unseen", "--hold")
        switch.unlink()
        self.wait_status(lambda s: not s["kill_switch"], "the kill switch gone")
        self.lab.run("scontrol", "release", job_id)
        self.lab.wait_state(job_id, "COMPLETED")
        status = self.wait_status(lambda s: s["jobs"]["unmatched"] == 1, "counted")
        self.assertEqual(status["jobs"]["passed"], 1)
        self.assertNotIn("predictions could not be found", self.lab.run("foreshape", "status", check=False).stdout)


class AdviceAndOrderTest(PluginCase):
    """With two users whose 150 jobs called relax_<number> used at most 5G and 41 min."""

    SETTINGS = {"nodes": 2, "postgres": False, "order": True, "foreshape_conf": [*QUICK, "Mode=advise"]}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        snapshot = cls.lab.cluster.settings.state_dir / "profiles.snap"
        uids = [str(pwd.getpwnam(user).pw_uid) for user in ("alice", "erin")]
        subprocess.run([BUILD / "bin" / "make_snapshot", snapshot, "100", *uids], check=True)
        cls.lab.wait(lambda: cls.lab.plugin_status().get("profiles", {}).get("users") == 102, 20, "the snapshot loaded")

    def sbatch(self, user: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self.lab.run("sbatch", "--time=1-0", "--mem=64G", "-n4", *options, "--wrap=true", user=user)

    def test_the_user_reads_one_line_once_a_day_for_each_name(self) -> None:
        first = self.sbatch("alice", "--job-name=relax_07")
        self.assertRegex(first.stderr, r"^sbatch: foreshape: your last \d+ 'relax_07' jobs used at most "
                                       r"\S+ of memory \(requested 64G\) and 4\d min \(requested 24 h\)")
        self.assertEqual(self.sbatch("alice", "--job-name=relax_08").stderr, "")
        self.assertEqual(self.sbatch("alice", "--job-name=new_thing").stderr, "")
        self.assertEqual(self.sbatch("bob", "--job-name=relax_07").stderr, "")

    def test_the_order_is_in_the_site_factor_and_no_limit_is_touched(self) -> None:
        blocker = self.lab.submit("carol", "--nodes=2", "--exclusive", wrap="sleep 600")
        self.lab.wait_state(blocker, "RUNNING")
        short = self.lab.submit("erin", "--job-name=relax_3", "--time=1-0", "-n4", "--mem=64G")
        unknown = self.lab.submit("bob", "--time=2-0", "-n4", "--mem=64G")
        self.assertEqual([self.lab.job(job)["TimeLimit"] for job in (short, unknown)], ["1-00:00:00", "2-00:00:00"])
        said = self.lab.run("sprio", "--noheader", "--format=%i %S").stdout.split()
        points = dict(zip(said[::2], map(int, said[1::2])))
        self.assertGreater(points[short], points[unknown])
        # Ours may be negative: the base that every job has is taken off, and comes on top of it again.
        config = self.lab.run("scontrol", "show", "config").stdout
        base = int(re.search(r"PriorityWeightPartition\s*=\s*(\d+)", config)[1])
        self.assertGreater(base, 0)
        self.assertGreater(points[unknown] + base, 0)
        self.wait_status(lambda s: s["jobs"]["ordered"] >= 2 and s["slurm"]["carries_order"], "two jobs ordered")
        self.lab.run("scancel", short, unknown, blocker)


del BothFormsCase  # only its heirs are to run

if __name__ == "__main__":
    main()
