"""What MiniStack reads of botocore's descriptions through this project is what it would read by itself."""

from __future__ import annotations

import pytest
from ministack.core import responses

from runbook_lib.rehearsal import model_hooks
from runbook_lib.workspace import EMULATED_SERVICES


@pytest.mark.parametrize("service", [*EMULATED_SERVICES, "monitoring", "elasticloadbalancing", "execute-api"])
def test_same_protocol(service: str) -> None:
    theirs, ours = responses._service_model(service), model_hooks._service_model(service)
    assert (theirs is None) == (ours is None)
    if theirs is not None and ours is not None:
        assert theirs.metadata["protocol"] == ours.metadata["protocol"]
        assert theirs.metadata.get("jsonVersion") == ours.metadata.get("jsonVersion")
        assert theirs.operation_names == ours.operation_names


def test_read_once() -> None:
    model_hooks.described.cache_clear()  # type: ignore[attr-defined]
    assert model_hooks.described("sns") is model_hooks.described("sns")
