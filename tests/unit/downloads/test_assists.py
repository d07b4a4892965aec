"""Which connections help which transfer, and when a large file gets more."""

from core.downloads.assists import Assists
from core.scheduler import Limits, connections_to_add

LIMITS = Limits(connections=16, per_host=None, workers=2, backlog=4, segments=8)
MIB = 1 << 20


def add(
    left: int = 64 * MIB, rate: float | None = MIB, assistants: int = 0, running: int = 1, host: int = 1
) -> int:
    return connections_to_add(left, rate, assistants, running, host, 12, LIMITS)


def test_a_large_file_gets_what_the_settings_allow() -> None:
    assert add() == 7
    assert add(assistants=5) == 2
    assert add(assistants=7) == 0
    assert add(assistants=9) == 0


def test_nobody_else_is_kept_waiting() -> None:
    assert add(running=14) == 2
    assert add(running=20) == 0
    assert add(host=11) == 1
    assert connections_to_add(64 * MIB, MIB, 0, 3, 3, 12, LIMITS._replace(per_host=4)) == 1


def test_what_is_there_in_a_moment_is_left_alone() -> None:
    assert add(left=MIB) == 0
    assert add(left=3 * MIB) == 3
    assert add(left=0) == 0
    assert add(rate=None) == 0
    assert add(rate=0.0) == 0


def test_what_comes_as_fast_as_this_computer_takes_it_is_left_alone() -> None:
    assists = Assists()
    for rate in (1e6, 60e6, 1e6, 1e6, 1e6):
        assists.flowed(1, rate)
        assists.flowed(2, 40e6)
    assert not assists.may_begin(1, 100.0)
    assert assists.may_begin(2, 100.0)
    assists.began(7, 2, "host")
    assists.flowed(2, 300e6)
    assert assists.may_begin(2, 100.0), "that was not brought alone"
    for _ in range(17):
        assists.flowed(1, 1e6)
    assert assists.may_begin(1, 100.0), "it has been slow for long"
    assists.forget(1)
    assert not assists.may_begin(1, 100.0), "another transfer, of which nothing is known"


def test_how_fast_a_transfer_is_is_looked_at_first() -> None:
    assists = Assists()
    for _ in range(3):
        assert not assists.may_begin(1, 100.0)
        assists.flowed(1, 1e6)
    assert assists.may_begin(1, 100.0)


def test_a_transfer_whose_assistant_has_ended_goes_on_alone_for_a_while() -> None:
    assists = Assists()
    for ticket in (1, 2):
        for _ in range(3):
            assists.flowed(ticket, 1e6)
    assert assists.may_begin(1, 100.0)
    assists.began(7, 1, "host")
    assists.began(8, 1, "host")
    assert (assists.count(1), assists.count(2)) == (2, 0)
    assert assists.may_begin(1, 100.0)
    assert assists.ended(7, 100.0) == "host"
    assert assists.ended(7, 100.0) is None
    assert assists.count(1) == 1
    assert not assists.may_begin(1, 104.9)
    assert assists.may_begin(1, 105.1)
    assert assists.may_begin(2, 100.0)


def test_nothing_is_remembered_of_what_has_ended() -> None:
    """In either order: the assistant's outcome may come home after its transfer's."""
    assists = Assists()
    for late in (False, True):
        assists.began(7, 1, "host")
        if not late:
            assists.ended(7, 100.0)
        assists.forget(1)
        if late:
            assists.ended(7, 100.0)
    assert (assists._helps, assists._alone_until) == ({}, {})
