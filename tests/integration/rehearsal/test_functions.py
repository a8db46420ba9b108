"""Lambda functions run in the emulator with what AWS's runtime has, and with nothing of this project's environment."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest

from runbook_lib.rehearsal import emulator
from runbook_lib.rehearsal import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDLER = """
import importlib, os, own
def handler(event, context):
    found = {}
    for name in event["modules"]:
        try:
            importlib.import_module(name)
        except ImportError as error:
            found[name] = str(error)
        else:
            found[name] = "there"
    return {"found": found, "own": own.VALUE, "process": os.getpid()}
"""


@pytest.fixture(scope="module", params=["world", "emulator"])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A world, whose functions are forked by its nursery, and an emulator alone."""
    folder = tmp_path_factory.mktemp(request.param)
    start: Any = worlds.start(folder) if request.param == "world" else emulator.Emulator.start(folder / "log")
    with start as running:
        yield running.endpoint


@pytest.fixture
def functions(endpoint: str) -> Iterator[Any]:
    session = boto3.Session("test", "test", region_name="us-east-1")
    session.client("iam", endpoint_url=endpoint).create_role(RoleName="runs", AssumeRolePolicyDocument="{}")
    found = session.client("lambda", endpoint_url=endpoint)
    role = "arn:aws:iam::000000000000:role/runs"
    code = {"ZipFile": package("first")}
    found.create_function(FunctionName="probe", Runtime="python3.12", Handler="probe.handler", Role=role, Code=code)
    found.get_waiter("function_active_v2").wait(FunctionName="probe", WaiterConfig={"Delay": 1})
    yield found
    found.delete_function(FunctionName="probe")
    session.client("iam", endpoint_url=endpoint).delete_role(RoleName="runs")


def package(value: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("probe.py", HANDLER)
        archive.writestr("own.py", f"VALUE = {value!r}\n")
    return written.getvalue()


def ask(functions: Any, *modules: str) -> dict[str, Any]:
    answer = functions.invoke(FunctionName="probe", Payload=json.dumps({"modules": modules}))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


def test_what_the_runtime_has(functions: Any) -> None:
    answer = ask(functions, "boto3", "botocore", "dateutil", "urllib3", "sqlite3", "json")
    assert set(answer["found"].values()) == {"there"}
    assert answer["own"] == "first"


@pytest.mark.parametrize("module", ["pydantic", "pg8000", "cryptography", "requests", "runbook_lib", "ministack"])
def test_what_a_package_would_have_to_bring(functions: Any, module: str) -> None:
    """All of them are installed beside the emulator: a package without them worked in a rehearsal, and fell over on AWS."""
    assert ask(functions, module)["found"] == {module: f"No module named {module!r}"}


def test_forked_where_there_is_a_nursery(functions: Any, endpoint: str, request: pytest.FixtureRequest) -> None:
    process = psutil.Process(ask(functions)["process"])
    assert ("runbook_lib.rehearsal.nursery" in process.cmdline()) is ("world" in request.node.name)
    assert endpoint


def test_new_code_is_what_runs(functions: Any) -> None:
    assert ask(functions)["own"] == "first"
    functions.update_function_code(FunctionName="probe", ZipFile=package("second"))
    functions.get_waiter("function_updated_v2").wait(FunctionName="probe", WaiterConfig={"Delay": 1})
    assert ask(functions)["own"] == "second"
