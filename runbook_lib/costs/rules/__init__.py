"""How each AWS resource type is charged: one rule per type, one file per area."""

from runbook_lib.costs.rules import application, database, monitoring, network, storage

RULES = network.RULES | database.RULES | application.RULES | storage.RULES | monitoring.RULES
"""The price rule of every type that may cost something, by Pulumi's type token."""
