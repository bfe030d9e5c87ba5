# SPDX-License-Identifier: GPL-2.0-or-later
"""What a storm (storm.py) left: each job that Slurm kept beside its submission, the journal and the store."""

import collections
import dataclasses
import json
import pathlib
import shutil
import sys
from datetime import datetime, timedelta

import kept
from labcluster import Lab

Figures = dict[str, int]


@dataclasses.dataclass(frozen=True)
class Request:
    """What a submission asked for; its name is its own."""

    user: str
    name: str
    minutes: int
    mib: int
    partition: str

    def options(self) -> list[str]:
        return [f"--job-name={self.name}", f"--time={self.minutes}", f"--mem={self.mib}", f"--partition={self.partition}"]

    def is_as_requested(self, row: dict[str, str]) -> bool:
        return (row["User"], row["TimelimitRaw"], row["ReqMem"], row["Partition"]) == (
            self.user, str(self.minutes), f"{self.mib}M", self.partition)


def journalled(lab: Lab, directory: pathlib.Path) -> list[tuple[int, str]]:
    """Token and name of each submission."""
    said = lab.run("foreshape", "journal", "--json", f"--directory={directory}").stdout
    return [(kept.signed(event["token"]), event["name"]) for event in map(json.loads, said.splitlines())
            if event["kind"] == "submission"]


def stored(lab: Lab, table: str) -> collections.Counter[int]:
    return collections.Counter(int(row["token"]) for row in
                               lab.psql(f"SELECT token FROM foreshape.{table} WHERE token IS NOT NULL"))


def in_doubt(row: dict[str, str], killed_at: list[datetime]) -> bool:
    """Submitted in the last second before a kill -9 (sacct has whole seconds): what is in memory then is gone."""
    submitted = datetime.fromisoformat(row["Submit"])
    return any(timedelta(seconds=-1) < killed - submitted < timedelta(seconds=2) for killed in killed_at)


def figures(lab: Lab, directory: pathlib.Path, requests: dict[str, Request], killed_at: list[datetime]) -> Figures:
    """Those that must be 0 begin with "lost", "twice" or "changed"."""
    seen = [row for row in kept.without_requeued_runs(kept.accounting(lab)) if row["JobName"] in requests]
    # Slurm writes the admin comment with a job's end: what has none was forgotten by a slurmctld that was killed.
    rows = [row for row in seen if row["AdminComment"]]
    forgotten = {row["JobName"] for row in seen if not row["AdminComment"]}
    tokens = {kept.token_of(row) for row in rows}
    submissions = journalled(lab, directory)
    journal = collections.Counter(token for token, _ in submissions)
    missing = [row for row in rows if kept.token_of(row) not in journal]
    doubtful = {kept.token_of(row) for row in missing if in_doubt(row, killed_at)}
    for row in missing:
        print(f"storm: not journalled: {row}; killed at {[str(moment) for moment in killed_at]}", file=sys.stderr)
    in_store = {table: stored(lab, table) for table in ("submission", "prediction", "decision", "job")}
    found = {
        "kept by Slurm": len(rows),
        "submissions journalled": len(journal),
        "submissions stored": len(in_store["submission"]),
        "begun and forgotten by a killed slurmctld": len(forgotten),
        "of these journalled": len(forgotten & {name for _, name in submissions}),
        "not journalled, of the last second before a kill -9": len(doubtful),
        "lost: not journalled": len(missing) - len(doubtful),
        "lost: journalled and not stored": len(set(journal) - set(in_store["submission"])),
        "twice: in the journal": repeated(journal),
        "twice: a token given to two jobs": len(rows) - len(tokens),
        "changed: limit, memory, partition or user": sum(not requests[row["JobName"]].is_as_requested(row) for row in rows),
    }
    for table, there in in_store.items():
        found[f"lost: no {table} in the store"] = len(tokens - doubtful - set(there))
        found[f"twice: {table} in the store"] = repeated(there)
    return found


def repeated(counted: collections.Counter[int]) -> int:
    return sum(times > 1 for times in counted.values())


def core_files(lab: Lab) -> dict[str, int]:
    """By whose thread crashed: ours, if a function of ours is on its stack or it is one that we made."""
    found = [path for path in lab.root.rglob("core*") if path.is_file() and path.open("rb").read(4) == b"\x7fELF"]
    stacks = [lab.run("gdb", "--batch", "-ex", "info threads", "-ex", "bt", shutil.which("slurmctld") or "slurmctld", str(path),
                      check=False).stdout for path in found]
    for path, stack in zip(found, stacks, strict=True):
        print(f"storm: {path}:\n{stack[-4000:]}", file=sys.stderr)
    ours = sum("foreshape" in crashed_thread(stack) for stack in stacks)
    return {"wrong: core files of our threads": ours, "core files of Slurm's own threads": len(found) - ours}


def crashed_thread(stack: str) -> str:
    """What gdb says of the thread that it stands in."""
    return stack[stack.rfind("\n#0"):]
