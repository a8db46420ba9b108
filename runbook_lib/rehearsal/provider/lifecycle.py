"""What happens to a resource: check, diff, create, read, update and delete, on plain Python values.

``server`` speaks Pulumi's protocol and calls this; the types (``base.Resource``) speak AWS and are called by it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider import registry, tags
from runbook_lib.rehearsal.provider.base import Properties, ProviderError, Resource
from runbook_lib.rehearsal.provider.difference import DEFAULTS, Difference, difference
from runbook_lib.rehearsal.provider.errors import IncompleteError, reason_of, told
from runbook_lib.rehearsal.provider.properties import Comparison, empty, is_json
from runbook_lib.rehearsal.provider.schema import TypeSchema, type_schema
from runbook_lib.rehearsal.provider.wire import Archive, Asset, holds, plain
from runbook_lib.rehearsal.values import UNKNOWN, Secret, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runbook_lib.rehearsal.provider.session import Session

INCOMPLETE = "__incomplete"  # ours: creation failed half-way, so the next update sets everything again
RANDOM_HEX = 7
NO_JSON = "must be a JSON document, and is none"
TAGS = frozenset({"tags", "tagsAll"})


class Lifecycle:
    """One type under one provider configuration; cheap to make.

    Args:
        token: The type.
        session: Where the resources are.

    Raises:
        ProviderError: The pulumi_aws SDK has no such type.
    """

    def __init__(self, token: str, session: Session) -> None:
        schema = type_schema(token)
        if schema is None:
            raise ProviderError("there is no such resource type in the installed pulumi_aws")
        self.token = token
        self.session = session
        self.schema: TypeSchema = schema
        # A type that only the SDK knows can be checked and previewed, so that any program can.
        self.known = registry.resources().get(token)
        self.type = self.known or Resource()
        self.comparison = Comparison(schema.inputs, self.type.sets, self.type.json_properties)

    def check(self, name: str, old: Properties, new: Properties, seed: bytes) -> tuple[Properties, list[tuple[str, str]]]:
        """The inputs with defaults filled in, and path and reason of everything that is wrong with them."""
        inputs = {key: value for key, value in self.schema.inputs.coerced(new).items() if value is not None}
        for key in self.type.json_properties & inputs.keys():
            if isinstance(plain(inputs[key]), dict):
                inputs[key] = json.dumps(plain(inputs[key]))
        made_up = {key: value for key, value in self.type.defaults.items() if empty(inputs.get(key))}
        failures = []
        auto, most = self.type.autoname, self.type.autoname_max
        if auto and empty(inputs.get(auto)) and empty(inputs.get(f"{auto}Prefix")):
            digest = hashlib.sha256(seed or secrets.token_bytes(8)).hexdigest()
            fresh = f"{name}-{digest[:RANDOM_HEX]}" if self.type.autoname_random else name
            if most and len(fresh) > most:
                failures.append((auto, f"the made-up name {fresh!r} has over {most} characters; give one"))
            made_up[auto] = old[auto] if auto in old.get(DEFAULTS, []) else self.type.made_up(fresh, inputs)
        failures.extend(self.schema.inputs.failures(inputs | made_up))
        failures.extend((key, NO_JSON) for key in self.type.json_properties & inputs.keys() if not is_json(plain(inputs[key])))
        return inputs | made_up | ({DEFAULTS: sorted(made_up)} if made_up else {}), failures

    def diff(self, outputs: Properties, old: Properties, new: Properties) -> Difference:
        """What ``new`` inputs would change, given the ``old`` ones and the outputs."""
        outputs, old, new = plain(outputs), plain(old), plain(new)
        old = old or self._inputs_of(outputs)
        after = tags.merged(self.session.default_tags, new.get("tags")) if self.schema.taggable else None
        return difference(self.type, self.comparison, outputs, old, new, after)

    def create(self, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make it, and return its id and outputs; in a preview, what is known of them beforehand.

        Raises:
            IncompleteError: It exists, but is not as asked for.
        """
        full, aws = self._full(inputs)
        if preview:
            self._refuse(full)
            later = {key: UNKNOWN for key in self.schema.outputs if key not in full}
            ours_to_choose = dict.fromkeys(self.type.independent & full.keys(), UNKNOWN)
            return "", self._sealed({**later, **full, **ours_to_choose}, inputs)
        resource = self._implemented()
        self._refuse(full)
        # Two of one program may ask for the same at once: who looks first makes it first.
        with told(), aws.alone(f"{self.token} {full.get(resource.autoname or '')}" if resource.conflict else None):
            self._refuse_another(aws, full)
            id_ = resource.create(aws, full)
        try:
            with told():
                if full.get("tagsAll") and not resource.tags_on_create:
                    resource.tag(aws, id_, full, full["tagsAll"], [])
                resource.configure(aws, id_, full, _names(full))
                outputs = self._observed(aws, id_, full)
        except Exception as error:  # it exists, whatever broke: who forgets it leaves it behind
            raise IncompleteError(reason_of(error), id_, self._sealed({**full, INCOMPLETE: True}, inputs)) from error
        return id_, self._sealed(outputs, inputs)

    def read(self, id_: str, state: Properties, inputs: Properties) -> tuple[Properties, Properties] | None:
        """Outputs and inputs as they are now, or None if the resource is gone."""
        known, given = plain(state), plain(inputs)
        aws = self.session.at(known.get("region"))
        live = self._live(aws, id_, known)
        if live is None:
            return None
        outputs = self._settled(aws, id_, known, live)
        now = self.comparison.project(given, outputs) if given else self._inputs_of(live | {"tags": outputs.get("tags")})
        now |= {key: given[key] for key in self.type.independent if key in given}
        if given and DEFAULTS in given:
            now[DEFAULTS] = given[DEFAULTS]
        if self.schema.taggable and (outputs.get("tags") or given.get("tags")):
            now["tags"] = outputs.get("tags") or {}
        return self._sealed(outputs, state), self._sealed(now, inputs)

    def update(self, id_: str, state: Properties, old: Properties, new: Properties, *, preview: bool) -> Properties:
        """Change it in place, and return its outputs."""
        full, aws = self._full(new)
        before = plain(state)
        gone = {key for key in plain(old) if key not in full}
        after = {key: value for key, value in before.items() if key not in gone and key != INCOMPLETE} | full
        self._refuse(full)
        changed = frozenset(change.top for change in self.diff(state, old, new).changes)
        if fixed := changed & self.type.fixed:
            raise ProviderError(f"{', '.join(sorted(fixed))} cannot change in place in a rehearsal")
        if preview:
            live = {key: before[key] for key in self.type.independent & before.keys()}  # an answer of another kind cannot change
            return self._sealed(after | live | dict.fromkeys(self.type.recomputed, UNKNOWN), new)
        resource = self._implemented()
        if not changed or before.get(INCOMPLETE):  # the engine repairs what failed half-way
            changed |= _names(full) | (self.type.cleared.keys() & before.keys())
        try:
            with told():
                if self.schema.taggable:
                    add, remove = tags.moved(before.get("tagsAll") or {}, full["tagsAll"])
                    if add or remove:
                        resource.tag(aws, id_, after, add, remove)
                if changed - TAGS:
                    cleared = {name: value for name, value in self.type.cleared.items() if name in changed}
                    resource.update(aws, id_, before, cleared | full, changed - TAGS)
                return self._sealed(self._observed(aws, id_, after), new)
        except Exception as error:  # it exists, whatever broke: who forgets it leaves it behind
            raise IncompleteError(reason_of(error), id_, self._sealed({**before, INCOMPLETE: True}, new)) from error

    def delete(self, id_: str, state: Properties) -> None:
        """Remove it; one that is gone already is removed."""
        known = plain(state)
        resource = self._implemented()
        with told():
            try:
                resource.delete(self.session.at(known.get("region")), id_, known)
            except Exception as error:
                if not resource.gone(error):
                    raise

    def _implemented(self) -> Resource:
        if self.known is None:
            raise ProviderError(f"cannot be rehearsed (only previewed); {registry.alike(self.token, registry.resources())}")
        return self.known

    def _refuse(self, inputs: Properties) -> None:
        """Refuse what the type's code cannot do, in a preview already; a type that only the SDK knows has no code yet."""
        beyond = _names(inputs) & self.type.refuses
        if self.type.supports is not None:
            beyond |= _names(inputs) - self.type.supports - {"id"}
        if beyond:
            raise ProviderError(f"cannot be rehearsed with {', '.join(sorted(beyond))}")
        for value in inputs.values() if self.known else ():
            if isinstance(value, Asset | Archive) and value.uri:
                raise ProviderError(f"{value.uri}: a rehearsal fetches nothing; use a local file")
        if reason := self.type.refused(inputs):
            raise ProviderError(reason)

    def _refuse_another(self, aws: Session, inputs: Properties) -> None:
        """Refuse to make what is there already, as AWS does."""
        if self.type.conflict and (id_ := self.type.there(aws, inputs)):
            raise ProviderError(f"{self.type.conflict}: {id_} is there already, and is not taken over")

    def _full(self, inputs: Properties) -> tuple[Properties, Session]:
        """The plain inputs with what the provider adds, and the session of their region."""
        full = {key: value for key, value in plain(inputs).items() if not key.startswith("__")}
        aws = self.session.at(None if holds(full.get("region"), Unknown) else full.get("region"))
        if "region" in self.schema.outputs:
            full["region"] = full.get("region", aws.region)
        if self.schema.taggable:
            full["tagsAll"] = tags.merged(aws.default_tags, full.get("tags"))
        return full, aws

    def _live(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        resource = self._implemented()
        with told():
            try:
                return resource.read(aws, id_, state)
            except Exception as error:
                if not resource.gone(error):
                    raise
                return None

    def _observed(self, aws: Session, id_: str, state: Properties) -> Properties:
        live = self._live(aws, id_, state)
        if live is None:
            raise ProviderError(f"{id_} was made or changed, but AWS does not know it")
        return self._settled(aws, id_, state, live)

    def _settled(self, aws: Session, id_: str, state: Properties, live: Properties) -> Properties:
        outputs: Properties = self.comparison.settle(state, live) | {"id": id_}
        outputs.pop(INCOMPLETE, None)
        if "region" in self.schema.outputs:
            outputs.setdefault("region", aws.region)
        if self.schema.taggable and live.get("tagsAll") is not None:
            outputs["tagsAll"] = live["tagsAll"]
            outputs["tags"] = tags.own(live["tagsAll"], state.get("tags") or {}, aws.default_tags)
        return outputs

    def _inputs_of(self, values: Properties) -> Properties:
        """Those values that are inputs of this type."""
        return {key: value for key, value in values.items() if key in self.schema.inputs.properties and not empty(value)}

    def _sealed(self, values: Properties, like: Properties) -> Properties:
        """``values`` with those kept secret that are so in ``like`` or by type."""
        names = self.type.secrets | {key for key, value in like.items() if holds(value, Secret)}
        return {key: Secret(value) if key in names and value is not None else value for key, value in values.items()}


def _names(inputs: Iterable[str]) -> frozenset[str]:
    """The inputs that a type's own code sets."""
    return frozenset(inputs) - TAGS - {"region"}
