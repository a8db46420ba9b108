"""Names that speak of a secret: of variables, and of properties."""

from __future__ import annotations

import re

_VARIABLE = re.compile(r"PASSWORD|PASSWD|PWD|TOKEN|SECRET|PRIVATE|CREDENTIAL|API_?KEY", re.IGNORECASE)
_PASSWORD = re.compile(r"(?i:password|passwordWo)$|^authToken$")
_HELD = re.compile(r"(?:password|passwordWo|secretString|privateKey)$|^authToken$", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"environment|^env$|variables$|^connectionProperties$", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name would hold a secret."""
    return bool(_VARIABLE.search(name))


def is_password(name: str) -> bool:
    """Whether an input is a password. One that only says that AWS makes it (``manageMasterUserPassword``) is true or false."""
    return bool(_PASSWORD.search(name))


def holds_secret(name: str) -> bool:
    """Whether a property of this name holds a password or another secret that is kept as one."""
    return bool(_HELD.search(name))


def is_environment(name: str) -> bool:
    """Whether what is in a property of this name are variables that something is started with."""
    return bool(_ENVIRONMENT.search(name))
