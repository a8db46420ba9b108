"""What all EC2 types share: tags, and the shape of a describe call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import Properties, Resource, tag_list

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session


class Ec2Resource(Resource):
    """Base of the EC2 types.

    Attributes:
        kind: EC2's name of the resource type in tag specifications, e.g. ``vpc``.
    """

    service: ClassVar[str] = "ec2"
    kind: ClassVar[str]
    tags_on_create: ClassVar[bool] = True

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:  # noqa: ARG002  # EC2 tags any resource by its id
        """Add and remove tags."""
        if remove:
            self.client(aws).delete_tags(Resources=[id_], Tags=[{"Key": key} for key in remove])
        if add:
            self.client(aws).create_tags(Resources=[id_], Tags=tag_list(add))

    def tag_specifications(self, inputs: Properties) -> dict[str, Any]:
        """The argument that tags at creation; nothing if there is no tag, because EC2 refuses an empty list."""
        tags = inputs.get("tagsAll")
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": tag_list(tags)}]} if tags else {}


def ids_filter(name: str, *values: str) -> list[dict[str, Any]]:
    """The Filters argument for one filter."""
    return [{"Name": name, "Values": list(values)}]


def first(items: list[Any]) -> Any | None:
    """The first item, or None: what an EC2 describe with filters answers for something that is gone."""
    return items[0] if items else None
