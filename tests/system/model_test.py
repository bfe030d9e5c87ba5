# SPDX-License-Identifier: GPL-2.0-or-later
"""The trained model in a running slurmctld: promoted, refused, taken back, gone, and there again after kill -9."""

import json
import pathlib
import random
import time

from harness import ClusterCase, main
from labcluster.settings import BUILD

KERNEL = "kernel"


def trace(path: pathlib.Path, jobs: int = 700) -> None:
    """A Standard Workload Format trace of four users whose run times depend on their job's name."""
    dice = random.Random(7)
    lines, now = [], 0
    for number in range(1, jobs + 1):
        now += dice.randrange(20, 200)
        user, name = dice.randrange(1, 5), dice.randrange(1, 4)
        run = max(1, round(60 * user * name * dice.uniform(0.9, 1.1)))
        # job submit wait run procs cpu memory requested_procs requested_time requested_memory status uid gid app queue partition - -
        lines.append(f"{number} {now} 5 {run} 1 -1 -1 1 3600 -1 1 {user} 1 {name} 1 1 -1 -1")
    path.write_text("; MaxProcs: 64\n; UnixStartTime: 1700000000\n" + "\n".join(lines) + "\n")


class ModelCase(ClusterCase):
    SETTINGS: dict[str, object] = {"nodes": 2, "foreshape_conf": ["AgentInterval=1"]}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.files = cls.lab.root / "trained"
        cls.files.mkdir()
        trace(cls.files / "trace.swf")
        cls.run_some_jobs()

    @classmethod
    def run_some_jobs(cls, count: int = 3) -> None:
        """Something to predict from."""
        ids = [cls.lab.submit("alice", "--time=10", "--job-name=relax", wrap="sleep 1.2") for _ in range(count)]
        for job_id in ids:
            cls.lab.wait_state(job_id, "COMPLETED")
        cls.lab.wait(lambda: cls.lab.plugin_status()["profiles"]["newer_jobs"] >= count, 30, "the agent saw their ends")

    def trained(self, seed: int) -> str:
        """A model file, trained in a second or two."""
        path = self.files / f"seed{seed}.fsm"
        if not path.exists():
            self.lab.run(str(BUILD / "bin" / "foreshape"), "evaluate", "--predictor=model", f"--model={path}",
                         f"--seed={seed}", "--hidden=16", "--pair-hidden=16", "--steps=8", "--refit-every=200",
                         str(self.files / "trace.swf"))
        return str(path)

    def model(self, *words: str, check: bool = True):
        return self.lab.run("foreshape", "model", *words, check=check)

    def listed(self) -> list[dict]:
        return json.loads(self.model("list", "--json").stdout)

    def in_force(self) -> str:
        """The checksum that the plugin says it serves; "" = the kernel."""
        status = self.lab.plugin_status()
        return status["model"]["checksum"] if status["pid"] == self.lab.cluster.slurmctld.pid() else "another process"

    def wait_in_force(self, checksum: str) -> None:
        self.lab.wait(lambda: self.in_force() == checksum, 30, f"model '{checksum}' in force, it is {self.in_force()}")

    def promote(self, seed: int) -> str:
        self.model("promote", self.trained(seed))
        checksum = self.listed()[0]["checksum"]
        self.wait_in_force(checksum)
        return checksum

    def predicted_by(self) -> str:
        """Who predicted a job that is submitted now, as the journal has it."""
        job_id = self.lab.submit("alice", "--time=10", "--job-name=relax")
        tag = self.lab.job(job_id)["AdminComment"].removeprefix("foreshape=")
        directory = str(self.lab.cluster.settings.state_dir / "journal")

        def records() -> list[dict]:
            said = self.lab.run("foreshape", "journal", "--directory", directory, "--json", check=False).stdout
            return [r for r in map(json.loads, said.splitlines()) if tag in json.dumps(r) and "prediction" in r]
        self.lab.wait(lambda: bool(records()), 20, f"submission {tag} in the journal")
        self.lab.wait_state(job_id, "COMPLETED")
        return records()[0]["prediction"]["model"]


class ServedModelTest(ModelCase):
    IN_ORDER = True

    def test_without_a_model_the_kernel_predicts(self) -> None:
        self.assertEqual(self.in_force(), "")
        self.assertEqual(self.predicted_by(), KERNEL)
        self.assertIn("Model      none", self.lab.run("foreshape", "status", check=False).stdout)

    def test_a_promoted_model_predicts_the_next_submission(self) -> None:
        pid = self.lab.cluster.slurmctld.pid()
        checksum = self.promote(1)
        self.assertEqual(self.predicted_by(), checksum)
        self.assertEqual(self.lab.cluster.slurmctld.pid(), pid)
        self.assertEqual(self.lab.plugin_status()["faults"], 0)
        self.assertIn(checksum, self.lab.run("foreshape", "status", check=False).stdout)

    def test_the_report_says_who_predicted(self) -> None:
        checksum = self.in_force()
        job_id = self.lab.submit("alice", "--time=10", "--job-name=relax")
        self.lab.wait_recorded(job_id)
        self.lab.run("foreshape", "migrate")
        self.lab.run("foreshape", "ingest", "journal", str(self.lab.cluster.settings.state_dir / "journal"))
        self.lab.run("foreshape", "ingest", "sacct")
        told = self.lab.run("sshape", "-a", "-S", "now-1hour", "-nP", "-j", job_id, "-o", "Model,Evidence").stdout
        self.assertEqual(told.strip(), f"{checksum}|user")
        self.assertIn(f"by model {checksum}", self.lab.run("sshape", "why", job_id).stdout)

    def test_a_damaged_file_is_refused_and_the_old_model_stays(self) -> None:
        checksum = self.in_force()
        place = self.lab.cluster.settings.state_dir / "model.fsm"
        good = place.read_bytes()
        damaged = bytearray(pathlib.Path(self.trained(2)).read_bytes())
        damaged[len(damaged) // 2] ^= 0xFF
        draft = place.with_name("draft.fsm")
        draft.write_bytes(damaged)
        self.assertEqual(self.model("promote", str(draft), check=False).returncode, 1)
        self.assertEqual(place.read_bytes(), good)
        draft.chmod(0o644)
        draft.rename(place)  # not by the program that would have refused it
        self.lab.wait(lambda: "checksum differs" in self.lab.plugin_status()["model"]["refused"], 20, "the refusal")
        self.assertEqual(self.in_force(), checksum)
        self.assertEqual(self.predicted_by(), checksum)
        status = self.lab.run("foreshape", "status", check=False)
        self.assertEqual(status.returncode, 1)
        self.assertIn("the model file was refused", status.stdout)
        self.assertEqual(self.lab.log().count("keeping the one loaded before"), 1)
        # A restart has nothing loaded before: the kernel predicts until there is a good file.
        self.lab.kill_slurmctld()
        self.lab.start_slurmctld()
        self.lab.wait(lambda: self.in_force() == "" and "checksum differs" in self.lab.plugin_status()["model"]["refused"],
                      30, "the refusal after a restart")
        self.assertEqual(self.predicted_by(), KERNEL)
        place.write_bytes(good)
        self.wait_in_force(checksum)
        self.lab.wait(lambda: self.lab.plugin_status()["model"]["refused"] == "", 20, "the good one again")

    def test_the_blend_learns_and_survives_a_kill(self) -> None:
        checksum = self.in_force()
        self.run_some_jobs()  # a job of less than a second says nothing
        self.lab.wait(lambda: self.lab.plugin_status()["model"]["blend_learned"] >= 3, 30,
                      "the blend learned from jobs that the model predicted")
        self.assertEqual(self.lab.plugin_status()["model"]["blend_error"], "")
        known = self.blend()
        self.assertNotEqual(known["blend_users"], 0)
        time.sleep(3)  # passes of the agent, for jobs that have just ended
        seen = self.lab.plugin_status()["profiles"]
        self.assertGreaterEqual(seen["newer_jobs"], 3)
        self.lab.kill_slurmctld()
        self.lab.start_slurmctld()
        self.wait_in_force(checksum)
        self.assertEqual(self.blend(), known)
        # There is no snapshot: all of it comes from the journal.
        status = self.lab.plugin_status()
        self.assertEqual(status["profiles"], seen)
        self.assertEqual((status["recall"]["error"], status["recall"]["unreadable"]), ("", 0))
        self.assertEqual(self.lab.plugin_status()["model"]["blend_learned"], 0)

    def blend(self) -> dict:
        return {key: self.lab.plugin_status()["model"][key] for key in ("blend_users", "blend_jobs", "blend_lead")}

    def test_rollback_brings_the_one_before_back(self) -> None:
        first = self.in_force()
        second = self.promote(3)
        self.assertEqual(self.predicted_by(), second)
        self.assertIn("would replace", self.model("rollback", "--dry-run").stdout)
        self.model("rollback")
        self.wait_in_force(first)
        self.assertEqual(self.predicted_by(), first)
        self.assertEqual([m["state"] for m in self.listed()], ["in force", "undone"])
        self.assertIn("the kernel alone predicts", self.model("rollback").stdout)
        self.wait_in_force("")
        self.assertEqual(self.predicted_by(), KERNEL)
        self.assertEqual(self.model("rollback", check=False).returncode, 1)
        self.promote(1)

    def test_without_the_file_or_with_model_off_the_kernel_predicts(self) -> None:
        checksum = self.in_force()
        self.lab.reconfigure(["AgentInterval=1", "Model=off"])
        self.wait_in_force("")
        self.lab.reconfigure(["AgentInterval=1"])
        self.wait_in_force(checksum)
        (self.lab.cluster.settings.state_dir / "model.fsm").unlink()
        self.wait_in_force("")
        self.run_some_jobs()
        self.assertEqual(self.predicted_by(), KERNEL)


def patient_users(path: pathlib.Path, jobs: int = 900) -> None:
    """Three users who submit the next job a minute after the end of the last one: what gaps alone can't know."""
    dice = random.Random(3)
    lines, next_s = [], [1, 100, 200]
    for number in range(1, jobs + 1):
        user = min(range(3), key=next_s.__getitem__)
        now, run = next_s[user], dice.randrange(200, 4000)
        lines.append(f"{number} {now} 0 {run} 1 -1 -1 1 7200 -1 1 {user + 1} 1 1 1 1 -1 -1")
        next_s[user] += run + dice.randrange(50, 70)
    path.write_text("; MaxProcs: 64\n; UnixStartTime: 1700000000\n" + "\n".join(lines) + "\n")


class ArrivalsTest(ModelCase):
    """Who forecasts the next submissions that nodes would be held for."""

    SETTINGS = {"nodes": 2, "postgres": False, "foreshape_conf": ["AgentInterval=1", "Hold=dry-run"]}

    def holds(self) -> dict:
        return self.lab.plugin_status()["holds"]

    def with_arrivals(self) -> str:
        data, path = self.files / "patient.h5", self.files / "arrivals.fsm"
        patient_users(self.files / "patient.swf")
        programs = BUILD / "bin"
        self.lab.run(str(programs / "foreshape"), "dataset", "--swf", str(self.files / "patient.swf"), "-o", str(data))
        self.lab.run(str(programs / "foreshape-train"), "-o", str(path), "--steps", "400", str(data))
        return str(path)

    def test_the_model_forecasts_where_it_can_and_gaps_do_otherwise(self) -> None:
        self.run_some_jobs()
        self.lab.wait(lambda: self.holds()["forecaster"] == "gaps" and self.holds()["forecast_users"] >= 1, 30,
                      "a forecast without a model")
        self.promote(1)
        self.assertIn("none: next submissions", self.model("show").stdout)
        self.assertEqual(self.holds()["forecaster"], "gaps", "a model without arrivals")
        self.model("promote", self.with_arrivals())
        self.lab.wait(lambda: self.holds()["forecaster"] == "model", 30, "the model's own forecasts")
        holds = self.holds()
        self.assertGreaterEqual(holds["forecast_by_network"], 1, holds)
        self.assertTrue(self.lab.plugin_status()["model"]["arrivals"])
        self.assertIn("foreseen by the network", self.lab.run("foreshape", "status", check=False).stdout)
        shown = self.model("show").stdout
        self.assertRegex(shown, r"arrivals +64 wide, \d+ weights, 8 golden pairs")
        self.assertIn("arrivals.nats", shown)
        self.assertEqual(self.model("verify").returncode, 0)
        self.assertEqual(self.lab.plugin_status()["faults"], 0)
        self.model("rollback")
        self.lab.wait(lambda: self.holds()["forecaster"] == "gaps", 30, "the gaps again")


class BrokenModelTest(ModelCase):
    """The build with fault points: a model that fails while it serves."""

    SETTINGS = {"nodes": 2, "postgres": False, "plugins": BUILD / "lib" / "slurm-faulty",
                "foreshape_conf": ["AgentInterval=1", "FaultLimit=100"]}

    def test_a_model_that_fails_leaves_jobs_to_the_kernel(self) -> None:
        self.promote(1)
        for fault in ("model_throw", "model_nan"):
            with self.subTest(fault=fault):
                self.lab.cluster.settings.slurmctld_env = {"FORESHAPE_FAULT": fault}
                self.lab.cluster.restart_slurmctld()
                self.lab.wait(lambda: self.in_force() not in ("", "another process"), 30, "the model in force")
                self.run_some_jobs()
                self.assertEqual(self.predicted_by(), KERNEL)
                self.lab.wait(lambda: self.lab.plugin_status()["faults"] > 0, 20, "the fault counted")


if __name__ == "__main__":
    main()
