# SPDX-License-Identifier: GPL-2.0-or-later
"""Accounts, users and QOS in the cluster's own accounting."""

import sys
from collections.abc import Mapping

from . import process
from .errors import ClusterError
from .settings import ACCOUNTS, QOS, Settings


def dump(settings: Settings) -> str:
    """Accounts and users in sacctmgr's own file format. Everybody may use every QOS, 'normal' by default.

    One `load` instead of an `add` each: every message to slurmdbd waits 40 ms for a delayed
    acknowledgement, and this is most of the time that a cluster takes to start.
    """
    every_qos = ",".join(["normal", *QOS])
    lines = [f"Cluster - '{settings.name}':QOS='{every_qos}':DefaultQOS='normal'", "Parent - 'root'"]
    lines += [f"Account - '{account}':Description='{account}':Organization='lab'" for account in ACCOUNTS]
    for account, users in ACCOUNTS.items():
        lines.append(f"Parent - '{account}'")
        lines += [f"User - '{user}':DefaultAccount='{account}'" for user in users]
    return "\n".join(lines) + "\n"


def create(settings: Settings, env: Mapping[str, str]) -> None:
    """Once more where slurmdbd could not: on a busy machine it has said "Problem adding cluster: Unspecified error" of a
    database that was there. To load again what is there already is no error; to add it again is one."""
    path = settings.root / "etc" / "accounts.cfg"
    path.write_text(dump(settings))
    _sacctmgr([f"add qos {name} {options}" for name, options in QOS.items()], env)
    try:
        _sacctmgr([f"load file={path}"], env)
    except ClusterError as error:
        print(f"{error}; once more. slurmdbd's log ends:{process.tail(settings.root / 'log' / 'slurmdbd.log')}", file=sys.stderr)
        _sacctmgr([f"load file={path}"], env)


def _sacctmgr(commands: list[str], env: Mapping[str, str]) -> None:
    process.run(["sacctmgr", "--immediate", "--quiet"], text_in="\n".join(commands) + "\n", env=env)
