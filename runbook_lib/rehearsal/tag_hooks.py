"""Gives API Gateway's resources the tags that they are given later, too.

As in AWS there is one set of tags, whoever asks for it. MiniStack answers GetTags from one store, and GetRestApi and the
like from the resource as it was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import apigateway_v1 as gateway

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = tuple[int, dict[str, str], bytes]

# MiniStack's own helpers and stores; private, and pinned with its version.
tags: dict[str, dict[str, str]] = gateway._v1_tags  # noqa: SLF001  # see above
resolved: Callable[[str], tuple[str, Answer | None]] = gateway._resolve_v1_tag_resource_arn  # noqa: SLF001  # see above
stores: dict[str, Any] = {
    "restapis": gateway._rest_apis,  # noqa: SLF001  # see above
    "apikeys": gateway._api_keys,  # noqa: SLF001  # see above
    "usageplans": gateway._usage_plans,  # noqa: SLF001  # see above
    "domainnames": gateway._domain_names,  # noqa: SLF001  # see above
}
stages: dict[str, dict[str, Any]] = gateway._stages_v1  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    gateway._tag_v1_resource = _and_its_own(gateway._tag_v1_resource)  # noqa: SLF001  # see above
    gateway._untag_v1_resource = _and_its_own(gateway._untag_v1_resource)  # noqa: SLF001  # see above


def _and_its_own(original: Callable[[str, Any], Answer]) -> Callable[[str, Any], Answer]:
    def handler(arn: str, asked: Any) -> Answer:
        answer = original(arn, asked)
        key, wrong = resolved(arn)
        if not wrong and (found := _resource(key)):
            found["tags"] = dict(tags.get(key, {}))
        return answer

    return handler


def _resource(arn: str) -> dict[str, Any] | None:
    """What an ARN such as ``arn:aws:apigateway:us-east-1::/restapis/ID/stages/NAME`` names."""
    kind, name, *rest = arn.split(":", 5)[5].strip("/").split("/")
    return stages.get(name, {}).get(rest[1]) if rest else stores.get(kind, {}).get(name)
