"""A certificate authority for one rehearsal, and the database server's certificate signed by it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

LIFETIME = dt.timedelta(days=3650)  # longer than anybody keeps a rehearsal; with it, the key is gone
BEFORE = dt.timedelta(days=1)  # clocks are set back


class Authority:
    """A self-signed authority; its private key never leaves this process.

    Args:
        bundle: The file its certificate is written to, for clients to trust.
    """

    def __init__(self, bundle: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Runbook rehearsal CA")
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = _builder(self._name, self._name, self._key).add_extension(constraints, critical=True)
        bundle.write_bytes(_pem(certificate.sign(self._key, hashes.SHA256())))
        self.bundle = bundle

    def issue(self, certificate: Path, private_key: Path) -> None:
        """Write a server certificate for this machine's loopback names, and its key (mode 0600)."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = _builder(_name("localhost"), self._name, key).add_extension(names, critical=False)
        certificate.write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))
        descriptor = os.open(private_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(
                key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + LIFETIME)
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
