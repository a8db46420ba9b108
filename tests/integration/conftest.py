"""What the tests against a deployed stack share: one deployment per session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("integration.load", "integration.mutations")  # before they are imported

from integration.mutations import deployment  # noqa: E402 - for the line above

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[deployment.Deployed]:
    """The stack, live in an emulated AWS that ends with the session."""
    with deployment.deployed(tmp_path_factory.mktemp("deployed")) as found:
        yield found
