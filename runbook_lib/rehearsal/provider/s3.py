"""S3: buckets and objects."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError

from runbook_lib.rehearsal.provider import s3_inline
from runbook_lib.rehearsal.provider.base import ProviderError, tag_list
from runbook_lib.rehearsal.provider.packages import content
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

# S3's own name for a region is only needed where it is not us-east-1, which CreateBucket refuses to be told.
CLASSIC_REGION = "us-east-1"
NO_ACL = (None, "private")  # the second is what every bucket has
HOSTED_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF"}
# The regions whose websites have the older form of address, with a dash (S3 user guide, "Website endpoints").
DASHED = frozenset(
    {"us-east-1", "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-west-1", "sa-east-1"}
)


class S3Resource(ModelledResource):
    """Base of the S3 types."""

    service: ClassVar[str] = "s3"
    absent: ClassVar[frozenset[str]] = frozenset({"NoSuchBucket", "404", "NotFound", "NoSuchKey"})


@resource("aws:s3/bucket:Bucket")
class Bucket(S3Resource):
    """A bucket; every setting has a type of its own, in ``s3_settings``, and most can be given inline (``s3_inline``)."""

    autoname = "bucket"
    autoname_max = 63

    def made_up(self, name: str, inputs: Properties) -> str:
        """S3 takes small letters only."""
        return name.lower()

    replace_on = frozenset({"bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"})
    defaults: ClassVar[dict[str, Any]] = {"forceDestroy": False}
    conflict = "CreateBucket: BucketAlreadyExists"
    refuses = frozenset({"accelerationStatus", "grants", "objectLockConfiguration", "replicationConfiguration", "requestPayer"})
    json_properties = frozenset({"policy"})
    tags_on_create: ClassVar[bool] = False

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateBucket."""
        self._without_acl("CreateBucket: InvalidBucketAclWithObjectOwnership", inputs)
        where = {} if aws.region == CLASSIC_REGION else {"locationConstraint": aws.region}
        bucket = {
            "bucket": inputs["bucket"],
            "createBucketConfiguration": where or None,
            "objectLockEnabledForBucket": inputs.get("objectLockEnabled"),
        }
        self.call(aws, "CreateBucket", bucket)
        return str(inputs["bucket"])

    def refused(self, inputs: Properties) -> str | None:
        """Rules of a website that nothing here serves."""
        website = inputs.get("website")
        routed = isinstance(website, dict) and website.get("routingRules")
        return "cannot be rehearsed with website.routingRules" if routed else None

    def _without_acl(self, code: str, inputs: Properties) -> None:
        if inputs.get("acl") not in NO_ACL:
            raise ProviderError(f"{code}: the bucket's owner owns all that is in it (BucketOwnerEnforced), so it takes no ACL")

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """What is given inline; an ACL is refused as at first."""
        self._without_acl("PutBucketAcl: AccessControlListNotSupported", new)
        self.configure(aws, id_, new, changed)

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """What is given inline."""
        s3_inline.put(self, aws, id_, new, changed)

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same name. In us-east-1 S3 itself would accept the request again, so pulumi-aws looks first."""
        return self.standing(aws, inputs["bucket"], inputs)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """HeadBucket, the tags and what is given inline; the rest follows from name and region."""
        self.client(aws).head_bucket(Bucket=id_)
        domain = f"s3-website{'-' if aws.region in DASHED else '.'}{aws.region}.amazonaws.com"
        website = {"websiteDomain": domain, "websiteEndpoint": f"{id_}.{domain}"} if state.get("website") else {}
        return {
            "bucket": id_,
            "arn": aws.arn("s3", id_, region=False, account=False),
            "bucketDomainName": f"{id_}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id_}.s3.{aws.region}.amazonaws.com",
            "bucketRegion": aws.region,
            "hostedZoneId": HOSTED_ZONES.get(aws.region),
            "tagsAll": self.tags(aws, id_),
            **website,
            **s3_inline.read(self, aws, id_, state),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteBucket; first, if ``forceDestroy`` says so, every version and delete marker in it."""
        bucket = self.client(aws)
        if state.get("forceDestroy"):
            for page in bucket.get_paginator("list_object_versions").paginate(Bucket=id_):
                found = page.get("Versions", []) + page.get("DeleteMarkers", [])
                keys = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
                if keys:
                    answer = bucket.delete_objects(Bucket=id_, Delete={"Objects": keys, "Quiet": True})
                    if failed := answer.get("Errors"):
                        raise ProviderError(f"bucket {id_}: {failed[0]['Key']} cannot be deleted: {failed[0]['Code']}")
        bucket.delete_bucket(Bucket=id_)

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """S3 only replaces the whole set."""
        kept = {key: value for key, value in self.tags(aws, id_).items() if key not in remove}
        if tags := kept | add:
            self.client(aws).put_bucket_tagging(Bucket=id_, Tagging={"TagSet": tag_list(tags)})
        else:
            self.client(aws).delete_bucket_tagging(Bucket=id_)

    def tags(self, aws: Session, id_: str) -> dict[str, str]:
        """The live tags; S3 calls having none an error."""
        try:
            return dict(self.call(aws, "GetBucketTagging", {"bucket": id_})["tagSet"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchTagSet":
                return {}
            raise


@resource("aws:s3/bucketObjectv2:BucketObjectv2")
class BucketObject(S3Resource):
    """A small object; its id is ``bucket/key``."""

    autoname = "key"
    autoname_random = False
    replace_on = frozenset({"bucket", "key"})
    recomputed = frozenset({"etag", "versionId"})
    refuses = frozenset({"overrideProvider", "websiteRedirect"})
    tags_on_create: ClassVar[bool] = False

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutObject."""
        arguments = {name: value for name, value in inputs.items() if name not in {"etag", "tagsAll"}}
        self.call(aws, "PutObject", arguments | {"body": self.body(inputs)}, SSEKMSKeyId="kmsKeyId")
        return f"{inputs['bucket']}/{inputs['key']}"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again, and its tags, which a new version does not inherit."""
        self.create(aws, new)
        self.tag(aws, id_, old, new.get("tagsAll", {}), [])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """HeadObject and the tags."""
        head = self.call(aws, "HeadObject", self.key(id_))
        live = pick(
            head, "versionId", "contentType", "serverSideEncryption", "metadata", "cacheControl", "contentEncoding",
            "contentDisposition", "contentLanguage", kmsKeyId="ssekmsKeyId",
        )  # fmt: skip
        tags = self.call(aws, "GetObjectTagging", self.key(id_))["tagSet"]
        arn = aws.arn("s3", id_, region=False, account=False)
        return live | self.key(id_) | {"etag": head["eTag"].strip('"'), "arn": arn, "tagsAll": tags}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteObject: every version of it, as pulumi-aws does."""
        key = self.key(id_)
        client = self.client(aws)
        pages = client.get_paginator("list_object_versions").paginate(Bucket=key["bucket"], Prefix=key["key"])
        for page in pages:
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                if version["Key"] == key["key"]:
                    client.delete_object(Bucket=key["bucket"], Key=key["key"], VersionId=version["VersionId"])

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """S3 only replaces the whole set."""
        key = self.key(id_)
        live = self.call(aws, "GetObjectTagging", key)["tagSet"]
        tags = {name: value for name, value in live.items() if name not in remove} | add
        self.client(aws).put_object_tagging(Bucket=key["bucket"], Key=key["key"], Tagging={"TagSet": tag_list(tags)})

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        bucket, _, key = id_.partition("/")
        return {"bucket": bucket, "key": key}

    def body(self, inputs: Properties) -> bytes:
        """The content, from whichever property gives it."""
        if inputs.get("content") is not None:
            return str(inputs["content"]).encode()
        if inputs.get("contentBase64") is not None:
            return base64.b64decode(inputs["contentBase64"])
        return content(inputs["source"]) if inputs.get("source") is not None else b""
