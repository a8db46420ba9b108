"""Where Pulumi keeps a stack's state, and who encrypts its secrets: Pulumi's own settings, in Pulumi's own order."""

from __future__ import annotations

import json
import os
from pathlib import Path

from runbook_lib import redaction, settings
from runbook_lib.errors import UsageError

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a secrets provider


def current() -> str:
    """The backend of a new run on AWS: the environment's, the project's, that of ``pulumi login``, or files in the home folder.

    Raises:
        UsageError: What ``pulumi login`` left cannot be read.
    """
    project = settings.project().get("backend") or {}
    return os.environ.get("PULUMI_BACKEND_URL") or project.get("url") or _logged_in() or "file://~"


def _logged_in() -> str:
    path = Path(os.environ.get("PULUMI_HOME") or "~/.pulumi").expanduser() / "credentials.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8")).get("current") or "")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{path}, which says where Pulumi keeps its state, cannot be read: {error}",
            remedy="Log in again (pulumi login URL), or set PULUMI_BACKEND_URL.",
        ) from error


def secrets_provider(environment: settings.Environment) -> str:
    """Who encrypts the stack's secrets, e.g. ``passphrase`` or ``awskms://alias/payments?region=us-east-1``.

    Raises:
        UsageError: The environment's file and the stack's own name two.
    """
    name = environment.environment
    told, own = environment.secrets_provider, settings.stack_file(name).get("secretsprovider")
    if told and own and told != own:
        raise UsageError(
            f"{name}.yaml says secrets_provider: {told}, and stack/Pulumi.{name}.yaml says secretsprovider: {own}.",
            remedy=f"Make them say the same; a stack is moved with: pulumi stack change-secrets-provider {told}.",
        )
    return str(told or own or PASSPHRASE)


def passphrase_given(environment: settings.Environment) -> None:
    """Refuse to go on without a passphrase that is needed, or with one that records could not mask.

    Raises:
        UsageError: There is none, or it is weak.
    """
    if secrets_provider(environment) != PASSPHRASE:
        return
    if not os.environ.get("PULUMI_CONFIG_PASSPHRASE") and not os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        raise UsageError(
            "No passphrase for the stack's secrets.",
            remedy="Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or let a key service encrypt them "
            '(secrets_provider: "awskms://alias/…" in the environment\'s file).',
        )
    if why := redaction.weak_passphrase():
        raise UsageError(
            f"The passphrase for the stack's secrets is too weak: {why}. Records could not mask it.",
            remedy="Choose a random one; a stack gets another with: pulumi stack change-secrets-provider passphrase.",
        )
