# SPDX-License-Identifier: GPL-2.0-or-later
"""What sites and users do beside Foreshape: the report and the predictions are right all the same."""

import json
import pathlib
import shutil

from harness import ClusterCase, main

MIB = 1 << 20
NODE_MIB = 8000
USED_MIB = 300


class SiteHabitsTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 1, "cpus": 8, "memory_mib": NODE_MIB, "foreshape_conf": ["AgentInterval=1"], "min_job_age_s": 300}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        habit = cls.lab.root / "scratch" / "habit.py"
        shutil.copy(pathlib.Path(__file__).with_name("habit.py"), habit)
        habit.chmod(0o755)
        cls.habit = str(habit)
        cls.lab.run("foreshape", "migrate")

    def hog(self) -> str:
        return self.lab.submit("alice", "--job-name=hog", "--mem=0", "--time=10",
                               wrap=f"exec /usr/bin/python3 {self.habit} memory {USED_MIB} 3")

    def reported(self, *options: str) -> list[dict]:
        return json.loads(self.lab.run("sshape", "-S", "now-1hour", "--json", *options).stdout)["jobs"]

    def test_all_memory_of_a_node_is_predicted_by_what_jobs_used_of_it(self) -> None:
        self.lab.wait_recorded(*[self.hog() for _ in range(3)], timeout_s=120)
        self.lab.learn()
        self.lab.wait(lambda: self.lab.plugin_status().get("profiles", {}).get("users") == 1, 30, "the snapshot loaded")
        job_id = self.hog()
        self.lab.wait_recorded(job_id)
        self.lab.learn()
        job = self.reported("-j", job_id)[0]
        self.assertIn(job["requested"]["memory_per_node_bytes"], (None, NODE_MIB * MIB))
        predicted = job["predicted"]["memory_bytes"]
        self.assertGreater(predicted["typical"], USED_MIB * MIB)
        self.assertLess(predicted["typical"], 1.2 * USED_MIB * MIB)
        self.assertGreaterEqual(predicted["quantiles"]["0.95"], USED_MIB * MIB)

    def test_a_job_whose_admin_comment_the_site_overwrites_keeps_its_prediction(self) -> None:
        job_id = self.lab.submit("carol", "--job-name=azure", "--time=10", wrap="sleep 4")
        self.lab.wait_state(job_id, "RUNNING")
        self.lab.run("scontrol", "update", f"jobid={job_id}", 'admincomment={"sku":"x"}')
        self.lab.wait_recorded(job_id)
        self.lab.wait(lambda: "azure" in self.lab.run("foreshape", "journal", "--json", f"--directory={self.journal}").stdout,
                      20, "the submission in the journal")
        self.lab.learn()
        jobs = self.reported("-j", job_id)
        self.assertEqual([job["name"] for job in jobs], ["azure"])
        self.assertIsNotNone(jobs[0]["predicted"])
        self.assertEqual(jobs[0]["predicted"]["evidence"], "cluster")

    @property
    def journal(self) -> pathlib.Path:
        return self.lab.cluster.settings.state_dir / "journal"

    def test_everybody_and_one_user_is_that_user_as_with_sacct(self) -> None:
        theirs = self.lab.run("sacct", "-a", "-u", "carol", "-X", "-n", "-P", "-o", "jobid,user").stdout
        ours = self.lab.run("sshape", "-a", "-u", "carol", "-n", "-P", "-o", "jobid,user").stdout
        self.assertIn("carol", theirs)
        self.assertEqual(ours, theirs)


if __name__ == "__main__":
    main()
