"""IAM policy documents as plain values; components serialize them with `Output.json_dumps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


Statement = dict[str, Any]

ANY = "*"
"""Resource `*`: each use says beside it why AWS offers nothing narrower."""

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def document(*statements: Statement) -> dict[str, Any]:
    """Wrap statements into a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    *,
    principal: Mapping[str, Any] | str | None = None,
    when: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Build a statement that allows actions.

    Args:
        sid: What the statement is for, in one CamelCase word.
        actions: Full action names.
        resources: ARNs, plain or as outputs.
        principal: Who, in a resource policy; nobody in an identity policy.
        when: Conditions, operator → key → value.
    """
    return _statement("Allow", sid, actions, resources, principal, when)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    *,
    principal: Mapping[str, Any] | str | None = None,
    when: Mapping[str, Mapping[str, Any]] | None = None,
) -> Statement:
    """Build a statement that denies actions; arguments as for `allow`."""
    return _statement("Deny", sid, actions, resources, principal, when)


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[Any],
    principal: Mapping[str, Any] | str | None,
    when: Mapping[str, Mapping[str, Any]] | None,
) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": list(resources)}
    if principal is not None:
        statement["Principal"] = principal
    if when is not None:
        statement["Condition"] = when
    return statement


def trust(service: str, *, account: str | None = None, source: str | None = None) -> dict[str, Any]:
    """Build the trust policy that lets an AWS service assume a role.

    Args:
        service: The service principal, such as `lambda.amazonaws.com`.
        account: Only on behalf of resources of this account, for services that say so (confused deputy).
        source: And only of resources whose ARN is like this.
    """
    statement: Statement = {
        "Sid": "Assume",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Principal": {"Service": service},
    }
    if account is not None:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
    if source is not None:
        statement.setdefault("Condition", {})["ArnLike"] = {"aws:SourceArn": source}
    return document(statement)


def key_administration(account_root: str) -> Statement:
    """Let this account's IAM decide who administers a key, but nobody use it.

    AWS's default statement is `kms:*` for the account, by which any administrator may also decrypt. Here the account
    gets the administrative actions only, so that the key cannot be orphaned; use is named statement by statement.
    """
    # In a key policy the resource `*` is the key itself.
    return allow("Administer", KEY_ADMINISTRATION, [ANY], principal={"AWS": account_root})


def tls_only(bucket_arn: str) -> Statement:
    """Deny every request to a bucket that does not come over TLS."""
    # `s3:*` here forbids; it grants nothing.
    return deny(
        "TlsOnly",
        ["s3:*"],
        [bucket_arn, f"{bucket_arn}/*"],
        principal="*",
        when={"Bool": {"aws:SecureTransport": "false"}},
    )
