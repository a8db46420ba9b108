"""How AWS's answers become models: the parts of that which are easy to get wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runbook_lib.snapshot.cloudwatch import _metrics
from runbook_lib.snapshot.firewalls import _acl, _group
from runbook_lib.snapshot.functions import secrets_in_clear
from runbook_lib.snapshot.policies import statements
from runbook_lib.snapshot.probe import card_number, payment
from runbook_lib.snapshot.ranges import faces_internet
from runbook_lib.snapshot.s3 import Lifecycle, _lifecycle
from runbook_lib.snapshot.tags import by_key


class TestPolicies:
    """Policy documents."""

    def test_a_lone_string_means_a_list_of_one(self) -> None:
        lone = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*"}
        listed = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"], "Principal": {"AWS": ["*"]}}
        assert statements({"Statement": lone}) == statements(json.dumps({"Statement": [listed]}))

    def test_principals_of_all_kinds_are_named(self) -> None:
        principal = {"AWS": ["arn:a", "arn:b"], "Service": "lambda.amazonaws.com"}
        [found] = statements({"Statement": {"Effect": "Allow", "Principal": principal, "NotAction": "iam:*"}})
        assert found.principals == ("arn:a", "arn:b", "lambda.amazonaws.com")
        assert found.all_actions_but == ("iam:*",)

    def test_to_allow_all_but_a_few_is_to_allow_everybody_everything(self) -> None:
        [allowed] = statements({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:a"}, "NotResource": "arn:b"}})
        assert (allowed.principals, allowed.resources) == (("*",), ("*",))
        [denied] = statements({"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:a"}, "NotResource": "arn:b"}})
        assert (denied.principals, denied.resources) == ((), ())

    def test_a_denial_grants_nothing(self) -> None:
        [found] = statements({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
        assert not found.allows


def _rule(**parts: Any) -> dict[str, Any]:
    return {"Status": "Enabled", "Filter": {"Prefix": ""}, **parts}


class TestLifecycle:
    """What a bucket's rules add up to."""

    def test_rules_add_up(self) -> None:
        rules = [
            _rule(Expiration={"Days": 90}),
            _rule(NoncurrentVersionExpiration={"NoncurrentDays": 7}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
        ]
        assert _lifecycle(rules) == Lifecycle(expires_after=90, old_versions_expire_after=7, uploads_aborted_after=1)

    @pytest.mark.parametrize(
        "rule",
        [
            _rule(Expiration={"Days": 90}, Status="Disabled"),
            _rule(Expiration={"Days": 90}, Filter={"Prefix": "tmp/"}),
            _rule(Expiration={"Days": 90}, Filter={"Tag": {"Key": "a", "Value": "b"}}),
            {"Status": "Enabled", "Prefix": "tmp/", "Expiration": {"Days": 90}},
            _rule(Expiration={"ExpiredObjectDeleteMarker": True}),
        ],
    )
    def test_a_rule_that_does_not_cover_everything_counts_for_nothing(self, rule: dict[str, Any]) -> None:
        assert _lifecycle([rule]) == Lifecycle()


def test_a_dashboard_row_may_repeat_the_one_above() -> None:
    rows = [
        ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "x"],
        [".", "FreeStorageSpace", ".", "."],
        [{"expression": "m1"}],
    ]
    body = {"widgets": [{"properties": {"metrics": rows}}, {"properties": {"markdown": "text"}}]}
    assert list(_metrics(body)) == ["AWS/RDS/CPUUtilization", "AWS/RDS/FreeStorageSpace"]


def test_every_peer_of_a_permission_is_a_rule() -> None:
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-1"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
    }
    anything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    raw = {"GroupId": "sg-0", "GroupName": "g", "IpPermissions": [permission], "IpPermissionsEgress": [anything]}
    group = _group(raw)
    assert [rule.peer for rule in group.ingress] == ["10.0.0.0/8", "::/0", "sg-1", "pl-1"]
    assert [str(rule) for rule in group.egress] == ["-1 all ports 0.0.0.0/0"]


def test_an_entry_without_ports_covers_them_all() -> None:
    entry = {"RuleNumber": 1, "Egress": False, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    ssh = {**entry, "Protocol": "6", "PortRange": {"From": 22, "To": 22}}
    acl = _acl({"NetworkAclId": "acl-1", "IsDefault": False, "Associations": [], "Entries": [entry, ssh]})
    assert [(found.first_port, found.last_port) for found in acl.entries] == [(0, 65535), (22, 22)]


@pytest.mark.parametrize(
    "block",
    ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.8/32", "10.0.0.0/7", "172.16.0.0/11", "::/0", "8000::/1", "2600::/12"],
)
def test_blocks_of_the_internet(block: str) -> None:
    assert faces_internet(block)


@pytest.mark.parametrize(
    "block", ["10.0.0.0/8", "10.20.0.0/16", "172.16.0.0/12", "192.168.7.9/32", "100.64.0.0/10", "fd00::/8", "sg-1", "pl-1", None]
)
def test_what_is_no_block_of_the_internet(block: str | None) -> None:
    assert not faces_internet(block)


def test_tags_are_read_in_every_spelling() -> None:
    assert by_key([{"TagKey": "a", "TagValue": "b"}], key="TagKey", value="TagValue") == {"a": "b"}
    assert by_key(None) == {}


def test_secrets_are_told_from_their_arns() -> None:
    variables = {"DB_SECRET_ARN": "arn:aws:secretsmanager:x", "DB_PASSWORD": "hunter2", "API_KEY": "k", "LOG_LEVEL": "INFO"}
    assert secrets_in_clear(variables) == ["API_KEY", "DB_PASSWORD"]


def test_the_test_card_number_is_taken_for_one() -> None:
    """By an oracle that is not the code: the sum of digits as ISO/IEC 7812-1 has it."""
    for _ in range(50):
        digits = [int(digit) for digit in card_number()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        assert len(digits) == 16
        assert (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def test_card_numbers_and_payment_ids_are_new_each_time() -> None:
    assert card_number() != card_number()
    assert payment()["payment_id"] != payment()["payment_id"]
    assert "currency" not in payment(currency=None)
