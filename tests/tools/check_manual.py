#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where a manual page and --help do not name the same options.

usage: check_manual.py PROGRAM MANUAL_PAGE

A program with subcommands ("Commands:" in its --help) has a section ".SS <command>" for each in its page.
"""
import re
import subprocess
import sys
from pathlib import Path

EVERYWHERE = {"-h", "--help", "--usage", "-V", "--version"}  # described once for all commands
OPTION = re.compile(r"(?<![\w-])(-[A-Za-z]|--[a-z][a-z0-9-]*)(?![\w])")


def help_text(*command: str) -> str:
    return subprocess.run([*command, "--help"], check=True, capture_output=True, text=True).stdout


def options_in_help(text: str) -> set[str]:
    """Options that a line of the table declares: "  -S [ --starttime ] TIME what it does"."""
    declared = re.findall(r"^  (?:(-\w) \[ )?(--[a-z0-9-]+)", text, re.MULTILINE)
    return {option for pair in declared for option in pair if option}


def options_in_manual(text: str) -> set[str]:
    """Options that begin an entry: the line after .TP."""
    plain = re.sub(r"\\f[BIR]", "", text).replace("\\-", "-")
    declared: set[str] = set()
    for head in re.findall(r"^\.TP\n(.*)$", plain, re.MULTILINE):
        head = re.sub(r"^\.[BI]R? ", "", head)
        if head.startswith("-"):
            declared.update(OPTION.findall(head.split("=")[0] + " " + head))
    return declared


def compare(name: str, helped: set[str], described: set[str]) -> list[str]:
    return [f"{name}: {o} is in --help but not in the manual page" for o in sorted(helped - described)] + [
        f"{name}: {o} is in the manual page but not in --help" for o in sorted(described - helped)]


def main() -> int:
    program, page = sys.argv[1], Path(sys.argv[2])
    name, manual, text = Path(program).name, page.read_text(encoding="utf-8"), help_text(program)
    if "\nCommands:\n" not in text:
        complaints = compare(name, options_in_help(text), options_in_manual(manual))
    else:
        commands = re.findall(r"^  (\S+) ", text.split("\nCommands:\n")[1].split("\n\n")[0], re.MULTILINE)
        sections = dict(re.findall(r"^\.SS (\S+)\n(.*?)(?=^\.S[SH]|\Z)", manual, re.MULTILINE | re.DOTALL))
        complaints = [f"{name}: command {c} has no section in the manual page" for c in commands if c not in sections]
        complaints += [f"{name}: section {s} of the manual page is no command" for s in sections if s not in commands]
        for command in (c for c in commands if c in sections and c != "help"):
            complaints += compare(f"{name} {command}", options_in_help(help_text(program, command)) - EVERYWHERE,
                                  options_in_manual(sections[command]) - EVERYWHERE)
    print("\n".join(complaints) or f"{name}: --help and {page.name} name the same options")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
