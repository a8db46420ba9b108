"""API Gateway turns away bodies that do not fit the request model, before the function is paid for."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.apigateway import RestApi

# API Gateway's two built-in models accept anything.
ACCEPT_ANYTHING = {"Empty", "Error"}


@check(requirement=("P1",), title="POST /payments has a request model and a validator")
def api_validates_requests(snapshot: Snapshot) -> Judgements:
    """And it hands what is valid to a Lambda function."""
    api = snapshot.read(RestApi)
    method = api.methods.get("POST /payments")
    models = set(method.model_names) - ACCEPT_ANYTHING if method else set()
    yield judge(
        api.name,
        ok=method is not None and method.validates_body and bool(models) and method.integration == "AWS_PROXY",
        good=f"POST /payments of {api.name} is validated against {', '.join(sorted(models))}.",
        bad=f"POST /payments of {api.name} is not validated against a model, or does not lead to a function.",
        remedy="Restore its request model, validator and integration, and deploy the stage (deploy again).",
    )
