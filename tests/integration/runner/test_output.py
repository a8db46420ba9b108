"""Under ``--engine runbook`` papermill writes wherever it can write, as it would, and only what may be seen."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from integration.runner.notebooks import notebook, papermill_command, run
from papermill.iorw import papermill_io

from runbook_lib.kernel import output

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534


def said(path: Path) -> str:
    """What the notebook's first cell printed."""
    return str(nbformat.read(path, as_version=4).cells[0].outputs[0].text)


class TestWhereItGoes:
    """An output is written where papermill itself would, and stays what it was."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        return notebook(tmp_path / "ok.ipynb", "print('new')")

    @pytest.fixture
    def bucket(self) -> Iterator[tuple[str, dict[str, bytes]]]:
        """An object store that keeps what is put, as S3's interface has it."""
        objects: dict[str, bytes] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if "aws-chunked" in self.headers.get("Content-Encoding", ""):
                    content = content.split(b"\r\n", 1)[1].rsplit(b"\r\n0\r\n", 1)[0]
                objects[self.path] = content
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", objects
        server.shutdown()
        server.server_close()

    def test_s3(self, tmp_path: Path, source: Path, bucket: tuple[str, dict[str, bytes]]) -> None:
        url, objects = bucket
        (tmp_path / "s3:" / "bucket").mkdir(parents=True)
        keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
        environment = os.environ | keys | {"AWS_ENDPOINT_URL_S3": url}
        subprocess.run([*papermill_command(), source, "s3://bucket/x.ipynb"], cwd=tmp_path, env=environment, check=True)
        stored = nbformat.reads(objects["/bucket/x.ipynb"].decode(), as_version=4)
        assert stored.metadata.runbook.state == "ok"
        assert stored.cells[0].outputs[0].text == "new\n"
        assert list((tmp_path / "s3:" / "bucket").iterdir()) == []

    def test_handler_of_another_package(self, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        written: dict[str, str] = {}

        class Handler:
            def write(self, text: str, path: str) -> None:
                written[path] = text

            def pretty_path(self, path: str) -> str:
                return path

        monkeypatch.setattr(papermill_io, "_handlers", [("shelf://", Handler()), *papermill_io._handlers])
        run(source, "shelf://there/x.ipynb")  # type: ignore[arg-type]
        assert json.loads(written["shelf://there/x.ipynb"])["metadata"]["runbook"]["state"] == "ok"

    @pytest.mark.parametrize("folder", [True, False], ids=["folder", "no folder"])
    def test_relative_path_is_where_papermill_was_started(self, tmp_path: Path, source: Path, *, folder: bool) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "res").mkdir()
        target = "res/x.ipynb" if folder else "x.ipynb"
        subprocess.run([*papermill_command(), "--cwd", "sub", source, target], cwd=tmp_path, check=True)
        assert said(tmp_path / target) == "new\n"
        assert [path.relative_to(tmp_path) for path in tmp_path.rglob("x.ipynb")] == [Path(target)]

    def test_missing_folder_is_papermills_error(self, tmp_path: Path, source: Path) -> None:
        with pytest.raises(FileNotFoundError, match=r"output folder .*nowhere doesn't exist"):
            run(source, tmp_path / "nowhere" / "x.ipynb")

    @pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="makes a device, as root on Linux")
    def test_device_stays_one(self, tmp_path: Path, source: Path) -> None:
        device = tmp_path / "null.ipynb"
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        run(source, device)
        assert stat.S_ISCHR(device.lstat().st_mode)

    def test_null_device_as_a_user_who_may_make_no_files_beside_it(self) -> None:
        """In a process of its own, which nobody owns where root runs the tests: were it broken, root would replace the device."""
        child = os.fork()
        if not child:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            try:
                output.write("{}", os.devnull)
            finally:
                os._exit(0 if sys.exception() is None else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert stat.S_ISCHR(Path(os.devnull).lstat().st_mode)

    def test_link_stays_one_and_its_target_is_written(self, tmp_path: Path, source: Path) -> None:
        (tmp_path / "target.ipynb").write_text("old")
        (tmp_path / "x.ipynb").symlink_to("target.ipynb")
        run(source, tmp_path / "x.ipynb")
        assert (tmp_path / "x.ipynb").is_symlink()
        assert said(tmp_path / "target.ipynb") == "new\n"

    def test_second_name_sees_what_is_written(self, tmp_path: Path, source: Path) -> None:
        (tmp_path / "x.ipynb").write_text("old")
        (tmp_path / "second.ipynb").hardlink_to(tmp_path / "x.ipynb")
        run(source, tmp_path / "x.ipynb")
        assert said(tmp_path / "second.ipynb") == "new\n"

    def test_pipe_gets_one_notebook(self, tmp_path: Path, source: Path) -> None:
        os.mkfifo(tmp_path / "x.ipynb")
        read: list[bytes] = []
        reader = threading.Thread(target=lambda: read.append((tmp_path / "x.ipynb").read_bytes()))
        reader.start()
        run(source, tmp_path / "x.ipynb")
        reader.join(60)
        assert nbformat.reads(read[0].decode(), as_version=4).metadata.runbook.state == "ok"

    @pytest.mark.parametrize("arguments", [("-",), ("/proc/self/fd/1",), ()], ids=["dash", "device", "implied"])
    def test_standard_output_gets_one_notebook(self, tmp_path: Path, source: Path, arguments: tuple[str, ...]) -> None:
        """Never by the name ``/dev/stdout``: were this broken, root would replace it."""
        if arguments and not Path("/proc/self/fd").exists():
            pytest.skip("Linux has this")
        command = [*papermill_command(), source, *arguments]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
        assert nbformat.reads(done.stdout.decode(), as_version=4).metadata.runbook.state == "ok"

    def test_standard_output_gets_the_evidence_of_an_error_too(self, tmp_path: Path) -> None:
        source = notebook(tmp_path / "in.ipynb", "print(1)", "import sys; sys.exit(1)")
        command = [*papermill_command(), source, "-"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode != 0
        assert nbformat.reads(done.stdout.decode(), as_version=4).metadata.runbook.state == "exited"

    @pytest.mark.parametrize("mask", [0o077, 0o022, 0o002])
    def test_umask(self, tmp_path: Path, source: Path, mask: int) -> None:
        before = os.umask(mask)
        try:
            run(source, tmp_path / "x.ipynb")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "x.ipynb").stat().st_mode) == 0o666 & ~mask

    def test_file_that_exists_keeps_its_mode(self, tmp_path: Path, source: Path) -> None:
        (tmp_path / "x.ipynb").write_text("old")
        (tmp_path / "x.ipynb").chmod(0o640)
        run(source, tmp_path / "x.ipynb")
        assert stat.S_IMODE((tmp_path / "x.ipynb").stat().st_mode) == 0o640

    def test_plain_file_is_replaced_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "x.ipynb"
        path.write_text("old")
        with path.open() as reader:
            output.write("new", str(path))
            assert (reader.read(), path.read_text()) == ("old", "new")
        assert list(tmp_path.iterdir()) == [path]

    def test_file_in_a_folder_that_may_not_be_changed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "x.ipynb"
        path.write_text("old")
        inode = path.stat().st_ino
        monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != tmp_path)  # root may change any
        output.write("new", str(path))
        assert (path.read_text(), path.stat().st_ino) == ("new", inode)
