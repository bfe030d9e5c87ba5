#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the replay's imitation of Slurm true? A slice of a trace on a real Slurm and in `foreshape replay`, job by job.

  tests/bench/replay_against_slurm.py [--trace FILE.swf.gz] [--jobs 320] [--seconds 230] [--orders fifo,key]

Takes consecutive jobs of the trace (by default KTH-SP2 in $FORESHAPE_TRACES, the stretch with a load nearest to
--load; without traces a synthetic slice of the same size), divides all times by the same factor so that the
submissions take --seconds, and submits them to a private cluster: real slurmctld and slurmds, one node of one
processor for each processor of the trace's machine. What Slurm did is read from accounting and replayed, on one pool
of processors and on nodes: the same submissions at the seconds at which slurmctld saw them, the same limits, the run
times as they were measured, and the same SchedulerParameters and foreshape.conf. `fifo` is stock Slurm, `key` the same with job_submit/foreshape and Order=on,
which has learned from the 40 jobs of each user before the slice.

Slurm's limits are whole minutes. Divided limits are rounded up to the next minute, and the replay takes what Slurm
was told, so short jobs ask for far more than they use: harder for backfill than the trace itself, on both sides
alike. Users of the trace are dealt out to the five test users.

--save FILE keeps what Slurm did; --recorded FILE replays that again without a cluster.
"""

import argparse
import csv
import dataclasses
import gzip
import json
import math
import os
import pathlib
import pwd
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster import Lab  # noqa: E402
from labcluster.settings import ACCOUNTS, BUILD, USERS  # noqa: E402

SCHEDULER = {"bf_interval": 2, "bf_resolution": 1, "bf_window": 1440, "bf_max_job_test": 1000, "default_queue_depth": 1000}
MAX_OFFSET_S = 600
ORDER = ["Order=on", "OrderLogOffset=40s", "OrderLinear=2", f"OrderMaxOffset={MAX_OFFSET_S}s"]
HISTORY_OF_USER, HISTORY_EVERY_S = 40, 600
TAU_S = 1.0  # of the bounded slowdown: 10 s, compressed
POLICIES = {"fifo": "slurm", "key": "slurm-key-wide"}


@dataclasses.dataclass
class Job:
    """A job in compressed seconds, and what Slurm made of it in Unix time."""
    at: float  # after the slice's first submission
    run_s: int
    limit_min: int
    procs: int
    user: str
    slurm_id: int = 0
    submit: int = 0
    start: int = 0
    end: int = 0


@dataclasses.dataclass
class Slice:
    name: str
    procs: int
    factor: float
    jobs: list[Job]
    history: list[Job]


# The slice

def trace_rows(path: pathlib.Path) -> tuple[int, list[tuple[int, int, int, int, int]]]:
    """Processors, and (submission, run time, limit, processors, user) of what can be replayed."""
    machine, rows = 0, []
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            if line.startswith(";"):
                if "MaxProcs:" in line:
                    machine = int(line.split(":")[1].split()[0])
                continue
            words = [int(float(word)) for word in line.split()]
            procs = words[7] if words[7] > 0 else words[4]
            if min(procs, words[3], words[8]) > 0 and max(words[4], words[7]) <= machine:
                rows.append((words[1], min(words[3], words[8]), words[8], procs, words[11]))
    return machine, sorted(rows)


def synthetic_rows() -> tuple[int, list[tuple[int, int, int, int, int]]]:
    """As many rows as a slice and its history need, with the habits of a real machine: bursts, powers of two,
    run times over four decades, limits that are round figures far above them."""
    dice = random.Random(20261122)
    now, rows = 0, []
    while len(rows) < 2000:
        now += int(dice.expovariate(1 / 1900))
        user, procs = dice.randrange(30), 2 ** dice.choices(range(7), weights=(30, 15, 15, 15, 12, 8, 5))[0]
        limit = dice.choice((600, 3_600, 14_400, 43_200, 86_400))
        for _ in range(dice.choices((1, 2, 6), weights=(70, 20, 10))[0]):
            run = min(limit, max(10, int(limit * dice.betavariate(0.6, 1.4))))
            rows.append((now, run, limit, procs, user))
            now += dice.randrange(60)
    return 100, rows


def load_of(rows: list[tuple[int, int, int, int, int]], machine: int) -> float:
    return sum(row[1] * row[3] for row in rows) / (machine * max(1, rows[-1][0] - rows[0][0]))


def choose(rows: list, machine: int, args: argparse.Namespace) -> int:
    """The first job of the stretch that needs the least compression, of those with about --load whose last job
    would end soon after the last submission if nobody had to wait."""
    def fit(first: int) -> tuple[int, float, int]:
        part = rows[first:first + args.jobs]
        span = part[-1][0] - part[0][0]
        tail = max(row[0] + row[1] for row in part) - part[-1][0]
        return int(10 * max(0.2, tail / span)), max(0.1, abs(load_of(part, machine) - args.load)), span
    return min(range(1000, len(rows) - args.jobs, 50), key=fit)


def cut_slice(args: argparse.Namespace) -> Slice:
    trace = args.trace
    if trace is None:
        trace = pathlib.Path(os.environ.get("FORESHAPE_TRACES", SOURCE.parent / "shared" / "traces"))
        trace /= "KTH-SP2-1996-2.swf.gz"
    if args.synthetic or not trace.exists():
        (machine, rows), name = synthetic_rows(), "synthetic slice"
    else:
        (machine, rows), name = trace_rows(trace), trace.name
    first = args.first if args.first is not None else choose(rows, machine, args)
    part = rows[first:first + args.jobs]
    factor = (part[-1][0] - part[0][0]) / args.seconds
    often = {user: n for n, user in enumerate(sorted({row[4] for row in rows[:first + args.jobs]}))}

    def compressed(row: tuple[int, int, int, int, int]) -> Job:
        run = max(1, round(row[1] / factor))
        limit = max(math.ceil(row[2] / factor / 60), math.ceil((run + 5) / 60))  # Slurm may end a job late, not early
        return Job((row[0] - part[0][0]) / factor, run, limit, row[3], USERS[often[row[4]] % len(USERS)])

    history: dict[str, list[Job]] = {user: [] for user in USERS}
    for row in reversed(rows[:first]):
        job = compressed(row)
        if len(history[job.user]) < HISTORY_OF_USER:
            history[job.user].insert(0, job)
    past = [job for jobs in history.values() for job in jobs]
    past.sort(key=lambda job: job.at)
    print(f"{name}: jobs {first} to {first + len(part) - 1}, load {load_of(part, machine):.2f}, on {machine} processors; "
          f"times divided by {factor:.0f}: run times {min(j.run_s for j in map(compressed, part))} to "
          f"{max(j.run_s for j in map(compressed, part))} s, limits "
          f"{', '.join(str(m) for m in sorted({compressed(row).limit_min for row in part}))} min")
    return Slice(name, machine, factor, [compressed(row) for row in part], past)


# The real Slurm

def slurm_conf(order: str) -> dict[str, str]:
    words = [f"{key}={value}" for key, value in SCHEDULER.items()]
    if order == "key":
        words.append(f"bf_min_prio_reserve={MAX_OFFSET_S}")
    # Points of age: one a second; counted anew every PriorityCalcPeriod, a minute at least.
    return {"SchedulerParameters": ",".join(words + ["bf_yield_interval=1000000", "sched_interval=2", "batch_sched_delay=0"]),
            "PriorityType": "priority/multifactor", "PriorityWeightAge": str(7 * 86_400), "PriorityMaxAge": "7-0",
            "PriorityCalcPeriod": "1", "SelectTypeParameters": "CR_Core"}


def account_of(user: str) -> str:
    return next(account for account, users in ACCOUNTS.items() if user in users)


def teach(lab: Lab, history: list[Job], before: float) -> None:
    """Puts the history into the store and the store's profiles into the plugin."""
    lines = ["JobIDRaw|JobID|Cluster|Partition|Account|User|UID|Submit|Start|End|ElapsedRaw|State|NNodes|NCPUS|ReqCPUS"
             "|ReqMem|TimelimitRaw|JobName"]
    for number, job in enumerate(history):
        begin = before - HISTORY_EVERY_S * (len(history) - number)
        job.submit = job.start = int(begin)
        job.end = job.start + job.run_s
        stamp = [time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(t)) for t in (job.submit, job.start, job.end)]
        lines.append(f"{900_000 + number}|{900_000 + number}|lab|main|{account_of(job.user)}|{job.user}|"
                     f"{pwd.getpwnam(job.user).pw_uid}|{'|'.join(stamp)}|{job.run_s}|COMPLETED|{job.procs}|{job.procs}|"
                     f"{job.procs}|100M|{job.limit_min}|job")
    (lab.root / "history").write_text("\n".join(lines) + "\n")
    lab.run("foreshape", "migrate")
    lab.run("foreshape", "ingest", "sacct", "--file", str(lab.root / "history"))
    lab.run("foreshape", "snapshot", "--out", str(lab.cluster.settings.state_dir / "profiles.snap"))
    users = len({job.user for job in history})
    lab.wait(lambda: lab.plugin_status().get("profiles", {}).get("users", 0) >= users, 30, "profiles loaded")


def submit_all(lab: Lab, part: Slice) -> None:
    begin = time.monotonic() + 1
    for job in part.jobs:
        time.sleep(max(0.0, begin + job.at - time.monotonic()))
        job.slurm_id = int(lab.submit(job.user, f"--nodes={job.procs}", f"--ntasks={job.procs}", f"--time={job.limit_min}",
                                      "--job-name=job", "--output=/dev/null", wrap=f"exec sleep {job.run_s}"))
    rows = lab.wait_recorded(*(str(job.slurm_id) for job in part.jobs), timeout_s=900)
    for job in part.jobs:
        row = rows[str(job.slurm_id)]
        if row["State"] != "COMPLETED":
            raise SystemExit(f"replay_against_slurm: job {job.slurm_id} ended {row['State']}")
        job.submit, job.start, job.end = (int(row[key]) for key in ("Submit", "Start", "End"))


def run_slurm(part: Slice, order: str) -> Slice:
    """The slice with what Slurm made of it."""
    mine = Slice(part.name, part.procs, part.factor, [dataclasses.replace(job) for job in part.jobs],
                 [dataclasses.replace(job) for job in part.history])
    ours = {} if order == "key" else {"plugins": None, "postgres": False}
    lab = Lab.up(nodes=part.procs, cpus=1, memory_mib=1000, slurm_conf=slurm_conf(order), min_job_age_s=900,
                 foreshape_conf=[*ORDER, "AgentInterval=1"] if order == "key" else [], **ours)
    try:
        lab.env["SLURM_TIME_FORMAT"] = "%s"
        if order == "key":
            teach(lab, mine.history, time.time())
        submit_all(lab, mine)
    finally:
        lab.down()
    return mine


# The replay

def swf(part: Slice, order: str) -> str:
    """What Slurm saw, in the Standard Workload Format; first the history, if anybody learned from it."""
    past = part.history if order == "key" else []
    jobs = [(900_000 + n, job) for n, job in enumerate(past)] + [(job.slurm_id, job) for job in part.jobs]
    start = min(job.submit for _, job in jobs)
    lines = [f"; MaxProcs: {part.procs}", f"; MaxNodes: {part.procs}", f"; UnixStartTime: {start}"]
    accounts = list(ACCOUNTS)
    for number, job in jobs:
        lines.append(f"{number} {job.submit - start} -1 {max(1, job.end - job.start)} {job.procs} -1 -1 {job.procs} "
                     f"{job.limit_min * 60} -1 1 {USERS.index(job.user)} {accounts.index(account_of(job.user))} 1 1 -1 -1 -1")
    return "\n".join(lines) + "\n"


def replay(part: Slice, order: str, *more: str) -> list[dict[int, int]]:
    """Starts by job id, for each seed."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="foreshape-replay."))
    try:
        (directory / "slice.swf").write_text(swf(part, order))
        (directory / "foreshape.conf").write_text("\n".join(ORDER) + "\n")
        (directory / "foreshape.conf").chmod(0o644)
        subprocess.run([str(BUILD / "bin" / "foreshape"), "replay", "--policy", POLICIES[order], "--scheduler-parameters",
                        slurm_conf(order)["SchedulerParameters"], "--conf", str(directory / "foreshape.conf"), "--schedule",
                        str(directory / "starts.csv"), *more, str(directory / "slice.swf")], check=True, stdout=subprocess.DEVNULL)
        with (directory / "starts.csv").open() as lines:
            runs: dict[str, dict[int, int]] = {}
            for row in csv.DictReader(lines):
                runs.setdefault(row["seed"], {})[int(row["job"])] = int(row["start_s"])
        return list(runs.values())
    finally:
        shutil.rmtree(directory)


# The comparison

def ranks(values: list[float]) -> list[float]:
    """Ranks from 1; equal values share their mean."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    at = 0
    while at < len(order):
        until = at
        while until + 1 < len(order) and values[order[until + 1]] == values[order[at]]:
            until += 1
        for i in order[at:until + 1]:
            found[i] = (at + until) / 2 + 1
        at = until + 1
    return found


@dataclasses.dataclass
class Agreement:
    rank_correlation: float
    median_s: float
    p90_s: float
    max_s: float
    within_2s: float
    gmbsld: tuple[float, float]  # of the first and the second schedule
    mean_wait_s: tuple[float, float]


def compare(jobs: list[Job], first: list[int], second: list[int]) -> Agreement:
    """Two lists of starts of the same jobs."""
    def slowdown(job: Job, start: int) -> float:
        run = max(1, job.end - job.start)
        return max(1.0, (start - job.submit + run) / max(TAU_S, run))
    gaps = sorted(abs(a - b) for a, b in zip(first, second))
    return Agreement(
        statistics.correlation(ranks(first), ranks(second)), statistics.median(gaps), gaps[int(0.9 * len(gaps))], gaps[-1],
        sum(gap <= 2 for gap in gaps) / len(gaps),
        tuple(statistics.geometric_mean(slowdown(j, s) for j, s in zip(jobs, starts)) for starts in (first, second)),
        tuple(statistics.mean(s - j.submit for j, s in zip(jobs, starts)) for starts in (first, second)))


def row_of(name: str, a: Agreement) -> str:
    return (f"{name:<44} {a.rank_correlation:8.4f} {a.median_s:7.1f} {a.p90_s:6.0f} {a.max_s:6.0f} {100 * a.within_2s:7.0f} "
            f"{a.gmbsld[0]:8.2f} {a.gmbsld[1]:8.2f} {a.mean_wait_s[0]:8.1f} {a.mean_wait_s[1]:8.1f}")


HEADER = (f"{'first and second schedule':<44} {'rank':>8} {'median':>7} {'p90':>6} {'max':>6} {'within':>7} {'slowdown':>17} "
          f"{'mean wait s':>17}\n{'':<44} {'corr.':>8} {'|difference of waits| s':>21} {'2 s %':>7} "
          f"{'first':>8} {'second':>8} {'first':>8} {'second':>8}")


def compare_order(part: Slice, order: str, worst: int) -> list[tuple[str, Agreement]]:
    jobs = part.jobs
    real = [job.start for job in jobs]
    rows = []
    for machine, options in {"pool": [], "nodes": ["--nodes", str(part.procs)]}.items():
        starts = replay(part, order, *options)[0]
        simulated = [starts[job.slurm_id] for job in jobs]
        rows.append((f"{order}: Slurm, replay ({machine})", compare(jobs, real, simulated)))
        for n, run in enumerate(replay(part, order, "--jitter", "1", "--runs", "3", *options), 1):
            rows.append((f"{order}: replay ({machine}), the same 0-1 s later ({n})",
                         compare(jobs, simulated, [run[job.slurm_id] for job in jobs])))
    if worst:
        base = jobs[0].submit
        print(f"\n{order}: where they differ most (seconds after the first submission)")
        far = sorted(range(len(jobs)), key=lambda i: -abs(real[i] - simulated[i]))[:worst]
        for i in sorted(far, key=lambda i: jobs[i].submit):
            job = jobs[i]
            print(f"  job {job.slurm_id:5} submitted {job.submit - base:4} procs {job.procs:4} limit {job.limit_min} min run "
                  f"{job.end - job.start:4} s: Slurm {real[i] - base:4}, replay {simulated[i] - base:4}")
    return rows


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--trace", type=pathlib.Path, help="a trace in SWF, .gz too")
    made.add_argument("--synthetic", action="store_true", help="no trace: a made-up slice")
    made.add_argument("--jobs", type=int, default=320)
    made.add_argument("--first", type=int, help="the slice's first job, counted from 0")
    made.add_argument("--load", type=float, default=0.9, help="of the stretch that is looked for")
    made.add_argument("--seconds", type=float, default=230, help="that the submissions shall take")
    made.add_argument("--orders", default="fifo,key")
    made.add_argument("--worst", type=int, default=0, metavar="N", help="show the N jobs that differ most")
    made.add_argument("--save", type=pathlib.Path)
    made.add_argument("--recorded", type=pathlib.Path)
    made.add_argument("--json", type=pathlib.Path, help="write the figures")
    return made


def run_all(part: Slice, orders: list[str]) -> dict[str, Slice]:
    """All orders at the same time, each on a cluster of its own."""
    done: dict[str, Slice] = {}

    def one(order: str) -> None:
        done[order] = run_slurm(part, order)
    threads = [threading.Thread(target=one, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if set(done) != set(orders):
        raise SystemExit("replay_against_slurm: a cluster failed, see above")
    return done


def read_recorded(path: pathlib.Path) -> dict[str, Slice]:
    def slice_of(found: dict) -> Slice:
        found["jobs"], found["history"] = ([Job(**job) for job in found[key]] for key in ("jobs", "history"))
        return Slice(**found)
    return {order: slice_of(found) for order, found in json.loads(path.read_text()).items()}


def main() -> None:
    args = parser().parse_args()
    began = time.monotonic()
    if args.recorded:
        done = read_recorded(args.recorded)
    else:
        done = run_all(cut_slice(args), args.orders.split(","))
    if args.save:
        args.save.write_text(json.dumps({order: dataclasses.asdict(part) for order, part in done.items()}))
    figures = [row for order, part in done.items() for row in compare_order(part, order, args.worst)]
    print("\n" + HEADER)
    for name, agreement in figures:
        print(row_of(name, agreement))
    print(f"\n{len(next(iter(done.values())).jobs)} jobs, {time.monotonic() - began:.0f} s")
    if args.json:
        args.json.write_text(json.dumps({name: dataclasses.asdict(a) for name, a in figures}, indent=1))


if __name__ == "__main__":
    main()
