"""Pulumi's passphrase secrets provider: PBKDF2-HMAC-SHA256 with a million rounds, then AES-256-GCM.

A stack's salt is `v1:<salt>:<check>`, where `<check>` is the word `pulumi` encrypted, so a wrong passphrase is told
apart from a damaged value. A value is `v1:<nonce>:<ciphertext>`; all parts are base64.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.keys import derive

if TYPE_CHECKING:
    from runbook_lib.rehearsal.values import Secret

SALT_BYTES = 8
NONCE_BYTES = 12
CHECK_WORD = "pulumi"
WRONG = (
    "incorrect passphrase: the passphrase in PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE "
    "is not the one this stack was made with"
)


class Crypter:
    """Encrypts and decrypts the secrets of one stack; the key is derived on first use, once.

    Args:
        salt: The stack's `encryptionsalt`; empty for a stack that has none yet.
    """

    def __init__(self, salt: str = "") -> None:
        self._salt = salt
        self._key: bytes | None = None
        self._known: dict[int, tuple[Secret, str]] = {}

    @property
    def has_salt(self) -> bool:
        """Whether the stack has a salt yet."""
        return bool(self._salt)

    @property
    def salt(self) -> str:
        """The stack's `encryptionsalt`; made if it has none."""
        if not self._salt:
            raw = os.urandom(SALT_BYTES)
            self._key = derive(raw, _passphrase())
            self._salt = f"v1:{_text(raw)}:{self.encrypt(CHECK_WORD)}"
        return self._salt

    def encrypt(self, text: str) -> str:
        """Encrypt with a fresh nonce."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        return f"v1:{_text(nonce)}:{_text(AESGCM(self._secret_key()).encrypt(nonce, text.encode(), None))}"

    def encrypt_once(self, text: str, secret: Secret) -> str:
        """Encrypt a value that is written again and again: the same secret object keeps its ciphertext."""
        known = self._known.get(id(secret))
        if known is None or known[0] is not secret:
            known = (secret, self.encrypt(text))
            self._known[id(secret)] = known
        return known[1]

    def remember(self, secret: Secret, ciphertext: str) -> None:
        """Note the ciphertext a secret was read from, so that it is written back unchanged."""
        self._known[id(secret)] = (secret, ciphertext)

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt.

        Raises:
            EngineError: if the passphrase is wrong, or the text was not made by this stack's key.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        version, _, rest = ciphertext.partition(":")
        nonce, _, body = rest.partition(":")
        if version != "v1" or not body:
            raise EngineError(f"bad value: not a ciphertext of the passphrase provider: {ciphertext[:6]}…")
        try:
            return AESGCM(self._secret_key()).decrypt(base64.b64decode(nonce), base64.b64decode(body), None).decode()
        except InvalidTag as error:
            raise EngineError(WRONG) from error

    def check(self) -> None:
        """Make sure that the passphrase is this stack's.

        Raises:
            EngineError: if it is not, or there is none.
        """
        if self._salt:
            self.decrypt(self._salt.split(":", 2)[2])

    def _secret_key(self) -> bytes:
        if self._key is None:
            if not self._salt:
                _ = self.salt
            else:
                self._key = derive(base64.b64decode(self._salt.split(":")[1]), _passphrase())
        if self._key is None:
            raise EngineError(WRONG)
        return self._key


def _passphrase() -> str:
    if (phrase := os.environ.get("PULUMI_CONFIG_PASSPHRASE")) is not None:
        return phrase
    if name := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EngineError(f"unable to read PULUMI_CONFIG_PASSPHRASE_FILE: {name}: {error.strerror}") from error
    raise EngineError(
        "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables"
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
