#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a private cluster may lie: a directory of the caller's own, in which nobody else can put a link."""

import os
import pathlib
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contrib"))
from labcluster import cluster  # noqa: E402
from labcluster.errors import ClusterError  # noqa: E402


class ClusterRoot(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = pathlib.Path(self.directory.name) / "root"

    def check(self) -> None:
        cluster._check_root(types.SimpleNamespace(root=self.root))

    def test_a_new_one_is_for_its_owner_only(self) -> None:
        self.check()
        self.assertEqual(self.root.stat().st_mode & 0o777, 0o700)

    def test_one_that_others_may_write_in_is_refused(self) -> None:
        self.root.mkdir()
        self.root.chmod(0o777)
        with self.assertRaisesRegex(ClusterError, "mode 777; it must be yours"):
            self.check()

    def test_one_that_is_not_empty_is_refused(self) -> None:
        self.root.mkdir(mode=0o700)
        (self.root / "file").touch()
        with self.assertRaisesRegex(ClusterError, "not empty"):
            self.check()

    def test_another_users_is_refused(self) -> None:
        if os.geteuid() == 0:
            self.root.mkdir(mode=0o700)
            os.chown(self.root, 54_321, -1)
        else:
            self.root = pathlib.Path("/usr")
        with self.assertRaisesRegex(ClusterError, "it must be yours"):
            self.check()


if __name__ == "__main__":
    unittest.main()
