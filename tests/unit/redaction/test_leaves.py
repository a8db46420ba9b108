"""A secret that has parts is known part by part, and it is said which parts stay readable."""

from __future__ import annotations

import json

import pytest
from unit.redaction.secrets_of_odd_shapes import PEM

from runbook_lib import redaction
from runbook_lib.redaction.leaves import leaves, readable

DATABASE = json.dumps(
    {
        "username": "payments_admin", "password": "c0rrect-h0rse-9", "engine": "postgres",
        "host": "db-1.abc123.us-east-1.rds.amazonaws.com",
        "port": 5432, "dbInstanceIdentifier": "payments-db-7f3a", "ssl": True, "note": "short", "url": "postgres://app:ur1%2Fpassw0rd@db/x",
        "replicas": [{"password": "an0ther-replica"}],
    }
)  # fmt: skip


def test_of_a_json_object() -> None:
    assert {part for part, _ in leaves(DATABASE)} == {
        DATABASE, "c0rrect-h0rse-9", "postgres://app:ur1%2Fpassw0rd@db/x", "ur1%2Fpassw0rd", "ur1/passw0rd", "an0ther-replica",
    }  # fmt: skip
    assert readable(DATABASE, "db") == ["db:dbInstanceIdentifier", "db:engine", "db:host", "db:note", "db:username"]


def test_who_reads_a_record_still_sees_what_is_no_secret() -> None:
    redaction.register(DATABASE, "db")
    text = "payments_admin at db-1.abc123.us-east-1.rds.amazonaws.com:5432/postgres payments-db-7f3a True short"
    assert redaction.redact(text) == text
    assert redaction.redact("with c0rrect-h0rse-9") == "with [redacted:db:password]"
    assert redaction.redact(json.dumps(json.loads(DATABASE), indent=4)).count("[redacted") == 3  # in another shape


@pytest.mark.parametrize("url", ["postgres://run:b4ck%2Fend-pw@host/state", "https://x:b4ck%2Fend-pw@host:8443/?a=b"])
def test_of_a_url_its_password_as_written_and_as_meant(url: str) -> None:
    assert {part for part, _ in leaves(url)} == {url, "b4ck%2Fend-pw", "b4ck/end-pw"}


def test_of_lines_each() -> None:
    assert {part for part, _ in leaves(PEM)} == {PEM, *PEM.splitlines()[1:-1]}
    assert {part for part, _ in leaves("A_TOKEN=q1w2e3r4t5\nREGION=us-east-1\nexport PASSWORD='p-0-l-k-j'\n{\n}\n")} >= {
        "q1w2e3r4t5",
        "p-0-l-k-j",
    }


def test_of_a_connection_string() -> None:
    assert {part for part, _ in leaves("host=db.example.com user=app password=q1w2e3r4 sslmode=require")} >= {"q1w2e3r4"}


def test_what_only_begins_like_json_is_one_secret() -> None:
    assert [part for part, _ in leaves("{not-j5on-at-all")] == ["{not-j5on-at-all"]


MEMBERS = {
    "schema": "payments_v2_ledger",
    "sslmode": "verify-full",
    "cluster": "payments-7f3a9c2b",
    "stage": "PaymentsLedger2024Main",
}


def test_members_that_are_no_secrets() -> None:
    secret = json.dumps({**MEMBERS, "password": "Kq9#zzW4pTr8"})
    assert [part for part, _ in leaves(secret)] == [secret, "Kq9#zzW4pTr8"]
    assert readable(secret, "db") == [f"db:{key}" for key in sorted(MEMBERS)]
    lines = "\n".join(f"{key}={value}" for key, value in {**MEMBERS, "password": "Kq9#zzW4pTr8"}.items())
    assert [part for part, _ in leaves(lines)] == [lines, "Kq9#zzW4pTr8"]


@pytest.mark.parametrize(
    "member",
    [
        {"masterKey": "m4ster-of-it"}, {"dsn": "app/w0rd-of-it@db"},
        {"credentials": {"value": "v4lue-of-it"}}, {"tokens": ["t0ken-of-it"]},
        {"x": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX"}, {"x": "k3j4h5g6f7d8s9a0"},
        {"x": "aB3$xY9!kQ2#mN5&"}, {"x": "0f9a8b7c6d5e4f3a2b1c"},
        {"x": "https://app:ur1-passw0rd@db.internal/x"}, {"pin": 918273645546372819},
    ],
)  # fmt: skip
def test_members_that_are(member: dict[str, object]) -> None:
    value = next(iter(member.values()))
    value = next(iter(value.values())) if isinstance(value, dict) else value[0] if isinstance(value, list) else value
    assert str(value) in {part for part, _ in leaves(json.dumps({**MEMBERS, **member, "more": "m0re_of_the_same"}))}


def test_the_only_member_is_the_secret() -> None:
    assert "s0mething-else" in {part for part, _ in leaves(json.dumps({"what": "s0mething-else", "user": "app"}))}
