"""The provider's configuration: read from Pulumi's wire, refused unless everything it names is on this machine."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from runbook_lib.aws import is_loopback
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.schema import Shape, type_schema
from runbook_lib.rehearsal.provider.session import Session
from runbook_lib.rehearsal.provider.wire import holds, plain
from runbook_lib.rehearsal.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROVIDER = "pulumi:providers:aws"
REFUSED = (
    "the rehearsal provider talks to this machine only, and {what}. "
    "Give the emulator's address as AWS_ENDPOINT_URL or aws:endpoints; to reach AWS itself use the pulumi engine"
)


def decode(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with its nested values parsed: Pulumi's SDKs send those as JSON text."""
    shape = provider_shape()
    return {name: _parsed(name, plain(value), shape.at(name)) for name, value in arguments.items() if name != "version"}


def provider_shape() -> Shape:
    """What the SDK's provider class takes."""
    schema = type_schema(PROVIDER)
    if schema is None:
        raise ProviderError("the installed pulumi_aws has no provider class")
    return schema.inputs


def _parsed(name: str, value: Any, shape: Shape) -> Any:
    if shape.kind in ("string", "any") or not isinstance(value, str):
        return value
    if shape.kind == "bool" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return json.loads(value)
    except ValueError as error:
        raise ProviderError(f"aws:{name} is no JSON {shape.kind}: {error}") from error


def failures(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Iterator[tuple[str, str]]:
    """Property and reason of everything that is wrong with a decoded configuration."""
    yield from provider_shape().failures(dict(config))
    if holds(config.get("endpoints"), Unknown):
        yield "endpoints", "must be known before anything is planned"
        return
    addresses = endpoints(config)
    default = environment.get("AWS_ENDPOINT_URL", "")
    if default:
        addresses["AWS_ENDPOINT_URL"] = default
    if not addresses:
        yield "endpoints", REFUSED.format(what="no endpoint is configured")
    for service, address in sorted(addresses.items()):
        if not is_loopback(address):
            yield "endpoints", REFUSED.format(what=f"{service} is {address}")
    if not region(config, environment):
        yield "region", "Missing region configuration: set aws:region or AWS_REGION"


def endpoints(config: Mapping[str, Any]) -> dict[str, str]:
    """Addresses by service: ``aws:endpoints`` is a list of objects with one key per service."""
    given = config.get("endpoints") or []
    return {service: address for each in given if isinstance(each, dict) for service, address in each.items() if address}


def region(config: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The region, by the same order as pulumi-aws."""
    return str(
        config.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "",
    )


def session(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Session:
    """The session for a decoded configuration.

    Raises:
        ProviderError: It is wrong, or the account behind it is not an allowed one.
    """
    wrong = "; ".join(f"{name}: {reason}" for name, reason in failures(config, environment))
    if wrong:
        raise ProviderError(wrong)
    made = Session(
        region=region(config, environment),
        endpoint=environment.get("AWS_ENDPOINT_URL", ""),
        endpoints=endpoints(config),
        default_tags=(config.get("defaultTags") or {}).get("tags") or {},
    )
    allowed, forbidden = (config.get(name) or [] for name in ("allowedAccountIds", "forbiddenAccountIds"))
    if (allowed and made.account not in allowed) or (forbidden and made.account in forbidden):
        raise ProviderError(f"AWS account {made.account} is not allowed by aws:allowedAccountIds/forbiddenAccountIds")
    return made
