#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A storm: users submit while slurmctld is killed, restarted and reconfigured, PostgreSQL is killed and the journal's disk is
full, on a private cluster with both plugins fully on (Hold=on, Order=on). Then what Slurm kept is looked for.

  tests/bench/storm.py [--jobs 1500] [--seed N] [--json FILE]     as root

Every submission has its own limit, memory and partition. Afterwards each one that Slurm has in its accounting must be in the
journal once, in the store once with its prediction and decision, and be as it was requested; slurmctld must have ended only when
it was made to. Exit status 1 if not. Figures go to stdout, tab-separated; --json has them too.

kill -9 never comes while the disk is full: what waits in memory then is lost with it. The journal is written a hundred times a second:
what came in the last second before a kill -9 is counted apart. "Kept" is what has an end in the accounting: a slurmctld that is
killed forgets what it has not saved yet, whatever plugins it has.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "contrib"), str(SOURCE / "tests" / "system")]

import kept  # noqa: E402
from labcluster import ClusterError, Lab  # noqa: E402
from storm_findings import Figures, Request, core_files, figures  # noqa: E402

USERS = ("alice", "bob", "carol", "dave", "erin")
DISK = "64m"  # of the journal: it holds all of it
LONGEST_S = 1800
CONF = ["AgentInterval=1s", "Hold=on", "HoldUsers=carol,dave", "HoldPersonalNodes=1", "HoldPoolShare=25%", "HoldWindow=60s",
        "HoldDeadline=60s", "HoldShortJob=90s", "OrderRenewal=5s"]
KILL, RESTART, RECONFIGURE = "kill -9 of slurmctld", "SIGTERM and start of slurmctld", "reconfigure"
KILL_POSTGRES, FULL = "kill -9 of PostgreSQL", "disk of the journal full"
HARMS = {KILL: 4, RESTART: 3, RECONFIGURE: 5, KILL_POSTGRES: 2, FULL: 3}  # of 17 in a row
NOT_WHILE_FULL = {KILL, FULL}
SAY_NOTHING = {"check": False, "timeout_s": 120.0}


class JournalDisk:
    """A small file system for the journal, which can be made full."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.directory = lab, lab.root / "journal"
        self.directory.mkdir()
        lab.run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", str(self.directory))
        shutil.chown(self.directory, "slurm", "slurm")
        self.filler = self.directory / "filler"
        self.full_until = 0.0

    def fill(self, seconds: float) -> None:
        with self.filler.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 65536)
        with self.filler.open("ab", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 512)
        self.full_until = time.monotonic() + seconds

    def free_in_time(self) -> None:
        if self.filler.exists() and time.monotonic() >= self.full_until:
            self.filler.unlink()

    def is_full_or_owed(self) -> bool:
        """Full, or what waited for it is not written yet, or that is not known of this slurmctld."""
        status = self.lab.plugin_status()
        journal = status.get("journal", {})
        is_old = status.get("pid") != self.lab.cluster.slurmctld.pid()
        return self.filler.exists() or is_old or bool(journal.get("error")) or journal.get("queued", 1) > 0

    def unmount(self) -> None:
        self.lab.run("umount", "--lazy", str(self.directory), check=False)


class Storm:
    def __init__(self, lab: Lab, disk: JournalDisk, wanted: int, seed: int) -> None:
        self.lab, self.disk, self.wanted = lab, disk, wanted
        self.random = random.Random(seed)
        self.requests: dict[str, Request] = {}
        self.accepted = self.unexpected_ends = 0
        self.lock = threading.Lock()  # guards requests and accepted
        self.over = threading.Event()
        self.done: dict[str, int] = {}
        self.killed_at: list[datetime] = []
        self.deck: list[str] = []
        self.said: set[str] = set()  # by what failed
        self.harms: dict[str, Callable[[], None]] = {
            KILL: self.kill_slurmctld, RESTART: self.restart_slurmctld, RECONFIGURE: self.reconfigure,
            KILL_POSTGRES: self.kill_postgres, FULL: self.fill_disk}

    def run(self) -> None:
        threads = [threading.Thread(target=self.submit, args=(user, number), daemon=True)
                   for number, user in enumerate(USERS)]
        threads.append(threading.Thread(target=self.ingest, daemon=True))
        for thread in threads:
            thread.start()
        ends = time.monotonic() + LONGEST_S
        while self.accepted < self.wanted and time.monotonic() < ends:
            time.sleep(self.random.uniform(0.5, 3))
            self.disk.free_in_time()
            self.harm()
        self.disk.full_until = 0
        self.disk.free_in_time()
        self.over.set()
        for thread in threads:
            thread.join(120)

    def submit(self, user: str, number: int) -> None:
        """A failed sbatch is no job, unless Slurm took it all the same: by the name that is found out later."""
        chosen = random.Random(self.random.random() + number)
        count = 0
        while not self.over.is_set():
            count += 1
            request = Request(user, f"storm_{user}_{count}", chosen.randint(1, 30), chosen.randint(10, 400),
                              chosen.choice(("main", "main", "debug")))
            with self.lock:
                self.requests[request.name] = request
            done = self.lab.run("sbatch", "--parsable", "--output=/dev/null", *request.options(), "--wrap=true", user=user,
                                **SAY_NOTHING)
            with self.lock:
                self.accepted += done.returncode == 0
            self.over.wait(chosen.uniform(0, 0.2))

    def ingest(self) -> None:
        """As a site's timer does; fails while PostgreSQL is down."""
        while not self.over.wait(1):
            for words in (("ingest", "journal", str(self.disk.directory)), ("ingest", "sacct"),
                          ("snapshot", "--out", str(self.lab.cluster.settings.state_dir / "profiles.snap"))):
                done = self.lab.run("foreshape", *words, **SAY_NOTHING)
                if done.returncode == 0:
                    self.count(f"foreshape {words[0]} done")
                    continue
                self.count(f"foreshape {words[0]} failed")
                self.said.add(re.sub(r"\d+", "N", (done.stderr.strip() or "?").splitlines()[-1]))

    def count(self, what: str) -> None:
        with self.lock:
            self.done[what] = self.done.get(what, 0) + 1

    def harm(self) -> None:
        if not self.lab.cluster.slurmctld.is_alive():
            self.unexpected_ends += 1
            self.lab.cluster.slurmctld.start()
        if not self.deck:
            self.deck = [name for name, times in HARMS.items() for _ in range(times)]
            self.random.shuffle(self.deck)
        is_owed = self.disk.is_full_or_owed()
        name = next((name for name in self.deck if not (is_owed and name in NOT_WHILE_FULL)), None)
        if name is None:
            return
        self.deck.remove(name)
        self.harms[name]()
        self.count(name)

    def kill_slurmctld(self) -> None:
        self.lab.kill_slurmctld()
        self.killed_at.append(datetime.now())
        time.sleep(self.random.uniform(0, 2))
        self.lab.cluster.slurmctld.start()

    def restart_slurmctld(self) -> None:
        self.lab.cluster.slurmctld.stop(30)
        self.lab.cluster.slurmctld.start()

    def reconfigure(self) -> None:
        self.lab.run("scontrol", "reconfigure", **SAY_NOTHING)

    def fill_disk(self) -> None:
        self.disk.fill(self.random.uniform(5, 12))

    def kill_postgres(self) -> None:
        self.lab.cluster.postgres.kill()
        time.sleep(self.random.uniform(0, 3))
        for attempt in range(20):  # until its last child has noticed
            try:
                return self.lab.cluster.postgres.start()
            except ClusterError:
                if attempt == 19:
                    raise
                time.sleep(0.5)


def settle(lab: Lab, disk: JournalDisk) -> None:
    kept.wait_for_the_end(lab, 600)
    lab.wait(lambda: not disk.is_full_or_owed(), 60, "all of it in the journal")
    for _ in range(2):  # the second must change nothing
        lab.run("foreshape", "ingest", "journal", str(disk.directory))
        lab.run("foreshape", "ingest", "sacct")


def errors_of_ours(lab: Lab) -> set[str]:
    """What slurmctld's log has of us, each once whatever numbers are in it: for who asks why something failed."""
    return {re.sub(r"\d+", "N", line.partition("] ")[2]) for line in lab.log().splitlines() if "error: foreshape" in line}


def measure(wanted: int, seed: int) -> Figures:
    lab = Lab.up(nodes=8, cpus=16, order=True, foreshape_conf=CONF)
    disk = JournalDisk(lab)
    try:
        lab.run("foreshape", "migrate")
        lab.reconfigure([*CONF, "Order=on", f"JournalDir={disk.directory}"])
        lab.cluster.restart_slurmctld()
        storm = Storm(lab, disk, wanted, seed)
        begun = time.monotonic()
        storm.run()
        seconds = round(time.monotonic() - begun)
        settle(lab, disk)
        status = lab.plugin_status()
        errors = errors_of_ours(lab)
        for line in sorted(storm.said | errors):
            print(f"storm: {line}", file=sys.stderr)
        return {"seed": seed, "seconds": seconds, "submissions tried": len(storm.requests),
                "submissions accepted": storm.accepted, **dict(sorted(storm.done.items())),
                **figures(lab, disk.directory, storm.requests, storm.killed_at),
                "lost: events of the journal": status["journal"]["lost"] + status["journal"]["lost_before"],
                "jobs put into a hold by the last slurmctld": status["jobs"]["pooled"],
                "wrong: slurmctld ended by itself": storm.unexpected_ends,
                **core_files(lab), "wrong: only observing": int(status["observe_only"]),
                "wrong: errors of ours but for a full disk": sum("No space left" not in line for line in errors)}
    finally:
        disk.unmount()
        lab.down()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1500, help="submissions that slurmctld has accepted")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    found = measure(args.jobs, args.seed)
    for name, value in found.items():
        print(f"{name}\t{value}")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")
    bad = [name for name, value in found.items() if value and name.split(":")[0] in ("lost", "twice", "changed", "wrong")]
    if bad:
        print(f"storm: error: not as it must be: {', '.join(bad)}; --seed {args.seed} repeats the order of events", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
