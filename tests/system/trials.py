# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests and benches of trial starts share: a promised start that no trial may move, and a slurmctld that begins some."""

import time

from labcluster.lab import Lab

LENGTH_S = 30  # Slurm's own limit of a trial is twice that: a minute


def wait_until_known(lab: Lab, users: int) -> None:
    """Until the plugin has the profiles of so many users: accounting may have some of a job's record seconds after its end."""
    def are_known() -> bool:
        lab.learn()
        time.sleep(2)
        return lab.plugin_status().get("profiles", {}).get("users", 0) >= users
    lab.wait(are_known, 120, f"the profiles of {users} users")


def promise(lab: Lab, nodes: int) -> str:
    """A job that needs all these nodes and is overdue: what Slurm has planned for it no trial may move."""
    head = lab.submit("carol", f"--nodes={nodes}", "--exclusive", "--time=10", "--no-requeue", wrap="sleep 600")
    lab.run("scontrol", "update", f"jobid={head}", "priority=20000")
    lab.wait(lambda: lab.job(head).get("SchedNodeList", "") not in ("", "(null)"), 60, "the start planned")
    return head


def wait_until_grown(lab: Lab) -> None:
    """A slurmctld that has just started begins no trials."""
    daemon = lab.cluster.slurmctld
    lab.wait(lambda: lab.plugin_status().get("pid") == daemon.pid() and time.time() - lab.plugin_status()["started"] > LENGTH_S,
             120, "trials may begin")
