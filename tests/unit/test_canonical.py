"""What JSON does not have is named, and never turned into something else."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_lib import canonical
from runbook_lib.results import Status

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.LARGEST, canonical.LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


class Five(IntEnum):
    FIVE = 5


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@settings(deadline=None)
@given(JSON)
def test_json_stays_as_it_is_and_has_one_spelling(value: Any) -> None:
    kept, wrong = canonical.plain(value)
    assert (kept, wrong) == (value, ())
    text = canonical.dumps(kept)
    assert text.isascii()
    assert json.loads(text) == value
    assert canonical.dumps(json.loads(text)) == text


def test_order_of_keys_does_not_count() -> None:
    assert canonical.digest({"a": 1, "b": [2]}) == canonical.digest({"b": [2], "a": 1})
    assert canonical.digest({"a": 1, "b": [2]}) != canonical.digest({"a": 1, "b": [3]})


def test_words_and_numbers_of_ours_are_what_they_stand_for() -> None:
    assert canonical.plain({"status": Status.PASS, "five": Five.FIVE, "pair": (1, 2)}) == (
        {"status": "PASS", "five": 5, "pair": [1, 2]}, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (object(), "x.y[1] is of type object"),
        (Rude(), "x.y[1] is of type Rude"),
        (math.nan, "x.y[1] is the number nan"),
        (-math.inf, "x.y[1] is the number -inf"),
        ({1, 2}, "x.y[1] is of type set"),
        (Decimal("1.10"), "x.y[1] is of type Decimal"),
        (datetime(2026, 1, 1, tzinfo=UTC), "x.y[1] is of type datetime"),
        (b"bytes", "x.y[1] is of type bytes"),
        (2**53, "x.y[1] is an integer of 54 bits, which other readers of JSON round"),
        (10**5000, "x.y[1] is an integer of 16610 bits, which other readers of JSON round"),
        ("half \ud83d", "x.y[1] is text with a lone surrogate at character 5"),
        ({1: "one"}, "a key of x.y[1] is of type int"),
        ({"\ud83d": 1}, "a key of x.y[1] is text with a lone surrogate at character 0"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_what_is_no_json_is_named_and_the_rest_kept(value: Any, complaint: str) -> None:
    kept, wrong = canonical.plain({"x": {"y": [1, value]}, "z": 2})
    assert wrong == (complaint,)
    assert kept["z"] == 2
    assert kept["x"]["y"][0] == 1
    assert json.loads(canonical.dumps(kept)) == kept


def test_what_holds_itself_is_named() -> None:
    ring: dict[str, Any] = {"a": 1}
    ring["itself"] = [ring]
    kept, wrong = canonical.plain(ring)
    assert wrong == ("itself[0] is a structure that holds itself",)
    assert kept["a"] == 1


def test_what_is_too_deep_is_named() -> None:
    deep: Any = "end"
    for _ in range(100_000):
        deep = [deep]
    kept, wrong = canonical.plain({"deep": deep})
    assert len(wrong) == 1
    assert "levels deep" in wrong[0]
    canonical.dumps(kept)


def test_keys_that_would_become_one_stay_two() -> None:
    kept, _ = canonical.plain({1: "number", "1": "text"})
    assert sorted(kept.values()) == ["number", "text"]
