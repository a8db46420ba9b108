"""Whatever goes wrong, in whichever of the protocol's methods: the error is one that begins with whom it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from runbook_lib.errors import EngineError
from runbook_lib.rehearsal.provider import configuration, registry, server
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.session import Session
from runbook_lib.rehearsal.provider.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = "aws:sns/topic:Topic"
URN = f"urn:pulumi:test::project::my:component:One${TOPIC}::name::with::colons"
PROVIDER_URN = "urn:pulumi:test::project::pulumi:providers:aws::mine"
LOOKUP = "aws:ec2/getVpc:getVpc"

REQUESTS: dict[str, tuple[Any, str]] = {
    "CheckConfig": (pb.CheckRequest(urn=PROVIDER_URN), "pulumi:providers:aws mine: "),
    "DiffConfig": (pb.DiffRequest(urn=PROVIDER_URN), "pulumi:providers:aws mine: "),
    "Invoke": (pb.InvokeRequest(tok=LOOKUP), f"{LOOKUP}: "),
    "Check": (pb.CheckRequest(urn=URN), f"{TOPIC} name::with::colons: "),
    "Diff": (pb.DiffRequest(urn=URN), f"{TOPIC} name::with::colons: "),
    "Create": (pb.CreateRequest(urn=URN), f"{TOPIC} name::with::colons: "),
    "Read": (pb.ReadRequest(urn=URN, id="a"), f"{TOPIC} name::with::colons: "),
    "Update": (pb.UpdateRequest(urn=URN, id="a"), f"{TOPIC} name::with::colons: "),
    "Delete": (pb.DeleteRequest(urn=URN, id="a"), f"{TOPIC} name::with::colons: "),
}
ABOUT_NOBODY = {"Handshake", "GetPluginInfo", "GetSchema", "Configure", "Cancel", "Attach"}
REFUSED = ClientError({"Error": {"Code": "Denied", "Message": "not you"}}, "CreateTopic")
ERRORS: list[tuple[Exception, str]] = [
    (RecursionError("maximum recursion depth exceeded"), "the rehearsal provider failed: RecursionError: maximum recursion"),
    (KeyError("arn"), "the rehearsal provider failed: KeyError: 'arn'"),
    (ProviderError("no such thing"), "no such thing"),
    (EngineError("no database"), "no database"),
    (REFUSED, "CreateTopic: Denied: not you"),
    (EndpointConnectionError(endpoint_url="http://a"), 'Could not connect to the endpoint URL: "http://a"'),
]


class Context:
    """What gRPC hands a method; ``abort`` raises, as the real one does."""

    def __init__(self) -> None:
        self.metadata: dict[str, bytes] = {}

    def set_trailing_metadata(self, metadata: list[tuple[str, bytes]]) -> None:
        self.metadata = dict(metadata)

    def abort(self, code: grpc.StatusCode, details: str) -> NoReturn:
        assert code is grpc.StatusCode.UNKNOWN
        raise AbortedError(details)


class AbortedError(Exception):
    """Raised by ``abort``."""


@pytest.fixture
def provider() -> server.Provider:
    made = server.Provider()
    made._session = Session("us-east-1", "http://127.0.0.1:1")
    return made


def raising(error: Exception) -> Callable[..., NoReturn]:
    def broken(*_: Any, **__: Any) -> NoReturn:
        raise error

    return broken


def test_every_method_is_here() -> None:
    methods = {name for name, value in vars(server.Provider).items() if name[0].isupper() and callable(value)}
    assert methods == REQUESTS.keys() | ABOUT_NOBODY


@pytest.mark.parametrize(("error", "text"), ERRORS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("method", REQUESTS)
def test_an_error_begins_with_whom_it_is_about(
    provider: server.Provider, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception, text: str
) -> None:
    for name in ("check", "diff", "create", "read", "update", "delete"):
        monkeypatch.setattr(Lifecycle, name, raising(error))
    monkeypatch.setattr(configuration, "failures", raising(error))
    monkeypatch.setattr(server, "plain", raising(error))
    monkeypatch.setitem(registry.functions(), LOOKUP, raising(error))
    request, about = REQUESTS[method]
    with pytest.raises(AbortedError) as told:
        getattr(provider, method)(request, Context())
    assert str(told.value).startswith(about + text)
    assert str(told.value).count(about) == 1


@pytest.mark.parametrize("method", ["Create", "Update"])
@pytest.mark.parametrize("error", [RecursionError("deep"), KeyError("arn"), REFUSED], ids=lambda each: type(each).__name__)
def test_what_exists_is_kept_whatever_broke(
    provider: server.Provider, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception
) -> None:
    """A resource that the engine forgets after a KeyError of the provider would be left behind for ever."""
    topic = type(registry.resources()[TOPIC])
    monkeypatch.setattr(topic, "there", lambda *_: None)
    monkeypatch.setattr(topic, "create", lambda *_: "made")
    for name in ("tag", "configure", "update", "read"):
        monkeypatch.setattr(topic, name, raising(error))
    properties = encode({"name": "a"})
    requests = {
        "Create": pb.CreateRequest(urn=URN, properties=properties),
        "Update": pb.UpdateRequest(urn=URN, id="made", olds=properties, news=properties),
    }
    context = Context()
    with pytest.raises(AbortedError) as told:
        getattr(provider, method)(requests[method], context)
    status = status_pb2.Status.FromString(context.metadata["grpc-status-details-bin"])
    kept = pb.ErrorResourceInitFailed()
    assert status.details[0].Unpack(kept)
    assert (kept.id, decode(kept.properties)["name"]) == ("made", "a")
    assert [str(told.value)] == list(kept.reasons) == [status.message]
    assert str(told.value).startswith(f"{TOPIC} name::with::colons: ")


@pytest.mark.parametrize("method", ["Check", "Diff", "Create", "Read", "Update", "Delete"])
def test_a_type_that_nobody_knows_is_named(provider: server.Provider, method: str) -> None:
    request = type(REQUESTS[method][0])(urn="urn:pulumi:test::project::aws:ec2/vcp:Vcp::a")
    with pytest.raises(AbortedError, match=r"^aws:ec2/vcp:Vcp a: there is no such resource type"):
        getattr(provider, method)(request, Context())


def test_a_function_that_nobody_knows_is_named(provider: server.Provider) -> None:
    token = "aws:iot/getEndpoint:getEndpoint"
    with pytest.raises(AbortedError, match=rf"^{token}: cannot be rehearsed; nothing of aws:iot can$"):
        provider.Invoke(pb.InvokeRequest(tok=token), Context())
    token = "aws:kms/getSecrets:getSecrets"
    known = "aws:kms/getAlias:getAlias, aws:kms/getKey:getKey"
    with pytest.raises(AbortedError, match=rf"^{token}: cannot be rehearsed; of aws:kms these can: {known}$"):
        provider.Invoke(pb.InvokeRequest(tok=token), Context())
