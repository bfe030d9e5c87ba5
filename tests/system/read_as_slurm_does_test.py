# SPDX-License-Identifier: GPL-2.0-or-later
"""A submission is read as what Slurm makes of it, also of what it fills in or works out after job_submit."""

import json

from harness import ClusterCase, main


GIB = 1 << 30


class ReadAsSlurmDoesTest(ClusterCase):
    SETTINGS = {"nodes": 1, "cpus": 4, "memory_mib": 4000, "postgres": False, "slurm_conf": {"GresTypes": "gpu"},
                "foreshape_conf": ["AgentInterval=1", "Order=off", "Hold=off", "Account=physics Mode=off",
                                   "QOS=long Mode=off"]}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lab.run("sacctmgr", "--immediate", "modify", "user", "dave", "set", "defaultqos=long")
        # The plugin reads associations at its start, so this is the start that knows of the change.
        cls.lab.cluster.restart_slurmctld()
        cls.lab.wait(lambda: cls.lab.plugin_status().get("slurm", {}).get("default_accounts", 0) >= 5
                     and cls.lab.plugin_status()["pid"] == cls.lab.cluster.slurmctld.pid(), 30, "the users' accounts")

    def submit(self, user: str, *options: str) -> dict[str, str]:
        """The job as Slurm has it."""
        job = self.lab.submit(user, "--hold", *options)
        self.addCleanup(self.lab.run, "scancel", job)
        return self.lab.job(job)

    def submissions(self, key: str, value: str) -> list[dict]:
        """Those in the journal, once there are any with this value of a field."""
        def found() -> list[dict]:
            said = self.lab.run("foreshape", "journal", "--json",
                                f"--directory={self.lab.cluster.settings.state_dir / 'journal'}").stdout
            records = [json.loads(line) for line in said.splitlines()]
            return [r for r in records if r["kind"] == "submission" and r[key] == value]
        self.lab.wait(lambda: bool(found()), 20, f"a submission with {key} {value} in the journal")
        return found()

    def submission(self, job: dict[str, str]) -> dict:
        found = self.submissions("token", job["AdminComment"].strip().removeprefix("foreshape="))
        self.assertEqual(len(found), 1)
        return found[0]

    def test_a_rule_for_an_account_holds_for_who_types_none(self) -> None:
        for options in ((), ("--account=physics",)):
            job = self.submit("alice", *options)
            self.assertEqual(job["Account"], "physics")
            self.assertNotIn("foreshape", job.get("AdminComment", ""), f"Account=physics Mode=off, {options}")

    def test_a_rule_for_a_qos_holds_for_who_types_none(self) -> None:
        job = self.submit("dave")
        self.assertEqual(job["QOS"], "long")
        self.assertNotIn("foreshape", job.get("AdminComment", ""), "QOS=long Mode=off")
        self.assertIn("foreshape=", self.submit("dave", "--qos=short").get("AdminComment", ""))

    def test_the_journal_has_the_account_and_qos_that_slurm_gave(self) -> None:
        for user, options in (("carol", ()), ("carol", ("--qos=short",)), ("erin", ())):
            job = self.submit(user, *options)
            kept = self.submission(job)
            self.assertEqual((kept["account"], kept["qos"]), (job["Account"], job["QOS"]), f"{user} {options}")

    def test_a_limit_is_read_as_slurm_sets_it(self) -> None:
        for options, slurms, ours in ((("--time=UNLIMITED",), "UNLIMITED", None), (("--time=0",), "UNLIMITED", None),
                                      (("--partition=main,debug",), "01:00:00", 3600), ((), "01:00:00", 3600)):
            job = self.submit("carol", *options)
            self.assertEqual(job["TimeLimit"], slurms, options)
            self.assertEqual(self.submission(job)["request"]["limit_s"], ours, options)

    def test_all_memory_of_a_node_is_not_the_default_of_its_processors(self) -> None:
        job = self.submit("carol", "--mem=0")
        self.assertIn("mem=4000M", job.get("ReqTRES", job.get("TRES", "")))
        self.assertIn(self.submission(job)["request"]["memory_per_node_bytes"], (None, 4000 << 20))

    def test_what_is_requested_for_each_gpu_counts(self) -> None:
        for name, option, key, value in (("gpumem", "--mem-per-gpu=2G", "memory_per_node_bytes", 4 * GIB),
                                         ("gpucpus", "--cpus-per-gpu=4", "cpus", 8)):
            # No node has a GPU: Slurm refuses the job, after job_submit has seen it.
            self.lab.run("sbatch", "--gpus=2", option, f"--job-name={name}", "--wrap=true", user="carol", check=False)
            self.assertEqual(self.submissions("name", name)[0]["request"][key], value, option)


if __name__ == "__main__":
    main()
