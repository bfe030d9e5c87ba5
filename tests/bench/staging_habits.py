#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is input data staged before its job comes, and what for? Users with habits on a private cluster, their inputs on a slow disk.

  tests/bench/staging_habits.py [--rounds 10] [--gap 45] [--rate 20] [--seed N] [--json FILE]     as root

The slow disk is ext4 whose reads the kernel limits to --rate MB/s for all jobs together, copying and reading alike (slow_disk.py);
the fast tier is in memory. Time is compressed: a user submits about every --gap seconds (drawn between half and one and a half of it),
the timers of ingest, snapshot and plan run every 5 s, and PlanWindow is its least, a minute. Each user has a dozen earlier jobs.

  alice  the same input all the time            bob    a new input after each job, under the same name
  carol  two kinds of job in turn, each with    dave   now and then an input that no job had before
         its own input, sometimes a new one     erin   a new input now and then; stops after two thirds of the rounds

Every job asks for its copy. A coin decides beforehand whether it then reads what it was told of or the source, so that the times of
both are of the same run; the source's cached pages are dropped before each reading. Figures go to stdout, tab-separated.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "contrib")]

from labcluster import ClusterError, Lab  # noqa: E402
from labcluster.settings import DEFAULT_PLUGINS  # noqa: E402
from slow_disk import SlowDisk  # noqa: E402

MIB = 1 << 20
EARLIER = 12  # jobs of each user
PASS_S = 5.0
READER = """
import json, os, pathlib, subprocess, sys, time
source, fast, is_control, out = sys.argv[1:]
began = time.monotonic()
found = subprocess.run(["foreshape", "stage", "find", "--quiet", "--from", source], capture_output=True, text=True).stdout.strip()
find_s = time.monotonic() - began
path = pathlib.Path(found if found and is_control == "0" else source)
files = [file for file in sorted(path.rglob("*")) if file.is_file()]
for file in files:
    with open(file, "rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
began, total = time.monotonic(), 0
for file in files:
    with open(file, "rb", buffering=0) as opened:
        while block := opened.read(1 << 20):
            total += len(block)
print(json.dumps({"was_staged": bool(found), "read_copy": str(path).startswith(fast), "bytes": total,
                  "read_s": time.monotonic() - began, "find_s": find_s}), file=open(out, "w"))
"""


class Habit:
    """What one user submits next: a job's name and its input."""

    def __init__(self, user: str, disk: pathlib.Path, mib: int, draw: random.Random) -> None:
        self.user, self.mib, self.random = user, mib, draw
        self.home = disk / user
        self.home.mkdir()
        shutil.chown(self.home, user, user)
        self.number = 0
        self.inputs = [self.home / kind for kind in (("a", "b") if user == "carol" else ("input",))]
        for path in self.inputs:
            self.renew(path)

    def renew(self, path: pathlib.Path) -> None:
        path.mkdir(exist_ok=True)
        for part in range(4):
            (path / f"{part}").write_bytes(self.random.randbytes(self.mib * MIB // 4))
        for made in (path, *path.iterdir()):
            shutil.chown(made, self.user, self.user)

    def next_job(self) -> tuple[str, pathlib.Path]:
        """Name and input."""
        kind = self.number % len(self.inputs)
        self.number += 1
        return f"{self.user}_{'ab'[kind]}_{self.number}", self.inputs[kind]

    def after_job(self) -> None:
        """What the user does with the inputs before the next one."""
        last = (self.number - 1) % len(self.inputs)
        if self.user == "dave" and self.random.random() < 0.2:
            self.inputs[0] = self.home / f"other{self.number}"
            self.renew(self.inputs[0])
        elif self.random.random() < {"alice": 0.0, "bob": 1.0, "carol": 0.3, "erin": 0.3}.get(self.user, 0.0):
            self.renew(self.inputs[last])


class Workload:
    def __init__(self, lab: Lab, habits: list[Habit], options: argparse.Namespace, seed: int) -> None:
        self.lab, self.habits, self.options, self.random = lab, habits, options, random.Random(seed)
        self.fast, self.scratch = lab.root / "fast", lab.root / "scratch"
        self.snapshot = lab.cluster.settings.state_dir / "profiles.snap"
        self.over = threading.Event()
        self.lock = threading.Lock()  # guards results
        self.results: list[pathlib.Path] = []
        self.failed_passes = self.passes = 0

    def submit(self, habit: Habit, program: str) -> str:
        name, path = habit.next_job()
        # Half of them say it in the script, half in the comment.
        declared = [f"--comment=foreshape-stage={path}"] if habit.user in ("carol", "dave") else []
        return self.lab.submit(habit.user, f"--job-name={name}", "--output=/dev/null", *declared,
                               wrap=f"#STAGE {path}\n{program.replace('INPUT', str(path))}")

    def make_history(self) -> None:
        """A dozen jobs of each user, put back in accounting's own table to where their habit has them."""
        jobs = [self.submit(habit, "sleep 1.5") for _ in range(EARLIER) for habit in self.habits]
        self.lab.wait_recorded(*jobs, timeout_s=300)
        first, users = min(map(int, jobs)), len(self.habits)
        earlier = f"{self.options.gap} * ({EARLIER} - (id_job - {first}) DIV {users})"
        times = ", ".join(f"{name} = {name} - {earlier}" for name in ("time_submit", "time_eligible", "time_start", "time_end"))
        self.lab.accounting(f"UPDATE lab_job_table SET {times} WHERE id_job >= {first}")
        self.lab.run("foreshape", "migrate")

    def keep_planning(self) -> None:
        """What the timers do."""
        while not self.over.is_set():
            began = time.monotonic()
            try:
                self.lab.run("foreshape", "ingest", "sacct")
                self.lab.run("foreshape", "snapshot", "--out", str(self.snapshot))
                self.lab.run("foreshape", "stage", "plan")
                if self.passes % 6 == 5:
                    self.lab.run("foreshape", "stage", "sweep")
            except ClusterError as error:
                self.failed_passes += 1
                print(f"a pass failed: {error}", file=sys.stderr)
            self.passes += 1
            self.over.wait(max(0.0, PASS_S - (time.monotonic() - began)))

    def live(self, habit: Habit) -> None:
        """One user's rounds."""
        draw = random.Random(habit.random.random())
        rounds = self.options.rounds * 2 // 3 if habit.user == "erin" else self.options.rounds
        for number in range(rounds):
            self.over.wait(self.options.gap * draw.uniform(0.5, 1.5))
            out = self.scratch / f"{habit.user}.{number}.json"
            with self.lock:
                is_control = int(self.random.random() < 0.5)
            job = self.submit(habit, f"exec /usr/bin/python3 {self.scratch}/reader.py INPUT {self.fast} {is_control} {out}")
            self.lab.wait_state(job, "COMPLETED", "FAILED", timeout_s=300)
            with self.lock:
                self.results.append(out)
            habit.after_job()

    def run(self) -> None:
        planner = threading.Thread(target=self.keep_planning, daemon=True)
        planner.start()
        users = [threading.Thread(target=self.live, args=(habit,), daemon=True) for habit in self.habits]
        for user in users:
            user.start()
        for user in users:
            user.join()
        self.over.set()
        planner.join()


def figures(work: Workload) -> dict[str, float | int]:
    jobs = [json.loads(path.read_text()) for path in work.results]
    work.lab.run("foreshape", "stage", "sweep")
    said = work.lab.run("foreshape", "journal", f"--directory={work.lab.cluster.settings.state_dir}/stage", "--json").stdout
    events = [json.loads(line) for line in said.splitlines()]
    here = json.loads(work.lab.run("foreshape", "stage", "account", "--json").stdout)["all"]
    staged = sum(event["bytes"] for event in events if event["step"] == "staged")
    unused = sum(event["bytes"] for event in events if event["step"] == "expired" and event["uses"] == 0)
    unused += here["staged_bytes"] - here["used_bytes"]
    rates = {kind: [job["bytes"] / job["read_s"] / 1e6 for job in jobs if job["read_copy"] == (kind == "copy")] for kind in ("copy", "source")}
    seconds = {kind: [job["read_s"] for job in jobs if job["read_copy"] == (kind == "copy")] for kind in rates}
    return {
        "jobs": len(jobs), "staged before start": sum(job["was_staged"] for job in jobs),
        "share staged": sum(job["was_staged"] for job in jobs) / len(jobs),
        "copies": sum(event["step"] == "staged" for event in events), "failed": sum(event["step"] == "failed" for event in events),
        "staged MiB": staged / MIB, "unused MiB": unused / MIB, "share unused": unused / max(staged, 1),
        "jobs that read a copy": len(seconds["copy"]), "jobs that read the source": len(seconds["source"]),
        "median read of a copy, s": statistics.median(seconds["copy"] or [0]),
        "median read of a source, s": statistics.median(seconds["source"] or [0]),
        "median rate of a copy, MB/s": statistics.median(rates["copy"] or [0]),
        "median rate of a source, MB/s": statistics.median(rates["source"] or [0]),
        "median time of find, s": statistics.median(job["find_s"] for job in jobs),
        "passes of the plan": work.passes, "failed passes": work.failed_passes, "load": os.getloadavg()[0]}


def by_user(work: Workload) -> dict[str, str]:
    """ "7 of 10" staged."""
    told: dict[str, list[bool]] = {}
    for path in work.results:
        told.setdefault(path.name.split(".")[0], []).append(json.loads(path.read_text())["was_staged"])
    return {f"staged for {user}": f"{sum(staged)} of {len(staged)}" for user, staged in sorted(told.items())}


def measure(lab: Lab, options: argparse.Namespace, disk: SlowDisk) -> dict[str, float | int | str]:
    fast = lab.root / "fast"
    fast.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4g,mode=1777", "tmpfs", str(fast)], check=True)
    draw = random.Random(options.seed)
    habits = [Habit(user, disk.mount, draw.randrange(40, 121), random.Random(draw.random()))
              for user in ("alice", "bob", "carol", "dave", "erin")]
    (lab.root / "scratch" / "reader.py").write_text(READER)
    (lab.root / "scratch" / "reader.py").chmod(0o755)
    work = Workload(lab, habits, options, options.seed)
    conf = lab.cluster.settings.conf.parent / "foreshape-stage.conf"
    conf.write_text(f"Buffer={fast}\nKeepFree=0%\nKeep=3m\nSnapshot={work.snapshot}\nMinSaved=1\nPlanWindow=1m\nJobTime=5m\n"
                    f"ReadRate={options.rate}M\nAccount={lab.cluster.settings.state_dir}/stage\n")
    work.make_history()
    work.run()
    return figures(work) | by_user(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="jobs of each user")
    parser.add_argument("--gap", type=int, default=45, help="seconds between them, on average")
    parser.add_argument("--rate", type=int, default=20, help="MB/s of the slow disk")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    place = pathlib.Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    place.chmod(0o755)
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, place, ignore_errors=True)
        disk = SlowDisk(place / "slow", 2048, options.rate * 1_000_000)
        undo.callback(disk.close)
        lab = Lab.up(nodes=2, cpus=8, plugins=DEFAULT_PLUGINS, postgres=True, foreshape_conf=["AgentInterval=1"])
        undo.callback(lab.down)
        undo.callback(subprocess.run, ["umount", "--lazy", str(lab.root / "fast")], check=False)
        found = measure(lab, options, disk)
    for name, value in found.items():
        print(name, f"{value:.3f}" if isinstance(value, float) else value, sep="\t")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    if os.environ.get("FORESHAPE_STAGE_ISOLATED") is None and "-h" not in sys.argv and "--help" not in sys.argv:
        os.environ["FORESHAPE_STAGE_ISOLATED"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv])
    main()
