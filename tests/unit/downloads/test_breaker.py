"""A host that fails for everything is left alone for a while, and one row's tries stand for all."""

import pytest

from core.downloads.breaker import Breaker


@pytest.fixture
def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(10):
        breaker.failed(100.0)
    return breaker


def test_it_takes_ten_failures_more_than_successes() -> None:
    breaker = Breaker()
    for _ in range(100):  # every third one fails
        breaker.failed(100.0)
        breaker.answered()
        breaker.answered()
    assert not breaker.is_open
    was_open = []
    for _ in range(10):
        breaker.failed(100.0)
        was_open.append(breaker.is_open)
    assert was_open == [False] * 9 + [True]
    assert breaker.allows_tries


def test_only_a_host_that_fails_for_everything_rests(opened: Breaker) -> None:
    breaker = Breaker()
    breaker.failed(100.0)
    breaker.rest(160.0)
    assert breaker.look_at == 0.0
    opened.rest(160.0)
    assert opened.look_at == 160.0


def test_what_was_under_way_before_the_pause_does_not_make_it_longer(opened: Breaker) -> None:
    opened.rest(101.0)
    opened.failed(100.5)
    opened.rest(130.0)
    assert opened.look_at == 101.0
    opened.failed(101.2)
    opened.rest(103.0)
    assert opened.look_at == 103.0


def test_one_answer_ends_it(opened: Breaker) -> None:
    opened.rest(160.0)
    opened.answered()
    assert (opened.is_open, opened.look_at) == (False, 0.0)


def test_a_host_that_is_back_whenever_somebody_looks_is_left_alone_less_and_less(opened: Breaker) -> None:
    for tokens in (20, 40, 80):
        opened.answered()
        was_open = []
        for _ in range(tokens):
            opened.failed(100.0)
            was_open.append(opened.is_open)
        assert was_open == [False] * (tokens - 1) + [True]


def test_when_a_row_has_had_its_tries_the_others_have_one_each(opened: Breaker) -> None:
    opened.used_up()
    assert not opened.allows_tries
    assert not opened.is_open, "they all have that one"
    opened.answered()
    assert opened.allows_tries


def test_a_row_that_fails_alone_proves_nothing() -> None:
    breaker = Breaker()
    breaker.failed(100.0)
    breaker.used_up()
    assert breaker.allows_tries


def test_it_is_forgotten_when_nobody_has_asked_for_long(opened: Breaker) -> None:
    opened.used_up()
    allows = []
    for now in (219.0, 340.0):
        opened.failed(now)
        allows.append(opened.allows_tries)
    assert allows == [False, True]
    assert not opened.is_open
