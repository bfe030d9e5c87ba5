# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages on a machine of their own (contrib/package --try), beside a cluster that runs all the while, as
docs/administration.md says it: installed, set up, checked, asked what would be gained, installed anew, kept from being removed
while slurm.conf needs them, taken out and purged without a trace. The steps of an administrator are counted and timed."""

import os
import pathlib
import re
import subprocess
import time

from harness import ClusterCase, main
from history import history

PACKAGES = pathlib.Path(os.environ["FORESHAPE_PACKAGES"])
NAMES = ("foreshape-slurm", "foreshape", "foreshape-trainer")
STATE = pathlib.Path("/var/lib/foreshape")
CRON = pathlib.Path("/etc/cron.d/foreshape")
# The documented path, contrib/package being the first of its steps.
MOST_STEPS, MOST_MINUTES = 8, 10


def named_foreshape() -> set[pathlib.Path]:
    """Also dpkg's own lists of what a package has, while it is there."""
    return {path for where in ("/usr", "/etc", "/var/lib") for path in pathlib.Path(where).rglob("*foreshape*")}


class PackagesTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 2, "plugins": None}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.stock_conf = cls.lab.cluster.settings.conf.read_text()
        (cls.lab.cluster.settings.conf.parent / "foreshape.conf").unlink()  # a new site has none
        cls.before = named_foreshape()
        cls.steps: dict[str, float] = {}

    def apt(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "SLURM_CONF": str(self.lab.cluster.settings.conf)}
        return subprocess.run(["apt-get", "-qq", "-y", "--no-install-recommends", *words], env=env, capture_output=True,
                              text=True, check=False)

    def install(self, *options: str) -> None:
        files = [str(next(PACKAGES.glob(f"{name}_*.deb"))) for name in NAMES]
        done = self.apt("install", *options, *files)
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_job_passes(self, *, tagged: bool) -> None:
        pid = self.lab.cluster.slurmctld.pid()
        job_id = self.lab.submit("alice", "--time=7", "--mem=123")
        comment = self.lab.job(job_id).get("AdminComment", "")
        self.lab.wait_state(job_id, "COMPLETED")
        self.assertEqual("foreshape=" in comment, tagged, comment)
        self.assertIsNotNone(pid)
        self.assertEqual(self.lab.cluster.slurmctld.pid(), pid)

    def test_they_install_beside_a_cluster_that_runs(self) -> None:
        began = time.monotonic()
        self.install()
        self.steps["apt install ./*.deb"] = time.monotonic() - began
        self.assertRegex(subprocess.run(["foreshape", "--version"], capture_output=True, text=True, check=True).stdout, r"\d")
        self.assertEqual((STATE.owner(), STATE.stat().st_mode & 0o777), ("slurm", 0o700))
        self.assert_job_passes(tagged=False)

    def administrator(self, *command: str, codes: tuple[int, ...] = (0,), documented: bool = True) -> str:
        """One step, as root types it: the machine's own programs and site file, nothing of a test's environment."""
        began = time.monotonic()
        done = self.lab.run("env", "-u", "FORESHAPE_DB", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command, check=False)
        step = " ".join(command)
        self.steps[step if documented else f"({step})"] = time.monotonic() - began
        self.assertIn(done.returncode, codes, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def restart_slurmctld(self) -> None:
        began = time.monotonic()
        self.lab.cluster.restart_slurmctld()
        self.steps["systemctl restart slurmctld"] = time.monotonic() - began

    def test_one_command_sets_up_and_one_checks(self) -> None:
        # A new machine's PostgreSQL is where libpq looks for it; the private one is not.
        setup = ("foreshape", "setup", "--db", f"host={self.lab.cluster.postgres.socket_directory} dbname=foreshape")
        self.assertIn("JobSubmitPlugins=foreshape", self.administrator(*setup, "--dry-run"))
        self.assertEqual(list(STATE.iterdir()), [], "a dry run changes nothing")
        self.administrator(*setup, "--apply")
        self.restart_slurmctld()
        began = time.monotonic()
        self.lab.wait(lambda: (STATE / "status.json").exists(), 90, "a status")
        self.steps["(the agent's first pass)"] = time.monotonic() - began
        print(self.administrator("foreshape", "doctor", codes=(0, 3)))
        self.assert_job_passes(tagged=True)
        self.administrator("foreshape", "status", documented=False)

    def test_the_timers_lines_run_as_they_are_and_bring_the_history(self) -> None:
        dump = self.lab.root / "history.txt"
        dump.write_text(history(int(time.time())), encoding="utf-8")
        self.administrator("foreshape", "ingest", "sacct", "--utc", "--file", str(dump), documented=False)
        lines = [line for line in CRON.read_text().splitlines() if not line.startswith("#")]
        env = {name: value.strip('"') for name, value in re.findall(r"(?m)^([A-Z_]+)=(.*)$", "\n".join(lines))}
        commands = [line.split(None, 6)[5:] for line in lines if not re.match(r"[A-Z_]+=", line)]
        self.assertGreaterEqual(len(commands), 2)
        for user, command in commands:
            done = subprocess.run(["runuser", "-u", user, "--", "env", "-i", *(f"{k}={v}" for k, v in env.items()), env["SHELL"],
                                   "-c", command.replace("\\%", "%")], cwd="/", capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
        self.assertRegex(self.lab.run("env", "-u", "FORESHAPE_DB", "/usr/bin/sshape", "-a").stdout, r"alice +CD ")

    def test_what_would_be_gained_is_one_command(self) -> None:
        said = self.administrator("foreshape", "replay", "--site", "--weeks", "1", "--warm-up", "1")
        self.assertRegex(said, r"mean wait \d")
        # What setup writes has the dry runs on: the one job since then is in the report that comes by mail.
        self.assertRegex(self.administrator("sshape", "shadow"), r"Order +1 jobs")
        seconds = sum(self.steps.values())
        steps = [f"{took:7.1f} s  {step}" for step, took in self.steps.items()]
        typed = 1 + sum(not step.startswith("(") for step in self.steps)
        print("\n".join([f"an administrator's {typed} steps with contrib/package, {seconds / 60:.1f} min after it:", *steps]))
        self.assertLessEqual(typed, MOST_STEPS)
        self.assertLessEqual(seconds, MOST_MINUTES * 60)

    def test_they_are_installed_anew_while_slurmctld_runs(self) -> None:
        self.install("--reinstall")
        self.assert_job_passes(tagged=True)
        self.lab.cluster.restart_slurmctld()
        self.assert_job_passes(tagged=True)

    def test_they_are_not_removed_while_slurm_conf_needs_them(self) -> None:
        done = self.apt("remove", "foreshape-slurm")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("still names foreshape in PluginDir, JobSubmitPlugins", done.stdout + done.stderr)
        self.lab.cluster.restart_slurmctld()
        self.assert_job_passes(tagged=True)

    def test_they_are_purged_without_a_trace(self) -> None:
        self.lab.run("foreshape", "setup", "--remove", "--apply")
        self.assertEqual(self.lab.cluster.settings.conf.read_text(), self.stock_conf)
        self.lab.cluster.restart_slurmctld()
        self.lab.run("foreshape", "setup", "--remove", "--purge-data")
        done = self.apt("purge", *NAMES)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(named_foreshape() - self.before, set())
        self.assert_job_passes(tagged=False)


if __name__ == "__main__":
    main()
