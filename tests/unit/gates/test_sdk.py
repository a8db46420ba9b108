from __future__ import annotations

import subprocess
import sys

import pytest

from runbook_lib.gates import sdk
from runbook_lib.gates.sdk import Use, resource_class, uses


def deprecations(token: str, inputs: dict[str, object]) -> list[tuple[str, str]]:
    """The paths of what is deprecated, and what the SDK says of each."""
    return [(use.path, use.deprecated) for use in uses(token, inputs) if use.deprecated]


def test_deprecated_inputs_are_found_by_their_path() -> None:
    inputs = {"bucket": "b", "acl": "private", "versioning": {"enabled": True}}
    assert [path for path, _ in deprecations("aws:s3/bucket:Bucket", inputs)] == ["acl", "versioning"]


def test_nested_inputs_are_looked_into() -> None:
    inputs = {"globalSecondaryIndexes": [{"name": "i", "hashKey": "k"}]}
    [(path, message)] = deprecations("aws:dynamodb/table:Table", inputs)
    assert (path, message) == ("globalSecondaryIndexes.hashKey", "hash_key is deprecated. Use key_schema instead.")


def test_an_input_without_value_is_not_used() -> None:
    assert list(deprecations("aws:s3/bucket:Bucket", {"acl": None})) == []


def test_a_deprecated_class_is_found() -> None:
    [(path, message)] = deprecations("aws:s3/bucketV2:BucketV2", {"bucket": "b"})
    assert (path, message) == ("", "s3.BucketV2 has been deprecated in favor of s3.Bucket")


def test_plain_maps_are_not_taken_for_objects() -> None:
    inputs = {"environment": {"variables": {"acl": "x"}}, "tags": {"versioning": "x"}}
    assert list(deprecations("aws:lambda/function:Function", inputs)) == []


@pytest.mark.parametrize("token", ["aws:ec2/vpc:Vpc", "aws:lambda/function:Function", "aws:lb/targetGroup:TargetGroup"])
def test_tokens_lead_to_their_class(token: str) -> None:
    assert resource_class(token).pulumi_type == token


@pytest.mark.parametrize("token", ["aws:s3/nonsense:Nonsense", "azure:x/y:Z", "payments:network:Network"])
def test_an_unknown_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match=token):
        resource_class(token)


def test_looking_a_class_up_leaves_the_sdk_whole() -> None:
    """Imported the wrong way round, one of its services stays empty for the rest of the process."""
    program = """if True:
        from runbook_lib.gates.sdk import resource_class
        found = resource_class("aws:lb/targetGroup:TargetGroup")
        import pulumi_aws
        assert pulumi_aws.lb.TargetGroup is found
        """
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_the_sdk_does_not_have_is_not_known() -> None:
    inputs = {"bucket": "b", "colour": "red", "versioning": {"enabled": True, "sometimes": 1}, "tags": {"colour": "x"}}
    found = list(uses("aws:s3/bucket:Bucket", inputs))
    assert [use.path for use in found if not use.known] == ["colour", "versioning.sometimes"]
    assert Use("bucket", known=True) in found


def test_an_sdk_that_marks_otherwise_is_not_taken_for_one_without_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    resource_class("aws:s3/bucket:Bucket")  # a service that is imported later would stay without its marks
    monkeypatch.setattr("pulumi_aws._utilities.deprecated", lambda _: lambda function: function)
    sdk._check_marks.cache_clear()
    try:
        with pytest.raises(ValueError, match="does not mark"):
            list(uses("aws:s3/bucket:Bucket", {}))
    finally:
        sdk._check_marks.cache_clear()


def test_a_class_is_deprecated_by_either_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SDK that warns no longer in the body of the class, still does where the resource is made."""
    monkeypatch.setattr(sdk, "_CLASS_MARKS", sdk._CLASS_MARKS[1:])
    sdk._class_deprecation.cache_clear()
    assert deprecations("aws:s3/bucketV2:BucketV2", {}) == [("", "s3.BucketV2 has been deprecated in favor of s3.Bucket")]
    sdk._class_deprecation.cache_clear()
