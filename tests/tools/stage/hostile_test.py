#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A hundred failures injected into staging: whatever happens, no partial copy is used, nobody else reads a byte, and
nothing is left behind. Needs root: it is several users, and mounts (in a namespace of its own).

  hostile_test.py FORESHAPE
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable

ALICE, BOB = 54_321, 54_322  # need no entries in /etc/passwd
FILES, FILE_BYTES = 40, 100_000
SEED = random.SystemRandom().randrange(2**32)
SECRET = b"what only alice may read"


def as_user(uid: int) -> dict:
    return {"user": uid, "group": uid, "extra_groups": []}


class StagingCase(unittest.TestCase):
    """base/data: alice's tree. base/fast: the buffer, a small disk. Bob tries to read what lies there all the while."""

    root: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="foreshape-stage."))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.root.chmod(0o755)
        cls.program = shutil.copy(PROGRAM, cls.root / "foreshape")
        cls.fast = cls.root / "fast"
        cls.fast.mkdir()
        cls.mount(64)
        cls.addClassCleanup(subprocess.run, ["umount", str(cls.fast)], check=True)
        cls.conf = cls.root / "stage.conf"
        cls.conf.write_text(f"Buffer={cls.fast}\nKeepFree=0%\n")
        cls.random = random.Random(SEED)
        cls.data = cls.root / "data"
        cls.make_data()
        cls.copy_s = cls.time_of_a_copy()

    @classmethod
    def mount(cls, mib: int) -> None:
        options = f"size={mib}m,mode=1777"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(cls.fast)], check=True)

    @classmethod
    def make_data(cls) -> None:
        shutil.rmtree(cls.data, ignore_errors=True)
        (cls.data / "sub").mkdir(parents=True)
        for number in range(FILES):
            (cls.data / "sub" / f"{number:03}").write_bytes(cls.random.randbytes(FILE_BYTES))
        for path in [cls.data, *cls.data.rglob("*")]:
            os.chown(path, ALICE, ALICE)
        cls.settle()

    @classmethod
    def settle(cls) -> None:
        """Until the data are old enough to be staged."""
        newest = max(path.lstat().st_ctime for path in [cls.data, *cls.data.rglob("*")])
        while time.time() < newest + 3:
            time.sleep(0.1)

    @classmethod
    def time_of_a_copy(cls) -> float:
        began = time.monotonic()
        cls.stage("copy").check_returncode()
        took = time.monotonic() - began
        cls.wipe()
        return took

    @classmethod
    def command(cls, action: str, source: pathlib.Path | None = None) -> list[str]:
        return [cls.program, "stage", action, f"--conf={cls.conf}", f"--from={source or cls.data}"]

    @classmethod
    def stage(cls, action: str, source: pathlib.Path | None = None) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(cls.command(action, source), capture_output=True, check=False, timeout=60, **as_user(ALICE))

    @classmethod
    def start_copy(cls, source: pathlib.Path | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(cls.command("copy", source), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_user(ALICE))

    def sweep(self) -> None:
        done = subprocess.run([self.program, "stage", "sweep", f"--conf={self.conf}"], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    @classmethod
    def wipe(cls) -> None:
        shutil.rmtree(cls.fast / str(ALICE), ignore_errors=True)

    def left(self) -> list[str]:
        own = self.fast / str(ALICE)
        return sorted(os.listdir(own)) if own.exists() else []

    def found(self, source: pathlib.Path | None = None) -> pathlib.Path | None:
        said = self.stage("find", source)
        return pathlib.Path(os.fsdecode(said.stdout[:-1])) if said.returncode == 0 else None

    def assert_whole_or_none(self, is_published: bool | None = None) -> None:
        """What a job would be told of is the source, byte for byte; what it is not told of does not stay."""
        copy = self.found()
        if is_published is not None:
            self.assertEqual(copy is not None, is_published)
        if copy:
            self.assertEqual(tree(copy), tree(self.data))

    def at_random(self) -> None:
        time.sleep(self.random.uniform(0, self.copy_s * 1.2))


def tree(top: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


class KilledTest(StagingCase):
    def test_killed_at_any_moment_it_leaves_nothing_that_is_used_and_nothing_for_ever(self) -> None:
        for _ in range(30):
            copying = self.start_copy()
            self.at_random()
            copying.kill()
            copying.communicate()
            self.assert_whole_or_none()
            before = self.found()
            self.sweep()
            self.assertEqual(len(self.left()), 1 if before else 0)
            done = self.stage("copy")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_whole_or_none(is_published=True)
            self.assertEqual(len(self.left()), 1)
            self.wipe()

    def test_ended_by_scancel_it_cleans_up_itself(self) -> None:
        for _ in range(10):
            copying = self.start_copy()
            self.at_random()
            copying.send_signal(signal.SIGTERM)
            _, said = copying.communicate(timeout=30)
            self.assertIn(copying.returncode, (0, 1, -signal.SIGTERM), said)  # the last: before it had begun
            self.assert_whole_or_none(is_published=copying.returncode == 0)
            self.assertEqual(len(self.left()), 1 if copying.returncode == 0 else 0)
            self.wipe()


class FullDiskTest(StagingCase):
    def test_a_disk_that_fills_leaves_nothing(self) -> None:
        tiny = self.root / "tiny"
        tiny.mkdir()
        for number in range(900):  # a page each on the disk, 1 byte each by the account
            (tiny / str(number)).write_bytes(b"x")
        for path in [tiny, *tiny.iterdir()]:
            os.chown(path, ALICE, ALICE)
        time.sleep(3)
        for number in range(10):
            filler = self.fast / "filler"
            filler.write_bytes(b"x" * ((61 << 20) + number * 150_000))
            done = self.stage("copy", tiny)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rb"error: .*No space left")
            self.assertEqual(self.left(), [])
            self.assertIsNone(self.found(tiny))
            filler.unlink()
        self.assertEqual(self.stage("copy", tiny).returncode, 0)
        self.wipe()


class ChangingSourceTest(StagingCase):
    TREES = 8  # for each test: one for each change, all made at once, since nothing young is staged

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        names = [name for name in dir(cls) if name.startswith("test_")]
        cls.trees = {name: [cls.root / f"{name}.{number}" for number in range(cls.TREES)] for name in names}
        for tree_of_one in sum(cls.trees.values(), []):
            subprocess.run(["cp", "--archive", str(cls.data), str(tree_of_one)], check=True)
        time.sleep(3)

    def during_copies(self, change: Callable[[pathlib.Path, int], None]) -> None:
        for number, self.__class__.data in enumerate(self.trees[self._testMethodName]):
            copying = self.start_copy()
            self.at_random()
            change(self.data, number)
            _, said = copying.communicate(timeout=60)
            self.assertIn(copying.returncode, (0, 1), said)
            self.assert_whole_or_none()  # of the source as it is now: it may have changed before it was looked at
            self.assertEqual(len(self.left()), 1 - copying.returncode)
            self.wipe()

    def test_a_source_that_vanishes_is_not_used(self) -> None:
        aside = self.root / "aside"
        aside.mkdir()
        self.during_copies(lambda data, number: (data if number % 2 else data / "sub" / "017").rename(aside / str(number)))

    def test_a_source_that_is_closed_to_its_user_is_not_used(self) -> None:
        self.during_copies(lambda data, number: (data / "sub" if number % 2 else data / "sub" / "023").chmod(0))

    def test_a_source_that_is_written_to_is_not_used(self) -> None:
        def write(data: pathlib.Path, number: int) -> None:
            path = data / "sub" / f"{number:03}"
            times = path.stat()
            with path.open("r+b") as file:
                file.write(b"other content, of the same length and time")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        self.during_copies(write)


class OtherUsersTest(StagingCase):
    def bob(self, work: Callable[[], None]) -> int:
        """Does it again and again, as fast as he can."""
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(BOB)
            os.setuid(BOB)
            while True:
                try:
                    work()
                except OSError:
                    time.sleep(0.001)
        self.addCleanup(self.end, child)
        return child

    def end(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        self.assertTrue(os.WIFSIGNALED(status), "bob was at work all the time")

    def test_no_link_put_under_it_is_followed(self) -> None:
        secret = self.root / "secret"
        secret.write_bytes(SECRET * 1000)
        os.chown(secret, ALICE, ALICE)
        secret.chmod(0o600)
        shared = self.root / "shared"  # bob's, and alice stages it
        (shared / "sub").mkdir(parents=True)
        for number in range(10):
            (shared / "sub" / str(number)).write_bytes(b"x" * len(SECRET * 1000))
        for path in [shared, *shared.rglob("*")]:
            os.chown(path, BOB, BOB)
        victim, spare, link = shared / "sub" / "5", shared / "spare", self.root / "bobs" / "link"
        link.parent.mkdir()
        os.chown(link.parent, BOB, BOB)
        spare.write_bytes(b"y")
        os.chown(spare, BOB, BOB)
        time.sleep(3)

        def swap() -> None:
            link.unlink(missing_ok=True)
            link.symlink_to(secret)
            aside = link.with_name("aside")
            victim.rename(aside)
            link.rename(victim)
            victim.unlink()
            aside.rename(victim)
            time.sleep(0.002)
        self.bob(swap)
        for _ in range(10):
            self.stage("copy", shared)
            for path in (self.fast / str(ALICE)).rglob("*"):
                if path.is_file() and not path.is_symlink():
                    self.assertNotIn(SECRET, path.read_bytes())
            self.sweep()
            self.wipe()

    def test_nobody_else_reads_a_byte(self) -> None:
        read = self.root / "bob-read"
        read.mkdir()
        os.chown(read, BOB, BOB)

        def look() -> None:
            for directory, _, files in os.walk(self.fast / str(ALICE)):
                (read / "entered").write_text(directory)
                for name in files:
                    (read / "bytes").write_bytes(pathlib.Path(directory, name).read_bytes())
            own = self.fast / str(ALICE)
            for attack in (lambda: own.rename(self.fast / "bobs"), lambda: own.rmdir(), lambda: (own / "x").touch()):
                try:
                    attack()
                except OSError:
                    continue
                (read / "changed").touch()
            time.sleep(0.001)
        (self.fast / str(ALICE)).mkdir(mode=0o700)
        os.chown(self.fast / str(ALICE), ALICE, ALICE)
        self.bob(look)
        for _ in range(6):
            self.assertEqual(self.stage("copy").returncode, 0)
            for name in self.left():
                shutil.rmtree(self.fast / str(ALICE) / name)
        for name in ("bytes", "changed"):
            self.assertFalse((read / name).exists(), f"bob {name}")

    def test_who_takes_anothers_place_gains_nothing_and_is_swept_away(self) -> None:
        place = self.fast / str(ALICE)
        theirs = self.root / "theirs"
        theirs.mkdir()
        os.chown(theirs, BOB, BOB)
        takes: list[Callable[[], None]] = [
            lambda: place.symlink_to(theirs), lambda: place.mkdir(mode=0o777), lambda: place.write_bytes(b""),
            lambda: os.mkfifo(place), lambda: place.symlink_to("/etc")]
        for take in takes:
            self.wipe()
            take()
            os.chown(place, BOB, BOB, follow_symlinks=False)
            done = self.stage("copy")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertRegex(done.stderr, rb"error: .*in the buffer")
            self.assertEqual(list(theirs.iterdir()), [])
            self.sweep()
            self.assertFalse(place.is_symlink() or place.exists())
            self.assertEqual(self.stage("copy").returncode, 0)
            self.assert_whole_or_none(is_published=True)
        self.assertTrue(pathlib.Path("/etc/passwd").exists())


class AccountTest(StagingCase):
    """The site's account is the sweep's to write; users write journals of their own, and what they like into them."""

    def setUp(self) -> None:
        self.account = self.root / "account"
        self.account.mkdir(mode=0o750)
        self.conf.write_text(f"Buffer={self.fast}\nKeepFree=0%\nAccount={self.account}\n")
        self.addCleanup(shutil.rmtree, self.account)
        self.wipe()

    def events(self) -> list[tuple[str, int]]:
        said = subprocess.run([self.program, "journal", f"--directory={self.account}", "--json"], capture_output=True, text=True,
                              check=True)
        return [(event["step"], event["uid"]) for event in map(json.loads, said.stdout.splitlines())]

    def run_as(self, uid: int, action: str) -> None:
        subprocess.run(self.command(action), capture_output=True, check=False, timeout=60, **as_user(uid))

    def test_everybodys_events_come_once_and_as_theirs(self) -> None:
        for uid, action in ((ALICE, "find"), (ALICE, "copy"), (ALICE, "find"), (BOB, "copy"), (BOB, "find")):
            self.run_as(uid, action)
        wanted = [("missed", ALICE), ("staged", ALICE), ("used", ALICE), ("staged", BOB), ("used", BOB)]
        for _ in range(2):
            self.sweep()
            self.assertEqual(sorted(self.events()), sorted(wanted))

    def test_what_bob_puts_in_the_place_of_his_journal_is_his_loss_alone(self) -> None:
        self.run_as(ALICE, "copy")
        own = self.fast / str(BOB)
        journal = own / ".events"
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(mode=0o700)
        os.chown(own, BOB, BOB)
        record = f"{1:020}.fsj"
        puts: list[Callable[[], None]] = [
            lambda: journal.symlink_to(self.fast / str(ALICE) / ".events"), lambda: journal.symlink_to("/etc"),
            lambda: journal.write_bytes(b"x" * 1000), lambda: os.mkfifo(journal),
            lambda: (journal.mkdir(), (journal / record).write_bytes(self.random.randbytes(100_000))),
            lambda: (journal.mkdir(), (journal / record).symlink_to("/dev/zero")),
            lambda: (journal.mkdir(), os.mkfifo(journal / record))]
        for put in puts:
            put()
            for path in (journal, journal / record):
                if path.is_symlink() or path.exists():
                    os.chown(path, BOB, BOB, follow_symlinks=False)
            self.sweep()
            self.assertEqual(self.events(), [("staged", ALICE)])
            shutil.rmtree(journal) if journal.is_dir() and not journal.is_symlink() else journal.unlink()

    def test_who_owns_the_account_leads_root_nowhere(self) -> None:
        elsewhere = self.root / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        self.addCleanup(shutil.rmtree, elsewhere)
        self.account.rmdir()
        self.account.symlink_to(elsewhere)
        os.chown(self.account, BOB, BOB, follow_symlinks=False)
        os.chown(self.root, BOB, BOB)
        self.run_as(ALICE, "copy")
        done = subprocess.run([self.program, "stage", "sweep", f"--conf={self.conf}"], capture_output=True, text=True, check=False)
        os.chown(self.root, 0, 0)
        self.account.unlink()
        self.account.mkdir()
        self.assertEqual(done.returncode, 1)
        self.assertIn("Permission denied", done.stderr)
        self.assertEqual(list(elsewhere.iterdir()), [])


class NamesTest(StagingCase):
    def test_hostile_names_are_names(self) -> None:
        names = (b"a\nb", b"-rf", b"$(reboot)", b"\xff\xfe", b"x" * 255)
        sources = [self.root / f"names{number}" for number in range(len(names))]
        for source, name in zip(sources, names, strict=True):
            source.mkdir()
            (source / os.fsdecode(name)).write_bytes(name)
            for path in (source, source / os.fsdecode(name)):
                os.chown(path, ALICE, ALICE)
        time.sleep(3)
        for source in sources:
            done = self.stage("copy", source)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(tree(self.found(source)), tree(source))


if __name__ == "__main__":
    if os.environ.get("FORESHAPE_STAGE_ISOLATED") is None:
        os.environ["FORESHAPE_STAGE_ISOLATED"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, "-B", *sys.argv])
    PROGRAM = sys.argv.pop(1)
    print(f"seed {SEED}", file=sys.stderr)
    done = unittest.main(verbosity=2, exit=False)
    sys.exit(0 if done.result.wasSuccessful() and not done.result.skipped else 1)
