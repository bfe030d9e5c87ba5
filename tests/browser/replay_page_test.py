# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of `foreshape replay --html` in a real browser: complete, silent, offline, and nowhere too wide.

With FORESHAPE_SCREENSHOTS=DIR every view is kept there as a picture.
"""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from browser import Browser
from page_checks import BROKEN, MARKS, PageChecks

FORESHAPE = pathlib.Path(os.environ["FORESHAPE_BUILD"]) / "bin" / "foreshape"
NAME = "\"><img src=x onerror=alert(1)><b>'&amp; a very long name of a trace.swf"
POLICIES = ("easy", "easy-sjbf:last2", "easy-sjbf:kernel", "conservative", "slurm", "slurm-key:kernel")
GAIN_BARS = 17


def trace() -> str:
    dice = random.Random(20261122)
    lines, now = ["; MaxProcs: 64", "; UnixStartTime: 843480031"], 0
    for number in range(1, 1501):
        now += int(dice.expovariate(1 / 900))
        limit = dice.choice((600, 3_600, 14_400, 43_200))
        run = max(1, int(limit * dice.betavariate(0.5, 1.5)))
        lines.append(f"{number} {now} -1 {run} {2 ** dice.randrange(6)} -1 -1 -1 {limit} -1 1 {dice.randrange(25)} 1 1 1 -1 -1 -1")
    return "\n".join(lines) + "\n"


class ReplayPageTest(PageChecks, unittest.TestCase):
    PICTURES = "replay"
    WIDTHS = (360, 768, 1400)

    @classmethod
    def setUpClass(cls) -> None:
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        swf = pathlib.Path(directory.name) / NAME
        swf.write_text(trace())
        page = pathlib.Path(directory.name) / "page.html"
        subprocess.run([FORESHAPE, "replay", "--policy", ",".join(POLICIES), "--jitter", "60", "--runs", "2", "--html", page,
                        swf], check=True, stdout=subprocess.DEVNULL)
        cls.page = page
        cls.url = "file://" + urllib.parse.quote(str(page))
        cls.browser = cls.enterClassContext(Browser())

    def test_has_every_plot_with_all_its_marks(self) -> None:
        marks = self.view(1400, "light").run(MARKS)
        n = len(POLICIES)
        self.assertEqual(marks, {"waits": [n], "slowdowns": [n], "queue": [1] + [2] * (n - 1),
                                 "utilisation": [1] + [2] * (n - 1), "gain": [GAIN_BARS] * (n - 1)})
        rows = self.browser.run("return document.querySelectorAll('[data-table=figures] tbody tr').length")
        self.assertEqual(rows, n)

    def test_says_who_made_it_when_by_what_command_and_what_is_left_out(self) -> None:
        page = self.view(1400, "light")
        origin = page.run("return document.querySelector('#origin').textContent")
        self.assertRegex(origin, r"foreshape \d+\.\d+\.\d+ \(revision [\w-]+\), 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d, by")
        self.assertIn(f"foreshape replay --policy {','.join(POLICIES)} --jitter 60 --runs 2 --html", origin)
        self.assertIn("onerror=alert(1)", origin)
        self.assertIn("fair-share", page.run("return document.querySelector('#omissions').textContent"))
        self.assertIn("1500 jobs", page.run("return document.querySelector('h1 ~ p ~ p').textContent"))

    def test_names_its_policies_in_words(self) -> None:
        names = self.view(1400, "light").run("return [...document.querySelectorAll('[data-table=figures] tbody td:first-child')].map(t => t.innerText)")
        self.assertEqual(names[0].split("\n"), ["EASY backfilling, first come first served", "easy:requested"])
        self.assertEqual(names[4].split("\n"), ["Slurm, first come first served", "slurm:requested"])

    def test_breaks_no_word_on_a_phone(self) -> None:
        self.assertEqual(self.view(360).run("document.querySelectorAll('details').forEach(d => d.open = true);" + BROKEN), [])

    def test_shows_hostile_names_as_text(self) -> None:
        page = self.view(1400, "light")
        self.assertEqual(page.run("return document.querySelectorAll('img,script,b:not(.card b)').length"), 0)
        self.assertIn(NAME, page.run("return document.querySelector('section:not([id]) h2').textContent"))


if __name__ == "__main__":
    program = unittest.main(verbosity=2, exit=False)
    sys.exit(0 if program.result.wasSuccessful() and not program.result.skipped else 1)
