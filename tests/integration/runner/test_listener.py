"""A secret that is told is known before whoever told it goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from runbook_lib import places
from runbook_lib.redaction.known import Known
from runbook_lib.redaction.listener import Listener, tell


@pytest.fixture
def known() -> list[tuple[str, str]]:
    return []


@pytest.fixture(params=["unix", "tcp"])
def listener(request: pytest.FixtureRequest, known: list[tuple[str, str]]) -> Iterator[Listener]:
    with places.temporary("listener-") as folder:
        made = Listener(str(folder) if request.param == "unix" else None, lambda *told: known.append(told))
        yield made
        made.close()


class TestListener:
    def test_it_is_known_when_telling_is_over(self, listener: Listener, known: list[tuple[str, str]]) -> None:
        for n in range(50):
            assert tell(listener.contact, f"s3cret\n{n}", "word")
            assert known[-1] == (f"s3cret\n{n}", "word")

    def test_who_does_not_know_the_word_is_not_heard(self, listener: Listener, known: list[tuple[str, str]]) -> None:
        address, _ = listener.contact
        assert not tell((address, "another"), "PASS", "")
        assert known == []

    @pytest.mark.parametrize("half", [b"", b'["', b"[1, 2]", b"{}", json.dumps(["é", "", ""]).encode()])
    def test_one_that_stops_half_way_holds_nobody_up(self, listener: Listener, known: list[tuple[str, str]], half: bytes) -> None:
        address, _ = listener.contact
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as stopped:
            stopped.connect(address)
            stopped.sendall(half)
            assert tell(listener.contact, "s3cret", "word")
        assert tell(listener.contact, "an0ther", "word")
        assert known == [("s3cret", "word"), ("an0ther", "word")]

    def test_nobody_listens_any_more(self, listener: Listener) -> None:
        contact = listener.contact
        listener.close()
        assert not tell(contact, "s3cret", "word")


def test_what_was_interrupted_is_told_when_it_is_met_again() -> None:
    known, told = Known(), []

    def interrupted(secret: str, name: str) -> None:
        told.append((secret, name))
        if len(told) == 1:
            raise KeyboardInterrupt

    known.tell = interrupted
    with pytest.raises(KeyboardInterrupt):
        known.register("s3cret-of-a-kernel", "word")
    for _ in range(3):
        known.register("s3cret-of-a-kernel", "word")
    assert told == [("s3cret-of-a-kernel", "word")] * 2
