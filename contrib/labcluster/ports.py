# SPDX-License-Identifier: GPL-2.0-or-later
"""A block of free ports for each cluster, and the list of the clusters that live on this machine."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import socket
import time
from collections.abc import Iterator

from . import process
from .errors import ClusterError

# Below the usual ephemeral range (32768), so that no outgoing connection takes one of ours.
FIRST, LAST = 16_800, 32_000
STEP = 20  # blocks start at multiples of it
START_TIME_S = 600  # a cluster younger than this may not listen yet
REGISTRY = pathlib.Path("/run/foreshape-clusters")


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One starts or ends a cluster at a time, as far as ports and users are concerned."""
    REGISTRY.mkdir(mode=0o755, exist_ok=True)
    with (REGISTRY / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _entry(root: pathlib.Path) -> pathlib.Path:
    return REGISTRY / (re.sub(r"[^A-Za-z0-9._-]", "_", str(root)).strip("_") + ".json")


def clusters() -> dict[pathlib.Path, tuple[int, int]]:
    """Root -> (first port, count) of every cluster that shares the network. Forgets the dead ones."""
    return {pathlib.Path(entry["root"]): (entry["first"], entry["count"]) for entry in _entries()}


def clusters_here() -> list[pathlib.Path]:
    """Roots of the clusters in this root directory: one in a chroot has OS users of its own."""
    return [pathlib.Path(entry["root"]) for entry in _entries() if entry["inside"] == _inside()]


def adopt_orphans() -> list[pathlib.Path]:
    """Clusters whose owner, a test that was killed, is gone: they are this process's now, so that no other one ends them
    too. Call it under locked()."""
    adopted = []
    for entry in _entries():
        if entry["inside"] == _inside() and entry["owner"] and not process.is_alive(entry["owner"]):
            adopted.append(pathlib.Path(entry["root"]))
            _write(entry | {"owner": os.getpid()})
    return adopted


def _write(entry: dict) -> None:
    _entry(pathlib.Path(entry["root"])).write_text(json.dumps(entry))


def _entries() -> list[dict]:
    found = []
    for path in REGISTRY.glob("*.json"):
        try:
            entry = json.loads(path.read_text())
            age_s = time.time() - path.stat().st_mtime
        except (OSError, ValueError):
            continue
        if _is_dead(entry, age_s):
            path.unlink(missing_ok=True)
        else:
            found.append(entry)
    return found


def _is_dead(entry: dict, age_s: float) -> bool:
    """Its directory is gone; or, where the directory cannot be seen from here, nobody listens any more."""
    if entry["inside"] == _inside():
        return not os.path.isdir(entry["root"])
    ports = range(entry["first"], entry["first"] + entry["count"])
    return age_s > START_TIME_S and all(_is_free(port) for port in ports)


def _inside() -> str:
    """Tells one root directory or pid namespace (chroot, container) from another that shares the registry."""
    at = os.stat("/")
    return f"{at.st_dev}:{at.st_ino}:{os.readlink('/proc/self/ns/pid')}"


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def claim(root: pathlib.Path, count: int, owner: int = 0) -> int:
    """The first of `count` free ports, noted as this cluster's. Call it under locked().

    owner   pid of the program that this cluster must not outlive, or 0
    """
    taken = list(clusters().values())
    for first in range(FIRST, LAST - count, STEP):
        overlaps = any(first < other + n and other < first + count for other, n in taken)
        if not overlaps and all(_is_free(port) for port in range(first, first + count)):
            _write({"root": str(root), "first": first, "count": count, "inside": _inside(), "owner": owner})
            return first
    raise ClusterError(f"no {count} free ports in a row between {FIRST} and {LAST}")


def release(root: pathlib.Path) -> None:
    _entry(root).unlink(missing_ok=True)
