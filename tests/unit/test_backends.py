"""Where state is kept and who encrypts secrets is Pulumi's to say; what is not encrypted by a passphrase needs none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import ValidationError
from unit.runs import create

from runbook_lib import backends, settings, workspace
from runbook_lib.aws import Target
from runbook_lib.errors import UsageError
from runbook_lib.settings import Environment

if TYPE_CHECKING:
    from pathlib import Path

KMS = "awskms://alias/payments?region=us-east-1"
STAGING = Environment(environment="staging", region="us-east-1")


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path / "outputs"))


def stack_file(monkeypatch: pytest.MonkeyPatch, **content: Any) -> None:
    monkeypatch.setattr(settings, "stack_file", lambda _name: content)


class TestBackend:
    def test_the_environment_s_comes_before_the_project_s_before_the_login_s(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert backends.current() == "file://~"
        (tmp_path / "credentials.json").write_text(json.dumps({"current": "s3://logged-in"}))
        assert backends.current() == "s3://logged-in"
        monkeypatch.setattr(settings, "project", lambda: {"backend": {"url": "s3://project"}})
        assert backends.current() == "s3://project"
        monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://environment")
        assert backends.current() == "s3://environment"

    @pytest.mark.parametrize("left", ["{", "[]"])
    def test_a_login_that_cannot_be_read_is_no_login_elsewhere(self, tmp_path: Path, left: str) -> None:
        (tmp_path / "credentials.json").write_text(left)
        with pytest.raises(UsageError, match=r"credentials\.json.*cannot be read"):
            backends.current()


class TestSecretsProvider:
    def test_either_file_says_who_encrypts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert backends.secrets_provider(STAGING) == "passphrase"
        assert backends.secrets_provider(STAGING.model_copy(update={"secrets_provider": KMS})) == KMS
        stack_file(monkeypatch, secretsprovider=KMS)
        assert backends.secrets_provider(STAGING) == KMS

    def test_two_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stack_file(monkeypatch, secretsprovider="gcpkms://projects/x")
        with pytest.raises(UsageError, match="gcpkms") as refused:
            backends.secrets_provider(STAGING.model_copy(update={"secrets_provider": KMS}))
        assert f"change-secrets-provider {KMS}" in refused.value.remedy

    @pytest.mark.parametrize("odd", ["awskms", "s3://bucket", "pass phrase", "awskms://"])
    def test_what_pulumi_does_not_know_is_refused(self, odd: str) -> None:
        with pytest.raises(ValidationError):
            Environment(environment="staging", region="us-east-1", secrets_provider=odd)

    def test_a_passphrase_is_asked_for_where_one_is_used(self) -> None:
        backends.passphrase_given(STAGING.model_copy(update={"secrets_provider": KMS}))
        with pytest.raises(UsageError, match="No passphrase"):
            backends.passphrase_given(STAGING)

    @pytest.mark.parametrize("rehearsal", [True, False])
    def test_the_workspace_names_it_but_in_a_rehearsal(self, monkeypatch: pytest.MonkeyPatch, *, rehearsal: bool) -> None:
        stack_file(monkeypatch, secretsprovider=KMS)
        target = Target(region="us-east-1", endpoint="http://127.0.0.1:1" if rehearsal else None)
        run = create(target=target, rehearsal=rehearsal)
        path = workspace.prepare(run, {}) / "Pulumi.staging.yaml"
        assert yaml.safe_load(path.read_text()).get("secretsprovider") == (None if rehearsal else KMS)
        path.write_text(yaml.safe_dump({"secretsprovider": KMS, "encryptedkey": "a2V5"}))  # as Pulumi leaves it
        workspace.prepare(run, {})
        assert ("encryptedkey" in yaml.safe_load(path.read_text())) is not rehearsal
