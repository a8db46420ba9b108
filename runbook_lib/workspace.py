"""A run's own Pulumi workspace: project and stack configuration with what the run adds to them.

Pulumi writes into the folder that holds the project (configuration, salt). A run that added its discovered versions or the
emulator's address there would dirty the checkout; a copy beside the evidence shows exactly what was used.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from runbook_lib import backends, files, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.aws import Target
    from runbook_lib.run import Run

REHEARSAL_PLUGINS = Path(__file__).parent / "rehearsal" / "bin"
"""Where the rehearsal's ``pulumi-resource-aws`` is: for the emulator it stands in for the real plugin, on either engine."""
EMULATED_SERVICES = (
    "apigateway", "cloudwatch", "ec2", "elbv2", "iam", "kms", "lambda", "logs", "rds", "s3", "secretsmanager", "sns",
    "sqs", "ssm", "sts",
)  # fmt: skip
"""Those of pulumi-aws' ``endpoints`` that the stack reaches."""


def prepare(run: Run, chosen: Mapping[str, str]) -> Path:
    """Write the run's workspace: project and stack configuration, with what the run adds.

    Args:
        run: The run; its facts say which engine and target.
        chosen: Configuration on top, e.g. ``{"payments:engineVersion": "14.24"}``.

    Returns:
        The workspace's folder.
    """
    stack = settings.home() / "stack"
    workspace = run.workspace
    workspace.mkdir(exist_ok=True)
    project = settings.project()
    project["main"] = str(stack)
    project["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
    if run.facts.target.emulated:
        project["plugins"] = {"providers": [{"name": "aws", "path": str(REHEARSAL_PLUGINS)}]}
    _write_yaml(workspace / "Pulumi.yaml", project)

    path = workspace / f"Pulumi.{run.facts.environment}.yaml"
    source = path if path.exists() else stack / path.name
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    content["config"] = {
        **settings.stack_config(run.facts.environment),
        "aws:region": run.facts.target.region,
        **_only_in(run),
        **_emulator_config(run.facts.target),
        **chosen,
    }
    _write_yaml(path, _encrypted(content, run))
    return workspace


def _encrypted(content: Mapping[str, Any], run: Run) -> Mapping[str, Any]:
    """Names who encrypts: Pulumi would ask for a passphrase where a stack's file does not say it."""
    if run.facts.rehearsal:  # by a passphrase of its own: no key service is asked
        return {key: value for key, value in content.items() if key not in {"secretsprovider", "encryptedkey"}}
    provider = backends.secrets_provider(settings.environment(run.facts.environment))
    return content if provider == backends.PASSPHRASE else {"secretsprovider": provider, **content}


def _only_in(run: Run) -> dict[str, Any]:
    """Has the provider refuse any other account, too."""
    if run.facts.target.emulated:
        return {}
    account = settings.environment(run.facts.environment).account
    return {"aws:allowedAccountIds": [account]} if account else {}


def _emulator_config(target: Target) -> dict[str, Any]:
    if target.endpoint is None:
        return {}
    return {
        "aws:endpoints": [dict.fromkeys(EMULATED_SERVICES, target.endpoint)],
        "aws:accessKey": "test",
        "aws:secretKey": "test",
        "aws:skipCredentialsValidation": True,
        "aws:skipMetadataApiCheck": True,
        "aws:skipRequestingAccountId": True,
        "aws:s3UsePathStyle": True,
    }


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    files.write_atomic(path, yaml.safe_dump(dict(content), sort_keys=False).encode(), exact=True)
