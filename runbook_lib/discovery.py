"""Imports every file of a package, for the registries whose entries declare themselves by being imported."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache


@cache
def load_package(name: str) -> None:
    """Import each module directly inside the package ``name``, once per process."""
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{name}.{module.name}")
