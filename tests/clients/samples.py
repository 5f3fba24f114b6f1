"""Samples: for every option a value, for every model the fullest document there can be, and a
server that answers every operation with one. All of it comes from the facts about the official
interface.
"""

import json
import re

from installation import REPOSITORY

MOMENT = "2026-01-15T11:30:00.123Z"
# Texts with all that an address, a header or JSON must write otherwise.
ODD = "a b+c&d=e%25 \"q\" 'ü漢'"
# Options that cannot be given beside others, or that change what a run is for.
APART = (
    "--all", "--from-json", "--key-file", "--limit", "--max-wait-seconds", "--page",
    "--page-size", "--wait-for-state", "--wait-interval-seconds",
)


def facts(name):
    """One of the files of facts."""
    return json.loads((REPOSITORY / f"facts/{name}.json").read_text())


class Models:
    """Documents of the models."""

    def __init__(self):
        self.models = facts("identity-api")["models"]

    def kinds_of(self, name):
        """The models that stand for this one: those that are made from it, else itself."""
        made = [key for key, model in self.models.items() if model.get("extends") == name]
        return made or [name]

    def document(self, name, whole=True, turn=0):
        """A document of a model, with all its fields or with those that it must have."""
        kinds = self.kinds_of(name)
        kind = kinds[turn % len(kinds)]
        # What a model made from another one repeats, it says with fewer facts.
        fields = self.models[kind]["fields"] | self.models[name]["fields"]
        made = {
            field: self.value(facts["type"], facts.get("enum"), field, whole, turn)
            for field, facts in fields.items()
            if whole or facts.get("required")
        }
        if kind != name:
            made |= self.told_apart(kind)
        return made

    def told_apart(self, kind):
        """What says which of several models a document is of."""
        if "TagDefinitionValidator" in kind:
            return {"validatorType": kind.removesuffix("TagDefinitionValidator").upper()}
        return {"protocol": "SAML2"}

    def value(self, kind, enum, field, whole, turn):
        """A value of a kind."""
        if enum:
            return enum[turn % len(enum)]
        inner = re.fullmatch(r"list\[(.*)\]", kind)
        if inner:
            return [self.value(inner[1], None, field, whole, turn + more) for more in (0, 1)]
        inner = re.fullmatch(r"dict\(str, (.*)\)", kind)
        if inner:
            return {f"{field} Key_1-a": self.value(inner[1], None, field, whole, turn)}
        if kind in self.models:
            return self.document(kind, whole, turn)
        if field == "versionDate":
            return MOMENT[:10]
        plain = {"bool": turn % 2 == 0, "int": turn + 7, "float": 12.5, "datetime": MOMENT,
                 "object": {"deep": [1, None, ODD]}}
        return plain.get(kind, f"{field} {turn} {ODD}")


def served_by_samples():
    """Answers every operation with a sample of what it gives; lists have two pages."""
    models = Models()
    operations = [
        (one["method"], re.compile(re.sub(r"\{[^}]*\}", "[^/]+", one["path"])), one)
        for one in facts("identity-api")["operations"]
    ]

    def answer(seen):
        path, _, query = seen.target.partition("?")
        known = [one for method, pattern, one in operations
                 if method == seen.method and pattern.fullmatch(path)]
        headers = {"content-type": "application/json", "opc-request-id": "R", "etag": "e1",
                   "opc-work-request-id": "ocid1.workrequest.oc1..w"}
        if not known:
            return 404, headers, json.dumps({"code": "NotFound", "message": seen.target}).encode()
        # A path that is written out means more than one with places in it.
        operation = min(known, key=lambda one: one["path"].count("{"))
        gives = operation["response"]
        if not gives:
            return 204, headers, b""
        item = re.fullmatch(r"list\[(.*)\]", gives)
        if not item:
            return 200, headers, json.dumps(models.document(gives)).encode()
        second = "page=P2" in query
        if not second and any(one["name"] == "page" for one in operation["query_params"]):
            headers["opc-next-page"] = "P2"
        page = [models.document(item[1], whole, turn + 2 * second)
                for turn, whole in enumerate((True, False))]
        return 200, headers, json.dumps(page).encode()

    return answer


def camel(option):
    """The name of an option in JSON."""
    first, *rest = option.lstrip("-").split("-")
    return first + "".join(word.capitalize() for word in rest)


class Lines:
    """The lines of one command that are not wrong."""

    def __init__(self, command, key_file):
        self.words = command["command"].split()
        self.options = command["options"]
        self.names = {option["name"] for option in self.options}
        self.skeleton = command["json_skeleton"]
        self.key_file = key_file

    def value(self, option):
        """What is given for an option, as JSON has it."""
        name, kind = option["name"], option.get("type", "")
        if option.get("choice"):
            return option["choice"][-1]
        if "Bool" in kind:
            return True
        if kind == "IntParamType":
            return 7
        example = self.skeleton.get(camel(name))
        if isinstance(example, list) and example and "pick one" in str(example[0]):
            return example[-1]
        if isinstance(example, (dict, list)):
            return example
        # An address would mean something else with a slash in it, and a header holds no letters
        # outside of ASCII.
        if name.endswith("-id") or name == "--if-match":
            return f"ocid1.sample.oc1..{camel(name)}"
        return f"{name} {ODD}"

    def given(self, option):
        """An option on the line."""
        if option.get("flag"):
            return [option["name"]]
        value = self.value(option)
        return [option["name"], value if isinstance(value, str) else json.dumps(value)]

    def line(self, wanted):
        """The command with the options that are wanted."""
        return [*self.words, *(word for one in self.options if wanted(one)
                               for word in self.given(one))]

    def must(self):
        """The command with what it cannot be without."""
        words = self.line(lambda option: option.get("required"))
        return words + ["--key-file", self.key_file] * ("--key-file" in self.names)

    def quiet(self):
        """The same, asking nothing."""
        return self.must() + ["--force"] * ("--force" in self.names)

    def full(self):
        """The command with every option that can be given beside all others."""
        return self.line(lambda option: option["name"] not in APART)

    def from_json(self):
        """The same from JSON."""
        chosen = [one for one in self.options if one["name"] not in APART]
        given = {camel(one["name"]): self.value(one) for one in chosen if not one.get("flag")}
        return [*self.words, *(one["name"] for one in chosen if one.get("flag")), "--from-json",
                json.dumps(given)]

    def paged(self):
        """The command's ways to more than a page."""
        if "--all" in self.names:
            yield [*self.quiet(), "--all"]
            yield [*self.quiet(), "--all", "--output", "table"]
        if "--page" in self.names:
            yield [*self.quiet(), "--page", "P2"]
        if "--page-size" in self.names:
            yield [*self.quiet(), "--all", "--page-size", "1", "--query", "data[0]"]
        if "--limit" in self.names:
            yield [*self.quiet(), "--limit", "3"]

    def waiting(self):
        """The command, waiting for the state that its sample is in, or for either of two."""
        if "--wait-for-state" not in self.names:
            return
        [states] = [one["choice"] for one in self.options if one["name"] == "--wait-for-state"]
        yield [*self.quiet(), "--wait-for-state", states[0].lower()]
        yield [*self.quiet(), "--wait-for-state", states[-1], "--wait-for-state", states[0],
               "--max-wait-seconds", "9", "--wait-interval-seconds", "1"]
