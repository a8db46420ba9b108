"""The decision page as Markdown: in the notebook, for a pull request, and (rendered) as a document of its own.

Everything that comes from a plan, a finding or a person is escaped by the template engine itself; only the template is markup.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from runbook_lib.costs import dollars, signed
from runbook_lib.decision.cut import ALL, Cut, fitting
from runbook_lib.decision.view import NOTHING_SINCE, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runbook_lib.decision.view import Since, View
    from runbook_lib.facts import RunFacts
    from runbook_lib.results import StepResult

COMMENT = 65_536
"""What GitHub takes as a comment, in characters; measured in bytes here, of which there are never fewer."""
JOB_SUMMARY = 1_000_000
"""What is safe as a job summary, in bytes: GitHub drops one of more than 1 MiB whole (actions/runner#4337)."""
MARKUP = "\\`*_{}[]<>()!|~&\"'"
"""What Markdown, or HTML in it, could read as markup; as an entity it is text wherever it stands."""
SIGNS = "$@#"
"""What GitHub, Jupyter or MathJax read as a formula, somebody's name or a reference: in Markdown's text itself, which is why they
are entities, and once Markdown is done, in the text of one element, which is why each has its own."""
ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in MARKUP + SIGNS}
APART = ENTITIES | {ord(sign): f"<span>&#{ord(sign)};</span>" for sign in SIGNS}


def page(
    facts: RunFacts, result: StepResult, found: Mapping[str, Any], *, limit: int | None = None, since: Since = NOTHING_SINCE
) -> str:
    """The page of a plan, as Markdown.

    Args:
        facts: What is known of the run.
        result: 02's result.
        found: The data of 01's result.
        limit: The bytes of UTF-8 that it may have; without one it is whole. A cut page says that it is cut.
        since: What became of the plan after 02 had come to its result.
    """
    whole = view(facts, result, found, since)
    cut = Cut() if limit is None else fitting(lambda tried: len(_rendered(whole, tried).encode()), limit)
    if cut is None:
        return _templates().get_template("short.md.j2").render(view=whole)
    return _rendered(whole, cut)


def escaped(value: object) -> Markup:
    """A text that reads as it is, on one line."""
    if isinstance(value, Markup):
        return value
    line = " ".join(str(value).split())
    return Markup(line.translate(APART))  # noqa: S704 - which is the escaping


def code(value: object) -> Markup:
    """A value in typewriter letters; nothing for no value."""
    line = str(value).replace("\n", "↵").translate(ENTITIES)
    return Markup(f"<code>{line}</code>" if line else "")  # noqa: S704 - the same; nobody looks for signs in code


def _names(limit: int, names: Sequence[str]) -> Markup:
    shown = names[:limit]
    more = [Markup("{} more").format(len(names) - len(shown))] if len(names) > len(shown) else []
    return Markup(", ").join([*map(code, shown), *more])


def _rendered(whole: View, cut: Cut) -> str:
    return _templates().get_template("page.md.j2").render(view=whole, cut=cut)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("runbook_lib", "decision"), autoescape=True, finalize=escaped, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters.update(code=code, dollars=dollars, signed=signed, names=lambda names, limit=ALL: _names(limit, names))
    return made
