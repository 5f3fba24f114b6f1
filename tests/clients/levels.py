"""How each difference between the two command lines is levelled: functions that take how both
ended, change that so that the one difference is gone, and say whether it was there.

Which differences there are, and why, stands in `differences.py`.
"""

import json
import re
from dataclasses import dataclass

# Advice that each gives in its own words, and what differs from call to call.
OWN_FACTS = (
    "client_version", "logging_tips", "troubleshooting_tips", "timestamp", "opc-request-id",
)
ADVERTISEMENT = re.compile(r"\n\nFor OCI CLI commands and parameters suggestion, [^\n]*\n")
QUESTION = re.compile(r"[^\n]*\[y/N\]: ")


@dataclass
class End:
    """How a command ended."""

    code: int
    out: str
    err: str


def usage(official, ours):
    """Both keep the sentence that says what is wrong."""
    found = re.search(r"^Error: (.*)$", official.out, re.MULTILINE)
    if official.code != 2 or not found:
        return False
    said = re.search(r"^Error: (.*)$", ours.err, re.MULTILINE)
    suggestion = re.compile(r" \(?Did you mean .*")
    official.out, official.err = "", suggestion.sub("", found[1])
    ours.err = suggestion.sub("", said[1]) if said else ours.err
    return True


def usage_line(official, ours):
    """The usage line of commands with extensions repeats their last word."""
    leveled = re.sub(r"^(Usage: .*?)( \S+)\2\s+\[OPTIONS\]", r"\1\2 [OPTIONS]", official.err)
    there = leveled != official.err
    official.err = leveled
    return there


def empty_word(official, ours):
    """Python's list of words for yes and no begins with no word at all."""
    listed = "Recognized values: , 0"
    there = listed in official.err
    official.err = official.err.replace(listed, "Recognized values: 0")
    return there


def report(end):
    """The kind of a failure and its facts, where stderr holds such a report."""
    kind, brace, rest = end.err.partition(":\n{")
    if not brace or not re.fullmatch(r"[A-Za-z]+", kind):
        return None
    return kind, json.loads("{" + rest)


def advice(official, ours):
    """The facts of a refusal are the same, but for those in own words."""
    theirs, own = report(official), report(ours)
    if not theirs or not own or not theirs[0].endswith("ServiceError"):
        return False
    assert theirs[1].keys() == own[1].keys()
    for end, (kind, facts) in ((official, theirs), (ours, own)):
        end.err = kind + json.dumps({k: v for k, v in facts.items() if k not in OWN_FACTS})
    return True


def no_answer(official, ours):
    """Of a request without an answer both give the same facts; ours says what happened."""
    theirs, own = report(official), report(ours)
    kinds = ("RequestException", "SSLException", "ConnectTimeout")
    if not theirs or not own or theirs[0] not in kinds:
        return False
    assert own[1].keys() == theirs[1].keys(), own
    official.err = ours.err = theirs[0] if theirs[0] == own[0] else f"{theirs[0]} {own[0]}"
    return theirs[0] == own[0]


def traceback(official, ours):
    """A traceback, or the name of a Python exception, is a sentence in ours."""
    there = official.err.startswith("Traceback") or re.match(
        r"[A-Za-z]+Error: |.*getpass|<class", official.err
    )
    if not there or official.err.startswith("UsageError: ") or official.code != 1:
        return False
    assert ours.err and "panicked" not in ours.err
    official.err = ours.err
    return True


def json_input(official, ours):
    """The first line says that it is not JSON; ours goes on with where, and what to do."""
    first = re.compile(r"(Parameter '[a-z_-]+' must be in JSON format\.)\n[^$]*")
    there = first.fullmatch(official.err)
    official.err, ours.err = first.sub(r"\1", official.err), first.sub(r"\1", ours.err)
    return bool(there)


def skeleton(official, ours):
    """Where there is no example, each tells in its own words what to do."""
    same = re.compile(r"(so no example JSON can be produced\. )[^\n]*\n")
    there = same.search(official.err)
    official.err, ours.err = same.sub(r"\1", official.err), same.sub(r"\1", ours.err)
    return bool(there)


def no_object(official, ours):
    """An empty list, in the place of an object, is nothing to the official one."""
    there = ours.err == "We expect a JSON object to be provided to --from-json\n"
    if there and official.err != ours.err:
        official.code, official.out, official.err = ours.code, ours.out, ours.err
        return True
    return False


def question(official, ours):
    """A question, and what a no is answered with."""
    asked = QUESTION.match(official.out) or re.match(r"WARNING: [^$]*?\[y/N\]: ", official.out)
    if not asked:
        return False
    while official.out.startswith(asked[0]):
        official.out = official.out.removeprefix(asked[0]).removeprefix("Error: invalid input\n")
        assert ours.err.startswith(asked[0]), ours
        ours.err = ours.err.removeprefix(asked[0]).removeprefix("Error: invalid input\n")
    official.err = official.err.replace("Abort: \n", "Aborted!\n")
    ours.err = ours.err.removeprefix("\n")
    return True


def no_configuration(official, ours):
    """Without a configuration file the official one offers to make one."""
    there = official.out.startswith("ERROR: Could not find config file at ")
    if there:
        first = official.out.partition("\n")[0]
        assert ours.err.startswith(first), ours
        official.out, official.err, ours.err = "", "", ""
    return there


def configuration_order(official, ours):
    """What is wrong with a profile comes in an order of chance."""
    there = "+Config Errors" in official.err and official.err != ours.err
    if there:
        official.err = "\n".join(sorted(official.err.split("\n")))
        ours.err = "\n".join(sorted(ours.err.split("\n")))
    return there


def key_explained(official, ours):
    """Ours adds which file it is, and what is wrong with it."""
    there = ours.err.startswith(official.err) and "\nThe provided key" in "\n" + official.err
    there = there or (
        ours.err.startswith(official.err)
        and official.err.startswith("Authentication requires a private key")
    )
    if there and official.err:
        ours.err = official.err
        return True
    return False


def typed(official, ours):
    """A value of --from-json that is no text is refused where the option takes a text."""
    there = "--from-json: the value of '" in ours.err and official.code == 0
    if there:
        official.code, official.out, official.err = ours.code, ours.out, ours.err
    return there


def unknown_key(official, ours):
    """A key of --from-json that is no option of the command."""
    note = re.compile(r"note: --from-json: `[^`]*` is no option of this command; left out\n")
    there = note.search(ours.err)
    ours.err = note.sub("", ours.err)
    return bool(there)


def lying(official, ours):
    """An answer that is not what the operation gives is taken for one."""
    kind = report(ours)
    there = official.code == 0 and kind and "no usable answer from" in kind[1]["message"]
    if there:
        official.code, official.out, official.err = ours.code, ours.out, ours.err
    return bool(there)


def query(official, ours):
    """A mistake in a query: in own words, and before anything is sent."""
    there = ours.err.startswith("Invalid --query: ") and official.code == 1 and official.err
    if there:
        official.err = ours.err
    return bool(there)


def refused_kind(official, ours):
    """A kind of authentication that needs what is not here."""
    there = ours.err.startswith("ERROR: --auth ") and official.code == 1
    if there:
        official.out, official.err = ours.out, ours.err
    return there


def named_defaults(official, ours):
    """A file of defaults that is named must be there."""
    there = ours.err.startswith("ERROR: Could not find the file of `--cli-rc-file`")
    if there:
        official.code, official.out, official.err = ours.code, ours.out, ours.err
    return there


def whole_number_table(official, ours):
    """A number as the whole of a table."""
    there = ours.out.startswith("Table format not supported") and official.code == 1
    if there:
        official.code, official.out, official.err = ours.code, ours.out, ours.err
    return there


def session(official, ours):
    """A token that cannot be read."""
    there = official.err.startswith("ERROR: File specified by 'security_token_file' does not")
    if there:
        assert ours.err.startswith("ERROR: Cannot read "), ours
        official.err = ours.err
    return there


# What an extension is called in questions and messages: its URN without what is between its parts.
SQUEEZED = re.compile(r"urnietfparamsscimschemas(?:oracleidcs)?extension-?([a-z0-9_-]+)")


def extension_names(official, ours):
    """Extensions by the names of their options."""
    def named(found):
        return "ext" + ("_" if "_" in found[1] else "-") + found[1]

    asked, question, rest = official.out.rpartition("[y/N]: ")
    before = (asked, official.err)
    asked, official.err = (
        SQUEEZED.sub(named, text).replace("enterprise2-0-", "enterprise-20-") for text in before
    )
    official.out = asked + question + rest
    return (asked, official.err) != before


def extension_skeleton(official, ours):
    """Extensions have no example of their own."""
    there = official.err.startswith("Option ext-") and ours.out
    if there:
        official.out, official.err = ours.out, ours.err
    return bool(there)


def tag_skeleton(official, ours):
    """The tags of a domain's user, which are lists."""
    key = "urnietfparamsscimschemasoracleidcsextensionOciTags"
    there = f'"{key}": {{' in official.out and official.out != ours.out
    if there:
        skeleton = json.loads(official.out)
        skeleton[key] = json.loads(ours.out)[key]
        official.out = json.dumps(skeleton, indent=2, sort_keys=True) + "\n"
    return there


def waiting(official, ours):
    """What is found by two names is waited for by one."""
    there = official.code == 1 and re.search(r"get_(mfa_totp_device|tag)\(\) missing", official.err)
    if there:
        assert ours.code == 0, ours
        official.code, official.out, official.err = ours.code, ours.out, ours.err
    return bool(there)


def dropped(official, ours):
    """An option to wait that is not heeded."""
    waits = re.compile(r"Action completed\. Waiting until the resource has entered state: [^\n]*\n")
    there = official.code == 0 and not official.err and waits.fullmatch(ours.err)
    if there:
        ours.err = ""
    return bool(there)


def unknown_words(official, ours):
    """A word that the official models do not have."""
    lines = official.out.split("\n")
    there = "UNKNOWN_ENUM_VALUE" in official.out and len(lines) == ours.out.count("\n") + 1
    if there:
        pairs = zip(lines, ours.out.split("\n"))
        ours.out = "\n".join(a if '"UNKNOWN_ENUM_VALUE"' in a else b for a, b in pairs)
    return there


def raw_headers(official, ours):
    """The headers of an answer to `raw-request`, by names in lower case."""
    if '"headers": {' not in official.out or official.out == ours.out:
        return False
    theirs = json.loads(official.out)
    theirs["headers"] = {name.lower(): value for name, value in theirs["headers"].items()}
    official.out = json.dumps(theirs, sort_keys=True)
    ours.out = json.dumps(json.loads(ours.out), sort_keys=True)
    return True
