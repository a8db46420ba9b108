"""The one AWS provider, which tags everything it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import StackConfig

# An explicit provider does not read the `aws:` namespace, so what points a rehearsal at the emulator is handed on
# here, with everything else that a stack may say of it; region and tags are the program's own.
_FLAGS = (
    "insecure", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation",
    "skipRequestingAccountId", "useDualstackEndpoint", "useFipsEndpoint",
)  # fmt: skip
_NUMBERS = ("maxRetries", "tokenBucketRateLimiterCapacity")
_OBJECTS = (
    "allowedAccountIds", "assumeRoleWithWebIdentity", "assumeRoles", "endpoints", "forbiddenAccountIds", "ignoreTags",
    "sharedConfigFiles", "sharedCredentialsFiles", "userAgents",
)  # fmt: skip
_TEXTS = (
    "customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy",
    "profile", "retryMode", "s3UsEast1RegionalEndpoint", "stsRegion", "tagPolicyCompliance",
)  # fmt: skip
_SECRETS = ("accessKey", "secretKey", "token")


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def forwarded(settings: pulumi.Config) -> dict[str, Any]:
    """Collect the provider arguments that the `aws:` configuration sets."""
    readers: dict[Callable[[str], Any], tuple[str, ...]] = {
        settings.get_bool: _FLAGS,
        settings.get_int: _NUMBERS,
        settings.get_object: _OBJECTS,
        settings.get: _TEXTS,
        settings.get_secret: _SECRETS,
    }
    found = {_snake(key): read(key) for read, keys in readers.items() for key in keys}
    return {key: value for key, value in found.items() if value is not None}


def tagged_provider(config: StackConfig) -> aws.Provider:
    """Make the provider whose default tags reach every taggable resource."""
    tags = {
        "Environment": config.environment,
        "ManagedBy": "pulumi",
        "MigrationDate": config.migration_date.isoformat(),
        "Project": pulumi.get_project(),
        "Suffix": config.suffix,
    }
    return aws.Provider(
        "aws",
        region=config.region,
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
        **forwarded(pulumi.Config("aws")),
    )
