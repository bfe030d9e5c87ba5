# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of `foreshape replay --html` in a real browser: complete, silent, offline, and nowhere too wide.

With FORESHAPE_SCREENSHOTS=DIR every view is kept there as a picture.
"""

import base64
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from browser import Browser

FORESHAPE = pathlib.Path(os.environ["FORESHAPE_BUILD"]) / "bin" / "foreshape"
NAME = "\"><img src=x onerror=alert(1)><b>'&amp; a very long name of a trace.swf"
POLICIES = ("easy", "easy-sjbf:last2", "easy-sjbf:kernel", "conservative", "slurm", "slurm-key:kernel")
VIEWS = [(width, scheme) for width in (375, 768, 1400) for scheme in ("light", "dark")]
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


# Ticks of one drawing that cover each other, or that stand outside of it.
CROWDED = """
const bad = [];
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text.tick')].map(t => [t.textContent, t.getBoundingClientRect()]);
  boxes.forEach(([text, b], i) => {
    if (b.left < frame.left - 1 || b.right > frame.right + 1) bad.push(svg.dataset.plot + ': outside: ' + text);
    boxes.slice(i + 1).forEach(([other, o]) => {
      if (b.left < o.right && o.left < b.right && b.top < o.bottom - 3 && o.top < b.bottom - 3)
        bad.push(svg.dataset.plot + ': ' + text + ' on ' + other);
    });
  });
}
return bad;
"""
MARKS = """
const found = {};
for (const svg of document.querySelectorAll('svg[data-plot]')) {
  const kind = found[svg.dataset.plot] = found[svg.dataset.plot] || [];
  kind.push(svg.querySelectorAll('.mark').length);
}
return found;
"""
# Contrast (WCAG 2) of all text against the card or page behind it.
FAINT = """
const lum = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
  return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255,255,255)'; };
const faint = new Set();
for (const e of document.querySelectorAll('h1,h2,h3,p,td,th,figcaption,small,span,summary,footer,svg text')) {
  const style = getComputedStyle(e), colour = e.closest('svg') ? style.fill : style.color;
  const a = lum(colour), b = lum(behind(e));
  if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) faint.add(e.tagName + ' ' + colour + ' on ' + behind(e));
}
return [...faint];
"""


class ReplayPageTest(unittest.TestCase):
    browser: Browser

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

    def view(self, width: int, scheme: str) -> Browser:
        self.browser.open(self.url, width, scheme)
        return self.browser

    def test_says_nothing_on_the_console_and_asks_nobody(self) -> None:
        self.browser.console(), self.browser.requests()
        for width, scheme in VIEWS:
            self.view(width, scheme)
        self.assertEqual(self.browser.console(), [])
        self.assertEqual({url for url in self.browser.requests() if not url.startswith("data:")}, {self.url})

    def test_has_every_plot_with_all_its_marks(self) -> None:
        marks = self.view(1400, "light").run(MARKS)
        n = len(POLICIES)
        self.assertEqual(marks, {"waits": [n], "slowdowns": [n], "queue": [1] + [2] * (n - 1),
                                 "utilisation": [1] + [2] * (n - 1), "gain": [GAIN_BARS] * (n - 1)})
        rows = self.browser.run("return document.querySelectorAll('[data-table=figures] tbody tr').length")
        self.assertEqual(rows, n)

    def test_is_nowhere_wider_than_its_window(self) -> None:
        for width, scheme in VIEWS:
            with self.subTest(width=width):
                wide = self.view(width, scheme).run("return [document.documentElement.scrollWidth, innerWidth]")
                self.assertEqual(wide, [width, width])

    def test_labels_do_not_cover_each_other(self) -> None:
        for width in (375, 1400):
            with self.subTest(width=width):
                self.assertEqual(self.view(width, "light").run(CROWDED), [])

    def test_can_be_read_in_light_and_dark(self) -> None:
        backgrounds = set()
        for scheme in ("light", "dark"):
            with self.subTest(scheme=scheme):
                self.assertEqual(self.view(1400, scheme).run(FAINT), [])
            backgrounds.add(self.browser.run("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(backgrounds), 2)

    def test_shows_hostile_names_as_text(self) -> None:
        page = self.view(1400, "light")
        self.assertEqual(page.run("return document.querySelectorAll('img,script,b:not(.card b)').length"), 0)
        self.assertIn(NAME, page.run("return document.querySelector('h2').textContent"))

    def test_pictures_for_whoever_wants_to_look(self) -> None:
        directory = os.environ.get("FORESHAPE_SCREENSHOTS")
        for width, scheme in VIEWS:
            picture = base64.b64decode((self.view(width, scheme)).screenshot())
            self.assertGreater(len(picture), 20_000)
            if directory:
                (pathlib.Path(directory) / f"replay-{width}-{scheme}.png").write_bytes(picture)


if __name__ == "__main__":
    program = unittest.main(verbosity=2, exit=False)
    sys.exit(0 if program.result.wasSuccessful() and not program.result.skipped else 1)
