"""The tools a run is made with, held against the versions this runbook was tested with."""

from __future__ import annotations

import platform
from importlib import metadata

from packaging.specifiers import SpecifierSet
from pydantic import BaseModel, ConfigDict

TESTED = {
    "python": ">=3.11,<3.14",
    "pulumi": ">=3.272,<4",
    "pulumi-aws": ">=7.51,<8",
    "boto3": ">=1.43.106",
    "papermill": ">=2.7,<3",
}
"""The ranges tested, by distribution; a test holds them to pyproject.toml."""


class ToolVersion(BaseModel):
    """An installed tool; ``version`` is empty where it is not installed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    tested: str

    @property
    def supported(self) -> bool:
        """Whether the installed version is in the range tested."""
        return bool(self.version) and SpecifierSet(self.tested).contains(self.version, prereleases=True)


def installed() -> tuple[ToolVersion, ...]:
    """The tools of this very environment."""
    return tuple(ToolVersion(name=name, version=_version(name), tested=tested) for name, tested in TESTED.items())


def _version(name: str) -> str:
    if name == "python":
        return platform.python_version()
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
