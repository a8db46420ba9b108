"""A stack in memory, for experiments on it: it answers payments, logs them, and keeps an audit object of each it accepts."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
from unit.checks.healthy_outputs import LOG_GROUPS, OUTPUTS

from runbook_lib.aws import Aws, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FUNCTION_LOG, EXECUTION_LOG, ACCESS_LOG = LOG_GROUPS[0], LOG_GROUPS[-1], LOG_GROUPS[-2]
REQUEST_ID = "request-1"


class StandIn:
    """Plays the part of ``Aws``.

    Attributes:
        status: What a payment is answered with.
        logs: Log group → its lines; a line may be a function, which is asked whether it has arrived at each search.
        audited: The payments that have audit objects now.
        clients: Service → what its client does.
        listeners: Those of the load balancer.
    """

    def __init__(self, *, emulated: bool = True) -> None:
        self.target = Target(region="us-east-1", endpoint="http://127.0.0.1:1" if emulated else None)
        self.status: Callable[[], int] = lambda: 201
        self.logs: dict[str, list[Callable[[], str]]] = {name: [] for name in OUTPUTS.log_group_names}
        self.audited: list[str] = []
        self.requests: list[httpx.Request] = []
        self.listeners: list[dict[str, Any]] = [{"Protocol": "HTTP"}]
        destination = {"accessLogSettings": {"destinationArn": f"arn:aws:logs:us-east-1:1:log-group:{ACCESS_LOG}"}}
        self.clients: dict[str, Any] = {
            "apigateway": SimpleNamespace(get_api_key=lambda **_: {"value": "key"}, get_stage=lambda **_: destination),
            "s3": SimpleNamespace(delete_objects=self._delete),
        }

    @property
    def aws(self) -> Aws:
        """Itself, for whoever asks for an ``Aws``."""
        return cast("Aws", self)

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def client(self, service: str) -> Any:
        return self.clients[service]

    def invoke(self, function: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert (function, payload["action"]) == (OUTPUTS.schema_function_name, "payment")
        return {"rows": []}

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        found: dict[tuple[str, str], Callable[..., list[dict[str, Any]]]] = {
            ("elbv2", "describe_listeners"): lambda **_: self.listeners,
            ("logs", "filter_log_events"): self._search,
            ("s3", "list_objects_v2"): lambda **_: [],
            ("s3", "list_object_versions"): self._versions,
        }
        assert key
        yield from found[service, operation](**arguments)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, correlation = self.status(), request.headers["x-correlation-id"]
        if status in (200, 201) and (paid := re.search(rb'"payment_id": "([^"]+)"', request.content)):
            self.audited.append(paid[1].decode())
        line = {"correlation_id": correlation, "AuditStoreUnavailable": [1], "SecretUnreadable": [1]}
        self.logs[FUNCTION_LOG].append(lambda: json.dumps(line))
        return httpx.Response(status, json={}, headers={"x-amzn-RequestId": REQUEST_ID})

    def _search(self, logGroupName: str, filterPattern: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 - AWS's names
        lines = [line() for line in self.logs[logGroupName]]
        terms = re.findall(r'"([^"]*)"', filterPattern)
        return [{"message": line, "timestamp": 0} for line in lines if all(term in line for term in terms)]

    def _versions(self, Prefix: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 - AWS's name
        return [{"Key": found, "VersionId": "1"} for found in self.audited if Prefix == f"audit/{found}/"]

    def _delete(self, Delete: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - AWS's name
        gone = {found["Key"] for found in Delete["Objects"]}
        self.audited = [found for found in self.audited if found not in gone]
        return {}
