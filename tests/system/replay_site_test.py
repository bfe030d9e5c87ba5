# SPDX-License-Identifier: GPL-2.0-or-later
"""`foreshape replay --site` on a real cluster whose history is made up: the sentences, from the store and from sacct."""

import json
import re
import time
from html import unescape

from harness import ClusterCase, main
from history import DAY_S, history

OLD_JOBS = 300  # one each 4,000 s: 14 days


class ReplaySiteTest(ClusterCase):
    # Stock Slurm: the question comes before the plugin.
    SETTINGS = {"nodes": 4, "cpus": 16, "plugins": None,
                "slurm_conf": {"PriorityWeightFairShare": "100000", "PriorityWeightQOS": "1000"}}
    WEEKS = ("--weeks", "1", "--warm-up", "1", "--runs", "3")

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lab.run("foreshape", "migrate")
        dump = cls.lab.root / "history.txt"
        dump.write_text(history(int(time.time())), encoding="utf-8")
        cls.lab.run("foreshape", "ingest", "sacct", "--utc", "--file", str(dump))

    def replayed(self, *options: str) -> str:
        return self.lab.run("foreshape", "replay", "--site", *self.WEEKS, *options).stdout

    def test_a_manager_reads_what_would_be_gained_and_who_would_pay(self) -> None:
        said = self.replayed()
        print(said, flush=True)
        self.assertLessEqual(max(map(len, said.splitlines())), 80)
        self.assertIn("What Foreshape would change at cluster lab", said)
        self.assertIn("532 jobs of 5 users, from the store", " ".join(said.split()))
        self.assertIn("4 nodes with 64 CPUs", " ".join(said.split()))
        for part in ("Slurm as it is, replayed:", "with Order=on, fair-share worth 3 days:",
                     "with Order=on, OrderForm=log-squared, fair-share worth 3 days:", "gains", "costs"):
            self.assertIn(part, " ".join(said.split()))
        self.assertRegex(said, r"\+ mean wait \d+(\.\d)? (min|h) -> \d+(\.\d)? (s|min|h)")
        self.assertRegex(said, r"- .*longest wait|- longest wait|- .*fare worse|- jobs of")
        self.assertRegex(said, r"Not modelled:\s.*PriorityWeightQOS=1000")

    def test_json_has_the_same_content(self) -> None:
        found = json.loads(self.replayed("--json", "-"))
        site = found["site"]
        self.assertEqual((site["jobs"], site["users"], site["source"]), (532, 5, "the store"))
        self.assertEqual(site["machine"]["nodes"], 4)
        self.assertEqual(site["actual"]["jobs"], 532)
        self.assertEqual([lever["policy"] for lever in site["levers"]],
                         ["with Order=on, fair-share worth 3 days",
                          "with Order=on, OrderForm=log-squared, fair-share worth 3 days"])
        for lever in site["levers"]:
            self.assertEqual(lever["figures"]["mean_wait_s"]["verdict"], "better", lever["figures"]["mean_wait_s"])
            self.assertTrue(lever["gains"])
        self.assertEqual(len(found["runs"]), 3 * 3)

    def test_the_page_begins_as_the_terminal_does(self) -> None:
        page = self.lab.root / "page.html"
        said = " ".join(self.replayed("--html", str(page)).split())
        html = page.read_text(encoding="utf-8")
        self.assertIn("<h1>What Foreshape would change at cluster lab</h1>", html)
        self.assertRegex(html.split("<b>")[1], r"^\d+(\.\d)? \w+ \u2192 \d+(\.\d)? \w+</b><span>mean wait: Slurm as it is, then with Order=on")
        sentences = [unescape(sentence) for sentence in re.findall("<li>(.*?)</li>", html)]
        self.assertGreater(len(sentences), 20)
        for sentence in sentences:
            self.assertIn(sentence, said)
        self.assertIn("foreshape replay --site --weeks 1 --warm-up 1 --runs 3 --html", html)

    def test_holds_are_replayed_where_nodes_are_given_whole(self) -> None:
        self.assertIn("here jobs share nodes", " ".join(self.replayed().split()))
        for name in ("debug", "main"):
            self.addCleanup(self.lab.run, "scontrol", "update", f"PartitionName={name}", "OverSubscribe=NO")
            self.lab.run("scontrol", "update", f"PartitionName={name}", "OverSubscribe=EXCLUSIVE")
        site = json.loads(self.replayed("--json", "-"))["site"]
        self.assertEqual([lever["policy"] for lever in site["levers"]][2:],
                         ["with Hold=on", "with Order=on and Hold=on, fair-share worth 3 days"])
        self.assertIn("chains of jobs, which holds follow", site["not_modelled"])
        for lever in site["levers"]:
            said = " ".join(lever["gains"] + lever["costs"] + lever["unchanged"])
            self.assertEqual("came into a hold" in said, "Hold=on" in lever["policy"], said)

    def test_too_little_history_says_how_much_there_is_and_what_would_do(self) -> None:
        done = self.lab.run("foreshape", "replay", "--site", "--weeks", "4", check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("of a history of 14.0 days", done.stderr)
        self.assertIn("--weeks 1 --warm-up 0 fits", done.stderr)

    def test_without_a_store_sacct_is_read(self) -> None:
        job = self.lab.submit("alice")
        self.lab.wait_recorded(job)
        young = self.lab.run("foreshape", "replay", "--site", "--db", "host=/nowhere", check=False)
        self.assertEqual(young.returncode, 1)
        self.assertIn("sacct is read instead", young.stderr)
        self.assertRegex(young.stderr, r"there is [01] jobs that can be replayed, of a history of 0\.0 days")
        self.make_old_jobs_like(job)
        done = self.lab.run("foreshape", "replay", "--site", *self.WEEKS, "--db", "host=/nowhere")
        said = " ".join(done.stdout.split())
        self.assertRegex(said, r"\d+ jobs of 1 user, from sacct, submitted again to 4 nodes with 64 CPUs")
        self.assertIn("in fact they waited 60 s on average, 60 s at most", said)
        self.assertIn("from sacct,", " ".join(self.replayed("--source", "sacct").split()))

    def make_old_jobs_like(self, job: str) -> None:
        """Into accounting's own tables: two weeks of jobs that are that one but for their times."""
        names = self.lab.accounting("SELECT column_name FROM information_schema.columns WHERE table_schema = 'slurm_acct'"
                                    " AND table_name = 'lab_job_table' AND column_name <> 'job_db_inx'").split()
        begin_s = int(time.time()) - 14 * DAY_S
        submit = f"{begin_s} + 4000 * s.seq"
        changed = {"id_job": "300000 + s.seq", "time_submit": submit, "time_eligible": submit,
                   "time_start": f"{submit} + 60", "time_end": f"{submit} + 660"}
        values = ", ".join(changed.get(name, f"j.`{name}`") for name in names)
        columns = ", ".join(f"`{name}`" for name in names)
        self.lab.accounting(f"INSERT INTO lab_job_table ({columns}) SELECT {values} FROM lab_job_table j, seq_1_to_{OLD_JOBS} s"
                            f" WHERE j.id_job = {job}")

    def test_without_a_store_and_without_sacct_both_are_named(self) -> None:
        programs = self.lab.root / "only-scontrol"
        programs.mkdir()
        for name in ("scontrol", "foreshape"):
            (programs / name).symlink_to(self.lab.run("sh", "-c", f"command -v {name}").stdout.strip())
        done = self.lab.run(str(programs / "foreshape"), "replay", "--site", "--db", "host=/nowhere", check=False,
                            env={"PATH": str(programs)})
        self.assertEqual(done.returncode, 1)
        self.assertIn("no history to replay: no store:", done.stderr)
        self.assertIn("sacct", done.stderr.splitlines()[-1])

    def test_an_unknown_partition_is_named_with_those_there_are(self) -> None:
        done = self.lab.run("foreshape", "replay", "--site", *self.WEEKS, "--partition", "nosuch", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no node is in partition 'nosuch'; there are debug, main", done.stderr)

    def test_nothing_is_written(self) -> None:
        before = self.lab.psql("SELECT count(*) AS n, max(xmin::text::bigint) AS x FROM foreshape.job")
        self.replayed()
        self.assertEqual(self.lab.psql("SELECT count(*) AS n, max(xmin::text::bigint) AS x FROM foreshape.job"), before)


if __name__ == "__main__":
    main()
