"""Connections of a file that break off or stall, the first among them: only what each lacked is fetched again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.downloads import runs
from core.errors import ConnectionLostError, HttpStatusError
from tests.support.crew import FILE, HELD_AT, KIB, LONG_S, SIZE, Crew, ends_of
from tests.support.server import Gate, failure

Make = Callable[..., Crew]


def covered(crew: Crew) -> list[tuple[int, int]]:
    """The ranges that were asked for, in their order in the file."""
    return sorted(map(ends_of, crew.asked))


def test_a_reset_costs_an_assistant_its_run_only(make: Make) -> None:
    crew = make(FILE, replace(FILE, cut_after=200 * KIB, reset=True), FILE)
    first = crew.begin()
    assert isinstance(crew.help().outcome(), ConnectionLostError)
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())
    lost, *others = [ends_of(asked) for asked in crew.asked]
    again = next(asked for asked in others if lost[0] <= asked[0] < lost[1])
    assert again[1] == lost[1]
    there = range(lost[0], again[0])
    assert not any(begin in there or end - 1 in there for begin, end in others)


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_first_connection_that_breaks_off_costs_what_it_lacked(make: Make, is_reset: bool) -> None:
    """The others go on meanwhile, and the try with them."""
    gate = Gate()
    crew = make(
        replace(FILE, cut_after=HELD_AT + 1, reset=is_reset),
        replace(FILE, gate=gate, gate_after=128 * KIB),
        FILE,
    )
    first, assistant = crew.begin(), crew.help()
    assert gate.reached.wait(LONG_S)
    crew.gate.open()
    crew.assert_right(first.outcome())
    gate.open()
    assistant.outcome()
    assert min(ends_of(asked)[0] for asked in crew.asked) >= HELD_AT - 16 * KIB
    assert None not in crew.asked


def test_one_that_breaks_off_again_ends_the_try(make: Make) -> None:
    crew = make(replace(FILE, cut_after=HELD_AT + 1), failure(503), FILE)
    first = crew.begin()
    crew.gate.open()
    assert isinstance(first.outcome(), HttpStatusError)
    crew.assert_right(crew.again())
    assert covered(crew)[0][0] >= HELD_AT


def test_a_stalled_first_connection_loses_the_last_bit_too(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is of use again, though its server never says another word."""
    monkeypatch.setattr(runs, "_STUCK", 0.3)
    crew = make()
    first = crew.begin()
    while crew.part.total < SIZE:
        assert crew.help().outcome() is None
    crew.assert_right(first.outcome())
    assert covered(crew)[-1][1] == SIZE
