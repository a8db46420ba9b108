"""How the load balancer is spoken to: by HTTPS where it listens for that, under the name that its certificate is made out to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

_BELOW_WILDCARD = "runbook-verification"


@dataclass(frozen=True)
class Front:
    """Where the load balancer is, and as whom it is addressed."""

    url: str
    """With its DNS name, which always leads to it; the certificate's name may lead elsewhere until traffic is moved."""
    name: str = ""
    """The name the certificate is made out to; empty without one."""

    @property
    def headers(self) -> dict[str, str]:
        """The Host header, if it is another than the URL's."""
        return {"host": self.name} if self.name else {}

    @property
    def extensions(self) -> dict[str, Any]:
        """What makes httpx ask TLS for that name, and verify the certificate against it."""
        return {"sni_hostname": self.name} if self.name else {}


def front(aws: Aws, outputs: StackOutputs) -> Front:
    """Look at the load balancer's listeners, and at the certificate of the one for HTTPS."""
    listeners = aws.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=outputs.alb_arn)
    secure = next((listener for listener in listeners if listener["Protocol"] == "HTTPS"), None)
    if secure is None:
        return Front(f"http://{outputs.alb_dns_name}")
    arn = secure["Certificates"][0]["CertificateArn"]  # a listener's answer holds its default certificate alone
    certificate = aws.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    return Front(f"https://{outputs.alb_dns_name}", host_of(certificate))


def host_of(certificate: Mapping[str, Any]) -> str:
    """A host name that the certificate is valid for; a wildcard is valid for any name one level below it."""
    names: Iterable[str] = (certificate["DomainName"], *certificate.get("SubjectAlternativeNames", ()))
    plain = next((name for name in names if not name.startswith("*.")), "")
    return plain or f"{_BELOW_WILDCARD}.{certificate['DomainName'].removeprefix('*.')}"
