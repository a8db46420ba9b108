"""S3: what is set on a bucket, one type per setting; the id of each is the bucket's name."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.s3 import S3Resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session


class BucketSetting(S3Resource):
    """Base of the settings: S3 puts, gets and deletes each as a whole.

    Attributes:
        operation: What follows Put, Get and Delete in S3's names, e.g. ``BucketPolicy``.
        missing: The error code with which S3 says that it is not set.
    """

    operation: ClassVar[str]
    missing: ClassVar[str] = "NoSuchBucket"
    replace_on: ClassVar[frozenset[str]] = frozenset({"bucket", "expectedBucketOwner"})

    def __init_subclass__(cls) -> None:
        """A setting is gone if it is not set, or if its bucket is gone."""
        super().__init_subclass__()
        cls.absent = S3Resource.absent | {cls.missing}

    def document(self, inputs: Properties) -> Properties:
        """The inputs as Put takes them."""
        return inputs

    def live(self, answer: Properties) -> Properties | None:
        """Get's answer as Pulumi has it; None if it says "not set" in its own way."""
        return answer

    def create(self, aws: Session, inputs: Properties) -> str:
        """Put it."""
        self.call(aws, f"Put{self.operation}", {"bucket": inputs["bucket"]} | self.document(inputs))
        return str(inputs["bucket"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """Get it."""
        live = self.live(self.call(aws, f"Get{self.operation}", {"bucket": id_}))
        return None if live is None else {"bucket": id_} | live

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Delete it."""
        self.call(aws, f"Delete{self.operation}", {"bucket": id_})


@resource("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(BucketSetting):
    """Versioning."""

    operation = "BucketVersioning"

    def live(self, answer: Properties) -> Properties | None:
        """Bare, and empty before the first Put."""
        setting = {name: answer[name] for name in ("status", "mfaDelete")}
        return {"versioningConfiguration": setting} if answer["status"] else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Suspend it: S3 never forgets that a bucket was versioned."""
        suspended = {"bucket": id_, "versioningConfiguration": {"status": "Suspended"}}
        self.call(aws, "PutBucketVersioning", suspended)


@resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
class BucketServerSideEncryptionConfiguration(BucketSetting):
    """Default encryption; without it S3 encrypts with a key of its own, so Get always answers."""

    operation = "BucketEncryption"
    missing = "ServerSideEncryptionConfigurationNotFoundError"

    def document(self, inputs: Properties) -> Properties:
        """The rules."""
        return {"serverSideEncryptionConfiguration": {"rules": inputs["rules"]}}

    def live(self, answer: Properties) -> Properties | None:
        """The rules, without what S3 adds to them by itself."""
        rules = answer["serverSideEncryptionConfiguration"]["rules"]
        return {"rules": [{name: value for name, value in rule.items() if value is not None} for rule in rules]}


@resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(BucketSetting):
    """How long versions and aborted uploads are kept."""

    operation = "BucketLifecycleConfiguration"
    missing = "NoSuchLifecycleConfiguration"
    recomputed = frozenset({"transitionDefaultMinimumObjectSize"})

    def document(self, inputs: Properties) -> Properties:
        """The rules; one without a filter is for every object."""
        rules = [{"filter": {}} | rule for rule in inputs["rules"]]
        size = inputs.get("transitionDefaultMinimumObjectSize")
        return {"lifecycleConfiguration": {"rules": rules}, "transitionDefaultMinimumObjectSize": size}

    def live(self, answer: Properties) -> Properties | None:
        """The rules, where an empty prefix says the same as none."""
        rules = [rule | {"filter": _filter(rule.get("filter"))} for rule in answer["rules"]]
        return {"rules": rules, "transitionDefaultMinimumObjectSize": answer["transitionDefaultMinimumObjectSize"]}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteBucketLifecycle."""
        self.call(aws, "DeleteBucketLifecycle", {"bucket": id_})


def _filter(live: Properties | None) -> Properties | None:
    given = {name: value for name, value in (live or {}).items() if value is not None}
    return None if given in ({}, {"prefix": ""}) else live


@resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(BucketSetting):
    """What keeps a bucket from being public."""

    operation = "PublicAccessBlock"
    missing = "NoSuchPublicAccessBlockConfiguration"
    defaults: ClassVar[dict[str, Any]] = dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False
    )

    def document(self, inputs: Properties) -> Properties:
        """All four, the ones left out as False."""
        return {"publicAccessBlockConfiguration": {name: inputs.get(name, False) for name in self.defaults}}

    def live(self, answer: Properties) -> Properties | None:
        """All four; one that was never set counts as False."""
        setting = answer["publicAccessBlockConfiguration"]
        return {name: bool(setting[name]) for name in self.defaults}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeletePublicAccessBlock, unless the program wants it kept."""
        if not state.get("skipDestroy"):
            super().delete(aws, id_, state)


@resource("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(BucketSetting):
    """Who may do what with the bucket."""

    operation = "BucketPolicy"
    missing = "NoSuchBucketPolicy"
    json_properties = frozenset({"policy"})


@resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(BucketSetting):
    """Who owns what others upload."""

    operation = "BucketOwnershipControls"
    missing = "OwnershipControlsNotFoundError"

    def document(self, inputs: Properties) -> Properties:
        """The one rule that there can be."""
        return {"ownershipControls": {"rules": [inputs["rule"]]}}

    def live(self, answer: Properties) -> Properties | None:
        """The one rule that there can be."""
        return {"rule": answer["ownershipControls"]["rules"][0]}


@resource("aws:s3/bucketLogging:BucketLogging")
class BucketLogging(BucketSetting):
    """Access logs of the bucket."""

    operation = "BucketLogging"

    def document(self, inputs: Properties) -> Properties:
        """Where the logs go."""
        names = ("targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat")
        return {"bucketLoggingStatus": {"loggingEnabled": {name: inputs.get(name) for name in names}}}

    def live(self, answer: Properties) -> Properties | None:
        """Where the logs go; empty if nowhere."""
        logging: Properties | None = answer["loggingEnabled"]
        return logging

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Put an empty status: there is no Delete."""
        self.call(aws, "PutBucketLogging", {"bucket": id_, "bucketLoggingStatus": {}})
