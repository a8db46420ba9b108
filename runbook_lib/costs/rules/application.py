"""Lambda functions, APIs, user pools, mail and X-Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.rules.priced import Priced, is_on, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE_DISK_MB = 512
_METRICS = Usage("custom metrics", "cw.metric", "custom_metrics")
_TRACES = Usage("traces recorded", "xray.recorded", "traces")


def function(inputs: Inputs) -> Iterator[Item]:
    """Requests and duration; the processor decides the rate."""
    chip = "arm" if "arm64" in (inputs.items("architectures") or ()) else "x86"
    yield Usage(f"Lambda requests, {chip}", f"lambda.requests.{chip}", "requests")
    yield Usage(f"Lambda duration, {chip}", f"lambda.gbs.{chip}", "gb_seconds")
    yield _METRICS
    if inputs.nested("tracingConfig").text("mode") == "Active":
        yield _TRACES
    if (inputs.nested("ephemeralStorage").number("size") or 0) > _FREE_DISK_MB:
        yield Gap("function's disk", f"more than {_FREE_DISK_MB} MB has no price here")
    if inputs.nested("snapStart").text("applyOn") == "PublishedVersions":
        yield Gap("SnapStart", "its cache has no price here")


def rest_api(_: Inputs) -> Iterator[Item]:
    """Calls, by the tier, and what the answers weigh."""
    yield Usage("REST API calls", "apigw.rest", "api_requests")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def stage(inputs: Inputs) -> Iterator[Item]:
    """Free but for what is switched on."""
    if inputs.flag("cacheClusterEnabled"):
        size = inputs.text("cacheClusterSize", "0.5")
        yield Fixed(f"API cache, {size} GB", f"apigw.cache.{size}")
    if inputs.flag("xrayTracingEnabled"):
        yield _TRACES


def provisioned(inputs: Inputs) -> Iterator[Item]:
    """Environments that are kept ready, by the GB of the function's memory, which is the function's to say."""
    count = inputs.text("provisionedConcurrentExecutions")
    yield Gap(f"{count} environments kept ready", "their memory is the function's, which their own inputs do not tell")


def event_source(inputs: Inputs) -> Iterator[Item]:
    """Free, but for pollers that are kept ready."""
    pollers = inputs.nested("provisionedPollerConfig").raw or inputs.text("provisionedPollerConfig")
    if pollers:
        yield Gap("provisioned pollers", "event poller units have no price here")


def http_or_socket_api(inputs: Inputs) -> Iterator[Item]:
    """An HTTP API by its calls; a WebSocket API by its messages and the minutes of connections."""
    if inputs.text("protocolType") == "WEBSOCKET":
        yield Usage("WebSocket messages", "apigw.ws.message", "ws_messages")
        yield Usage("WebSocket connection minutes", "apigw.ws.minute", "ws_minutes")
    else:
        yield Usage("HTTP API calls", "apigw.http", "http_api_requests")
    yield Usage("data out to the internet", "dt.internet", "internet_gb")


def method_settings(inputs: Inputs) -> Iterator[Item]:
    """Detailed metrics are custom metrics."""
    if inputs.nested("settings").flag("metricsEnabled"):
        yield _METRICS


def api_stage(inputs: Inputs) -> Iterator[Item]:
    """Detailed metrics of routes are custom metrics."""
    routes = [inputs.nested("defaultRouteSettings"), *(inputs.objects("routeSettings") or ())]
    if any(route.flag("detailedMetricsEnabled") for route in routes):
        yield _METRICS


def pool_client(inputs: Inputs) -> Iterator[Item]:
    """Clients that are machines are charged, by the client and by the token."""
    if "client_credentials" in (inputs.items("allowedOauthFlows") or ()):
        yield Gap("machine client", "the client and its tokens have no price here")


def graphql(inputs: Inputs) -> Iterator[Item]:
    """Queries and updates."""
    yield Usage("GraphQL queries and updates", "appsync.query", "graphql_queries")
    if inputs.flag("xrayEnabled"):
        yield _TRACES


def user_pool(inputs: Inputs) -> Iterator[Item]:
    """Users that are active in the month, by the tier; texts on top."""
    tier = inputs.text("userPoolTier", "ESSENTIALS").lower()
    yield Usage(f"active users, {tier}", f"cognito.{tier}", "monthly_active_users")
    if inputs.nested("userPoolAddOns").text("advancedSecurityMode", "OFF") != "OFF" and tier != "plus":
        yield Gap("advanced security", "it has no price here")
    if is_on(inputs.raw.get("smsConfiguration")):
        yield Gap("text messages", "their price depends on the country, and has none here")


_MAIL = plain(Usage("mails sent", "ses.mail", "mails"))

RULES = table(
    Priced(
        "aws:lambda/function:Function",
        function,
        "architectures memorySize tracingConfig ephemeralStorage ephemeralStorage.size snapStart",
        {
            "capacityProviderConfig": "managed instances",
            "durableConfig": "durable executions",
            "tenancyConfig": "isolation by tenant",
        },
    ),
    Priced(
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", provisioned, "provisionedConcurrentExecutions"
    ),
    Priced(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        event_source,
        "provisionedPollerConfig",
        {"metricsConfig": "metrics of the mapping"},
    ),
    Priced("aws:apigateway/restApi:RestApi", rest_api),
    Priced("aws:apigateway/stage:Stage", stage, "cacheClusterEnabled cacheClusterSize xrayTracingEnabled"),
    Priced("aws:apigateway/methodSettings:MethodSettings", method_settings, "settings settings.metricsEnabled"),
    Priced(
        "aws:apigatewayv2/stage:Stage",
        api_stage,
        "defaultRouteSettings defaultRouteSettings.detailedMetricsEnabled routeSettings routeSettings.detailedMetricsEnabled",
    ),
    Priced("aws:cognito/userPoolClient:UserPoolClient", pool_client, "allowedOauthFlows"),
    Priced("aws:apigatewayv2/api:Api", http_or_socket_api, "protocolType"),
    Priced(
        "aws:appsync/graphQLApi:GraphQLApi",
        graphql,
        "xrayEnabled",
        {"enhancedMetricsConfig": "enhanced metrics", "logConfig": "logs of the API"},
    ),
    Priced("aws:appsync/apiCache:ApiCache", plain(Gap("API cache", "its hours have no price here")), "type"),
    Priced("aws:cognito/userPool:UserPool", user_pool, "userPoolTier userPoolAddOns smsConfiguration"),
    Priced("aws:ses/domainIdentity:DomainIdentity", _MAIL),
    Priced("aws:sesv2/emailIdentity:EmailIdentity", _MAIL),
    Priced(
        "aws:sesv2/dedicatedIpPool:DedicatedIpPool",
        plain(Gap("dedicated IP addresses", "they have no price here")),
        "scalingMode",
    ),
)
