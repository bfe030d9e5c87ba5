#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Modules, levels, arrows and circles of each directory of C++ sources, tab-separated.

  tests/bench/levels.py [DIRECTORY...]    default: slurm-plugin tools predictor/model, with all below them

A module is a header and its source of one name. An arrow is an include of one module by another in the same directory; levels: the
modules on the longest chain of such arrows. From another revision: git archive REVISION | tar -x -C ELSEWHERE, and run it there.
"""

import graphlib
import pathlib
import re
import sys

INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def arrows_of(directory: pathlib.Path) -> dict[str, set[str]]:
    """Each module of the directory, and those that it includes."""
    modules: dict[str, set[str]] = {}
    for file in sorted(directory.iterdir()):
        if file.suffix not in (".h", ".cpp"):
            continue
        included = {pathlib.PurePath(name) for name in INCLUDE.findall(file.read_text())}
        modules.setdefault(file.stem, set()).update(
            one.stem for one in included if one.parent == pathlib.PurePath(directory))
    return {name: (used & modules.keys()) - {name} for name, used in modules.items()}


def acyclic(modules: dict[str, set[str]]) -> int:
    """Takes an arrow out of each circle; how many that were."""
    taken = 0
    while True:
        try:
            graphlib.TopologicalSorter(modules).prepare()
            return taken
        except graphlib.CycleError as circle:
            used, user = circle.args[1][:2]
            modules[user].discard(used)
            taken += 1


def levels(modules: dict[str, set[str]]) -> int:
    heights: dict[str, int] = {}
    for name in graphlib.TopologicalSorter(modules).static_order():
        heights[name] = 1 + max((heights[one] for one in modules[name]), default=0)
    return max(heights.values(), default=0)


def main() -> int:
    print("directory\tmodules\tlevels\tarrows\tcircles")
    for top in sys.argv[1:] or ("slurm-plugin", "tools", "predictor/model"):
        below = [one for one in pathlib.Path(top).rglob("*") if one.is_dir()]
        for directory in [pathlib.Path(top), *sorted(below)]:
            modules = arrows_of(directory)
            if modules:
                arrows = sum(map(len, modules.values()))
                circles = acyclic(modules)
                print(f"{directory}\t{len(modules)}\t{levels(modules)}\t{arrows}\t{circles}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
