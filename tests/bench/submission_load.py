#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A steady load of submissions on a large cluster with a long queue: stock Slurm, stock Slurm with the settings of slurm.conf
that docs/order.md asks for, and with both plugins fully on, in turns.

  tests/bench/submission_load.py [--rate 500] [--seconds 300] [--rounds 5] [--nodes 256] [--pending 10000]
                                 [--profiles 10000] [--json FILE]     as root

Three clusters, each of --nodes nodes, all of them busy, and with --pending jobs waiting. First the highest rate up to --rate that the stock one takes is looked for; then each takes it in turns, for its part of
--seconds. As many jobs are cancelled, so the queue keeps its length. Foreshape has Order=on, Hold=on and --profiles users'
profiles. Measured in each round: submissions a second and how long the client waited, the scheduler's cycles (sdiag, reset
before), slurmctld's memory and processor time; and of Foreshape's own the time inside job_submit (its histogram) and how long
the agent's passes took: the time between two writes of status.json, less AgentInterval.
"""

import argparse
import json
import os
import pathlib
import pwd
import re
import statistics
import sys
import threading
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster import Lab, process  # noqa: E402
from labcluster.settings import BUILD  # noqa: E402
from slurmctld_memory import memory_mib, put_snapshot  # noqa: E402

USERS = ("alice", "bob", "carol", "dave", "erin")
AGENT_INTERVAL_S = 5
KEEP = 500  # of the round's own submissions that wait at any time
SCHEDULER = "bf_interval=30,bf_max_job_test=1000,bf_window=10080,bf_yield_interval=1000000"
KINDS = ("stock", "settings", "foreshape")
TRIAL_S = 10

Figures = dict[str, float]


def start(kind: str, args: argparse.Namespace) -> Lab:
    ours = kind == "foreshape"
    order = kind != "stock"
    scheduler = SCHEDULER + (",bf_min_prio_reserve=10080,partition_job_depth=100" if order else "") + args.scheduler
    lab = Lab.up(nodes=args.nodes, postgres=False, order=order, min_job_age_s=2,
                 foreshape_conf=[f"AgentInterval={AGENT_INTERVAL_S}s", "Hold=on", "HoldUsers=carol"],
                 slurm_conf={"SchedulerParameters": scheduler}, **({} if ours else {"plugins": None}))
    try:
        busy = lab.submit("alice", f"--nodes={args.nodes}", "--exclusive", "--time=7-0", wrap="sleep 7000")
        lab.wait_state(busy, "RUNNING")  # before there are profiles to hold nodes for
        if ours:
            put_snapshot(lab.cluster.settings, args.profiles, USERS)
            lab.wait(lambda: lab.plugin_status().get("profiles", {}).get("users", 0) >= args.profiles, 120, "the profiles")
        client(lab, "submit_jobs", args.pending)
    except BaseException:
        lab.down()
        raise
    return lab


def client(lab: Lab, program: str, *words: object) -> str:
    first, users = pwd.getpwnam(USERS[0]).pw_uid, len(USERS)
    more = [str(word) for word in words]
    command = [more[0], str(first), str(users)] if program == "submit_jobs" else [*more[:2], str(first), str(users), *more[2:]]
    return lab.run(str(BUILD / "bin" / program), *command, timeout_s=3600).stdout


class PassTimes(threading.Thread):
    """How long the agent's passes take, from outside, in ms."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(daemon=True)
        self.file = lab.cluster.settings.state_dir / "status.json"
        self.ms: list[float] = []
        self.ended = threading.Event()

    def run(self) -> None:
        last = 0
        while not self.ended.wait(0.05):
            now = self.file.stat().st_mtime_ns if self.file.exists() else 0
            if last and now != last:
                self.ms.append((now - last) / 1e6 - AGENT_INTERVAL_S * 1000)
            last = now

    def end(self) -> list[float]:
        self.ended.set()
        self.join()
        return self.ms


def cycles(lab: Lab) -> Figures:
    """sdiag's, in us, of the main scheduler and of backfill; and how many jobs the main one looks at in a cycle."""
    main_part, _, backfill = lab.run("sdiag").stdout.partition("Backfilling stats")
    found: Figures = {}
    for name, text in (("main", main_part), ("backfill", backfill)):
        for what, label in (("cycles", "Total cycles:"), ("mean_us", "Mean cycle:"), ("max_us", "Max cycle:")):
            at = re.search(rf"{label}\s+(\d+)", text)
            found[f"{name}_{what}"] = int(at.group(1)) if at else 0
    depth = re.search(r"Mean depth cycle:\s+(\d+)", main_part)
    found["main_depth"] = int(depth[1]) if depth else 0
    return found


def processor_s(lab: Lab) -> float:
    fields = pathlib.Path(f"/proc/{lab.cluster.slurmctld.pid()}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def round_of(lab: Lab, rate: float, seconds: float) -> tuple[Figures, list[float]]:
    """Its figures, and the times of the agent's passes."""
    lab.run("sdiag", "--reset")
    before = processor_s(lab)
    times = PassTimes(lab)
    times.start()
    said = json.loads(client(lab, "submit_at_rate", rate, seconds, KEEP))
    found = {**said, **cycles(lab), "processor_s": processor_s(lab) - before, "rss_mib": memory_mib(lab.cluster),
             "peak_mib": memory_mib(lab.cluster, "VmHWM"), "pending": float(len(pending(lab)))}
    return found, times.end()


def highest_rate(stock: Lab, wanted: float) -> float:
    """At which nothing is refused, and hardly any comes late."""
    for share in (1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05):
        said = json.loads(client(stock, "submit_at_rate", wanted * share, TRIAL_S, KEEP))
        print(f"stock, {wanted * share:.0f}/s: {json.dumps(said)}", file=sys.stderr, flush=True)
        if said["failed"] == 0 and said["late"] <= 0.01 * said["submissions"] and said["per_s"] >= 0.95 * wanted * share:
            return wanted * share
    raise SystemExit(f"submission_load: error: this machine does not take {wanted * share:.0f} submissions a second")


def pending(lab: Lab) -> list[str]:
    return lab.run("squeue", "--noheader", "--states=pending", "--format=%i").stdout.split()


def table(rounds: dict[str, list[Figures]]) -> None:
    def spread(kind: str, name: str) -> str:
        values = [figures[name] for figures in rounds[kind]]
        return f"{statistics.median(values):.4g} ({min(values):.4g} - {max(values):.4g})"
    print("figure\t" + "\t".join(rounds) + "\tratio in a round: median (range)")
    for name in rounds[KINDS[0]][0]:
        pairs = zip(rounds["stock"], rounds["foreshape"], strict=True)
        ratios = [ours[name] / stock[name] for stock, ours in pairs if stock[name]]
        ratio = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} - {max(ratios):.3f})" if ratios else "-"
        print(f"{name}\t" + "\t".join(spread(kind, name) for kind in KINDS) + f"\t{ratio}")


def inside(lab: Lab, passes: list[float]) -> dict[str, object]:
    status = lab.plugin_status()
    return {"submit_latency": status["submit_latency"], "faults": status["faults"], "journal_lost": status["journal"]["lost"],
            "profiles": status["profiles"]["users"], "passes": len(passes), "pass_ms_median": statistics.median(passes),
            "pass_ms_max": max(passes)}


def measure(args: argparse.Namespace) -> dict[str, object]:
    labs: dict[str, Lab] = {}
    try:
        for kind in KINDS:
            labs[kind] = start(kind, args)
        return in_turns(labs, args)
    finally:
        for lab in labs.values():
            lab.down()


def in_turns(labs: dict[str, Lab], args: argparse.Namespace) -> dict[str, object]:
    rate = highest_rate(labs["stock"], args.rate)
    client(labs["foreshape"], "submit_at_rate", rate, TRIAL_S, KEEP)  # a warm-up as well
    rounds: dict[str, list[Figures]] = {kind: [] for kind in KINDS}
    passes: list[float] = []
    for number in range(args.rounds):
        for kind in KINDS[:: 1 if number % 2 == 0 else -1]:
            found, times = round_of(labs[kind], rate, args.seconds / args.rounds)
            rounds[kind].append(found)
            passes += times
            print(f"round {number + 1}, {kind}: {json.dumps(found)}", file=sys.stderr, flush=True)
    process.wait_until(lambda: False, 2 * AGENT_INTERVAL_S)  # the last pass, and its status
    return {"rate": rate, "rounds": rounds, "inside": inside(labs["foreshape"], passes)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rate", 500), ("seconds", 300), ("rounds", 5), ("nodes", 256), ("pending", 10_000),
                          ("profiles", 10_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--scheduler", default="", metavar=",WORDS", help="more of SchedulerParameters, for both")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    args = parser.parse_args()
    found = measure(args)
    print(f"rate\t{found['rate']}")
    table(found["rounds"])
    for name, value in found["inside"].items():
        print(f"{name}\t{value}")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
