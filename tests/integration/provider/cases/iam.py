"""IAM."""

from integration.provider.documents import BASIC, XRAY, allow, role, trust
from integration.provider.harness import Case, Make


def _attachment(make: Make) -> dict:
    return {"role": role(make)["name"], "policyArn": BASIC}


CASES = [
    Case(
        "aws:iam/role:Role",
        lambda _: {
            "assumeRolePolicy": trust("lambda.amazonaws.com"),
            "description": "a",
            "inlinePolicies": [{"name": "a", "policy": allow("s3:GetObject")}],
            "managedPolicyArns": [BASIC],
            "permissionsBoundary": BASIC,
            "tags": {"Name": "a"},
        },
        lambda _: {
            "assumeRolePolicy": trust("ec2.amazonaws.com"),
            "description": "b",
            "inlinePolicies": [{"name": "b", "policy": allow("s3:PutObject")}],
            "managedPolicyArns": [XRAY],
            "maxSessionDuration": 7200,
            "permissionsBoundary": XRAY,
            "tags": {"Name": "b"},
        },
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda make: {"role": role(make)["name"], "policy": allow("s3:GetObject")},
        lambda _: {"policy": allow("s3:PutObject")},
    ),
    Case(
        "aws:iam/policy:Policy",
        lambda _: {"policy": allow("s3:GetObject"), "description": "a"},
        lambda _: {"policy": allow("s3:PutObject"), "tags": {"Name": "b"}},
    ),
    Case("aws:iam/rolePolicyAttachment:RolePolicyAttachment", _attachment),
]
