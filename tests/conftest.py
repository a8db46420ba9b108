"""No test sees what the shell says of AWS, Pulumi or the runbook, nor what another test said: tests run in any order."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import hypothesis
import pytest

from runbook_lib.redaction import known

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is slow now and then, which proves nothing about the code.
hypothesis.settings.register_profile("runbook", deadline=None)
hypothesis.settings.load_profile("runbook")

PREFIXES = ("AWS_", "PULUMI_", "RUNBOOK_")
FOR_TESTS = "RUNBOOK_TEST_"


def _said() -> set[str]:
    return {name for name in os.environ if name.startswith(PREFIXES) and not name.startswith(FOR_TESTS)}


for _name in _said():
    del os.environ[_name]

# Whoever runs the tests in the background, or under nohup, has these ignored, and so would have all that they start.
for _number, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Variables end with their test: a fixture of a wider scope hands them over, it does not set them."""
    yield
    assert not _said(), "left in the environment for whichever test comes next"


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Nor does any test know another's secrets."""
    with pytest.MonkeyPatch.context() as patch:  # one of its own: the test's must end before its variables are looked at
        patch.setattr(known, "KNOWN", known.Known())
        yield
