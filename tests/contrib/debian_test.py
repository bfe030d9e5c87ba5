#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""contrib/debian where another Debian can't be had: root only, and no mirror is asked."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOBODY_LISTENS = "http://127.0.0.1:1/debian"


class Debian(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.roots = pathlib.Path(directory.name)

    def run_it(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"FORESHAPE_DEBIAN_ROOTS": str(self.roots), "DEBIAN_MIRROR": NOBODY_LISTENS}
        return subprocess.run([ROOT / "contrib" / program, *arguments], env=environment, capture_output=True, text=True)

    def test_says_in_one_line_that_a_release_can_not_be_had(self) -> None:
        for release in ("trixie", "forky"):
            with self.subTest(release):
                done = self.run_it("debian", release, "run", "true")
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, rf"^debian: error: no Debian {release} from {NOBODY_LISTENS}: .+\n\Z")
                self.assertFalse((self.roots / release).exists(), "half a root is none")

    def test_is_what_check_runs_another_release_with(self) -> None:
        if (other := "forky") not in pathlib.Path("/etc/os-release").read_text():
            self.assertRegex(self.run_it("check", "--release", other, "--quick").stderr, r"^debian: error: no Debian")

    def test_knows_two_releases(self) -> None:
        self.assertEqual(self.run_it("debian", "sarge", "run", "true").returncode, 2)
        self.assertRegex(self.run_it("check", "--release", "sarge").stderr, "only trixie and forky")


if __name__ == "__main__":
    unittest.main()
