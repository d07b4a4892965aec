"""When to try again."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.downloads.retry import asked_delay, backoff
from core.errors import HttpStatusError


def test_the_wait_grows_within_bounds_and_is_spread() -> None:
    chance = random.Random(1)
    for attempt in range(1, 40):
        waits = [backoff(attempt, chance) for _ in range(50)]
        assert 0 <= min(waits) <= max(waits) <= min(60.0, 0.5 * 2**attempt)
        assert len(set(waits)) > 40


@pytest.mark.parametrize(("value", "least", "most"), [("0", 0, 0), ("120", 120, 120), ("1" * 30, 1e17, 2e17)])
def test_seconds(value: str, least: float, most: float) -> None:
    delay = asked_delay(value)
    assert delay is not None
    assert least <= delay <= most


def test_dates() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    delay = asked_delay(soon)
    assert delay is not None
    assert 90 < delay <= 100
    assert asked_delay("Wed, 01 Jan 2020 00:00:00 GMT") == 0
    assert asked_delay("Wed, 01 Jan 1970 00:00:00 GMT") == 0
    far = asked_delay("Wed, 01 Jan 9999 00:00:00 GMT")
    assert far is not None
    assert far > HttpStatusError.longest_wait, "which nobody waits for"


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "١٢", "Wed, 99 Jan 2020"])
def test_rubbish_says_nothing(value: str | None) -> None:
    assert asked_delay(value) is None
