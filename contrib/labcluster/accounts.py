# SPDX-License-Identifier: GPL-2.0-or-later
"""Accounts, users and QOS in the cluster's own accounting."""

from collections.abc import Mapping

from . import process
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
    path = settings.root / "etc" / "accounts.cfg"
    path.write_text(dump(settings))
    commands = [f"add qos {name} {options}" for name, options in QOS.items()] + [f"load file={path}"]
    process.run(["sacctmgr", "--immediate", "--quiet"], text_in="\n".join(commands) + "\n", env=env)
