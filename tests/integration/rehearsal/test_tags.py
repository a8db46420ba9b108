"""A resource has one set of tags: what is put on it later is seen by whoever reads the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from runbook_lib.rehearsal.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with Emulator.start(tmp_path_factory.mktemp("emulator") / "log") as running:
        yield boto3.client(
            "apigateway",
            endpoint_url=running.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def api(gateway: Any) -> tuple[str, Callable[[], Any]]:
    id_ = gateway.create_rest_api(name="a", tags=FIRST)["id"]
    return f"/restapis/{id_}", lambda: gateway.get_rest_api(restApiId=id_)


def stage(gateway: Any) -> tuple[str, Callable[[], Any]]:
    path, _ = api(gateway)
    id_ = path.rpartition("/")[2]
    root = gateway.get_resources(restApiId=id_)["items"][0]["id"]
    gateway.put_method(restApiId=id_, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=id_, resourceId=root, httpMethod="GET", type="MOCK")
    deployment = gateway.create_deployment(restApiId=id_)["id"]
    gateway.create_stage(restApiId=id_, stageName="s", deploymentId=deployment, tags=FIRST)
    return f"{path}/stages/s", lambda: gateway.get_stage(restApiId=id_, stageName="s")


def key(gateway: Any) -> tuple[str, Callable[[], Any]]:
    id_ = gateway.create_api_key(name="k", tags=FIRST)["id"]
    return f"/apikeys/{id_}", lambda: gateway.get_api_key(apiKey=id_)


def usage_plan(gateway: Any) -> tuple[str, Callable[[], Any]]:
    id_ = gateway.create_usage_plan(name="p", tags=FIRST)["id"]
    return f"/usageplans/{id_}", lambda: gateway.get_usage_plan(usagePlanId=id_)


FIRST = {"kept": "1", "moved": "1", "gone": "1"}


@pytest.mark.parametrize("made", [api, stage, key, usage_plan])
def test_tags_given_later_are_the_resource_s_own(gateway: Any, made: Callable[[Any], tuple[str, Callable[[], Any]]]) -> None:
    path, read = made(gateway)
    arn = f"arn:aws:apigateway:us-east-1::{path}"
    gateway.tag_resource(resourceArn=arn, tags=FIRST | {"moved": "2", "new": "2"})
    gateway.untag_resource(resourceArn=arn, tagKeys=["gone"])
    assert read()["tags"] == gateway.get_tags(resourceArn=arn)["tags"] == {"kept": "1", "moved": "2", "new": "2"}
