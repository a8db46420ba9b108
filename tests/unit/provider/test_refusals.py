"""What the rehearsal cannot do is refused before AWS is asked, not dropped in silence."""

from __future__ import annotations

from typing import Any

import pytest

from runbook_lib.rehearsal.provider import registry
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.schema import type_schema
from runbook_lib.rehearsal.provider.session import Session
from runbook_lib.rehearsal.provider.wire import Archive
from runbook_lib.rehearsal.values import UNKNOWN

FUNCTION = "aws:lambda/function:Function"
INSTANCE = "aws:rds/instance:Instance"
TOPIC = "aws:sns/topic:Topic"
NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize("token", sorted(registry.resources()))
def test_what_a_type_names_it_has(token: str) -> None:
    """A misspelled name would refuse, clear or replace nothing."""
    known, schema = registry.resources()[token], type_schema(token)
    assert schema is not None
    named = known.refuses | known.fixed | known.cleared.keys() | known.defaults.keys() | known.independent
    assert named <= schema.inputs.properties.keys()
    assert not known.refuses & known.fixed
    assert not known.replace_on & known.fixed, "what replaces never comes to an update"


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        (TOPIC, "sqsFailureFeedbackRoleArn", "a"),
        (TOPIC, "maximumMessageSize", 1024),
        (INSTANCE, "upgradeStorageConfig", True),
        (FUNCTION, "replaceSecurityGroupsOnDestroy", True),
    ],
)
def test_what_no_code_acts_on_is_refused(token: str, name: str, value: Any, preview: bool) -> None:  # noqa: FBT001  # a parameter
    lifecycle = Lifecycle(token, Session("us-east-1", NOWHERE))
    with pytest.raises(ProviderError, match=f"cannot be rehearsed with {name}"):
        lifecycle.create({name: value}, preview=preview)
    with pytest.raises(ProviderError, match=f"cannot be rehearsed with {name}"):
        lifecycle.update("a", {}, {}, {name: value}, preview=preview)


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("token", "old", "new"),
    [
        (INSTANCE, {"identifier": "a"}, {"identifier": "b"}),
        (INSTANCE, {}, {"networkType": "DUAL"}),
        (INSTANCE, {"port": 5432}, {"port": 5433}),
        (FUNCTION, {"codeSigningConfigArn": "a"}, {}),
    ],
)
def test_what_cannot_change_in_place_is_refused(
    token: str,
    old: dict[str, Any],
    new: dict[str, Any],
    preview: bool,  # noqa: FBT001  # a parameter
) -> None:
    lifecycle = Lifecycle(token, Session("us-east-1", NOWHERE))
    with pytest.raises(ProviderError, match=f"{next(iter(new or old))} cannot change in place in a rehearsal"):
        lifecycle.update("a", old, old, new, preview=preview)


LISTENER, RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("token", "inputs", "reason"),
    [
        (INSTANCE, {"engine": "mysql"}, "has PostgreSQL only"),
        (INSTANCE, {"engine": "postgres", "snapshotIdentifier": "a"}, "new, empty databases only"),
        ("aws:rds/subnetGroup:SubnetGroup", {"name": "Upper"}, "write upper"),
        (LISTENER, {"defaultActions": [{"type": "forward"}, {"type": "authenticate-oidc"}]}, "authenticate-oidc cannot"),
        (RULE, {"actions": [{"type": "authenticate-oidc"}], "conditions": []}, "authenticate-oidc cannot"),
        (RULE, {"actions": [], "conditions": [{"queryStrings": []}]}, "queryStrings.* cannot"),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "a"}]}, "in one region"),
        ("aws:apigateway/restApi:RestApi", {"body": "{}"}, "from resources and methods only"),
        (FUNCTION, {"code": Archive(uri="https://a/b.zip")}, "fetches nothing"),
    ],
)
def test_a_value_that_cannot_be_rehearsed_is_refused_in_the_preview(
    token: str,
    inputs: dict[str, Any],
    reason: str,
    preview: bool,  # noqa: FBT001  # a parameter
) -> None:
    with pytest.raises(ProviderError, match=reason):
        Lifecycle(token, Session("us-east-1", NOWHERE)).create(inputs, preview=preview)


@pytest.mark.parametrize("token", sorted(registry.resources()))
def test_what_is_not_known_yet_is_not_refused(token: str) -> None:
    """A preview cannot know that it will not fit; and no check may fall over it."""
    known, schema = registry.resources()[token], type_schema(token)
    assert schema is not None
    names = schema.inputs.properties.keys() if known.supports is None else known.supports
    # That they are given at all is what these are refused for.
    given = names - known.refuses - {"replicateSourceDb", "restoreToPointInTime", "s3Import", "snapshotIdentifier"}
    inputs = dict.fromkeys(given - {"replicas", "body", "region", "tags", "acl"}, UNKNOWN)
    assert Lifecycle(token, Session("us-east-1", NOWHERE)).create(inputs, preview=True)[0] == ""
