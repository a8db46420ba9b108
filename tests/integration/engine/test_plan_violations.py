"""What exceeds a plan is refused, in the real command's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing
from integration.engine.planned import Planned

if TYPE_CHECKING:
    from integration.engine.bench import Bench

ONE = 'Thing("a", value="1")'
COMPONENT = """
class Part(pulumi.ComponentResource):
    def __init__(self, value):
        super().__init__("conf:index:Part", "part")
        self.register_outputs({"value": value})
"""
DEEP = "{{map[x:{{[{{1}} {{2.5}} {{1e+06}} {{{}}} {{<nil>}} {{s}}]}} y:{{map[]}}]}}"
VIOLATIONS = {
    "other value": (
        "", ONE, 'Thing("a", value="2")', f"resource {thing('a')} violates plan: properties changed: ++value[{{1}}!={{2}}]",
    ),
    "updated otherwise": (
        'Thing("a", value=7)', 'Thing("a", value=60)', 'Thing("a", value=3)',
        f"resource {thing('a')} violates plan: properties changed: ~~value[{{60}}!={{3}}]",
    ),
    "more": (
        ONE, 'Thing("a", value="2")', 'Thing("a", value="2", password="p")',
        f"resource {thing('a')} violates plan: properties changed: =+password[{{p}}]",
    ),
    "less": (
        ONE, 'Thing("a", value="2", password="p")', 'Thing("a", value="2")',
        f"resource {thing('a')} violates plan: properties changed: +-password[{{p}}]",
    ),
    "not at all": (
        ONE, 'Thing("a", value="2")', ONE, f"resource {thing('a')} violates plan: properties changed: ~=value[{{2}}!={{1}}]",
    ),
    "two at once": (
        'Thing("a", value="1", immutable="1")', 'Thing("a", value="2", immutable="1")', 'Thing("a", value="1", immutable="2")',
        f"resource {thing('a')} violates plan: properties changed: =~immutable[{{2}}], ~=value[{{2}}!={{1}}]",
    ),
    "deep": (
        "", 'Thing("a", value={"x": [1, 2.5, 1000000, True, None, "s"], "y": {}})',
        'Thing("a", value={"x": [1, 2.5, 1000000, False, None, "s"], "y": {}})',
        f"resource {thing('a')} violates plan: properties changed: ++value[{DEEP.format('true')}!={DEEP.format('false')}]",
    ),
    "one more resource": (
        ONE, 'Thing("a", value="2")', 'Thing("a", Opts(depends_on=[Thing("b", value="1")]), value="2")',
        "create is not allowed by the plan: no steps were expected for this resource",
    ),
    "not deleted": (
        ONE + '; Thing("b", value="1")', 'Thing("b", value="1")', ONE + '; Thing("b", value="1")',
        f"resource {thing('a')} violates plan: resource unexpectedly not deleted",
    ),
    "deleted": (ONE, ONE, "pass", "delete is not allowed by the plan: this resource is constrained to same"),
    "protect": (
        "", ONE, 'Thing("a", Opts(protect=True), value="1")',
        f"resource {thing('a')} violates plan: protect changed (expected false)",
    ),
    "ignored": (
        "", ONE, 'Thing("a", Opts(ignore_changes=["value"]), value="1")',
        f"resource {thing('a')} violates plan: ignoreChanges changed: added value",
    ),
    "delete first": (
        "", ONE, 'Thing("a", Opts(delete_before_replace=True), value="1")',
        f"resource {thing('a')} violates plan: deleteBeforeReplace changed (expected no value)",
    ),
    "timeout": (
        "", 'Thing("a", Opts(custom_timeouts=pulumi.CustomTimeouts(create="5m")), value="1")', ONE,
        f"resource {thing('a')} violates plan: create timeout changed (expected 300)",
    ),
    "alias": (
        "", ONE, 'Thing("a", Opts(aliases=[pulumi.Alias(name="c")]), value="1")',
        f"resource {thing('a')} violates plan: aliases changed: added {{ c     false}}",
    ),
    "component": (
        "", COMPONENT + "Part(1)", COMPONENT + "Part(2)", "resource violates plan: properties changed: ++value[{1}!={2}]",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "planned", "program", "said"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_what_exceeds_the_plan_is_refused(bench: Bench, first: str, planned: str, program: str, said: str) -> None:
    """In the real command's words; the resource that is refused is not touched."""
    plan = Planned(bench, first, planned)
    before = bench.resources()
    assert plan.apply(program) == said
    assert bench.calls() == []
    kept = {urn: row for urn, row in bench.resources().items() if "Thing" in urn}
    assert kept == {urn: row for urn, row in before.items() if "Thing" in urn}
