"""What MiniStack's handlers of the query protocol (EC2, RDS) take and give, for those that are put in front of them."""

from collections.abc import Callable
from typing import Any

Parameters = dict[str, Any]
"""A request's, flat, as they came."""
Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""
Handler = Callable[[Parameters], Answer]
