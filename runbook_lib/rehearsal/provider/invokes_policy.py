"""The look-up ``aws:iam/getPolicyDocument``: a policy written as properties, printed as pulumi-aws prints it.

It prints lists of actions, resources and identifiers in reverse order, a list of one as its one value, and leaves out
what is empty.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, ProviderError
from runbook_lib.rehearsal.provider.registry import function

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

VERSION = "2012-10-17"
ELEMENTS = {
    "Action": "actions",
    "NotAction": "notActions",
    "Resource": "resources",
    "NotResource": "notResources",
}
PRINCIPALS = {"Principal": "principals", "NotPrincipal": "notPrincipals"}
ORDER = ("Sid", "Effect", *ELEMENTS, *PRINCIPALS, "Condition")


@function("aws:iam/getPolicyDocument:getPolicyDocument")
def get_policy_document(aws: Session, arguments: Properties) -> Properties:  # noqa: ARG001  # asks nobody
    """Build, merge and print."""
    sources = [_parsed(text, "sourcePolicyDocuments") for text in arguments.get("sourcePolicyDocuments") or []]
    sids = [each["Sid"] for source in sources for each in _statements(source) if each.get("Sid")]
    if repeated := sorted({sid for sid in sids if sids.count(sid) > 1}):
        raise ProviderError(f"sourcePolicyDocuments: duplicate Sid {', '.join(repeated)}")
    document: Properties = {}
    for source in sources:
        document = _merged(document, source)
    written: Properties = {"Version": arguments.get("version") or VERSION}
    if arguments.get("policyId"):
        written["Id"] = arguments["policyId"]
    written["Statement"] = [_statement(each) for each in arguments.get("statements") or []]
    document = _merged(document, written)
    for text in arguments.get("overridePolicyDocuments") or []:
        document = _merged(document, _parsed(text, "overridePolicyDocuments"))
    printed = json.dumps(document, indent=2, ensure_ascii=False)
    minified = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return {**arguments, "json": printed, "minifiedJson": minified, "id": str(zlib.crc32(printed.encode()))}


def _statement(given: Properties) -> Properties:
    made: dict[str, Any] = {"Sid": given.get("sid"), "Effect": given.get("effect") or "Allow"}
    for element, name in ELEMENTS.items():
        made[element] = _values(given.get(name))
    for element, name in PRINCIPALS.items():
        made[element] = _principals(given.get(name) or [])
    conditions: dict[str, dict[str, Any]] = {}
    for each in given.get("conditions") or []:
        values = [_variables(value) for value in each["values"]]
        conditions.setdefault(each["test"], {})[each["variable"]] = values[0] if len(values) == 1 else values
    made["Condition"] = conditions
    return {name: made[name] for name in ORDER if made[name]}


def _values(values: list[str] | None) -> Any:
    named = sorted({_variables(value) for value in values or []}, reverse=True)
    return named[0] if len(named) == 1 else named


def _principals(given: list[Properties]) -> Any:
    if any(each["type"] == "*" for each in given):
        return "*"
    kinds: dict[str, list[str]] = {}
    for each in given:
        kinds.setdefault(each["type"], []).extend(each["identifiers"])
    return {kind: _values(identifiers) for kind, identifiers in kinds.items()}


def _variables(value: str) -> str:
    """IAM's ``${aws:username}`` is written ``&{aws:username}``, because HCL would take it for its own."""
    return str(value).replace("&{", "${")


def _parsed(text: str, where: str) -> Properties:
    try:
        document: Properties = json.loads(text)
    except ValueError as error:
        raise ProviderError(f"{where}: not a JSON policy document: {error}") from error
    return document


def _statements(document: Properties) -> list[Properties]:
    statements = document.get("Statement") or []
    return statements if isinstance(statements, list) else [statements]


def _merged(under: Properties, over: Properties) -> Properties:
    """``over`` on top of ``under``: a statement replaces the one with its Sid, and is added otherwise."""
    statements = list(_statements(under))
    for each in _statements(over):
        at = next((index for index, old in enumerate(statements) if each.get("Sid") and old.get("Sid") == each["Sid"]), None)
        if at is None:
            statements.append(each)
        else:
            statements[at] = each
    head = {name: over.get(name) or under.get(name) for name in ("Version", "Id")}
    return {name: value for name, value in head.items() if value} | {"Statement": statements}
