"""The price list API with a service in the place of the wire, and a folder for the lists that are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.costs.price_service import NOW, MakeApi, PriceListService

from runbook_lib.aws import Aws, Target
from runbook_lib.costs import price_sources


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> MakeApi:
    """The API's client as it is, with the service in the place of the wire."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)

    def make(service: PriceListService) -> price_sources.Api:
        client = Aws(Target(region=price_sources.API_REGION))
        client.client("pricing").meta.events.register("before-send.pricing.GetProducts", service)
        return price_sources.Api(now=NOW, aws=client)

    return make


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("RUNBOOK_PRICES", str(tmp_path / "lists"))
    return tmp_path / "lists"
