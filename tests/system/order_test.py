# SPDX-License-Identifier: GPL-2.0-or-later
"""Order: the same workload on two full clusters side by side, Slurm's own order and ours.

Times are compressed: run times are seconds where a site's are minutes, so a point of priority is a second
here and a minute there (PriorityWeightAge is 60 times as large), and the bounded slowdown's tau is 1 s.
Figures go to docs/benchmarks.md from what this test prints.
"""

import math
import random
import statistics
import time
import unittest

from harness import Lab, main, seconds

# user -> (job name, run time in seconds, spread, share of the arrivals); all ask for ten minutes.
HABITS = {"alice": ("probe", 2, 1, 0.60), "bob": ("train", 30, 5, 0.25), "carol": ("relax", 9, 2, 0.15)}
JOBS, ARRIVALS_S = 70, 110
NODES, LIMIT_MIN = 4, 10
TAU_S = 1.0
# S(p) = 40 s x ln(1 + p / 10 s) + 2 p: 120 s for the long jobs, 11 s for the short ones.
MAX_OFFSET_S = 600
FORESHAPE = ["Order=on", "OrderLogOffset=40s", "OrderLinear=2", f"OrderMaxOffset={MAX_OFFSET_S}s", "AgentInterval=1"]
# Age is counted anew every PriorityCalcPeriod, a minute at least: an order's slope is no finer.
AGE_STEP_S = 60
SEVEN_DAYS_S = 7 * 86_400


def slurm_conf(order: bool) -> dict[str, str]:
    scheduler = "bf_interval=2,bf_yield_interval=1000000,sched_interval=2,batch_sched_delay=0,bf_resolution=1"
    conf = {"PriorityType": "priority/multifactor", "PriorityWeightAge": str(SEVEN_DAYS_S), "PriorityMaxAge": "7-0",
            "PriorityCalcPeriod": "1"}
    if order:
        scheduler += f",bf_min_prio_reserve={MAX_OFFSET_S},bf_max_job_test=1000"
    return conf | {"SchedulerParameters": scheduler}


def history() -> str:
    """Forty finished jobs of each user, as sacct --parsable2 prints them."""
    lines = ["JobIDRaw|JobID|Cluster|Partition|Account|User|UID|Submit|Start|End|ElapsedRaw|State|NNodes|NCPUS|ReqCPUS"
             "|ReqMem|TimelimitRaw|JobName"]
    import pwd
    dice = random.Random(3)
    for number, (user, (name, run_s, spread, _)) in enumerate(HABITS.items()):
        account = "chemistry" if user == "carol" else "physics"
        for i in range(40):
            run = run_s + dice.randint(-spread, spread)
            begin = time.time() - 86_400 + i * 600
            stamp = [time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(t)) for t in (begin, begin + 1, begin + 1 + run)]
            raw = 900_000 + number * 100 + i
            lines.append(f"{raw}|{raw}|lab|main|{account}|{user}|{pwd.getpwnam(user).pw_uid}|" + "|".join(stamp) +
                         f"|{run}|COMPLETED|1|4|4|400M|{LIMIT_MIN}|{name}_{i}")
    return "\n".join(lines) + "\n"


def workload() -> list[tuple[float, str, str, int]]:
    """(seconds after the start, user, job name, run time), in order of submission."""
    dice = random.Random(7)
    times = sorted(dice.uniform(0, ARRIVALS_S) for _ in range(JOBS))
    users = dice.choices(list(HABITS), weights=[habit[3] for habit in HABITS.values()], k=JOBS)
    jobs = []
    for number, (at, user) in enumerate(zip(times, users)):
        name, run_s, spread, _ = HABITS[user]
        jobs.append((at, user, f"{name}_{number}", run_s + dice.randint(-spread, spread)))
    return jobs


class OrderTest(unittest.TestCase):
    labs: dict[str, Lab]

    @classmethod
    def setUpClass(cls) -> None:
        cls.labs = {}
        for kind, lines in (("off", ["Order=off", "AgentInterval=1"]), ("on", FORESHAPE)):
            cls.labs[kind] = Lab.up(nodes=NODES, cpus=4, memory_mib=4000, slurm_conf=slurm_conf(kind == "on"),
                                    foreshape_conf=lines, min_job_age_s=900)
            cls.addClassCleanup(cls.labs[kind].down)
            cls.teach(cls.labs[kind])

    @classmethod
    def teach(cls, lab: Lab) -> None:
        """Puts the history into the store and the store's profiles into the plugin."""
        (lab.root / "history").write_text(history())
        lab.run("foreshape", "migrate")
        lab.run("foreshape", "ingest", "sacct", "--file", str(lab.root / "history"))
        snapshot = lab.cluster.settings.state_dir / "profiles.snap"
        lab.run("foreshape", "snapshot", "--out", str(snapshot))
        lab.wait(lambda: lab.plugin_status().get("profiles", {}).get("users", 0) >= 3, 30, "profiles loaded")

    def run_workload(self) -> dict[str, list[dict[str, float]]]:
        begin = time.monotonic()
        ids: dict[str, dict[str, tuple[str, int]]] = {kind: {} for kind in self.labs}
        for at, user, name, run_s in workload():
            time.sleep(max(0.0, begin + at - time.monotonic()))
            for kind, lab in self.labs.items():
                job = lab.submit(user, "--exclusive", "--nodes=1", f"--time={LIMIT_MIN}", f"--job-name={name}",
                                 "--output=/dev/null", wrap=f"sleep {run_s}")
                ids[kind][job] = (user, run_s)
        return {kind: self.waits(lab, ids[kind]) for kind, lab in self.labs.items()}

    def waits(self, lab: Lab, ids: dict[str, tuple[str, int]]) -> list[dict[str, float]]:
        rows = lab.wait_recorded(*ids, timeout_s=900)
        self.assertEqual({row["State"] for row in rows.values()}, {"COMPLETED"})
        jobs = []
        for job_id, (user, run_s) in ids.items():
            submit, start, end = (seconds(rows[job_id][key]) for key in ("Submit", "Start", "End"))
            jobs.append({"user": user, "run": run_s, "submit": submit, "start": start, "wait": start - submit,
                         "slowdown": max(1.0, (end - submit) / max(TAU_S, end - start))})
        return jobs

    def test_short_jobs_wait_less_and_no_job_waits_longer_than_its_key_allows(self) -> None:
        runs = self.run_workload()
        means = {}
        for kind, jobs in runs.items():
            slowdowns = [job["slowdown"] for job in jobs]
            means[kind] = statistics.geometric_mean(slowdowns)
            waits = {user: statistics.mean(j["wait"] for j in jobs if j["user"] == user) for user in HABITS}
            print(f"Order={kind}: bounded slowdown geometric mean {means[kind]:.2f}, mean "
                  f"{statistics.mean(slowdowns):.1f}, max {max(slowdowns):.0f}; mean wait "
                  f"{statistics.mean(j['wait'] for j in jobs):.0f} s, max {max(j['wait'] for j in jobs):.0f} s; by user "
                  + ", ".join(f"{user} {wait:.0f} s" for user, wait in waits.items()))
        self.assertLess(means["on"], means["off"])
        self.check_keys(runs["on"])

    def check_keys(self, jobs: list[dict[str, float]]) -> None:
        """A job may be passed by a later one only while the later one's key (submission + offset) is the
        smaller, as far as Slurm's minute of age allows."""
        def key(job: dict[str, float]) -> float:
            run_s, spread = HABITS[job["user"]][1:3]
            longest = run_s + spread
            return job["submit"] + 40 * math.log(1 + longest / 10) + 2 * longest
        for early in jobs:
            for late in jobs:
                if late["submit"] > early["submit"] and late["start"] < early["start"]:
                    self.assertLess(key(late), key(early) + AGE_STEP_S + 20, (early, late))


if __name__ == "__main__":
    main()
