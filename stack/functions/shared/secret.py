"""The database secret, read from Secrets Manager in the form RDS keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable


class SecretUnreadableError(Exception):
    """Raised when the database secret cannot be read; `code` is AWS's error code or a class name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Credentials:
    """A database user."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.username!r})"


def secret_reader(client: Any, secret_arn: str) -> Callable[[], Credentials]:
    """Read user and password from Secrets Manager, in the form RDS keeps them.

    Args:
        client: A boto3 `secretsmanager` client.
        secret_arn: The secret.
    """

    def read() -> Credentials:
        try:
            text = client.get_secret_value(SecretId=secret_arn)["SecretString"]
            secret = json.loads(text)
            return Credentials(secret["username"], secret["password"])
        except ClientError as error:
            raise SecretUnreadableError(error.response["Error"]["Code"]) from error
        except (BotoCoreError, KeyError, ValueError) as error:
            # Without the cause: a JSON error carries the text that it could not read.
            raise SecretUnreadableError(type(error).__name__) from None

    return read
