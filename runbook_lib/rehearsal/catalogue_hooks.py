"""Makes MiniStack's RDS answer from AWS's recorded catalogue (``catalogue``) instead of its own short list.

Three operations change: DescribeDBEngineVersions, DescribeOrderableDBInstanceOptions, and CreateDBInstance, which
refuses a withdrawn version in AWS's own words. Engines that the catalogue does not know stay MiniStack's.
``GET /_runbook/catalogue`` says where the catalogue comes from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ministack.services import rds

from runbook_lib.rehearsal import catalogue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from runbook_lib.rehearsal.query_handlers import Answer, Handler, Parameters

    App = Callable[[Any, Any, Any], Awaitable[None]]

PATH = "/_runbook/catalogue"
ZONES = "abc"
# MiniStack's own request and answer helpers; private, and pinned with its version.
value: Callable[..., str] = rds._p  # noqa: SLF001  # see above
answer: Callable[[int, str, str], Answer] = rds._xml  # noqa: SLF001  # see above
refuse: Callable[[str, str, int], Answer] = rds._error  # noqa: SLF001  # see above
actions: dict[str, Handler] = rds._ACTION_MAP  # noqa: SLF001  # see above


def install() -> None:
    """Put the catalogue's answers in front of MiniStack's."""
    actions["DescribeDBEngineVersions"] = _engine_versions(actions["DescribeDBEngineVersions"])
    actions["DescribeOrderableDBInstanceOptions"] = _orderable(actions["DescribeOrderableDBInstanceOptions"])
    actions["CreateDBInstance"] = _create(actions["CreateDBInstance"])


def wrap(app: App) -> App:
    """``app``, which also answers ``PATH``."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            return await app(scope, receive, send)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(catalogue.source()).encode()})
        return None

    return wrapped


def _engine_versions(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        engine = value(request, "Engine")
        known = catalogue.versions(engine)
        if not known:
            return original(request)
        if any(name.startswith("Filters.") for name in request):
            return refuse("InvalidParameterValue", "The rehearsal's RDS catalogue takes no Filters", 400)
        asked, family = value(request, "EngineVersion"), value(request, "DBParameterGroupFamily")
        if value(request, "DefaultOnly") == "true":
            default = catalogue.resolve(engine, asked or known[-1].major)
            found = [default] if default else []
        else:
            everything = value(request, "IncludeAll") == "true"
            found = [
                each
                for each in known
                if (each.available or everything)
                and (not asked or asked in (each.version, each.major))
                and (not family or family == each.family)
            ]
        members = "".join(_version_xml(each) for each in found)
        return _result("DescribeDBEngineVersions", f"<DBEngineVersions>{members}</DBEngineVersions>")

    return handler


def _version_xml(entry: catalogue.EngineVersion) -> str:
    # PostgreSQL's log types; upgrade targets are left out because the catalogue does not know them.
    logs = "".join(f"<member>{name}</member>" for name in ("postgresql", "upgrade")) if "postgres" in entry.engine else ""
    return (
        f"<DBEngineVersion><Engine>{entry.engine}</Engine><EngineVersion>{entry.version}</EngineVersion>"
        f"<MajorEngineVersion>{entry.major}</MajorEngineVersion>"
        f"<DBParameterGroupFamily>{entry.family}</DBParameterGroupFamily>"
        f"<DBEngineDescription>{entry.engine}</DBEngineDescription>"
        f"<DBEngineVersionDescription>{entry.engine} {entry.version}</DBEngineVersionDescription>"
        f"<ExportableLogTypes>{logs}</ExportableLogTypes>"
        f"<SupportsLogExportsToCloudwatchLogs>{str(bool(logs)).lower()}</SupportsLogExportsToCloudwatchLogs>"
        f"<Status>{'available' if entry.available else 'deprecated'}</Status></DBEngineVersion>"
    )


def _orderable(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        engine, region = value(request, "Engine"), rds.get_region()
        sold = catalogue.classes(engine, region)
        if not sold or not catalogue.versions(engine):
            return original(request)
        asked_version, asked_class = value(request, "EngineVersion"), value(request, "DBInstanceClass")
        versions = [each for each in catalogue.versions(engine) if each.available]
        if asked_version:
            versions = [each for each in versions if each.version == asked_version]
        elif not asked_class:
            return refuse("InvalidParameterValue", "Give EngineVersion or DBInstanceClass: the full list is long", 400)
        zones = "".join(f"<AvailabilityZone><Name>{region}{zone}</Name></AvailabilityZone>" for zone in ZONES)
        members = "".join(
            f"<OrderableDBInstanceOption><Engine>{engine}</Engine><EngineVersion>{each.version}</EngineVersion>"
            f"<DBInstanceClass>{name}</DBInstanceClass><AvailabilityZones>{zones}</AvailabilityZones>"
            "<MultiAZCapable>true</MultiAZCapable><Vpc>true</Vpc><StorageType>gp3</StorageType>"
            "<SupportsStorageEncryption>true</SupportsStorageEncryption></OrderableDBInstanceOption>"
            for each in versions
            for name in sold
            if asked_class in ("", name)
        )
        inner = f"<OrderableDBInstanceOptions>{members}</OrderableDBInstanceOptions>"
        return _result("DescribeOrderableDBInstanceOptions", inner)

    return handler


def _create(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        engine, asked = value(request, "Engine"), value(request, "EngineVersion")
        if not catalogue.versions(engine):
            return original(request)
        version = catalogue.resolve(engine, asked or catalogue.versions(engine)[-1].major)
        if version is None:
            message = f"Cannot find version {escape(asked)} for {engine}"
            return refuse("InvalidParameterCombination", message, 400)
        name, sold = value(request, "DBInstanceClass"), catalogue.classes(engine, rds.get_region())
        if sold and name not in sold:
            message = (
                "RDS does not support creating a DB instance with the following combination: "
                f"DBInstanceClass={escape(name)}, Engine={engine}, EngineVersion={version.version}. For supported "
                "combinations of instance class and database engine version, see the documentation."
            )
            return refuse("InvalidParameterCombination", message, 400)
        return original({**request, "EngineVersion": [version.version]})

    return handler


def _result(operation: str, inner: str) -> Answer:
    return answer(200, f"{operation}Response", f"<{operation}Result>{inner}</{operation}Result>")
