"""In which region a resource is: its own ``region``, its provider's, or else the stack's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.costs.prices import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runbook_lib.costs.model import PlannedResource

_PROVIDERS = ("pulumi:providers:aws", "pulumi:providers:aws-native")


class Regions:
    """The regions of a plan's resources.

    Args:
        resources: All of the plan or state, its providers among them.
        default: The region of what says nothing else.
    """

    def __init__(self, resources: Iterable[PlannedResource], *, default: str) -> None:
        self.default = default
        self._providers = {r.urn: r.inputs for r in resources if r.type in _PROVIDERS}

    def of(self, resource: PlannedResource) -> str | None:
        """The region, or ``None`` where it is known only after the deployment."""
        provider: Mapping[str, Any] = self._providers.get(resource.provider.rpartition("::")[0], {})
        own = resource.inputs if resource.type.startswith("aws:") else {}  # aws-native's inputs are CloudFormation's
        for inputs in (own, provider):
            if (said := inputs.get("region")) not in (None, ""):
                return said if isinstance(said, str) and REGION.fullmatch(said) else None
        return self.default
