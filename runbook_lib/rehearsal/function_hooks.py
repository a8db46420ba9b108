"""Has MiniStack start Lambda functions in an environment like AWS's, and fast.

Only what the runtime has can be imported (`function_environment`); the process is forked where there is a nursery; and a package
is unpacked once for all the environments that run it, as AWS mounts it into each: `/var/task` is nobody's to write to.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from runbook_lib.forked import Forked, fork_piped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENVIRONMENT = "runbook_lib.rehearsal.function_environment"
UPDATE_SECONDS = 0.05
"""How long a function is Pending, or its update InProgress: whoever waits for it has to wait, but not for show."""


class Package(zipfile.ZipFile):
    """A function's or a layer's code."""

    def extractall(self, path: Any = None, *_: Any) -> None:
        """Make ``path``, an empty folder, a link to where the same package has been unpacked, now or before."""
        unpacked = Path(tempfile.gettempdir(), "packages", hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest())
        if not unpacked.exists():
            unpacked.parent.mkdir(exist_ok=True)
            fresh = tempfile.mkdtemp(dir=unpacked.parent)
            super().extractall(fresh)
            try:
                Path(fresh).rename(unpacked)
            except OSError:  # another environment of the same function was faster
                shutil.rmtree(fresh)
        Path(path).rmdir()
        Path(path).symlink_to(unpacked)


def install() -> None:
    """Put these in the place of what MiniStack uses of the standard library."""
    lambda_runtime.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": _start})
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = UPDATE_SECONDS  # noqa: SLF001  # private, and pinned with its version
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": Package})


def _start(command: Sequence[str], *, cwd: str, env: Mapping[str, str], **options: Any) -> Forked | subprocess.Popen[str]:
    interpreter, *worker = command
    if interpreter != sys.executable:  # a function in another language
        return subprocess.Popen(command, cwd=cwd, env=env, **options)
    own = [sys.executable, "-P", "-m", ENVIRONMENT, *worker]
    return fork_piped(own, folder=cwd, environment=env, talk=True) or subprocess.Popen(own, cwd=cwd, env=env, **options)
