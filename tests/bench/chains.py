#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Chains of jobs on a full cluster, with and without the nodes of each link kept for the next one.

Two users with chains of whole-node jobs of fifteen seconds: one has submitted all links as dependents, the other submits each
when the last has ended. From the start on more of somebody else's jobs wait than there are nodes, all before the chains in
the queue. Both arms run for the same time. Prints one line of JSON for each: how long each link waited after the end of
the one before, the share that started within five seconds, and what was kept idle.

    tests/bench/chains.py [--links 24] [--nodes 8]
"""

import argparse
import json
import pathlib
import sys
import time

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "contrib"), str(SOURCE / "tests" / "system")]

from chains import CONF, FLOOD_S, LINK_S, Resubmitter, dependent, flood, learn, waits  # noqa: E402
from labcluster.lab import Lab  # noqa: E402

SOON_S = 5


def arm(chains: bool, links: int, nodes: int) -> dict[str, object]:
    lab = Lab.up(nodes=nodes, postgres=False, slurm_conf={"MinJobAge": "3600"},
                 foreshape_conf=[*CONF, f"HoldChains={'yes' if chains else 'no'}"])
    try:
        learn(lab)
        period_s = links * (LINK_S + 2)
        flood(lab, 2 * nodes * period_s // FLOOD_S)
        before = lab.plugin_status()["holds"]["idle_node_s_today"]
        of_carol = dependent(lab, "carol", links)
        dave = Resubmitter(lab, "dave", links)
        dave.start()
        begun = time.monotonic()
        time.sleep(period_s + 30)
        dave.is_over.set()
        dave.join()
        found = {"carol": waits(lab, of_carol), "dave": waits(lab, dave.jobs)}
        everybody = [wait for one in found.values() for wait in one]
        holds = lab.plugin_status()["holds"]
        idle = holds["idle_node_s_today"] - before
        return {"chains": chains, "links": 2 * (links - 1), "ended": len(everybody),
                "within_5_s": sum(wait <= SOON_S for wait in everybody), "waits_s": found, "hits": holds["hits"],
                "misses": holds["misses"], "refused": holds["refused"], "idle_node_s": idle,
                "idle_share": round(idle / (nodes * (time.monotonic() - begun)), 4)}
    finally:
        lab.down()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=int, default=24, help="of each of the two chains (24)")
    parser.add_argument("--nodes", type=int, default=8)
    args = parser.parse_args()
    for chains in (False, True):
        print(json.dumps(arm(chains, args.links, args.nodes)), flush=True)


if __name__ == "__main__":
    main()
