"""The process that runs a Lambda function, with what AWS's Python runtime has and nothing else.

MiniStack starts its workers with this environment's interpreter, where every library of this project can be imported. A package
that lacks one of its dependencies would work here and fall over on AWS. So everything but the standard library and
boto3 with what it stands on is taken away before the worker begins: what is missing then is missing here too.

Usage: ``python -m runbook_lib.rehearsal.function_environment WORKER``
"""

from __future__ import annotations

import runpy
import sys
import sysconfig

import boto3.s3.inject  # noqa: F401  # with all that it imports on first use

RUNTIME = frozenset({"boto3", "botocore", "s3transfer", "urllib3", "jmespath", "dateutil", "six"})
"""What the runtime brings (https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included)."""


def strip() -> None:
    """Forget every module that the runtime does not have, and where they came from."""
    kept = RUNTIME | sys.stdlib_module_names
    for name in list(sys.modules):
        if name.partition(".")[0] not in kept:
            del sys.modules[name]
    library = sysconfig.get_path("stdlib")
    sys.path[:] = [folder for folder in sys.path if folder.startswith(library) and not folder.endswith("-packages")]
    sys.meta_path[:] = [finder for finder in sys.meta_path if _module(finder) in kept]


def _module(finder: object) -> str:
    """The package that an import hook belongs to: editable installations bring their own."""
    return str(getattr(finder, "__module__", type(finder).__module__)).partition(".")[0]


def main(worker: str) -> None:
    """Become a worker of MiniStack's, a file."""
    sys.argv = [worker]
    sys.dont_write_bytecode = False  # a package is compiled by its first environment, for all of them
    strip()
    runpy.run_path(worker, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
