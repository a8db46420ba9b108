"""Thirty secrets, in every spelling, in each record that a step writes; then a search through the bytes of every file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.redaction.secrets_of_odd_shapes import ENCODED, ODD, SPELLINGS
from unit.runs import create

from runbook_lib import files, filing, redaction, settings
from runbook_lib.ledger import Ledger
from runbook_lib.results import Finding, Status, StepResult, now
from runbook_lib.steps.step import progress
from runbook_lib.verify import junit


def test_no_record_holds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNBOOK_PROGRESS", str(tmp_path / "progress"))
    for number, secret in enumerate(ODD):
        redaction.register(secret, f"s{number}")
    said = [how(secret) for secret in ODD for how in (*SPELLINGS.values(), *ENCODED.values())]
    findings = tuple(
        Finding(
            check="rds_available",
            requirement=("N1",),
            status=Status.FAIL,
            resource="db-7f3a",
            message=f"it said {one}",
            remedy=one,
        )
        for one in said
    )
    result = StepResult(
        step="04_verify", started=now(), finished=now(), parameters={"word": ODD[0]}, findings=findings,
        data={"lines": said, "nested": {"a": [{"b": one} for one in said]}, "digest": "ab" * 32, "count": 20261125},
    )  # fmt: skip
    result.save(tmp_path / "04_verify.json")
    files.write_once(tmp_path / "04_verify.junit.xml", redaction.redact(junit(findings[::5])).encode())
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for one in said[::7]:
        ledger.append("step.failed", step="04_verify", error=one, facts={"seen": [one]}, digest="ab" * 32)
    progress(f"waiting for {ODD[0]}")

    left = {path.name: path.read_text() for path in tmp_path.iterdir() if not path.name.endswith(".lock")}
    assert sorted(left) == ["04_verify.json", "04_verify.junit.xml", "ledger.jsonl", "progress"]
    for name, text in left.items():
        for secret in ODD:
            assert secret not in text, name
            assert json.dumps(secret)[1:-1] not in text, name
            assert json.dumps(secret, ensure_ascii=False)[1:-1] not in text, name
    kept = StepResult.load(tmp_path / "04_verify.json")
    assert (kept.status, len(kept.findings), kept.data["digest"], kept.data["count"]) == (
        Status.FAIL,
        len(said),
        "ab" * 32,
        20261125,
    )
    assert [one for one in said if one in kept.data["lines"]] == []
    assert {event["digest"] for event in ledger.events()} == {"ab" * 32}


def test_nor_does_a_result_that_is_not_a_record_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook shows the result itself, and its gate raises what the findings say: no file is in between."""
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    secret = "Vq8-qanary-of-findings-3Kz"
    redaction.register(secret, "QANARY")
    said = {name: f"{name} {secret}" for name in ("resource", "message", "remedy")}
    finding = Finding(check="a_check", requirement=(), status=Status.FAIL, **said)
    known = {"word": secret}
    result = filing.result_of(create(), "02_plan", 1, started=now(), parameters=known, findings=[finding], data=known)
    (kept,) = result.findings
    assert [kept.resource, kept.message, kept.remedy] == [f"{name} [redacted:QANARY]" for name in said]
    assert (result.parameters, result.data) == ({"word": "[redacted:QANARY]"}, {"word": "[redacted:QANARY]"})
