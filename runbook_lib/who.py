"""Who is at work: for records, and for whoever wants to know who holds a stack."""

from __future__ import annotations

import getpass
import os
import platform


def user() -> str:
    """Who runs this; a container may have a user without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # by Python version
        return f"uid {os.getuid()}"


def operator() -> str:
    """User and host, e.g. ``ada@build-7``."""
    return f"{user()}@{platform.node()}"
