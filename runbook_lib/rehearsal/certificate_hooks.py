"""Lets MiniStack tell of certificates that were made before the rehearsal: those that a configuration names.

ACM's certificates of an account are made by hand or in another stack. A listener that has one would be left without it here, and
the notebooks ask whom it is made out to. No TLS is spoken: a request names the port that it is meant for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import acm, alb

if TYPE_CHECKING:
    from collections.abc import Callable

    Certificate = dict[str, Any]

MADE_OUT_TO = "payments.example.com"
# MiniStack's own helpers and stores; private, and pinned with its version.
known: Callable[[str], Certificate | None] = acm._get_local_certificate  # noqa: SLF001  # see above
request: Callable[[dict[str, str]], tuple[int, dict[str, str], bytes]] = acm._request_certificate  # noqa: SLF001  # see above
certificates: dict[str, Certificate] = acm._certificates  # noqa: SLF001  # see above
listeners: dict[str, dict[str, Any]] = alb._listeners  # noqa: SLF001  # see above


def install() -> None:
    """Put this answer behind MiniStack's."""
    acm._get_local_certificate = _certificate  # noqa: SLF001  # its handlers call it by this name


def _certificate(arn: str) -> Certificate | None:
    found = known(arn)
    if found is None and any(arn in listener.get("Certificates", ()) for listener in listeners.values()):
        made = json.loads(request({"DomainName": MADE_OUT_TO})[2])["CertificateArn"]
        return {**certificates.pop(made), "CertificateArn": arn}
    return found
