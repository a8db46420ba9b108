"""Property values to and from a checkpoint's JSON, where secrets are ciphertext."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.engine.values import Asset
from runbook_lib.rehearsal.values import UNKNOWN, Secret
from runbook_lib.signatures import SECRET, SIGNATURE, UNKNOWN_ID

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.passphrase import Crypter

ELIDED = "<contents elided>"


def serialize(value: Any, crypter: Crypter | None) -> Any:
    """Write a value; without a crypter secrets are in clear, as `--show-secrets` asks."""
    if isinstance(value, Secret):
        text = json.dumps(serialize(value.value, crypter), separators=(",", ":"), ensure_ascii=False)
        return {SIGNATURE: SECRET, "plaintext": text} if crypter is None else _encrypted(text, value, crypter)
    if isinstance(value, dict):
        return {key: serialize(item, crypter) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [serialize(item, crypter) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    from runbook_lib.rehearsal.engine.wire import flatten

    return serialize(flatten(value), crypter) if value is not UNKNOWN else UNKNOWN_ID


def _encrypted(text: str, secret: Secret, crypter: Crypter) -> dict[str, str]:
    return {SIGNATURE: SECRET, "ciphertext": crypter.encrypt_once(text, secret)}


def deserialize(value: Any, crypter: Crypter | None) -> Any:
    """Read a value; secrets are opened and stay marked as secrets."""
    if isinstance(value, list):
        return [deserialize(item, crypter) for item in value]
    if not isinstance(value, dict):
        return UNKNOWN if value == UNKNOWN_ID else value
    if SIGNATURE not in value:
        return {key: deserialize(item, crypter) for key, item in value.items()}
    if value[SIGNATURE] == SECRET:
        return _opened(value, crypter)
    from runbook_lib.rehearsal.engine.wire import revive

    return revive({key: deserialize(item, crypter) for key, item in value.items()})


def _opened(value: dict[str, str], crypter: Crypter | None) -> Secret:
    if "plaintext" in value:
        return Secret(deserialize(json.loads(value["plaintext"]), crypter))
    if crypter is None:
        return Secret("[secret]")  # the reader was content with masked secrets
    secret = Secret(deserialize(json.loads(crypter.decrypt(value["ciphertext"])), crypter))
    crypter.remember(secret, value["ciphertext"])
    return secret


def masked_json(value: Any, *, ciphertext: bool, texts: bool = False) -> Any:
    """Write a value with secrets blinded: as `[secret]`, or for engine events as a secret whose ciphertext says so.

    The text of an asset is somebody's file: it is shown (`texts`) to whoever asks for the value itself, and no event tells it.
    """
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "ciphertext": "[secret]"} if ciphertext else "[secret]"
    if not texts and isinstance(value, Asset) and value.text is not None:
        value = replace(value, text=ELIDED)
    if isinstance(value, dict):
        return {key: masked_json(item, ciphertext=ciphertext, texts=texts) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [masked_json(item, ciphertext=ciphertext, texts=texts) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    from runbook_lib.rehearsal.engine.wire import flatten

    return masked_json(flatten(value), ciphertext=ciphertext, texts=texts)
