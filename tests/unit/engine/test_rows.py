"""Rows are the list that they stand for, whatever is done to them."""

from __future__ import annotations

import json

import hypothesis
from hypothesis import strategies as st

from runbook_lib.rehearsal.engine import rows as module
from runbook_lib.rehearsal.engine.rows import Rows
from runbook_lib.rehearsal.engine.state import Resource


def made(number: int) -> Resource:
    return Resource(urn=f"urn:pulumi:s::p::t::{number}", type="t", custom=True)


def text(resource: Resource) -> bytes:
    return json.dumps([resource.urn, resource.id]).encode()


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["append", "exchange", "drop", "touch", "all", "read"]), st.integers(0, 30)), max_size=60
)


@hypothesis.given(st.integers(0, 12), ACTIONS)
def test_the_text_is_that_of_the_list(begin: int, actions: list[tuple[str, int]]) -> None:
    """Read at any moment; blocks of three, so that there are several."""
    original, module.BLOCK = module.BLOCK, 3
    try:
        plain = [made(number) for number in range(begin)]
        rows, fresh = Rows(plain, text), 1000
        for action, where in actions:
            fresh += 1
            chosen = plain[where % len(plain)] if plain else None
            if action == "append":
                plain.append(made(fresh))
                rows.append(plain[-1])
            elif action == "exchange" and chosen:
                new = made(fresh)
                plain[plain.index(chosen)] = new
                rows.exchange(chosen, new)
            elif action == "drop" and chosen:
                plain.remove(chosen)
                rows.exchange(chosen, None)
            elif action == "touch" and chosen:
                chosen.id = str(fresh)
                rows.touch(chosen)
            elif action == "all":
                for each in plain:
                    each.id = str(fresh)
                rows.touch_all()
            else:
                rows.exchange(made(1), made(2))  # one that is not in it
            assert list(rows) == plain
            assert b",".join(rows.parts()) == b",".join(map(text, plain))
    finally:
        module.BLOCK = original


def test_one_change_writes_one_resource() -> None:
    """That is what it is for."""
    written: list[str] = []

    def noted(resource: Resource) -> bytes:
        written.append(resource.urn)
        return text(resource)

    plain = [made(number) for number in range(1000)]
    rows = Rows(plain, noted)
    rows.parts()
    assert len(written) == 1000
    rows.touch(plain[500])
    rows.append(made(1000))
    rows.parts()
    assert written[1000:] == [plain[500].urn, made(1000).urn]
