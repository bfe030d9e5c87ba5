# SPDX-License-Identifier: GPL-2.0-or-later
"""Which reservations are ours, and for whom: only the journal says that, their names tell nobody."""

import json
import re

from harness import Lab
from labcluster.lab import Job


def steps(lab: Lab) -> list[dict[str, object]]:
    """What was done with holds so far, by the journal."""
    said = lab.run("foreshape", "journal", "--json", "--directory",
                   str(lab.cluster.settings.state_dir / "journal")).stdout
    return [json.loads(line) for line in said.splitlines() if '"kind":"hold"' in line]


def owners(lab: Lab) -> dict[str, str]:
    """Reservation -> the user of a personal hold, or "pool"."""
    return {str(step["reservation"]): str(step["user"] or "pool") for step in steps(lab)}


def live(lab: Lab) -> list[Job]:
    """Those in force: one that has ended is listed for some seconds, but holds nothing."""
    return [r for r in lab.show("reservation")
            if re.fullmatch(r"foreshape_\d+", r["ReservationName"]) and r["State"] == "ACTIVE"]


def held_nodes(lab: Lab, owner: str = "") -> list[str]:
    """Of everybody, or of one owner: a user, or "pool"."""
    whose = owners(lab) if owner else {}
    lists = [r["Nodes"] for r in live(lab) if not owner or whose.get(r["ReservationName"]) == owner]
    return lab.run("scontrol", "show", "hostnames", ",".join(lists)).stdout.split() if lists else []


def is_in_one(job: Job) -> bool:
    return job.get("Reservation", "(null)").startswith("foreshape_")
