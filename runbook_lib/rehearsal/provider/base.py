"""What a resource type is: the contract between ``server`` (Pulumi's protocol) and the files per AWS service.

Write one class per type, in the file of its AWS service, and decorate it with ``@registry.resource(token)``; nothing
else needs to know. A complete example is ``ec2_vpc.Vpc``; look-ups are functions under ``@registry.function(token)``.
Every property is called what pulumi-aws 7 calls it on the wire (camelCase), whole numbers are ``int``, secrets arrive
as their plain value, and assets as ``wire.Asset`` or ``wire.Archive``.

What the server does, so that a type need not:

* refuses unknown, missing and wrongly typed properties (``schema``, from the pulumi_aws SDK), and makes up names
  (``autoname``);
* merges the provider's default tags: ``inputs["tagsAll"]`` is what to apply; ``read`` returns ``tagsAll`` and never
  ``tags``; ``region`` is added to what ``read`` returns;
* calls ``create``, then ``tag`` with all tags (unless ``tags_on_create``), then ``configure``, then ``read``. What
  fails after ``create`` leaves a resource that Pulumi knows by its id and repairs or removes later;
* on update calls ``tag`` if tags moved, and ``update`` if anything else did, then ``read``;
* takes ``GoneError``, or an AWS error whose code is in ``absent``, as "gone" in ``read`` (None) and ``delete``
  (success); any other ``ClientError`` becomes one line with operation and resource. So: let errors propagate.

``read`` returns what is live, inputs and computed properties alike. Leave out a property that cannot be observed (the
state's value stays); return None for one that is observed to be unset. Where the live value says the same as the
state's in other words (set order, policy spelling, ``"80"`` for ``80``, defaults inside an object), the state's own
form is kept (``properties.settle``), so that only real drift shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.rehearsal.provider.session import Session

Properties = dict[str, Any]


class ProviderError(Exception):
    """Raised when a resource cannot be what was asked for; its text is the one line the user sees."""


class GoneError(ProviderError):
    """Raised by a type that finds its resource gone where AWS gives no error code (an empty list)."""


class Resource:
    """One resource type; instances hold no state, so one serves all threads.

    Attributes:
        token: Pulumi's type token, e.g. ``aws:ec2/vpc:Vpc``; set by the decorator.
        service: boto3's name of the service, e.g. ``ec2``; ``self.client(aws)`` is its client.
        replace_on: Properties whose change forces a replacement: top-level names or dotted paths, without indices.
        secrets: Outputs that are secret even if no input was.
        autoname: The property that is made up as ``<resource name>-<7 hex>`` when the program gives none.
        autoname_max: Its maximum length, where pulumi-aws has one.
        autoname_random: Whether it ends in hexadecimal digits; otherwise it is the resource's name alone.
        sets: Lists whose order says nothing: names or dotted paths, without indices.
        json_properties: JSON documents (policies among them), compared by meaning.
        absent: AWS error codes that say the resource is gone.
        recomputed: Outputs that any update may change, so that a preview calls them unknown.
        supports: The inputs that the type's code acts on; any other (tags and region apart) is refused when it is to be
            made for real, instead of being dropped in silence. None stands for all but ``refuses``.
        refuses: The inputs that the type's code does not act on, where these are fewer.
        fixed: Inputs that AWS can change in place and the rehearsal cannot; an update that moves one is refused.
        defaults: Inputs filled in by Check when the program gives none; only where AWS or pulumi-aws has them too
            and the type's code needs them.
        cleared: What an update is given for inputs that the program no longer has: pulumi-aws's own defaults, to which it
            then goes back, since to leave an argument out of an AWS call is to leave the setting as it is. Only inputs
            that pulumi-aws resets; the others (in Terraform's words Optional and Computed) keep their value.
        independent: Inputs that the rehearsal answers differently on purpose (a port on a machine that all share): the
            output is the live one, which a preview does not know, and that it differs is no drift.
        delete_before_replace: Whether old and new cannot stand side by side whatever their names (an association,
            a route). Types with an ``autoname`` that the program set itself are found out without it.
        tags_on_create: Whether ``create`` applies ``inputs["tagsAll"]`` itself.
        conflict: AWS's operation and error code for one that is there already (``there``), where the emulator would make
            it twice, or hand over what is there: somebody else's, to be deleted with this stack.
    """

    token: ClassVar[str]
    service: ClassVar[str]
    replace_on: ClassVar[frozenset[str]] = frozenset()
    secrets: ClassVar[frozenset[str]] = frozenset()
    autoname: ClassVar[str | None] = None
    autoname_max: ClassVar[int | None] = None
    autoname_random: ClassVar[bool] = True
    sets: ClassVar[frozenset[str]] = frozenset()
    json_properties: ClassVar[frozenset[str]] = frozenset()
    absent: ClassVar[frozenset[str]] = frozenset()
    recomputed: ClassVar[frozenset[str]] = frozenset()
    supports: ClassVar[frozenset[str] | None] = None
    refuses: ClassVar[frozenset[str]] = frozenset()
    fixed: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[Mapping[str, Any]] = {}
    cleared: ClassVar[Mapping[str, Any]] = {}
    independent: ClassVar[frozenset[str]] = frozenset()
    delete_before_replace: ClassVar[bool] = False
    tags_on_create: ClassVar[bool] = False
    conflict: ClassVar[str | None] = None

    def made_up(self, name: str, inputs: Properties) -> str:  # noqa: ARG002  # most types take any name
        """A made-up name as the type needs it."""
        return name

    def there(self, aws: Session, inputs: Properties) -> str | None:  # noqa: ARG002  # types with a ``conflict`` override this
        """The id of what is in the way of creating this; None if nothing is."""
        return None

    def standing(self, aws: Session, id_: str, state: Properties) -> str | None:
        """The id, if there is a resource by it."""
        try:
            return None if self.read(aws, id_, state) is None else id_
        except Exception as error:
            if self.gone(error):
                return None
            raise

    def gone(self, error: Exception) -> bool:
        """Whether an error says that the resource is gone."""
        return isinstance(error, GoneError) or code_of(error) in self.absent

    def refused(self, inputs: Properties) -> str | None:  # noqa: ARG002  # most types take whatever their schema has
        """Why a resource cannot be as asked for, as far as that is known in a preview; None if nothing speaks against it."""
        return None

    def client(self, aws: Session) -> Any:
        """The boto3 client of this type's service; made once, safe to use from threads."""
        return aws.client(self.service)

    def create(self, aws: Session, inputs: Properties) -> str:
        """Bring the resource into being, with as few calls as AWS allows, and return its Pulumi id."""
        raise NotImplementedError

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Set what ``create`` cannot: called after it with every given input as ``changed``, and by ``update``."""

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """The live properties, or None if the resource is gone.

        Args:
            aws: Where to look.
            id_: The Pulumi id.
            state: The outputs known so far; empty when a resource is imported by its id alone.
        """
        raise NotImplementedError

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:  # noqa: ARG002  # a type that needs the old outputs overrides this
        """Bring the resource from ``old`` (outputs) to ``new`` (inputs); ``changed`` names the inputs that moved.

        Tags are not among them; an input that went away has its ``cleared`` value, or is not in ``new``. The default is
        ``configure`` alone.
        """
        self.configure(aws, id_, new, changed)

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Remove the resource, and return when it is gone."""
        raise NotImplementedError

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """Add (or overwrite) and remove tags; a service's types usually share one implementation."""
        raise NotImplementedError


def code_of(error: Exception) -> str:
    """AWS's error code, or nothing if the error is none of AWS's."""
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""


def only(items: list[Any]) -> Any:
    """The one item that was asked for by its id.

    Raises:
        GoneError: AWS answered an empty list.
    """
    if not items:
        raise GoneError("AWS knows nothing by the id that was given")
    return items[0]


def given(inputs: Properties, **names: str) -> dict[str, Any]:
    """Boto3 arguments for those inputs that are there: ``given(inputs, CidrBlock="cidrBlock")``."""
    return {argument: inputs[name] for argument, name in names.items() if inputs.get(name) is not None}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most AWS APIs take them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def tag_map(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """Tags as Pulumi has them, without the ``aws:`` ones that AWS adds and nobody may set."""
    return {tag["Key"]: tag["Value"] for tag in tags or [] if not tag["Key"].startswith("aws:")}
