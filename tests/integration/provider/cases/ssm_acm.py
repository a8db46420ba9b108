"""SSM parameters and ACM certificates."""

from integration.provider.documents import certificate
from integration.provider.harness import Case

from runbook_lib.rehearsal.values import Secret

CASES = [
    Case(
        "aws:ssm/parameter:Parameter",
        lambda _: {"name": "/case/a", "type": "SecureString", "value": Secret("qanary"), "description": "a"},
        lambda _: {"value": Secret("other"), "description": "b", "tags": {"Name": "b"}},
    ),
    Case(
        "aws:acm/certificate:Certificate",
        lambda _: certificate(30),
        lambda _: certificate(60),
        unobservable=dict.fromkeys(("certificateBody", "privateKey"), "ACM never hands them back"),
    ),
]
