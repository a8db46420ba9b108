"""What the nursery has imported before it forks, what a rehearsal needs first coming first; and whether that is still true."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

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
FOR_FIGURES = ("rich.syntax", "matplotlib.figure", "matplotlib.dates", "matplotlib.backends.backend_agg")
FIRST_SERVICES = ("sts", "rds", "ec2", "kms", "lambda", "iam", "service-quotas")
"""Those that the first step asks."""
STARTED = ("cli", "launcher")
"""Those of the engine's modules that processes are started with: they are run anew in each child."""


GIVEN = dict(os.environ)
"""What the nursery was started with."""
LOOKED_AT: set[str] = set()
"""The variables that libraries looked at as they were imported: a process with others has to import them itself."""
LOOKED_UP_AGAIN = frozenset({"PATH", "TMPDIR", "TEMP", "TMP", "MPLBACKEND", "TERM"})
"""Of these variables those that a child follows all the same (``nursery_fresh``), or that whoever needs them reads anew; and
TERM, by which IPython decides how to set a terminal's title: it sets one itself, for all that a kernel starts."""


class Stage(IntEnum):
    """How far the nursery has come: for whom it has imported everything."""

    NOTHING = 0
    KERNELS = 1
    ENGINE = 2
    TYPES = 3
    ALL = 4


def needed(arguments: Sequence[str]) -> Stage:
    """How far the nursery has to have come for a process, so that it imports nothing that the nursery is about to import.

    It would do so itself, and at the same time: waiting for the nursery takes no longer, and is done once for all.
    """
    called = " ".join(arguments)
    if "ipykernel_launcher" in called or "function_environment" in called:
        return Stage.KERNELS
    return Stage.ENGINE if "rehearsal.engine.cli" in called else Stage.TYPES


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


def import_all() -> Iterator[Stage]:
    """Import everything, a module at a time; yields how far it has come each time."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's library would start threads as it is imported
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"  # no channel is open when a child is forked; grpc would warn of it later
    for reached, stage in ((Stage.NOTHING, _kernels), (Stage.KERNELS, _engine), (Stage.ENGINE, _types), (Stage.TYPES, _rest)):
        for _ in stage():
            yield reached
    yield Stage.ALL


def _kernels() -> Iterator[object]:
    for name in (*FOR_KERNELS, *FOR_FIGURES):
        yield _import(name)
    yield from _services(FIRST_SERVICES)


def _engine() -> Iterator[object]:
    for name in FOR_PULUMI:
        yield _import(name)
    yield from _modules("runbook_lib.rehearsal.engine")
    from runbook_lib.rehearsal.engine import arguments

    yield arguments.parser()


def _types() -> Iterator[object]:
    """Every schema that the provider can be asked for, and with it the SDK's classes, which programs and gates take."""
    _import(PROVIDER)
    del sys.modules[PROVIDER]  # what it imports stays; itself it is run anew in each child
    from runbook_lib.rehearsal.provider import registry, schema

    for token in registry.resources():
        yield schema.type_schema(token)


def _rest() -> Iterator[object]:
    from runbook_lib.aws import trust
    from runbook_lib.workspace import EMULATED_SERVICES

    yield from _services(EMULATED_SERVICES)
    yield trust(verify=True, own=False)
    for name in ("runbook_lib.gates", "runbook_lib.checks", "runbook_lib.snapshot", "runbook_lib.costs"):
        yield from _modules(name)


def _services(names: Iterable[str]) -> Iterator[object]:
    """Read what botocore knows of services: operations, waiters, pages. Nothing is connected to."""
    from runbook_lib.aws import Aws, Target

    aws = Aws(Target(region="us-east-1", endpoint="http://localhost"))
    for name in names:
        client = aws.client(name)
        yield client.waiter_names, client.can_paginate(next(iter(client.meta.method_to_api_mapping)))


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
