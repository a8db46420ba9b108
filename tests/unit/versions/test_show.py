"""The picture shows what was chosen and what could be, with the days on which their support ends."""

from __future__ import annotations

from datetime import date

from unit.versions import judging

from runbook_lib.versions.show import bars


def test_what_is_chosen_stands_out_and_what_cannot_be_created_is_not_shown() -> None:
    shown = {bar.label: (bar.standard_end, bar.chosen) for bar in bars(judging.judged())}
    assert shown["PostgreSQL 14.24"] == (date(2027, 2, 28), True)
    assert shown["python3.13"] == (date(2029, 6, 30), True)
    assert shown["PostgreSQL 18"] == (date(2031, 2, 28), False)
    assert not [label for label in shown if label.startswith(("PostgreSQL 12", "PostgreSQL 99"))]


def test_each_bar_is_labelled_with_its_end() -> None:
    found = judging.judged(min_support_days=90)
    axes = found.figure().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [bar.label for bar in bars(found)][::-1]
    assert {text.get_text() for text in axes.texts} == {
        f"{'until' if bar.standard_end >= found.day else 'ended'} {bar.standard_end}" for bar in bars(found)
    }
    assert "90 days" in axes.get_title(loc="left")
    assert "Dotted" not in judging.judged().figure().axes[0].get_title(loc="left")
