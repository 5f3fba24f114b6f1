#!/usr/bin/env python3
"""Cuts out of OCI's whole interface of identity domains what the tests compare: names and types.

    .venv/bin/python scripts/facts.py identity_domains-api.json identity_domains-cli.json

The two files are the official SDK's and command line's interface in the form of the files
facts/identity-*.json. What SCIM says of each attribute is read from the installed SDK. Of an
operation that is listed in facts/not-served-domains.txt, only id, method and path are kept: run
this again when a row was added.
"""

import json
import pathlib
import re
import sys

import oci.identity_domains.models as sdk
from oci.identity_domains import IdentityDomainsClient

FACTS = pathlib.Path(__file__).parent.parent / "facts"
# What each trait is where an attribute does not say; only what differs is kept.
DEFAULTS = {"mutability": "readWrite", "returned": "default", "uniqueness": "none"}
FLAGS = {"caseExact": "caseExact", "idcsSearchable": "searchable"}
FORMATS = {"dateTime", "reference", "binary"}


def traits(model, field):
    """What SCIM says of an attribute, default traits left out; None where the SDK does not tell."""
    kind = getattr(sdk, model, None)
    names = {wire: name for name, wire in kind().attribute_map.items()} if kind else {}
    text = getattr(kind, names[field]).__doc__ if field in names else ""
    if "SCIM++ Properties" not in text:
        return None
    said = dict(re.findall(r"^\s*- (\w+): (\S+)$", text, re.MULTILINE))
    found = [said[name] for name, default in DEFAULTS.items() if said.get(name, default) != default]
    found += [flag for name, flag in FLAGS.items() if said.get(name) == "true"]
    return sorted(found + [kind for kind in [said.get("type")] if kind in FORMATS])


def reach(models, name, found):
    """The models that a model's fields are made of, itself among them."""
    if name in models and name not in found:
        found[name] = {
            "fields": {
                field: fact | ({} if traits(name, field) is None else {"scim": traits(name, field)})
                for field, fact in models[name]["fields"].items()
            }
        }
        for fact in models[name]["fields"].values():
            for part in re.findall(r"\w+", fact["type"]):
                reach(models, part, found)


def body(operation):
    """The model of an operation's body, which only the SDK's documentation of the method tells."""
    text = getattr(IdentityDomainsClient, operation["sdk_method"]).__doc__
    found = re.search(r":param oci\.identity_domains\.models\.(\w+) ", text)
    return found and found[1]


def with_words(param, options):
    """A query parameter, with the words that only the command line knows for it."""
    name = "--" + re.sub("(?=[A-Z])", "-", param["name"]).lower()
    words = options.get(name, {}).get("choice")
    return param | ({"enum": words} if words and "enum" not in param else {})


def command(operation):
    """The letters of an operation's command, without what parts its words."""
    verb, resource = operation["sdk_method"].split("_", 1)
    return letters(f"identity-domains {resource} {verb}")


def letters(text):
    return re.sub("[^a-z0-9]", "", text.lower())


def dumped(value):
    return json.dumps(value, separators=(",", ":"))


def lines(name, facts):
    """JSON with an entry of the named list or object on each line, so that changes can be read."""
    if isinstance(facts, dict):
        rows = [f"{json.dumps(key)}:{dumped(value)}" for key, value in facts.items()]
        return f"{json.dumps(name)}:{{\n" + ",\n".join(rows) + "\n}"
    return f"{json.dumps(name)}:[\n" + ",\n".join(map(dumped, facts)) + "\n]"


def write(name, *parts):
    (FACTS / name).write_text("{" + ",\n".join(parts) + "}\n")


def main(api_path, cli_path):
    api, cli = (json.loads(pathlib.Path(path).read_text()) for path in (api_path, cli_path))
    missing = (FACTS / "not-served-domains.txt").read_text().split("\n")
    official = {letters(fact["command"]): fact for fact in cli["commands"]}
    operations, models, commands = [], {}, []
    for fact in api["operations"]:
        kept = {key: fact[key] for key in ("id", "method", "path")}
        operations.append(kept)
        if fact["id"] in missing:
            continue
        commands.append(official[command(fact)])
        options = {option["name"]: option for option in commands[-1]["options"]}
        kept["path_params"] = fact["path_params"]
        kept["query_params"] = [with_words(param, options) for param in fact["query_params"]]
        kept["header_params"] = fact["header_params"]
        kept["body"], kept["response"] = body(fact), fact["response"]
        reach(api["models"], kept["body"], models)
        reach(api["models"], kept["response"], models)
    write("identity_domains-api.json", lines("operations", operations), lines("models", models))
    write("identity_domains-cli.json", lines("commands", commands))


if __name__ == "__main__":
    main(*sys.argv[1:])
