"""The engine as a provider: the package `pulumi`, whose one resource is a reference to another stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.config import StackConfig
from runbook_lib.rehearsal.engine.errors import ProviderError
from runbook_lib.rehearsal.engine.plan import Diff, input_diff
from runbook_lib.rehearsal.engine.provider_types import Failure, ReadResult
from runbook_lib.rehearsal.engine.state import deployment_from_json
from runbook_lib.rehearsal.engine.urn import Urn
from runbook_lib.rehearsal.engine.values import Properties, contains
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.backend import Backend
    from runbook_lib.rehearsal.engine.project import Project
    from runbook_lib.rehearsal.engine.state import Resource

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class BuiltinProvider:
    """Reads other stacks of the same backend, and resources of this one.

    Args:
        backend: Where stacks are.
        project: The project, for stack names without one.
        find: Finds a resource of the running deployment by URN.
    """

    previews = configured = True

    def __init__(self, backend: Backend, project: Project, find: Callable[[str], Resource | None]) -> None:
        self._backend = backend
        self._project = project
        self._find = find

    def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes, *, config: bool = False
    ) -> tuple[Properties, list[Failure]]:
        """Accept stack references only."""
        del olds, seed
        if config or Urn.parse(urn).type == STACK_REFERENCE:
            return news, []
        raise ProviderError(f"unrecognized resource type '{Urn.parse(urn).type}'")

    def configure(self, urn: str, identity: str, inputs: Properties) -> None:
        """Nothing to configure."""

    def diff(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: list[str],
        config: bool = False,
    ) -> Diff:
        """Compare inputs."""
        del urn, identity, old_outputs, ignore, config
        return input_diff(old_inputs, news)

    def create(self, urn: str, inputs: Properties, *, timeout: float, preview: bool) -> tuple[str, Properties]:
        """Refuse: what this package has can only be read."""
        del inputs, timeout, preview
        raise ProviderError(f"{urn} can be read, not created")

    def update(
        self,
        urn: str,
        identity: str,
        *,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: list[str],
        timeout: float,
        preview: bool,
    ) -> Properties:
        """Refuse: what this package has can only be read."""
        del identity, old_inputs, old_outputs, news, ignore, timeout, preview
        raise ProviderError(f"{urn} can be read, not updated")

    def delete(self, urn: str, identity: str, inputs: Properties, outputs: Properties, *, timeout: float) -> None:
        """Forget a reference: there is nothing behind it to delete."""

    def read(self, urn: str, identity: str, inputs: Properties, outputs: Properties) -> ReadResult:
        """Read another stack's outputs; its id is its name."""
        del urn, outputs
        name = str(inputs.get("name") or identity)
        found = self._stack_outputs(name)
        secrets = sorted(key for key, value in found.items() if contains(value, Secret))
        return ReadResult(identity, {"name": name, "outputs": found, "secretOutputNames": secrets}, inputs)

    def invoke(self, token: str, arguments: Properties, *, preview: bool) -> tuple[Properties, list[Failure]]:
        """Answer the SDK's own functions."""
        del preview
        if token == "pulumi:pulumi:getResource":  # noqa: S105 - a function's token
            urn = str(arguments.get("urn"))
            resource = self._find(urn)
            if resource is None:
                raise ProviderError(f"unknown resource {urn}")
            return {"urn": resource.urn, "id": resource.id, "state": resource.outputs}, []
        if token in {"pulumi:pulumi:readStackOutputs", "pulumi:pulumi:readStackResourceOutputs"}:
            name = str(arguments.get("name"))
            return {"name": name, "outputs": self._stack_outputs(name)}, []
        raise ProviderError(f"unrecognized function name: '{token}'")

    def cancel(self) -> None:
        """Nothing to cancel."""

    def close(self) -> None:
        """Nothing to close."""

    def _stack_outputs(self, name: str) -> Properties:
        stack = self._backend.stack(self._project.name, name)
        if not stack.exists():
            raise ProviderError(f"unknown stack '{name}'")
        crypter = StackConfig(self._project.stack_file(stack.name), self._project, stack.salt()).crypter
        if stack.salt() and stack.salt() != crypter.salt:
            from runbook_lib.rehearsal.engine.passphrase import Crypter

            crypter = Crypter(stack.salt())
        return deployment_from_json(stack.checkpoint(), crypter).outputs()
