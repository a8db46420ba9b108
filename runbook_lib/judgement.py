"""What checks and gates have in common: a registry of small pure functions, and how each one becomes findings.

A rule (a check or a gate) is a generator of ``judge(...)``. Its id is its file's and its function's name. It starts
from FAIL: only ``ok=True`` passes, a rule that says nothing fails, and one whose data could not be read is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, ParamSpec

from runbook_lib.discovery import load_package
from runbook_lib.results import Finding, Status
from runbook_lib.snapshot.parts import Unavailable

P = ParamSpec("P")


@dataclass(frozen=True)
class Judgement:
    """What a rule has to say about one resource, before the registry signs it with the rule's id."""

    status: Status
    resource: str
    message: str
    remedy: str = ""


Judgements = Iterator[Judgement]


def judge(resource: str, *, ok: bool, good: str, bad: str, remedy: str) -> Judgement:
    """PASS if ``ok``, else FAIL.

    Args:
        resource: The name or ARN of what was looked at.
        ok: Whether it is as it must be.
        good: The sentence for PASS.
        bad: The sentence for FAIL; it says what was found.
        remedy: What to do about a FAIL.
    """
    if ok is True:
        return Judgement(Status.PASS, resource, good)
    return Judgement(Status.FAIL, resource, bad, remedy)


def unknown(resource: str, message: str, remedy: str = "") -> Judgement:
    """There is no evidence either way."""
    return Judgement(Status.UNKNOWN, resource, message, remedy)


@dataclass(frozen=True)
class Rule(Generic[P]):
    """A registered check or gate."""

    id: str
    title: str
    requirement: tuple[str, ...]
    """The rows of the stack's requirements it proves or refutes."""
    judge: Callable[P, Judgements]

    def findings(self, *args: P.args, **kwargs: P.kwargs) -> tuple[Finding, ...]:
        """Judge, and sign every judgement; never raises for what the rule could not read.

        Returns:
            At least one, or none at all if what the rule looks at was left untried on purpose.
        """
        found: list[Judgement] = []
        try:
            found.extend(self.judge(*args, **kwargs))
        except Unavailable as gap:
            if not gap.tried:
                return ()
            status = Status.FAIL if gap.absent else Status.UNKNOWN
            found.append(Judgement(status, str(gap).partition(":")[0], f"{self.title}: cannot be told. {gap}"))
        except Exception as error:  # noqa: BLE001 - one broken rule must not take the other rules' evidence with it
            text = f"{self.title}: the rule itself broke: {type(error).__name__}: {error}"
            found.append(unknown(self.id, text, f"Mend {self.judge.__module__}."))
        if not found:
            found.append(Judgement(Status.FAIL, self.id, f"{self.title}: nothing was there to look at."))
        return tuple(Finding(check=self.id, requirement=self.requirement, **vars(judgement)) for judgement in found)


class Registry(Generic[P]):
    """The rules that the files of one package declare.

    Args:
        package: The package's name; its files declare rules by being imported.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._rules: dict[str, Rule[P]] = {}

    def register(
        self, *, requirement: tuple[str, ...], title: str
    ) -> Callable[[Callable[P, Judgements]], Callable[P, Judgements]]:
        """Decorator: this function is a rule.

        Args:
            requirement: The requirement rows it proves or refutes.
            title: What must hold, in a few words.

        Raises:
            ValueError: The function's name is not its file's, is taken, or no row is named.
        """

        def add(function: Callable[P, Judgements]) -> Callable[P, Judgements]:
            if not requirement:
                raise ValueError(f"{function.__name__} names no requirement row")
            file, name = function.__module__.rpartition(".")[2], function.__name__
            if file != name:
                raise ValueError(f"{function.__module__} declares {name}: a rule is called what its file is called")
            if name in self._rules:
                raise ValueError(f"{name} is declared twice")
            self._rules[name] = Rule(name, title, requirement, function)
            return function

        return add

    def rules(self) -> Mapping[str, Rule[P]]:
        """Every rule by its id, in the order of their ids."""
        load_package(self._package)
        return dict(sorted(self._rules.items()))

    def run(self, *args: P.args, **kwargs: P.kwargs) -> tuple[Finding, ...]:
        """The findings of every rule."""
        return tuple(finding for rule in self.rules().values() for finding in rule.findings(*args, **kwargs))
