"""The licences of the libraries that are in the programs, with their texts: whoever passes a
program on has to pass those on too. Each text stands once, below the libraries that it is of.
"""

import hashlib
import json
import re
from collections import defaultdict
from pathlib import Path

from payload import REPOSITORY, said

TEXT = re.compile(r"(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE)([-._].*)?", re.IGNORECASE)
RULE = "-" * 78


def libraries():
    """The packages from elsewhere that the programs are made of: name, licence, directory."""
    tree = said(
        "cargo", "tree", "--locked", "--package=iam-server", "--package=iam-cli",
        "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}", cwd=REPOSITORY,
    )
    used = {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}
    known = said("cargo", "metadata", "--locked", "--format-version=1", cwd=REPOSITORY)
    for package in json.loads(known)["packages"]:
        if package["source"] and (package["name"], f"v{package['version']}") in used:
            folder = Path(package["manifest_path"]).parent
            yield f"{package['name']} {package['version']}", package["license"], folder


def texts(folder):
    """The licences that lie in a package, also in those of C that it carries one level below."""
    for path in sorted([*folder.iterdir(), *folder.glob("*/*")]):
        if path.is_file() and TEXT.fullmatch(path.name) and path.suffix not in (".rs", ".py"):
            yield path.read_text(encoding="utf-8", errors="replace").strip()


def page():
    """All of them as one text."""
    rows, owners, by_digest = [], defaultdict(list), {}
    for name, licence, folder in sorted(libraries()):
        found = list(texts(folder))
        rows.append(f"{name}: {licence}" + ("" if found else " (its package holds no text)"))
        for text in found:
            digest = hashlib.sha256(text.encode()).digest()
            by_digest[digest] = text
            if name not in owners[digest]:
                owners[digest].append(name)
    parts = ["The programs hold these libraries:\n", *rows, ""]
    for digest, names in owners.items():
        parts += [RULE, *names, RULE, "", by_digest[digest], ""]
    return "\n".join(parts)
