# SPDX-License-Identifier: GPL-2.0-or-later
"""Who types no account and no QOS is treated as of those that Slurm fills in after job_submit."""

import json

from harness import ClusterCase, main


class AccountDefaultsTest(ClusterCase):
    SETTINGS = {"nodes": 1, "cpus": 4, "memory_mib": 4000, "postgres": False,
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

    def submission(self, job: dict[str, str]) -> dict:
        token = job["AdminComment"].strip().removeprefix("foreshape=")

        def found() -> list[dict]:
            said = self.lab.run("foreshape", "journal", "--json",
                                f"--directory={self.lab.cluster.settings.state_dir / 'journal'}").stdout
            records = [json.loads(line) for line in said.splitlines()]
            return [r for r in records if r["kind"] == "submission" and r["token"] == token]
        self.lab.wait(lambda: len(found()) == 1, 20, f"the submission of job {job['JobId']} in the journal")
        return found()[0]

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


if __name__ == "__main__":
    main()
