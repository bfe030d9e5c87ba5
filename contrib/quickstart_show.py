#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The show of contrib/quickstart: users with habits, what is learned from them, and what that is good for."""

import argparse
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from labcluster import Cluster, ClusterError, Lab, Settings, cluster, memory, process, users  # noqa: E402

NODES = 8
WATCH = ["Mode=observe", "AgentInterval=1"]
ACT = [
    "Mode=advise", "AgentInterval=1",  # users read what their last jobs used
    # Nodes are held for carol's next job, and a pool for everybody's short ones.
    "Hold=on", "HoldUsers=carol", "HoldWindow=1", "HoldDeadline=1", "HoldShortJob=10s", "HoldMaxTime=30", "HoldPoolShare=25%",
]
TURNS, TURN_S = 12, 8  # how often, and how many seconds apart, carol and erin submit to the full cluster
BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {text}", flush=True)


def show(lab: Lab, *command: str) -> None:
    """Runs a command as the reader could, and shows both."""
    print(f"\n  $ {' '.join(command)}", flush=True)
    done = lab.run(*command, check=False)
    print("".join(f"  {line}\n" for line in (done.stdout + done.stderr).splitlines()), flush=True)


class Habits:
    """What five users submit again and again: far more requested than used."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.ids: list[str] = []

    def _submit(self, user: str, name: str, *options: str, wrap: str) -> str:
        done = self.lab.run("sbatch", "--parsable", f"--job-name={name}", "--output=/dev/null", *options,
                            user=user, text_in=f"#!/bin/sh\n{wrap}\n")
        for line in done.stderr.splitlines():
            say(f"{user} submits {name} and reads: {line.removeprefix('sbatch: ')}")
        self.ids.append(done.stdout.strip())
        return self.ids[-1]

    def alice(self) -> str:
        """Computes: requests 24 h and 8 GiB, uses seconds and little."""
        return self._submit("alice", "relax", "--time=24:00:00", "--mem=8G", "--cpus-per-task=2",
                            wrap="timeout 1 sh -c 'while :; do :; done'; sleep 2")

    def bob(self) -> str:
        """Needs memory, if not as much as requested."""
        return self._submit("bob", "assemble", "--time=2:00:00", "--mem=4G",
                            wrap="exec python3 -c 'import time; x = bytearray(150 << 20); time.sleep(3)'")

    def carol(self, *options: str) -> str:
        """Tries something every few seconds."""
        return self._submit("carol", "try", "--time=10", "--mem=1G", *options, wrap="sleep 2")

    def dave(self) -> str:
        return self._submit("dave", "sweep", "--array=1-3", "--time=4:00:00", "--mem=2G", wrap="sleep 3")

    def erin(self) -> str:
        """Every third of her jobs fails."""
        verdict = "exit 1" if len(self.ids) % 3 == 0 else "exit 0"
        return self._submit("erin", "verify", "--time=30", "--mem=1G",
                            wrap=f"dd if=/dev/zero of=check.$$ bs=1M count=20 2>/dev/null; rm check.$$; sleep 2; {verdict}")

    def campaign(self) -> str:
        """Long jobs, for a show; each fills a node."""
        return self._submit("bob", "campaign", "--exclusive", "--nodes=1", "--time=2:00:00",
                            wrap=f"sleep {20 + len(self.ids) % 10}")

    def round(self) -> None:
        for act in (self.alice, self.bob, self.dave, self.erin):
            act()


def wait_for_all(lab: Lab, habits: Habits) -> None:
    lab.wait(lambda: not lab.jobs(), 120, "all jobs ended")
    ids = {job_id for job_id in habits.ids}
    lab.wait(lambda: ids <= {row["JobID"].split("_")[0] for row in lab.sacct("-X") if row["End"] != "Unknown"},
             60, "all jobs in accounting")


def learn(lab: Lab) -> None:
    """Accounting and journal into the store, profiles out of it, into the plugin."""
    journal, snapshot = lab.cluster.settings.state_dir / "journal", lab.cluster.settings.state_dir / "profiles.snap"
    show(lab, "foreshape", "ingest", "sacct")
    show(lab, "foreshape", "ingest", "journal", str(journal))
    before = lab.plugin_status().get("profiles", {}).get("snapshot_loaded")
    show(lab, "foreshape", "snapshot", "--out", str(snapshot))
    lab.wait(lambda: lab.plugin_status()["profiles"]["snapshot_loaded"] != before, 30, "the plugin has the new profiles")


def first_days(lab: Lab, habits: Habits) -> None:
    say("five users with habits work for a while; Foreshape only watches")
    for _ in range(4):
        habits.campaign()
    for _ in range(9):
        habits.round()
        for _ in range(2):
            habits.carol()
            time.sleep(3)
    say(f"{len(habits.ids)} submissions; waiting until Slurm's accounting has the last one")
    wait_for_all(lab, habits)


def predicted(lab: Lab, habits: Habits) -> None:
    say("foreshape.conf: Mode=advise, Hold=on; scontrol reconfigure. The same users again, who are told now:")
    lab.reconfigure(ACT)
    for _ in range(2):
        habits.round()
        habits.carol()


def starts_soon(lab: Lab, job_id: str, end: float) -> bool:
    """Whether the job leaves the queue before this moment."""
    return process.wait_until(lambda: lab.state(job_id) != "PENDING", end - time.monotonic(), 0.2)


def held(lab: Lab, habits: Habits) -> None:
    say("now long jobs fill the cluster, and many more wait; carol goes on trying, erin verifying")
    for _ in range(40):
        habits.campaign()
    soon = {"carol": 0, "erin": 0}
    for turn in range(TURNS):
        end = time.monotonic() + TURN_S
        for user, job_id in (("carol", habits.carol()), ("erin", habits.erin())):
            soon[user] += starts_soon(lab, job_id, end - 2)
        if turn == TURNS // 2:
            show(lab, "scontrol", "--oneliner", "show", "reservation")
        time.sleep(max(0.0, end - time.monotonic()))
    waiting = sum(job["name"] == "campaign" and job["state"] == "PENDING" for job in lab.jobs())
    say(f"{soon['carol']} of carol's {TURNS} jobs started within seconds (her own hold), and {soon['erin']} of "
        f"erin's {TURNS} (the pool for short jobs), while {waiting} of bob's still wait")
    lab.run("scancel", "--name=campaign")
    wait_for_all(lab, habits)


def trained(lab: Lab, habits: Habits) -> None:
    """A model of what these users do: trained on the store by two ranks, in force without a restart."""
    say("a model is trained on what the store has, by two ranks, and put in force. (A site's cron job is `foreshape retrain`, "
        "which promotes only what is better on the newest jobs; a history of minutes has too few to tell.)")
    data, model = str(lab.root / "jobs.h5"), str(lab.root / "model.fsm")
    show(lab, "foreshape", "dataset", "--output", data)
    show(lab, "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", "foreshape-train", "--steps", "200",
         "--validation", "0.55", "--output", model, data)
    show(lab, "foreshape", "model", "promote", model)
    lab.wait(lambda: lab.plugin_status()["model"]["checksum"], 30, "the plugin serves the model")
    say("and the same users once more")
    for _ in range(2):
        habits.round()
        habits.carol()
    wait_for_all(lab, habits)


def report(lab: Lab) -> None:
    say("the report")
    ended = [row for row in lab.sacct("-X") if row["JobName"] in ("relax", "assemble", "sweep", "try", "verify")]
    show(lab, "sshape", f"--jobs={','.join(row['JobID'] for row in ended[-24:-9])}")
    show(lab, "sshape", f"--jobs={','.join(row['JobID'] for row in ended[-9:])}",
         "--format=JobID,User,JobName,ReqTime,PredTime,PredTime95,Elapsed,Model")
    show(lab, "sshape", "summary", "--allusers")
    show(lab, "sshape", "holds", "--allusers")
    last = next(row["JobID"] for row in reversed(ended) if row["JobName"] == "relax")
    show(lab, "sshape", "why", last)
    show(lab, "foreshape", "status")


def farewell(lab: Lab, keep: bool) -> None:
    if not keep:
        lab.down()
        say("the cluster was ended and removed; with --keep it stays, to look around")
        return
    memory.remember(lab.root)
    print(f"""
The cluster is still running, under {lab.root}. To look further, as root:
  eval "$(contrib/cluster env)"                 then squeue, sacct, sshape, foreshape, psql "$FORESHAPE_DB"
  contrib/cluster run -u alice sshape           what alice may see: her own jobs
  contrib/cluster run -u alice sbatch --wrap 'sleep 5'
  foreshape --help; man -l docs/sshape.1
To stop it and remove everything: contrib/quickstart --down""")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=False)
    keep = parser.parse_args().keep
    lab = None
    try:
        print(f"== 3. A private Slurm cluster of {NODES} nodes, with both plugins")
        if missing := users.missing():
            say(f"makes the OS users {', '.join(missing)} (no password); they go with the cluster")
        lab = Lab(Cluster.up(Settings(root=cluster.new_root(), nodes=NODES, cpus=4, memory_mib=16_000,
                                      foreshape_conf=[*WATCH, "Hold=off"])))
        say(f"up under {lab.root}")
        print("== 4. The main job")
        show(lab, "foreshape", "migrate")
        habits = Habits(lab)
        first_days(lab, habits)
        say("what was learned goes from accounting into the store, and from there to the plugin")
        learn(lab)
        lab.run("foreshape", "roles", "sync")
        predicted(lab, habits)
        held(lab, habits)
        learn(lab)
        trained(lab, habits)
        print("== 5. What came of it")
        learn(lab)
        report(lab)
        farewell(lab, keep)
    except (ClusterError, AssertionError, KeyboardInterrupt) as error:
        print(f"quickstart: error: {error or 'interrupted'}", file=sys.stderr)
        if lab is not None:
            lab.down()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
