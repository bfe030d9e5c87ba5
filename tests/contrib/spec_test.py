# SPDX-License-Identifier: GPL-2.0-or-later
"""The rpm spec is one that rpm understands, and its packages have every file that is installed, each once.

  spec_test.py BUILD_DIRECTORY
"""

import fnmatch
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SPEC = pathlib.Path(__file__).parents[2] / "contrib" / "packaging" / "foreshape.spec"
BUILD = pathlib.Path(sys.argv.pop(1))


def listed() -> list[tuple[str, str]]:
    """(package, path or pattern) of every %files list, as rpm reads the spec."""
    text = subprocess.run(["rpmspec", "-P", str(SPEC)], capture_output=True, text=True, check=True).stdout
    found, package = [], None
    for line in text.splitlines():
        if begin := re.match(r"%files\s*(\S*)", line):
            package = begin[1]
        elif line.startswith("%changelog"):
            package = None
        elif package is not None and (path := re.match(r"(?:%config\(noreplace\) )?(/\S+)", line)):
            found.append((package, path[1]))
    return found


def installed() -> list[str]:
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["cmake", "--install", str(BUILD), "--prefix", "/usr"], env={"DESTDIR": root, "PATH": "/usr/bin:/bin"},
                       capture_output=True, check=True)
        return [f"/{path.relative_to(root)}" for path in pathlib.Path(root).rglob("*") if not path.is_dir()]


class SpecTest(unittest.TestCase):
    def test_every_installed_file_is_in_one_package(self) -> None:
        files = installed()
        self.assertGreater(len(files), 15)
        for file in files:
            owners = {package for package, path in listed() if fnmatch.fnmatch(file, path) or file.startswith(f"{path}/")}
            self.assertEqual(len(owners), 1, f"{file} is in {owners or 'no package'}")

    @unittest.skipUnless(shutil.which("rpmlint"), "contrib/packages has rpmlint for Debian 12 alone: releases differ in taste")
    def test_rpmlint_finds_no_error(self) -> None:
        done = subprocess.run(["rpmlint", str(SPEC)], capture_output=True, text=True, check=False)
        self.assertIn(" 0 errors,", done.stdout, done.stderr)

    def test_every_listed_file_is_installed(self) -> None:
        files = installed()
        for package, path in listed():
            made_by_spec = path == "/etc/default/foreshape"
            there = any(fnmatch.fnmatch(file, path) or file.startswith(f"{path}/") for file in files)
            self.assertTrue(there or made_by_spec, f"{path} of {package or 'foreshape'} is not installed")


if __name__ == "__main__":
    unittest.main()
