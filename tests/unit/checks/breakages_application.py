"""Ways to break functions, roles, API, load balancer and experiments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unit.checks import healthy_trials as trials
from unit.checks.breakage import breaks
from unit.checks.healthy import broken, with_outputs
from unit.checks.healthy_services import (
    API,
    API_KEY,
    BALANCER,
    FUNCTIONS,
    HTTP,
    LOGS,
    PLAN,
    POST,
    ROLES,
    STAGE,
    TARGETS,
)  # fmt: skip

from runbook_lib.snapshot import Snapshot
from runbook_lib.snapshot.policies import Statement


def _payments(**changes: Any) -> Snapshot:
    return broken(FUNCTIONS, payments=replace(FUNCTIONS.payments, **changes))


def _granted(**statement: Any) -> Snapshot:
    extra = Statement(allows=True, **statement)
    return broken(ROLES, payments=replace(ROLES.payments, statements=(*ROLES.payments.statements, extra)))


def _post(**changes: Any) -> Snapshot:
    return broken(API, methods={"POST /payments": replace(POST, **changes)})


def _as_another_api() -> Snapshot:
    outputs = with_outputs(api_url="https://other.example/staging").outputs
    return replace(broken(API, methods={}), outputs=outputs)


def _attribute(name: str, value: str) -> Snapshot:
    return broken(BALANCER, attributes={**BALANCER.attributes, name: value})


ENV = FUNCTIONS.payments.environment
STRANGER = (Statement(allows=True, actions=("sts:AssumeRole",), principals=("ec2.amazonaws.com",)),)
SECURE = replace(
    HTTP,
    name="listener-443",
    port=443,
    protocol="HTTPS",
    certificate_arns=("arn:cert",),
    tls_policy="ELBSecurityPolicy-TLS13-1-2",
)
REDIRECT = replace(HTTP, action="redirect", redirects_to="HTTPS", forwards_to=())
INVALID_HEADERS = "routing.http.drop_invalid_header_fields.enabled"
PENDING = {"status": "pending", "correlation_id": "correlation-1"}
HTML = replace(trials.answer(400), content_type="text/html")
FOREIGN = replace(trials.answer(200), correlation_id="")
UNDATED = {"Environment": "staging"}
LEAD = "alb_listeners_lead_to_function"
ROWS = (
    breaks("a password in clear", _payments(environment={**ENV, "DB_PASSWORD": "x"}), "lambda_gets_secret_arn_only"),
    breaks("no secret at all", _payments(environment={"ENVIRONMENT": "staging"}), "lambda_gets_secret_arn_only"),
    breaks("an old runtime", _payments(runtime="python3.8"), "lambda_runtime_supported"),
    breaks("a runtime nobody knows", _payments(runtime="nodejs24.x"), "lambda_runtime_supported"),
    breaks("outside the VPC", _payments(subnet_ids=(), security_group_ids=()), "lambda_in_private_subnets"),
    breaks("another group", _payments(security_group_ids=("sg-default",)), "lambda_in_private_subnets"),
    breaks("no tracing", _payments(tracing="PassThrough"), "lambda_traced"),
    breaks("a failed function", _payments(state="Failed"), "lambda_ready"),
    breaks("a function switched off", _payments(reserved_concurrency=0), "lambda_ready"),
    breaks("another environment", _payments(environment={**ENV, "ENVIRONMENT": "production"}), "lambda_ready"),
    breaks("a shared log group", _payments(log_group=FUNCTIONS.schema.log_group), "lambda_logs_apart"),
    breaks("a log group of Lambda's", _payments(log_group="/aws/lambda/x"), "lambda_logs_apart"),
    breaks("a borrowed role", _payments(role_arn=ROLES.schema.arn), "roles_one_per_function"),
    breaks("a role for EC2", broken(ROLES, payments=replace(ROLES.payments, trust=STRANGER)), "roles_one_per_function"),
    breaks("every action of S3", _granted(actions=("s3:*",), resources=("arn:b",)), "roles_grant_no_wildcard_action"),
    breaks("S3's reading actions", _granted(actions=("s3:Get?bject",), resources=("arn:b",)), "roles_grant_no_wildcard_action"),
    breaks("all but IAM", _granted(all_actions_but=("iam:*",), resources=("arn:b",)), "roles_grant_no_wildcard_action"),
    breaks("every secret", _granted(actions=("secretsmanager:GetSecretValue",), resources=("*",)), "roles_name_their_resources"),
    *(
        breaks(f"everything by {arn}", _granted(actions=("secretsmanager:GetSecretValue",), resources=(arn,)),
               "roles_name_their_resources")
        for arn in ("arn:aws:secretsmanager:us-east-1:1:secret:*", "arn:aws:secretsmanager:*:*:*", "arn:aws:s3:::*/*",
                    "arn:aws:kms:us-east-1:1:key/*", "arn:aws:logs:us-east-1:1:log-group:*:*")
    ),
    breaks(
        "a role without rights",
        broken(ROLES, payments=replace(ROLES.payments, statements=())),
        "roles_grant_no_wildcard_action", "roles_name_their_resources",
    ),
    breaks("a method without key", _post(needs_key=False), "api_requires_key"),
    breaks("a back door without key", broken(API, methods={**API.methods, "GET /payments": replace(POST, needs_key=False)}),
           "api_requires_key"),
    breaks("a disabled key", broken(API_KEY, enabled=False), "api_requires_key"),
    breaks("a key in the outputs", broken(API_KEY, in_outputs=True), "outputs_hold_no_secret"),
    breaks("a key outside the plan", broken(PLAN, key_ids=()), "api_requires_key"),
    breaks("no validator", _post(validates_body=False), "api_validates_requests"),
    breaks("the built-in model", _post(model_names=("Empty",)), "api_validates_requests"),
    breaks("a mock integration", _post(integration="MOCK"), "api_validates_requests"),
    breaks("no method", broken(API, methods={"GET /": POST}), "api_requires_key", "api_validates_requests"),
    breaks(
        "another API, without methods", _as_another_api(),
        "outputs_name_live_resources", "api_requires_key", "api_validates_requests",
    ),
    breaks("no rate limit", broken(PLAN, rate_per_second=0.0), "api_throttled"),
    breaks("no quota", broken(PLAN, quota=0), "api_throttled"),
    breaks("a plan for another stage", broken(PLAN, stages=("api1/other",)), "api_throttled"),
    breaks("an untraced stage", broken(STAGE, traced=False), "api_traced"),
    breaks("no access log", broken(STAGE, access_log_arn=""), "api_logs_access"),
    breaks("an access log without id", broken(STAGE, access_log_format="$context.status"), "api_logs_access"),
    breaks("no execution log", broken(STAGE, execution_log_level="OFF"), "api_logs_execution"),
    breaks("bodies in the log", broken(STAGE, logs_bodies=True), "api_logs_execution"),
    breaks("an internal load balancer", broken(BALANCER, scheme="internal"), "alb_faces_internet"),
    breaks("two zones", broken(BALANCER, subnet_ids=BALANCER.subnet_ids[:2]), "alb_faces_internet"),
    breaks("another name", broken(BALANCER, dns_name="other.example"), "outputs_name_live_resources"),
    breaks("invalid headers", _attribute(INVALID_HEADERS, "false"), "alb_drops_invalid_headers"),
    breaks("no access logs", _attribute("access_logs.s3.enabled", "false"), "alb_logs_access"),
    breaks("another bucket", _attribute("access_logs.s3.bucket", "other"), "alb_logs_access"),
    breaks("a load balancer that stays", _attribute("deletion_protection.enabled", "true"), "alb_deletion_fits_environment"),
    breaks("no listener", broken(BALANCER, listeners=()), LEAD),
    breaks("a listener to nowhere", broken(BALANCER, listeners=(replace(HTTP, forwards_to=()),)), LEAD),
    breaks("HTTPS without redirect", broken(BALANCER, listeners=(HTTP, SECURE)), LEAD),
    breaks("old TLS", broken(BALANCER, listeners=(REDIRECT, replace(SECURE, tls_policy="ELBSecurityPolicy-2016-08"))), LEAD),
    breaks("a third port", broken(BALANCER, listeners=(HTTP, replace(HTTP, port=8080))), LEAD),
    breaks("an unhealthy target", broken(TARGETS, target_states=("unhealthy",)), "alb_target_healthy"),
    breaks("no target", broken(TARGETS, target_ids=(), target_states=()), "alb_target_healthy"),
    breaks("no health check", broken(TARGETS, health_checks=False), "alb_target_healthy"),
    breaks("a refused payment", broken(trials.PAYMENT, accepted=trials.answer(503), repeated=trials.answer(200)),
           "payment_accepted", "payment_repeated_same_answer"),
    breaks("accepted twice", broken(trials.PAYMENT, repeated=trials.answer(201)), "payment_repeated_same_answer"),
    breaks("another answer", broken(trials.PAYMENT, repeated=trials.answer(200, amount="1")), "payment_repeated_same_answer"),
    breaks("a conflict that passes", broken(trials.PAYMENT, conflicting=trials.answer(200)), "payment_conflict_refused"),
    breaks("a race won twice", broken(trials.PAYMENT, raced=(trials.answer(201),) * 2), "payment_race_accepted_once"),
    breaks("a race of one", broken(trials.PAYMENT, raced=(trials.answer(201),)), "payment_race_accepted_once"),
    breaks("two objects of a race", broken(trials.PAYMENT, raced_audit_keys=("a", "b")), "payment_race_accepted_once"),
    breaks("a lost row", broken(trials.PAYMENT, rows=()), "payment_has_one_row"),
    breaks("a pending row", broken(trials.PAYMENT, rows=(PENDING,)), "payment_has_one_row"),
    breaks("a lost audit object", broken(trials.PAYMENT, audit_objects=()), "payment_has_one_audit_object"),
    breaks(
        "an audit object in clear",
        broken(trials.PAYMENT, audit_objects=(replace(trials.audit("accepted", "accepted"), kms_key=""),)),
        "payment_has_one_audit_object",
    ),
    breaks("no log line", broken(trials.PAYMENT, log_lines=()), "payment_has_log_line"),
    breaks("two log lines", broken(trials.PAYMENT, log_lines=(trials.LINE,) * 2), "payment_has_log_line"),
    breaks("bad JSON that crashes", broken(trials.REFUSALS, malformed=trials.answer(502)), "bad_requests_refused"),
    breaks("wrong types accepted", broken(trials.REFUSALS, wrong_types=trials.answer(201)), "bad_requests_refused"),
    breaks("no problem document", broken(trials.REFUSALS, missing_fields=HTML), "bad_requests_refused"),
    breaks("an oversized body accepted", broken(trials.REFUSALS, oversized=trials.answer(201)), "bad_requests_refused"),
    breaks("unknown money", broken(trials.REFUSALS, unknown_currency=trials.answer(201)), "unacceptable_payment_refused"),
    breaks("an unrecorded refusal", broken(trials.REFUSALS, audit_objects=()), "unacceptable_payment_refused"),
    breaks("no key needed", broken(trials.REFUSALS, without_key=trials.answer(201)), "api_refuses_without_key"),
    breaks("any key will do", broken(trials.REFUSALS, wrong_key=trials.answer(201)), "api_refuses_without_key"),
    breaks("a card number accepted", broken(trials.CARD, answer=trials.answer(201)), "card_number_refused_and_forgotten"),
    breaks("a card number in a log", broken(trials.CARD, found_in=("/aws/lambda/x",)), "card_number_refused_and_forgotten"),
    breaks("a search of nothing", broken(trials.CARD, searched=()), "card_number_refused_and_forgotten"),
    breaks("a card number where nothing was expected", broken(trials.CARD, found_in=("/aws/rds/x",), silent=("/aws/lambda/x",)),
           "card_number_refused_and_forgotten"),
    breaks("a row with a card number", broken(trials.CARD, rows=({"status": "accepted"},)), "card_number_refused_and_forgotten"),
    breaks("a dead load balancer", broken(trials.BALANCER, accepted=trials.answer(502)), "alb_serves_payments"),
    breaks("bad JSON through the load balancer", broken(trials.BALANCER, malformed=trials.answer(500)), "alb_serves_payments"),
    breaks("health answered by another", broken(trials.BALANCER, health=FOREIGN), "alb_health_answered_by_function"),
    breaks("objects that stay", broken(trials.BALANCER, left_behind=("audit/1: AccessDenied",)), "trial_payments_removed"),
    breaks("a stage that is not dated", broken(STAGE, tags=UNDATED), "resources_tagged"),
    breaks(
        "a log group gone",
        broken(LOGS, by_name={n: g for n, g in LOGS.by_name.items() if n != FUNCTIONS.payments.log_group}),
        "lambda_logs_apart", "log_groups_kept_30_days", "log_groups_encrypted", "log_groups_cover_services",
    ),
)  # fmt: skip
