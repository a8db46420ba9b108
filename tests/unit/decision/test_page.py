"""The page says what it must in the order in which it is asked, reads as written whatever is in it, and fits where it goes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from unit.decision.planned import FACTS, finding, page, replaced, result, step

from runbook_lib import decision
from runbook_lib.results import Status

TABLE, QUEUE, VPC = "aws:dynamodb/table:Table", "aws:sqs/queue:Queue", "aws:ec2/vpc:Vpc"
NAT = "aws:ec2/natGateway:NatGateway"
HOSTILE = "a|b `c` <script>x()</script> [l](javascript:x) **d** _e_ @ada #12 $x$ \\ &amp; ![i](j)\n| --- |\n# head"


class Seen(HTMLParser):
    """Tags and text of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self.tags.add(tag)
        if tag in {"td", "li", "p"}:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.cells:
            self.cells[-1] += data


def seen(markdown: str) -> Seen:
    return Seen(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def creating(number: int, name: str = "queue") -> list[dict[str, Any]]:
    return [step("create", QUEUE, f"{name}-{n}", new={"name": f"{name}-{n}"}) for n in range(number)]


def test_the_order() -> None:
    steps = [*creating(1), step("delete", TABLE, "t", {}), step("update", QUEUE, "u", {"a": 1}, {"a": 2})]
    told = page(*steps, findings=(finding(Status.FAIL, remedy="Mend it."), finding(Status.PASS, "other")), warnings=("Look.",))
    marks = [
        "**Target:**", "111122223333", "**Verdict: FAIL** (", "| create | 1 |", "Look.", "### Deleted or replaced",
        "### Changes by component", "### Cost", "### Versions", "### Gates", "Mend it.", "1 gates passed", "### Digest",
        "### What happens next",
    ]  # fmt: skip
    assert [mark for mark in marks if mark not in told] == []
    assert sorted(marks, key=told.index) == marks
    assert result(*steps).data["digest"] in told


def test_a_plan_that_passed_says_how_it_is_applied_and_one_that_did_not_says_that_it_is_not() -> None:
    digest = result(*creating(1)).data["digest"]
    assert f"-p plan_digest={digest}" in page(*creating(1))
    for status in (Status.FAIL, Status.UNKNOWN):
        assert "plan_digest" not in page(*creating(1), findings=(finding(status),))


def test_no_changes_are_said() -> None:
    same = page(step("same", QUEUE, "q", {}, {}))
    assert "**No changes.** All 1 resources" in same
    assert "There is nothing to apply" in same
    assert "No changes" not in page(step("discard", QUEUE, "q", {}))


def test_what_was_changed_outside_is_told_apart_from_what_is_wished() -> None:
    """Also where nothing is planned about it: then nobody mends it."""
    outside = (step("update", QUEUE, "q", {"a": "mine"}, {"a": "theirs"}), step("delete", QUEUE, "lost", {}))
    told = page(step("same", QUEUE, "q", {}, {}), outside=outside)
    assert "| <code>a</code> | <code>mine</code> | <code>theirs</code> |" in told
    assert "| **gone** | <code>aws:sqs/queue:Queue</code> <code>lost</code> |" in told
    assert "What was changed outside it does not ask for otherwise." in told
    assert "Changed outside" not in page(step("same", QUEUE, "q", {}, {}))


def test_cost_now_after_and_the_difference() -> None:
    nat = page(step("same", NAT, "a", {}, {}), step("create", NAT, "b", new={}))
    assert "now **<span>&#36;</span>32.85**, after **<span>&#36;</span>65.70**, change **+<span>&#36;</span>32.85**" in nat
    gone = page(step("delete", NAT, "a", {}))
    assert "now **<span>&#36;</span>32.85**, after **<span>&#36;</span>0.00**, change **-<span>&#36;</span>32.85**" in gone


def test_what_the_stack_only_forgets_goes_on_costing() -> None:
    told = page(step("delete", NAT, "a", {}, retainOnDelete=True), step("delete", NAT, "b", {}))
    assert "now **<span>&#36;</span>65.70**, after **<span>&#36;</span>0.00**" in told
    (line,) = [line for line in told.splitlines() if "Goes on costing" in line]
    assert "a &#40;aws:ec2/natGateway:NatGateway&#41;: NAT gateway, <span>&#36;</span>32.85 a month" in line


def test_a_total_that_misses_something_says_at_least() -> None:
    told = page(step("create", "aws:nobody/knows:This", "x", new={}))
    assert "after **at least <span>&#36;</span>0.00**, change **not known**" in told
    assert "**Not priced:** x" in told


@pytest.mark.parametrize("where", ["name", "value", "message", "warning"])
def test_whatever_is_in_it_reads_as_written(where: str) -> None:
    steps = [step("update", QUEUE, HOSTILE if where == "name" else "q", {"a": "1"}, {"a": HOSTILE if where == "value" else "2"})]
    told = page(
        *steps,
        findings=(finding(Status.FAIL, message=HOSTILE if where == "message" else "m"),),
        warnings=(HOSTILE if where == "warning" else "w",),
    )
    plain = page(
        step("update", QUEUE, "q", {"a": "1"}, {"a": "2"}), findings=(finding(Status.FAIL, message="m"),), warnings=("w",)
    )
    there, harmless = seen(told), seen(plain)
    assert there.tags == harmless.tags
    assert len(there.cells) == len(harmless.cells)
    flat = " ".join(HOSTILE.split())
    assert any(flat in cell or HOSTILE.replace("\n", "↵") in cell for cell in there.cells)


def test_nobody_is_mentioned_and_no_formula_is_set() -> None:
    told = page(*creating(1), findings=(finding(Status.FAIL, message="@ada owes $5 and $6, see #12"),))
    assert not re.search(r"[@$]|(?<!&)#\d", re.sub(r"<code>.*?</code>", "", told.partition("### Digest")[0]))
    text = seen(told).text
    assert "@ada owes $5 and $6, see #12" in "".join(text)
    assert [part for part in text if re.search(r"@\w|\$\d|#\d", part)] == [FACTS.operator]  # which is code, where nobody looks


class TestCut:
    @pytest.mark.parametrize("limit", [decision.COMMENT, 20_000, 6_000])
    def test_a_thousand_changes_fit_in_bytes(self, limit: int) -> None:
        steps = [*creating(400, "é" * 30), *[step("update", QUEUE, f"u{n}", {"a": n}, {"a": "ü" * n}) for n in range(600)]]
        steps += [step("delete", TABLE, f"t{n}", {}) for n in range(3)]
        told = page(*steps, limit=limit, findings=(finding(Status.FAIL, message="This one fails."),))
        assert len(told.encode()) <= limit
        assert "This page is cut" in told
        for kept in (
            "**Verdict: FAIL** (",
            "| create | 400 |",
            "| update | 600 |",
            "t0",
            "t2",
            "This one fails.",
            result(*steps).data["digest"],
        ):
            assert kept in told

    def test_what_fits_is_whole(self) -> None:
        assert page(*creating(5), limit=decision.COMMENT) == page(*creating(5))
        assert "This page is cut" not in page(*creating(5))

    def test_as_much_as_fits_is_left_in(self) -> None:
        steps = [step("update", QUEUE, f"u{n}", {"a": n}, {"a": -n - 1}) for n in range(1000)]
        told = page(*steps, limit=decision.COMMENT)
        assert len(told.encode()) > decision.COMMENT - 500
        shown = len(re.findall(r"<code>u\d+</code>", told))
        assert f"{1000 - shown} more rows" in told

    def test_deletions_are_never_left_out_without_a_page_that_says_so(self) -> None:
        steps = [step("delete", TABLE, f"table-{n}", {}) for n in range(1000)]
        told = page(*steps, limit=20_000)
        assert len(told.encode()) <= 20_000
        assert "neither its 1000 deletions and replacements" in told
        assert f"| **delete** | <code>{TABLE}</code> | 1000 |" in told
        assert "plan_digest" not in told

    def test_equal_replacements_share_a_row_with_all_their_names(self) -> None:
        steps = [each for n in range(300) for each in replaced(VPC, f"vpc-{n}", {"a": "1"}, {"a": "2"}, keys=["a"])]
        told = page(*steps, limit=decision.COMMENT)
        assert all(f"<code>vpc-{n}</code>" in told for n in range(300))


def test_the_document_fetches_nothing_and_runs_nothing() -> None:
    html = decision.document("<t>", page(step("update", QUEUE, HOSTILE, {"a": 1}, {"a": HOSTILE})))
    assert "default-src 'none'" in html
    assert not {"script", "img", "link", "iframe", "a"} & Seen(html).tags
    assert "<title>&lt;t&gt;</title>" in html
    assert FACTS.run in html
