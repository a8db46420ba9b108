"""Keys, audit trails, and what watches an account."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.rules.priced import Priced, is_on, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUESTS = Usage("KMS requests", "kms.requests", "kms_requests")


def key(inputs: Inputs) -> Iterator[Item]:
    """A customer-managed key; rotation adds a key-month for each of the first two rotations.

    A multi-Region key is charged as a key, and so is each of its replicas.
    """
    yield Fixed("customer-managed key", "kms.key", Decimal(1))
    spec = inputs.text("customerMasterKeySpec") or inputs.text("keySpec") or "SYMMETRIC_DEFAULT"
    if spec == "SYMMETRIC_DEFAULT":
        yield _REQUESTS
    else:
        yield Gap("requests to an asymmetric or HMAC key", f"{spec} has no price here")
    if inputs.flag("enableKeyRotation"):
        yield Usage("rotated key versions", "kms.key", "key_rotations")


def trail(inputs: Inputs) -> Iterator[Item]:
    """The first copy of management events is free, and which trail holds it an account's trails decide; data events never are."""
    yield Usage("management events, copies after the first", "cloudtrail.management", "management_event_copies")
    simple, advanced = inputs.objects("eventSelectors"), inputs.objects("advancedEventSelectors")
    if advanced is None or advanced or simple is None or any(is_on(s.raw.get("dataResources")) for s in simple):
        yield Usage("data events", "cloudtrail.data", "data_events")
    if inputs.items("insightSelectors") != []:
        yield Usage("events analysed for insights", "cloudtrail.insights", "insight_events")


def recorder(inputs: Inputs) -> Iterator[Item]:
    """Configuration items, as they change or once a day."""
    if inputs.nested("recordingMode").text("recordingFrequency", "CONTINUOUS") == "DAILY":
        yield Gap("configuration items, daily", "they have no price here")
    else:
        yield Usage("configuration items", "config.item", "config_items")


def detector(inputs: Inputs) -> Iterator[Item]:
    """What it analyses; a suspended one nothing."""
    if inputs.raw.get("enable") in (False, "false"):
        yield Gap("GuardDuty, suspended", "what it keeps charging for is not known here")
    else:
        yield Gap("GuardDuty", "events and flow logs analysed, and its protection plans, have no price here")


def _watching(what: str) -> Gap:
    return Gap(what, "what it charges follows the account's resources and events, and has no price here")


RULES = table(
    Priced("aws:kms/key:Key", key, "customerMasterKeySpec enableKeyRotation", {"customKeyStoreId": "the key store's HSMs"}),
    Priced("aws:kms/replicaKey:ReplicaKey", plain(Fixed("replica of a multi-Region key", "kms.key", Decimal(1)), _REQUESTS)),
    Priced("aws:kms/externalKey:ExternalKey", key, "keySpec"),
    Priced("aws:cloudhsmv2/hsm:Hsm", plain(Fixed("HSM", "cloudhsm.hour"))),
    Priced("aws:cloudtrail/trail:Trail", trail, "eventSelectors advancedEventSelectors insightSelectors"),
    Priced(
        "aws:cloudtrail/eventDataStore:EventDataStore",
        plain(_watching("event data store")),
        "billingMode retentionPeriod advancedEventSelectors",
    ),
    Priced("aws:cfg/recorder:Recorder", recorder, "recordingMode recordingGroup"),
    Priced(
        "aws:cfg/rule:Rule",
        plain(Usage("evaluations of rules, first tier", "config.evaluation", "config_evaluations")),
        "evaluationModes",
    ),
    Priced("aws:guardduty/detector:Detector", detector, "enable datasources"),
    Priced("aws:securityhub/account:Account", plain(_watching("Security Hub")), "enableDefaultStandards autoEnableControls"),
    Priced("aws:inspector2/enabler:Enabler", plain(_watching("Inspector")), "resourceTypes accountIds"),
    Priced("aws:macie2/account:Account", plain(_watching("Macie")), "status"),
    Priced("aws:detective/graph:Graph", plain(_watching("Detective"))),
)
