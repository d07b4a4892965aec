"""When to try again: exponential backoff with full jitter, and what the server asks for (RFC 9110, 10.2.3).

Full jitter: "Exponential Backoff And Jitter", M. Brooker, AWS Architecture Blog, 2015.
"""

import random
import time
from typing import Final

from core.downloads.http_date import http_date

_BASE: Final = 0.5
_LONGEST: Final = 60.0
# What another server of the same file may do better, once there is no point in trying this one again.
ELSEWHERE: Final = frozenset(
    (
        "connection-lost",
        "connection-refused",
        "http-status",
        "name-resolution",
        "no-connection",
        "protocol",
        "redirect",
        "timeout",
        "tls",
        "truncated",
        "wrong-digest",
    )
)


def backoff(attempt: int, chance: random.Random) -> float:
    """Seconds to wait after the failure of an attempt, counted from 1."""
    return chance.uniform(0.0, min(_LONGEST, _BASE * 2.0 ** min(attempt, 20)))


def asked_delay(retry_after: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, in either form; None where it says nothing usable.

    A moment that has passed asks for none.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdecimal() and text.isascii():
        return float(text[:18])
    try:
        return max(0.0, http_date(text) - time.time())
    except ValueError:
        return None
