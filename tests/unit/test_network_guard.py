"""The guard that keeps unit tests off the network, itself."""

from __future__ import annotations

import socket
import urllib.request

import pytest


def test_connecting_fails() -> None:
    with pytest.raises(AssertionError, match="unit tests have no network"):
        urllib.request.urlopen("http://127.0.0.1:9/")


def test_unix_sockets_work() -> None:
    one, other = socket.socketpair()
    one.send(b"x")
    assert other.recv(1) == b"x"
    one.close()
    other.close()
