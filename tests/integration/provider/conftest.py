"""One rehearsal world for all tests of the provider, and a session in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from integration.provider.harness import Make

from runbook_lib.rehearsal import world as worlds
from runbook_lib.rehearsal.provider.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.rehearsal.world import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with worlds.start(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture
def aws(world: World) -> Iterator[Session]:
    """A session with a default tag, as the stack's provider has; the world's variables are there as long as the test."""
    with mock.patch.dict(os.environ, world.env):
        yield Session("us-east-1", world.endpoint, default_tags={"Environment": "test"})


@pytest.fixture
def make(aws: Session) -> Iterator[Make]:
    maker = Make(aws)
    yield maker
    maker.clean()
