"""Where our command line differs from the official one, and why: the only list of it.

`compare` takes what both made of one command, and levels every difference that is listed here; what
is left must be equal. The pages for readers are written from the same list (see `test_listed.py`),
and each test class says which differences it has to meet, so that none stands here that is gone.
"""

from dataclasses import dataclass

import levels


@dataclass
class Difference:
    """One difference, as it is told to readers, and how it is levelled."""

    title: str
    official: str
    ours: str
    why: str
    # Levels it in what both made of a command; says whether it was there.
    level: object = None


DIFFERENCES = {
    "usage": Difference(
        "Mistakes in the line are told on stderr",
        "What is wrong stands on stdout, where `$(oci …)` takes it for data.",
        "The same sentence on stderr, with the usage line, a suggestion, and where to read on.",
        "stdout holds answers alone.",
        levels.usage,
    ),
    "empty word": Difference(
        "Words for yes and no",
        "The list of words that a boolean option takes begins with no word at all.",
        "The list holds the words.",
        "A slip.",
        levels.empty_word,
    ),
    "advice": Difference(
        "Advice in reports of failures",
        "`client_version`, `logging_tips` and `troubleshooting_tips` in Oracle's words.",
        "The same keys in ours; all other facts are the same. A 401 says so where this computer's "
        "clock is wrong, and where the profile names a session that did not sign.",
        "The texts are Oracle's, and the advice is about another service.",
        levels.advice,
    ),
    "no answer": Difference(
        "Requests without an answer",
        "The connection timed out, whatever happened.",
        "What happened: nobody listens, the name is not known, the server broke off, what answered "
        "speaks no TLS. The same keys.",
        "A wrong message costs an hour.",
        levels.no_answer,
    ),
    "traceback": Difference(
        "Tracebacks",
        "A directory for a file, a key file that is gone, a broken configuration file, an "
        "encrypted key without a terminal: a Python traceback, or the name of an exception.",
        "A sentence that names the file, and the line where there is one. The exit code is the "
        "same.",
        "A traceback is for the one who wrote the program.",
        levels.traceback,
    ),
    "JSON": Difference(
        "Input that is not JSON",
        "`Parameter '…' must be in JSON format.`, and a link.",
        "The same line; then where it goes wrong, and what prints an example.",
        "",
        levels.json_input,
    ),
    "skeleton": Difference(
        "--generate-param-json-input for an option that takes no JSON",
        "A note on stderr, and exit code 0.",
        "The same; the last sentence is ours.",
        "",
        levels.skeleton,
    ),
    "no object": Difference(
        "--from-json with an empty list",
        "It counts as nothing given.",
        "It is refused, as any other list is.",
        "",
        levels.no_object,
    ),
    "typed": Difference(
        "--from-json with a list or an object for an option that takes a text",
        "It is sent as it is, and the service refuses it.",
        "It is refused before anything is sent.",
        "",
        levels.typed,
    ),
    "unknown key": Difference(
        "--from-json with a key that is no option",
        "It is dropped silently.",
        "It is dropped, and a note on stderr says so.",
        "A misspelled key would change nothing, and nobody would know.",
        levels.unknown_key,
    ),
    "usage line": Difference(
        "The usage line of commands with extensions",
        "Repeats the last word of the command, and may be broken in two.",
        "Says the command.",
        "",
        levels.usage_line,
    ),
    "extension names": Difference(
        "Names of extensions",
        "`--ext-self-change-user` is called `urnietfparamsscimschemas…self-change-user` in "
        "questions and messages.",
        "It is called what it is called on the line.",
        "",
        levels.extension_names,
    ),
    "question": Difference(
        "Questions",
        "`[y/N]` on stdout, and `Abort:` for a no.",
        "The same question on stderr, and `Aborted!` for a no.",
        "stdout holds answers alone.",
        levels.question,
    ),
    "no configuration": Difference(
        "No configuration file",
        "Asks whether to make one, in a browser if wanted.",
        "Says so on stderr, and names `oci setup config`.",
        "A script must not wait for an answer that nobody gives.",
        levels.no_configuration,
    ),
    "configuration": Difference(
        "Several mistakes in a profile",
        "A table in an order of chance.",
        "The same table, always in the same order.",
        "",
        levels.configuration_order,
    ),
    "key": Difference(
        "A key that cannot sign",
        "A sentence.",
        "The same sentence, then which file it is, and what is wrong with it.",
        "",
        levels.key_explained,
    ),
    "lying": Difference(
        "Answers that are none",
        "HTML or an object in the place of a list, or nothing at all, becomes a list of nulls with "
        "exit code 0.",
        "`RequestException` and exit code 1.",
        "A script would go on with nothing.",
        levels.lying,
    ),
    "query": Difference(
        "A mistake in --query",
        "Shows after the request, as a Python exception.",
        "Shows before anything is sent, with the place; what only the answer can tell, after it.",
        "A user would have been created, and their id lost.",
        levels.query,
    ),
    "table": Difference(
        "A number as a table",
        "A Python exception.",
        "A sentence that says that it makes no table.",
        "",
        levels.whole_number_table,
    ),
    "auth": Difference(
        "Other kinds of --auth",
        "Signs with keys that Oracle's cloud hands out, or that lie on a smart card.",
        "api_key and security_token sign; the others say what they would need, and exit with 1.",
        "There is nothing here that hands such keys out.",
        levels.refused_kind,
    ),
    "defaults": Difference(
        "A file of defaults that is named and not there",
        "Another one is read.",
        "It is an error. `OCI_CLI_RC_FILE` wins over `~/.oci/oci_cli_rc`.",
        "Who names a file means that file.",
        levels.named_defaults,
    ),
    "extension skeleton": Difference(
        "--generate-param-json-input for an extension",
        "There is no example.",
        "There is.",
        "",
        levels.extension_skeleton,
    ),
    "tag skeleton": Difference(
        "The skeleton of a domain user's tags",
        "Shows objects, as other resources have; the service refuses them.",
        "Shows lists, as the service takes them.",
        "",
        levels.tag_skeleton,
    ),
    "waiting": Difference(
        "--wait-for-state for tags and MFA devices",
        "What was asked for is done and shown; then comes a Python exception and exit code 1: they "
        "are looked for without the namespace or the user that they are in.",
        "They are waited for.",
        "A script would make another one.",
        levels.waiting,
    ),
    "dropped": Difference(
        "tag-namespace update with --is-lock-override or --wait-for-state",
        "Both are dropped: a locked namespace cannot be changed, and nothing is waited for.",
        "The one is sent, the other is heeded.",
        "",
        levels.dropped,
    ),
    "unknown words": Difference(
        "Words that the official models do not have",
        "UNKNOWN_ENUM_VALUE, as for the `operationType` of moves and bulk actions.",
        "The word.",
        "",
        levels.unknown_words,
    ),
    # What follows is met by tests of its own, or cannot be levelled.
    "ids": Difference(
        "An id with a slash or dots",
        "`--user-id ../../x` asks for another path.",
        "It stays one encoded segment; `..` is refused.",
        "An id from somewhere else must not choose the operation.",
    ),
    "defaults of aliases": Difference(
        "Defaults for a command that is called by an alias, and for flags",
        "`iam.user.list.limit` does not hold for `iam user ls`; `all` is never heeded, and "
        "`raw-output` only as `raw_output`.",
        "It holds; flags are heeded in both spellings.",
        "An alias is the same command.",
    ),
    "lost query": Difference(
        "--query with nothing after it",
        "The next option becomes the expression.",
        "It is taken as `--query data.id`, with a note on stderr.",
        "Oracle's own page prints its example that way.",
    ),
    "literals": Difference(
        "Objects that stand in a query",
        "``keys(`{\"b\":1,\"a\":2}`)`` gives the order that was typed.",
        "It gives the keys sorted. Everywhere else the order is the official one.",
        "The library reads literals into a sorted map.",
    ),
    "request id": Difference(
        "--opc-request-id and --enable-propagation",
        "Most operations of iam ignore the id; `True` sends another, and keeps it in a file in "
        "the working directory for later runs.",
        "The id is sent as it is given; --enable-propagation has no effect.",
        "An id is given to find one request again.",
    ),
    "attempts": Difference(
        "Attempts where nobody listens",
        "Eight, which takes minutes.",
        "Three. All other retries are the same.",
        "Most often the address is wrong.",
    ),
    "redirects": Difference(
        "Redirects",
        "Followed, with the signature.",
        "An error.",
        "A signature is for one server.",
    ),
    "proxy": Difference(
        "--proxy beside HTTP_PROXY",
        "The variable wins.",
        "The option wins.",
        "What is on the line wins everywhere else too.",
    ),
    "no_proxy": Difference(
        "NO_PROXY",
        "`example.org` holds for `badexample.org` too; an entry with a port never holds for an "
        "address.",
        "A name holds for itself and what is in it; ports, addresses and networks are understood.",
        "",
    ),
    "trust": Difference(
        "Certificate authorities",
        "A list that comes with Python. REQUESTS_CA_BUNDLE wins over --cert-bundle.",
        "Those of the system, also through SSL_CERT_FILE and SSL_CERT_DIR; those of browsers, "
        "where the system has none. --cert-bundle wins.",
        "A company's own authority is in the system's store.",
    ),
    "localhost": Difference(
        "Names below localhost",
        "Asked of the system, which may not know them.",
        "This machine, where the system does not know them.",
        "They are nothing else anywhere (RFC 6761).",
    ),
    "session": Difference(
        "A session that ran out",
        "Asks whether to sign in again in a browser.",
        "Says when it ran out, and exits with 1. A token file that cannot be read is told in other "
        "words. `oci session validate` says that its times are UTC.",
        "",
        levels.session,
    ),
    "skeleton keys": Difference(
        "--from-json with the keys of the skeleton for extensions",
        "`urnietf…selfChangeUser` is dropped silently; `extSelfChangeUser` works.",
        "Both work.",
        "What the skeleton says should work.",
    ),
    "domain pages": Difference(
        "Lists of identity domains with --all and --limit",
        "`schemas` is repeated for each page and counts as an item of --limit; --limit leaves out "
        "what does not fit.",
        "All resources, or as many as the limit says; the rest is of the last page.",
        "",
    ),
    "prevented operations": Difference(
        "--idcs-prevented-operations",
        "No value of its own is taken: each is refused as not JSON.",
        "Takes its words, and may be given several times.",
        "",
    ),
    "raw request": Difference(
        "raw-request",
        "Refused where an endpoint is set, also by OCI_CLI_ENDPOINT; HTTP_PROXY is ignored.",
        "The address of the request counts; proxies are the same as everywhere. The status has its "
        "usual name, whatever the server calls it.",
        "",
    ),
    "raw headers": Difference(
        "Headers that raw-request shows",
        "In the spelling of the server.",
        "In lower case.",
        "",
        levels.raw_headers,
    ),
    "debug": Difference(
        "--debug",
        "On both streams, with tokens and passwords, and ends with a traceback.",
        "On stderr, with secrets masked; stdout stays as it is.",
        "A log is passed on.",
    ),
    "separators": Difference(
        "Odd line separators in a table",
        "The cell is cut off.",
        "The cell is shown whole.",
        "",
    ),
    "colours": Difference(
        "Colours of warnings",
        "Always red.",
        "Red on a terminal, and not where NO_COLOR is set.",
        "",
    ),
    "version": Difference(
        "--version, --release-info, --latest-version",
        "The version; the last two ask GitHub and PyPI.",
        "`3.95.1+durward.VERSION`: first what scripts look for. --release-info shows this "
        "project's list of changes; --latest-version says that it is not known, with exit code 2, "
        "which stands for that.",
        "No host is asked but the one that a command is for.",
    ),
    "prompt": Difference(
        "--cli-auto-prompt",
        "A full-screen prompt with completion.",
        "Asks for the command and for what it requires, then shows what to type next time. For "
        "completion: `oci completion`.",
        "",
    ),
    "commands": Difference(
        "Other services, and most of `oci setup`",
        "There.",
        "Unknown commands (exit code 2); `oci setup oci-cli-rc` and its like say that they are not "
        "there (1).",
        "Durward serves identity; the rest of `oci setup` is for what it has not.",
    ),
    "help": Difference(
        "--help",
        "A manual page for commands, a list for groups.",
        "The same shape on every level, to stdout, from the same table as the commands.",
        "",
    ),
}


def compare(official, ours):
    """Levels what is listed: what is left of both, and the names of what was met."""
    met = []
    for name, difference in DIFFERENCES.items():
        if difference.level and difference.level(official, ours):
            met.append(name)
    return official, ours, met
