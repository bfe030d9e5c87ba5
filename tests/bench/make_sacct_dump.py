#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what sacct --parsable2 would print for JOBS made-up jobs, each with a batch step and an srun step.

usage: make_sacct_dump.py JOBS FILE

For `foreshape ingest sacct --utc FILE` on a scale that no real dump at hand has. The same jobs each time.
"""
import random
import sys
from datetime import datetime, timezone
from typing import TextIO

COLUMNS = ("JobID|JobIDRaw|Cluster|User|UID|Account|Partition|QOS|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|ReqCPUS|ReqMem"
           "|ReqTRES|NCPUS|NNodes|AllocTRES|NTasks|MaxRSS|TotalCPU|TRESUsageInTot|TRESUsageOutTot|WorkDir|AdminComment"
           "|SubmitLine|JobName")
FIRST_SUBMIT_S = 1_735_689_600  # 2025-01-01


def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def write_job(out: TextIO, job: int, submit_s: int, draw: random.Random) -> None:
    user = int(draw.paretovariate(1.2)) % 1000  # few users submit most of the jobs
    run_s = int(draw.expovariate(1 / 1800)) + 1
    start_s = submit_s + draw.randint(0, 900)
    cpus = draw.choice([1, 4, 8, 64])
    nodes = 1 if cpus < 64 else 2
    state = draw.choices(["COMPLETED", "FAILED", "CANCELLED by 1000", "TIMEOUT"], [80, 10, 5, 5])[0]
    tres = f"billing={cpus},cpu={cpus},mem={cpus * 4}G,node={nodes}"
    times = f"{stamp(start_s)}|{stamp(start_s + run_s)}|{run_s}"
    out.write(f"{job}|{job}|syn|user{user:04d}|{10000 + user}|acct{user % 50:02d}|main|normal|{state}|{stamp(submit_s)}|{times}"
              f"|1440|{cpus}|{cpus * 4}G|{tres}|{cpus}|{nodes}|{tres}|||01:00.000|||/home/user{user:04d}/work{job % 7}||"
              f"sbatch run.sh|job_{job % 20}\n")
    for step in ("batch", "0"):
        read, written = draw.randint(1, 10**9), draw.randint(1, 10**8)
        out.write(f"{job}.{step}|{job}.{step}|syn|||acct{user % 50:02d}|||COMPLETED|{stamp(start_s)}|{times}||{cpus}|||{cpus}"
                  f"|{nodes}|cpu={cpus},mem={cpus * 4}G,node={nodes}|1|{draw.randint(1000, 4000000)}K|00:30.000"
                  f"|cpu=00:00:30,energy=0,fs/disk={read},mem=1000K,pages=0,vmem=2000K|energy=0,fs/disk={written}||||{step}\n")


def main() -> int:
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    draw = random.Random(1)
    submit_s = FIRST_SUBMIT_S
    with open(sys.argv[2], "w", encoding="ascii") as out:
        out.write(COLUMNS + "\n")
        for job in range(1, int(sys.argv[1]) + 1):
            submit_s += draw.choice([0, 0, 1, 30, 60, 120])
            write_job(out, job, submit_s, draw)
    return 0


if __name__ == "__main__":
    sys.exit(main())
