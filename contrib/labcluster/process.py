# SPDX-License-Identifier: GPL-2.0-or-later
"""Running and ending processes: by their pid file, after checking that the pid is still theirs."""

import contextlib
import functools
import os
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping

from .errors import ClusterError
from .requirements import SEARCH_PATH

LOOPBACK = "127.0.0.1"
# Daemons of a cluster change their command line and environment while they run (setproctitle),
# so they are known by name and by a file or working directory below the cluster's root.
DAEMON_NAMES = frozenset(
    ("munged", "mariadbd", "slurmdbd", "slurmctld", "slurmscriptd", "sscriptd", "slurmd",
     "slurmstepd", "postgres"))
CLIENT_NAMES = frozenset(
    ("srun", "salloc", "sbatch", "squeue", "sinfo", "sacct", "sacctmgr", "scontrol", "scancel"))


def wait_until(is_true: Callable[[], bool], timeout_s: float, pause_s: float = 0.02) -> bool:
    """Polls until is_true() or the time is over; returns the last answer."""
    end = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() >= end:
            return is_true()
        time.sleep(pause_s)
    return True


def run(command: list[str], *, env: Mapping[str, str] | None = None, text_in: str | None = None,
        timeout_s: float = 120, check: bool = True, cwd: str = "/") -> subprocess.CompletedProcess[str]:
    """Runs a program to its end. Failure is a ClusterError that carries what it said."""
    try:
        done = subprocess.run(command, env=env, input=text_in, timeout=timeout_s, cwd=cwd,
                              capture_output=True, text=True, errors="replace", check=False)
    except FileNotFoundError as error:
        raise ClusterError(f"{command[0]}: not found; contrib/check installs what is needed") from error
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"{' '.join(command)}: no answer after {timeout_s:.0f} s") from error
    if check and done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise ClusterError(f"{' '.join(command)}: exit {done.returncode}: {said}")
    return done


def clean_env(**more: str) -> dict[str, str]:
    """The environment of a daemon: nothing of the caller's, who may have another Slurm in his."""
    return {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": "/", **more}


@functools.cache
def named_by_loopback() -> bool:
    """Whether Slurm's daemons can be told to listen on the loopback alone. They bind to what the machine's own name leads to,
    or to all addresses; and a name that leads to 127.0.1.1 will not do, since answers go to 127.0.0.1."""
    with contextlib.suppress(OSError):
        return socket.gethostbyname(socket.gethostname()) == LOOPBACK
    return False


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def tail(path: pathlib.Path, lines: int = 15) -> str:
    """The last lines of a log, indented; empty when there is none."""
    try:
        with path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - 8192))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "".join(f"\n    {line}" for line in text.splitlines()[-lines:])


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def command_name(pid: int) -> str:
    """Without Debian's -wlm: after a reconfigure slurmctld and slurmd (from 23.11 on) are new processes, started by the name
    that the link /usr/sbin/slurmctld leads to."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip().removesuffix("-wlm")
    return ""


def is_alive(pid: int) -> bool:
    """True unless it is gone or a zombie that its parent has not collected yet."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def _touches(pid: int, root: str) -> bool:
    """Whether the process works in root, or has a file below it open."""
    links = [f"/proc/{pid}/cwd"]
    with contextlib.suppress(OSError):
        links += [f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd")]
    for link in links:
        with contextlib.suppress(OSError):
            if (os.readlink(link) + "/").startswith(root + "/"):
                return True
    return False


def _environment(pid: int) -> list[bytes]:
    try:
        return pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _belongs(pid: int, root: pathlib.Path) -> bool:
    name = command_name(pid)
    if name in DAEMON_NAMES:
        return f"{root}/" in command_line(pid) or _touches(pid, str(root))
    environment = _environment(pid)
    if f"SLURM_CONF={root}/etc/slurm.conf".encode() not in environment:
        return False
    # A person's shell may have SLURM_CONF from `contrib/cluster env`: it is not ours to end.
    return name in CLIENT_NAMES or any(v.startswith(b"SLURM_JOB_ID=") for v in environment)


def _parents() -> dict[int, int]:
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = pathlib.Path(f"/proc/{entry}/stat").read_text()
                found[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    return found


def processes_of(root: pathlib.Path) -> list[int]:
    """Everything that still runs for the cluster at root: daemons, job steps, tasks, waiting clients."""
    parents = _parents()
    found = {pid for pid in parents if pid != os.getpid() and _belongs(pid, root) and is_alive(pid)}
    steps = {pid for pid in found if command_name(pid) == "slurmstepd"}
    while steps:  # tasks may have scrubbed their environment: follow the tree as well
        steps = {pid for pid, parent in parents.items() if parent in steps}
        found |= {pid for pid in steps if is_alive(pid)}
    return sorted(found)


def end(pids: Iterable[int], sig: signal.Signals, timeout_s: float) -> list[int]:
    """Signals the processes and waits for them; returns those still alive."""
    left = [pid for pid in pids if is_alive(pid)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sig)
    wait_until(lambda: not any(is_alive(pid) for pid in left), timeout_s)
    return [pid for pid in left if is_alive(pid)]


class Daemon:
    """One daemon that puts itself into the background and writes a pid file."""

    def __init__(self, name: str, root: pathlib.Path, pid_file: pathlib.Path, log: pathlib.Path) -> None:
        self.name, self.root, self.pid_file, self.log = name, root, pid_file, log

    def pid(self) -> int | None:
        """The pid if it lives and is ours; a pid file may outlive its process and the number be reused."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if is_alive(pid) and _belongs(pid, self.root) else None

    def is_alive(self) -> bool:
        return self.pid() is not None

    def launch(self, command: list[str], *, env: Mapping[str, str], timeout_s: float = 30) -> None:
        """Starts a daemon that returns once it is in the background. Its early output is kept."""
        first_words = self.root / "log" / f"{self.name}.start"
        with first_words.open("wb") as said:
            # Not capture_output: a daemon that keeps the pipe open would block us.
            code = subprocess.run(command, env=dict(env), stdin=subprocess.DEVNULL, stdout=said,
                                  stderr=said, timeout=timeout_s, cwd=self.root, check=False).returncode
        if code != 0:
            raise ClusterError(f"{self.name} did not start (exit {code}){tail(first_words)}{tail(self.log)}")

    def expect(self, is_ready: Callable[[], bool], timeout_s: float = 60) -> None:
        """Waits until it is ready; if it dies before (its pid file may come late), the wait ends."""
        lived = False

        def is_over() -> bool:
            nonlocal lived
            lives = self.is_alive()
            lived = lived or lives
            return is_ready() or (lived and not lives)

        if not (wait_until(is_over, timeout_s) and is_ready()):
            state = "is not ready" if self.is_alive() else "has ended"
            raise ClusterError(f"{self.name} {state}; its log {self.log} ends:{tail(self.log)}")

    def stop(self, timeout_s: float = 10) -> None:
        """Asks, waits, insists."""
        pid = self.pid()
        if pid is None:
            return
        end(end([pid], signal.SIGTERM, timeout_s), signal.SIGKILL, 5)

    def kill(self) -> None:
        """kill -9, and waits until it is gone."""
        pid = self.pid()
        if pid is not None:
            end([pid], signal.SIGKILL, 5)
