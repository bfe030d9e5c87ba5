# SPDX-License-Identifier: GPL-2.0-or-later
"""sacct's figures for a job, put together as its manual says: what the report must show."""

import math
import re
from datetime import datetime

from harness import Job, Lab

FIELDS = ("JobIDRaw", "JobID", "User", "Account", "Partition", "QOS", "JobName", "State", "Submit", "Start", "End",
          "ElapsedRaw", "TimelimitRaw", "NNodes", "NCPUS", "NTasks", "ReqCPUS", "ReqMem", "ReqNodes", "MaxRSS", "TotalCPU",
          "TRESUsageInTot", "TRESUsageOutTot", "AdminComment")
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def jobs_and_steps(lab: Lab) -> dict[int, tuple[Job, list[Job]]]:
    """Raw job id -> (the job's row, its steps' rows), of the last hour."""
    found: dict[int, tuple[Job, list[Job]]] = {}
    for row in lab.sacct("--starttime=now-1hour", fields=FIELDS):
        job_id, _, step = row["JobIDRaw"].partition(".")
        if step:
            found[int(job_id)][1].append(row)
        else:
            found[int(job_id)] = (row, [])
    return found


def size(text: str) -> int | None:
    """Bytes of "69512K", "0.98G"; None where sacct says nothing."""
    match = re.fullmatch(r"([\d.]+)([KMGT]?)", text)
    return round(float(match[1]) * UNITS[match[2]]) if match else None


def moment(text: str) -> int | None:
    return None if text in ("Unknown", "None", "") else int(datetime.fromisoformat(text).timestamp())


def cpu_seconds(text: str) -> float:
    """Of [D-][HH:]MM:SS[.mmm]."""
    days, _, clock = text.rpartition("-")
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds + 86400 * int(days or 0)


def disk(text: str) -> int | None:
    match = re.search(r"fs/disk=(\d+)", text)
    return int(match[1]) if match else None


def figures(job: Job, steps: list[Job]) -> dict[str, object]:
    """What sacct says of a job, under the names of `sshape --json`.

    Steps in which nothing was sampled (all zero) say nothing; the extern step is not one of the user's.
    """
    inner = [s for s in steps if not s["JobID"].endswith(".extern")]
    sampled = [s for s in inner if (size(s["MaxRSS"]) or 0) + (disk(s["TRESUsageInTot"]) or 0)
               + (disk(s["TRESUsageOutTot"]) or 0) > 0]
    peaks = [size(s["MaxRSS"]) * math.ceil(int(s["NTasks"]) / int(s["NNodes"])) for s in sampled if size(s["MaxRSS"])]
    run_s, cpus = int(job["ElapsedRaw"]), int(job["NCPUS"])
    used_cpu = sum(cpu_seconds(s["TotalCPU"]) for s in steps)
    return {
        "name": job["JobName"], "user": job["User"], "account": job["Account"], "partition": job["Partition"],
        "qos": job["QOS"], "state": job["State"].split()[0], "job_id_text": job["JobID"],
        "submit_time": moment(job["Submit"]), "end_time": moment(job["End"]),
        "limit_s": int(job["TimelimitRaw"]) * 60, "cpus": int(job["ReqCPUS"]),
        "memory_bytes": size(job["ReqMem"]), "run_s": run_s,
        "peak_memory_bytes": max(peaks) if peaks else None,
        "read_bytes": sum(disk(s["TRESUsageInTot"]) or 0 for s in sampled) if sampled else None,
        "written_bytes": sum(disk(s["TRESUsageOutTot"]) or 0 for s in sampled) if sampled else None,
        "cpu_efficiency": used_cpu / (run_s * cpus) if steps and run_s and cpus else None,
    }


def reported(job: dict) -> dict[str, object]:
    """The same figures as `sshape --json` has them."""
    asked, used = job["requested"], job["used"]
    memory = asked["memory_per_node_bytes"]
    return {
        **{key: job[key] for key in ("name", "user", "account", "partition", "qos", "state", "job_id_text",
                                     "submit_time", "end_time")},
        "limit_s": asked["limit_s"], "cpus": asked["cpus"],
        "memory_bytes": memory * (asked["nodes"] or 1) if memory is not None else None,
        **{key: used[key] for key in ("run_s", "peak_memory_bytes", "read_bytes", "written_bytes", "cpu_efficiency")},
    }
