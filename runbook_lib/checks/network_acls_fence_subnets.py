"""Every subnet stands behind a network ACL of the stack that does not wave everything through."""

from __future__ import annotations

from runbook_lib.checks.registry import Judgements, Snapshot, check, judge
from runbook_lib.snapshot.firewalls import AclEntry, Firewalls
from runbook_lib.snapshot.ranges import faces_internet

TCP, WEB_PORTS, EPHEMERAL = "6", {80, 443}, 1024


@check(requirement=("N3",), title="Each subnet has a network ACL that admits only what is named")
def network_acls_fence_subnets(snapshot: Snapshot) -> Judgements:
    """The VPC's default ACL admits everything, so a subnet left with it has no second fence."""
    outputs, acls = snapshot.outputs, snapshot.read(Firewalls).acls
    for subnet in outputs.public_subnet_ids + outputs.private_subnet_ids:
        acl = next((acl for acl in acls if subnet in acl.subnet_ids), None)
        entries = acl.entries if acl else ()
        wide = [e for e in entries if e.allows and faces_internet(e.cidr) and not _named(e)]
        yield judge(
            subnet,
            ok=acl is not None and not acl.is_default and not wide and any(entry.allows for entry in entries),
            good=f"Subnet {subnet} stands behind {acl.name if acl else ''}, which admits only what it names.",
            bad=f"Subnet {subnet} stands behind {acl.name if acl else 'no network ACL'}, which admits anything.",
            remedy="Associate the stack's network ACL with it again (deploy again).",
        )


def _named(entry: AclEntry) -> bool:
    """HTTP, HTTPS, or the ports that answers come back to; an ACL cannot tell an answer from a request."""
    one_port = entry.first_port == entry.last_port and entry.first_port in WEB_PORTS
    return entry.protocol == TCP and (one_port or entry.first_port >= EPHEMERAL)
