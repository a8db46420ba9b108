"""Makes the policies in ``docs/policies`` from what a rehearsal asked for: ``python -m runbook_lib.rehearsal.policies``.

What a request needs to be allowed, the emulator writes down (``action_hooks``); of which step it was, the ledger says. Two
things no request shows: that a role is passed on, and that what is made is tagged as it is made. The second, and what AWS's
own handlers read and change of such a resource, is in the CloudFormation registry, which cfn-lint carries.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal import action_hooks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    Events = Iterable[Mapping[str, Any]]

REGISTRY, ACTIONS = Path("data/schemas/resources"), Path("data/AdditionalSpecs/Policies.json")
READ_ONLY, DEPLOY, CHANGE, DRILLS, ON_DEMAND = "read-only", "deploy", "change", "drills", "on-demand"
LOOKING = ("01_version_discovery", "02_plan", "05_cost_check")
"""The steps that change nothing."""
NO_REQUEST = frozenset({"iam:PassRole"})
"""Asked for beside CreateFunction, CreateFlowLogs and API Gateway's UpdateAccount (IAM user guide, "Pass a role")."""
SECRET = frozenset({"secretsmanager:GetSecretValue"})
"""What handlers read to compare it, and the stack's own secrets are not: no policy here opens it."""
PREFLIGHT = frozenset({"iam:GetRole", "iam:SimulatePrincipalPolicy"})
"""What looking at one's own permissions takes; the emulator's operator is root, for whom there is nothing to look at."""
ASKED_ON_DEMAND = frozenset({"cloudwatch:GetMetricData", "ce:GetCostAndUsage", "pricing:GetProducts"})
"""What ``runbook usage``, ``-p actual_costs=true`` and ``runbook prices refresh`` ask; the emulator has none of them."""


def asked(lines: Iterable[str], events: Events) -> dict[str, frozenset[str]]:
    """Which actions belong to which policy.

    Args:
        lines: What ``action_hooks`` wrote.
        events: The ledger's; what was asked outside of any step is everybody's.
    """
    windows, open_ = [], {}
    for event in events:
        when = datetime.fromisoformat(event["at"])
        if event["event"] == "notebook.started":
            open_ = {"step": event["step"], "drills": event["parameters"].get("drills", False), "from": when}
        elif event["event"] == "notebook.ended":
            windows.append((open_["from"], when, _policy(open_["step"], drills=open_["drills"])))
    found = defaultdict(set)
    for line in lines:
        at, _, action = line.strip().partition(" ")
        when = datetime.fromisoformat(at)
        found[next((policy for begin, end, policy in windows if begin <= when <= end), READ_ONLY)].add(action)
    looked, deployed = found[READ_ONLY], found[DEPLOY] - found[READ_ONLY]
    return {
        READ_ONLY: frozenset(looked),
        DEPLOY: frozenset(deployed),
        DRILLS: frozenset(found[DRILLS] - deployed - looked),
    }


def _policy(step: str, *, drills: bool) -> str:
    if step in LOOKING:
        return READ_ONLY
    return DRILLS if drills else DEPLOY


def documents(
    recorded: Mapping[str, frozenset[str]], registry: Sequence[Mapping[str, Any]], known: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The policies, each in addition to those before it; ``change`` is what Pulumi does in place, which a first deployment lacks.

    Args:
        recorded: By policy, as ``asked`` gives it.
        registry: CloudFormation's resource types.
        known: Every action there is, in lower case: handlers name some that are none.
    """
    seen = frozenset().union(*recorded.values())
    made = _made(seen, registry)
    tagging = {each for kind, action in made for each in _own(kind.get("tagging", {}), action, known)}
    reads = {each for kind, action in made for each in _own(kind["handlers"].get("read", {}), action, known)}
    updates = {each for kind, action in made for each in _own(kind["handlers"].get("update", {}), action, known)}
    looking = recorded[READ_ONLY] | PREFLIGHT
    changing = recorded[DEPLOY] | NO_REQUEST | (tagging - looking)
    return {
        READ_ONLY: _document(looking, reads - looking - changing - SECRET),
        DEPLOY: _document(changing, ()),
        CHANGE: _document((), updates - reads - looking - changing - SECRET),
        DRILLS: _document(recorded[DRILLS], ()),
        ON_DEMAND: _document(ASKED_ON_DEMAND, ()),
    }


def _made(seen: frozenset[str], registry: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], str]]:
    """The registry's types that were made, each with the action that made it, e.g. ``AWS::EC2::VPC`` by ``ec2:CreateVpc``."""
    best: dict[str, tuple[tuple[bool, float], Mapping[str, Any]]] = {}
    for kind in registry:
        _, service, noun = kind["typeName"].split("::")
        handlers = kind.get("handlers", {})
        for action in seen.intersection(handlers.get("create", {}).get("permissions", ())):
            prefix, _, name = action.partition(":")
            if name.lower().rstrip("s") not in {f"{verb}{noun.lower().rstrip('s')}" for verb in ("create", "put")}:
                continue
            # Services share APIs (Neptune has RDS's): the one that is named so, and of which more was asked for, is ours.
            named = {each for handler in handlers.values() for each in handler.get("permissions", ())}
            rank = (service.lower().startswith(prefix), len(seen & named) / len(named))
            if action not in best or rank > best[action][0]:
                best[action] = (rank, kind)
    return [(kind, action) for action, (_, kind) in sorted(best.items())]


def _own(handler: Mapping[str, Any], action: str, known: Collection[str]) -> set[str]:
    """What a handler asks of the action's own service: of others it is for features that the stack has not."""
    service = action.partition(":")[0]
    return {each for each in handler.get("permissions", ()) if each.lower() in known and each.partition(":")[0] == service}


def _document(certain: Iterable[str], perhaps: Iterable[str]) -> dict[str, Any]:
    statements = [
        {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
        for sid, actions in (("Needed", certain), ("ForTheProvider", perhaps))
        if actions
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def registry() -> list[dict[str, Any]]:
    """CloudFormation's resource types, of every region, as cfn-lint recorded them."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((_cfnlint() / REGISTRY).glob("*.json"))]


def actions() -> dict[str, list[str]]:
    """Every action that AWS lists, in lower case, with the kinds of resources that it can be granted on, as cfn-lint recorded."""
    services = json.loads((_cfnlint() / ACTIONS).read_text(encoding="utf-8"))
    return {
        f"{service}:{action}": told.get("Resources", [])
        for service, listed in services.items()
        for action, told in listed["Actions"].items()
    }


def _cfnlint() -> Path:
    package = find_spec("cfnlint")
    assert package is not None  # noqa: S101 - the rehearsal's catalogue is in it, too
    assert package.origin is not None  # noqa: S101 - the same
    return Path(package.origin).parent


def record(folder: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """Rehearse: everything, then the steps again on what there is, without drills, and take it away.

    Returns:
        What was asked for, and the ledger's events.
    """
    import subprocess
    import sys

    actions = folder / "actions"
    surroundings = {**os.environ, "RUNBOOK_OUTPUTS": str(folder / "outputs"), action_hooks.VARIABLE: str(actions)}

    def runbook(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "runbook_lib", *arguments], env=surroundings, check=True)

    runbook("rehearse", "--keep", "-p", "drills=true")
    ledger = next((folder / "outputs" / "rehearsal").glob("*/ledger.jsonl"))
    try:
        runbook("run", "02", "03", "04", "--run", ledger.parent.name, "-p", "drills=false")
    finally:
        runbook("teardown")
    return actions.read_text().splitlines(), [json.loads(line) for line in ledger.read_text().splitlines()]


def main() -> None:
    """Write the policies."""
    from runbook_lib import files, settings

    with tempfile.TemporaryDirectory(prefix="runbook-policies-") as folder:
        recorded = asked(*record(Path(folder)))
    for name, document in documents(recorded, registry(), actions()).items():
        path = settings.home() / "docs" / "policies" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        files.write_atomic(path, (json.dumps(document, indent=2) + "\n").encode(), exact=True)


if __name__ == "__main__":
    main()
