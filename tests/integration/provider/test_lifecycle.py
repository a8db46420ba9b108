"""Every resource type goes through its whole life against the emulator: nothing is echoed, all is read back."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest
from integration.provider import cases

from runbook_lib.rehearsal.provider import registry
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.wire import plain
from runbook_lib.rehearsal.values import Unknown

if TYPE_CHECKING:
    from integration.provider.harness import Case, Make

    from runbook_lib.rehearsal.provider.session import Session

MODULES = [importlib.import_module(f"{cases.__name__}.{found.name}") for found in pkgutil.iter_modules(cases.__path__)]
CASES: list[Case] = [case for module in MODULES for case in module.CASES]


def test_every_type_has_a_case() -> None:
    """A new type without a case fails here; so does a case for a type that is gone."""
    assert {case.token for case in CASES} == set(registry.resources())
    assert len(CASES) > 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)
def test_whole_life(case: Case, aws: Session, make: Make) -> None:
    lifecycle = Lifecycle(case.token, aws)
    given = case.inputs(make)
    inputs, failures = lifecycle.check("subject", {}, given, b"seed")
    assert not failures

    _, planned = lifecycle.create(inputs, preview=True)
    wanted = plain(given)
    assert {key: plain(planned[key]) for key in given} == wanted
    id_, outputs = lifecycle.create(inputs, preview=False)
    try:
        for key in wanted:
            assert lifecycle.comparison.covers(wanted[key], plain(outputs[key]), key), f"{key} is not what was asked for"
        unplanned = {key for key, value in outputs.items() if value not in ({}, None)} - planned.keys() - {"id"}
        assert not unplanned, "a computed property that a preview does not announce as unknown"
        assert not any(isinstance(value, Unknown) for value in outputs.values())

        assert lifecycle.read(id_, outputs, inputs) == (outputs, inputs), "refresh right after up finds drift"
        assert lifecycle.diff(outputs, inputs, inputs).changes == ()

        if case.added:
            inputs, outputs = update(lifecycle, case, id_, outputs, inputs, case.grown(inputs))
        if case.changed:
            inputs, outputs = update(lifecycle, case, id_, outputs, inputs, case.changed(make))
    finally:
        lifecycle.delete(id_, outputs)
    assert case.stays or lifecycle.read(id_, outputs, inputs) is None
    lifecycle.delete(id_, outputs)  # gone already is success


def update(lifecycle: Lifecycle, case: Case, id_: str, outputs: dict, inputs: dict, changed: dict) -> tuple[dict, dict]:
    """Change the subject in place and see the change live, not in what the provider was told."""
    news, failures = lifecycle.check("subject", inputs, {**inputs, **changed}, b"seed")
    assert not failures
    difference = lifecycle.diff(outputs, inputs, news)
    assert {change.top for change in difference.changes} - {"tagsAll"} == changed.keys()
    assert difference.replaces == ()
    announced = lifecycle.update(id_, outputs, inputs, news, preview=True)
    updated = lifecycle.update(id_, outputs, inputs, news, preview=False)
    # Of what can be asked for; a computed output that moves is announced as it was, by Terraform's providers too.
    told = {
        key: plain(value)
        for key, value in announced.items()
        if key in lifecycle.schema.inputs.properties and "UNKNOWN" not in repr(value)
    }
    wrong = {key: value for key, value in told.items() if not lifecycle.comparison.covers(value, plain(updated.get(key)), key)}
    assert not wrong, "what a preview announces, an update comes to"
    changed = plain(changed)
    for key in changed:
        assert lifecycle.comparison.covers(changed[key], plain(updated.get(key)), key), f"{key} is not what was asked for"
    live = lifecycle.read(id_, outputs, inputs)  # with the state from before: what is not observed stays old
    assert live is not None
    for key in changed.keys() - case.unobservable.keys():
        assert lifecycle.comparison.covers(changed[key], plain(live[0].get(key)), key), f"{key} did not change"
    assert lifecycle.read(id_, updated, news) == (updated, news)
    return news, updated
