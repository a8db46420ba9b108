"""The decision page as a document of its own: one file, no script, nothing fetched."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup


def document(title: str, markdown: str) -> str:
    """Make HTML of a page.

    Args:
        title: The window's title.
        markdown: What ``page`` made: everything in it that is not ours is escaped already, so its HTML is the template's own.
    """
    body = Markup(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))  # noqa: S704 - see ``markdown``
    return _template().get_template("document.html.j2").render(title=title, body=body)


@cache
def _template() -> Environment:
    return Environment(loader=PackageLoader("runbook_lib", "decision"), autoescape=True, undefined=StrictUndefined)
