"""Resources in their order, and their text, which is written anew only where something has changed.

A checkpoint holds every resource and is written after every step. Joining the texts of thousands for each of thousands of steps
was most of the engine's work: so they are kept in blocks, and a block is joined again only when one of its resources changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runbook_lib.rehearsal.engine.state import Resource

BLOCK = 128
"""Resources in a block: as many are joined for a change of one, and a checkpoint of thousands has a few dozen blocks to join."""


class Rows:
    """A list of resources that knows its JSON.

    Args:
        resources: What is in it, in order.
        text: Writes one resource; what it wrote is kept until the resource is touched.
    """

    def __init__(self, resources: Iterable[Resource], text: Callable[[Resource], bytes]) -> None:
        self._text = text
        self._blocks: list[_Block] = []
        self._where: dict[int, _Block] = {}
        for resource in resources:
            self.append(resource)

    def __iter__(self) -> Iterator[Resource]:
        for block in self._blocks:
            yield from block.resources

    def append(self, resource: Resource) -> None:
        """Put a resource at the end."""
        if not self._blocks or len(self._blocks[-1].resources) >= BLOCK:
            self._blocks.append(_Block())
        block = self._where[id(resource)] = self._blocks[-1]
        block.resources.append(resource)
        block.joined = None

    def exchange(self, old: Resource, new: Resource | None) -> None:
        """Put another in a resource's place, or nothing; where it is not, nothing happens."""
        block = self._where.pop(id(old), None)
        if block is None:
            return
        position = next(index for index, each in enumerate(block.resources) if each is old)
        block.resources[position : position + 1] = [] if new is None else [new]
        block.texts.pop(id(old), None)
        block.joined = None
        if new is not None:
            self._where[id(new)] = block

    def touch(self, resource: Resource) -> None:
        """Note that a resource was changed in place."""
        if block := self._where.get(id(resource)):
            block.texts.pop(id(resource), None)
            block.joined = None

    def touch_all(self) -> None:
        """Note that anything may have changed."""
        for block in self._blocks:
            block.texts.clear()
            block.joined = None

    def parts(self) -> list[bytes]:
        """The resources as JSON objects with commas between them, in parts that lack those between each other."""
        return [block.text(self._text) for block in self._blocks if block.resources]


class _Block:
    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.texts: dict[int, bytes] = {}
        self.joined: bytes | None = None

    def text(self, write: Callable[[Resource], bytes]) -> bytes:
        if self.joined is None:
            for resource in self.resources:
                if id(resource) not in self.texts:
                    self.texts[id(resource)] = write(resource)
            self.joined = b",".join(self.texts[id(resource)] for resource in self.resources)
        return self.joined
