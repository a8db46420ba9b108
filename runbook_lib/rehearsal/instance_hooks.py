"""Completes MiniStack's RDS instances: exported logs and Extended Support, which it takes and forgets.

As in AWS, ``EngineLifecycleSupport`` is Extended Support unless switched off, and exports are changed one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import rds

if TYPE_CHECKING:
    from collections.abc import Callable

    Parameters = dict[str, Any]
    Answer = tuple[int, dict[str, str], bytes]
    Handler = Callable[[Parameters], Answer]

ENROLLED = "open-source-rds-extended-support"
# MiniStack's own stores and helpers; private, and pinned with its version.
instances: Any = rds._instances  # noqa: SLF001  # see above
value: Callable[..., str] = rds._p  # noqa: SLF001  # see above
members: Callable[[Parameters, str], list[str]] = rds._parse_member_list  # noqa: SLF001  # see above
actions: dict[str, Handler] = rds._ACTION_MAP  # noqa: SLF001  # see above
instance_xml: Callable[[dict[str, Any]], str] = rds._instance_xml  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    rds._instance_xml = _xml  # noqa: SLF001  # every operation that answers an instance calls it by this name
    for name in ("CreateDBInstance", "ModifyDBInstance"):
        actions[name] = _remember(actions[name])


def _remember(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        answer = original(request)
        found = instances.get(value(request, "DBInstanceIdentifier"))
        if answer[0] == 200 and found is not None:  # noqa: PLR2004  # HTTP's OK
            change = "CloudwatchLogsExportConfiguration"
            logs = {*found["EnabledCloudwatchLogsExports"], *members(request, "EnableCloudwatchLogsExports")}
            logs |= set(members(request, f"{change}.EnableLogTypes"))
            found["EnabledCloudwatchLogsExports"] = sorted(logs - set(members(request, f"{change}.DisableLogTypes")))
            found["EngineLifecycleSupport"] = value(request, "EngineLifecycleSupport") or found.get(
                "EngineLifecycleSupport", ENROLLED
            )
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
