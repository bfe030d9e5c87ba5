# SPDX-License-Identifier: GPL-2.0-or-later
"""contrib/mail-summary, called as slurmctld calls its mail program, with stand-ins for mail and sshape."""

import pathlib
import subprocess
import tempfile
import time
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "contrib" / "mail-summary"
ENDED = "Slurm Job_id=12 Name=relax Ended, Run time 00:00:01, COMPLETED, ExitCode 0"


class MailSummaryTest(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.TemporaryDirectory(prefix="foreshape-mail-")
        self.addCleanup(self.directory.cleanup)
        self.root = pathlib.Path(self.directory.name)
        self.program("mail", f'printf "%s|" "$@" >{self.root}/mail.new; cat >>{self.root}/mail.new; mv {self.root}/mail.new {self.root}/sent')
        self.store_knows("2026-11-20T12:39:21")

    def program(self, name: str, text: str) -> pathlib.Path:
        path = self.root / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def store_knows(self, end: str) -> None:
        """end: what sshape says of it; "" = the job is unknown."""
        answer = f'case "$*" in *"-o End "*) echo {end} ;; *) echo "summary of $1" ;; esac' if end else "exit 1"
        path = self.program("sshape.new", f'echo "$*" >>{self.root}/asked; {answer}')
        path.rename(self.root / "sshape")

    def send(self, *words: str, wait: int = 120, kind: str = "Ended") -> float:
        """Seconds until slurmctld has its mail program's end and all of its output."""
        text = SCRIPT.read_text(encoding="utf-8")
        for name, value in {"kMail": self.root / "mail", "kSshape": self.root / "sshape", "kWait": wait}.items():
            text = text.replace(f"\n{name}=", f"\n{name}={value} #", 1)
        text = text.replace('sleep "$kStep"', "sleep 0.05")
        script = self.root / "mail-summary"
        script.write_text(text, encoding="utf-8")
        script.chmod(0o755)
        begin = time.monotonic()
        done = subprocess.run([script, *words], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30, start_new_session=True,
                              env={"SLURM_JOB_MAIL_TYPE": kind, "SLURM_JOB_UID": "1001", "SLURM_CLUSTER_NAME": "lab"})
        self.assertEqual(done.stdout + done.stderr, b"")
        return time.monotonic() - begin

    def sent(self) -> str:
        deadline = time.monotonic() + 20
        while not (self.root / "sent").exists():
            self.assertLess(time.monotonic(), deadline, "no mail")
            time.sleep(0.01)
        return (self.root / "sent").read_text(encoding="utf-8")

    def asked(self) -> str:
        return (self.root / "asked").read_text(encoding="utf-8") if (self.root / "asked").exists() else ""

    def test_a_mail_at_the_end_has_the_summary(self) -> None:
        self.send("-s", ENDED, "alice")
        self.assertEqual(self.sent(), f"-s|{ENDED}|alice|summary of 12\n")

    def test_arrays_and_their_tasks_are_known_by_their_numbers(self) -> None:
        for subject, job in (("Slurm Array Task Job_id=12_3 (15) Name=x Failed, Run time 00:00:01, FAILED, ExitCode 1", "12_3"),
                             ("Slurm Array Summary Job_id=12_* (14) Name=x Ended, COMPLETED, ExitCode [0-0]", "12")):
            (self.root / "sent").unlink(missing_ok=True)
            self.send("-s", subject, "alice")
            self.assertTrue(self.sent().endswith(f"|summary of {job}\n"), self.sent())

    def test_a_mail_that_is_about_no_end_goes_at_once(self) -> None:
        subject = "Slurm Job_id=12 Name=relax Ended, Began, Queued time 00:00:01"
        self.send("-s", subject, "alice", kind="Began")
        self.assertEqual(self.sent(), f"-s|{subject}|alice|")
        self.assertEqual(self.asked(), "")

    def test_a_job_name_cannot_ask_for_another_job(self) -> None:
        subject = "Slurm Job_id=12 Name=Job_id=99 `touch x` Slurm Job_id=98 Ended, Run time 00:00:01, COMPLETED, ExitCode 0"
        self.send("-s", subject, "alice")
        self.assertTrue(self.sent().endswith("|summary of 12\n"))
        self.assertNotIn("99", self.asked())
        self.assertEqual(self.asked().splitlines()[-1], "12 -u 1001 -M lab", "of no other user or cluster that has the number")

    def test_it_is_back_at_once_and_waits_until_the_store_knows_the_end(self) -> None:
        self.store_knows("")
        self.assertLess(self.send("-s", ENDED, "alice", wait=600_000), 10)
        self.assertFalse((self.root / "sent").exists())
        self.store_knows("Unknown")
        self.store_knows("2026-11-20T12:39:21")
        self.assertTrue(self.sent().endswith("|summary of 12\n"))

    def test_a_mail_goes_without_a_summary_where_the_store_does_not_answer(self) -> None:
        self.store_knows("")
        self.send("-s", ENDED, "alice")
        self.assertEqual(self.sent(), f"-s|{ENDED}|alice|\n")


if __name__ == "__main__":
    unittest.main()
