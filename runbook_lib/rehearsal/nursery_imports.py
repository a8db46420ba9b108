"""What the nursery has imported before it forks, what a rehearsal needs first coming first; and whether that is still true."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

SOURCE = Path(__file__).parents[2]
PROVIDER = "runbook_lib.rehearsal.provider.server"
FOR_KERNELS = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.debugger", "IPython.extensions.storemagic",
    "sqlite3", "wrapt", "runbook_lib.redaction.kernel_hooks",
    "boto3.s3.inject", "httpx", "runbook_lib.steps", "runbook_lib.versions.discovery", "pandas.io.formats.style",
)  # fmt: skip
FOR_PULUMI = (
    "pulumi.automation", "pulumi.runtime", "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.pbkdf2", "runbook_lib.engine",
)  # fmt: skip
FOR_FIGURES = ("rich.syntax", "matplotlib.figure", "matplotlib.backends.backend_agg")
STARTED = ("cli", "launcher")
"""Those of the engine's modules that processes are started with: they are run anew in each child."""


GIVEN = dict(os.environ)
"""What the nursery was started with."""
LOOKED_AT: set[str] = set()
"""The variables that libraries looked at as they were imported: a process with others has to import them itself."""
LOOKED_UP_AGAIN = frozenset({"PATH", "TMPDIR", "TEMP", "TMP", "MPLBACKEND", "TERM"})
"""Of these variables those that a child follows all the same (``nursery_fresh``), or that whoever needs them reads anew; and
TERM, by which IPython decides how to set a terminal's title: it sets one itself, for all that a kernel starts."""


class _Noting(os._Environ[str]):  # noqa: SLF001 - os.environ's own class, which has no other name
    """The environment, which notes what is read."""

    def __getitem__(self, name: str) -> str:
        LOOKED_AT.update({name} - LOOKED_UP_AGAIN)
        return super().__getitem__(name)


def _import(name: str) -> object:
    usual = os.environ.__class__
    os.environ.__class__ = _Noting
    try:
        return importlib.import_module(name)
    finally:
        os.environ.__class__ = usual


def import_all() -> Iterator[object]:
    """Import, a module at a time, and derive every schema the provider can be asked for."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's library would start threads as it is imported
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # no channel is open when a child is forked; grpc would warn of it later
    for name in (*FOR_KERNELS, *FOR_PULUMI):
        yield _import(name)
    yield from _modules("runbook_lib.rehearsal.engine")
    from runbook_lib.rehearsal.engine import arguments

    yield arguments.parser()
    _import(PROVIDER)
    del sys.modules[PROVIDER]  # what it imports stays; itself it is run anew in each child
    from runbook_lib.aws import Aws, Target
    from runbook_lib.rehearsal.provider import registry, schema
    from runbook_lib.workspace import EMULATED_SERVICES

    for token in registry.resources():
        yield schema.type_schema(token)
    aws = Aws(Target(region="us-east-1", endpoint="http://localhost"))
    for service in EMULATED_SERVICES:
        yield aws.client(service)  # for its description alone: nothing is connected to
    for name in ("runbook_lib.gates", "runbook_lib.checks", "runbook_lib.snapshot", "runbook_lib.costs"):
        yield from _modules(name)
    for name in FOR_FIGURES:
        yield _import(name)


def _modules(package: str) -> Iterator[object]:
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if found.name.rpartition(".")[2] not in STARTED:
            yield _import(found.name)


def modified(but: Container[str] = ()) -> dict[str, int]:
    """When each file of this project that is imported here was last modified, in nanoseconds; 0 for one that is gone.

    Args:
        but: Files that are not to be looked at.
    """
    # Libraries are not looked at: some of their modules import whatever they have when they are asked for anything.
    own = [module for name, module in sys.modules.items() if name.startswith("runbook_lib")]
    files = [module.__file__ for module in own if module.__file__ and module.__file__ not in but]
    return {file: os.stat(file).st_mtime_ns if os.path.exists(file) else 0 for file in files}  # noqa: PTH110, PTH116 - hundreds
