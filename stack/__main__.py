"""The payment-processing system: read the configuration, declare the system, export what the runbook needs."""

import pulumi

import config
from context import look_up
from exports import outputs
from provider import tagged_provider
from system import build

settings = config.load()
provider = tagged_provider(settings)
context = look_up(settings, provider)
# Given to the top components, the tagged provider reaches every resource through `parent`.
system = build(context, pulumi.ResourceOptions(provider=provider))
for name, value in outputs(system).items():
    pulumi.export(name, value)
