# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing lost: kill -9 of slurmctld and of ingest at random moments, and every job is in the store once."""

import collections
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import kept
from harness import ClusterCase, main

USERS = ("alice", "bob", "carol", "dave", "erin")
KILLS_OF_SLURMCTLD = 3


class NothingLostTest(ClusterCase):
    SETTINGS = {"nodes": 4, "cpus": 16, "foreshape_conf": ["AgentInterval=1"]}

    def setUp(self) -> None:
        seed = int(os.environ.get("FORESHAPE_SEED") or random.randrange(1 << 32))
        self.random = random.Random(seed)
        print(f"seed {seed} (FORESHAPE_SEED repeats the moments of the kills)")
        self.killed_at: list[datetime] = []
        self.sources = (("journal", str(self.lab.cluster.settings.state_dir / "journal")), ("sacct",))
        self.lab.run("foreshape", "migrate")

    def test_every_job_is_in_the_store_once(self) -> None:
        over = threading.Event()
        threads = [self.background(self.submit_until, over, user) for user in USERS]
        threads.append(self.background(self.kill_ingest_until, over))
        for _ in range(KILLS_OF_SLURMCTLD):
            time.sleep(self.random.uniform(3, 10))
            self.lab.kill_slurmctld()
            self.killed_at.append(datetime.now())
            time.sleep(self.random.uniform(0, 2))
            # Not start_slurmctld(): nodes may take a minute to come back, and jobs are to come meanwhile.
            self.lab.cluster.slurmctld.start()
        time.sleep(5)
        over.set()
        for thread in threads:
            thread.join(60)
        kept.wait_for_the_end(self.lab)
        for _ in range(2):  # the second must change nothing
            for source in self.sources:
                self.lab.run("foreshape", "ingest", *source)
        self.check_jobs()
        self.check_predictions()
        self.check_journal()

    def background(self, work: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, daemon=True)
        thread.start()
        return thread

    def submit_until(self, over: threading.Event, user: str) -> None:
        """A failed sbatch is no job: slurmctld is down at times."""
        while not over.wait(0.5):
            self.lab.run("sbatch", "--parsable", "--output=/dev/null", "--time=5", f"--job-name=short_{user}",
                         "--wrap=sleep 1", user=user, check=False)

    def kill_ingest_until(self, over: threading.Event) -> None:
        self.ingests_killed = 0
        while not over.wait(0.2):
            for source in self.sources:
                ingest = subprocess.Popen(["foreshape", "ingest", *source], env=self.lab.env, cwd=self.lab.root,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    ingest.wait(self.random.uniform(0, 0.3))
                except subprocess.TimeoutExpired:
                    ingest.send_signal(signal.SIGKILL)
                    ingest.wait()
                    self.ingests_killed += 1

    def check_jobs(self) -> None:
        rows = kept.accounting(self.lab)
        stored = self.lab.psql("SELECT job_id, token FROM foreshape.job")
        print(f"{len(rows)} rows of sacct, {len(stored)} jobs, ingest killed {self.ingests_killed} times")
        self.assertGreater(len(rows), 50)
        self.assertGreater(self.ingests_killed, 10)
        self.assertEqual(collections.Counter(row["job_id"] for row in stored),
                         collections.Counter(row["JobIDRaw"] for row in kept.without_requeued_runs(rows)))
        tokens = collections.Counter(int(row["token"]) for row in stored if row["token"])
        self.assertEqual(set(tokens.values()), {1})
        self.assertGreater(len(tokens), len(stored) / 2)
        self.assertEqual(set(tokens), {kept.token_of(row) for row in rows if row["AdminComment"]})

    def check_predictions(self) -> None:
        """Keys make a second copy impossible; what could happen is a loss."""
        lost = self.lab.psql("""
            SELECT j.job_id, j.submit_time FROM foreshape.job j
            LEFT JOIN foreshape.submission s USING (cluster, token) LEFT JOIN foreshape.prediction p USING (cluster, token)
            LEFT JOIN foreshape.decision d USING (cluster, token)
            WHERE j.token IS NOT NULL AND (s.token IS NULL OR p.token IS NULL OR d.token IS NULL)""")
        self.assertEqual(lost, [])

    def check_journal(self) -> None:
        """What was journalled is stored, and what slurmctld accepted was journalled, but for the last second before a kill."""
        said = self.lab.run("foreshape", "journal", "--json").stdout
        journalled = collections.Counter(event["token"] for event in map(json.loads, said.splitlines())
                                         if event["kind"] == "submission")
        self.assertEqual(set(journalled.values()), {1})
        stored = self.lab.psql("SELECT lpad(to_hex(token), 16, '0') AS token FROM foreshape.submission")
        self.assertEqual({row["token"] for row in stored}, set(journalled))
        accepted = [datetime.fromisoformat(moment) for moment in
                    re.findall(r"^\[(\S+)\] _slurm_rpc_submit_batch_job: JobId=", self.lab.log(), re.MULTILINE)]
        in_doubt = sum(any(timedelta() <= killed - moment < timedelta(seconds=1) for killed in self.killed_at)
                       for moment in accepted)
        print(f"{len(accepted)} submissions accepted, {len(journalled)} journalled, {in_doubt} in the second before a kill")
        self.assertGreaterEqual(len(journalled), len(accepted) - in_doubt)


if __name__ == "__main__":
    main()
