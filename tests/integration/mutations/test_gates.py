"""Every plan gate refuses a program that was changed in one place, and the program as it is passes them all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from runbook_lib import gates, settings, workspace
from runbook_lib.engine import Engine
from runbook_lib.gates.registry import GATES
from runbook_lib.results import Finding, Status
from runbook_lib.steps.version_discovery import chosen_config, discovered
from runbook_lib.versions import planned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from integration.mutations.deployment import Deployed


@dataclass(frozen=True)
class Change:
    """One change of ``stack/`` or its configuration.

    Attributes:
        gate: The gate that must refuse the plan.
        says: A piece of its sentence.
        file: A file of ``stack/``.
        old: What is there.
        new: What takes its place.
        config: Configuration instead.
        also: Gates that rightly refuse the same → why.
    """

    gate: str
    says: str
    file: str = ""
    old: str = ""
    new: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)


ROLE = 'trust("lambda.amazonaws.com")),\n            opts=pulumi.ResourceOptions(parent=self),'

RIGHTS = "        rights = aws.iam.RolePolicy(\n"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

ELSEWHERE = "arn:aws:acm:eu-central-1:111122223333:certificate/1"
NODES = (
    'aws.eks.NodeGroup("old", node_group_name=context.names("old"), cluster_name="c", node_role_arn=role.arn, '
    'subnet_ids=["s"], scaling_config={"desired_size": 1, "max_size": 1, "min_size": 1}, version="1.29", opts=child)'
)

CHANGES = (
    Change(
        "alarms_reach_somebody", "these tell nobody",
        "monitoring.py", "            alarm_actions=[self.topic.arn],\n",
    ),
    Change("load_balancers_speak_tls", "a certificate of account 111122223333", config={"payments:certificateArn": ELSEWHERE}),
    Change(
        "attached_policies_are_known", f"attaches {ADMINISTRATOR}",
        "application.py", RIGHTS,
        f'        aws.iam.RolePolicyAttachment(f"wide-{{function}}", role=role.name, policy_arn="{ADMINISTRATOR}",'
        f" opts=pulumi.ResourceOptions(parent=self))\n{RIGHTS}",
    ),
    Change(
        "buckets_are_private", "lacks BucketPublicAccessBlock",
        "bucket.py", "block_public_policy=True", "block_public_policy=False",
        also={"nothing_is_public": "each input that opens something is named by it, whatever else guards a bucket"},
    ),
    Change(
        "nothing_is_public", "it asks neither for a key nor who comes",
        "api_definition.py", '    "api_key_required": True,\n', "",
    ),
    Change(
        "traffic_is_encrypted", "protocol http",
        "monitoring.py", 'protocol="email"', 'protocol="http"', config={"payments:alarmEmail": "a@payments.bank"},
    ),
    Change("database_meets_requirements", "'multiAz': False", config={"payments:multiAz": "false"}),
    Change("deletions_within_limit", "replace audit", "storage.py", 'f"payments-{purpose}-', 'f"payment-{purpose}-'),
    Change("engine_version_offered", "goes back from postgres 14", config={"payments:engineVersion": "14.1"}),
    Change(
        "databases_supported", "postgres 13.23, standard support ended", config={"payments:engineVersion": "13.23"},
        also={"engine_version_offered": "the database runs 14, and RDS never goes back"},
    ),
    Change("runtimes_supported", "runs on nodejs12.x", "application.py", "runtime=config.lambda_runtime", 'runtime="nodejs12.x"'),
    Change(
        "services_supported", "old: eks 1.29",
        "flow_logs.py", "        self.register_outputs({})\n", f"        {NODES}\n        self.register_outputs({{}})\n",
    ),
    Change(
        "functions_are_closed", "lets apigateway.amazonaws.com in, for whomever it acts",
        "api.py", '            source_arn=pulumi.Output.format("{0}/*/POST/{1}", self.rest_api.execution_arn, PATH),\n',
    ),
    Change("grants_are_narrow", "allows s3:*", "function_policy.py", '"PutAudit", ["s3:PutObject"]', '"PutAudit", ["s3:*"]'),
    Change(
        "names_carry_suffix", "is called payments-alarms",
        "monitoring.py", 'name=context.names("payments-alarms")', 'name="payments-alarms"',
    ),
    Change("nothing_deprecated", "uses the deprecated acl", "bucket.py", "Bucket(name, ", 'Bucket(name, acl="private", '),
    Change(
        "nothing_faces_internet", "opens ports [(22, 22)]",
        "security.py", '        self._from_internet("https", HTTPS)\n',
        '        self._from_internet("https", HTTPS)\n        self._from_internet("ssh", 22)\n',
    ),
    Change("resources_use_tagged_provider", "payments-function", "roles.py", ROLE, ROLE.rpartition("\n")[0]),
    Change(
        "resources_use_tagged_provider", "miss the tagged provider",
        "provider.py", '        "MigrationDate": config.migration_date.isoformat(),\n',
    ),
    Change(
        "secrets_stay_out", "is given values in DB_PASSWORD",
        "application.py", '"DB_NAME": DATABASE_NAME,', '"DB_NAME": DATABASE_NAME, "DB_PASSWORD": "in clear",',
    ),
    Change(
        "stages_and_functions_are_traced", "Stage) is not traced",
        "api.py", "xray_tracing_enabled=True", "xray_tracing_enabled=False",
    ),
    Change("storage_is_encrypted", "does not set kmsMasterKeyId", "monitoring.py", "kms_master_key_id=key_id, "),
)  # fmt: skip


def refusals(deployed: Deployed, home: Path, change: Change) -> dict[str, list[Finding]]:
    """Preview a changed copy of the program, and judge the plan as 02_plan does."""
    here = settings.home()
    shutil.copytree(here / "stack", home / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "notebooks").symlink_to(here / "notebooks")
    if change.file:
        source = home / "stack" / change.file
        text = source.read_text()
        assert text.count(change.old) == 1, f"{change.old!r} in {change.file}: the mutation has to follow the program"
        source.write_text(text.replace(change.old, change.new))
    with deployed.environment(**{settings.HOME_VARIABLE: str(home)}):
        run = deployed.second_run()
        workspace.prepare(run, {**chosen_config(deployed.run), **change.config})
        plan = Engine(run).preview().plan
    outputs, found = deployed.outputs, discovered(deployed.run)
    engines = {"postgres": planned.of_discovery(found)}
    refused: dict[str, list[Finding]] = {}
    for finding in gates.judge(plan, gates.GateContext(outputs.environment, outputs.suffix, engines, day=found.day)):
        if finding.status is not Status.PASS:
            refused.setdefault(finding.check, []).append(finding)
    return refused


def test_every_gate_has_a_change() -> None:
    assert {change.gate for change in CHANGES} == set(GATES.rules())
    assert {gate for change in CHANGES for gate in change.also} <= set(GATES.rules())


def test_the_program_as_it_is_passes(deployed: Deployed, tmp_path: Path) -> None:
    assert refusals(deployed, tmp_path / "home", Change("", "")) == {}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.gate}-{change.file or 'configuration'}")
def test_a_change_is_refused_by_exactly_its_gate(deployed: Deployed, tmp_path: Path, change: Change) -> None:
    refused = refusals(deployed, tmp_path / "home", change)
    findings = [finding for found in refused.values() for finding in found]
    assert refused.keys() == {change.gate, *change.also}, [finding.message for finding in findings]
    assert {finding.status for finding in findings} == {Status.FAIL}, [finding.message for finding in findings]
    assert any(change.says in finding.message for finding in refused[change.gate]), refused[change.gate]
    assert all(finding.resource and finding.remedy for finding in findings)
