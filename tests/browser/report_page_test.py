# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of `sshape html`, made of a real store, in a real browser."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from browser import Browser
from labcluster.postgres import Postgres
from page_checks import BROKEN, MARKS, PageChecks

BIN = pathlib.Path(os.environ["FORESHAPE_BUILD"]) / "bin"
HOSTILE = ("</style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u05d0\u05d1\u05d2 \u202eresu", "\U0001d4d0\U0001f680 name",
           "a_name_without_any_place_to_break_of_sixty_four_characters_in_all", "&amp;&#39;'`${7*7}")
USERS = 14
# Five weeks of jobs of users with such names; predictions that are a little too small; shaped, killed and rerun ones.
FILL = """
SELECT foreshape.add_month('job', day) FROM (VALUES (timestamptz '2026-09-15'), ('2026-10-15')) AS month (day);
INSERT INTO foreshape.job (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, uid, user_name, job_name,
  qos, requested_memory_bytes, requested_limit_s, allocated_nodes, allocated_cpus, run_s, peak_memory_bytes,
  allocated_memory_bytes, memory_is_shaped)
SELECT 'lab', i, i::text, i, at, at + i % 97 * interval '1 minute', at + i % 97 * interval '1 minute' + run_s * interval '1 second',
  'COMPLETED', 1000 + i % {users}, (string_to_array(:'names', '|'))[1 + i % {users}], (string_to_array(:'names', '|'))[1 + i % 6],
  'normal', 8::bigint << 30, 86400, 1, CASE WHEN i % {users} < 6 THEN 8 ELSE 4 END, run_s, (1 + i % 5)::bigint << 30, (CASE WHEN i % 3 = 0 THEN 4 ELSE 8 END)::bigint << 30, i % 3 = 0
FROM (SELECT i, timestamptz '2026-09-28 06:00+00' + i * interval '24 minutes' AS at, (30 * 1.7 ^ (i % 13))::bigint + i % 29 AS run_s
      FROM generate_series(1, 2000) AS i) AS made;
INSERT INTO foreshape.prediction (cluster, token, uid, submit_time, evidence, similar_jobs, run_s, run_s_mean, run_s_q, run_s_jobs,
  memory_bytes, memory_bytes_mean, memory_bytes_q, memory_bytes_jobs, cpu_efficiency_jobs, read_bytes_jobs, written_bytes_jobs)
SELECT 'lab', job_id, uid, submit_time, 'user', 9, run_s * f, run_s * f, ARRAY(SELECT run_s * f * l FROM unnest(levels) AS l), 9,
  4e9, 4e9, ARRAY(SELECT 1.7e9 * l FROM unnest(levels) AS l), 9, 0, 0, 0
FROM (SELECT *, .36 + job_id % 10 / 8.0 AS f, '{{.1,.2,.3,.5,.9,1.2,1.4,1.8,2.2,2.6,3}}'::float8[] AS levels FROM foreshape.job) AS job;
INSERT INTO foreshape.requeued_run (cluster, job_id, job_id_text, submit_time, start_time, end_time, state, uid, user_name, account,
  partition, qos, job_name, requested_memory_bytes, allocated_nodes, allocated_cpus, run_s, allocated_memory_bytes, memory_is_shaped, ran_out_of_memory)
SELECT cluster, job_id, job_id_text, submit_time - interval '1 hour', start_time - interval '1 hour', submit_time, 'REQUEUED', uid, user_name, '',
  '', qos, job_name, requested_memory_bytes, 1, 4, 600, 4::bigint << 30, true, true FROM foreshape.job WHERE job_id % 40 = 1;
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, closed_at, hits, idle_node_s, dry_run)
SELECT 'lab', 'foreshape_' || i, '2026-10-05 12:00+00', 'pool', 'main', '', 2, '2026-10-05 13:00+00', i % 3, 900, i > 20
FROM generate_series(1, 30) AS i;
"""


class ReportPageTest(PageChecks, unittest.TestCase):
    PICTURES = "report"
    WIDTHS = (360, 768, 1280)

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="foreshape_report_"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.root.chmod(0o755)
        for name in ("log", "run", "out"):
            (cls.root / name).mkdir(mode=0o755)
        cls.store = Postgres(cls.root)
        cls.store.start()
        cls.addClassCleanup(cls.store.stop)
        cls.command("foreshape", "migrate")
        names = [*HOSTILE, *(f"user{i}" for i in range(USERS - len(HOSTILE)))]
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", f"--set=names={'|'.join(names)}",
                        cls.store.conninfo], input=FILL.format(users=USERS), text=True, check=True)
        page = cls.root / "out" / "a, page.html"
        page.write_text("an older one")
        cls.command("sshape", "html", "-a", "-S", "2026-09-28", "-E", "2026-11-02", "-o", str(page))
        cls.page = page
        cls.url = "file://" + str(page).replace(" ", "%20")
        cls.browser = cls.enterClassContext(Browser())

    @classmethod
    def command(cls, program: str, *words: str) -> str:
        done = subprocess.run([BIN / program, *words], env=os.environ | {"FORESHAPE_DB": cls.store.conninfo, "TZ": "UTC"},
                              check=True, capture_output=True, text=True)
        return done.stdout

    def test_has_every_plot_with_all_its_marks(self) -> None:
        marks = self.view(1280).run(MARKS)
        self.assertEqual(marks, {"calibration": [2, 2], "run-times": [4], "waits": [5 + 1], "savings": [5 * 3]})
        rows = self.browser.run("return Object.fromEntries([...document.querySelectorAll('[data-table]')].map(t => [t.dataset.table, t.querySelectorAll('tbody tr').length]))")
        self.assertEqual({name: rows[name] for name in ("calibration", "waits", "holds", "savings", "users")},
                         {"calibration": 11, "waits": 6, "holds": 2, "savings": 6, "users": 10})

    def test_its_first_cards_are_the_figures_of_the_commands(self) -> None:
        cards = self.view(1280).run("return [...document.querySelectorAll('#first .card b')].map(b => b.textContent)")
        self.assertEqual(cards[0], "2000")
        total = self.command("sshape", "savings", "-a", "-S", "2026-09-28", "-E", "2026-11-02", "-nPo", "week,gibhback,gibhlost").splitlines()[-1].split("|")
        self.assertEqual(cards[3:5], [f"{float(total[1]):.0f} GiB-hours", f"{total[2]} GiB-hours"])
        summary = self.command("sshape", "summary", "-a", "-S", "2026-09-28", "-E", "2026-11-02", "-nPo", "user,timein95,memin99").splitlines()[-1].split("|")
        shares = [f"{100 - float(within.rstrip('%')):.1f} %" for within in summary[1:]]
        self.assertEqual(cards[5:7], shares)

    def test_shows_hostile_names_as_text(self) -> None:
        page = self.view(1280)
        self.assertEqual(page.run("return document.querySelectorAll('img,script,iframe,b:not(.card b)').length"), 0)
        names = page.run("return [...document.querySelectorAll('[data-table=users] tbody th')].map(t => t.textContent)")
        plain = [name for name in HOSTILE if "\u202e" not in name]
        self.assertLessEqual(set(plain), set(names))
        self.assertNotIn("\u202e", "".join(names), "no mark that turns the text around")

    def test_breaks_no_word_on_a_phone(self) -> None:
        self.assertEqual(self.view(360).run("document.querySelectorAll('details').forEach(d => d.open = true);" + BROKEN), [])
        wide = self.browser.run("return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 360.5 && !e.closest('thead')).map(e => e.tagName)")
        self.assertEqual(wide, [])

    def test_can_be_used_by_keyboard_and_screen_reader(self) -> None:
        page = self.view(1280)
        self.assertEqual(page.run("return [...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.getAttribute('href'))).length"), 0)
        self.assertEqual(page.run("return [...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') !== 'img' || !s.getAttribute('aria-label')).length"), 0)
        self.assertEqual(page.run("return [...document.querySelectorAll('table')].filter(t => !t.caption || t.querySelectorAll('thead th[scope=col]').length === 0).length"), 0)
        self.assertEqual(page.run("return document.documentElement.lang + document.querySelectorAll('h1').length"), "en1")

    def test_is_written_in_one_step_with_the_rights_of_the_umask(self) -> None:
        self.assertEqual(os.listdir(self.page.parent), [self.page.name], "nothing is left beside it")
        self.assertEqual(self.page.stat().st_mode & 0o777, 0o644)
        self.assertTrue(self.page.read_text().endswith("</html>\n"))
        printed = self.command("sshape", "html", "-a", "-S", "2026-09-28", "-E", "2026-11-02")
        self.assertEqual(printed, self.page.read_text())
        self.assertIsNone(re.search(r"https?:|//[a-z]", printed), "no address at all")

    def test_of_an_empty_store_says_so(self) -> None:
        printed = self.command("sshape", "html", "-a", "-S", "2020-01-01", "-E", "2020-02-01")
        self.assertIn("no job that was predicted and measured", printed)
        self.assertNotIn("nan", printed)


if __name__ == "__main__":
    program = unittest.main(verbosity=2, exit=False)
    sys.exit(0 if program.result.wasSuccessful() and not program.result.skipped else 1)
