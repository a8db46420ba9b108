"""Lambda: functions."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.packages import content
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

POLL_SECONDS = 0.1
POLLS = 600
UNRESERVED = -1
CODE = frozenset({"code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri", "sourceCodeHash", "architectures"})
CONFIGURATION = frozenset(
    {
        *("deadLetterConfig", "description", "environment", "ephemeralStorage", "fileSystemConfig", "handler", "imageConfig"),
        *("kmsKeyArn", "layers", "loggingConfig", "memorySize", "role", "runtime", "snapStart", "timeout", "tracingConfig"),
        "vpcConfig",
    }
)
# Function ARNs as API Gateway wants to be given them.
INVOKE = "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
STREAM = "arn:aws:apigateway:{region}:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations"


class LambdaResource(ModelledResource):
    """Base of the Lambda types."""

    service: ClassVar[str] = "lambda"
    absent: ClassVar[frozenset[str]] = frozenset({"ResourceNotFoundException"})


@resource("aws:lambda/function:Function")
class Function(LambdaResource):
    """A function; its id is its name."""

    autoname = "name"
    autoname_max = 64
    replace_on = frozenset({"name", "packageType", "tenancyConfig"})
    sets = frozenset({"architectures", "vpcConfig.subnetIds", "vpcConfig.securityGroupIds"})
    recomputed = frozenset({"codeSha256", "lastModified", "qualifiedArn", "qualifiedInvokeArn", "sourceCodeSize", "version"})
    defaults: ClassVar[dict[str, Any]] = {
        "memorySize": 128,
        "packageType": "Zip",
        "publish": False,
        "reservedConcurrentExecutions": UNRESERVED,
        "skipDestroy": False,
        "timeout": 3,
    }
    refuses = frozenset({"replaceSecurityGroupsOnDestroy", "replacementSecurityGroupIds"})
    fixed = frozenset({"capacityProviderConfig", "codeSigningConfigArn", "durableConfig", "publishTo", "sourceKmsKeyArn"})
    cleared: ClassVar[dict[str, Any]] = {
        "deadLetterConfig": {"targetArn": ""},
        "description": "",
        "environment": {"variables": {}},
        "fileSystemConfig": [],
        "imageConfig": {},
        "kmsKeyArn": "",
        "layers": [],
        "snapStart": {"applyOn": "None"},
        "vpcConfig": {"subnetIds": [], "securityGroupIds": []},
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateFunction."""
        function = self.taken(inputs) | {"code": self.source(aws, inputs)}
        names = {"FunctionName": "name", "FileSystemConfigs": "fileSystemConfig", "Tags": "tagsAll"}
        return str(self.call(aws, "CreateFunction", function, **names)["functionName"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Wait until it can be called, and reserve its concurrency."""
        self.wait(aws, id_)
        if "reservedConcurrentExecutions" in changed:
            function = {"functionName": id_}
            if new.get("reservedConcurrentExecutions", UNRESERVED) == UNRESERVED:
                self.call(aws, "DeleteFunctionConcurrency", function)
            else:
                self.call(aws, "PutFunctionConcurrency", new | function)

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Configuration, then code, then a version of both; Lambda takes one change at a time."""
        function = {"functionName": id_}
        if moved := changed & CONFIGURATION:
            values = self.taken(new)
            settings = {name: values[name] for name in moved if name in values}
            self.call(aws, "UpdateFunctionConfiguration", settings | function, FileSystemConfigs="fileSystemConfig")
            self.wait(aws, id_)
        if changed & CODE:
            source = self.source(aws, new) | {"architectures": new.get("architectures")}
            self.call(aws, "UpdateFunctionCode", source | function)
            self.wait(aws, id_)
        if new.get("publish") and changed & (CONFIGURATION | CODE | {"publish"}):
            self.call(aws, "PublishVersion", function)
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetFunction and, if versions are published, the latest of them."""
        answer = self.call(aws, "GetFunction", {"functionName": id_})
        live = answer["configuration"]
        arn = live["functionArn"]
        version = self.latest(aws, id_) if state.get("publish") else live["version"]
        mode = (live["tracingConfig"] or {}).get("mode")
        found = pick(
            live, "architectures", "codeSha256", "deadLetterConfig", "description", "environment", "ephemeralStorage",
            "handler", "imageConfig", "kmsKeyArn", "lastModified", "loggingConfig", "memorySize", "packageType",
            "role", "runtime", "timeout", "vpcConfig", "signingJobArn", "signingProfileVersionArn",
            name="functionName", sourceCodeSize="codeSize",
        )  # fmt: skip
        for block, member in (("vpcConfig", "subnetIds"), ("deadLetterConfig", "targetArn"), ("environment", "variables")):
            # Lambda answers these as empty shells where nothing is set.
            if not (found[block] or {}).get(member):
                found[block] = None
        concurrency = (answer["concurrency"] or {}).get("reservedConcurrentExecutions")
        qualified = f"{arn}:{version}"
        return found | {
            "arn": arn,
            "version": version,
            "qualifiedArn": qualified,
            "invokeArn": INVOKE.format(region=aws.region, arn=arn),
            "qualifiedInvokeArn": INVOKE.format(region=aws.region, arn=qualified),
            "responseStreamingInvokeArn": STREAM.format(region=aws.region, arn=arn),
            "layers": [layer["arn"] for layer in live["layers"] or []],
            "reservedConcurrentExecutions": UNRESERVED if concurrency is None else concurrency,
            "snapStart": None if (live["snapStart"] or {}).get("applyOn") in (None, "None") else live["snapStart"],
            "tracingConfig": {"mode": mode} if mode == "Active" or state.get("tracingConfig") else None,
            "tagsAll": answer["tags"] or {},
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteFunction with all its versions, unless the program wants it kept."""
        if not state.get("skipDestroy"):
            self.call(aws, "DeleteFunction", {"functionName": id_})

    def taken(self, inputs: Properties) -> Properties:
        """The inputs without what only Lambda fills in."""
        computed = {"vpcConfig": "vpcId", "snapStart": "optimizationStatus"}
        blocks = {
            block: {name: value for name, value in inputs[block].items() if name != member}
            for block, member in computed.items()
            if inputs.get(block)
        }
        return inputs | blocks

    def source(self, aws: Session, inputs: Properties) -> Properties:
        """Where the code comes from; what is in S3 must be there, which the emulator does not look at."""
        if inputs.get("code") is not None:
            return {"zipFile": content(inputs["code"])}
        names = ("s3Bucket", "s3Key", "s3ObjectVersion", "imageUri")
        given = {name: inputs[name] for name in names if inputs.get(name) is not None}
        if "s3Bucket" in given:
            version = {"VersionId": given["s3ObjectVersion"]} if "s3ObjectVersion" in given else {}
            aws.client("s3").head_object(Bucket=given["s3Bucket"], Key=given.get("s3Key", ""), **version)
        return given

    def wait(self, aws: Session, name: str) -> None:
        """Until the function is active and its last change is through."""
        for waiter in ("function_active_v2", "function_updated_v2"):
            patience = {"Delay": POLL_SECONDS, "MaxAttempts": POLLS}
            self.client(aws).get_waiter(waiter).wait(FunctionName=name, WaiterConfig=patience)

    def latest(self, aws: Session, name: str) -> str:
        """The version published last, or ``$LATEST``."""
        versions: list[str] = [
            version["Version"]
            for page in self.client(aws).get_paginator("list_versions_by_function").paginate(FunctionName=name)
            for version in page["Versions"]
        ]
        return max(versions, key=lambda version: int(version) if version.isdigit() else 0)
