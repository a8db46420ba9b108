"""A payment that has passed validation."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


@dataclass(frozen=True)
class Payment:
    """What a client asks for; the amount has exactly its currency's decimal places."""

    payment_id: str
    amount: Decimal
    currency: str
    merchant_id: str
    method: str
    token: str | None
    metadata: Mapping[str, str | int | bool]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content: two requests with one id are the same payment if this is equal."""
        content = {
            "amount": str(self.amount),
            "currency": self.currency,
            "merchant_id": self.merchant_id,
            "metadata": dict(self.metadata),
            "method": self.method,
            "token": self.token,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
