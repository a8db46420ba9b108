from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from runbook_lib.documented import GivenUp, given_up, rows, values_at
from runbook_lib.gates.sdk import uses

EXAMPLES = {
    "aws:*lb/listener:Listener": "aws:lb/listener:Listener",
    "aws:*/domain:Domain": "aws:opensearch/domain:Domain",
    "aws:waf/*": "aws:waf/webAcl:WebAcl",
    "aws:wafregional/*": "aws:wafregional/webAcl:WebAcl",
    "aws:elastictranscoder/*": "aws:elastictranscoder/pipeline:Pipeline",
    "aws:mediastore/*": "aws:mediastore/container:Container",
    "aws:qldb/*": "aws:qldb/ledger:Ledger",
    "aws:pinpoint/*": "aws:pinpoint/app:App",
    "aws:appmesh/*": "aws:appmesh/mesh:Mesh",
    "aws:inspector/*": "aws:inspector/assessmentTemplate:AssessmentTemplate",
}
"""A type for each pattern."""
IDS = [f"{row.type.partition(':')[2]}-{row.input}" for row in rows()]


def nested(path: str, value: Any) -> dict[str, Any]:
    """Inputs that hold a value at a path."""
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


@pytest.mark.parametrize("row", rows(), ids=IDS)
def test_a_row_speaks_of_something_that_the_sdk_has(row: GivenUp) -> None:
    """A misspelt type or property would never be found in a plan."""
    token = EXAMPLES.get(row.type, row.type)
    inputs = nested(row.input, "x") if row.input else {}
    assert all(use.known for use in uses(token, inputs))


@pytest.mark.parametrize("row", rows(), ids=IDS)
def test_a_row_says_why_and_what_instead(row: GivenUp) -> None:
    assert row.says
    assert row.instead.startswith("Take ")
    assert row.source.startswith(("https://docs.aws.amazon.com/", "https://aws.amazon.com/"))
    assert not row.as_of or date.fromisoformat(row.as_of)
    assert bool(row.input) == bool(row.value)
    named = row.instead.removeprefix("Take ").rstrip(".").partition(" ")[0]
    assert not row.value or not re.fullmatch(row.value, named), "what it advises is what it refuses"


@pytest.mark.parametrize(
    ("token", "inputs", "what"),
    [
        ("aws:lb/listener:Listener", {"sslPolicy": "ELBSecurityPolicy-2016-08"}, ["sslPolicy ELBSecurityPolicy-2016-08"]),
        ("aws:alb/listener:Listener", {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, []),
        ("aws:rds/instance:Instance", {"caCertIdentifier": "rds-ca-rsa2048-g1", "storageType": "gp3"}, []),
        ("aws:ec2/instance:Instance", {"instanceType": "m3.large", "metadataOptions": {"httpTokens": "optional"}},
         ["instanceType m3.large", "metadataOptions.httpTokens optional"]),
        ("aws:ec2/instance:Instance", {"instanceType": "m7g.large", "metadataOptions": {"httpTokens": "required"}}, []),
        ("aws:cloudfront/distribution:Distribution",
         {"origins": [{"customOriginConfig": {"originSslProtocols": ["TLSv1.2", "TLSv1"]}}]},
         ["origins.customOriginConfig.originSslProtocols TLSv1"]),
        ("aws:waf/webAcl:WebAcl", {}, ["aws:waf/webAcl:WebAcl"]),
        ("aws:wafv2/webAcl:WebAcl", {}, []),
        ("aws:inspector2/enabler:Enabler", {}, []),
    ],
)  # fmt: skip
def test_what_a_resource_uses_of_it_is_found(token: str, inputs: dict[str, Any], what: list[str]) -> None:
    assert [found.what for found in given_up(token, inputs)] == what


def test_values_are_found_in_lists_on_the_way() -> None:
    inputs = {"a": [{"b": 1}, {"b": [2, None]}, {"c": 3}, "text"], "d": None}
    assert values_at(inputs, ["a", "b"]) == [1, 2]
    assert values_at(inputs, ["d"]) == []
