"""ACM: certificates, imported or requested."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import ProviderError, tag_list
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

IMPORTED = frozenset({"certificateBody", "certificateChain", "privateKey", "privateKeyWo", "privateKeyWoVersion"})


@resource("aws:acm/certificate:Certificate")
class Certificate(ModelledResource):
    """A certificate; its id is its ARN. An imported one can be renewed by importing again."""

    service = "acm"
    absent = frozenset({"ResourceNotFoundException"})
    refuses = frozenset({"earlyRenewalDuration", "validationOptions"})
    replace_on = frozenset(
        {"certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod"}
    )
    secrets = frozenset({"privateKey", "privateKeyWo"})
    sets = frozenset({"subjectAlternativeNames"})
    recomputed = frozenset({"notAfter", "notBefore", "status"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """ImportCertificate or RequestCertificate.

        Raises:
            ProviderError: If it is neither.
        """
        if inputs.get("certificateBody"):
            return self.import_(aws, inputs, None)
        if not inputs.get("domainName"):
            raise ProviderError("give domainName to request a certificate, or certificateBody and privateKey to import one")
        return str(self.call(aws, "RequestCertificate", inputs, Tags="tagsAll")["certificateArn"])

    def import_(self, aws: Session, inputs: Properties, arn: str | None) -> str:
        """ImportCertificate; over an old one it takes no tags."""
        material = {"privateKey": inputs.get("privateKey") or inputs.get("privateKeyWo"), "certificateArn": arn}
        tags = None if arn else inputs.get("tagsAll")
        names = {"Certificate": "certificateBody", "Tags": "tagsAll"}
        answer = self.call(aws, "ImportCertificate", inputs | material | {"tagsAll": tags}, **names)
        return str(answer["certificateArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Import again, or UpdateCertificateOptions."""
        if changed & IMPORTED:
            self.import_(aws, new, id_)
        if "options" in changed:
            self.call(aws, "UpdateCertificateOptions", {"certificateArn": id_, "options": new.get("options")})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeCertificate and the tags; key and body are never handed back."""
        live = self.call(aws, "DescribeCertificate", {"certificateArn": id_})["certificate"]
        own = live["domainName"]
        others = [name for name in live["subjectAlternativeNames"] or () if name != own]
        return pick(live, "domainName", "keyAlgorithm", "notAfter", "notBefore", "status", "type") | {
            "arn": id_,
            "subjectAlternativeNames": others,
            "tagsAll": self.call(aws, "ListTagsForCertificate", {"certificateArn": id_})["tags"] or {},
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteCertificate."""
        self.call(aws, "DeleteCertificate", {"certificateArn": id_})

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """ACM wants whole tags for both."""
        if remove:
            gone = [{"Key": key} for key in remove]
            self.client(aws).remove_tags_from_certificate(CertificateArn=id_, Tags=gone)
        if add:
            self.client(aws).add_tags_to_certificate(CertificateArn=id_, Tags=tag_list(add))
