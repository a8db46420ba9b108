"""Pulumi's protocols without the SDK around them.

`import pulumi.runtime.proto` runs `pulumi/__init__.py`, which imports the whole SDK: half of the time a short command
takes. The engine wants the generated messages and stubs only, so the command calls `without_sdk` before it imports them.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def without_sdk() -> None:
    """Put empty packages in the SDK's place, in this process, unless it has been imported already."""
    if "pulumi" in sys.modules:
        return
    found = importlib.util.find_spec("pulumi")
    if found is None or found.origin is None:
        raise ImportError("the Pulumi SDK is not installed in this environment")
    folder = Path(found.origin).parent
    for name, path in (("pulumi", folder), ("pulumi.runtime", folder / "runtime")):
        package = ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package
