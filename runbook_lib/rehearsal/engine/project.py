"""The project: `Pulumi.yaml`, found in the working directory or above it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook_lib.rehearsal.engine.errors import EngineError

NAMES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
TEXTS = ("description", "author", "website", "license", "main", "stackConfigDir")
OBJECTS = ("backend", "options", "template")
TOOLCHAINS = ("pip", "poetry", "uv")


@dataclass(frozen=True)
class Project:
    """What Pulumi.yaml says.

    Args:
        file: The project file.
        data: Its content.
    """

    file: Path
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """The project's name."""
        return str(self.data["name"])

    @property
    def folder(self) -> Path:
        """The folder of the project file."""
        return self.file.parent

    @property
    def runtime_options(self) -> dict[str, Any]:
        """The options of the language runtime."""
        runtime = self.data["runtime"]
        return dict(runtime.get("options") or {}) if isinstance(runtime, dict) else {}

    @property
    def program(self) -> Path:
        """The folder of the program, or the file itself if `main` names one."""
        return (self.folder / (self.data.get("main") or ".")).resolve()

    @property
    def always_refreshes(self) -> bool:
        """Whether every update, preview and destruction begins with a refresh: `options.refresh`."""
        return (self.data.get("options") or {}).get("refresh") == "always"

    @property
    def backend_url(self) -> str:
        """The backend the project asks for; empty if it does not say."""
        return str((self.data.get("backend") or {}).get("url") or "")

    @property
    def config(self) -> dict[str, Any]:
        """The configuration the project declares."""
        return dict(self.data.get("config") or {}) if isinstance(self.data.get("config"), dict) else {}

    def plugin_folders(self) -> dict[str, Path]:
        """Folders of provider plugins by package, from `plugins.providers`."""
        providers = (self.data.get("plugins") or {}).get("providers") or []
        return {item["name"]: (self.folder / item["path"]).resolve() for item in providers if item.get("path")}

    def stack_file(self, stack: str, override: str | None = None) -> Path:
        """The stack's configuration file: `Pulumi.<stack>.yaml`, or what `--config-file` says."""
        if override:
            return Path(override).resolve()
        folder = self.data.get("stackConfigDir") or (self.data["config"] if isinstance(self.data.get("config"), str) else ".")
        return self.folder / folder / f"Pulumi.{stack}{self.file.suffix if self.file.suffix == '.json' else '.yaml'}"


def load_project(start: Path | None = None) -> Project:
    """Find and read the project file.

    Raises:
        EngineError: if there is none, or it is not one this engine can run.
    """
    start = start or Path.cwd()
    for folder in (start, *start.parents):
        for name in NAMES:
            if (folder / name).is_file():
                return _read(folder / name)
    raise EngineError(
        "no Pulumi.yaml project file found (searching upwards from "
        f"{os.fspath(start)}). If you have not created a project yet, use `pulumi new` to do so"
    )


def _read(file: Path) -> Project:
    import yaml

    from runbook_lib.rehearsal.engine.yaml_io import load

    try:
        data = load(file)
    except yaml.YAMLError as error:
        raise EngineError(f"could not unmarshal '{file}': {error}") from error
    if not isinstance(data, dict) or not data.get("name"):
        raise EngineError(f"failed to load project: project '{file}' is missing a 'name' attribute")
    if not data.get("runtime"):
        raise EngineError(f"failed to load project: project '{file}' is missing a 'runtime' attribute")
    _refuse_options(file, data)
    runtime = data["runtime"]["name"] if isinstance(data["runtime"], dict) else data["runtime"]
    if runtime != "python":
        raise EngineError(f"{file}: the embedded engine runs Python programs only, not runtime '{runtime}'")
    _refuse_runtime_options(file, data["runtime"])
    return Project(file, data)


def _refuse_options(file: Path, data: dict[str, Any]) -> None:
    """Refuse settings that would change what every command does, where they are none that the engine knows."""
    from runbook_lib.rehearsal.engine.version import VERSION, satisfies

    for key, kind, wanted in [*((key, str, "string") for key in TEXTS), *((key, dict, "object") for key in OBJECTS)]:
        if not isinstance(data.get(key), kind | None):
            raise _invalid(file, f"#/{key}: expected {wanted} or null")
    if (data.get("backend") or {}).keys() - {"url"}:
        raise _invalid(file, "#/backend: the only allowed attribute is 'url'")
    if (data.get("plugins") or {}).get("analyzers"):
        raise EngineError(f"{file}: policy packs (plugins.analyzers) are outside the embedded engine; the real CLI runs them")
    if (data.get("plugins") or {}).get("languages"):
        raise EngineError(
            f"{file}: language plugins (plugins.languages) are outside the embedded engine; the real CLI loads them"
        )
    options = data.get("options") or {}
    if options.keys() - {"refresh"}:
        raise _invalid(file, "#/options: the only allowed attribute is 'refresh'")
    if options.get("refresh", "always") != "always":
        raise _invalid(file, '#/options/refresh: value must be "always"')
    required = str(data.get("requiredPulumiVersion") or "")
    if required and not satisfies(required):
        raise EngineError(f'Pulumi CLI version {VERSION[1:]} does not satisfy the version range "{required}"')


def _invalid(file: Path, reason: str) -> EngineError:
    return EngineError(f"could not validate '{file}': 1 error occurred:\n\t* {reason}")


def _refuse_runtime_options(file: Path, runtime: Any) -> None:
    """Refuse how the runtime is asked to work where this engine, which has one Python and checks no types, would not."""
    options = (runtime.get("options") or {}) if isinstance(runtime, dict) else {}
    toolchain = options.get("toolchain")
    if toolchain is not None and toolchain not in TOOLCHAINS:
        raise EngineError(f"{file}: unsupported toolchain option: {toolchain}")
    if (checker := options.get("typechecker")) is not None:
        known = checker in {"mypy", "pyright"}
        outside = "checking types before a run is outside the embedded engine; the real CLI does it"
        raise EngineError(
            f"{file}: runtime.options.typechecker: {outside}" if known else f"{file}: unsupported typechecker option: {checker}"
        )
