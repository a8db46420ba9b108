"""How the provider's tests make resources: a case per type, and a maker of what it needs."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.lifecycle import Lifecycle
from runbook_lib.rehearsal.provider.wire import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.provider.session import Session

Properties = dict[str, Any]


@dataclass
class Make:
    """Makes resources through the provider and removes them, last first, when the test is over."""

    session: Session
    _made: list[tuple[str, str, Properties]] = field(default_factory=list)
    vpcs: list[str] = field(default_factory=list)
    _count: int = 0

    def __call__(self, token: str, /, **inputs: Any) -> Properties:
        """Make one and return its outputs, ``id`` among them."""
        lifecycle = Lifecycle(token, self.session)
        self._count += 1
        checked, failures = lifecycle.check(f"made{self._count}", {}, inputs, b"")
        assert not failures
        id_, outputs = lifecycle.create(checked, preview=False)
        self._made.append((token, id_, outputs))
        found: Properties = plain(outputs)
        return found

    def clean(self) -> None:
        """Remove what was made."""
        for token, id_, outputs in reversed(self._made):
            Lifecycle(token, self.session).delete(id_, outputs)

    def vpc(self) -> str:
        """A new VPC's id; ``vpcs`` lists them all."""
        self.vpcs.append(str(self("aws:ec2/vpc:Vpc", cidrBlock="10.20.0.0/16")["id"]))
        return self.vpcs[-1]

    def subnet(self, vpc: str, number: int = 0) -> str:
        """A subnet's id; each number in a zone of its own."""
        zone = f"us-east-1{'abc'[number]}"
        block = f"10.20.{number}.0/24"
        return str(self("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock=block, availabilityZone=zone)["id"])

    def security_group(self, vpc: str) -> str:
        """A security group's id."""
        return str(self("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc, description="made for a test")["id"])


@dataclass(frozen=True)
class Case:
    """One resource type under test.

    Attributes:
        inputs: What to create it with.
        changed: What to change in place; empty for a type that is only ever replaced.
        added: What to add first, inside objects, maps and lists that are there, by the keys that lead to it.
        stays: Why AWS still tells of it once it is deleted, if it does.
        unobservable: Inputs that AWS (or the emulator) never tells, each with its reason.
    """

    token: str
    inputs: Callable[[Make], Properties]
    changed: Callable[[Make], Properties] | None = None
    added: dict[tuple[str | int, ...], Any] = field(default_factory=dict)
    unobservable: dict[str, str] = field(default_factory=dict)
    stays: str = ""

    def grown(self, inputs: Properties) -> Properties:
        """The inputs that ``added`` is in, with it."""
        grown = copy.deepcopy({str(keys[0]): inputs[str(keys[0])] for keys in self.added})
        for keys, value in self.added.items():
            inside: Any = grown
            for key in keys[:-1]:
                inside = inside[key]
            assert keys[-1] not in inside
            inside[keys[-1]] = value
        return grown
