"""Where the parts of the runbook are, and what is configured per environment.

``notebooks/parameters/<environment>.yaml`` says which engine and region an environment uses and what its steps are told;
``stack/Pulumi.<environment>.yaml`` is the stack's own configuration, as ``pulumi`` itself reads it.
"""

from __future__ import annotations

import difflib
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from runbook_lib.errors import UsageError
from runbook_lib.parameters import EnvironmentName

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME_VARIABLE = "RUNBOOK_HOME"
OUTPUTS_VARIABLE = "RUNBOOK_OUTPUTS"
SECRETS_PROVIDERS = r"^(passphrase|default|(awskms|azurekeyvault|gcpkms|hashivault)://.+)?$"
"""Those that Pulumi knows; ``default`` is Pulumi Cloud's own."""


class EngineKind(StrEnum):
    """Which ``pulumi`` the Automation API drives."""

    PULUMI = "pulumi"
    """The real CLI on PATH."""
    EMBEDDED = "embedded"
    """The rehearsal's own, in ``runbook_lib/rehearsal/bin``."""


class Environment(BaseModel):
    """``notebooks/parameters/<environment>.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: EnvironmentName
    """The file's own name again, so that a copied file cannot pass for another."""
    region: str
    """The AWS region."""
    account: Annotated[str, StringConstraints(pattern=r"^(\d{12})?$")] = ""
    """The AWS account that it is in, and no other; what is protected has to say so."""
    engine: EngineKind = EngineKind.PULUMI
    secrets_provider: Annotated[str, StringConstraints(pattern=SECRETS_PROVIDERS)] = ""
    """Who encrypts the stack's secrets on AWS, as Pulumi names it; empty is what the stack's own file says, or a passphrase."""
    policy_packs: tuple[str, ...] = ()
    """Folders of Pulumi policy packs, relative to the checkout."""
    usage: dict[str, Any] = {}
    """What a month's usage is assumed to be, per driver: a number, or low, expected and high (``costs.UsageAssumptions``)."""
    steps: dict[str, dict[str, Any]] = {}
    """Parameters per step, over the models' defaults."""


def home() -> Path:
    """The runbook's checkout: the folder that holds ``notebooks/`` and ``stack/``.

    Raises:
        UsageError: There is none around this file nor at ``RUNBOOK_HOME``.
    """
    path = Path(os.environ.get(HOME_VARIABLE) or Path(__file__).parent.parent).resolve()
    if not (path / "notebooks").is_dir() or not (path / "stack").is_dir():
        raise UsageError(f"{path} holds no notebooks/ and stack/.", remedy=f"Set {HOME_VARIABLE} to the checkout of the runbook.")
    return path


def outputs() -> Path:
    """Where evidence goes: ``outputs/``, or ``RUNBOOK_OUTPUTS``."""
    return Path(os.environ.get(OUTPUTS_VARIABLE) or home() / "outputs").resolve()


def make(folder: Path, *, exist_ok: bool = True) -> Path:
    """Make a folder under ``outputs()``, and those above it.

    Raises:
        UsageError: It cannot be made: whoever runs this has to say where evidence may go.
        FileExistsError: It exists, and may not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=exist_ok)
    except OSError as error:
        if isinstance(error, FileExistsError) and folder.is_dir():
            raise
        why = "a file is in its place" if isinstance(error, FileExistsError) else error.strerror or str(error)
        raise UsageError(f"{folder} cannot be made: {why}.", remedy=f"Set {OUTPUTS_VARIABLE} to a folder of yours.") from error
    return folder


def environments() -> list[str]:
    """The names of the environments that have a file."""
    return sorted(file.stem for file in (home() / "notebooks" / "parameters").glob("*.yaml"))


def environment(name: str) -> Environment:
    """Read an environment's file.

    Raises:
        UsageError: The file is missing or wrong; every wrong key is named.
    """
    folder = home() / "notebooks" / "parameters"
    known = environments()
    if name not in known:
        raise UsageError(f"There is no environment {name!r} in {folder}.", remedy=f"Environments: {', '.join(known)}.")
    path = folder / f"{name}.yaml"
    try:
        found = Environment.model_validate(_mapping(path))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"{path}: {wrong}") from error
    if found.environment != name:
        raise UsageError(f"{path} says environment: {found.environment}; it should say {name}.")
    if found.usage:
        _assumed(found, path)
    return found


def _assumed(found: Environment, path: Path) -> None:
    """Refuse usage of a driver that nobody knows, or whose low, expected and high are in no order.

    Raises:
        UsageError: There is one; each is named, with the nearest driver.
    """
    from runbook_lib.costs import UsageAssumptions

    try:
        UsageAssumptions.model_validate(found.usage)
    except ValidationError as error:
        drivers = UsageAssumptions.model_fields
        wrong = [f"usage.{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        near = {name: difflib.get_close_matches(name, drivers, n=1) for name in found.usage if name not in drivers}
        meant = "".join(f" {name}: did you mean {close[0]}?" for name, close in near.items() if close)
        raise UsageError(f"{path}: {'; '.join(wrong)}.{meant}", remedy=f"Drivers: {', '.join(drivers)}.") from error


def stack_config(name: str) -> dict[str, Any]:
    """The ``config`` of ``stack/Pulumi.<environment>.yaml``, as written.

    Raises:
        UsageError: The file is missing or not a Pulumi stack configuration.
    """
    return dict(stack_file(name).get("config") or {})


def stack_file(name: str) -> dict[str, Any]:
    """``stack/Pulumi.<environment>.yaml``, as written.

    Raises:
        UsageError: The file is missing or not a Pulumi stack configuration.
    """
    path = home() / "stack" / f"Pulumi.{name}.yaml"
    try:
        return dict(_mapping(path))
    except FileNotFoundError as error:
        raise UsageError(
            f"The stack has no configuration for {name!r} ({path}).", remedy="Copy Pulumi.staging.yaml and edit it."
        ) from error


def protected(config: Mapping[str, Any]) -> bool:
    """Whether a stack is configured to keep what it holds; a value is YAML's, or the text that Pulumi writes."""
    return str(config.get("payments:protected", "")).lower() == "true"


def project() -> dict[str, Any]:
    """The Pulumi project, ``stack/Pulumi.yaml``, as written."""
    return dict(_mapping(home() / "stack" / "Pulumi.yaml"))


def _mapping(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise UsageError(f"{path} does not hold a mapping of names to values.")
    return content
