#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trial starts on a real Slurm whose slurmctld is killed -9 at random moments: what became of each job.

60 jobs of three hours' limit each, some after each kill: a third crash within seconds, the others run for a minute. A wide
job has a start promised for an hour and a half later, so they can only be tried; in the end it goes away and everything runs. Times are
compressed: a trial takes 30 s. Prints one line of JSON; exit 1 if a job ended by a trial's limit for good, or in
another way than its own.

    tests/bench/trial_storm.py [--kills 30] [--seed 1]
"""

import argparse
import json
import pathlib
import random
import sys
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "contrib"), str(SOURCE / "tests" / "system")]

from labcluster import ClusterError  # noqa: E402
from labcluster.lab import Lab  # noqa: E402
from trials import LENGTH_S, promise, wait_until_grown, wait_until_known  # noqa: E402

LIMIT = "03:00:00"
CONF = ["AgentInterval=1", "Trial=on", f"TrialLength={LENGTH_S}s", "TrialChance=0%", "TrialUserDay=1000"]
JOBS, CRASHES = 60, 20
USERS = ("alice", "bob", "carol")
PATIENCE_S = 900


def up() -> Lab:
    lab = Lab.up(nodes=3, cpus=4, memory_mib=4000, order=True, foreshape_conf=CONF, min_job_age_s=3600)
    # Each user's first job ends: otherwise nothing at all is known, and nobody is tried.
    lab.wait_recorded(*[lab.submit(user, "--job-name=sim", "--time=60", wrap="sleep 2") for user in USERS for _ in range(6)])
    lab.run("foreshape", "migrate")
    wait_until_known(lab, len(USERS))
    return lab


def fill(lab: Lab) -> list[str]:
    """A node is busy, and a job that needs all of them is promised the moment at which that ends."""
    busy = lab.submit("bob", "--exclusive", "--time=90", "--no-requeue", wrap="sleep 7200")
    lab.wait_state(busy, "RUNNING")
    return [busy, promise(lab, 3)]


def kinds(dice: random.Random) -> list[str]:
    """The states that the jobs must end in."""
    all_of_them = ["FAILED"] * CRASHES + ["COMPLETED"] * (JOBS - CRASHES)
    dice.shuffle(all_of_them)
    return all_of_them


def submit(lab: Lab, kind: str, dice: random.Random) -> str:
    work = f"sleep {dice.randint(1, 5)}; exit 3" if kind == "FAILED" else f"sleep {dice.randint(50, 70)}"
    return lab.submit(dice.choice(USERS), "--job-name=sim", f"--time={LIMIT}", wrap=work)


def restart(lab: Lab, down_s: float) -> int:
    """How many nodes Slurm has drained ("Duplicate jobid"): it starts a job for the second time whose start, seconds before the
    kill, it has not saved, and the node still runs it. Its administrator resumes the node."""
    lab.kill_slurmctld()
    time.sleep(down_s)
    try:
        lab.start_slurmctld()
        return 0
    except ClusterError as error:
        if "Duplicate jobid" not in str(error):
            raise
    drained = [node["NodeName"] for node in lab.show("node") if "DRAIN" in node["State"]]
    lab.run("scontrol", "update", f"nodename={','.join(drained)}", "state=resume")
    lab.cluster.wait_for_nodes()
    return len(drained)


def storm(lab: Lab, kills: int, dice: random.Random) -> tuple[dict[str, str], dict[str, int]]:
    """Kills slurmctld while jobs are tried; every fifth time it stays down beyond a trial's limit."""
    jobs: dict[str, str] = {}
    tallied: dict[str, int] = {}
    left = kinds(dice)
    for number in range(kills):
        wait_until_grown(lab)
        share, left = left[:-(-len(left) // (kills - number))], left[-(-len(left) // (kills - number)):]
        jobs |= {submit(lab, kind, dice): kind for kind in share}
        time.sleep(dice.uniform(0, 1.5 * LENGTH_S))
        counted = lab.plugin_status().get("trial", {})
        for key in ("started", "ended", "ran_on", "requeued", "rescued"):
            tallied[key] = tallied.get(key, 0) + counted.get(key, 0)
        tallied["drained"] = tallied.get("drained", 0) + restart(lab, 70 if number % 5 == 4 else dice.uniform(0, 5))
    return jobs, tallied


def drain(lab: Lab, jobs: dict[str, str], others: list[str]) -> None:
    lab.run("scancel", *others)
    lab.wait(lambda: all(lab.state(job) in ("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL") for job in jobs),
             PATIENCE_S, "all jobs over")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=30, help="default 30")
    options.add_argument("--seed", type=int, default=1, help="default 1")
    given = options.parse_args()
    dice = random.Random(given.seed)
    lab = up()
    try:
        others = fill(lab)
        jobs, tallied = storm(lab, given.kills, dice)
        drain(lab, jobs, others)
        found = {job: lab.job(job) for job in jobs}
        wrong = {job: [one["JobState"], one["TimeLimit"], one["Restarts"], one.get("AdminComment", "")]
                 for job, one in found.items() if one["JobState"] != jobs[job]}
        tried = sum("foreshape_trial:180m" in one.get("AdminComment", "") for one in found.values())
        requeued = sum(",requeued:" in one.get("AdminComment", "") for one in found.values())
        short = [job for job, one in found.items() if ",requeued:" in one.get("AdminComment", "") and one["TimeLimit"] != LIMIT]
        print(json.dumps({"jobs": len(jobs), "kills": given.kills, "tried": tried, "requeued": requeued, "counted": tallied,
                          "wrong_end": wrong, "without_own_limit": short}))
        return 1 if wrong or short else 0
    finally:
        lab.down()


if __name__ == "__main__":
    sys.exit(main())
