#!/usr/bin/python3
"""Submissions per second into a real slurmctld: no plugin, job_submit/lua, job_submit/foreshape, interleaved.

  tests/bench/submission_rate.py [--rounds 5] [--jobs 2000] [--profiles 10000]

Three private clusters live side by side with the same slurmdbd settings; each round submits the same
jobs to each of them in turn, in an order that rotates, so that drift of the machine falls on all alike.
The partition is DOWN: nothing starts, and only the submission is timed. Foreshape runs as a site would
have it (observe, journal on, snapshot with --profiles users loaded) and again with Order=on.
"""

import argparse
import json
import os
import pathlib
import pwd
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster import Cluster, Settings, cluster, process  # noqa: E402

BIN = SOURCE / "build" / "release" / "bin"
USERS = ("alice", "bob", "carol", "dave", "erin")
LUA = """
function slurm_job_submit(job_desc, part_list, submit_uid)
   if job_desc.time_limit == slurm.NO_VAL then job_desc.time_limit = 60 end
   return slurm.SUCCESS
end
function slurm_job_modify(job_desc, job_rec, part_list, modify_uid) return slurm.SUCCESS end
return slurm.SUCCESS
"""


def start(kind: str, profiles: int) -> Cluster:
    settings = Settings(root=cluster.new_root(), nodes=1, plugins=None if kind in ("none", "lua") else
                        Settings.__dataclass_fields__["plugins"].default, order=kind == "order", postgres=False,
                        min_job_age_s=2)
    if kind == "lua":
        settings.slurm_conf["JobSubmitPlugins"] = "lua"
        # The script must lie beside slurm.conf before slurmctld reads it.
        settings.slurm_conf["JobSubmitPlugins"] = ""
    made = Cluster.up(settings)
    if kind == "lua":
        (settings.conf.parent / "job_submit.lua").write_text(LUA)
        conf = settings.conf.read_text()
        settings.conf.write_text(conf + "JobSubmitPlugins=lua\n")
        made.restart_slurmctld()
    if kind in ("observe", "order") and profiles:
        snapshot = settings.state_dir / "profiles.snap"
        process.run([str(BIN / "synthetic_snapshot"), "--users", str(profiles), "--jobs", "150", "--first-uid",
                     str(pwd.getpwnam("alice").pw_uid), "--out", str(snapshot)])
        os.chown(snapshot, pwd.getpwnam("slurm").pw_uid, -1)
        made.restart_slurmctld()
    process.run(["scontrol", "update", "PartitionName=main", "State=DOWN"], env=made.env())
    return made


def status(made: Cluster) -> dict:
    return json.loads((made.settings.state_dir / "status.json").read_text())


def wait_for_profiles(made: Cluster, profiles: int) -> None:
    def loaded() -> bool:
        try:
            return status(made)["profiles"]["users"] >= profiles
        except (OSError, KeyError, ValueError):
            return False
    if not process.wait_until(loaded, 90, 0.5):
        raise SystemExit("submission_rate: the snapshot was not loaded within 90 s")


def submit(made: Cluster, jobs: int) -> float:
    first = pwd.getpwnam("alice").pw_uid
    said = subprocess.run([str(BIN / "submit_jobs"), str(jobs), str(first), str(len(USERS))], env=made.env(),
                          capture_output=True, text=True, check=True)
    return float(said.stdout.split()[2])


def empty(made: Cluster) -> None:
    process.run(["scancel", "--partition=main"], env=made.env(), timeout_s=300)
    time.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--profiles", type=int, default=10_000)
    args = parser.parse_args()
    kinds = ["none", "lua", "observe", "order"]
    made: dict[str, Cluster] = {}
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    try:
        for kind in kinds:
            made[kind] = start(kind, args.profiles)
        for kind in ("observe", "order"):
            if args.profiles:
                wait_for_profiles(made[kind], args.profiles)
        for kind in kinds:  # a warm-up that does not count
            submit(made[kind], 200)
            empty(made[kind])
        for number in range(args.rounds):
            for kind in kinds[number % 4:] + kinds[:number % 4]:
                rates[kind].append(submit(made[kind], args.jobs))
                empty(made[kind])
            print(f"round {number + 1}: " + "  ".join(f"{k} {rates[k][-1]:.0f}/s" for k in kinds), flush=True)
        for kind in ("observe", "order"):
            time.sleep(1)
            print(f"{kind}: {json.dumps(status(made[kind]).get('latency'))}")
    finally:
        for one in made.values():
            one.down()
    print("plugin     jobs/s median (min - max)     ratio to none, median (min - max)")
    for kind in kinds:
        ratios = [a / b for a, b in zip(rates[kind], rates["none"])]
        print(f"{kind:<10} {statistics.median(rates[kind]):7.0f} ({min(rates[kind]):.0f} - {max(rates[kind]):.0f})"
              f"        {statistics.median(ratios):.3f} ({min(ratios):.3f} - {max(ratios):.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
