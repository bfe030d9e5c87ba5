#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Five users with habits submit jobs that request far more memory than they use, on a private cluster that kills what uses too
much: once on stock Slurm, once with Memory=enforce. The same jobs at the same moments; what becomes of each is compared.

  tests/bench/memory_mix.py [--jobs 200] [--every 0.6] [--seed N] [--json FILE]     as root

Habits: small jobs always alike; a name whose jobs grow; arrays, and het jobs (which are never shaped); one job in ten that needs
ten times as much; scripts that fail early, and jobs that may not be requeued. Exit status 1 if a job ends worse with Foreshape than
without. Tab-separated on stdout; --json has it too. GiB-hours are those of all runs, by what each held (sacct --duplicates).
"""

import argparse
import dataclasses
import json
import pathlib
import random
import shutil
import statistics
import sys
import threading
import time
from datetime import datetime

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "contrib"), str(SOURCE / "tests" / "system")]

from labcluster import ClusterError, Lab  # noqa: E402

REQUESTED_MIB = 2000
RUN_S = 5
MACHINE = {"nodes": 4, "cpus": 8, "memory_mib": 4_100, "min_job_age_s": 3600,
           "slurm_conf": {"JobAcctGatherParams": "OverMemoryKill"}}
ENFORCE = ["AgentInterval=1", "Memory=enforce"]
LEARN_EVERY_S = 10
PATIENCE_S = 1800


@dataclasses.dataclass
class Planned:
    """One submission, the same in both runs."""

    user: str
    name: str
    mib: int  # what it really needs
    options: tuple[str, ...] = ()
    fails: bool = False
    parts: int = 1  # of a het job, each with its own request


def steady(number: int, chance: random.Random) -> Planned:
    return Planned("alice", "relax", chance.randint(60, 90))


def growing(number: int, chance: random.Random) -> Planned:
    return Planned("bob", "grow", 80 + 8 * (number // 5))


def composed(number: int, chance: random.Random) -> Planned:
    if chance.random() < 0.5:
        return Planned("carol", "sweep", 70, ("--array=1-3",))
    return Planned("carol", "couple", 70, parts=2)


def surprising(number: int, chance: random.Random) -> Planned:
    return Planned("dave", f"fit_{number}", 900 if chance.random() < 0.1 else 90)


def careless(number: int, chance: random.Random) -> Planned:
    options = ("--no-requeue",) if chance.random() < 0.3 else ()
    return Planned("erin", "dump", chance.choice((60, 120, 240)), options, fails=chance.random() < 0.3)


HABITS = (steady, growing, composed, surprising, careless)


def workload(jobs: int, seed: int) -> list[Planned]:
    chance = random.Random(seed)
    return [HABITS[number % len(HABITS)](number, chance) for number in range(jobs)]


def submit(lab: Lab, habit: pathlib.Path, job: Planned) -> str:
    work = "sleep 1; exit 3" if job.fails else f"exec /usr/bin/python3 {habit} memory {job.mib} {RUN_S}"
    one = [f"--job-name={job.name}", "--time=10", f"--mem={REQUESTED_MIB}M", *job.options]
    parts = [word for _ in range(job.parts) for word in (":", *one)][1:]
    return lab.submit(job.user, *parts, wrap=work)


def keep_learning(lab: Lab, stop: threading.Event) -> None:
    while not stop.wait(LEARN_EVERY_S):
        lab.learn()  # as the site's timer does every ten minutes


@dataclasses.dataclass
class Outcome:
    """What became of all jobs."""

    states: list[list[str]]  # of each submission, one of each task or part
    gib_hours: float
    used_gib_hours: float
    runs: int
    makespan_s: float
    mean_wait_s: float


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def mib_of(text: str) -> float:
    units = {"K": 1 / 1024, "M": 1, "G": 1024}
    return float(text[:-1]) * units[text[-1]] if text and text[-1] in units else float(text or 0) / 1024 / 1024


FIELDS = ("JobID", "State", "ReqMem", "MaxRSS", "ElapsedRaw", "Submit", "Start", "End")


def owner_of(job_id: str) -> str:
    """12_3, 12+1 and 12.batch are parts of 12."""
    return job_id.split(".")[0].split("_")[0].split("+")[0]


def whole_of(job_id: str) -> str:
    return job_id.split(".")[0]


def outcome_of(lab: Lab, submitted: list[str], begun_s: float) -> Outcome:
    rows = [row for row in lab.sacct("--duplicates", fields=FIELDS) if owner_of(row["JobID"]) in submitted]
    wholes = [row for row in rows if "." not in row["JobID"] and row["Start"] not in ("", "None", "Unknown")]
    peaks = {}
    for row in rows:
        peaks[whole_of(row["JobID"])] = max(peaks.get(whole_of(row["JobID"]), 0), mib_of(row["MaxRSS"]))
    last = {row["JobID"]: row for row in sorted(wholes, key=lambda row: row["Start"])}
    first = {row["JobID"]: row for row in sorted(wholes, key=lambda row: row["Start"], reverse=True)}
    hours = [(mib_of(row["ReqMem"]), min(peaks[row["JobID"]], mib_of(row["ReqMem"])), float(row["ElapsedRaw"]) / 3600)
             for row in wholes]
    states: dict[str, list[str]] = {}
    for job_id, row in sorted(last.items()):
        states.setdefault(owner_of(job_id), []).append(row["State"].split()[0])
    return Outcome([states.get(job_id, []) for job_id in submitted], sum(mib * h for mib, _, h in hours) / 1024,
                   sum(used * h for _, used, h in hours) / 1024, len(wholes), max(moment(row["End"]) for row in wholes) - begun_s,
                   statistics.mean(moment(row["Start"]) - moment(row["Submit"]) for row in first.values()))


def run(jobs: list[Planned], every_s: float, with_foreshape: bool) -> Outcome:
    lab = Lab.up(**MACHINE, **({"foreshape_conf": ENFORCE} if with_foreshape else {"plugins": None}))
    stop = threading.Event()
    try:
        habit = lab.root / "scratch" / "habit.py"
        shutil.copy(SOURCE / "tests" / "system" / "habit.py", habit)
        habit.chmod(0o755)
        learner = threading.Thread(target=keep_learning, args=(lab, stop))
        if with_foreshape:
            lab.run("foreshape", "migrate")
            learner.start()
        begun_s = time.time()
        submitted = []
        for number, job in enumerate(jobs):
            time.sleep(max(0.0, begun_s + number * every_s - time.time()))
            submitted.append(submit(lab, habit, job))
        lab.wait(lambda: not lab.jobs("--states=PD,R,CG"), PATIENCE_S, "all jobs over")
        lab.wait(lambda: all(row["End"] not in ("", "Unknown") for row in lab.sacct("-X")), 120, "all ends in the accounting")
        print(f"{'with' if with_foreshape else 'without'} Foreshape: {len(jobs)} submissions over in {time.time() - begun_s:.0f} s",
              file=sys.stderr)
        return outcome_of(lab, submitted, begun_s)
    finally:
        stop.set()
        if with_foreshape and learner.is_alive():
            learner.join(60)
        lab.down()


def ended_worse(without: Outcome, with_foreshape: Outcome) -> list[int]:
    """Submissions one of whose parts completed without Foreshape and did not with it."""
    return [number for number, (before, now) in enumerate(zip(without.states, with_foreshape.states, strict=True))
            if now.count("COMPLETED") < before.count("COMPLETED") or len(now) < len(before)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="submissions in each run")
    parser.add_argument("--every", type=float, default=0.6, help="seconds between two of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    jobs = workload(options.jobs, options.seed)
    try:
        without, enforced = (run(jobs, options.every, is_on) for is_on in (False, True))
    except ClusterError as e:
        print(f"memory_mix: error: {e}", file=sys.stderr)
        return 2
    worse = ended_worse(without, enforced)
    print("cluster\truns\tGiB-h held\tGiB-h used\tmakespan s\tmean wait s")
    for name, got in (("stock Slurm", without), ("Memory=enforce", enforced)):
        print(f"{name}\t{got.runs}\t{got.gib_hours:.2f}\t{got.used_gib_hours:.2f}\t{got.makespan_s:.0f}\t{got.mean_wait_s:.1f}")
    print(f"ended worse\t{len(worse)}")
    for number in worse:
        print(f"{jobs[number]}: {without.states[number]}, then {enforced.states[number]}", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps({"seed": options.seed, "stock": dataclasses.asdict(without),
                                            "enforced": dataclasses.asdict(enforced), "ended_worse": worse}, indent=1) + "\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
