"""When it is looked for whether the network is back."""

import pytest

from core import outage
from core.outage import Outage, is_local
from core.scheduler import NOWHERE


class Route:
    """Whether there is one."""

    def __init__(self) -> None:
        self.is_there = False

    def __call__(self, _host: str) -> bool:
        return self.is_there


@pytest.fixture
def route(monkeypatch: pytest.MonkeyPatch) -> Route:
    """None at first."""
    route = Route()
    monkeypatch.setattr(outage, "has_route", route)
    return route


def due(found: Outage, now: float) -> bool:
    found.look(now)
    return found.is_due


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1:8080", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("a.localhost:1", True),
        ("[::1]:80", True),
        ("[2001:db8::1]:80", False),
        ("127.example", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("[", False),
        ("?", False),
    ],
)
def test_what_is_here(host: str, is_here: bool) -> None:
    assert is_local(host) is is_here


def test_it_concerns_all_that_are_elsewhere(route: Route) -> None:
    found = Outage()
    assert not found.concerns("a.example")
    found.begins("a.example", 100.0)
    assert found.concerns("b.example:81")
    assert not found.concerns("localhost:80")
    assert not found.concerns(NOWHERE)
    told = [found.report]
    found.ends()
    assert not found.concerns("a.example")
    told.append(found.report)
    assert [report is None for report in told] == [False, True]
    assert not route.is_there


def test_pauses_grow_to_ten_seconds(route: Route) -> None:
    route.is_there = True
    found = Outage()
    found.begins("a.example", 100.0)
    now = 100.0
    pauses: list[float] = []
    while len(pauses) < 7:
        before = now
        now = found.look_at
        assert not due(found, now - 0.001)
        assert due(found, now)
        found.tried(now)
        pauses.append(now - before)
    assert pauses == [1.0, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_route_that_comes_back_is_tried_at_once(route: Route) -> None:
    found = Outage()
    found.begins("a.example", 100.0)
    for now in range(101, 140):
        assert not due(found, float(now))
    assert 0 < found.look_at - 139 <= 10
    route.is_there = True
    assert due(found, 139.1)
    found.tried(139.1)
    assert found.look_at == pytest.approx(140.1)


def test_without_a_route_it_is_tried_once_a_minute(route: Route) -> None:
    """A computer near by may be reached although the Internet is not."""
    found, tries = Outage(), []
    found.begins("nas.example", 100.0)
    for now in range(101, 300):
        if due(found, float(now)):
            found.tried(float(now))
            tries.append(now)
    assert not route.is_there
    assert [later - before for before, later in zip([100, *tries], tries, strict=False)] == [
        pytest.approx(65, abs=6)
    ] * len(tries)
    assert len(tries) >= 2


def test_what_fails_meanwhile_does_not_put_it_off(route: Route) -> None:
    found = Outage()
    found.begins("a.example", 100.0)
    found.begins("b.example", 100.9)
    assert found.look_at == 101.0
    found.look_now(100.95)
    route.is_there = True
    assert due(found, 100.95)
