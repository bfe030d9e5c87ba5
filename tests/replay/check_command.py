#!/usr/bin/python3
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

        assert runs_of(str(sacct), "--procs", "4")[0]["jobs"] == 29
        report = run(str(sacct), "--procs", "4").stdout
        assert "1 dropped (not ended yet)" in report, report
        assert "1 bad lines" in run(str(damaged)).stdout

        expect_error("damaged.swf:61: field 'run time'", 1, str(damaged), "--strict")
        expect_error("--procs", 1, str(sacct))
        expect_error("exclude each other", 2, str(swf), "--nodes", "4", "--procs", "4")
        expect_error("exclude each other", 2, str(swf), "--nodes", "4", "--shared", "--whole-node")
        expect_error("need --nodes", 2, str(swf), "--whole-node")
        expect_error("no correction 'luck'", 2, str(swf), "--correction", "luck")
        expect_error("nearest is 'easy'", 2, str(swf), "-p", "eazy")


if __name__ == "__main__":
    main()
