"""A test case with one cluster for all its tests, and a main() for which a skipped test is a failed one."""

import sys
import unittest

from labcluster import Lab


class ClusterCase(unittest.TestCase):
    """Tests share one cluster, made before the first of them. Say what it is made of like this:

        SETTINGS = {"nodes": 4, "foreshape_conf": ["Hold=on", "HoldUsers=carol"]}
    """

    SETTINGS: dict[str, object] = {}
    lab: Lab

    @classmethod
    def setUpClass(cls) -> None:
        cls.lab = Lab.up(**cls.SETTINGS)
        cls.addClassCleanup(cls.lab.down)

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        before = _failures(result)
        done = super().run(result)
        if _failures(result) > before:
            print(f"-- slurmctld's log ends:\n{self.lab.log()[-3000:]}", file=sys.stderr)
        return done


def _failures(result: unittest.TestResult | None) -> int:
    return len(result.failures) + len(result.errors) if result else 0


def main() -> None:
    program = unittest.main(module="__main__", verbosity=2, exit=False)
    sys.exit(0 if program.result.wasSuccessful() and not program.result.skipped else 1)
