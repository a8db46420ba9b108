"""What the tests against a deployed stack share: one deployment per session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("integration.load", "integration.mutations", "integration.waiting")  # before they are imported

from integration.mutations import deployment  # noqa: E402 - for the line above
from integration.waiting import until  # noqa: E402 - the same

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
    started = nurseries.start(tmp_path_factory.mktemp("nursery") / "log")
    if started is None:
        pytest.skip("NOT RUN: there is a nursery on Linux alone")
    path, process = started
    until(path.exists, "the nursery did not start")
    yield str(path)
    process.stop()
