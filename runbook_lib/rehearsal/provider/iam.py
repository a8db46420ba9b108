"""IAM: roles, policies, and what ties them together."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

MAX_VERSIONS = 5


class IamResource(ModelledResource):
    """Base of the IAM types."""

    service: ClassVar[str] = "iam"
    absent: ClassVar[frozenset[str]] = frozenset({"NoSuchEntity", "NoSuchEntityException"})


@resource("aws:iam/role:Role")
class Role(IamResource):
    """Who a service may act as."""

    autoname = "name"
    autoname_max = 64
    replace_on = frozenset({"name", "namePrefix", "path"})
    json_properties = frozenset({"assumeRolePolicy", "inlinePolicies.policy"})
    sets = frozenset({"managedPolicyArns", "inlinePolicies"})
    defaults: ClassVar[dict[str, Any]] = {"maxSessionDuration": 3600, "path": "/"}
    tag_operations = ("TagRole", "UntagRole")

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateRole."""
        names = {"RoleName": "name", "AssumeRolePolicyDocument": "assumeRolePolicy", "Tags": "tagsAll"}
        return str(self.call(aws, "CreateRole", inputs, **names)["role"]["roleName"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Attach what the role itself lists; a list that is not given is not managed here."""
        role = {"roleName": id_}
        if new.get("managedPolicyArns") is not None and "managedPolicyArns" in changed:
            wanted, live = set(new["managedPolicyArns"]), set(self.attached(aws, id_))
            for arn in sorted(live - wanted):
                self.call(aws, "DetachRolePolicy", role | {"policyArn": arn})
            for arn in sorted(wanted - live):
                self.call(aws, "AttachRolePolicy", role | {"policyArn": arn})
        if new.get("inlinePolicies") is not None and "inlinePolicies" in changed:
            named = [policy for policy in new["inlinePolicies"] if policy.get("name")]
            for name in self.inline(aws, id_):
                if name not in {policy["name"] for policy in named}:
                    self.call(aws, "DeleteRolePolicy", role | {"policyName": name})
            for policy in named:
                self.call(aws, "PutRolePolicy", role | policy, PolicyName="name", PolicyDocument="policy")

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Change the role, its trust and its boundary."""
        role = {"roleName": id_}
        if "assumeRolePolicy" in changed:
            self.call(aws, "UpdateAssumeRolePolicy", role | new, PolicyDocument="assumeRolePolicy")
        if changed & {"description", "maxSessionDuration"}:
            self.call(aws, "UpdateRole", {"description": ""} | new | role)
        if "permissionsBoundary" in changed:
            operation = "PutRolePermissionsBoundary" if new.get("permissionsBoundary") else "DeleteRolePermissionsBoundary"
            self.call(aws, operation, role | new)
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetRole, and the policies if the role is what lists them."""
        role = self.call(aws, "GetRole", {"roleName": id_})["role"]
        role["boundary"] = (role["permissionsBoundary"] or {}).get("permissionsBoundaryArn")
        live = pick(
            role, "path", "description", "maxSessionDuration", "createDate", "arn",
            name="roleName", assumeRolePolicy="assumeRolePolicyDocument", uniqueId="roleId",
            permissionsBoundary="boundary", tagsAll="tags",
        )  # fmt: skip
        live["managedPolicyArns"] = self.attached(aws, id_)
        names = self.inline(aws, id_)
        policies = [self.call(aws, "GetRolePolicy", {"roleName": id_, "policyName": name}) for name in names]
        live["inlinePolicies"] = [pick(policy, name="policyName", policy="policyDocument") for policy in policies]
        return live

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteRole, after its inline policies; attached ones are the business of their attachments."""
        role = {"roleName": id_}
        if state.get("forceDetachPolicies") or state.get("managedPolicyArns"):
            for arn in self.attached(aws, id_):
                self.call(aws, "DetachRolePolicy", role | {"policyArn": arn})
        if state.get("forceDetachPolicies") or state.get("inlinePolicies"):
            for name in self.inline(aws, id_):
                self.call(aws, "DeleteRolePolicy", role | {"policyName": name})
        self.call(aws, "DeleteRole", role)

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """IAM tags a role by its name."""
        return id_

    def attached(self, aws: Session, name: str) -> list[str]:
        """ARNs of the managed policies that are attached."""
        answer = self.call(aws, "ListAttachedRolePolicies", {"roleName": name})
        return [policy["policyArn"] for policy in answer["attachedPolicies"]]

    def inline(self, aws: Session, name: str) -> list[str]:
        """Names of the inline policies."""
        return list(self.call(aws, "ListRolePolicies", {"roleName": name})["policyNames"])


@resource("aws:iam/rolePolicy:RolePolicy")
class RolePolicy(IamResource):
    """An inline policy of a role; its id is ``role:name``."""

    autoname = "name"
    autoname_max = 128
    replace_on = frozenset({"role", "name", "namePrefix"})
    json_properties = frozenset({"policy"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutRolePolicy."""
        self.call(aws, "PutRolePolicy", inputs, RoleName="role", PolicyName="name", PolicyDocument="policy")
        return f"{inputs['role']}:{inputs['name']}"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetRolePolicy."""
        policy = self.call(aws, "GetRolePolicy", self.key(id_))
        return pick(policy, role="roleName", name="policyName", policy="policyDocument")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteRolePolicy."""
        self.call(aws, "DeleteRolePolicy", self.key(id_))

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        role, _, name = id_.partition(":")
        return {"roleName": role, "policyName": name}


@resource("aws:iam/policy:Policy")
class Policy(IamResource):
    """A managed policy; its document has versions, of which AWS keeps five."""

    autoname = "name"
    autoname_max = 128
    replace_on = frozenset({"name", "namePrefix", "path", "description"})
    json_properties = frozenset({"policy"})
    defaults: ClassVar[dict[str, Any]] = {"path": "/"}
    tag_operations = ("TagPolicy", "UntagPolicy")

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreatePolicy."""
        names = {"PolicyName": "name", "PolicyDocument": "policy", "Tags": "tagsAll"}
        return str(self.call(aws, "CreatePolicy", inputs, **names)["policy"]["arn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Make room for the new version, then make it the default."""
        if "policy" in changed:
            policy = {"policyArn": id_}
            *_, oldest = versions = self.call(aws, "ListPolicyVersions", policy)["versions"]
            if len(versions) >= MAX_VERSIONS:
                self.call(aws, "DeletePolicyVersion", policy | pick(oldest, "versionId"))
            document = policy | {"policyDocument": new["policy"], "setAsDefault": True}
            self.call(aws, "CreatePolicyVersion", document)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetPolicy and the document of its default version."""
        policy = self.call(aws, "GetPolicy", {"policyArn": id_})["policy"]
        version = {"policyArn": id_, "versionId": policy["defaultVersionId"]}
        policy["document"] = self.call(aws, "GetPolicyVersion", version)["policyVersion"]["document"]
        return pick(
            policy, "path", "description", "arn", "policyId", "attachmentCount",
            name="policyName", policy="document", tagsAll="tags",
        )  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeletePolicy, after its other versions."""
        policy = {"policyArn": id_}
        for version in self.call(aws, "ListPolicyVersions", policy)["versions"]:
            if not version["isDefaultVersion"]:
                self.call(aws, "DeletePolicyVersion", policy | pick(version, "versionId"))
        self.call(aws, "DeletePolicy", policy)

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The id is the ARN."""
        return id_


@resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(IamResource):
    """A managed policy on a role; its id is ``role/arn``."""

    replace_on = frozenset({"role", "policyArn"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """AttachRolePolicy."""
        self.call(aws, "AttachRolePolicy", inputs, RoleName="role")
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """Whether it is among the role's attached policies."""
        role, _, arn = id_.partition("/")
        attached = self.call(aws, "ListAttachedRolePolicies", {"roleName": role})["attachedPolicies"]
        return {"role": role, "policyArn": arn} if arn in {policy["policyArn"] for policy in attached} else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DetachRolePolicy."""
        role, _, arn = id_.partition("/")
        self.call(aws, "DetachRolePolicy", {"roleName": role, "policyArn": arn})
