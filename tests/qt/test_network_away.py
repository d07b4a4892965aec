"""A network that is away is waited for: no job fails for it, and the work goes on by itself (T8 to T10)."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import outage
from core.engine import Engine
from core.job import Drop, JobState, Order, RunState
from tests.support.engines import Listener, begin, finished_in, is_over, never_failed, quick
from tests.support.own_network import ADDRESS, NoOwnNetworkError, OwnNetwork
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_until

MakeEngine = Callable[..., Engine]
CODE = "network-away"


@pytest.fixture
def network() -> Iterator[OwnNetwork]:
    """A network that can be taken away."""
    try:
        with OwnNetwork() as network:
            yield network
    except NoOwnNetworkError as error:
        pytest.skip(str(error))


@pytest.fixture
def far(network: OwnNetwork) -> Iterator[Server]:  # noqa: ARG001 - where it is
    """A server that cannot be reached while the network is away."""
    with Server(ADDRESS) as server:
        yield server


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks after the network ten times as often."""
    monkeypatch.setattr(outage, "_FIRST_WAIT", 0.1)
    monkeypatch.setattr(outage, "_LONGEST_WAIT", 1.0)


def waits(heard: Listener) -> bool:
    totals = heard.totals
    if totals is None or totals.trouble is None:
        return False
    return totals.run is RunState.RUNNING and totals.trouble.code == CODE


def test_jobs_wait_for_the_network_and_go_on_by_themselves(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    """With no further tries at all, and with the pauses that people have."""
    engine = make_engine(quick(retries=0))
    urls = [far.serve(f"/{number}.bin", b"file") for number in range(40)]
    network.disconnect()
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: waits(heard) and JobState.RETRYING in heard.states(), engine.totals_changed)
    job = next(job for job in heard.jobs.values() if job.state is JobState.RETRYING)
    assert job.error is not None
    assert job.error.code == CODE
    assert job.retry_in is not None
    network.connect()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert far.requests() == len(urls), "each was asked for once"
    assert len(finished_in(tmp_path)) == len(urls)


def test_nobody_asks_while_there_is_no_route(
    make_engine: MakeEngine,
    network: OwnNetwork,
    far: Server,
    tmp_path: Path,
    brisk: None,  # noqa: ARG001 - looks often
) -> None:
    engine = make_engine(quick(connections=2))
    urls = [far.serve(f"/{number}.bin", b"file") for number in range(20)]
    network.disconnect()
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    countdowns: list[float | None] = []
    engine.jobs_changed.connect(lambda jobs: countdowns.extend(job.retry_in for job in jobs))
    wait_until(lambda: waits(heard) and len(countdowns) >= 8, engine.jobs_changed)
    assert sum(job.attempts for job in heard.jobs.values()) == 2
    assert heard.totals is not None
    assert heard.totals.bottleneck is None
    network.connect()
    wait_until(lambda: is_over(heard), engine.totals_changed)


def test_what_has_arrived_is_kept_when_the_network_goes(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(retries=0, timeout=1))
    gate, body = Gate(), bytes(range(256)) * 4096
    url = far.serve("/a.bin", Answer(body, gate=gate, gate_after=300_000))
    heard = begin(engine, tmp_path, "as-downloaded", url)
    wait_until(lambda: gate.reached.is_set() and (heard.job("a.bin").received or 0) > 200_000)
    network.disconnect()
    gate.open()
    wait_until(lambda: waits(heard), engine.totals_changed)
    assert heard.job("a.bin").state is JobState.RETRYING
    network.connect()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert (tmp_path / "a.bin").read_bytes() == body
    assert "If-Range" in far.received()[-1].headers


def test_a_thousand_names_do_not_fail_as_none_can_be_looked_up(
    engine: Engine, network: OwnNetwork, tmp_path: Path
) -> None:
    network.disconnect()
    urls = [f"http://host{number}.example/a.bin" for number in range(1000)]
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: waits(heard) and len(heard.jobs) == 1000, engine.totals_changed)
    assert never_failed(heard)
    assert sum(job.attempts for job in heard.jobs.values()) <= 64
    engine.cancel()
    wait_until(lambda: set(heard.states()) == {JobState.CANCELLED}, engine.jobs_changed)
    wait_until(lambda: heard.totals is not None and heard.totals.trouble is None, engine.totals_changed)


def test_this_computer_is_no_part_of_the_network(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    """What lies here is fetched meanwhile, and nobody who listens here is waited for."""
    engine = make_engine(quick(connections=1))
    network.disconnect()
    with Server() as near:
        far_url, near_url = far.serve("/far.bin", b"far"), near.serve("/near.bin", b"near")
        heard = begin(engine, tmp_path, "as-downloaded", far_url, near_url, "http://127.0.0.1:9/none.bin")
        wait_until(lambda: waits(heard), engine.totals_changed)
        wait_until(lambda: heard.job("near.bin").state is JobState.DONE, engine.jobs_changed)
        wait_until(lambda: heard.job("none.bin").state is JobState.FAILED, engine.jobs_changed)
    assert waits(heard)


def test_a_link_that_carries_its_file_needs_no_network_and_tells_nothing_of_it(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(connections=1))
    network.disconnect()
    heard = begin(engine, tmp_path, "as-downloaded", far.serve("/far.bin", b"far"))
    wait_until(lambda: waits(heard), engine.totals_changed)
    engine.add(Drop("data:,A%20note"))
    wait_until(lambda: JobState.DONE in heard.states(), engine.jobs_changed)
    assert waits(heard)


def test_nobody_waits_for_a_name_that_never_exists(
    make_engine: MakeEngine, network: OwnNetwork, tmp_path: Path
) -> None:
    """RFC 6761, section 6.4."""
    engine = make_engine(quick(retries=0))
    network.disconnect()
    heard = begin(engine, tmp_path, "as-downloaded", "http://no-such-host.invalid/a.bin")
    wait_until(lambda: heard.states() == [JobState.FAILED], engine.jobs_changed)
    error = heard.job("a.bin").error
    assert error is not None
    assert error.code == "name-resolution"


def test_a_run_that_holds_for_nobody_fails_after_its_tries(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    """As scripts have it: nobody is there to plug anything in."""
    engine = make_engine(quick(retries=1))
    network.disconnect()
    heard = Listener(engine)
    engine.add(Drop(sources=(far.url("/a.bin"), "http://host.example/b.bin")))
    engine.start(Order(str(tmp_path), "as-downloaded", holds=False))
    wait_until(lambda: heard.states() == [JobState.FAILED] * 2, engine.jobs_changed)
    codes = [job.error.code for job in heard.jobs.values() if job.error is not None]
    assert sorted(codes) == ["name-resolution", "no-connection"]
    assert [job.attempts for job in heard.jobs.values()] == [2, 2]


def test_a_pause_ends_the_wait_and_another_start_begins_it_anew(
    engine: Engine, network: OwnNetwork, far: Server, tmp_path: Path
) -> None:
    network.disconnect()
    heard = begin(engine, tmp_path, "as-downloaded", far.serve("/a.bin", b"file"))
    wait_until(lambda: waits(heard), engine.totals_changed)
    engine.pause()
    wait_until(lambda: heard.totals is not None and heard.totals.trouble is None, engine.totals_changed)
    assert heard.states() == [JobState.PAUSED]
    engine.resume()
    wait_until(lambda: waits(heard), engine.totals_changed)
    network.connect()
    wait_until(lambda: is_over(heard), engine.totals_changed)


def test_what_is_near_is_judged_by_its_own_way(
    make_engine: MakeEngine, network: OwnNetwork, far: Server, names: "Names", tmp_path: Path
) -> None:
    """There is a route to it, and none to anywhere else: it is the host that does not answer."""
    engine = make_engine(quick(retries=0, timeout=1))
    names.error = None
    network.leave_the_internet()
    url = far.serve("/a.bin", Answer(b"file", gate=Gate()))
    heard = begin(engine, tmp_path, "as-downloaded", url.replace(ADDRESS, "nas.example"), url)
    wait_until(lambda: heard.states() == [JobState.FAILED] * 2, engine.jobs_changed)
    assert {job.error.code for job in heard.jobs.values() if job.error is not None} == {"timeout"}


class Names:
    """What name servers say, instead of those of this computer.

    Attributes:
        error: For the names that end in ``.example``; None leads to this computer's other address.
        top: For top-level domains.
    """

    def __init__(self) -> None:
        self.error: int | None = socket.EAI_AGAIN
        self.top = socket.EAI_AGAIN
        self.asked: list[str] = []
        self._really = socket.getaddrinfo

    def look_up(self, name: str | bytes, *args: Any, **kwargs: Any) -> Any:
        host = name if isinstance(name, str) else name.decode()
        self.asked.append(host)
        if host == "example.":
            raise socket.gaierror(self.top, "the top")
        if not host.endswith(".example"):
            return self._really(host, *args, **kwargs)
        if self.error is not None:
            raise socket.gaierror(self.error, "the name")
        return self._really(ADDRESS, *args, **kwargs)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Name servers that do as they are told."""
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    return names


def test_name_servers_that_do_not_answer_are_waited_for(
    make_engine: MakeEngine,
    far: Server,
    names: Names,
    tmp_path: Path,
    brisk: None,  # noqa: ARG001 - looks often
) -> None:
    """There is a route, to a router that has lost its own."""
    engine = make_engine(quick(retries=0))
    far.serve("/a.bin", b"file")
    heard = begin(engine, tmp_path, "as-downloaded", far.url("/a.bin", "host.example"))
    wait_until(lambda: waits(heard), engine.totals_changed)
    wait_until(lambda: names.asked.count("host.example") >= 3, engine.jobs_changed)
    names.error = None
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)


@pytest.mark.parametrize(
    ("error", "tries"),
    [(socket.EAI_NONAME, 1), (socket.EAI_AGAIN, 1)],
    ids=["no such name", "its servers are down"],
)
def test_a_name_fails_while_others_are_answered(
    make_engine: MakeEngine,
    network: OwnNetwork,  # noqa: ARG001 - there is a route
    names: Names,
    tmp_path: Path,
    error: int,
    tries: int,
) -> None:
    engine = make_engine(quick(retries=tries))
    names.error, names.top = error, socket.EAI_NONAME
    heard = begin(engine, tmp_path, "as-downloaded", "http://host.example/a.bin")
    wait_until(lambda: heard.states() == [JobState.FAILED], engine.jobs_changed)
    job = heard.job("a.bin")
    assert job.error is not None
    assert (job.error.code, job.attempts) == ("name-resolution", 1 + tries)


def test_a_wait_can_be_ended_by_hand(
    make_engine: MakeEngine, far: Server, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "_FIRST_WAIT", 3600.0)
    monkeypatch.setattr(outage, "_LONGEST_WAIT", 3600.0)
    engine = make_engine()
    far.serve("/a.bin", b"file")
    heard = begin(engine, tmp_path, "as-downloaded", far.url("/a.bin", "host.example"))
    wait_until(lambda: waits(heard), engine.totals_changed)
    names.error = None
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
