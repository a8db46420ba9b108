from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from unit.checks.healthy_outputs import OUTPUTS
from unit.snapshot.stand_in import StandIn

from runbook_lib.aws import Aws, Target
from runbook_lib.snapshot.front import Front, front, host_of
from runbook_lib.snapshot.probe import Bench, payment

DNS_NAME = OUTPUTS.alb_dns_name


def with_certificate(**certificate: Any) -> StandIn:
    """A load balancer that listens for HTTPS with this certificate, and redirects HTTP."""
    world = StandIn()
    world.listeners = [{"Protocol": "HTTP"}, {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": "arn:cert"}]}]
    found = {"arn:cert": {"Certificate": certificate}}
    world.clients["acm"] = SimpleNamespace(describe_certificate=lambda CertificateArn: found[CertificateArn])  # noqa: N803 - AWS's name
    return world


@pytest.mark.parametrize(
    ("domain", "others", "name"),
    [
        ("pay.example.com", ["pay.example.com"], "pay.example.com"),
        ("*.example.com", ["*.example.com", "pay.example.com"], "pay.example.com"),
        ("*.example.com", ["*.example.com", "*.example.org"], "runbook-verification.example.com"),
    ],
)
def test_a_certificate_is_good_for_a_host(domain: str, others: list[str], name: str) -> None:
    assert host_of({"DomainName": domain, "SubjectAlternativeNames": others}) == name


def test_without_a_certificate_it_is_http_under_its_own_name() -> None:
    assert front(StandIn().aws, OUTPUTS) == Front(f"http://{DNS_NAME}")


def test_tls_is_asked_for_the_name_of_the_certificate_at_the_address_of_the_load_balancer() -> None:
    """Its DNS name is in no certificate: with that as the server's name verification fails for ever."""
    world = with_certificate(DomainName="pay.example.com")
    Bench(world.aws, OUTPUTS).balancer("POST", "/payments", payment())
    [request] = world.requests
    assert str(request.url) == f"https://{DNS_NAME}/payments"
    assert request.headers["host"] == "pay.example.com"
    assert request.extensions["sni_hostname"] == "pay.example.com"


def test_the_api_is_asked_under_its_own_name() -> None:
    world = with_certificate(DomainName="pay.example.com")
    Bench(world.aws, OUTPUTS).api(payment())
    [request] = world.requests
    assert request.headers["host"] == request.url.host
    assert "sni_hostname" not in request.extensions


def test_certificates_are_verified() -> None:
    """The transport of a client for AWS checks names; nobody switches that off to get past a certificate."""
    with Aws(Target(region="us-east-1")).http() as http:
        context = http._transport._pool._ssl_context  # type: ignore[attr-defined]  # httpx shows it nowhere
    assert context.check_hostname


def test_the_emulator_is_told_the_load_balancers_name_in_clear() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    http = Aws(Target(region="us-east-1", endpoint="http://127.0.0.1:4566")).http()
    http._transport = httpx.MockTransport(answer)
    secure = Front(f"https://{DNS_NAME}", "pay.example.com")
    http.get(f"{secure.url}/health", headers=secure.headers, extensions=secure.extensions)
    assert (str(seen[0].url), seen[0].headers["host"]) == ("http://127.0.0.1:4566/health", f"{DNS_NAME}:443"), "whose listener"
    http.get(f"http://{DNS_NAME}/health")
    assert seen[1].headers["host"] == DNS_NAME
