# SPDX-License-Identifier: GPL-2.0-or-later
"""What users type into names and scripts loses no job, makes none up and changes none: read live and from dumps."""

import subprocess

from harness import ClusterCase, main

LINES_OF_A_LONG_SCRIPT = 100
JOBS_OF_OTHERS = 6
FORGED_ID = 4242


class HostileTextsTest(ClusterCase):
    SETTINGS = {"nodes": 2, "cpus": 16, "foreshape_conf": ["AgentInterval=1"]}
    expected: set[tuple[str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lab.run("foreshape", "migrate")
        cls.expected = set()
        long_script = "\n".join(f"true {line}" for line in range(LINES_OF_A_LONG_SCRIPT))
        for number in range(JOBS_OF_OTHERS):
            cls.submit("bob", f"plain_{number}", "true")
            cls.submit("alice", f"long_{number}", long_script)
            cls.submit("alice", f"x\n{cls.row_of_another(number)}", "true")
            cls.submit("alice", "a|b|c|||", f"true\n{cls.row_of_another(number)}\n")
        cls.lab.wait(cls.all_ended, 90, "accounting of all ends")

    @classmethod
    def submit(cls, user: str, name: str, script: str) -> None:
        job_id = cls.lab.run("sbatch", "--parsable", "--output=/dev/null", "--time=5", f"--job-name={name}",
                             f"--wrap={script}", user=user).stdout.strip()
        cls.expected.add((job_id, user))

    @classmethod
    def all_ended(cls) -> bool:
        """By columns that no user writes."""
        rows = cls.lab.sacct("-X", fields=("JobIDRaw", "End"))
        return {job_id for job_id, _ in cls.expected} <= {row["JobIDRaw"] for row in rows if row["End"] != "Unknown"}

    @staticmethod
    def row_of_another(number: int) -> str:
        """As foreshape ingest asks for it, with a delimiter that users can type; 255 bytes of a name are kept."""
        forged = FORGED_ID + number
        times = "|".join(["2026-11-20T10:00:00"] * 3)
        return f"{forged}|{forged}|lab|carol|1003|a|main|normal|COMPLETED|{times}|00:00:09|9|1:00|60|1|1G||1|1||||||||||||"

    def stored(self) -> set[tuple[str, str]]:
        return {(row["job_id"], row["user_name"]) for row in self.lab.psql("SELECT job_id, user_name FROM foreshape.job")}

    def ingest(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Into an empty store: what another way of reading has stored proves nothing."""
        self.lab.psql("DELETE FROM foreshape.job")
        self.lab.psql("DELETE FROM foreshape.ingest_watermark")
        return self.lab.run("foreshape", "ingest", "sacct", *options)

    def test_read_live_every_job_is_stored_and_nothing_is_left_out(self) -> None:
        said = self.ingest()
        self.assertEqual(self.stored(), self.expected)
        self.assertNotIn("left out", said.stdout + said.stderr)

    def test_the_dump_that_the_help_recommends_is_read_whole(self) -> None:
        command = next(line for line in self.lab.run("foreshape", "ingest", "--help").stdout.splitlines()
                       if line.strip().startswith("SLURM_TIME_FORMAT"))
        dump = self.lab.root / "scratch" / "safe.sacct"
        self.lab.run("sh", "-c", f"{command.strip()} >{dump}")
        self.ingest("--file", str(dump))
        self.assertEqual(self.stored(), self.expected)

    def test_a_dump_with_a_typed_delimiter_holds_nobody_elses_job(self) -> None:
        fields = "JobID,JobIDRaw,Cluster,User,UID,Account,Partition,QOS,State,Submit,Start,End,Elapsed,ElapsedRaw,Timelimit," \
                 "TimelimitRaw,ReqCPUS,ReqMem,ReqTRES,NCPUS,NNodes,AllocTRES,NTasks,MaxRSS,AveDiskRead,AveDiskWrite," \
                 "TotalCPU,TRESUsageInTot,TRESUsageOutTot,WorkDir,AdminComment,SubmitLine,JobName"
        dump = self.lab.root / "scratch" / "typed.sacct"
        self.lab.run("sh", "-c", f"sacct --allusers --duplicates --parsable2 --noconvert --format={fields} >{dump}")
        self.ingest("--file", str(dump))
        made_up = self.stored() - self.expected
        self.assertEqual(made_up, set())
        lost = {user for _, user in self.expected - self.stored()}
        self.assertLessEqual(lost, {"alice"}, "her texts may cost her own jobs, nobody else's")


if __name__ == "__main__":
    main()
