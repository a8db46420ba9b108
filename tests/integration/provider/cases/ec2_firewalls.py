"""EC2: security groups and network ACLs."""

from integration.provider.harness import Case, Make

HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"], "description": "web"}
ANYTHING = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"], "self": True}
ALLOW = {"ruleNo": 100, "action": "allow", "protocol": "tcp", "cidrBlock": "0.0.0.0/0", "fromPort": 443, "toPort": 443}
DENY = {"ruleNo": 90, "action": "deny", "protocol": "-1", "cidrBlock": "10.9.0.0/16", "fromPort": 0, "toPort": 0}


ADOPTED = "AWS makes it with the VPC and keeps it; deleting only lets go of it"


def _group(make: Make) -> dict:
    return {"vpcId": make.vpc(), "description": "for a test", "ingress": [HTTPS], "egress": [HTTPS, ANYTHING]}


def _rule(make: Make) -> dict:
    vpc = make.vpc()
    group, other = make.security_group(vpc), make.security_group(vpc)
    return {
        "securityGroupId": group,
        "referencedSecurityGroupId": other,
        "ipProtocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "description": "a",
    }


def _everything_out(make: Make) -> dict:
    return {"securityGroupId": make.security_group(make.vpc()), "cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}


def _old_rule(make: Make) -> dict:
    ports = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}
    return {"securityGroupId": make.security_group(make.vpc()), "type": "ingress", **ports}


def _acl(make: Make) -> dict:
    vpc = make.vpc()
    return {"vpcId": vpc, "subnetIds": [make.subnet(vpc)], "ingress": [ALLOW], "egress": [ALLOW, DENY]}


def _acl_rule(make: Make) -> dict:
    acl = make("aws:ec2/networkAcl:NetworkAcl", vpcId=make.vpc())["id"]
    rest = {"protocol": "6", "cidrBlock": "0.0.0.0/0", "fromPort": 1024, "toPort": 65535}
    return {"networkAclId": acl, "ruleNumber": 120, "ruleAction": "allow", "egress": True, **rest}


def _acl_association(make: Make) -> dict:
    vpc = make.vpc()
    return {"subnetId": make.subnet(vpc), "networkAclId": make("aws:ec2/networkAcl:NetworkAcl", vpcId=vpc)["id"]}


def _default_acl(make: Make) -> dict:
    vpc = make("aws:ec2/vpc:Vpc", cidrBlock="10.20.0.0/16")
    return {"defaultNetworkAclId": vpc["defaultNetworkAclId"], "ingress": [ALLOW]}


CASES = [
    Case("aws:ec2/securityGroup:SecurityGroup", _group, lambda _: {"ingress": [HTTPS, ANYTHING], "egress": [HTTPS]}),
    Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        _rule,
        lambda _: {"fromPort": 5433, "toPort": 5433, "description": "b"},
    ),
    Case("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", _everything_out),
    Case("aws:ec2/securityGroupRule:SecurityGroupRule", _old_rule),
    Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda make: {"vpcId": make.vpc()},
        lambda _: {"ingress": [HTTPS]},
        stays=ADOPTED,
    ),
    Case("aws:ec2/networkAcl:NetworkAcl", _acl, lambda _: {"ingress": [DENY], "subnetIds": []}),
    Case("aws:ec2/networkAclRule:NetworkAclRule", _acl_rule),
    Case("aws:ec2/networkAclAssociation:NetworkAclAssociation", _acl_association),
    Case("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", _default_acl, lambda _: {"ingress": [DENY]}, stays=ADOPTED),
]
