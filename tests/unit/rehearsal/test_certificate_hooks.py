"""A certificate that a configuration names was made elsewhere; any other that is asked for is not there, as on AWS."""

from __future__ import annotations

import pytest
from ministack.services import acm

from runbook_lib.rehearsal import certificate_hooks

ARN = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"


def test_only_what_a_listener_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_hooks, "listeners", {"l": {"Certificates": [ARN]}})
    before = dict(acm._certificates)
    found = certificate_hooks._certificate(ARN)
    assert found is not None
    assert (found["CertificateArn"], acm._cert_shape(found)["DomainName"]) == (ARN, "payments.example.com")
    assert dict(acm._certificates) == before, "telling of one makes none"
    assert certificate_hooks._certificate(ARN.replace("-0000-", "-1111-")) is None
