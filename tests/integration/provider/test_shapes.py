"""Names and values between Pulumi and AWS, by botocore's models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.shapes import camel, from_aws, pick, to_aws

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session


@pytest.mark.parametrize(
    ("aws_name", "pulumi_name"),
    [
        ("KMSMasterKeyID", "kmsMasterKeyId"),
        ("MultiAZ", "multiAz"),
        ("OKActions", "okActions"),
        ("FinalDBSnapshotIdentifier", "finalDbSnapshotIdentifier"),
        ("restApiId", "restApiId"),
    ],
)
def test_names_are_spelled_as_pulumi_does(aws_name: str, pulumi_name: str) -> None:
    assert camel(aws_name) == pulumi_name


class TestValues:
    @pytest.fixture
    def lifecycle(self, aws: Session) -> Any:
        model = aws.client("s3").meta.service_model.operation_model("PutBucketLifecycleConfiguration")
        return model.input_shape.members["LifecycleConfiguration"]

    def test_there_and_back_is_the_same_but_for_what_is_unset(self, lifecycle: Any) -> None:
        """One block stands for a list of one, and a map of tags for a list of pairs."""
        rule = {"id": "a", "status": "Enabled", "filter": {"and": {"prefix": "x/", "tags": {"b": "c"}}}}
        wire = to_aws(lifecycle, {"rules": rule})
        condition = {"And": {"Prefix": "x/", "Tags": [{"Key": "b", "Value": "c"}]}}
        assert wire == {"Rules": [{"ID": "a", "Status": "Enabled", "Filter": condition}]}
        (back,) = from_aws(lifecycle, wire)["rules"]
        assert back["filter"]["and"]["tags"] == {"b": "c"}
        assert back["expiration"] is None

    def test_a_name_that_aws_does_not_know_is_refused_by_name(self, lifecycle: Any) -> None:
        with pytest.raises(ProviderError, match="LifecycleRule: AWS knows no expires here"):
            to_aws(lifecycle, {"rules": [{"id": "a", "status": "Enabled", "expires": 3}]})


def test_what_aws_answers_empty_is_unset_but_tags_are_empty() -> None:
    answer = {"description": "", "layers": [], "tags": None, "timeout": 0}
    live = pick(answer, "description", "layers", "timeout", "handler", tagsAll="tags")
    assert live == {"description": None, "layers": None, "timeout": 0, "handler": None, "tagsAll": {}}
