"""Watches the official Python SDK: what it called, and whether its models lost anything of what the
service answered. A field that a model does not know, and a value that it cannot hold, are lost
silently otherwise.
"""

import json
import re

from dateutil import parser, tz

# What Oracle's service sends, and so do we, though the models of its SDK have no place for it:
# fields, by the end of their path, and words of what a work request does.
BEYOND = re.compile(
    r"\bUser\]? [^ ]*\.timeModified: left out"
    r"|\bTenancy [^ ]*\.(compartmentId|homeRegion|lifecycleState|oracleMyServicesIdentifier"
    r"|timeCreated): left out"
    r"|\b(AuthToken|SwiftPassword|SmtpCredential(Summary)?)\]? [^ ]*\.compartmentId: left out"
    r"|\bCustomerSecretKey(Summary)?\]? [^ ]*\.(compartmentId|name): left out"
    r"|\bWorkRequest(Summary)?\]? [^ ]*\.operationType: "
    r"'(MOVE_COMPARTMENT|BULK_(MOVE|DELETE)_RESOURCES)' became 'UNKNOWN_ENUM_VALUE'"
)


def lost(raw, kept, path="$"):
    """Where the kept document has less than the raw one, or something else."""
    if isinstance(raw, dict) and isinstance(kept, dict):
        for key, value in raw.items():
            if key in kept:
                yield from lost(value, kept[key], f"{path}.{key}")
            elif value is not None:
                yield f"{path}.{key}: left out"
    elif isinstance(raw, list) and isinstance(kept, list) and len(raw) == len(kept):
        for number, pair in enumerate(zip(raw, kept)):
            yield from lost(*pair, f"{path}[{number}]")
    elif raw != kept and not same_moment(raw, kept):
        yield f"{path}: {raw!r} became {kept!r}"


def same_moment(raw, kept):
    """Whether both are texts of one moment; a day begins at midnight in UTC."""
    try:
        moments = [parser.isoparse(text) for text in (raw, kept)]
    except (TypeError, ValueError):
        return False
    first, second = (one if one.tzinfo else one.replace(tzinfo=tz.UTC) for one in moments)
    return first == second


def watch(called, report):
    """From now on `called` is given the name of every call, and `report` every loss."""
    from oci.base_client import BaseClient

    send, read = BaseClient.call_api, BaseClient.deserialize_response_data

    def call_api(self, *arguments, **options):
        called(options.get("operation_name"))
        return send(self, *arguments, **options)

    def deserialize(self, data, kind, *rest, **options):
        model = read(self, data, kind, *rest, **options)
        if kind != "object" and not self.skip_deserialization and data:
            kept = self.sanitize_for_serialization(model)
            said = (f"{kind} {what}" for what in lost(json.loads(data), kept))
            for what in said:
                if not BEYOND.search(what):
                    report(what)
        return model

    BaseClient.call_api, BaseClient.deserialize_response_data = call_api, deserialize
