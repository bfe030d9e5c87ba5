# SPDX-License-Identifier: GPL-2.0-or-later
"""Which clusters were started from this checkout: build/cluster, one root a line, newest last."""

import pathlib

from .errors import ClusterError
from .settings import SOURCE

FILE = SOURCE / "build" / "cluster"


def roots() -> list[pathlib.Path]:
    if not FILE.exists():
        return []
    return [pathlib.Path(line) for line in FILE.read_text().splitlines() if line]


def _write(all_roots: list[pathlib.Path]) -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("".join(f"{root}\n" for root in all_roots))


def remember(root: pathlib.Path) -> None:
    _write([other for other in roots() if other != root] + [root])


def forget(root: pathlib.Path) -> None:
    _write([other for other in roots() if other not in (root, root.resolve())])


def last() -> pathlib.Path:
    known = roots()
    if not known:
        raise ClusterError("no cluster was started from here: contrib/cluster up, or name one with --root")
    return known[-1]
