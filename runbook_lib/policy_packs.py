"""Pulumi policy packs of the user's own: which an environment names, whether they ran, and what they found.

The real CLI runs them (``--policy-pack``) while it previews and updates; it tells each violation by an event, and each pack that
ran in its summary. The embedded engine runs none: Pulumi's SDK for packs (pulumi-policy 1.21) wants protobuf 5, and what the
engine speaks is protobuf 6. What was not run is said.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from runbook_lib import settings
from runbook_lib.errors import UsageError
from runbook_lib.results import Finding, Status
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CHECK = "policy_packs_passed"
ADVISORY = frozenset({"advisory", "warning", "disabled"})
"""Enforcement levels that stop nothing; whatever else there is, also what is not known here, does."""


class Violation(BaseModel):
    """What a policy said of a resource, or of the stack."""

    model_config = ConfigDict(frozen=True)

    pack: str
    version: str
    policy: str
    message: str
    level: str
    """The enforcement level: ``mandatory``, ``advisory`` or ``remediate``."""
    urn: str = ""
    """The resource's; empty for the whole stack."""

    @property
    def binding(self) -> bool:
        """Whether it stops the update."""
        return self.level not in ADVISORY


def named(environment: str) -> tuple[Path, ...]:
    """The folders of the packs that an environment's file names, relative to the checkout.

    Raises:
        UsageError: There is no pack in one of them.
    """
    folders = tuple((settings.home() / each).resolve() for each in settings.environment(environment).policy_packs)
    for folder in folders:
        if not (folder / "PulumiPolicy.yaml").is_file():
            raise UsageError(
                f"policy_packs of notebooks/parameters/{environment}.yaml names {folder}, which holds no PulumiPolicy.yaml.",
                remedy="Name the folder of a policy pack, relative to the checkout, or take it out.",
            )
    return folders


def findings(
    packs: Sequence[Path], kind: EngineKind, ran: Mapping[str, str], violations: Sequence[Violation]
) -> Iterator[Finding]:
    """What the packs come to; nothing where none is named.

    Args:
        packs: Those that the environment names.
        kind: The engine that previewed.
        ran: Those that Pulumi's summary says it ran, with their versions.
        violations: What they found.
    """
    if packs and kind is EngineKind.EMBEDDED:
        names = ", ".join(pack.name for pack in packs)
        yield _finding(
            Status.UNKNOWN,
            names,
            f"{names}: not run, for the embedded engine runs no policy packs.",
            "Rehearse with --engine pulumi, the CLI on PATH: it runs them; or name none in this environment's file.",
        )
        return
    if len(ran) < len(packs):
        names = ", ".join(pack.name for pack in packs)
        told = ", ".join(sorted(ran)) or "none"
        yield _finding(Status.UNKNOWN, names, f"Of {len(packs)} policy packs ({names}) Pulumi says it ran {told}.", "Plan again.")
    counts = Counter((each.pack, each.binding) for each in violations)
    for name, version in sorted(ran.items()):
        binding, advisory = counts[name, True], counts[name, False]
        if not binding:
            yield _finding(Status.PASS, name, f"{name} {version} ran and refuses nothing; {advisory} advisory violations.")
    for each in violations:
        about = each.urn.rpartition("::")[2] or "the stack"
        said = f"{each.pack} {each.version}, {each.policy} ({each.level}), of {about}: {each.message.strip()}"
        status = Status.FAIL if each.binding else Status.PASS
        yield _finding(status, about, said, f"Meet the policy, or change {each.pack}." if each.binding else "")


def _finding(status: Status, resource: str, message: str, remedy: str = "") -> Finding:
    return Finding(check=CHECK, requirement=(), status=status, resource=resource, message=message, remedy=remedy)
