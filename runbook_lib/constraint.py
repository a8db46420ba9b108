"""What Pulumi says when a program asks for something else than the plan it was given, read into sentences; pure.

Pulumi shows both values, and a secret's among them: what is behind a pointer (``&{…}``), as secrets are, is not told on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

URN = r"(?P<urn>urn:pulumi:\S+)"
VIOLATION = re.compile(rf"^(?:(?P<name>[^:\s]+): )?(?:resource {URN} |resource )violates plan: (?P<why>.*)$", re.DOTALL)
STEP = re.compile(r"^(?:(?P<name>[^:\s]+): )?(?P<op>\S+) is not allowed by the plan: (?P<why>.*)$", re.DOTALL)
UNSEEN = re.compile(rf"expected resource operations for {URN} but none were seen")
PROPERTIES = "properties changed: "
PROPERTY = re.compile(
    r"(?P<planned>[+~=-])(?P<actual>[+~=-])(?P<key>[^\[,]+)(?:\[(?P<values>.*?)\])?(?=, [+~=-]{2}|$)", re.DOTALL
)
NO_FLAG = re.compile(r"^error: unknown flag: --(?:save-)?plan\b", re.MULTILINE)
STDERR = "stderr: "
"""What the Automation API writes before a failed command's standard error, which comes last."""
HIDDEN = "[not shown]"
OTHERWISE = "is another than was agreed on, and secret"
_LONGEST = 120
"""Characters of a value that a sentence shows."""


def refusals(errors: Iterable[str]) -> list[str]:
    """A sentence for each thing that Pulumi, held to a plan, refused because the plan has it otherwise.

    Args:
        errors: Pulumi's errors as ``Recorder.errors`` has them: the resource's name, where there is one, and the message. It
            fails without any where the stack's outputs are not the planned ones.
    """
    errors = tuple(errors)
    if not errors:
        return ["Pulumi names no error, as where the outputs of the stack are not those agreed on"]
    return [line for error in dict.fromkeys(errors) for line in _of_one(error)]


def without_secrets(refused: Iterable[str], secrets: Iterable[str]) -> list[str]:
    """The sentences of ``refusals``, those about secrets without values: Pulumi shows what is secret in the state alone.

    Args:
        refused: The sentences.
        secrets: What is secret, each as type, name and property: ``aws:rds/instance:Instance db: password``.
    """
    known = tuple(secrets)
    return [next((f"{each} {OTHERWISE}" for each in known if re.match(rf"{re.escape(each)}\b", line)), line) for line in refused]


def unknown_flag(transcript: str) -> bool:
    """Whether a command says on its standard error that it takes no saved plans; on the other a program may say so.

    Args:
        transcript: What the Automation API's error tells of the command.
    """
    return bool(NO_FLAG.search(transcript.rpartition(STDERR)[2]))


def _of_one(error: str) -> list[str]:
    if found := VIOLATION.search(error):
        title = _title(found["urn"]) or f"outputs of {found['name']}"
        why = found["why"].strip()
        if not why.startswith(PROPERTIES):
            return [f"{title}: {_hidden(why)}"]
        return [f"{title}: {_property(each)}" for each in PROPERTY.finditer(why.removeprefix(PROPERTIES))]
    if found := STEP.search(error):
        return [
            f"{found['name'] or 'a resource that Pulumi does not name'}: {found['op']} was not agreed on ({found['why'].strip()})"
        ]
    if found := UNSEEN.search(error):
        return [f"{_title(found['urn'])}: agreed on and not asked for"]
    return []


def _title(urn: str | None) -> str:
    if not urn:
        return ""
    *_, types, name = urn.split("::")
    return f"{types.rsplit('$', 1)[-1]} {name}"


def _property(found: re.Match[str]) -> str:
    planned, actual, values = found["planned"], found["actual"], found["values"] or ""
    both = planned in "+~" and actual != "-"
    want, _, got = values.partition("}!={") if both else (values, "", values)
    agreed = _shown(want) if planned in "+~" else "nothing" if planned == "-" else "no change"
    applied = "nothing" if actual == "-" else _shown(got)
    return f"{found['key']} is {applied}, agreed was {agreed}"


def _shown(value: str) -> str:
    text = _hidden(value.removeprefix("{").removesuffix("}"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _hidden(text: str) -> str:
    return HIDDEN if "&{" in text else text
