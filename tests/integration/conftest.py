"""What the tests against a deployed stack share: one deployment per session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("integration.load", "integration.mutations")  # before they are imported

from integration.mutations import deployment  # noqa: E402 - for the line above

from runbook_lib.rehearsal import nursery as nurseries  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[deployment.Deployed]:
    """The stack, live in an emulated AWS that ends with the session."""
    with deployment.deployed(tmp_path_factory.mktemp("deployed")) as found:
        yield found


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a nursery, for tests that start many processes of the rehearsal's."""
    path, process = nurseries.start(tmp_path_factory.mktemp("nursery") / "log")
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "the nursery did not start"
        time.sleep(0.05)
    yield str(path)
    process.stop()
