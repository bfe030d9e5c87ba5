# SPDX-License-Identifier: GPL-2.0-or-later
"""A slow file system: ext4 on a loop device, whose reads are limited by the kernel (cgroup v1, blkio.throttle) for this process
and all that it starts, copying and reading alike. Needs root, and mounts of its own (unshare --mount)."""

import os
import pathlib
import subprocess

CGROUPS = pathlib.Path("/sys/fs/cgroup/blkio")


class SlowDisk:
    def __init__(self, mount: pathlib.Path, size_mib: int, read_bytes_s: int) -> None:
        """The processes started from now on read it at this rate together."""
        self.mount, self.group = mount, CGROUPS / f"foreshape-slow.{os.getpid()}"
        mount.mkdir()
        image = mount.with_suffix(".img")
        with image.open("wb") as file:
            file.truncate(size_mib << 20)
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop,noatime", str(image), str(mount)], check=True)
        device = os.stat(mount).st_dev
        self.group.mkdir()
        (self.group / "blkio.throttle.read_bps_device").write_text(f"{os.major(device)}:{os.minor(device)} {read_bytes_s}")
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def close(self) -> None:
        """What was started must have ended."""
        (CGROUPS / "cgroup.procs").write_text(str(os.getpid()))
        subprocess.run(["umount", "--lazy", str(self.mount)], check=True)
        self.group.rmdir()
