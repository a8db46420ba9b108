"""Settings of Pulumi's AWS provider in a stack's configuration (``aws:…``): they hold for the runbook, too, or not at all.

What one side alone followed would plan in one place and look in another. Most have a variable that both sides read.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from runbook_lib import assumed_roles
from runbook_lib.errors import UsageError
from runbook_lib.surroundings import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLES = {
    "customCaBundle": "AWS_CA_BUNDLE",
    "maxRetries": "AWS_MAX_ATTEMPTS",
    "retryMode": "AWS_RETRY_MODE",
    "useDualstackEndpoint": "AWS_USE_DUALSTACK_ENDPOINT",
    "useFipsEndpoint": "AWS_USE_FIPS_ENDPOINT",
}
"""The provider's setting, and what botocore reads in its stead."""
JUDGED = frozenset({"allowedAccountIds", "endpoints", "forbiddenAccountIds", "profile", "region"})
"""Held against where the caller's credentials lead, before anything runs."""
FILES = {"sharedConfigFiles": "AWS_CONFIG_FILE", "sharedCredentialsFiles": "AWS_SHARED_CREDENTIALS_FILE"}
"""The same for lists of files, of which botocore takes one."""
ROLES = "assumeRoles"
"""Assumed one after the other; by boto3 too (``assumed_roles``)."""
PROVIDER_ALONE = frozenset({
    "ignoreTags", "s3UsEast1RegionalEndpoint", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck",
    "skipRegionValidation", "skipRequestingAccountId", "tagPolicyCompliance", "tokenBucketRateLimiterCapacity", "userAgents",
})  # fmt: skip
"""What changes neither where anything is asked nor as whom."""
_PROFILE = "Name a profile instead (AWS_PROFILE), with role_arn where a role is meant: both sides follow it."
REFUSED = {
    "accessKey": _PROFILE,
    "secretKey": _PROFILE,
    "token": _PROFILE,
    "assumeRoleWithWebIdentity": "Set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE.",
    "defaultTags": "The stack's own tags are in stack/provider.py; add them there.",
    "ec2MetadataServiceEndpoint": "Set AWS_EC2_METADATA_SERVICE_ENDPOINT.",
    "ec2MetadataServiceEndpointMode": "Set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE.",
    "httpProxy": "Set HTTP_PROXY.",
    "httpsProxy": "Set HTTPS_PROXY.",
    "noProxy": "Set NO_PROXY.",
    "insecure": "Name the authority that is to be trusted: aws:customCaBundle.",
    "stsRegion": "Set AWS_REGION, and sts_regional_endpoints in the profile.",
}
"""What the runbook's own requests would not follow, and what both sides do."""


def refuse(config: Mapping[str, Any], name: str) -> None:
    """Refuse what one side alone would follow.

    Args:
        config: The stack's configuration.
        name: The environment's name.

    Raises:
        UsageError: There is such a setting, or one that nobody knows; each is named with what to do.
    """
    given = [key.partition(":")[2] for key in config if key.startswith("aws:")]
    known = {*VARIABLES, *FILES, ROLES, *JUDGED, *PROVIDER_ALONE}
    wrong = {key: REFUSED.get(key, "The provider has no such setting.") for key in given if key not in known}
    if wrong:
        raise UsageError(
            f"stack/Pulumi.{name}.yaml says {', '.join(f'aws:{key}' for key in wrong)}, "
            "which the runbook's own requests would not follow.",
            remedy=" ".join(dict.fromkeys(f"{remedy}" for remedy in wrong.values())),
        )
    for key, variable in FILES.items():
        if len(_listed(config, f"aws:{key}")) > 1:
            raise UsageError(
                f"stack/Pulumi.{name}.yaml names several files in aws:{key}; boto3 reads one.",
                remedy=f"Put them into one file, or set {variable}.",
            )
    assumed_roles.of(config.get(f"aws:{ROLES}"), where=f"aws:{ROLES} in stack/Pulumi.{name}.yaml")


@contextlib.contextmanager
def entered(config: Mapping[str, Any]) -> Iterator[None]:
    """The surroundings in which boto3, here and in kernels, does as the provider is told to."""
    told = {VARIABLES[key]: _told(key, config[f"aws:{key}"]) for key in VARIABLES if f"aws:{key}" in config}
    told |= {FILES[key]: file for key in FILES for file in _listed(config, f"aws:{key}")}
    if roles := config.get(f"aws:{ROLES}"):
        told[assumed_roles.VARIABLE] = roles if isinstance(roles, str) else json.dumps(roles)
    with environment_of(told):
        yield


def _told(key: str, value: Any) -> str:
    if key == "maxRetries":
        return str(int(value) + 1)  # which counts the first try, too
    return str(value).lower() if isinstance(value, bool) else str(value)


def excluded(config: Mapping[str, Any], account: str) -> str:
    """Why the provider would not work in an account, e.g. ``aws:forbiddenAccountIds names it``; empty where it would."""
    allowed, forbidden = _listed(config, "aws:allowedAccountIds"), _listed(config, "aws:forbiddenAccountIds")
    if allowed and account not in allowed:
        return f"aws:allowedAccountIds names {', '.join(allowed)}"
    return "aws:forbiddenAccountIds names it" if account in forbidden else ""


def _listed(config: Mapping[str, Any], key: str) -> list[str]:
    """A list as YAML has it, or as the JSON text that ``pulumi config set`` writes."""
    value = config.get(key) or []
    return [str(each) for each in (json.loads(value) if isinstance(value, str) else value)]
