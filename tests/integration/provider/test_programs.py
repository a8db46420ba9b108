"""Where the provider used to differ from pulumi-aws: small programs, on the embedded engine and on the real one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi.automation as auto
import pytest
from integration.engine.bench import EMBEDDED_ROOT, NOT_RUN, real_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.provider.session import Session
    from runbook_lib.rehearsal.world import World


@pytest.fixture(params=["embedded", "pulumi"])
def stack(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> Callable[[str], auto.Stack]:
    """Makes a stack of a program's text; the provider is the rehearsal's on both engines."""
    root = EMBEDDED_ROOT if request.param == "embedded" else real_root()
    if root is None:
        pytest.skip(NOT_RUN)
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "state").mkdir()
    plugins = {"providers": [{"name": "aws", "path": str(EMBEDDED_ROOT / "bin")}]}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "rows", "runtime": "python", "plugins": plugins}))
    environment = world.environment() | {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PATH": os.pathsep.join([str(root / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "RUNBOOK_PYTHON": sys.executable,
    }

    def of(program: str) -> auto.Stack:
        (folder / "__main__.py").write_text(f"import pulumi\nimport pulumi_aws as aws\n{program}")
        command = auto.PulumiCommand(root=str(root))
        workspace = auto.LocalWorkspace(work_dir=str(folder), env_vars=environment, pulumi_command=command)
        return auto.Stack.create_or_select("dev", workspace)

    return of


TAKEN = """
key = aws.kms.get_alias(name="alias/aws/s3")
site = aws.s3.Bucket("Site", acl="private", versioning={"enabled": "true"}, website={"index_document": "i.html"},
    server_side_encryption_configuration={"rule": {"apply_server_side_encryption_by_default": {
        "sse_algorithm": "aws:kms", "kms_master_key_id": key.target_key_arn}}})
page = aws.s3.BucketObjectv2("i.html", bucket=site.bucket, content="hello")
topic = aws.sns.Topic("Alarms", kms_master_key_id="alias/aws/sns")
alarm = aws.cloudwatch.MetricAlarm("busy", comparison_operator="GreaterThanThreshold", evaluation_periods="2",
    metric_name="a", namespace="b", period="60", statistic="Average", threshold="80.0", alarm_actions=topic.arn)
queue = aws.sqs.Queue("orders", fifo_queue=True)
name = aws.kms.Alias("mine", target_key_id=aws.kms.Key("own").key_id)
for name, value in {"page": page.key, "threshold": alarm.threshold, "site": site.bucket, "queue": queue.name,
                    "alias": name.name, "endpoint": site.website_endpoint}.items():
    pulumi.export(name, value)
"""


def test_what_pulumi_aws_takes_is_taken(stack: Callable[[str], auto.Stack], aws: Session) -> None:
    made = stack(TAKEN)
    outputs = {name: output.value for name, output in made.up().outputs.items()}
    try:
        assert (outputs["page"], outputs["threshold"]) == ("i.html", 80)
        assert outputs["site"].startswith("site-")
        assert outputs["endpoint"] == f"{outputs['site']}.s3-website-us-east-1.amazonaws.com"
        assert outputs["queue"].endswith(".fifo")
        assert outputs["alias"].startswith("alias/mine-")
        assert aws.client("s3").get_bucket_versioning(Bucket=outputs["site"])["Status"] == "Enabled"
        assert made.preview().change_summary.keys() == {auto.OpType.SAME}
        assert made.refresh().summary.resource_changes.keys() == {"same"}
    finally:
        made.destroy()


RECURSIVE = """
statement = {"geo_match_statement": {"country_codes": ["CH"]}}
for _ in range(3):
    statement = {"not_statement": {"statement": statement}}
seen = {"cloudwatch_metrics_enabled": True, "metric_name": "a", "sampled_requests_enabled": False}
rule = {"name": "a", "priority": 1, "statement": statement, "action": {"block": {}}, "visibility_config": seen}
aws.wafv2.WebAcl("deep", scope="REGIONAL", default_action={"allow": {}}, rules=[rule], visibility_config=seen)
"""


def test_a_type_that_contains_itself_is_previewed_with_a_warning(stack: Callable[[str], auto.Stack]) -> None:
    previewed = stack(RECURSIVE).preview()
    assert previewed.change_summary[auto.OpType.CREATE] == 2
    assert "can be previewed only" in previewed.stdout + previewed.stderr


REFUSED = [
    ('aws.iot.get_endpoint(endpoint_type="iot:Data-ATS")', "aws:iot/getEndpoint:getEndpoint: cannot be rehearsed"),
    ('aws.s3.Bucket("b", request_payer="Requester")', "aws:s3/bucket:Bucket b: cannot be rehearsed with requestPayer"),
    ('aws.rds.Instance("d", engine="mysql", instance_class="db.t3.micro")', "aws:rds/instance:Instance d: engine mysql"),
    ('aws.kms.Alias("k", name="alias/aws/k", target_key_id="a")', "aws:kms/alias:Alias k: name cannot begin with alias/aws/"),
    ('aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", ipv4_netmask_length="16.0")', "must be an integer"),
    ('aws.iam.Policy("p", policy="{")', "must be a JSON document"),
]


@pytest.mark.parametrize(("program", "reason"), REFUSED)
def test_what_is_refused_is_refused_in_the_preview_by_name(stack: Callable[[str], auto.Stack], program: str, reason: str) -> None:
    with pytest.raises(auto.CommandError) as refused:
        stack(program).preview()
    assert reason in str(refused.value)


def test_what_another_stack_has_is_not_taken_over(stack: Callable[[str], auto.Stack], aws: Session) -> None:
    aws.client("s3").create_bucket(Bucket="the-other-stacks-audit")
    made = stack('aws.s3.Bucket("audit", bucket="the-other-stacks-audit", force_destroy=True)')
    try:
        with pytest.raises(auto.CommandError, match="aws:s3/bucket:Bucket audit: CreateBucket: BucketAlreadyExists"):
            made.up()
        made.destroy()
        assert aws.client("s3").head_bucket(Bucket="the-other-stacks-audit")
    finally:
        aws.client("s3").delete_bucket(Bucket="the-other-stacks-audit")
