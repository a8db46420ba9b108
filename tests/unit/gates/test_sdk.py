from __future__ import annotations

import subprocess
import sys

import pytest

from runbook_lib.gates.sdk import deprecations, resource_class


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
