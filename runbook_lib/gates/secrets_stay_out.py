"""No password is planned in clear: RDS makes and keeps the master password, functions get its ARN, and no text holds another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.ip_public import IPPublicDetector

from runbook_lib.gates.registry import COMPUTED, GateContext, Judgements, Plan, gate, judge, resources
from runbook_lib.snapshot.functions import secrets_in_clear

PASSWORD = re.compile(r"(?i:password|passwordWo)$|^authToken$")
"""Inputs that are a password. One that only says that AWS makes it (``manageMasterUserPassword``) is true or false."""


@gate(requirement=("D3",), title="Credentials are never in the plan")
def secrets_stay_out(plan: Plan, context: GateContext) -> Judgements:  # noqa: ARG001 - every gate is called alike
    """Even a masked ``password`` would be in Pulumi's state."""
    for op in resources(plan, "aws:rds/instance:Instance"):
        yield judge(
            op.name,
            ok=op.inputs.get("manageMasterUserPassword") is True and not {"password", "passwordWo"} & set(op.inputs),
            good=f"RDS manages the master password of {op.name}.",
            bad=f"{op.name} is given a master password, or does not have RDS manage it.",
            remedy="Set manageMasterUserPassword and leave password out.",
        )
    for op in resources(plan, "aws:lambda/function:Function"):
        variables = op.inputs.get("environment", {}).get("variables", {})
        leaks = secrets_in_clear({name: str(value) for name, value in variables.items() if value != COMPUTED})
        yield judge(
            op.name,
            ok=not leaks,
            good=f"{op.name} is given no secret in clear.",
            bad=f"{op.name} is given values in {', '.join(leaks)}.",
            remedy="Pass the secret's ARN.",
        )
    for op in resources(plan):
        given = [name for name, value in op.inputs.items() if PASSWORD.search(name) and value and not isinstance(value, bool)]
        held = sorted({f"{path} ({kind})" for path, kind in _credentials(op.inputs, "")})
        if op.type != "aws:rds/instance:Instance" and given:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) is given {', '.join(sorted(given))}.",
                remedy="Have AWS make and keep it (manageMasterUserPassword and the like), or name the secret that holds it.",
            )
        if held:
            yield judge(
                op.name,
                ok=False,
                good="",
                bad=f"{op.name} ({op.type}) holds what looks like a credential in {', '.join(held)}.",
                remedy="Keep it in Secrets Manager and pass the secret's ARN; if it is none, write it otherwise.",
            )


def _credentials(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where texts hold what looks like a credential (not what: this is on record), and its kind."""
    if isinstance(value, str):
        if "://" in value and _password(value):
            yield path, "Basic Auth Credentials"  # the detector's own wants a user as well
        for detector in _detectors():
            if any(detector.analyze_string(value)):
                yield path, detector.secret_type
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _credentials(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _credentials(each, path)


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None  # it is no URL


@cache
def _detectors() -> list[RegexBasedDetector]:
    """Yelp's detectors of known formats: access keys, tokens, private keys, URLs with a password. No network is asked."""
    classes: Iterable[type[Any]] = get_mapping_from_secret_type_to_class().values()
    return [each() for each in classes if issubclass(each, RegexBasedDetector) and each is not IPPublicDetector]
