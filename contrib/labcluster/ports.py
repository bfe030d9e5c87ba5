"""A block of free ports for each cluster, and the list of the clusters that live on this machine."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import socket
from collections.abc import Iterator

from .errors import ClusterError

# Below the usual ephemeral range (32768), so that no outgoing connection takes one of ours.
FIRST, LAST = 16_800, 32_000
STEP = 20  # blocks start at multiples of it
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
    """Root -> (first port, count) of every cluster; entries whose folder is gone are forgotten.

    A cluster inside a chroot has a root path that does not exist here: its entry says so.
    """
    found = {}
    for path in REGISTRY.glob("*.json"):
        try:
            entry = json.loads(path.read_text())
            root, first, count, inside = (entry[key] for key in ("root", "first", "count", "inside"))
        except (OSError, ValueError, KeyError):
            continue
        if inside == _root_inode() and not os.path.isdir(root):
            path.unlink(missing_ok=True)
            continue
        found[pathlib.Path(root)] = (first, count)
    return found


def _root_inode() -> str:
    """Tells one root folder (chroot, container) from another that shares the registry."""
    at = os.stat("/")
    return f"{at.st_dev}:{at.st_ino}"


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def claim(root: pathlib.Path, count: int) -> int:
    """The first of `count` free ports, noted as this cluster's. Call it under locked()."""
    taken = list(clusters().values())
    for first in range(FIRST, LAST - count, STEP):
        overlaps = any(first < other + n and other < first + count for other, n in taken)
        if not overlaps and all(_is_free(port) for port in range(first, first + count)):
            _entry(root).write_text(json.dumps(
                {"root": str(root), "first": first, "count": count, "inside": _root_inode()}))
            return first
    raise ClusterError(f"no {count} free ports in a row between {FIRST} and {LAST}")


def release(root: pathlib.Path) -> None:
    _entry(root).unlink(missing_ok=True)
