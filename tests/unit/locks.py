"""The lock of a stack, and what another machine left of it."""

from __future__ import annotations

from runbook_lib import way_in
from runbook_lib.stack_lock import Holder, StackLock

STACK = "staging-000000000000-us-east-1-demo"


def lock() -> StackLock:
    return StackLock(way_in.locks(), STACK)


def of_another_machine(**changes: object) -> Holder:
    """Beside the lock, as it would be on a file system that is shared."""
    owner = Holder.this(STACK, "staging").model_copy(update={"host": "elsewhere", **changes})
    way_in.locks().mkdir(parents=True, exist_ok=True)
    lock().path.write_text(owner.model_dump_json())
    return owner
