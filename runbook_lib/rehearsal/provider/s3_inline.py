"""S3: settings that a program gives in the bucket itself, which pulumi-aws 7 deprecates and still takes.

Each is the same document in S3 as that of the type made for it (``s3_settings``), in an older form. pulumi-aws leaves one
alone that the program gives no longer: then it may be somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runbook_lib.rehearsal.provider.base import Properties, code_of
from runbook_lib.rehearsal.provider.properties import present

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session
    from runbook_lib.rehearsal.provider.shapes import ModelledResource


@dataclass(frozen=True)
class Setting:
    """One of them.

    Attributes:
        operation: What follows Put and Get in S3's names.
        document: What Put takes, of what the program gives.
        live: What the program would have to give, of what Get answers; None if nothing is set.
        missing: The error code with which S3 says that it is not set.
    """

    operation: str
    document: Callable[[Any], Properties]
    live: Callable[[Properties], Any]
    missing: str = ""


def _versioning(given: Properties) -> Properties:
    deletes = {} if given.get("mfaDelete") is None else {"mfaDelete": "Enabled" if given["mfaDelete"] else "Disabled"}
    return {"versioningConfiguration": {"status": "Enabled" if given.get("enabled") else "Suspended", **deletes}}


def _live_versioning(answer: Properties) -> Properties:
    return {"enabled": answer["status"] == "Enabled", "mfaDelete": answer["mfaDelete"] == "Enabled"}


def _lifecycle(rules: list[Properties]) -> Properties:
    return {"lifecycleConfiguration": {"rules": [_rule(rule) for rule in rules]}}


def _rule(given: Properties) -> Properties:
    prefix = given.get("prefix") or ""
    tags = given.get("tags")
    days = given.get("abortIncompleteMultipartUploadDays")
    older = given.get("noncurrentVersionExpiration")
    moves = given.get("noncurrentVersionTransitions")
    rule = {
        "id": given.get("id"),
        "status": "Enabled" if given.get("enabled") else "Disabled",
        "filter": {"and": {"prefix": prefix, "tags": tags}} if tags else {"prefix": prefix},
        "abortIncompleteMultipartUpload": days and {"daysAfterInitiation": days},
        "expiration": given.get("expiration"),
        "transitions": given.get("transitions"),
        "noncurrentVersionExpiration": older and {"noncurrentDays": older.get("days")},
        "noncurrentVersionTransitions": moves
        and [{"noncurrentDays": move.get("days"), "storageClass": move["storageClass"]} for move in moves],
    }
    return {name: value for name, value in rule.items() if value is not None}


def _live_lifecycle(answer: Properties) -> list[Properties]:
    return [_live_rule(present(rule)) for rule in answer["rules"]]


def _live_rule(live: Properties) -> Properties:
    filtered = live.get("filter", {})
    filtered = filtered.get("and", filtered)
    moves = live.get("noncurrentVersionTransitions")
    rule = {
        "id": live.get("id"),
        "enabled": live["status"] == "Enabled",
        "prefix": filtered.get("prefix") or None,
        "tags": filtered.get("tags") or None,
        "abortIncompleteMultipartUploadDays": live.get("abortIncompleteMultipartUpload", {}).get("daysAfterInitiation"),
        "expiration": live.get("expiration"),
        "transitions": live.get("transitions"),
        "noncurrentVersionExpiration": {"days": live.get("noncurrentVersionExpiration", {}).get("noncurrentDays")},
        "noncurrentVersionTransitions": moves
        and [{"days": move.get("noncurrentDays"), "storageClass": move["storageClass"]} for move in moves],
    }
    return {name: value for name, value in present(rule).items() if value != {}}


def _website(given: Properties) -> Properties:
    pages = {"indexDocument": ("suffix", given.get("indexDocument")), "errorDocument": ("key", given.get("errorDocument"))}
    document: Properties = {name: {key: page} for name, (key, page) in pages.items() if page}
    if target := given.get("redirectAllRequestsTo"):
        protocol, _, host = target.rpartition("://")
        document["redirectAllRequestsTo"] = {"hostName": host, **({"protocol": protocol} if protocol else {})}
    return {"websiteConfiguration": document}


def _live_website(answer: Properties) -> Properties:
    target = answer.get("redirectAllRequestsTo") or {}
    protocol = f"{target['protocol']}://" if target.get("protocol") else ""
    return {
        "indexDocument": (answer.get("indexDocument") or {}).get("suffix"),
        "errorDocument": (answer.get("errorDocument") or {}).get("key"),
        "redirectAllRequestsTo": f"{protocol}{target['hostName']}" if target else None,
    }


SETTINGS = {
    "versioning": Setting("BucketVersioning", _versioning, _live_versioning),
    "serverSideEncryptionConfiguration": Setting(
        "BucketEncryption",
        lambda given: {"serverSideEncryptionConfiguration": {"rules": [given["rule"]]}},
        lambda answer: {"rule": present(answer["serverSideEncryptionConfiguration"]["rules"][0])},
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    "lifecycleRules": Setting("BucketLifecycleConfiguration", _lifecycle, _live_lifecycle, "NoSuchLifecycleConfiguration"),
    "corsRules": Setting(
        "BucketCors",
        lambda given: {"corsConfiguration": {"corsRules": given}},
        lambda answer: present(answer["corsRules"]),
        "NoSuchCORSConfiguration",
    ),
    "website": Setting("BucketWebsite", _website, _live_website, "NoSuchWebsiteConfiguration"),
    "logging": Setting(
        "BucketLogging",
        lambda given: {"bucketLoggingStatus": {"loggingEnabled": {"targetPrefix": ""} | given}},
        lambda answer: answer["loggingEnabled"] and present(answer["loggingEnabled"]),
    ),
    "policy": Setting("BucketPolicy", lambda given: {"policy": given}, lambda answer: answer["policy"], "NoSuchBucketPolicy"),
}


def put(bucket: ModelledResource, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
    """Put those that moved and are given."""
    for name, setting in SETTINGS.items():
        if name in changed and new.get(name):
            bucket.call(aws, f"Put{setting.operation}", {"bucket": id_} | setting.document(new[name]))


def read(bucket: ModelledResource, aws: Session, id_: str, state: Properties) -> Properties:
    """Those that the state has, as they are."""
    return {name: _get(bucket, aws, id_, SETTINGS[name]) for name in SETTINGS if state.get(name)}


def _get(bucket: ModelledResource, aws: Session, id_: str, setting: Setting) -> Any:
    try:
        return setting.live(bucket.call(aws, f"Get{setting.operation}", {"bucket": id_}))
    except ClientError as error:
        if code_of(error) == setting.missing:
            return None
        raise
