"""When to try again, and how fast to go."""

import random
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.downloads.retry import asked_delay, backoff
from core.downloads.session import Stop, Wire
from core.downloads.throttle import Throttle
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


class Watcher(Wire):
    """Notes how long it would have been waited, and lets nobody wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait_for_cut(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return len(self.waited) >= 50


def test_a_throttle_makes_bytes_wait_until_they_are_due() -> None:
    throttle, wire = Throttle(), Watcher()
    throttle.take(10**9, wire)
    assert not wire.waited
    throttle.set_rate(1_000_000)
    assert throttle.read_size() <= 1_000_000 / 16
    throttle.take(10_000_000, wire)
    assert len(wire.waited) == 50, "ten seconds' worth was due at once"
    throttle.set_rate(None)
    assert throttle.read_size() > 100_000
    throttle.take(10**9, wire)
    assert len(wire.waited) == 50


def test_a_held_transfer_can_be_cut_and_the_limit_lifted() -> None:
    throttle = Throttle()
    throttle.set_rate(1024)
    cut, free = Wire(), Wire()
    holding = [threading.Thread(target=throttle.take, args=(10**6, wire)) for wire in (cut, free)]
    for thread in holding:
        thread.start()
    cut.cut(Stop.DISCARD)
    holding[0].join(10)
    assert not holding[0].is_alive()
    throttle.set_rate(None)
    holding[1].join(10)
    assert not holding[1].is_alive()
