"""Every input of every type with a rule was judged: it costs and is priced, costs and is not, or costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from unit.costs import sdk
from unit.costs.planned import UNKNOWN, make, price

from runbook_lib.costs.rules import RULES, priced
from runbook_lib.costs.rules.priced import Priced


def unjudged(rule: Priced, kind: type[Any], under: str = "") -> Iterator[str]:
    for name, nested in sdk.inputs(kind).items():
        path = f"{under}{name}"
        if not rule.judged(path):
            yield path
        elif nested and rule.opens(path):
            yield from unjudged(rule, nested, f"{path}.")


def exists(kind: type[Any], path: str) -> bool:
    name, _, rest = path.partition(".")
    found = sdk.inputs(kind)
    return name in found and (not rest or bool(found[name] and exists(found[name], rest)))


@pytest.mark.parametrize("token", sorted(RULES))
def test_every_property_of_the_sdk_is_judged(token: str) -> None:
    """A new version of the SDK brings new properties; each is judged before an estimate may pass it over."""
    assert list(unjudged(RULES[token], sdk.arguments(token))) == []


@pytest.mark.parametrize("token", sorted(RULES))
def test_what_was_judged_is_there_and_judged_once(token: str) -> None:
    rule = RULES[token]
    classes = (rule.costing, rule.free, frozenset(rule.unpriced))
    named = [path for each in classes for path in each]
    assert [path for path in named if not exists(sdk.arguments(token), path)] == []
    assert len(named) == len(set(named))


def test_nothing_is_judged_for_types_without_a_rule() -> None:
    assert set(priced.free_properties()) <= set(RULES)


def test_the_sdk_is_read_to_the_bottom() -> None:
    """The walk itself: a rule that judges nothing has every property of the SDK to judge, nested ones where it opens them."""
    nothing = Priced("aws:none", lambda _: iter(()), "replicas.region")
    assert list(unjudged(nothing, sdk.arguments("aws:secretsmanager/secret:Secret"))) == [
        "forceOverwriteReplicaSecret",
        "policy",
        "recoveryWindowInDays",
        "replicas.kmsKeyId",
        "replicas.lastAccessedDate",
        "replicas.status",
        "replicas.statusMessage",
        "type",
    ]


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        ("sqs/queue:Queue", {"turboMode": True}, "property turboMode"),
        ("secretsmanager/secret:Secret", {"replicas": [{"region": "eu-west-1", "tier": "gold"}]}, "property replicas.tier"),
        ("sqs/queue:Queue", {"turboMode": UNKNOWN}, "property turboMode"),
        ("sqs/queue:Queue", {"turboMode": False}, "property turboMode"),
    ],
)
def test_a_property_that_nobody_judged_makes_the_estimate_incomplete(token: str, inputs: dict[str, Any], named: str) -> None:
    estimate = price(make(token, **inputs))
    assert (estimate.complete, [entry.what for entry in estimate.unpriced]) == (False, [named])


def test_pulumi_s_own_marks_and_what_is_not_set_are_no_properties() -> None:
    assert price(make("lambda/eventSourceMapping:EventSourceMapping", __defaults=["x"], turboMode=None)).complete
