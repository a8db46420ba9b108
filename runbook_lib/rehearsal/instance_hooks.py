"""Completes MiniStack's RDS instances: log exports and other settings, which it takes and forgets, and their databases.

As in AWS, ``EngineLifecycleSupport`` is Extended Support unless switched off, and exports are changed one by one. Stopping,
starting and rebooting an instance, which to MiniStack is a word in its status, is done to the PostgreSQL behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import rds

from runbook_lib.errors import EngineError
from runbook_lib.rehearsal import database

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.query_handlers import Answer, Handler, Parameters

ENROLLED = "open-source-rds-extended-support"
# What MiniStack forgets of each request beside the exports, and where it would tell of it.
FORGOTTEN = {
    "CreateDBInstance": {
        "CACertificateIdentifier": "CACertificateIdentifier",
        "EngineLifecycleSupport": "EngineLifecycleSupport",
    },
    "ModifyDBInstance": {
        "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
        "EnablePerformanceInsights": "PerformanceInsightsEnabled",
        "EngineLifecycleSupport": "EngineLifecycleSupport",
    },
}
BOOLEANS: dict[str, Any] = {"true": True, "false": False}
# MiniStack's own stores and helpers; private, and pinned with its version.
instances: Any = rds._instances  # noqa: SLF001  # see above
value: Callable[..., str] = rds._p  # noqa: SLF001  # see above
members: Callable[[Parameters, str], list[str]] = rds._parse_member_list  # noqa: SLF001  # see above
actions: dict[str, Handler] = rds._ACTION_MAP  # noqa: SLF001  # see above
instance_xml: Callable[[dict[str, Any]], str] = rds._instance_xml  # noqa: SLF001  # see above
refuse: Callable[[str, str, int], Answer] = rds._error  # noqa: SLF001  # see above
finish_reboot: Callable[[dict[str, Any], Any], None] = rds._finish_instance_reboot  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    rds._instance_xml = _xml  # noqa: SLF001  # every operation that answers an instance calls it by this name
    for name, forgotten in FORGOTTEN.items():
        actions[name] = _remember(actions[name], forgotten)
    actions["StopDBInstance"] = _move(actions["StopDBInstance"], database.stop, needs="available")
    actions["StartDBInstance"] = _move(actions["StartDBInstance"], database.start, needs="stopped")
    rds._finish_instance_reboot = _reboot  # noqa: SLF001  # runs between "rebooting" and "available"


def _move(original: Handler, move: Callable[[str], None], *, needs: str) -> Handler:
    """Stop or start the database first, so that the status never says what is not yet so."""

    def handler(request: Parameters) -> Answer:
        name = value(request, "DBInstanceIdentifier")
        found = instances.get(name)
        if found is None:
            return original(request)
        if found["DBInstanceStatus"] != needs:
            message = f"Instance {name} is not in {needs} state."
            return refuse("InvalidDBInstanceState", message, 400)
        try:
            move(name)
        except EngineError as error:
            return refuse("InternalFailure", error.message, 500)
        return original(request)

    return handler


def _reboot(instance: dict[str, Any], cluster: Any) -> None:
    name = instance["DBInstanceIdentifier"]
    database.stop(name)
    database.start(name)
    finish_reboot(instance, cluster)


def _remember(original: Handler, forgotten: dict[str, str]) -> Handler:
    def handler(request: Parameters) -> Answer:
        answer = original(request)
        found = instances.get(value(request, "DBInstanceIdentifier"))
        if answer[0] == 200 and found is not None:  # noqa: PLR2004  # HTTP's OK
            change = "CloudwatchLogsExportConfiguration"
            logs = {*found["EnabledCloudwatchLogsExports"], *members(request, "EnableCloudwatchLogsExports")}
            logs |= set(members(request, f"{change}.EnableLogTypes"))
            found["EnabledCloudwatchLogsExports"] = sorted(logs - set(members(request, f"{change}.DisableLogTypes")))
            words = {name: value(request, argument) for argument, name in forgotten.items()}
            found |= {name: BOOLEANS.get(word, word) for name, word in words.items() if word}
        return answer

    return handler


def _xml(instance: dict[str, Any]) -> str:
    logs = "".join(f"<member>{name}</member>" for name in instance.get("EnabledCloudwatchLogsExports", ()))
    support = instance.get("EngineLifecycleSupport", ENROLLED)
    text = instance_xml(instance)
    return text.replace(
        "<EnabledCloudwatchLogsExports/>",
        f"<EnabledCloudwatchLogsExports>{logs}</EnabledCloudwatchLogsExports><EngineLifecycleSupport>{support}</EngineLifecycleSupport>",
    )
