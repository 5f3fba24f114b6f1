"""Manual pages, written from what the programs say of themselves when they are asked for help."""

import os
import re

from payload import said

COLUMNS = "72"  # a page has a margin


def asked(program, *words):
    """The help of a command; as an empty home and a narrow terminal would see it."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": COLUMNS}
    return said(program, *words, "--help", env=environment)


def commands(text):
    """The commands that a help text lists, but for the one that only shows help."""
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", text, re.MULTILINE)
    names = re.findall(r"^  (\S+)  ", listed[1], re.MULTILINE) if listed else []
    return [name for name in names if name != "help"]


def verbatim(text):
    """Text that stays as it is."""
    safe = text.strip("\n").replace("\\", "\\e").replace("-", "\\-")
    lines = (f"\\&{line}" if line[:1] in (".", "'") else line for line in safe.splitlines())
    return [".nf", *lines, ".fi"]


def page(program, name, summary, version, and_commands):
    """The manual page of a program; with each of its commands, if that is wanted."""
    top = asked(program)
    lines = [
        f'.TH {name.upper()} 1 "" "{name} {version}" "Durward"',
        ".SH NAME",
        f"{name} \\- {summary}",
        ".SH DESCRIPTION",
        *verbatim(top),
    ]
    for command in commands(top) if and_commands else ():
        lines += [f".SH {name.upper()} {command.upper()}", *verbatim(asked(program, command))]
    return "\n".join(lines) + "\n"
