"""A stack's configuration: `Pulumi.<stack>.yaml` over the defaults of Pulumi.yaml, secrets decrypted on demand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine import config_path
from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.passphrase import Crypter
from runbook_lib.rehearsal.engine.yaml_io import dump, load

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.rehearsal.engine.project import Project

SALT = "encryptionsalt"
SCALAR_TYPES = {"string": str, "integer": int, "boolean": bool}


@dataclass(frozen=True)
class Value:
    """One configuration value, decrypted."""

    data: Any
    leaves: tuple[str, ...] = ()  # the secrets in it

    @property
    def secret(self) -> bool:
        """Whether it is a secret, or holds one."""
        return bool(self.leaves)

    @property
    def secrets(self) -> set[str]:
        """Texts that nothing may show: programs print the whole or a leaf."""
        return {self.text, *self.leaves} if self.secret else set()

    @property
    def text(self) -> str:
        """What the program reads: text as it is, everything else as JSON."""
        return self.data if isinstance(self.data, str) else _json(self.data)


def _json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


class StackConfig:
    """The configuration of one stack.

    Args:
        file: The stack's configuration file; it need not exist.
        project: The project, for its name and its declared configuration.
        state_salt: The salt in the stack's checkpoint, used if the file has none.
    """

    def __init__(self, file: Path, project: Project, state_salt: str = "") -> None:
        self.file = file
        self.project = project
        self._data: dict[str, Any] = (load(file) if file.exists() else None) or {}
        provider = self._data.get("secretsprovider") or "passphrase"
        if provider != "passphrase":
            raise EngineError(f"{file}: the embedded engine knows the passphrase secrets provider only, not {provider}")
        if self._data.get("environment"):
            raise EngineError(f"{file}: environments (ESC) are a service of Pulumi Cloud; the embedded engine has none")
        self.crypter = Crypter(str(self._data.get(SALT) or state_salt or ""))

    @property
    def entries(self) -> dict[str, Any]:
        """The file's own entries, ciphertext as it is."""
        return dict(self._data.get("config") or {})

    def key(self, text: str) -> str:
        """A key with its namespace; without one it is the project's."""
        namespace, separator, name = text.partition(":")
        if name.startswith("config:"):
            name = name.removeprefix("config:")
        return f"{namespace}:{name}" if separator else f"{self.project.name}:{text}"

    def set(self, key: str, value: Any, *, secret: bool, path: bool = False) -> None:
        """Set a value; a secret is encrypted here."""
        name, segments = self._locate(key, path=path)
        stored = {"secure": self.crypter.encrypt(str(value))} if secret else value
        if path and not secret and isinstance(value, str):
            stored = config_path.scalar(value)
        entries = self.entries
        self._data["config"] = {**entries, name: config_path.put(entries.get(name), segments, stored)}

    def remove(self, key: str, *, path: bool = False) -> None:
        """Remove a value."""
        name, segments = self._locate(key, path=path)
        entries = self.entries
        if segments and name in entries:
            entries[name] = config_path.remove(entries[name], segments)
        else:
            entries.pop(name, None)
        self._data["config"] = entries
        if not entries:
            del self._data["config"]

    def replace(self, entries: dict[str, Any]) -> None:
        """Replace all entries by those of an earlier update."""
        self._data["config"] = entries

    def _locate(self, key: str, *, path: bool) -> tuple[str, list[str | int]]:
        if not path:
            return self.key(key), []
        namespace, separator, rest = key.partition(":")
        segments = config_path.split(rest if separator else key)
        if not segments or not isinstance(segments[0], str):
            raise EngineError(f"invalid config key path {key!r}: it must start with a name")
        return self.key(f"{namespace}:{segments[0]}" if separator else segments[0]), segments[1:]

    def save(self) -> None:
        """Write the file; the salt comes first, as the real command writes it."""
        salt = {SALT: self.crypter.salt} if self.crypter.has_salt else {}
        config = self._data.get("config")
        rest = {key: item for key, item in self._data.items() if key not in {SALT, "config"}}
        ordered = {"config": dict(sorted(config.items()))} if config else {}
        dump(self.file, {**rest, **salt, **ordered})

    def raw(self) -> dict[str, Any]:
        """All entries, the project's defaults included, ciphertext as it is.

        Raises:
            EngineError: if a declared value is missing or has the wrong type.
        """
        entries = self.entries
        for name, declared in self.project.config.items():
            key = self.key(name)
            entry = declared if isinstance(declared, dict) else {"default": declared}
            if key not in entries:
                default = entry.get("value", entry.get("default"))
                if default is None and (name.count(":") == 0 or "type" in entry):
                    raise EngineError(
                        f"Stack '{_stack_of(self.file)}' is missing configuration value '{name}'; "
                        f"set it with `pulumi config set {name} …`"
                    )
                if default is not None:
                    entries[key] = default
            elif (kind := SCALAR_TYPES.get(entry.get("type", ""))) and not _fits(entries[key], kind):
                raise EngineError(
                    f"Stack '{_stack_of(self.file)}' with configuration key '{name}' must be of type '{entry['type']}'"
                )
        return entries

    def values(self, *, decrypt: bool = True) -> dict[str, Value]:
        """All values by full key; without `decrypt` secrets read `[secret]` and no passphrase is needed."""
        return {key: self._value(entry, decrypt=decrypt) for key, entry in sorted(self.raw().items())}

    def get(self, key: str, *, path: bool = False) -> Value:
        """One value.

        Raises:
            KeyError: if it is not set.
        """
        name, segments = self._locate(key, path=path)
        return self._value(config_path.get(self.raw()[name], segments))

    def _value(self, entry: Any, *, decrypt: bool = True) -> Value:
        leaves: list[str] = []

        def opened(item: Any) -> Any:
            if isinstance(item, dict) and item.keys() == {"secure"}:
                leaves.append(self.crypter.decrypt(item["secure"]) if decrypt else "[secret]")
                return leaves[-1]
            if isinstance(item, dict):
                return {key: opened(inner) for key, inner in item.items()}
            return [opened(inner) for inner in item] if isinstance(item, list) else item

        return Value(opened(entry), tuple(leaves))


def _fits(entry: Any, kind: type) -> bool:
    if isinstance(entry, dict):
        return True  # ciphertext
    return isinstance(entry, kind) or (isinstance(entry, str) and isinstance(config_path.scalar(entry), kind))


def _stack_of(file: Path) -> str:
    return file.stem.removeprefix("Pulumi.")
