# SPDX-License-Identifier: GPL-2.0-or-later
"""A test case with one cluster for all its tests, and a main() for which a skipped test is a failed one."""

import contextlib
import sys
import unittest

from labcluster import ClusterError, Lab


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
        """Says at once what failed, and how slurmctld fared: what comes at the end of a long log is cut where it is passed on."""
        before = len(_failures(result))
        done = super().run(result)
        for why in _failures(result)[before:]:
            print(f"-- it failed: {why[-1500:]}", file=sys.stderr)
            print(f"-- slurmctld is {self.lab.cluster.slurmctld.pid() or 'gone'}; its log ends:\n{self.lab.log()[-1500:]}",
                  file=sys.stderr)
            for question in (("squeue", "--Format=jobid,username,partition,state,reason,priority,reservation,nodelist,reqnodes"),
                             ("scontrol", "--oneliner", "show", "reservation")):
                with contextlib.suppress(ClusterError):  # nobody answers where slurmctld is gone
                    print(self.lab.run(*question, check=False, timeout_s=20).stdout[-1500:], file=sys.stderr)
        return done


def _failures(result: unittest.TestResult | None) -> list[str]:
    return [why for _, why in (*result.failures, *result.errors)] if result else []


class InOrder(unittest.TestLoader):
    """Tests of a class with IN_ORDER go in the order in which they are written."""

    def getTestCaseNames(self, case: type[unittest.TestCase]) -> list[str]:  # noqa: N802 - its name in unittest
        names = list(super().getTestCaseNames(case))
        if getattr(case, "IN_ORDER", False):
            names.sort(key=lambda name: getattr(case, name).__code__.co_firstlineno)
        return names


def main() -> None:
    program = unittest.main(module="__main__", verbosity=2, exit=False, testLoader=InOrder())
    sys.exit(0 if program.result.wasSuccessful() and not program.result.skipped else 1)
