"""The rehearsal provider: a Pulumi plugin named ``aws`` that only ever talks to this machine.

Where to read: ``base`` (what a resource type is), one file per AWS service (the types), ``registry`` (how they are
found), ``server`` (Pulumi's provider protocol), ``properties`` (comparison), ``schema`` (names, from pulumi_aws).
"""
