"""In China and GovCloud AWS's names are others: nothing of the stack says `arn:aws:` or a host of `amazonaws.com` by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from unit.stack.conftest import Stack

PROGRAM = Path(__file__).parents[3] / "stack"


@pytest.mark.parametrize(
    ("partition", "region", "suffix"),
    [("aws-cn", "cn-north-1", "amazonaws.com.cn"), ("aws-us-gov", "us-gov-west-1", "amazonaws.com")],
)
def test_arns_and_hosts_are_the_partition_s_own(build: Callable[..., Stack], partition: str, region: str, suffix: str) -> None:
    made = build(partition=partition, **{"aws:region": region})
    text = "\n".join(json.dumps(one.inputs, default=str) for one in made.resources)
    assert set(re.findall(r"arn:([a-z-]*):", text)) == {partition}
    hosts = set(re.findall(rf"[a-z0-9]+\.{region}\.amazonaws[a-z.]+", text))
    assert {f"s3.{region}.{suffix}", f"secretsmanager.{region}.{suffix}", f"logs.{region}.{suffix}"} <= hosts
    assert {host.partition(f"{region}.")[2] for host in hosts} == {suffix}


def test_no_partition_is_written_in_the_program() -> None:
    """But for service principals, which are the same everywhere (`lambda.amazonaws.com`)."""
    written = {
        f"{path.name}: {line.strip()}"
        for path in PROGRAM.rglob("*.py")
        for line in path.read_text().splitlines()
        if "arn:aws:" in line or re.search(r"\}\.amazonaws\.com", line)
    }
    assert written == set()
