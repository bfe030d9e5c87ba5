#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""foreshape replay as an administrator calls it: inputs, machines, policies, errors.

Usage: check_command.py FORESHAPE
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

FORESHAPE = sys.argv[1]
SWF = "; MaxProcs: 8\n" + "".join(
    f"{i} {i * 5} 0 {20 + i % 7 * 30} 4 -1 -1 {1 + i % 8} 600 1000 1 {i % 3} 1 -1 1 -1 -1 -1\n" for i in range(1, 60))
SACCT = "JobIDRaw|User|UID|Submit|Start|End|State|AllocCPUS|ReqCPUS|NNodes|TimelimitRaw|ElapsedRaw|JobName\n" + "".join(
    f"{i}|u{i % 3}|{i % 3}|2026-01-01T00:00:{i:02d}|2026-01-01T00:01:00|2026-01-01T00:02:00|COMPLETED|2|2|1|10|60|a\n"
    for i in range(1, 30)) + "99|u1|1|2026-01-01T00:00:40|Unknown|Unknown|PENDING|0|2|1|10|0|a\n"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FORESHAPE, "replay", *words], capture_output=True, text=True, timeout=60, check=False)


def runs_of(*words: str) -> list[dict]:
    done = run(*words, "--json", "-")
    assert done.returncode == 0, (words, done.stderr)
    return json.loads(done.stdout)["runs"]


def expect_error(want: str, code: int, *words: str) -> None:
    done = run(*words)
    assert done.returncode == code and want in done.stderr, (words, done.returncode, done.stderr)


def check_site_settings(swf: Path, directory: Path) -> None:
    """What a site has in slurm.conf and foreshape.conf changes what its policies do, and only theirs."""
    def waits(policy: str, *words: str) -> list[int]:
        csv = directory / "starts.csv"
        run_ = runs_of(str(swf), "-p", policy, "--schedule", str(csv), *words)
        assert len(run_) == 1
        lines = csv.read_text().splitlines()
        at = {name: n for n, name in enumerate(lines[0].split(","))}
        rows = [line.split(",") for line in lines[1:]]
        assert len(rows) == run_[0]["jobs"], lines[:3]
        assert all(int(row[at["end_s"]]) > int(row[at["start_s"]]) >= int(row[at["submit_s"]]) for row in rows)
        return [int(row[at["start_s"]]) - int(row[at["submit_s"]]) for row in rows]

    slurm, key = waits("slurm"), waits("slurm-key")
    parameters = "--scheduler-parameters"
    assert waits("slurm", parameters, "sched_interval=60,bf_continue") == slurm
    assert waits("slurm", parameters, "bf_interval=600,default_queue_depth=1") != slurm
    assert waits("slurm", parameters, "bf_min_age_reserve=100000") != slurm
    late = waits("slurm", parameters, "bf_min_prio_reserve=1000")  # 1,000 minutes of waiting
    assert late == waits("slurm", parameters, "bf_min_age_reserve=60000") != slurm
    # 1,000 points are a fraction of a second of waiting with the steepest slope: as if nothing had been set.
    assert waits("slurm", parameters, "bf_min_prio_reserve=1000", "--priority-weight-age", "4000000000",
                 "--priority-max-age", "1-0") == slurm
    # Where age stops to count after a minute, nobody ever has the points.
    never = waits("slurm", parameters, "bf_min_prio_reserve=1000", "--priority-weight-age", "999", "--priority-max-age", "1")
    assert never == late
    assert waits("slurm-key", "--priority-max-age", "1") != key
    assert waits("easy", parameters, "bf_interval=600", "--priority-max-age", "1") == waits("easy")

    fair = ["--priority-weight-fairshare", "10"]  # minutes of waiting
    assert waits("slurm", "--priority-weight-fairshare", "0") == slurm
    tree, classic = waits("slurm", *fair), waits("slurm", *fair, "--no-fair-tree")
    assert slurm != tree != classic != slurm, (tree, classic)
    assert waits("slurm", *fair, "--priority-weight-age", "4000000000") == slurm  # 10 points are milliseconds there
    assert waits("slurm-key", *fair) != key
    assert waits("easy", *fair) == waits("easy")
    expect_error("--priority-decay-half-life", 2, str(swf), "-p", "slurm", *fair, "--priority-decay-half-life", "0")

    conf = directory / "foreshape.conf"
    conf.write_text("Order=on\nOrderLogOffset=0\nOrderLinear=0\n")  # no offset: first come, first served
    assert waits("slurm-key", "--conf", str(conf), parameters, "bf_min_prio_reserve=0") == waits(
        "slurm", parameters, "bf_min_prio_reserve=0,bf_window=144000,bf_max_job_test=5000") != key
    conf.write_text("Order=perhaps\n")
    expect_error("foreshape.conf", 2, str(swf), "-p", "slurm-key", "--conf", str(conf))
    expect_error("bf_interval: '0'", 2, str(swf), "-p", "slurm", parameters, "bf_interval=0")
    expect_error("--priority-max-age", 2, str(swf), "-p", "slurm", "--priority-max-age", "soon")
    expect_error("--priority-weight-age", 2, str(swf), "-p", "slurm", "--priority-weight-age", "0")

    without = directory / "no-limits.swf"
    without.write_text(SWF.replace(" 600 1000 ", " -1 1000 "))
    expect_error("none of 59 rows", 1, str(without))
    limited = runs_of(str(without), "--default-limit", "10")
    assert limited[0]["avebsld"] == runs_of(str(swf))[0]["avebsld"]
    expect_error("--default-limit", 2, str(without), "--default-limit", "0")
    expect_error("--procs is below 1", 2, str(swf), "--procs", "0")


def check_trials(directory: Path) -> None:
    """Of 8 processors 6 are taken for 1,000 s, then all are reserved: of two jobs with long limits one ends at once."""
    jobs = ((0, 6, 1000, 1000), (1, 8, 1000, 1000), (2, 1, 90000, 60), (3, 1, 90000, 80000))
    swf = directory / "hole.swf"
    swf.write_text("; MaxProcs: 8\n" + "".join(
        f"{i} {submit} 0 {run_s} {procs} -1 -1 {procs} {limit} -1 1 {i} 1 -1 1 -1 -1 -1\n"
        for i, (submit, procs, limit, run_s) in enumerate(jobs, 1)))
    everybody_reserves = ["--scheduler-parameters", "bf_min_prio_reserve=0"]
    likely = [str(swf), "-p", "slurm-order-trial", *everybody_reserves]
    trial = [*likely, "--trial-chance", "0"]

    tried = runs_of(*trial)[0]
    assert (tried["trials"], tried["trials_ended"], tried["trials_requeued"]) == (2, 1, 1), tried
    assert tried["trials_lost_core_hours"] == 130 / 3600, tried
    assert runs_of(*trial, "--trial-length", "50", "--trial-start-cost", "0")[0]["trials_requeued"] == 2
    assert runs_of(*likely, "--trial-chance", "0.5")[0]["trials"] == 0
    plain = runs_of(str(swf), "-p", "slurm-order", *everybody_reserves)[0]
    for nobody in (["--trial-consent", "0"], ["--trial-user-day", "0"]):
        untried = runs_of(*trial, *nobody)[0]
        assert untried["trials"] == untried["trials_lost_share"] == 0 and untried["avebsld"] == plain["avebsld"], untried
    assert "50 % were requeued" in run(*trial).stdout.replace("\n", " ")
    for option, value in (("length", "0"), ("start-cost", "-1"), ("chance", "nan"), ("consent", "1.5")):
        expect_error(f"--trial-{option}", 2, str(swf), "-p", "slurm-order-trial", f"--trial-{option}={value}")


def check_holds(swf: Path) -> None:
    """Any policy of Slurm's scheduler may hold; what that came to stands in the results."""
    plain, held = runs_of(str(swf), "-p", "slurm,slurm+hold-clairvoyant", "--hold-idle", "1")
    assert plain["hold_hits"] == 0 and plain["hold_hit_wait_s"] is None, plain
    assert held["hold_personal"] >= held["hold_misses"] and held["hold_idle_share"] < 1, held
    expect_error("no policy 'easy+hold'", 2, str(swf), "-p", "easy+hold")
    expect_error("no policy 'slurm+holds'", 2, str(swf), "-p", "slurm+holds")
    expect_error("leave out --nodes, or add --whole-node", 2, str(swf), "-p", "slurm+hold", "--nodes", "8")
    for option in ("idle", "fixed"):
        expect_error(f"--hold-{option}", 2, str(swf), "-p", "slurm+hold", f"--hold-{option}=1.5")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        swf, sacct, damaged = Path(name, "t.swf"), Path(name, "t.sacct"), Path(name, "damaged.swf")
        swf.write_text(SWF)
        sacct.write_text(SACCT)
        damaged.write_text(SWF + "60 1 0 x 4 -1 -1 1 600 -1 1 1 1 -1 1 -1 -1 -1\n")

        pool = runs_of(str(swf), "-p", "easy,easy-sjbf:last2,conservative,slurm")
        assert [r["policy"] for r in pool] == ["easy", "easy-sjbf", "conservative", "slurm"]
        one_node = runs_of(str(swf), "-N", "1", "--cores-per-node", "8", "-p", "easy")
        assert one_node[0]["avebsld"] == pool[0]["avebsld"], (one_node, pool)
        assert runs_of(str(swf), "--procs", "16")[0]["avebsld"] < pool[0]["avebsld"]
        for words in (["--shared"], ["--whole-node"], ["--memory-per-node", "8M"]):
            run_ = runs_of(str(swf), "--nodes", "4", "--cores-per-node", "2", *words)[0]
            assert run_["jobs"] == 59, run_
        plain, corrected = (runs_of(str(swf), "-p", "easy-sjbf:last2", *words)[0]
                            for words in ([], ["--correction", "incremental"]))
        assert plain["under_predicted"] == corrected["under_predicted"] > 0

        check_site_settings(swf, Path(name))
        check_trials(Path(name))
        check_holds(swf)

        assert runs_of(str(sacct), "--procs", "4")[0]["jobs"] == 29
        report = run(str(sacct), "--procs", "4").stdout
        assert "1 dropped (not ended yet)" in report, report
        assert "1 fields left out (run time 1)" in run(str(damaged)).stdout

        expect_error("damaged.swf:61: field 'run time'", 1, str(damaged), "--strict")
        expect_error("--procs", 1, str(sacct))
        expect_error("exclude each other", 2, str(swf), "--nodes", "4", "--procs", "4")
        expect_error("exclude each other", 2, str(swf), "--nodes", "4", "--shared", "--whole-node")
        expect_error("needs --model FILE", 2, str(swf), "-p", "easy-sjbf:model")
        expect_error("t.swf", 2, str(swf), "-p", "easy-sjbf:model", "--model", str(swf))
        expect_error("need --nodes", 2, str(swf), "--whole-node")
        expect_error("no correction 'luck'", 2, str(swf), "--correction", "luck")
        expect_error("did you mean 'easy'?", 2, str(swf), "-p", "eazy")


if __name__ == "__main__":
    main()
