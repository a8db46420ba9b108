"""Targets: what they name, and what a deletion takes along or leaves."""

from __future__ import annotations

import pytest

from runbook_lib.rehearsal.engine.state import Resource
from runbook_lib.rehearsal.engine.targets import Targets, unknown

TYPE = "conformance:index:Thing"


def urn(name: str) -> str:
    return f"urn:pulumi:dev::conf::{TYPE}::{name}"


def thing(name: str, *needs: str) -> Resource:
    return Resource(urn=urn(name), type=TYPE, custom=True, dependencies=[urn(need) for need in needs])


CHAIN = [thing("a"), thing("b", "a"), thing("c", "b"), thing("other")]


@pytest.mark.parametrize("resources", [CHAIN, CHAIN[::-1]], ids=["in order", "in reverse"])
@pytest.mark.parametrize(
    ("targets", "names"),
    [
        (Targets(), "a b c other"),
        (Targets(include=[urn("b")]), "b c"),
        (Targets(include=[urn("*")]), "a b c other"),
        (Targets(exclude=[urn("b")]), "c other"),
        (Targets(exclude=[urn("b")], dependents=True), "other"),
        (Targets(include=[urn("nobody")]), ""),
    ],
)
def test_what_may_be_deleted(targets: Targets, names: str, resources: list[Resource]) -> None:
    """Whatever the order of the record."""
    assert targets.deletable(resources) == {urn(name) for name in names.split()}


def test_patterns_may_match_nothing() -> None:
    """A name must be somebody's."""
    assert unknown([urn("a"), urn("x"), "**nobody*"], {urn("a")}) == [urn("x")]
