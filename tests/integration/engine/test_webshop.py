"""A program on pulumi_aws that knows nothing of this project previews as it would anywhere."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from integration.engine.bench import HERE

if TYPE_CHECKING:
    from integration.engine.bench import Bench

NOWHERE = "http://127.0.0.1:9"  # a preview calls nothing


def test_a_third_party_program_previews(embedded: Bench) -> None:
    """Every resource with its URN, parent and provider; outputs that are known, and those that are not."""
    shutil.copytree(HERE / "programs" / "webshop", embedded.project, dirs_exist_ok=True)
    embedded.stack()
    environment = {"AWS_ENDPOINT_URL": NOWHERE, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    for arguments in (("config", "set", "aws:region", "us-east-1"), ("preview", "--json")):
        done = embedded.command(*arguments, "--stack", "dev", environment=environment)
        assert done.returncode == 0, done.stdout + done.stderr
    digest = json.loads(done.stdout)
    states = {step["urn"].removeprefix("urn:pulumi:dev::webshop::"): step["newState"] for step in digest["steps"]}
    assert digest["changeSummary"] == {"create": 28}
    assert len(states) == 28
    subnet = states["shop:network:Subnets$aws:ec2/subnet:Subnet::private-1"]
    assert subnet["parent"] == "urn:pulumi:dev::webshop::shop:network:Subnets::subnets"
    assert subnet["inputs"]["cidrBlock"] == "10.20.101.0/24"
    assert subnet["dependencies"] == ["urn:pulumi:dev::webshop::aws:ec2/vpc:Vpc::shop"]
    assert "::pulumi:providers:aws::default_" in subnet["provider"]
    function = states["aws:lambda/function:Function::handler"]
    assert len(function["propertyDependencies"]["vpcConfig"]) == 4
    assert not any(item.get("id") for item in states.values())
