"""The providers of one deployment: a plugin process for each provider resource, configured once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine import plugin
from runbook_lib.rehearsal.engine.builtin import BuiltinProvider
from runbook_lib.rehearsal.engine.errors import ProviderError
from runbook_lib.rehearsal.engine.provider import Provider
from runbook_lib.rehearsal.engine.urn import package_of, provider_urn
from runbook_lib.rehearsal.engine.values import Properties
from runbook_lib.signatures import UNKNOWN_ID

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runbook_lib.rehearsal.engine.project import Project
    from runbook_lib.rehearsal.engine.state import Resource

AnyProvider = Provider | BuiltinProvider
INTERNAL = "__internal"


class Registry:
    """Starts plugins and finds the provider of a resource.

    Args:
        project: For the plugin folders and the root directory.
        engine_address: Where plugins reach the engine.
        builtin: The provider of the package `pulumi`, which is the engine itself.
        on_output: Gets what plugins write.
    """

    def __init__(
        self,
        project: Project,
        engine_address: str,
        builtin: BuiltinProvider,
        on_output: Callable[[str], None],
    ) -> None:
        self._folders = project.plugin_folders()
        self._root = project.folder
        self._program: Path = project.program if project.program.is_dir() else project.program.parent
        self._engine_address = engine_address
        self._builtin = builtin
        self._on_output = on_output
        self._lock = threading.Lock()
        self._spare: dict[str, plugin.PluginProcess] = {}
        self._processes: list[plugin.PluginProcess] = []
        self._opened: dict[str, AnyProvider] = {}
        self._configured: dict[str, AnyProvider] = {}
        self._loading: dict[str, threading.Lock] = {}

    def prestart(self, package: str) -> None:
        """Start a plugin before it is asked for; a package without one is left for later, and its own message."""
        try:
            path = plugin.find(package, self._folders)
        except ProviderError:
            return
        with self._lock:
            if package not in self._spare:
                self._spare[package] = self._start(path)

    def _start(self, path: Path) -> plugin.PluginProcess:
        process = plugin.PluginProcess(path, engine_address=self._engine_address, folder=self._program, on_output=self._on_output)
        self._processes.append(process)
        return process

    def open(self, urn: str, package: str) -> AnyProvider:
        """A provider for a provider resource that is being checked, not configured yet."""
        if package == "pulumi":
            return self._builtin
        with self._lock:
            if urn in self._opened:
                return self._opened[urn]
            process = self._spare.pop(package, None) or self._start(plugin.find(package, self._folders))
        provider = Provider(process.address(), package)
        provider.handshake(self._engine_address, self._root, self._program)
        with self._lock:
            self._opened[urn] = provider
        return provider

    def configure(self, urn: str, identity: str, inputs: Properties) -> None:
        """Configure the provider opened for a resource, and let references to it find it."""
        provider = self.open(urn, package_of(urn.split("::")[2].rsplit("$", 1)[-1]))
        provider.configure(urn, identity, {key: item for key, item in inputs.items() if key != INTERNAL})
        with self._lock:
            self._configured[f"{urn}::{identity}"] = provider

    def get(self, reference: str) -> AnyProvider:
        """The provider a reference names.

        Raises:
            ProviderError: if it is not configured (yet).
        """
        with self._lock:
            provider = self._configured.get(reference) or self._configured.get(f"{provider_urn(reference)}::{UNKNOWN_ID}")
        if provider is None:
            raise ProviderError(f"provider {reference} is not registered")
        return provider

    def ensure(self, reference: str, state: Resource | None) -> AnyProvider:
        """The provider a reference names, loaded from its recorded state if the program has not registered it.

        Args:
            reference: `<urn>::<id>`.
            state: The provider resource as the deployment has it; None if it has none.
        """
        with self._lock:
            if reference in self._configured:
                return self._configured[reference]
            loading = self._loading.setdefault(reference, threading.Lock())
        with loading:
            with self._lock:
                if reference in self._configured:
                    return self._configured[reference]
            if state is None:
                return self.get(reference)
            urn, identity = reference.rsplit("::", 1)
            package = package_of(state.type)
            provider = self.open(f"{urn}::{identity}", package)
            plain = {key: item for key, item in state.inputs.items() if key != INTERNAL}
            provider.configure(urn, identity, plain)
            with self._lock:
                self._configured[reference] = provider
            return provider

    def cancel(self) -> None:
        """Ask every provider to give up what it is doing."""
        with self._lock:
            providers = list(self._opened.values())
        for provider in providers:
            provider.cancel()

    def kill(self) -> None:
        """End every plugin at once, whatever it is doing."""
        with self._lock:
            processes = list(self._processes)
        for process in processes:
            process.kill()

    def close(self) -> None:
        """End every plugin."""
        with self._lock:
            opened, processes = list(self._opened.values()), list(self._processes)
        for provider in opened:
            provider.close()
        for process in processes:
            process.end()
