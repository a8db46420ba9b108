"""Ways to break buckets, keys, logs, alarms, topic and dashboard."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unit.checks.breakage import breaks
from unit.checks.healthy import broken
from unit.checks.healthy_outputs import KEY, LOG_GROUPS
from unit.checks.healthy_services import ALARMS, BUCKETS, DASHBOARD, KEYS, LOGS, TOPIC

from runbook_lib.snapshot import Snapshot
from runbook_lib.snapshot.policies import Statement
from runbook_lib.snapshot.s3 import Lifecycle

CPU = "database-cpu-staging-demo"
DATABASE_DOWN = "payments-database-staging-demo"
ERRORS = "payments-errors-staging-demo"
AUDIT = KEY["audit"]
ROOT = ("arn:aws:iam::1:root",)


def _audit(**changes: Any) -> Snapshot:
    return broken(BUCKETS, audit=replace(BUCKETS.audit, **changes))


def _key(**changes: Any) -> Snapshot:
    return broken(KEYS, by_arn={**KEYS.by_arn, AUDIT: replace(KEYS.by_arn[AUDIT], **changes)})


def _key_policy(*statements: Statement) -> Snapshot:
    return _key(policy=(*KEYS.by_arn[AUDIT].policy, *statements))


def _alarm(name: str, **changes: Any) -> Snapshot:
    return broken(ALARMS, by_name={**ALARMS.by_name, name: replace(ALARMS.by_name[name], **changes)})


def _log_group(**changes: Any) -> Snapshot:
    return broken(LOGS, by_name={**LOGS.by_name, LOG_GROUPS[0]: replace(LOGS.by_name[LOG_GROUPS[0]], **changes)})


EVERYBODY = Statement(allows=True, actions=("s3:GetObject",), principals=("*",), resources=("arn:b/*",))
NEVER_DELETE = Statement(allows=False, actions=("s3:DeleteObject",), principals=("*",), resources=("arn:b/*",))
TLS_ONLY = BUCKETS.audit.policy[0]
NINETY = Lifecycle(expires_after=90, old_versions_expire_after=90, uploads_aborted_after=1)
ROWS = (
    breaks("no versions", _audit(versioned=False), "audit_bucket_versioned"),
    breaks("S3's own key", _audit(encryption="AES256", key_arn=""), "audit_bucket_encrypted"),
    breaks("another key", _audit(key_arn="arn:aws:kms:us-east-1:1:key/other"), "audit_bucket_encrypted"),
    breaks(
        "a log bucket that nobody can deliver to",
        broken(BUCKETS, access_log=replace(BUCKETS.access_log, encryption="aws:kms")),
        "access_log_bucket_encrypted",
    ),
    breaks("objects for ever", _audit(lifecycle=replace(NINETY, expires_after=0)), "buckets_expire_objects"),
    breaks("objects for a month", _audit(lifecycle=replace(NINETY, expires_after=30)), "buckets_expire_objects"),
    breaks("old versions for ever", _audit(lifecycle=replace(NINETY, old_versions_expire_after=0)), "buckets_expire_objects"),
    breaks("uploads for ever", _audit(lifecycle=replace(NINETY, uploads_aborted_after=0)), "buckets_expire_objects"),
    breaks("three blocks", _audit(public_access_blocks=BUCKETS.audit.public_access_blocks[:3]), "buckets_block_public_access"),
    breaks(
        "no bucket policy", _audit(policy=()), "buckets_refuse_plain_http", "buckets_grant_nothing_to_everybody"
    ),
    breaks(
        "plain HTTP to objects",
        _audit(policy=(replace(BUCKETS.audit.policy[0], resources=BUCKETS.audit.policy[0].resources[:1]),)),
        "buckets_refuse_plain_http",
    ),
    breaks(
        "plain HTTP from all but one network",
        _audit(policy=(replace(TLS_ONLY, conditions={**TLS_ONLY.conditions, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),)),
        "buckets_refuse_plain_http",
    ),
    breaks("access lists", _audit(ownership="ObjectWriter"), "buckets_owner_enforced"),
    breaks("a public object", _audit(policy=(*BUCKETS.audit.policy, EVERYBODY)), "buckets_grant_nothing_to_everybody"),
    breaks("object lock", _audit(locked=True), "buckets_can_be_emptied"),
    breaks("a policy against deletion", _audit(policy=(*BUCKETS.audit.policy, NEVER_DELETE)), "buckets_can_be_emptied"),
    breaks("logs for ever", _log_group(retention_days=0), "log_groups_kept_30_days"),
    breaks("logs in clear", _log_group(key_arn=""), "log_groups_encrypted"),
    breaks(
        "no alarm on errors",
        broken(ALARMS, by_name={name: alarm for name, alarm in ALARMS.by_name.items() if name != ERRORS}),
        "alarms_cover_metrics", "alarms_all_live",
    ),
    breaks("another stack's failures", _alarm(DATABASE_DOWN, dimensions={}), "alarms_cover_failures"),
    breaks("another stack's database", _alarm(CPU, dimensions={"of": "payments-db-staging-other"}), "alarms_cover_metrics"),
    breaks("another API's errors", _alarm("api-5xx-staging-demo", dimensions={"ApiName": "other", "Stage": "staging"}),
           "alarms_cover_metrics"),
    breaks("an alarm nobody hears", _alarm(CPU, actions=()), "alarms_notify_topic"),
    breaks("an alarm switched off", _alarm(CPU, actions_enabled=False), "alarms_notify_topic"),
    breaks("a silent database", _alarm(CPU, missing_data="missing"), "alarms_treat_silence"),
    breaks("errors that alarm by silence", _alarm(ERRORS, missing_data="breaching"), "alarms_treat_silence"),
    breaks("a topic in clear", broken(TOPIC, key=""), "topic_encrypted"),
    breaks("a topic without CloudWatch", broken(TOPIC, policy=()), "topic_admits_named_publishers"),
    breaks(
        "a topic for everybody",
        broken(TOPIC, policy=(*TOPIC.policy, Statement(allows=True, actions=("sns:Publish",), principals=("*",)))),
        "topic_admits_named_publishers",
    ),
    breaks("a metric out of sight", broken(DASHBOARD, metrics=frozenset({"AWS/RDS/CPUUtilization"})),
           "dashboard_shows_alarmed_metrics"),
    breaks("no rotation", _key(rotates=False), "keys_rotate"),
    breaks("a key to be deleted", _key(state="PendingDeletion"), "keys_rotate"),
    breaks("everything for the account", _key_policy(Statement(allows=True, actions=("kms:*",), principals=ROOT)),
           "keys_name_their_users"),
    breaks("use for the account", _key_policy(Statement(allows=True, actions=("kms:Decrypt",), principals=ROOT)),
           "keys_name_their_users"),
    breaks(
        "a key for everybody",
        _key_policy(Statement(allows=True, actions=("kms:Decrypt",), principals=("*",), conditions={"Bool": {}})),
        "keys_name_their_users",
    ),
    breaks("a key for nobody", _key(policy=()), "keys_name_their_users"),
)  # fmt: skip
