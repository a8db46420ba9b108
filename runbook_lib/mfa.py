"""A code from an MFA device is asked for once: kernels and Pulumi's plugin, without a terminal, act by the session it opened."""

from __future__ import annotations

import contextlib
from datetime import UTC
from typing import TYPE_CHECKING

from runbook_lib.surroundings import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.aws import Aws


@contextlib.contextmanager
def handed_on(aws: Aws) -> Iterator[None]:
    """Surroundings with the session's credentials, where the profile in use asks for a code; never on a command line.

    They end when the session does (``AWS_CREDENTIAL_EXPIRATION``), because another would take another code.
    """
    found = aws.credentials() if _asks() else None
    if found is None or found.method != "assume-role":
        yield
        return
    session = found.get_frozen_credentials()
    told = {
        "AWS_ACCESS_KEY_ID": session.access_key,
        "AWS_SECRET_ACCESS_KEY": session.secret_key,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_CREDENTIAL_EXPIRATION": found._expiry_time.astimezone(UTC).isoformat(),  # noqa: SLF001 - nobody else says
    }
    with environment_of(told):
        yield


def _asks() -> bool:
    import botocore.session

    return "mfa_serial" in botocore.session.get_session().get_scoped_config()
