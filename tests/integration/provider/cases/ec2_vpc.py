"""EC2: the VPC."""

from integration.provider.harness import Case

CASES = [
    Case(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "a"}},
        lambda _: {"enableDnsHostnames": False, "tags": {"Name": "b", "Owner": "c"}},
    ),
]
