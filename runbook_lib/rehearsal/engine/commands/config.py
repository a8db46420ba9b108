"""`pulumi config`: the stack's configuration. A secret's value is best given on standard input."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.history import entries
from runbook_lib.rehearsal.engine.selection import Selection, select

if TYPE_CHECKING:
    import argparse

    from runbook_lib.rehearsal.engine.config import StackConfig, Value

TYPES: dict[str, Any] = {"bool": lambda text: text == "true", "int": int, "float": float}


def _selected(arguments: argparse.Namespace) -> Selection:
    selection = select(arguments.stack, arguments.config_file)
    selection.stack.require()
    return selection


def _entry(value: Value, *, shown: bool = True) -> dict[str, Any]:
    entry: dict[str, Any] = {"value": value.text} if shown else {}
    if shown and isinstance(value.data, dict | list):
        entry["objectValue"] = value.data
    return {**entry, "secret": value.secret}


def show(arguments: argparse.Namespace) -> None:
    """All values; secrets only with `--show-secrets`."""
    values = _selected(arguments).config.values(decrypt=arguments.show_secrets)
    if arguments.json:
        data = {key: _entry(item, shown=not item.secret or arguments.show_secrets) for key, item in values.items()}
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
        return
    sys.stdout.write("KEY  VALUE\n")
    for key, item in values.items():
        sys.stdout.write(f"{key}  {'[secret]' if item.secret and not arguments.show_secrets else item.text}\n")


def get(arguments: argparse.Namespace) -> None:
    """One value, decrypted."""
    selection = _selected(arguments)
    try:
        value = selection.config.get(arguments.key, path=arguments.path)
    except KeyError:
        raise EngineError(f"configuration key '{arguments.key}' not found for stack '{selection.stack.name}'") from None
    sys.stdout.write(json.dumps(_entry(value), indent=2, ensure_ascii=False) + "\n" if arguments.json else f"{value.text}\n")


def set_(arguments: argparse.Namespace) -> None:
    """Set a value, read from standard input if the command line has none."""
    given = arguments.rest[0] if arguments.rest else arguments.value
    text = sys.stdin.read().removesuffix("\n") if given is None else given
    value = TYPES[arguments.type](text) if arguments.type in TYPES else text
    config = _selected(arguments).config
    _refuse_namespace(config, arguments.key)
    config.set(arguments.key, value, secret=arguments.secret, path=arguments.path)
    config.save()


def set_all(arguments: argparse.Namespace) -> None:
    """Set several values at once."""
    config = _selected(arguments).config
    for secret, pairs in ((False, arguments.plaintext), (True, arguments.secret)):
        for pair in pairs or []:
            key, separator, value = pair.partition("=")
            if not separator:
                raise UsageError(f"config set-all: {pair!r} is not of the form KEY=VALUE")
            config.set(key, value, secret=secret, path=arguments.path)
    for key, item in _json_entries(arguments.json_text).items():
        value = item.get("objectValue", item.get("value"))
        if value is None:
            continue  # a secret that the text does not show keeps its value
        config.set(key, value if isinstance(value, str) or not item.get("secret") else json.dumps(value),
                   secret=bool(item.get("secret")), path=arguments.path)  # fmt: skip
    config.save()


def _json_entries(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UsageError(f"config set-all --json: could not parse the text as JSON: {error}") from error
    if not isinstance(data, dict) or not all(isinstance(item, dict) for item in data.values()):
        raise UsageError("config set-all --json wants what `pulumi config --json` prints: {key: {value, secret}}")
    return data


def rm(arguments: argparse.Namespace) -> None:
    """Remove a value."""
    config = _selected(arguments).config
    config.remove(arguments.key, path=arguments.path)
    config.save()


def rm_all(arguments: argparse.Namespace) -> None:
    """Remove several values."""
    config = _selected(arguments).config
    for key in arguments.keys:
        config.remove(key, path=arguments.path)
    config.save()


def refresh(arguments: argparse.Namespace) -> None:
    """Take over the configuration of the last update."""
    selection = _selected(arguments)
    last = entries(selection.stack, page_size=1)
    if not last:
        raise EngineError(f"no previous deployment of stack '{selection.stack.name}'")
    selection.config.replace(last[0]["config"])
    selection.config.save()


def env(_arguments: argparse.Namespace) -> None:
    """Refuse: environments are a service of Pulumi Cloud."""
    raise UsageError("environments (pulumi config env) are a service of Pulumi Cloud, outside the embedded engine")


def _refuse_namespace(config: StackConfig, key: str) -> None:
    namespace, _, name = config.key(key).partition(":")
    if not namespace or not name:
        raise UsageError(f"could not parse {key!r} as a configuration key: write it as name or namespace:name")
