"""Where AWS's prices are read: its Price List API, or its public offer files where there are no credentials."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Protocol

from runbook_lib import endpoints
from runbook_lib.aws import Aws, Target
from runbook_lib.costs import offers
from runbook_lib.costs.products import EVERYWHERE
from runbook_lib.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import httpx

    from runbook_lib.costs.offers import Product
    from runbook_lib.costs.products import Selector

API_REGION = "us-east-1"
"""The Price List API answers here for every region (its other endpoints know the same)."""
OFFERS = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"
LARGEST_BYTES = 100 * 1024 * 1024
"""AmazonRDS has 27 MB a region; AmazonEC2 has gigabytes, which only the API can be asked for in parts."""
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "ExpiredTokenException"})


class NotListedError(TargetError):
    """Raised when a source cannot say a service's prices; others can be read all the same."""


class PriceSource(Protocol):
    """What a price list is built from."""

    def products(self, selector: Selector, region: str) -> Iterable[Product]:
        """The products among which the one of ``selector`` is, if AWS lists it.

        Raises:
            NotListedError: The service's prices are not to be had here.
            TargetError: AWS does not answer, or not as documented.
        """
        ...


class Api:
    """``pricing:GetProducts``; throttled calls and pages are botocore's business."""

    def __init__(self, *, now: datetime, aws: Aws | None = None) -> None:
        self._aws = aws or Aws(Target(region=API_REGION))
        self._now = now

    def usable(self) -> bool:
        """Whether there are credentials at all; nothing is asked of AWS.

        Raises:
            UsageError: AWS clients are told to go elsewhere: an emulator's prices are nobody's.
        """
        if odd := endpoints.strangers({}):
            told = ", ".join(f"{where} is {url}" for where, url in odd.items())
            raise UsageError(
                f"Prices come from AWS alone, and {told}.", remedy="Unset it, or read the public files with --public."
            )
        return self._aws.has_credentials()

    def products(self, selector: Selector, region: str) -> Iterable[Product]:
        """See ``PriceSource``."""
        from botocore.exceptions import BotoCoreError, ClientError

        filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in selector.filters(region).items()]
        source = f"AWS Price List API, {selector.service_code}"
        try:
            found = list(
                self._aws.pages(
                    "pricing",
                    "get_products",
                    "PriceList",
                    ServiceCode=selector.service_code,
                    Filters=filters,
                    FormatVersion="aws_v1",
                    MaxResults=100,
                )
            )
        except (BotoCoreError, ClientError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            raise TargetError(
                f"The Price List API does not answer for {selector.service_code}: {error}",
                remedy="Allow pricing:GetProducts, or read the public files with --public."
                if code in _DENIED
                else "Try again later; no list was written.",
            ) from error
        return [offers.of_answer(str(text), source=source, proof=f"retrieved {self._now:%Y-%m-%dT%H:%M:%SZ}") for text in found]


class OfferFiles:
    """The public files, each read once and known by its SHA-256."""

    def __init__(self, http: httpx.Client, *, largest: int = LARGEST_BYTES) -> None:
        self._http = http
        self._largest = largest
        self._read: dict[str, tuple[Product, ...] | NotListedError] = {}
        self._lock = threading.Lock()

    def products(self, selector: Selector, region: str) -> Iterable[Product]:
        """See ``PriceSource``."""
        place = "" if selector.region_by == EVERYWHERE else f"{region}/"
        url = f"{OFFERS}/{selector.service_code}/current/{place}index.json"
        with self._lock:  # a file is read once, however many prices are in it
            if url not in self._read:
                try:
                    self._read[url] = self._file(url)
                except NotListedError as error:
                    self._read[url] = error
        found = self._read[url]
        if isinstance(found, NotListedError):
            raise found
        return found

    def _file(self, url: str) -> tuple[Product, ...]:
        import httpx

        content = bytearray()
        try:
            with self._http.stream("GET", url) as answer:
                if answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN):
                    raise NotListedError(f"AWS publishes no {url}")
                answer.raise_for_status()
                declared = int(answer.headers.get("Content-Length", "0"))
                for block in answer.iter_bytes() if declared <= self._largest else ():
                    content += block
                    if len(content) > self._largest:
                        break
        except httpx.HTTPError as error:
            raise TargetError(
                f"{url} cannot be read: {error}", remedy="Check the network and the proxy; no list was written."
            ) from error
        if max(declared, len(content)) > self._largest:
            raise NotListedError(
                f"the public file {url} is larger than {self._largest // 1024**2} MB; with credentials the API is asked"
            )
        digest = hashlib.sha256(content).hexdigest()
        return tuple(offers.of_file(bytes(content), source=url, proof=f"sha256:{digest}"))
