"""What a step is told, and who says so: the model's default, the environment's file, or a person.

``default < environment file < given``, whoever starts the step. A notebook hands over all its values, the defaults of its
``parameters`` cell too; so a value equal to the default counts as given only where its name is known to have been given.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from runbook_lib import parameters
from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.settings import Environment

VARIABLE = "RUNBOOK_SOURCES"
"""Tells a kernel, as a JSON object, the sources of the parameters that whoever started it handed to the step."""


class Source(StrEnum):
    """Who says what a parameter is."""

    DEFAULT = "default"
    ENVIRONMENT = "environment file"
    GIVEN = "given"


@dataclass(frozen=True)
class Chosen:
    """A step's parameters, and where each comes from."""

    values: parameters.StepParameters
    sources: Mapping[str, Source]

    def over_defaults(self) -> dict[str, Any]:
        """The step's own parameters that somebody said, as JSON values."""
        own = {name for name, source in self.sources.items() if source is not Source.DEFAULT}
        return self.values.model_dump(mode="json", include=own - set(parameters.StepParameters.model_fields))

    def told(self) -> str:
        """What is not the default, for people: ``drills=True (environment file), deletion_limit=3 (given)``."""
        names = [name for name, source in self.sources.items() if source is not Source.DEFAULT]
        own = [name for name in names if name not in parameters.StepParameters.model_fields]
        return ", ".join(f"{name}={getattr(self.values, name)} ({self.sources[name]})" for name in own)


def choose(step: str, file: Mapping[str, Any], given: Mapping[str, Any], said: Mapping[str, Source]) -> Chosen:
    """Decide what a step is told; pure.

    Args:
        step: The step's full name.
        file: What the environment's file tells it (``of_file``).
        given: Values by name, as a notebook hands them over or the command line gives them; text is read as the parameter's type.
        said: The sources of those whose source is known; such a value stands, even where it is the default.

    Raises:
        UsageError: A parameter is unknown, missing, misdirected, or of the wrong type.
    """
    model = parameters.STEPS[step]
    sources = dict.fromkeys(model.model_fields, Source.DEFAULT)
    values: dict[str, Any] = {}
    for name in {**file, **given}:
        value, told = _read(model, name, given.get(name)), _read(model, name, file.get(name))
        default = name not in given or (name in model.model_fields and value == _default(model, name))
        if name in given and name in said:
            sources[name] = said[name]
        elif name in file and (default or value == told):
            sources[name] = Source.ENVIRONMENT
        else:
            sources[name] = Source.DEFAULT if default else Source.GIVEN
        values[name] = file[name] if sources[name] is Source.ENVIRONMENT and name not in said else given[name]
    return Chosen(parameters.parse(step, values), sources)


def of_file(step: str, environment: Environment) -> dict[str, Any]:
    """What the environment's file tells a step.

    Raises:
        UsageError: The file names a step that does not exist, or a parameter that is not the file's to say.
    """
    name = f"{environment.environment}.yaml"
    if unknown := set(environment.steps) - set(parameters.STEPS):
        raise UsageError(f"{name} names steps that do not exist: {sorted(unknown)}.")
    told = dict(environment.steps.get(step, {}))
    if misdirected := sorted(set(told) & set(parameters.StepParameters.model_fields)):
        raise UsageError(f"{name}: {step} is told {', '.join(misdirected)}, which is for whoever starts the step to say.")
    return told


def said() -> dict[str, Source]:
    """What the process that started this one says of the values it handed over; nothing where a person runs the cells."""
    return {str(name): Source(source) for name, source in json.loads(os.environ.get(VARIABLE) or "{}").items()}


def saying(sources: Mapping[str, Source]) -> dict[str, str]:
    """The variable in which ``said`` finds this."""
    return {VARIABLE: json.dumps(dict(sources))}


def _default(model: type[parameters.StepParameters], name: str) -> Any:
    return _read(model, name, model.model_fields[name].get_default())


def _read(model: type[parameters.StepParameters], name: str, value: Any) -> Any:
    """A value as its parameter's type; as it is where it does not fit, which parsing the whole then says."""
    field = model.model_fields.get(name)
    if field is None or value is None:
        return value
    try:
        kind: Any = Annotated[field.annotation, field]
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return value
