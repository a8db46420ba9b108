"""Notebooks stay thin: five parts, no logic, no outputs."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from runbook_lib import parameters, settings

FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.Lambda, ast.With)
HEADINGS = ("**Question**: ", "**Preconditions**: ", "**Changes**: ", "**Undo**: ", "**How to read the result**: ")


def cells(step: str) -> list[dict[str, Any]]:
    return list(json.loads((settings.home() / "notebooks" / f"{step}.ipynb").read_text())["cells"])


@pytest.mark.parametrize("step", parameters.STEPS)
class TestNotebook:
    def test_has_the_five_parts(self, step: str) -> None:
        found = cells(step)
        assert [cell["cell_type"] for cell in found] == ["markdown", "code", "code", "code", "code"]
        about = "".join(found[0]["source"])
        assert all(f"\n{heading}" in about for heading in HEADINGS)
        assert ["".join(cell["source"]) for cell in found[3:]] == ["outcome.show()", "outcome.gate()"]

    def test_holds_no_logic(self, step: str) -> None:
        for cell in cells(step)[1:]:
            source = "".join(cell["source"])
            assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, FORBIDDEN)]
            assert len(source.splitlines()) <= 16

    def test_source_carries_no_outputs(self, step: str) -> None:
        for cell in cells(step)[1:]:
            assert cell["outputs"] == []
            assert cell["execution_count"] is None

    def test_calls_its_own_step_with_all_its_parameters(self, step: str) -> None:
        call = next(
            node
            for node in ast.walk(ast.parse("".join(cells(step)[2]["source"])))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        )
        assert isinstance(call.func, ast.Attribute)
        assert call.func.attr == step.split("_", 1)[1]
        passed = {k.arg: k.value.id for k in call.keywords if isinstance(k.value, ast.Name)}
        assert passed == {name: name for name in parameters.STEPS[step].model_fields}
