#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether two builds compute the same bits, and each reads what the other has written. As root, on no cluster.

usage: same_bits.py BEFORE AFTER TRACE...

BEFORE and AFTER are build directories (build/release) of two revisions; TRACE is a file that `foreshape evaluate` reads. A
line for each comparison; exit code 1 where anything differs. BEFORE must be of this revision's formats or older: its store
is migrated by AFTER, and AFTER's store is not shown to it.

  evaluate    every figure of every predictor on each trace, but how long it took
  replay      each policy's figures on the first trace
  model       a training with one seed; each build's replay with each build's model
  journal     records written by each, printed by each
  store       a trace ingested by BEFORE, then migrated by AFTER: the report of both, and both snapshots
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import typing

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "contrib"))

from labcluster.postgres import Postgres  # noqa: E402

MEASURED = ("predict_s", "train_s", "seconds")  # times that two runs of one build do not share either
TRAINING = ("--seed=1", "--steps=60", "--samples=4096", "--validate-every=20")


class Build(typing.NamedTuple):
    name: str
    root: pathlib.Path

    def run(self, program: str, *args: str) -> str:
        done = subprocess.run([str(self.root / "bin" / program), *args], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"same_bits: {self.name}: {program} {' '.join(args)}: exit code {done.returncode}: {done.stderr[-500:]}")
        return done.stdout


def without_measured(value: object) -> object:
    if isinstance(value, dict):
        return {name: without_measured(one) for name, one in value.items() if name not in MEASURED}
    return [without_measured(one) for one in value] if isinstance(value, list) else value


def figures(text: str) -> object:
    return without_measured(json.loads(text))


class Comparison:
    def __init__(self) -> None:
        self.differs = False

    def tell(self, what: str, *answers: object) -> None:
        same = all(answer == answers[0] for answer in answers)
        self.differs |= not same
        print(f"{'same' if same else 'DIFFERENT':10} {what}", flush=True)


def replay_of(build: Build, trace: str, *options: str) -> object:
    return figures(build.run("foreshape", "replay", "--runs=1", "--json", "-", *options, trace))


def compare_computing(told: Comparison, builds: list[Build], traces: list[str]) -> None:
    for trace in traces:
        evaluated = [figures(build.run("foreshape", "evaluate", "--refit-every=5000", "--json", "-", trace)) for build in builds]
        told.tell(f"evaluate {trace}", *evaluated)
    policies = "--policy=easy,easy-sjbf:last2,conservative,slurm-order:kernel"
    told.tell(f"replay {traces[0]}", *[replay_of(build, traces[0], policies) for build in builds])


def compare_models(told: Comparison, builds: list[Build], trace: str, directory: pathlib.Path) -> None:
    models = []
    for build in builds:
        data, model = directory / f"{build.name}.h5", directory / f"{build.name}.fsm"
        build.run("foreshape", "dataset", "--swf", trace, "--output", str(data))
        build.run("foreshape-train", *TRAINING, "--output", str(model), str(data))
        models.append(str(model))
    answers = [replay_of(build, trace, "--policy=easy-sjbf:model", "--model", model) for build in builds for model in models]
    told.tell("model: trained by each, replayed by each", *answers)


def compare_journals(told: Comparison, builds: list[Build], directory: pathlib.Path) -> None:
    answers = []
    for writer in builds:
        journal = str(directory / f"journal-{writer.name}")
        writer.run("journal_throughput", journal, "2000")
        answers += [reader.run("foreshape", "journal", "--directory", f"{journal}_0", "--json") for reader in builds]
    told.tell("journal: written by each, printed by each", *answers)


def compare_stores(told: Comparison, builds: list[Build], trace: str, directory: pathlib.Path) -> None:
    directory.chmod(0o755)
    for name in ("log", "run"):
        (directory / name).mkdir()
    server = Postgres(directory)
    server.start()
    try:
        store = ("--db", server.conninfo)
        before, after = builds
        before.run("foreshape", "migrate", *store)
        before.run("foreshape", "ingest", "swf", "--cluster=lab", *store, trace)

        def report(build: Build) -> object:
            return json.loads(build.run("sshape", "-a", "-S", "1990-01-01", "--json", *store))

        def snapshot(build: Build) -> str:
            path = str(directory / f"{build.name}.snap")
            build.run("foreshape", "snapshot", "--cluster=lab", "--out", path, *store)
            return after.run("snapshot_digest", path)

        reports, snapshots = [report(before)], [snapshot(before)]
        after.run("foreshape", "migrate", *store)
        told.tell("store: reported by BEFORE, and by AFTER once it has migrated it", *reports, report(after))
        told.tell(f"snapshot: {snapshots[0].strip()}", *snapshots, snapshot(after))
    finally:
        server.stop()


def main() -> int:
    if len(sys.argv) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    builds = [Build("before", pathlib.Path(sys.argv[1])), Build("after", pathlib.Path(sys.argv[2]))]
    traces = sys.argv[3:]
    told = Comparison()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="same_bits."))
    try:
        compare_computing(told, builds, traces)
        compare_models(told, builds, traces[0], directory)
        compare_journals(told, builds, directory)
        compare_stores(told, builds, traces[0], directory)
    finally:
        shutil.rmtree(directory)
    return 1 if told.differs else 0


if __name__ == "__main__":
    sys.exit(main())
