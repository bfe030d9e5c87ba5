# SPDX-License-Identifier: GPL-2.0-or-later
"""bash completes commands and options as the programs themselves name them.

  completion_test.py DIRECTORY_OF_PROGRAMS
"""

import pathlib
import subprocess
import sys
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "contrib" / "completion" / "foreshape"
PROGRAMS = pathlib.Path(sys.argv.pop(1))


def completed(*words: str) -> list[str]:
    """What bash offers for the last of the words."""
    program = str(PROGRAMS / words[0])
    script = (f'source "{SCRIPT}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _foreshape; printf "%s\\n" "${{COMPREPLY[@]}}"')
    done = subprocess.run(["bash", "-c", script, "bash", program, *words[1:]], capture_output=True, text=True, check=True)
    return done.stdout.split()


class CompletionTest(unittest.TestCase):
    def test_commands(self) -> None:
        self.assertEqual(completed("foreshape", "re"), ["replay", "retrain"])
        self.assertEqual(completed("foreshape", "help", "mi"), ["migrate"])
        self.assertGreaterEqual(len(completed("foreshape", "")), 15)

    def test_options_of_a_command(self) -> None:
        self.assertEqual(completed("foreshape", "setup", "--pu"), ["--purge-data"])
        self.assertEqual(completed("foreshape", "roles", "--dr"), ["--dry-run"])
        self.assertEqual(completed("sshape", "--jso"), ["--json"])
        self.assertIn("--help", completed("foreshape-train", "--"))

    def test_files_where_no_option_is_begun(self) -> None:
        self.assertIn("/etc/passwd", completed("foreshape", "replay", "/etc/passw"))


if __name__ == "__main__":
    unittest.main()
