"""Policy documents, programs and certificates that the cases are made with."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from integration.provider.harness import Make

from runbook_lib.rehearsal.provider.wire import Archive, Asset
from runbook_lib.rehearsal.values import Secret

ACCOUNT = "000000000000"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
ECHO = "def handler(event, context):\n    return {'statusCode': 201, 'body': 'made'}\n"


def allow(action: str, resource: str = "*", **statement: Any) -> str:
    """A policy with one statement."""
    document = {"Effect": "Allow", "Action": action, "Resource": resource, **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [document]})


def trust(service: str) -> str:
    """Who may act as a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def package(source: str = ECHO) -> Archive:
    """A Lambda package as the engine hands it over."""
    return Archive(assets={"index.py": Asset(text=source, hash=source)}, hash=source)


def role(make: Make) -> dict:
    """A role for Lambda."""
    return make("aws:iam/role:Role", assumeRolePolicy=trust("lambda.amazonaws.com"))


def key(make: Make) -> dict:
    """A customer-managed key."""
    return make("aws:kms/key:Key", deletionWindowInDays=7)


def function(make: Make, source: str = ECHO, **settings: Any) -> dict:
    """A Lambda function."""
    base = {"runtime": "python3.12", "handler": "index.handler", "code": package(source)}
    return make("aws:lambda/function:Function", role=role(make)["arn"], **base, **settings)


def certificate(days: int) -> dict[str, Any]:
    """Body and key of a self-signed certificate."""
    private, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "payments.example")])
    body = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=days))
        .sign(private, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    text = private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()
    return {"certificateBody": body.public_bytes(pem).decode(), "privateKey": Secret(text)}
