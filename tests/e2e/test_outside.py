"""What somebody changes by hand is shown by 02, mended by 03, and 04 passes again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from e2e.kept import rehearsal

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_changed_by_hand_is_shown_mended_and_verified(tmp_path: Path) -> None:
    with rehearsal(tmp_path / "outputs") as kept:
        runbook, run = kept.runbook, kept.run.facts.run
        sns, alarms = kept.client("sns"), kept.client("cloudwatch")
        topic = sns.list_topics()["Topics"][0]["TopicArn"]
        policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
        opened = json.loads(policy)
        opened["Statement"].append(
            {"Sid": "ByHand", "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
        )
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(opened))
        alarms.delete_alarms(AlarmNames=["payments-alb-5xx-staging-demo"])
        assert runbook("run", "02", "--run", run)[0] == 0
        code, page = runbook("report", run)
        assert code == 0
        outside = page.partition("### Changed outside")[2].partition("###")[0]
        assert "ByHand" in outside
        assert "**gone** | <code>aws:cloudwatch/metricAlarm:MetricAlarm</code> <code>alb-5xx</code>" in outside
        code, printed = runbook("run", "03", "04", "--run", run)
        assert code == 0, printed
        assert json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]) == json.loads(policy)
        assert alarms.describe_alarms(AlarmNames=["payments-alb-5xx-staging-demo"])["MetricAlarms"]
        assert runbook("run", "02", "--run", run)[0] == 0
        _, page = runbook("report", run)
        assert "**No changes.**" in page
        assert "Changed outside" not in page
