"""Where AWS clients have been told to go instead of AWS.

boto3, and the SDK inside Pulumi's AWS plugin, follow ``AWS_ENDPOINT_URL``, one such variable for each service, and the same
settings in a profile. A run that followed them without a word would be recorded as AWS while it spoke to something else.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HTTPS = 443
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*")
_PROVIDER_VARIABLES = re.compile(r"(TF_)?AWS_(DYNAMODB|IAM|S3|STS)_ENDPOINT")
"""What the AWS plugin reads besides, from the time before ``AWS_ENDPOINT_URL_*``."""
_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "api.amazonwebservices.com.cn")
"""Domains of AWS's own endpoints; VPC endpoints (``vpce-….vpce.amazonaws.com``) are under them."""
_TENANTS = re.compile(r"(^|\.)(compute(-1)?|elb|execute-api|lambda-url|s3-website[\w-]*|elasticbeanstalk)\.")
"""Names under those domains behind which customers put whatever they like."""


def is_aws(url: str) -> bool:
    """Whether ``url`` is an endpoint that AWS itself answers on."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    if not _HOST.fullmatch(host) or "@" in parts.netloc:  # what follows the setting may read it another way
        return False
    ours = any(host.endswith(f".{domain}") for domain in _DOMAINS)
    return parts.scheme == "https" and port in {None, _HTTPS} and ours and not _TENANTS.search(host)


def configured(environ: Mapping[str, str], profile: Mapping[str, Any], services: Mapping[str, Any]) -> dict[str, str]:
    """Every endpoint that is configured, by where it is configured; pure.

    Args:
        environ: The environment's variables.
        profile: The profile's settings in the AWS configuration.
        services: The settings of the ``services`` section that the profile names, by service.
    """
    found = {name: url for name, url in environ.items() if url and _PROVIDER_VARIABLES.fullmatch(name)}
    ignored = environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or profile.get("ignore_configured_endpoint_urls") or ""
    if str(ignored).lower() == "true":
        return found
    found |= {name: url for name, url in environ.items() if url and re.fullmatch(r"AWS_ENDPOINT_URL(_\w+)?", name)}
    told = {"endpoint_url of the profile": profile} | {
        f"endpoint_url of {name} in the profile": s for name, s in services.items()
    }
    return found | {
        where: str(of["endpoint_url"]) for where, of in told.items() if isinstance(of, dict) and of.get("endpoint_url")
    }


def of_stack(config: Mapping[str, Any]) -> dict[str, str]:
    """Every endpoint that the stack's own configuration (``aws:endpoints``) hands to Pulumi's plugin."""
    return {f"aws:endpoints ({name}) of the stack": url for name, url in _leaves(config.get("aws:endpoints"))}


def strangers(config: Mapping[str, Any]) -> dict[str, str]:
    """The configured endpoints that are not AWS, by where they are configured.

    Args:
        config: The stack's configuration.

    Raises:
        UsageError: The AWS configuration cannot be read, or the stack names another profile than the one in use.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    session = botocore.session.get_session()
    try:
        profile = session.get_scoped_config()
        services = session.full_config.get("services", {}).get(profile.get("services", ""), {})
    except BotoCoreError as error:
        raise UsageError(
            f"The AWS configuration cannot be used: {error}", remedy="Check AWS_PROFILE and ~/.aws/config."
        ) from error
    used, wanted = session.profile or "default", config.get("aws:profile")
    if wanted and wanted != used:
        raise UsageError(
            f"The stack's configuration says aws:profile: {wanted}, and the profile in use is {used}: they may be two accounts.",
            remedy=f"Set AWS_PROFILE={wanted}.",
        )
    told = configured(os.environ, profile, services) | of_stack(config)
    return {where: url for where, url in told.items() if not is_aws(url)}


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    elif value:
        yield name, str(value)
