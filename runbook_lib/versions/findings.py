"""What version discovery has to say: findings, warnings and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.findings import finding
from runbook_lib.lifecycle import Phase
from runbook_lib.results import Finding, Status
from runbook_lib.versions.discovery import Discovery
from runbook_lib.versions.support import Verdict, extended_support_sentence

if TYPE_CHECKING:
    import pandas as pd


def findings(discovery: Discovery) -> tuple[Finding, ...]:
    """One finding per question of the step, and one per tool."""
    return (
        engine_version_creatable(discovery),
        instance_class_orderable(discovery),
        engine_version_supported(discovery),
        lambda_runtime_supported(discovery),
        *tool_versions_tested(discovery),
    )


def engine_version_creatable(discovery: Discovery) -> Finding:
    """At least one exact minor of the major asked for can still be created."""
    ours = [engine for engine in discovery.engines if engine.major == discovery.major]
    newest = next((engine.version for engine in ours if engine.verdict is Verdict.CREATABLE), "")
    name = f"PostgreSQL {discovery.major}"
    if newest:
        status, message = Status.PASS, f"{discovery.engine_version or newest} can be created"
    elif any(engine.verdict is Verdict.UNKNOWN for engine in ours):
        status, message = Status.UNKNOWN, "the catalogue does not say which versions can be created"
    else:
        withdrawn = ", ".join(engine.version for engine in ours)
        status, message = Status.FAIL, f"no version can be created (withdrawn: {withdrawn or 'none listed'})"
    creatable = {engine.major for engine in discovery.engines if engine.verdict is Verdict.CREATABLE}
    remedy = f"Ask for a major that can be created: {', '.join(map(str, sorted(creatable))) or 'none is listed'}."
    return finding(
        "engine_version_creatable",
        ("D1",),
        status=status,
        resource=name,
        message=f"{name}: {message} ({_source(discovery)}).",
        remedy=remedy,
    )


def instance_class_orderable(discovery: Discovery) -> Finding:
    """The instance class can be had with that version, as an encrypted Multi-AZ pair."""
    name = discovery.instance_class
    asked = [option.version for option in discovery.orderable]
    if discovery.engine_version:
        status = Status.PASS
        message = f"can be ordered with PostgreSQL {discovery.engine_version}, Multi-AZ and encrypted"
    elif not asked:
        status, message = Status.UNKNOWN, f"there is no creatable PostgreSQL {discovery.major} to ask about"
    elif offered := [option.version for option in discovery.orderable if option.offered]:
        status = Status.FAIL
        message = f"is offered with PostgreSQL {', '.join(offered)}, but not as an encrypted Multi-AZ pair"
    else:
        status, message = Status.FAIL, f"is not offered with any of PostgreSQL {', '.join(asked)}"
    return finding(
        "instance_class_orderable",
        ("D1", "D2"),
        status=status,
        resource=name,
        message=f"{name} {message} ({_source(discovery)}).",
        remedy="Configure an instance class that this version is offered with.",
    )


def engine_version_supported(discovery: Discovery) -> Finding:
    """The major is in standard support: beyond it, creation is refused with Extended Support switched off."""
    engine = discovery.chosen or next((e for e in discovery.engines if e.major == discovery.major), None)
    name = f"PostgreSQL {engine.version if engine else discovery.major}"
    if engine is None or engine.phase is Phase.UNKNOWN:
        status, message = Status.UNKNOWN, "its support dates are not known"
    else:
        enough = engine.days_left is not None and engine.days_left >= discovery.min_support_days
        status = Status.PASS if engine.phase is Phase.STANDARD and enough else Status.FAIL
        message = f"{engine.note}{_asked_for(discovery)}"
        if said := _extended_support(discovery):
            message += f"; {said}"
        message += f" (judged for {discovery.day}; dates: {engine.lifecycle_source})"
    return finding(
        "engine_version_supported",
        ("D1", "D2"),
        status=status,
        resource=name,
        message=f"{name}: {message}.",
        remedy=f"Ask for a major version that is supported for long enough: {_long_enough(discovery)}.",
    )


def _extended_support(discovery: Discovery) -> str:
    """What Extended Support costs, or that this is not known; empty where there is none to come."""
    dates = discovery.lifecycle.get(discovery.major)
    if discovery.extended_support:
        return extended_support_sentence(discovery.extended_support, discovery.instance_class, discovery.day)
    if dates is None or dates.phase(discovery.day) is Phase.ENDED:
        return ""
    return (
        f"What Extended Support costs from {dates.extended_start} on is in no price list for {discovery.instance_class} "
        f"in {discovery.region} (runbook prices refresh --region {discovery.region})"
    )


def _asked_for(discovery: Discovery) -> str:
    days = discovery.min_support_days
    return f", {days} days are asked for" if days else ""


def _long_enough(discovery: Discovery) -> str:
    """The majors that can be created and are supported for as long as asked."""
    days = {each.major: each.days_left for each in discovery.engines if each.verdict is Verdict.CREATABLE}
    found = [major for major, left in days.items() if left is not None and left >= discovery.min_support_days]
    return ", ".join(map(str, sorted(found))) or "none is listed"


def lambda_runtime_supported(discovery: Discovery) -> Finding:
    """The Lambda runtime still gets security updates."""
    runtime = discovery.runtime
    if runtime.life is None:
        status, source = Status.UNKNOWN, ""
    else:
        left = (runtime.life.deprecated - discovery.day).days
        status = Status.PASS if left > 0 and left >= discovery.min_support_days else Status.FAIL
        source = f" (judged for {discovery.day}; dates: {runtime.life.source}, {runtime.life.as_of})"
    successor = runtime.life.successor if runtime.life else ""
    return finding(
        "lambda_runtime_supported",
        ("A1",),
        status=status,
        resource=runtime.name,
        message=f"{runtime.name}: {runtime.note}{_asked_for(discovery)}{source}.",
        remedy=f"Ask for {successor or 'a runtime in runbook_lib/data/lifecycle_lambda.csv'}.",
    )


def tool_versions_tested(discovery: Discovery) -> tuple[Finding, ...]:
    """Every tool is in the range that this runbook was tested with."""
    return tuple(
        finding(
            "tool_versions_tested",
            (),
            status=Status.PASS if tool.supported else Status.FAIL,
            resource=tool.name,
            message=f"{tool.name} {tool.version or '(not installed)'}, tested with {tool.tested}.",
            remedy="Install the locked environment: make setup.",
        )
        for tool in discovery.tools
    )


def warnings(discovery: Discovery, *, within_days: int) -> tuple[str, ...]:
    """What the questions with a date in them give on today's date, where that is no PASS or will not be one for long.

    Against AWS a verdict is for today: what does not pass is a finding already, and only what will not pass for long is left.
    """
    now, found = discovery.on(discovery.today), []
    recorded = discovery.day != discovery.today
    engine, life = now.chosen, now.runtime.life
    if engine and _told(engine.days_left, within_days, recorded=recorded):
        cost = _extended_support(now)
        found.append(f"PostgreSQL {engine.version}: {engine.note}{f'. {cost}' if cost else ''}.")
    if life and _told((life.deprecated - now.day).days, within_days, recorded=recorded):
        found.append(f"{now.runtime.name}: {now.runtime.note}.")
    if not recorded:
        return tuple(found)
    return tuple(f"On today's date, {now.day}, which no verdict here is for: {said}" for said in found)


def _told(days_left: int | None, within_days: int, *, recorded: bool) -> bool:
    return days_left is not None and days_left <= within_days and (recorded or days_left >= 0)


def on_today(discovery: Discovery) -> pd.DataFrame:
    """The questions with a date in them: what they give for the day that is judged, and what on today's date."""
    import pandas as pd

    asked = (engine_version_supported, lambda_runtime_supported)
    rows = []
    for question in asked:
        then, now = question(discovery), question(discovery.on(discovery.today))
        rows.append((now.check, f"{then.status} for {discovery.day}", f"{now.status} on {discovery.today}", now.message))
    return pd.DataFrame(rows, columns=["Question", "Verdict", "Today, no verdict", "On today's date"])


def frame(discovery: Discovery) -> pd.DataFrame:
    """The versions of the major asked for, the newest of the others, the runtime and the tools."""
    import pandas as pd

    newest = {engine.version for engine in {e.major: e for e in reversed(discovery.engines)}.values()}
    ours = [engine for engine in discovery.engines if engine.major == discovery.major]
    gone = [engine for engine in ours if engine.verdict is Verdict.WITHDRAWN]
    rows = [
        (
            "PostgreSQL",
            engine.version + (" (chosen)" if engine.version == discovery.engine_version else ""),
            engine.verdict.value,
            engine.note,
            _source(discovery),
        )
        for engine in discovery.engines
        if engine not in gone and (engine in ours or engine.version in newest)
    ]
    if gone:
        span = gone[0].version if len(gone) == 1 else f"{gone[-1].version} to {gone[0].version} ({len(gone)} versions)"
        rows.append(("PostgreSQL", span, Verdict.WITHDRAWN.value, gone[0].note, _source(discovery)))
    life = discovery.runtime.life
    supported = "unknown" if life is None else "supported" if discovery.day < life.deprecated else "deprecated"
    told = f"{life.source}, {life.as_of}" if life else ""
    rows.append(("Lambda runtime", discovery.runtime.name, supported, discovery.runtime.note, told))
    rows += [
        (tool.name, tool.version or "not installed", "tested" if tool.supported else "not tested", tool.tested, "")
        for tool in discovery.tools
    ]
    return pd.DataFrame(rows, columns=["What", "Version", "Verdict", f"Support on {discovery.day}", "Source"])


def _source(discovery: Discovery) -> str:
    return f"{discovery.source}, {discovery.as_of or 'undated'}"
