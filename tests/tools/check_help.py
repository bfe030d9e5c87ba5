#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where a --help leaves the reader guessing: an option that takes "arg", a default in Boost's "(=5)", a C++ type.

usage: check_help.py PROGRAM...

Also: a stretch of time is -S, --starttime and -E, --endtime in every command, and fields for programs are -P.
"""
import re
import sys
from pathlib import Path

from check_manual import help_text

RIDDLES = {"an option takes 'arg'": re.compile(r"(?<![\w-])arg(?![\w-])"),
           "a default is written (=...)": re.compile(r"\(=[^)]*\)"),
           "a name of C++": re.compile(r"std::|boost|uint\d+_t"),
           "-S is --starttime": re.compile(r"-S \[ --(?!starttime )\S+"),
           "-E is --endtime": re.compile(r"-E \[ --(?!endtime )\S+"),
           "-S and -E belong to --starttime and --endtime": re.compile(r"^  --(?:starttime|endtime|since|until)\b", re.MULTILINE),
           "-P is --parsable2": re.compile(r"-P \[ --(?!parsable2 )\S+|--tabs")}


def commands_of(program: str) -> list[list[str]]:
    text = help_text(program)
    if "\nCommands:\n" not in text:
        return [[program]]
    names = re.findall(r"^  (\S+) ", text.split("\nCommands:\n")[1].split("\n\n")[0], re.MULTILINE)
    return [[program]] + [[program, name] for name in names if name != "help"]


def main() -> int:
    complaints, looked_at = [], 0
    for command in (c for program in sys.argv[1:] for c in commands_of(program)):
        text = help_text(*command)
        looked_at += 1
        name = " ".join([Path(command[0]).name, *command[1:]])
        complaints += [f"{name} --help: {riddle}: {found.group(0)!r}"
                       for riddle, pattern in RIDDLES.items() for found in pattern.finditer(text)]
    print("\n".join(complaints) or f"{looked_at} texts of --help say what their options take")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
