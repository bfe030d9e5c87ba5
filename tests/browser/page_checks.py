# SPDX-License-Identifier: GPL-2.0-or-later
"""What every page must be in a real browser: complete, silent, offline, nowhere too wide, readable in light and dark.

With FORESHAPE_SCREENSHOTS=DIR every view is kept there as a picture.
"""

import base64
import os
import pathlib
import unittest
from typing import ClassVar

from browser import Browser

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
MARKS = """
const found = {};
for (const svg of document.querySelectorAll('svg[data-plot]')) {
  const kind = found[svg.dataset.plot] = found[svg.dataset.plot] || [];
  kind.push(svg.querySelectorAll('.mark').length);
}
return found;
"""
# Words that go on in a second line, but for those that no line can hold.
BROKEN = """
const broken = new Set();
const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode;
  if (node.parentElement.closest('svg')) continue;
  for (const word of node.textContent.matchAll(/[^\\s\\u2013\\/-]+/g)) {
    if (word[0].length > 22) continue;
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    const lines = new Set([...range.getClientRects()].filter(r => r.width > 0).map(r => Math.round(r.top)));
    if (lines.size > 1) broken.add(word[0]);
  }
}
return [...broken];
"""


class PageChecks:
    """Mixed into a test whose class sets `url`, the page; and `PICTURES`, what its pictures are called."""

    PICTURES: ClassVar[str]
    WIDTHS: ClassVar[tuple[int, ...]]
    url: ClassVar[str]
    browser: ClassVar[Browser]

    @classmethod
    def views(cls) -> list[tuple[int, str]]:
        return [(width, scheme) for width in cls.WIDTHS for scheme in ("light", "dark")]

    def view(self, width: int, scheme: str = "light") -> Browser:
        self.browser.open(self.url, width, scheme)
        return self.browser

    def test_says_nothing_on_the_console_and_asks_nobody(self: unittest.TestCase) -> None:
        self.browser.console(), self.browser.requests()
        for width, scheme in self.views():
            self.view(width, scheme)
        self.assertEqual(self.browser.console(), [])
        self.assertEqual({url for url in self.browser.requests() if not url.startswith("data:")}, {self.url})

    def test_is_nowhere_wider_than_its_window(self: unittest.TestCase) -> None:
        for width in self.WIDTHS:
            with self.subTest(width=width):
                wide = self.view(width).run("return [document.documentElement.scrollWidth, innerWidth]")
                self.assertEqual(wide, [width, width])

    def test_labels_do_not_cover_each_other(self: unittest.TestCase) -> None:
        for width in (min(self.WIDTHS), max(self.WIDTHS)):
            with self.subTest(width=width):
                self.assertEqual(self.view(width).run(CROWDED), [])

    def test_can_be_read_in_light_and_dark(self: unittest.TestCase) -> None:
        backgrounds = set()
        for scheme in ("light", "dark"):
            with self.subTest(scheme=scheme):
                self.assertEqual(self.view(max(self.WIDTHS), scheme).run(FAINT), [])
            backgrounds.add(self.browser.run("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(backgrounds), 2)

    def test_pictures_for_whoever_wants_to_look(self: unittest.TestCase) -> None:
        directory = os.environ.get("FORESHAPE_SCREENSHOTS")
        for width, scheme in self.views():
            picture = base64.b64decode(self.view(width, scheme).screenshot())
            self.assertGreater(len(picture), 20_000)
            if directory:
                (pathlib.Path(directory) / f"{self.PICTURES}-{width}-{scheme}.png").write_bytes(picture)
