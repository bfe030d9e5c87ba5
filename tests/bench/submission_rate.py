#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Submissions per second into a real slurmctld: no plugin, job_submit/lua, job_submit/foreshape, interleaved.

  tests/bench/submission_rate.py [--rounds 5] [--jobs 2000] [--profiles 10000] [--model FILE]

Private clusters live side by side, each with its own slurmctld and slurmdbd. A round submits the same number of
jobs to each, 100 at a time in turns, in an order that rotates: what the machine does meanwhile falls on all alike. The
partition is DOWN: nothing starts, and only the submission is timed. Foreshape runs as a site would have it (observe,
journal on, a snapshot with --profiles strangers and the users who submit), again with Order=on, and with --model once
more with a trained model. slurmctld's files are in memory where /dev/shm is, since a disk that is slow now and then would hide what plugins cost.
"""

import argparse
import json
import os
import pathlib
import pwd
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster import Cluster, Settings, process  # noqa: E402
from slurmctld_memory import put_snapshot  # noqa: E402

BIN = SOURCE / "build" / "release" / "bin"
USERS = ("alice", "bob", "carol", "dave", "erin")
OURS = ("observe", "order", "model")
BLOCK = 100
LUA = """
function slurm_job_submit(job_desc, part_list, submit_uid)
   if job_desc.time_limit == slurm.NO_VAL then job_desc.time_limit = 60 end
   return slurm.SUCCESS
end
function slurm_job_modify(job_desc, job_rec, part_list, modify_uid) return slurm.SUCCESS end
return slurm.SUCCESS
"""


def new_root() -> pathlib.Path:
    return pathlib.Path(tempfile.mkdtemp(prefix="foreshape-cluster.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))


def start(kind: str, profiles: int, model: str | None) -> Cluster:
    settings = Settings(root=new_root(), nodes=1, order=kind == "order", postgres=False, min_job_age_s=2)
    if kind not in OURS:
        settings.plugins = None
    made = Cluster.up(settings)
    if kind == "lua":
        (settings.conf.parent / "job_submit.lua").write_text(LUA)
        with settings.conf.open("a") as conf:
            conf.write("JobSubmitPlugins=lua\n")
        made.restart_slurmctld()
    if kind in OURS and profiles:
        put_snapshot(settings, profiles, USERS)
        made.restart_slurmctld()
        if not process.wait_until(lambda: status(made)["profiles"]["users"] >= profiles, 90, 0.5):
            raise SystemExit("submission_rate: the snapshot was not loaded within 90 s")
    if kind == "model":
        process.run([str(BIN / "foreshape"), "model", "promote", str(model)], env=made.env())
        if not process.wait_until(lambda: status(made).get("model", {}).get("checksum"), 90, 0.5):
            raise SystemExit("submission_rate: the model was not taken in use within 90 s")
    process.run(["scontrol", "update", "PartitionName=main", "State=DOWN"], env=made.env())
    return made


def status(made: Cluster) -> dict:
    try:
        return json.loads((made.settings.state_dir / "status.json").read_text())
    except OSError:
        return {"profiles": {"users": 0}}


def submit_s(made: Cluster, jobs: int) -> float:
    """Seconds for so many submissions, of the users in turn."""
    first = pwd.getpwnam(USERS[0]).pw_uid
    said = subprocess.run([str(BIN / "submit_jobs"), str(jobs), str(first), str(len(USERS))], env=made.env(),
                          capture_output=True, text=True, check=True)
    return float(said.stdout.split()[1])


def empty(made: Cluster) -> None:
    process.run(["scancel", "--partition=main"], env=made.env(), timeout_s=300)
    time.sleep(1)


def round_of(made: dict[str, Cluster], jobs: int) -> dict[str, float]:
    """Submissions per second of each."""
    kinds = list(made)
    spent = dict.fromkeys(kinds, 0.0)
    for block in range(jobs // BLOCK):
        turn = block % len(kinds)
        for kind in kinds[turn:] + kinds[:turn]:
            spent[kind] += submit_s(made[kind], BLOCK)
    for one in made.values():
        empty(one)
    return {kind: jobs // BLOCK * BLOCK / spent[kind] for kind in kinds}


def table(rates: list[dict[str, float]]) -> None:
    def spread(values: list[float], digits: int) -> str:
        return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} - {max(values):.{digits}f})"
    print(f"{'plugin':<10} {'jobs/s median (min - max)':<28} {'ratio to none':<24} ratio to lua")
    for kind in rates[0]:
        print(f"{kind:<10} {spread([r[kind] for r in rates], 0):<28} {spread([r[kind] / r['none'] for r in rates], 3):<24}"
              f" {spread([r[kind] / r['lua'] for r in rates], 3)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--model", metavar="FILE", help="a model file, for one more slurmctld that serves it")
    args = parser.parse_args()
    kinds = ["none", "lua", "observe", "order"] + (["model"] if args.model else [])
    made: dict[str, Cluster] = {}
    rates: list[dict[str, float]] = []
    try:
        for kind in kinds:
            made[kind] = start(kind, args.profiles, args.model)
        round_of(made, 2 * BLOCK)  # a warm-up that does not count
        for number in range(args.rounds):
            rates.append(round_of(made, args.jobs))
            print(f"round {number + 1}: " + "  ".join(f"{k} {v:.0f}/s" for k, v in rates[-1].items()), flush=True)
        for kind in (kind for kind in kinds if kind in OURS):
            process.wait_until(lambda: status(made[kind])["submit_latency"]["count"] > args.rounds * args.jobs, 60, 1)
            print(f"inside job_submit, {kind}: {json.dumps(status(made[kind]).get('submit_latency'))}")
    finally:
        for one in made.values():
            one.down()
    table(rates)
    return 0


if __name__ == "__main__":
    sys.exit(main())
