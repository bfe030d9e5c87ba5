# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian packages on a machine of their own (contrib/package --try), beside a cluster that runs all the while: installed,
enabled by three lines, installed anew, kept from being removed while slurm.conf needs them, and removed without a trace."""

import os
import pathlib
import re
import subprocess
import time

from harness import ClusterCase, main
from labcluster import requirements

PACKAGES = pathlib.Path(os.environ["FORESHAPE_PACKAGES"])
NAMES = ("foreshape-slurm", "foreshape", "foreshape-trainer")
PLUGINS = pathlib.Path("/usr/lib/foreshape/slurm")
STATE = pathlib.Path("/var/lib/foreshape")
UNITS = pathlib.Path("/usr/lib/systemd/system")


def named_foreshape() -> set[pathlib.Path]:
    """Also dpkg's own lists of what a package has, while it is there."""
    return {path for where in ("/usr", "/etc", "/var/lib") for path in pathlib.Path(where).rglob("*foreshape*")}


class PackagesTest(ClusterCase):
    SETTINGS = {"nodes": 2, "plugins": None}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.stock_conf = cls.lab.cluster.settings.conf.read_text()
        cls.before = named_foreshape()

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

    def test_1_they_install_beside_a_cluster_that_runs(self) -> None:
        began = time.monotonic()
        self.install()
        print(f"installed in {time.monotonic() - began:.0f} s, with what they need")
        self.assertRegex(subprocess.run(["foreshape", "--version"], capture_output=True, text=True, check=True).stdout, r"\d")
        self.assertEqual((STATE.owner(), STATE.stat().st_mode & 0o777), ("slurm", 0o700))
        self.assert_job_passes(tagged=False)

    def test_2_three_lines_of_slurm_conf_enable_them(self) -> None:
        ours = f"PluginDir={PLUGINS}/dropin:{PLUGINS}:{requirements.stock_plugins()}\nJobSubmitPlugins=foreshape\n"
        conf = self.lab.cluster.settings.conf
        conf.write_text(re.sub(r"(?m)^(PluginDir|JobSubmitPlugins)=.*\n", "", self.stock_conf) + ours)
        (conf.parent / "foreshape.conf").write_text("AgentInterval=1\n")
        self.lab.cluster.restart_slurmctld()
        self.lab.wait(lambda: (STATE / "status.json").exists(), 20, "a status")
        self.assert_job_passes(tagged=True)
        self.assertEqual(self.lab.run("/usr/bin/foreshape", "status", check=False).returncode, 0)

    def test_3_the_units_commands_run_as_they_are(self) -> None:
        self.lab.run("/usr/bin/foreshape", "migrate")
        for service in ("foreshape-ingest.service", "foreshape-retrain.service"):
            text = (UNITS / service).read_text()
            codes = {0, *map(int, re.findall(r"(?m)^SuccessExitStatus=(\d+)", text))}
            env = dict(re.findall(r"(?m)^Environment=(\w+)=(.*)$", text))
            for command in re.findall(r"(?m)^ExecStart=(.*)$", text):
                done = self.lab.run("sh", "-c", command, env=env, check=False)
                self.assertIn(done.returncode, codes, f"{command}: {done.stderr}")
        self.assertRegex(self.lab.run("/usr/bin/sshape", "-a").stdout, r"alice +COMPLETED")

    def test_4_they_are_installed_anew_while_slurmctld_runs(self) -> None:
        self.install("--reinstall")
        self.assert_job_passes(tagged=True)
        self.lab.cluster.restart_slurmctld()
        self.assert_job_passes(tagged=True)

    def test_5_they_are_not_removed_while_slurm_conf_needs_them(self) -> None:
        done = self.apt("remove", "foreshape-slurm")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("still names foreshape in PluginDir, JobSubmitPlugins", done.stdout + done.stderr)
        self.lab.cluster.restart_slurmctld()
        self.assert_job_passes(tagged=True)

    def test_6_they_are_purged_without_a_trace(self) -> None:
        self.lab.cluster.settings.conf.write_text(self.stock_conf)
        self.lab.cluster.restart_slurmctld()
        done = self.apt("purge", *NAMES)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(named_foreshape() - self.before, set())
        self.assert_job_passes(tagged=False)


if __name__ == "__main__":
    main()
