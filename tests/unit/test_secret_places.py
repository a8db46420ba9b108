"""What is called a secret and stands in clear somewhere is known to redaction before a record of it is written."""

from __future__ import annotations

from typing import Any

import pytest

from runbook_lib.redaction import redact
from runbook_lib.secret_places import learn


@pytest.mark.parametrize(
    "inputs",
    [
        {"environment": {"variables": {"PASSWORD": "{}"}}},
        {"environment": {"environmentVariables": [{"name": "API_TOKEN", "value": "{}"}]}},
        {"containerDefinitions": '[{"environment": [{"name": "API_TOKEN", "value": "{}"}]}]'},
        {"masterPassword": "{}"},
        {"secretString": "{}"},
    ],
)
def test_a_value_that_is_called_a_secret_is_masked_from_then_on(inputs: dict[str, Any], request: pytest.FixtureRequest) -> None:
    secret = f"qanary-{abs(hash(request.node.name)) % 10**9}-vz7kQ"

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        return [filled(each) for each in value] if isinstance(value, list) else value.replace("{}", secret)

    assert redact(f"it is {secret}.") == f"it is {secret}."
    learn([filled(inputs)])
    assert secret not in redact(f"it is {secret}.")


@pytest.mark.parametrize(
    "inputs",
    [
        {"environment": {"variables": {"PASSWORD_ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:qanary-a"}}},
        {"environment": {"variables": {"TABLE": "qanary-table-kQ7"}}},
        {"environment": {"variables": {"SECRET": "<computed>", "TOKEN": "<generated>"}}},
        {"tags": {"TOKEN": "qanary-tag-kQ7"}},
        {"privateIp": "10.20.30.40"},
    ],
)
def test_what_only_names_one_is_not(inputs: dict[str, Any]) -> None:
    learn([inputs])
    assert redact(str(inputs)) == str(inputs)
