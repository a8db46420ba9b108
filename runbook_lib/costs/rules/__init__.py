"""How each AWS resource type is charged: one rule per type, one file per family of services."""

from runbook_lib.costs.rules import (
    analytics,
    application,
    clusters,
    compute,
    connectivity,
    containers,
    data,
    database,
    delivery,
    edge,
    messaging,
    monitoring,
    network,
    security,
    storage,
)

FAMILIES = (
    analytics,
    application,
    clusters,
    compute,
    connectivity,
    containers,
    data,
    database,
    delivery,
    edge,
    messaging,
    monitoring,
    network,
    security,
    storage,
)

RULES = {token: rule for family in FAMILIES for token, rule in family.RULES.items()}
"""The price rule of every type that may cost something, by Pulumi's type token."""
