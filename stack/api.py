"""The REST API: `POST /payments`, with a key, a model, throttling and a quota."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from api_account import ApiGatewayAccount
from api_definition import (
    ACCESS_LOG_FORMAT,
    GATEWAY_ANSWERS,
    INTEGRATION,
    METHOD,
    PATH,
    PAYMENT_MODEL,
    VALIDATOR,
    definition_digest,
)
from log_groups import log_group

if TYPE_CHECKING:
    from context import Context


@dataclass(frozen=True)
class ApiArgs:
    """What answers, and where it is logged."""

    function: aws.lambda_.Function
    access_log_arn: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]


class Api(pulumi.ComponentResource):
    """API, stage, key and usage plan."""

    def __init__(self, name: str, context: Context, args: ApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:api:Api", name, None, opts)
        self._context = context
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.rest_api = aws.apigateway.RestApi(
            "payments",
            name=context.names("payments"),
            description="Accepts payments",
            api_key_source="HEADER",
            endpoint_configuration=aws.apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            opts=self._child,
        )
        method, integration = self._post_payments()
        answers = self._gateway_answers()
        deployment = aws.apigateway.Deployment(
            "payments",
            rest_api=self.rest_api.id,
            triggers={"definition": definition_digest(), "function": args.function.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[method, integration, *answers]),
        )
        self.execution_log, self.stage = self._stage(deployment)
        self.usage_plan, self.key = self._key()
        self.register_outputs({"url": self.stage.invoke_url})

    def _post_payments(self) -> tuple[aws.apigateway.Method, aws.apigateway.Integration]:
        api = self.rest_api.id
        resource = aws.apigateway.Resource(
            "payments", rest_api=api, parent_id=self.rest_api.root_resource_id, path_part=PATH, opts=self._child
        )
        model = aws.apigateway.Model(
            "payment",
            rest_api=api,
            name="Payment",
            content_type="application/json",
            schema=json.dumps(PAYMENT_MODEL),
            opts=self._child,
        )
        validator = aws.apigateway.RequestValidator("body", rest_api=api, name="body", **VALIDATOR, opts=self._child)
        method = aws.apigateway.Method(
            "post-payments",
            rest_api=api,
            resource_id=resource.id,
            **METHOD,
            # Bodies of another content type pass by the model; the function judges them, as it does behind the load balancer.
            request_models={"application/json": model.name},
            request_validator_id=validator.id,
            opts=self._child,
        )
        integration = aws.apigateway.Integration(
            "post-payments",
            rest_api=api,
            resource_id=resource.id,
            http_method=method.http_method,
            **INTEGRATION,
            uri=self._args.function.invoke_arn,
            opts=self._child,
        )
        aws.lambda_.Permission(
            "api",
            statement_id="FromApi",
            action="lambda:InvokeFunction",
            function=self._args.function.name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.format("{0}/*/POST/{1}", self.rest_api.execution_arn, PATH),
            opts=self._child,
        )
        return method, integration

    def _gateway_answers(self) -> list[aws.apigateway.Response]:
        return [
            aws.apigateway.Response(
                answer.response_type.lower().replace("_", "-"),
                rest_api_id=self.rest_api.id,
                response_type=answer.response_type,
                status_code=None if answer.status is None else str(answer.status),
                response_templates={"application/json": answer.template()},
                response_parameters=answer.headers(),
                opts=self._child,
            )
            for answer in GATEWAY_ANSWERS
        ]

    def _stage(self, deployment: aws.apigateway.Deployment) -> tuple[aws.cloudwatch.LogGroup, aws.apigateway.Stage]:
        config = self._context.config
        execution_log = log_group(
            "api-execution",
            pulumi.Output.format("API-Gateway-Execution-Logs_{0}/{1}", self.rest_api.id, config.environment),
            self._context,
            self._args.log_key_arn,
            self._child,
        )
        before: list[pulumi.Resource] = [execution_log]
        if config.owns_api_gateway_account:
            before.append(ApiGatewayAccount("api-gateway", self._context, self._child))
        stage = aws.apigateway.Stage(
            config.environment,
            rest_api=self.rest_api.id,
            deployment=deployment.id,
            stage_name=config.environment,
            xray_tracing_enabled=True,
            access_log_settings=aws.apigateway.StageAccessLogSettingsArgs(
                destination_arn=self._args.access_log_arn, format=ACCESS_LOG_FORMAT
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )
        aws.apigateway.MethodSettings(
            "all",
            rest_api=self.rest_api.id,
            stage_name=stage.stage_name,
            method_path="*/*",
            settings=aws.apigateway.MethodSettingsSettingsArgs(
                logging_level="INFO",
                data_trace_enabled=False,  # it would log whole bodies
                metrics_enabled=True,
                throttling_rate_limit=config.throttle_rate,
                throttling_burst_limit=config.throttle_burst,
            ),
            opts=self._child,
        )
        return execution_log, stage

    def _key(self) -> tuple[aws.apigateway.UsagePlan, aws.apigateway.ApiKey]:
        config = self._context.config
        plan = aws.apigateway.UsagePlan(
            "payments",
            name=self._context.names("payments"),
            api_stages=[
                aws.apigateway.UsagePlanApiStageArgs(api_id=self.rest_api.id, stage=self.stage.stage_name),
            ],
            throttle_settings=aws.apigateway.UsagePlanThrottleSettingsArgs(
                rate_limit=config.throttle_rate, burst_limit=config.throttle_burst
            ),
            quota_settings=aws.apigateway.UsagePlanQuotaSettingsArgs(limit=config.quota_per_day, period="DAY"),
            opts=self._child,
        )
        # API Gateway chooses the value; who needs it reads it there by the key's id.
        key = aws.apigateway.ApiKey("payments", name=self._context.names("payments"), opts=self._child)
        aws.apigateway.UsagePlanKey("payments", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id, opts=self._child)
        return plan, key
