# SPDX-License-Identifier: GPL-2.0-or-later
"""What a job of a test user does: habit.py compute|memory|io|fail FIGURE... (run by the job itself)."""

import os
import sys
import tempfile
import time


def compute(cpu_s: float, sleep_s: float) -> None:
    while time.process_time() < cpu_s:
        pass
    time.sleep(sleep_s)


def memory(mib: float, sleep_s: float) -> None:
    kept = bytearray(os.urandom(1 << 20)) * int(mib)
    time.sleep(sleep_s)
    del kept


def io(mib: float, sleep_s: float) -> None:
    block = b"x" * (1 << 20)
    with tempfile.TemporaryFile(dir=".") as file:
        for _ in range(int(mib)):
            file.write(block)
        file.seek(0)
        while file.read(1 << 20):
            pass
    time.sleep(sleep_s)


def fail(sleep_s: float) -> None:
    time.sleep(sleep_s)
    sys.exit(3)


HABITS = {"compute": compute, "memory": memory, "io": io, "fail": fail}
HABITS[sys.argv[1]](*map(float, sys.argv[2:]))
