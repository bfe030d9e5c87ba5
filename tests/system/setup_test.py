# SPDX-License-Identifier: GPL-2.0-or-later
"""`foreshape setup` on a running Slurm with a PostgreSQL that knows nothing of us: tried, done, done again, and taken back."""

import pathlib
import re
import subprocess

from harness import ClusterCase, main

STOCK = {"PluginDir": "", "JobSubmitPlugins": "", "SchedulerType": ""}


def contents(root: pathlib.Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and directory below it: owner, mode, bytes."""
    found = {}
    for path in [root, *root.rglob("*")]:
        info = path.lstat()
        found[str(path)] = (info.st_uid, info.st_mode, path.read_bytes() if path.is_file() else b"")
    return found


class SetupTest(ClusterCase):
    IN_ORDER = True
    SETTINGS = {"nodes": 2, "slurm_conf": STOCK}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.conf = cls.lab.cluster.settings.conf
        (cls.conf.parent / "foreshape.conf").unlink()
        cls.lab.cluster.settings.state_dir.rmdir()
        cls.socket = cls.lab.cluster.postgres.socket_directory
        cls.site = cls.lab.root / "site"  # the machine's own /etc is not this cluster's
        for name in ("default", "cron.d", "logrotate.d"):
            (cls.site / name).mkdir(parents=True)
        cls.db = f"host={cls.socket} dbname=site"
        cls.hba = cls.lab.cluster.postgres.data / "pg_hba.conf"
        # A server whose administrator lets only the superuser in without a password: a line of ours is needed.
        cls.hba.write_text("local all postgres peer map=lab\nlocal all root peer map=lab\nlocal all all scram-sha-256\n")
        cls.lab.psql("SELECT pg_reload_conf()")
        cls.stock_conf = cls.conf.read_text()
        cls.before = cls.everything()

    @property
    def backup(self) -> pathlib.Path:
        return self.conf.parent / "slurm.conf.before-foreshape"

    @classmethod
    def databases(cls) -> list[dict[str, str]]:
        return cls.lab.psql("SELECT datname FROM pg_database ORDER BY 1")

    @classmethod
    def everything(cls) -> dict[str, object]:
        roles = cls.lab.psql("SELECT rolname FROM pg_roles ORDER BY 1")
        state = cls.lab.cluster.settings.state_dir
        return {"etc": contents(cls.conf.parent), "site": contents(cls.site), "roles": roles, "databases": cls.databases(),
                "hba": cls.hba.read_text(), "state": contents(state) if state.exists() else None}

    def setup(self, *words: str, expect: int = 0, db: str = "") -> str:
        done = self.lab.run("foreshape", "setup", "--etc", str(self.site), "--db", db or self.db, "--state-dir",
                            str(self.lab.cluster.settings.state_dir), *words, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_dry_run_says_all_and_changes_nothing(self) -> None:
        said = self.setup("--dry-run")
        for what in ("make ", "create database site", "steps of the schema", 'put \'local "site" all peer\' first',
                     "JobSubmitPlugins=foreshape", "cron.d/foreshape", "logrotate.d/foreshape"):
            self.assertIn(what, said)
        self.assertEqual(self.everything(), self.before)

    def test_a_server_elsewhere_is_left_to_its_administrator(self) -> None:
        said = self.setup("--dry-run", db="host=db.example dbname=jobs")
        self.assertIn("database jobs is on a server elsewhere: give --admin-db", said)
        self.assertRegex(self.setup("--recipe", db="host=db.example dbname=jobs"), r"hostssl jobs +slurm ")
        said = self.setup("--dry-run", db="host=/nowhere dbname=jobs", expect=1)
        self.assertIn("is PostgreSQL installed and running here", said)
        self.assertEqual(self.everything(), self.before)

    def test_what_is_in_the_way_is_named_and_left(self) -> None:
        cron = self.site / "cron.d" / "foreshape"
        cron.write_text("# the site's own\n")
        self.assertIn("is there and not foreshape setup's", self.setup("--dry-run", expect=1))
        cron.unlink()
        self.conf.write_text(self.stock_conf + "JobSubmitPlugins=foreshape,lua\n")
        self.assertIn("foreshape must be the last of JobSubmitPlugins", self.setup("--dry-run", "--apply", expect=1))
        self.conf.write_text(self.stock_conf)
        self.assertEqual(self.everything(), self.before)

    def test_one_run_makes_it_all_but_slurm_conf(self) -> None:
        said = self.setup()
        state = self.lab.cluster.settings.state_dir
        self.assertEqual((state.owner(), state.stat().st_mode & 0o777), ("slurm", 0o700))
        self.assertEqual(((state / "journal").owner(), (state / "journal").stat().st_mode & 0o777), ("slurm", 0o750))
        self.assertEqual(self.conf.read_text(), self.stock_conf)
        self.assertIn("JobSubmitPlugins=foreshape", said)
        self.assertIn(f'FORESHAPE_DB="{self.db}"', (self.site / "default" / "foreshape").read_text())

    def test_a_second_run_finds_nothing_to_do(self) -> None:
        before = self.everything()
        said = self.setup()
        self.assertIn("0 steps done", said)
        self.assertEqual(self.everything(), before)

    def test_slurm_conf_is_edited_where_it_is_said(self) -> None:
        self.setup("--apply")
        self.assertEqual(self.backup.read_text(), self.stock_conf)
        self.lab.cluster.restart_slurmctld()
        self.lab.wait(lambda: self.lab.plugin_status() != {}, 60, "the agent's first pass")
        self.assertIn("0 steps done, 0 for you", self.setup("--apply"))

    def cron_lines(self) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The variables of the cron file, and the user and command of each of its lines."""
        lines = [line for line in (self.site / "cron.d" / "foreshape").read_text().splitlines() if not line.startswith("#")]
        settings = {name: value.strip('"') for name, value in re.findall(r"(?m)^([A-Z_]+)=(.*)$", "\n".join(lines))}
        commands = [line.split(None, 6)[5:] for line in lines if not re.match(r"[A-Z_]+=", line)]
        return settings, [(user, command.replace("\\%", "%")) for user, command in commands]

    def test_jobs_pass_and_the_timers_own_lines_bring_them_into_the_store(self) -> None:
        jobs = [self.lab.submit(user, "--time=5", wrap="sleep 2") for user in ("alice", "bob")]
        for job_id in jobs:
            self.assertIn("foreshape=", self.lab.job(job_id).get("AdminComment", ""))
        self.lab.wait_recorded(*jobs)
        settings, commands = self.cron_lines()
        self.assertEqual(len(commands), 3)
        for user, command in commands:
            done = subprocess.run(["runuser", "-u", user, "--", "env", "-i", *(f"{k}={v}" for k, v in settings.items()),
                                   settings["SHELL"], "-c", command], cwd="/", capture_output=True, text=True, check=False)
            log = self.lab.cluster.settings.state_dir / "timers.log"
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), f"{command}: {log.read_text()}")
        self.assertEqual((self.lab.cluster.settings.state_dir / "profiles.snap").owner(), "slurm")
        self.lab.wait(lambda: self.lab.plugin_status()["profiles"]["users"] >= 2, 90, "the snapshot is loaded")

    def sshape(self, user: str) -> str:
        """As a user types it: the site file alone says where the store is."""
        return self.lab.run("env", "-u", "FORESHAPE_DB", f"FORESHAPE_SITE_FILE={self.site}/default/foreshape", "sshape", "-a",
                            user=user).stdout

    def test_root_sees_all_jobs_and_a_user_their_own_once_setup_has_run_again(self) -> None:
        self.assertIn("users with jobs", self.setup())
        self.assertIn("0 steps done", self.setup())
        self.assertRegex(self.sshape("root"), r"(?s)alice +CD .*bob +CD ")
        own = self.sshape("alice")
        self.assertRegex(own, r"alice +CD ")
        self.assertNotIn("bob", own)

    def test_data_are_not_dropped_while_slurmctld_has_the_plugins(self) -> None:
        before = self.databases()
        self.assertIn("still has the plugins", self.setup("--remove", "--purge-data", expect=1))
        said = self.setup("--remove", "--dry-run")
        self.assertRegex(said, r"would: remove \S+/cron\.d/foreshape")
        self.assertTrue((self.site / "cron.d" / "foreshape").exists())
        said = self.setup("--remove", "--apply")
        self.assertEqual(self.conf.read_text(), self.stock_conf)
        self.assertIn("--purge-data", said)
        self.assertEqual(self.databases(), before)
        self.assertIn("slurmctld still runs with foreshape", self.setup("--remove", "--purge-data", expect=1))

    def test_then_nothing_is_left(self) -> None:
        self.lab.cluster.restart_slurmctld()
        self.setup("--remove", "--purge-data")
        self.assertEqual(self.everything(), self.before)
        self.assertIn("0 steps done", self.setup("--remove", "--purge-data"))
        job_id = self.lab.submit("alice", "--time=5")
        self.lab.wait_state(job_id, "COMPLETED")
        self.assertNotIn("foreshape=", self.lab.job(job_id).get("AdminComment", ""))

    def test_without_slurmctld_slurm_conf_itself_says_whose_it_is(self) -> None:
        self.lab.kill_slurmctld()
        said = self.setup("--dry-run")
        self.assertIn("owner slurm", said)
        self.assertIn("JobSubmitPlugins=foreshape", said)
        self.assertEqual(self.everything(), self.before)


if __name__ == "__main__":
    main()
