"""A rehearsal world: what is in it, and that nothing of it outlives whoever started it."""

from __future__ import annotations

import contextlib
import signal
import ssl
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import httpx
import psutil
import pytest
from botocore.exceptions import ClientError
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection
from processes import at_work, saying

from runbook_lib import forked
from runbook_lib.errors import EngineError, UsageError
from runbook_lib.rehearsal import database, emulator
from runbook_lib.rehearsal import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.database import Endpoint
    from runbook_lib.rehearsal.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with worlds.start(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture
def instance(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv(database.VARIABLE, world.env[database.VARIABLE])
    yield database.provision("payments", "master", PASSWORD, "payments", force_ssl=True)
    database.deprovision("payments")


def client(world: World, service: str, key: str = "test"):  # noqa: ANN201 - boto3 makes its classes at run time
    return boto3.client(
        service,
        endpoint_url=world.endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key="test",
    )


PASSWORD = "pass'word"


def connect(endpoint: Endpoint, *, tls: bool = True, password: str = PASSWORD) -> Connection:
    context = ssl.create_default_context(cafile=endpoint.ca_bundle) if tls else False
    return Connection(
        "master", host=endpoint.host, port=endpoint.port, database="payments", password=password, ssl_context=context
    )


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if at_work(each)]


def wait_until_gone(processes: list[psutil.Process]) -> None:
    deadline = time.monotonic() + 30
    while left := running(processes):
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.1)


class TestEmulator:
    def test_only_this_machine_reaches_it(self, world: World) -> None:
        """MiniStack's own default is every interface."""
        every = []
        for each in family(psutil.Process(world.state.pid)):
            with contextlib.suppress(psutil.NoSuchProcess):  # the next database is being made meanwhile
                every += each.net_connections("inet")
        listening = [found.laddr.ip for found in every if found.status == psutil.CONN_LISTEN]
        assert listening
        assert set(listening) == {"127.0.0.1"}

    def test_unknown_credentials_are_refused(self, world: World) -> None:
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            client(world, "s3", key="AKIAIOSFODNN7EXAMPLE").list_buckets()

    def test_policies_are_enforced(self, world: World) -> None:
        """A user may do what its policy says, and nothing else."""
        iam = client(world, "iam")
        iam.create_user(UserName="reader")
        statement = '{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}'
        document = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=document)
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        where = {"endpoint_url": world.endpoint, "region_name": "us-east-1"}
        session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"])
        session.client("s3", **where).list_buckets()
        with pytest.raises(ClientError, match="AccessDenied"):
            session.client("s3", **where).create_bucket(Bucket="forbidden")

    def test_rds_catalogue_is_the_recorded_one_of_aws(self, world: World) -> None:
        rds = client(world, "rds")
        assert httpx.get(f"{world.endpoint}/_runbook/catalogue").json()["source"].startswith("cfn-lint ")
        usable = rds.describe_db_engine_versions(Engine="postgres")["DBEngineVersions"]
        every = rds.describe_db_engine_versions(Engine="postgres", IncludeAll=True)["DBEngineVersions"]
        status = {each["EngineVersion"]: each["Status"] for each in every}
        assert {each["Status"] for each in usable} == {"available"}
        assert status["14.9"] == "deprecated"
        assert status["14.20"] == "available"
        assert "14" not in status
        asked = {"DBInstanceIdentifier": "a", "Engine": "postgres", "DBInstanceClass": "db.t4g.micro"}
        with pytest.raises(ClientError, match=r"InvalidParameterCombination.*Cannot find version 14\.9 for postgres"):
            rds.create_db_instance(**asked, EngineVersion="14.9", AllocatedStorage=20)
        with pytest.raises(ClientError, match=r"does not support.*db\.none"):
            rds.create_db_instance(**asked | {"DBInstanceClass": "db.none"}, EngineVersion="14.20", AllocatedStorage=20)

    def test_taken_port_is_named(self, world: World, tmp_path: Path) -> None:
        port = int(world.endpoint.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"port {port} .* is taken"):
            worlds.start(tmp_path, port=port)

    def test_death_is_noticed(self, tmp_path: Path) -> None:
        with emulator.Emulator.start(tmp_path / "log") as running_one:
            (guard,) = saying("rehearsal.launcher", psutil.Process().children())
            (served,) = guard.children()
            served.kill()
            wait_until_gone([guard, served])
            assert not running_one.alive()
            assert not emulator.healthy(running_one.endpoint)


class TestDatabase:
    def test_speaks_sql_over_tls(self, instance: Endpoint) -> None:
        assert connect(instance).run("SELECT current_user, current_database()") == [["master", "payments"]]

    def test_connection_without_tls_is_refused_as_rds_does(self, instance: Endpoint) -> None:
        with pytest.raises(DatabaseError, match=r"no pg_hba\.conf entry.*no encryption"):
            connect(instance, tls=False)
        database.set_force_ssl("payments", on=False)
        assert connect(instance, tls=False).run("SELECT 1") == [[1]]

    def test_password_is_checked_and_can_change(self, instance: Endpoint) -> None:
        with pytest.raises(DatabaseError, match="password authentication failed"):
            connect(instance, password="wrong")
        database.set_password("payments", "other")
        assert connect(instance, password="other").run("SELECT 1") == [[1]]

    def test_master_is_no_superuser(self, instance: Endpoint) -> None:
        with pytest.raises(DatabaseError, match="permission denied"):
            connect(instance).run("COPY (SELECT 1) TO PROGRAM 'true'")

    def test_stopped_database_refuses_and_comes_back_with_its_data(self, instance: Endpoint) -> None:
        connect(instance).run("CREATE TABLE kept AS SELECT 1 AS one")
        database.stop("payments")
        with pytest.raises(InterfaceError):
            connect(instance)
        database.start("payments")
        assert connect(instance).run("SELECT one FROM kept") == [[1]]

    def test_no_service_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(database.VARIABLE, raising=False)
        with pytest.raises(EngineError, match=database.VARIABLE):
            database.provision("a", "b", "c", "d", force_ssl=True)


class TestPlace:
    @pytest.mark.parametrize("name", ["x" * 120, "a folder, für sich"])
    def test_a_temporary_folder_that_is_closed_to_others(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        """And whose path is too long for a socket, or has letters of all kinds."""
        temporary = tmp_path / "closed" / name
        temporary.mkdir(parents=True)
        (tmp_path / "closed").chmod(0o700)
        monkeypatch.setenv("TMPDIR", str(temporary))
        with worlds.start(tmp_path / "world") as here:
            monkeypatch.setenv(database.VARIABLE, here.env[database.VARIABLE])
            longest = "a-name-" + "x" * 56  # RDS lets an identifier have 63 characters
            for instance in ("payments", longest):
                endpoint = database.provision(instance, "master", PASSWORD, "payments", force_ssl=True)
                assert connect(endpoint).run("SELECT 1") == [[1]]
            assert Path(here.env[forked.SOCKET_VARIABLE]).exists()
            homes = [Path(here.env[name]).parent for name in (database.VARIABLE, forked.SOCKET_VARIABLE)]
        assert [home for home in homes if home.exists()] == []
        assert list(temporary.iterdir()) == []


def starter(directory: Path, then: str) -> subprocess.Popen[str]:
    """A process that starts a world with a database in it, says its state, and does ``then``."""
    program = textwrap.dedent(f"""
        import os, pathlib, time
        from runbook_lib.rehearsal import database, world
        here = world.start(pathlib.Path({str(directory)!r}))
        os.environ.update(here.env)
        database.provision("a", "b", "c", "d", force_ssl=True)
        print(here.state.model_dump_json(), flush=True)
        {then}
    """)
    root = Path(worlds.__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root)


class TestEnd:
    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_nothing_outlives_a_killed_parent(self, tmp_path: Path, how: signal.Signals) -> None:
        with starter(tmp_path, "time.sleep(60)") as parent:
            assert parent.stdout is not None
            state = worlds.State.model_validate_json(parent.stdout.readline())
            everything = family(psutil.Process(state.pid))
            assert len(everything) > 5
            parent.send_signal(how)
        wait_until_gone(everything)
        assert not Path(state.env[database.VARIABLE]).parent.exists()
        assert worlds.attach(tmp_path / worlds.STATE) is None

    def test_nothing_outlives_a_killed_supervisor(self, tmp_path: Path) -> None:
        with starter(tmp_path, "time.sleep(60)") as parent:
            assert parent.stdout is not None
            supervisor = psutil.Process(worlds.State.model_validate_json(parent.stdout.readline()).pid)
            everything = family(supervisor)
            supervisor.kill()
            wait_until_gone(everything)
            parent.kill()

    def test_kept_world_lives_until_it_is_stopped(self, tmp_path: Path) -> None:
        with starter(tmp_path, "here.keep()") as parent:
            assert parent.stdout is not None
            everything = family(psutil.Process(worlds.State.model_validate_json(parent.stdout.readline()).pid))
        kept = worlds.attach(tmp_path / worlds.STATE)
        assert kept is not None
        assert kept.alive()
        kept.stop()
        wait_until_gone(everything)
        assert worlds.attach(tmp_path / worlds.STATE) is None
