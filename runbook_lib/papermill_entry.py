"""What the entry point ``papermill.engine`` names.

papermill loads its engines while it is itself being imported, by whichever module asks for it first. The engine's own module may
be that one, half imported; so this one imports nothing of it until the engine is used.
"""

from __future__ import annotations

from typing import Any

from runbook_lib import given_paths

given_paths.absolute()  # papermill has not changed into --cwd yet, whichever engine it will use


class _Lazy:
    def __getattr__(self, name: str) -> Any:
        from runbook_lib.kernel.engine import RunbookEngine

        return getattr(RunbookEngine, name)


engine = _Lazy()
