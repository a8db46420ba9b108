"""Names that speak of a secret, such as those of environment variables."""

from __future__ import annotations

import re

_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|PWD|TOKEN|SECRET|PRIVATE|CREDENTIAL|API_?KEY", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name would hold a secret."""
    return bool(_SECRET_NAME.search(name))
