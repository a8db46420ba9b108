"""SSM: parameters."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

VALUES = ("value", "insecureValue", "valueWo")


@resource("aws:ssm/parameter:Parameter")
class Parameter(ModelledResource):
    """A parameter; its id is its name."""

    service = "ssm"
    absent = frozenset({"ParameterNotFound"})
    autoname = "name"
    autoname_max = 1011
    replace_on = frozenset({"dataType", "name"})
    secrets = frozenset({"value", "valueWo"})
    recomputed = frozenset({"version"})
    defaults: ClassVar[dict[str, Any]] = {"tier": "Standard"}

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutParameter."""
        self.put(aws, inputs, overwrite=bool(inputs.get("overwrite")))
        return str(inputs["name"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """PutParameter over the old one, which takes no tags."""
        self.put(aws, new | {"tagsAll": None}, overwrite=True)

    def put(self, aws: Session, inputs: Properties, *, overwrite: bool) -> None:
        """Put it.

        Raises:
            ProviderError: If there is no value.
        """
        value = next((inputs[name] for name in VALUES if inputs.get(name)), None)
        if value is None:
            raise ProviderError("a parameter needs value, insecureValue or valueWo")
        self.call(aws, "PutParameter", inputs | {"value": value, "overwrite": overwrite}, Tags="tagsAll")

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetParameter, DescribeParameters and the tags."""
        live = self.call(aws, "GetParameter", {"name": id_, "withDecryption": True})["parameter"]
        asked = {"parameterFilters": [{"key": "Name", "values": [id_]}]}
        (about,) = self.call(aws, "DescribeParameters", asked)["parameters"]
        tags = self.call(aws, "ListTagsForResource", {"resourceType": "Parameter", "resourceId": id_})["tagList"]
        insecure = bool(state.get("insecureValue"))
        return (
            pick(live, "arn", "dataType", "name", "type", "version")
            | pick(about, "allowedPattern", "description", "keyId", "tier")
            | {"insecureValue" if insecure else "value": live["value"], "tagsAll": tags or {}}
        )

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteParameter."""
        self.call(aws, "DeleteParameter", {"name": id_})

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """SSM wants the kind of resource beside its name."""
        target = {"resourceType": "Parameter", "resourceId": id_}
        if remove:
            self.call(aws, "RemoveTagsFromResource", target | {"tagKeys": remove})
        if add:
            self.call(aws, "AddTagsToResource", target | {"tags": add})
