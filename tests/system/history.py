# SPDX-License-Identifier: GPL-2.0-or-later
"""Two weeks of jobs that nobody ran, as sacct prints them."""

import random
import time

DAY_S = 86_400
USERS = ("alice", "bob", "carol", "dave", "erin")
# Bursts of short jobs behind long ones that take the whole machine: what an order by predicted run time is for.
BURSTS, SHORT_JOBS, LONG_JOBS = 28, 30, 8
COLUMNS = ("JobID", "JobIDRaw", "Cluster", "User", "UID", "Account", "Partition", "QOS", "State", "Submit", "Start", "End",
           "ElapsedRaw", "TimelimitRaw", "ReqCPUS", "ReqMem", "AllocCPUS", "NNodes", "JobName")


def history(now_s: int) -> str:
    """Two weeks as sacct prints them, a burst every half day."""
    dice = random.Random(20261127)
    rows, job_id = ["|".join(COLUMNS)], 100_000
    for burst in range(BURSTS):
        begin_s = now_s - 14 * DAY_S + burst * DAY_S // 2 + 60
        kinds = [("long", 6 * 3_600, 16)] * LONG_JOBS + [("short", 120, 16)] * SHORT_JOBS
        for place, (name, run_s, cpus) in enumerate(kinds):
            job_id += 1
            user = dice.randrange(len(USERS))
            run_s = max(1, int(run_s * dice.uniform(0.8, 1.2)))
            submit_s = begin_s + 10 * place
            start_s = submit_s + (1_800 if name == "short" else 300)
            times = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) for moment in (submit_s, start_s, start_s + run_s)]
            rows.append("|".join((str(job_id), str(job_id), "lab", USERS[user], str(5_000 + user), "physics", "main", "normal",
                                  "COMPLETED", *times, str(run_s), "1440", str(cpus), "0", str(cpus), "1", name)))
    return "\n".join(rows) + "\n"
