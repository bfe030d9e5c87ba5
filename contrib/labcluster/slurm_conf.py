# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of slurm.conf, cgroup.conf and foreshape.conf for a private cluster."""

import re
import socket

from . import process, programs, requirements
from .settings import Settings

# The key of docs/order.md is 'submission + offset' in minutes: one point of age a minute, and jobs
# below this priority (not overdue yet) reserve nothing. 10080 minutes = OrderMaxOffset = 7 days.
ORDER_POINTS = 10_080


def slurm_version() -> tuple[int, ...]:
    """(22, 5, 8), (24, 11, 5), ...: to be compared with (24, 11) as well."""
    said = process.run(["slurmctld", "-V"], env=process.clean_env()).stdout.split()[-1]
    return tuple(int(part) for part in re.findall(r"\d+", said)[:3])


def _scheduling(settings: Settings) -> dict[str, str]:
    scheduler = "bf_interval=2,bf_yield_interval=1000000,sched_interval=5,batch_sched_delay=0"
    conf = {
        "SelectType": "select/cons_tres", "SelectTypeParameters": "CR_Core_Memory",
        "PriorityType": "priority/multifactor",
    }
    if settings.order:
        scheduler += f",bf_min_prio_reserve={ORDER_POINTS},bf_window=10080,bf_max_job_test=1000,partition_job_depth=100"
        conf |= {"PriorityWeightAge": str(ORDER_POINTS), "PriorityMaxAge": "7-0",
                 "PriorityWeightPartition": str(ORDER_POINTS - 2 * 1440)}
    return conf | {"SchedulerParameters": scheduler}


def _plugins(settings: Settings) -> dict[str, str]:
    if settings.plugins is None:
        return {"SchedulerType": "sched/backfill"}
    ours = programs.plugin_directory(settings)
    directories = [ours, requirements.stock_plugins()]
    # The drop-in is our library under the stock name: Slurm compares SchedulerType by name, and
    # refuses het jobs under any other.
    if settings.scheduler == "drop-in":
        directories.insert(0, ours / "dropin")
    return {
        "PluginDir": ":".join(str(directory) for directory in directories),
        "SchedulerType": "sched/backfill" if settings.scheduler == "drop-in" else "sched/foreshape",
        "JobSubmitPlugins": "foreshape",
    }


def _nodes(settings: Settings) -> str:
    names = settings.node_names
    first = settings.first_port + 2
    sockets = 2 if settings.cpus % 2 == 0 else 1
    span = f"[{names[0][1:]}-{names[-1][1:]}]" if settings.nodes > 1 else names[0][1:]
    ports = f"{first}-{first + settings.nodes - 1}" if settings.nodes > 1 else str(first)
    return (f"NodeName=n{span} NodeHostname={socket.gethostname()} NodeAddr={process.LOOPBACK} Port={ports} "
            f"CPUs={settings.cpus} Boards=1 SocketsPerBoard={sockets} CoresPerSocket={settings.cpus // sockets} "
            f"ThreadsPerCore=1 RealMemory={settings.memory_mib} State=UNKNOWN")


def slurm_conf(settings: Settings) -> str:
    root, port = settings.root, settings.first_port
    conf = {
        "ClusterName": settings.name, "SlurmctldHost": f"{socket.gethostname()}({process.LOOPBACK})",
        "SlurmctldPort": str(port), "SlurmUser": "slurm", "SlurmdUser": "root",
        "AuthType": "auth/munge", "AuthInfo": f"socket={root}/run/munge.sock", "CredType": "cred/munge",
        "StateSaveLocation": f"{root}/state", "SlurmdSpoolDir": f"{root}/spool/%n",
        "SlurmctldPidFile": f"{root}/run/slurm/slurmctld.pid", "SlurmdPidFile": f"{root}/run/slurmd-%n.pid",
        "SlurmctldLogFile": f"{root}/log/slurmctld.log", "SlurmdLogFile": f"{root}/log/slurmd-%n.log",
        "SlurmctldDebug": "info", "SlurmdDebug": "info",
        "ProctrackType": "proctrack/linuxproc", "TaskPlugin": "task/none", "SwitchType": "switch/none",
        "MpiDefault": "none", "ReturnToService": "2", "SlurmdParameters": "config_overrides",
        "CommunicationParameters": "NoInAddrAny,NoCtldInAddrAny" if process.named_by_loopback() else "",
        "SlurmdTimeout": "300", "SlurmctldTimeout": "120", "MessageTimeout": "30", "InactiveLimit": "0",
        "KillWait": "5", "MinJobAge": str(settings.min_job_age_s),
        # The default of 10,000 jobs is soon reached: finished ones linger for MinJobAge.
        "MaxJobCount": "200000", "MaxArraySize": "10001", "MailProg": "/bin/true",
        "JobAcctGatherType": "jobacct_gather/linux", "JobAcctGatherFrequency": "task=1",
        "AccountingStorageType": "accounting_storage/slurmdbd", "AccountingStorageHost": "localhost",
        # Names the munge socket as well: without it slurmctld asks the machine's own munged.
        "AccountingStoragePass": f"{root}/run/munge.sock", "AccountingStoragePort": str(port + 1),
        "AccountingStoreFlags": "job_script,job_comment,job_env",
        "AccountingStorageEnforce": "associations,limits,qos", "DefMemPerCPU": "100",
        **_scheduling(settings), **_plugins(settings), **settings.slurm_conf,
    }
    lines = [f"{key}={value}" for key, value in conf.items() if value != ""]
    lines += [_nodes(settings),
              "PartitionName=main Nodes=ALL Default=YES MaxTime=7-0 DefaultTime=60 State=UP",
              "PartitionName=debug Nodes=ALL MaxTime=30 DefaultTime=10 State=UP"]
    return "\n".join(lines) + "\n"


def cgroup_conf() -> str:
    # Nothing here uses cgroups, and a container or chroot may have none. Before 23.02 there was no
    # way to say so, but the v1 plugin touches nothing until it is used.
    return "CgroupPlugin=disabled\n" if slurm_version() >= (23, 2) else "CgroupPlugin=cgroup/v1\n"


def foreshape_conf(settings: Settings) -> str:
    lines = [f"StateDir={settings.state_dir}"]
    if settings.order:
        lines.append("Order=on")
    return "\n".join(lines + settings.foreshape_conf) + "\n"


def write(settings: Settings) -> None:
    directory = settings.conf.parent
    settings.conf.write_text(slurm_conf(settings))
    (directory / "cgroup.conf").write_text(cgroup_conf())
    (directory / "foreshape.conf").write_text(foreshape_conf(settings))
