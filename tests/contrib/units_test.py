# SPDX-License-Identifier: GPL-2.0-or-later
"""The units are such that systemd takes them, once the programs' place is filled in, and retraining knows its Sundays."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

UNITS = pathlib.Path(__file__).parents[2] / "contrib" / "systemd"


def as_sh_gets_it(text: str) -> str:
    """What systemd makes of an ExecStart word: $$ and %% stand for one of each."""
    return text.replace("$$", "$").replace("%%", "%")


class UnitsTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = pathlib.Path(directory.name)
        self.program("foreshape", 'echo "$@"')
        for unit in UNITS.glob("*.service.in"):
            text = unit.read_text().replace("@FORESHAPE_BIN@", str(self.place))
            (self.place / unit.name.removesuffix(".in")).write_text(text.replace("man:", "http://localhost/"))
        for unit in UNITS.glob("*.timer"):
            (self.place / unit.name).write_text(unit.read_text())

    def program(self, name: str, script: str) -> None:
        (self.place / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.place / name).chmod(0o755)

    def test_systemd_finds_nothing_wrong_with_them(self) -> None:
        units = sorted(str(path) for path in self.place.glob("*.timer")) + sorted(str(path) for path in self.place.glob("*.service"))
        self.assertEqual(len(units), 8)
        done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_every_timer_has_a_moment_that_systemd_understands(self) -> None:
        for timer in UNITS.glob("*.timer"):
            moment = re.search(r"(?m)^OnCalendar=(.*)$", timer.read_text())[1]
            subprocess.run(["systemd-analyze", "calendar", moment], capture_output=True, check=True)

    def test_on_sundays_new_weights_are_trained(self) -> None:
        unit = (self.place / "foreshape-retrain.service").read_text()
        command = as_sh_gets_it(re.search(r"(?m)^ExecStart=/bin/sh -c '(.*)'$", unit)[1])
        for day, words in (("6", "retrain"), ("7", "retrain --full"), ("1", "retrain")):
            self.program("date", f"echo {day}")
            env = os.environ | {"PATH": f"{self.place}:/usr/bin:/bin"}
            done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, text=True, check=True)
            self.assertEqual(done.stdout.strip(), words)


if __name__ == "__main__":
    unittest.main()
