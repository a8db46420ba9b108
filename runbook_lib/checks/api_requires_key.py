"""Payments are taken with an API key only, one that is in use by the plan."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import ApiKey, RestApi, UsagePlan


@check(requirement=("P1",), title="POST /payments needs an API key of the usage plan")
def api_requires_key(snapshot: Snapshot) -> Judgements:
    """The method asks for a key, and the outputs' key is enabled and belongs to the plan."""
    api, key, plan = snapshot.read(RestApi), snapshot.read(ApiKey), snapshot.read(UsagePlan)
    method = api.methods.get("POST /payments")
    yield judge(
        api.name,
        ok=method is not None and method.needs_key,
        good=f"POST /payments of {api.name} needs an API key.",
        bad=f"POST /payments of {api.name} {'needs no API key' if method else 'does not exist'}.",
        remedy="Set apiKeyRequired on the method (deploy again).",
    )
    yield judge(
        key.name,
        ok=key.enabled and snapshot.outputs.api_key_id in plan.key_ids,
        good=f"{key.name} is enabled and belongs to {plan.name}.",
        bad=f"{key.name} is {'enabled' if key.enabled else 'disabled'}; {plan.name} has keys {list(plan.key_ids)}.",
        remedy="Enable the key and add it to the usage plan (deploy again).",
    )
