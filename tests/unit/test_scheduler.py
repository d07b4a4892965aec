"""Which jobs may start: a pure function."""

from core.downloads.pace import Pace
from core.job import JobId
from core.scheduler import Limits, downloads_to_start, pictures_to_start
from core.settings import Settings

LIMITS = Limits(connections=8, per_host=3, workers=2, backlog=4)


def waiting(**hosts: int) -> dict[str, list[JobId]]:
    numbers = iter(range(1, 1_000_000))
    return {host: [JobId(next(numbers)) for _ in range(count)] for host, count in hosts.items()}


def test_hosts_take_turns_within_their_limit() -> None:
    jobs = waiting(a=10, b=10, c=10)
    started = downloads_to_start(jobs, {}, {}, 0, LIMITS)
    assert started == [1, 11, 21, 2, 12, 22, 3, 13]


def test_what_runs_counts() -> None:
    assert downloads_to_start(waiting(a=10), {"a": 2}, {}, 0, LIMITS) == [1]
    assert downloads_to_start(waiting(a=10), {"a": 3}, {}, 0, LIMITS) == []
    assert downloads_to_start(waiting(a=10), {"b": 3, "c": 3, "d": 2}, {}, 0, LIMITS) == []


def test_downloads_wait_for_processing() -> None:
    assert len(downloads_to_start(waiting(a=3, b=3, c=3), {}, {}, 4, LIMITS)) == 8
    assert len(downloads_to_start(waiting(a=3, b=3, c=3), {}, {}, 10, LIMITS)) == 2
    assert downloads_to_start(waiting(a=3), {}, {}, 12, LIMITS) == []
    assert downloads_to_start(waiting(a=3), {}, {}, 100, LIMITS) == []


def test_only_as_many_hosts_are_looked_at_as_needed() -> None:
    class Watched(dict[str, list[JobId]]):
        looked_at = 0

    hosts = Watched({f"h{i}": [JobId(i)] for i in range(100_000)})

    def look() -> object:
        for host, jobs in dict.items(hosts):
            hosts.looked_at += 1
            yield host, jobs

    hosts.items = look  # type: ignore[method-assign, assignment]  # counts what is looked at
    assert downloads_to_start(hosts, {}, {}, 0, LIMITS) == list(range(8))
    assert hosts.looked_at <= 9


def test_hosts_that_are_held_take_no_share() -> None:
    limits = Limits(connections=12, per_host=None, workers=2, backlog=4)
    hosts = waiting(**{f"down{number}": 1 for number in range(30)}, a=20)
    hosts[""] = [JobId(99)]  # local pictures need no connection

    def started() -> list[JobId]:
        return downloads_to_start(hosts, {}, {}, 0, limits, lambda host: host.startswith("down"))

    assert started() == hosts["a"][:8]  # what a host begins with
    hosts["b"] = [JobId(100 + number) for number in range(20)]
    assert sorted(started()) == [*hosts["a"][:6], *hosts["b"][:6]]


def test_a_child_never_waits_for_its_next_picture() -> None:
    ready = [JobId(i) for i in range(9)]
    assert pictures_to_start(ready, 0, LIMITS) == [0, 1, 2]
    assert pictures_to_start(ready, 3, LIMITS) == []
    assert pictures_to_start([], 0, LIMITS) == []


def test_auto_is_decided_for_this_computer() -> None:
    auto = Limits.of(Settings())
    assert (auto.connections, auto.per_host) == (64, None)
    assert auto.workers >= 1
    assert Limits.of(Settings(connections=32)).per_host is None
    assert Limits.of(Settings(connections=4, per_host=9)).per_host == 4


def test_a_host_gets_its_pace_and_no_more_than_its_share() -> None:
    limits = Limits(connections=12, per_host=None, workers=2, backlog=4)
    paces = {"a": Pace(0.0), "b": Pace(0.0)}
    paces["a"].refused(2, 0.0)
    assert downloads_to_start(waiting(a=20), {}, paces, 0, limits) == [1, 2]
    assert len(downloads_to_start(waiting(b=20), {}, paces, 0, limits)) == 8
    assert downloads_to_start(waiting(b=20, c=20), {"b": 6}, paces, 0, limits) == [21, 22, 23, 24, 25, 26]
    assert len(downloads_to_start(waiting(b=20), {}, paces, 0, limits._replace(per_host=12))) == 12
