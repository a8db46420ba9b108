"""Redaction of what has a structure: strings are looked at, one by one and joined as they are read; nothing else is touched.

Keys, numbers, ids and digests stay as they are, for others refer to them.
A cell's id, or an attachment's name, that is a secret gets another.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from runbook_lib.redaction.masking import Masker


def redacted(value: Any, masker: Masker) -> Any:
    """A copy of JSON values with every string masked; a list of strings is read as the lines of one text."""
    if isinstance(value, str):
        return masker(value)
    if isinstance(value, dict):
        return {key: redacted(inner, masker) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        if len(value) > 1 and all(isinstance(inner, str) for inner in value):
            return masker.pieces([masker(inner) for inner in value], "\n")
        return [redacted(inner, masker) for inner in value]
    return value


def redacted_notebook(notebook: NotebookNode, masker: Masker) -> NotebookNode:
    """A copy of a notebook (format 4) with every secret masked in what its cells hold and said."""
    import nbformat

    clean: NotebookNode = copy.deepcopy(notebook)
    clean.metadata = nbformat.from_dict(redacted(clean.metadata, masker))
    for index, cell in enumerate(clean.cells):
        cell.source = _text(cell.source, masker)
        if "id" in cell and masker(cell.id) != cell.id:
            cell.id = f"redacted-{index}"  # a mask's own characters may not be in one
        if "attachments" in cell:
            cell.attachments = {masker(name): bundle for name, bundle in cell.attachments.items()}
        for part in ("metadata", "attachments"):
            if part in cell:
                cell[part] = nbformat.from_dict(redacted(cell[part], masker))
        if "tags" in cell.metadata:
            cell.metadata.tags = list(dict.fromkeys(cell.metadata.tags))  # each may be there once
        if "outputs" in cell:
            cell.outputs = [nbformat.from_dict(_output(output, masker)) for output in cell.outputs]
            _streams(cell.outputs, masker)
    return clean


def _output(output: dict[str, Any], masker: Masker) -> dict[str, Any]:
    clean = dict(output)
    for part in ("metadata", "ename", "evalue"):
        if part in clean:
            clean[part] = redacted(clean[part], masker)
    if "traceback" in clean:
        clean["traceback"] = masker.pieces(clean["traceback"], "\n")
    if "data" in clean:
        clean["data"] = {
            kind: redacted(value, masker) if kind.endswith("json") and not isinstance(value, str) else _text(value, masker)
            for kind, value in clean["data"].items()
        }
    return clean


def _text(value: Any, masker: Masker) -> Any:
    """A text as notebooks have it: a string, or the list of its lines with their ends."""
    if isinstance(value, str):
        return masker(value)
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return masker.pieces(value)
    return redacted(value, masker)


def _streams(outputs: list[Any], masker: Masker) -> None:
    """What a cell printed arrives in chunks, and two streams take turns: each is read as a whole, and both as they came."""
    said = [output for output in outputs if output.output_type == "stream"]
    names = sorted({output.name for output in said})
    for streams in ([one for one in said if one.name == name] for name in names):
        _chunks(streams, masker)
    if len(names) > 1:
        _chunks(said, masker)


def _chunks(streams: list[Any], masker: Masker) -> None:
    if len(streams) == 1:
        streams[0].text = _text(streams[0].text, masker)
        return
    lines = [output.text if isinstance(output.text, list) else [output.text] for output in streams]
    clean = masker.pieces([line for chunk in lines for line in chunk])
    for output, chunk in zip(streams, lines, strict=True):
        mine, clean = clean[: len(chunk)], clean[len(chunk) :]
        output.text = mine if isinstance(output.text, list) else mine[0]
