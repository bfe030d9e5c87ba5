# SPDX-License-Identifier: GPL-2.0-or-later
"""Our plugins and programs, copied into the cluster's directory.

The checkout may lie where only its owner can enter (/root, a home directory), but slurmctld runs as slurm and
sshape as any user. A copy also stays as it is while the tree is built again.
"""

import pathlib
import shutil

from .settings import BUILD, Settings

PROGRAMS = ("foreshape", "foreshape-train", "sshape")


def bin_directory(settings: Settings) -> pathlib.Path:
    return settings.root / "bin"


def plugin_directory(settings: Settings) -> pathlib.Path:
    return settings.root / "lib" / "slurm"


def install(settings: Settings) -> None:
    """Copies what was built last. Call it while slurmctld does not run."""
    bin_directory(settings).mkdir(exist_ok=True)
    for program in PROGRAMS:
        if (BUILD / "bin" / program).exists():
            _replace(BUILD / "bin" / program, bin_directory(settings) / program)
    if settings.plugins is None:
        return
    for library in settings.plugins.rglob("*.so*"):
        target = plugin_directory(settings) / library.relative_to(settings.plugins)
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(library, target)


def _replace(source: pathlib.Path, target: pathlib.Path) -> None:
    # Never written in place: something may still run what is there.
    target.unlink(missing_ok=True)
    shutil.copy(source, target)
    target.chmod(0o755)
