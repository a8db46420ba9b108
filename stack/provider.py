"""The one AWS provider, which tags everything it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from config import StackConfig

# An explicit provider does not read the `aws:` namespace, so what points a rehearsal at the emulator is handed on
# here. Real runs leave all of these unset and take credentials from the environment.
_FLAGS = ("s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRequestingAccountId")
_OBJECTS = ("endpoints", "allowedAccountIds")
_TEXTS = ("profile",)
_SECRETS = ("accessKey", "secretKey", "token")


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def forwarded(settings: pulumi.Config) -> dict[str, Any]:
    """Collect the provider arguments that the `aws:` configuration sets."""
    readers = {
        settings.get_bool: _FLAGS,
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
