"""CloudFront, Route 53, WAF, Shield and certificates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import Kind
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_FAST_SECONDS = 30
_MANAGED_AT_A_PRICE = ("AWSManagedRulesBotControlRuleSet", "AWSManagedRulesATPRuleSet", "AWSManagedRulesACFPRuleSet")


def distribution(inputs: Inputs) -> Iterator[Item]:
    """Requests and data out, by where the viewers are: the rates of North America and Europe stand for all."""
    if inputs.text("priceClass", "PriceClass_All") != "PriceClass_100":
        yield Gap("viewers outside North America and Europe", "CloudFront's rates there are higher, and have no price here")
    yield Usage("CloudFront data out", "cloudfront.gb", "cloudfront_gb")
    yield Usage("CloudFront HTTPS requests", "cloudfront.https", "cloudfront_requests")
    yield Gap("what CloudFront sends to origins, and invalidations after the first 1,000", "they have no price here")
    origins = inputs.objects("origins")
    if origins is None or any(origin.nested("originShield").flag("enabled") for origin in origins):
        yield Gap("Origin Shield", "its requests have no price here")
    if inputs.nested("viewerCertificate").text("sslSupportMethod") == "vip":
        yield Gap("dedicated IP addresses for TLS", "they have no price here")


def zone(inputs: Inputs) -> Iterator[Item]:
    """A hosted zone, by the month, and what it answers; a private one answers free of charge."""
    yield Fixed("hosted zone", "r53.zone", Decimal(1))
    if not inputs.items("vpcs"):
        yield Usage("DNS queries", "r53.queries", "dns_queries")


def health_check(inputs: Inputs) -> Iterator[Item]:
    """A month, and each optional feature again; cheaper for what runs on AWS, which a plan does not tell."""
    kind = inputs.text("type")
    if kind in ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"):
        yield Fixed(f"health check, {kind.lower()}", "r53.check.aws", Decimal(1))
        return
    yield Fixed("health check, at most (of an endpoint outside AWS)", "r53.check.other", Decimal(1))
    fast = (inputs.count("requestInterval", _FAST_SECONDS) or _FAST_SECONDS) < _FAST_SECONDS
    features = [fast, inputs.flag("measureLatency"), kind.startswith("HTTPS"), kind.endswith("STR_MATCH")]
    if any(features):
        yield Fixed("health check's features, at most", "r53.check.feature", Decimal(sum(features)))


def web_acl(inputs: Inputs) -> Iterator[Item]:
    """The list itself, every rule in it, and what it looks at."""
    yield Fixed("web ACL", "waf.acl", Decimal(1))
    rules = inputs.objects("rules")
    if inputs.text("ruleJson"):
        yield Gap("web ACL's rules", "ruleJson is not read")
    elif rules is None or rules:
        yield Fixed("web ACL's rules", "waf.rule", None if rules is None else Decimal(len(rules)))
    yield Usage("requests that the web ACL sees", "waf.requests", "waf_requests")
    for rule in rules or ():
        managed = rule.nested("statement").nested("managedRuleGroupStatement")
        name = managed.text("name")
        if name in _MANAGED_AT_A_PRICE or (name and managed.text("vendorName") != "AWS"):
            yield Gap(f"managed rule group {name}", "its subscription and requests have no price here")


def authority(inputs: Inputs) -> Iterator[Item]:
    """A private authority, by the month and by what it issues."""
    short = inputs.text("usageMode", "GENERAL_PURPOSE") == "SHORT_LIVED_CERTIFICATE"
    mode = "short" if short else "general"
    yield Fixed(f"private certificate authority, {mode}", f"acmpca.{mode}", Decimal(1))
    yield Usage("private certificates issued", f"acmpca.certificate.{mode}", "private_certificates")


def certificate(inputs: Inputs) -> Iterator[Item]:
    """A public one is free, unless it can be exported; a private one is charged to whom its authority belongs."""
    options = inputs.nested("options")
    if inputs.text("certificateAuthorityArn"):
        yield Usage("private certificates issued", "acmpca.certificate.general", "private_certificates")
    elif options.text("export") == "ENABLED":
        yield Gap("exportable public certificate", "it has no price here")


def classic_acl(inputs: Inputs) -> Iterator[Item]:
    """The older WAF: the same three charges, as products of their own."""
    rules = inputs.items("rules")
    yield Fixed("web ACL, classic", "waf1.acl", Decimal(1))
    if rules != []:
        yield Fixed("web ACL's rules, classic", "waf1.rule", None if rules is None else Decimal(len(rules)))
    yield Usage("requests that the web ACL sees, classic", "waf1.requests", "waf_requests")


_ROUTED = ("latencyRoutingPolicies", "geolocationRoutingPolicies", "geoproximityRoutingPolicy", "cidrRoutingPolicy")
_WAF_UNPRICED = {
    "associationConfig": "inspection of larger bodies",
    "captchaConfig": "CAPTCHA attempts",
    "challengeConfig": "challenges",
    "monetizationConfig": "monetized requests",
}

RULES = table(
    Priced(
        "aws:cloudfront/distribution:Distribution",
        distribution,
        "priceClass origins viewerCertificate.sslSupportMethod viewerCertificate",
        {
            "anycastIpListId": "anycast addresses",
            "connectionFunctionAssociation": "connection functions",
            "viewerMtlsConfig": "mutual TLS of viewers",
            "cacheTagConfig": "cache tags",
            "defaultCacheBehavior.lambdaFunctionAssociations": "Lambda@Edge",
            "defaultCacheBehavior.realtimeLogConfigArn": "real-time logs",
            "defaultCacheBehavior.fieldLevelEncryptionId": "field-level encryption",
            "orderedCacheBehaviors.lambdaFunctionAssociations": "Lambda@Edge",
            "orderedCacheBehaviors.realtimeLogConfigArn": "real-time logs",
            "orderedCacheBehaviors.fieldLevelEncryptionId": "field-level encryption",
        },
    ),
    Priced(
        "aws:cloudfront/function:Function",
        plain(Usage("CloudFront function calls", "cloudfront.function", "edge_function_calls")),
        "",
        {"keyValueStoreAssociations": "reads of a key value store"},
    ),
    Priced("aws:route53/zone:Zone", zone, "vpcs", {"enableAcceleratedRecovery": "accelerated recovery"}),
    Priced(
        "aws:route53/record:Record",
        plain(),  # its queries are charged with the zone
        "",
        dict.fromkeys(_ROUTED, "queries that are answered by where they come from"),
    ),
    Priced("aws:route53/healthCheck:HealthCheck", health_check, "type requestInterval measureLatency"),
    Priced("aws:wafv2/webAcl:WebAcl", web_acl, "rules ruleJson scope", _WAF_UNPRICED),
    Priced("aws:wafv2/webAclRule:WebAclRule", plain(Fixed("web ACL's rule", "waf.rule", Decimal(1))), ""),
    Priced("aws:waf/webAcl:WebAcl", classic_acl, "rules"),
    Priced("aws:wafregional/webAcl:WebAcl", classic_acl, "rules"),
    Priced("aws:acmpca/certificateAuthority:CertificateAuthority", authority, "usageMode"),
    Priced("aws:acm/certificate:Certificate", certificate, "certificateAuthorityArn options options.export"),
    Priced(
        "aws:shield/subscription:Subscription",
        plain(Fixed("Shield Advanced, committed for a year", "shield.month", Decimal(1), Kind.FIXED)),
    ),
)
