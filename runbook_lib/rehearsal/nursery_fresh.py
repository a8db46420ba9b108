"""What a forked process does over, because the nursery has done it for itself: seeds, and what is read from the environment."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

PLOTS = "matplotlib"


def freshen() -> None:
    """Seed anew what was seeded once, and read anew what was read; to be called in the child, with its environment."""
    time.tzset()
    tempfile.tempdir = None
    # `random` and OpenSSL do this themselves; what draws from the system (`secrets`, `uuid`) has nothing to share.
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()
    if processes := sys.modules.get("multiprocessing.process"):
        processes.current_process().authkey = os.urandom(32)
    if decimal := sys.modules.get("decimal"):
        decimal.getcontext().clear_flags()  # by which a module that counted as it was imported left that it had rounded
    if PLOTS in sys.modules:
        sys.meta_path.insert(0, _Sleeping())


class _Sleeping(MetaPathFinder, Loader):
    """Takes matplotlib away until it is imported: only then does it read ``MPLBACKEND``, which a kernel sets as it starts."""

    def __init__(self) -> None:
        names = [name for name in sys.modules if name.partition(".")[0] == PLOTS]
        self._modules = {name: sys.modules.pop(name) for name in names}
        self._spec = self._modules[PLOTS].__spec__

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Answer for matplotlib."""
        if name != PLOTS:
            return None
        asleep = self._modules[PLOTS]
        spec = ModuleSpec(name, self, origin=asleep.__file__, is_package=True)
        spec.submodule_search_locations = list(asleep.__path__)
        return spec

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        """The module that was imported before the fork."""
        return self._modules[PLOTS]

    def exec_module(self, module: ModuleType) -> None:
        """Put back what belongs to it, and do what its import does with the environment."""
        sys.meta_path.remove(self)
        module.__spec__ = self._spec
        sys.modules.update(self._modules)
        if backend := os.environ.get("MPLBACKEND"):
            module.rcParams["backend"] = backend
