"""Payments are taken with an API key only, one that is in use by the plan."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import ApiKey, RestApi, UsagePlan


@check(requirement=("P1",), title="POST /payments needs an API key of the usage plan")
def api_requires_key(snapshot: Snapshot) -> Judgements:
    """The method asks for a key, no other does without, and the outputs' key is enabled and belongs to the plan."""
    api, key, plan = snapshot.read(RestApi), snapshot.read(ApiKey), snapshot.read(UsagePlan)
    keyless = sorted(verb for verb, method in api.methods.items() if not method.needs_key)
    there = "POST /payments" in api.methods
    yield judge(
        api.name,
        ok=there and not keyless,
        good=f"POST /payments of {api.name} needs an API key.",
        bad=f"{', '.join(keyless)} of {api.name} needs no API key." if there else f"{api.name} has no POST /payments.",
        remedy="Set apiKeyRequired on the method (deploy again).",
    )
    yield judge(
        key.name,
        ok=key.enabled and snapshot.outputs.api_key_id in plan.key_ids,
        good=f"{key.name} is enabled and belongs to {plan.name}.",
        bad=f"{key.name} is {'enabled' if key.enabled else 'disabled'}; {plan.name} has keys {list(plan.key_ids)}.",
        remedy="Enable the key and add it to the usage plan (deploy again).",
    )
