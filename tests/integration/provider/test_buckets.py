"""Buckets go with all their versions if asked to, and not otherwise; and what is changed by hand is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.provider.documents import role

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle

if TYPE_CHECKING:
    from integration.provider.harness import Make, Properties

    from runbook_lib.rehearsal.provider.session import Session

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@pytest.fixture
def versioned(make: Make) -> Properties:
    bucket = make(BUCKET, forceDestroy=True)
    make(VERSIONING, bucket=bucket["bucket"], versioningConfiguration={"status": "Enabled"})
    return bucket


def fill(aws: Session, bucket: str) -> None:
    """Two versions and a delete marker."""
    s3 = aws.client("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="decision", Body=body)
    s3.delete_object(Bucket=bucket, Key="decision")


def test_force_destroy_takes_versions_and_markers_along(aws: Session, versioned: Properties) -> None:
    fill(aws, versioned["bucket"])
    Lifecycle(BUCKET, aws).delete(versioned["id"], versioned)
    assert versioned["bucket"] not in {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}


def test_without_it_a_full_bucket_stays(aws: Session, versioned: Properties) -> None:
    fill(aws, versioned["bucket"])
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        Lifecycle(BUCKET, aws).delete(versioned["id"], versioned | {"forceDestroy": False})
    assert len(aws.client("s3").list_object_versions(Bucket=versioned["bucket"])["Versions"]) == 2


def test_one_that_exists_is_not_taken_over(aws: Session, make: Make) -> None:
    aws.client("s3").create_bucket(Bucket="of-another-stack")
    aws.client("s3").put_object(Bucket="of-another-stack", Key="audit", Body=b"kept")
    with pytest.raises(ProviderError, match="BucketAlreadyExists"):
        make(BUCKET, bucket="of-another-stack", forceDestroy=True)
    assert aws.client("s3").get_object(Bucket="of-another-stack", Key="audit")["Body"].read() == b"kept"


def test_inline_settings_are_refused(make: Make) -> None:
    with pytest.raises(ProviderError, match="no inline versioning"):
        make(BUCKET, versioning={"enabled": True})


def test_what_is_changed_by_hand_is_drift(aws: Session, versioned: Properties) -> None:
    bucket, inputs = versioned["bucket"], {"versioningConfiguration": {"status": "Enabled"}}
    state = inputs | {"bucket": bucket}
    aws.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    found = Lifecycle(VERSIONING, aws).read(bucket, state, state)
    assert found is not None
    assert found[1]["versioningConfiguration"] == {"status": "Suspended"}


def test_what_is_removed_by_hand_inside_a_block_is_drift(aws: Session, make: Make) -> None:
    bucket = make(BUCKET)["bucket"]
    rule = {"id": "a", "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": 90}}
    state = {"bucket": bucket, "rules": [rule | {"noncurrentVersionExpiration": {"noncurrentDays": 90}}]}
    kept = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 90}}
    aws.client("s3").put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [kept]})
    found = Lifecycle("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", aws).read(bucket, state, state)
    assert found is not None
    assert found[1]["rules"] == [rule]


def test_a_role_deleted_by_hand_is_gone(aws: Session, make: Make) -> None:
    made = role(make)
    aws.client("iam").delete_role(RoleName=made["name"])
    assert Lifecycle("aws:iam/role:Role", aws).read(made["id"], made, made) is None
