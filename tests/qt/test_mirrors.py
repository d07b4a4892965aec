"""A file that one server does not give is fetched from the next one that the list names."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import patience
from core.asked import Asked
from core.engine import Engine
from core.job import Drop, Edit, JobSnapshot, JobState, Order
from tests.support.engines import Listener, begin, finished_in, is_over, quick
from tests.support.rescue import edit
from tests.support.server import Answer, Gate, Server, failure
from tests.support.waiting import wait_until

BODY = os.urandom(50_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
MakeEngine = Callable[..., Engine]


@pytest.fixture
def mirror() -> Iterator[Server]:
    """Another server."""
    with Server() as server:
        yield server


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between tries."""
    monkeypatch.setattr(patience, "backoff", lambda _attempt, _chance: 0.0)


def listed(folder: Path, *urls: str, below: str = "  out=a.bin\n") -> str:
    """A list as aria2 has them: the URLs of one file in one line, its options below."""
    path = folder / "list.txt"
    path.write_text("\t".join(urls) + "\n" + below)
    return str(path)


def only(heard: Listener) -> JobSnapshot:
    (job,) = heard.jobs.values()
    return job


def has_failed(heard: Listener) -> bool:
    return heard.states() == [JobState.FAILED]


@pytest.mark.parametrize(
    "answer",
    [failure(404), failure(503), Answer(BODY, cut_after=1000), Answer(BODY, headers={"Content-Length": "x"})],
    ids=["not there", "overloaded", "cut short", "nonsense"],
)
def test_the_next_one_is_asked(
    make_engine: MakeEngine, server: Server, mirror: Server, tmp_path: Path, answer: Answer
) -> None:
    engine, out = make_engine(quick(retries=1)), tmp_path / "out"
    source = listed(tmp_path, server.serve("/a.bin", answer), mirror.serve("/a.bin", BODY))
    heard = begin(engine, out, "as-downloaded", source)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (out / "a.bin").read_bytes() == BODY
    assert finished_in(out) == ["a.bin"]
    assert only(heard).source == server.url("/a.bin")
    assert server.requests() == (1 if answer.status == 404 or answer.headers.get("Content-Length") else 2)
    assert mirror.requests() == 1


def test_bytes_of_one_server_are_no_beginning_of_another_s_file(
    engine: Engine, server: Server, mirror: Server, tmp_path: Path
) -> None:
    """Though both call it the same."""
    first = Answer(os.urandom(50_000), etag='"same"', cut_after=20_000)
    source = listed(
        tmp_path,
        server.serve("/a.bin", first),
        mirror.serve("/a.bin", replace(first, body=BODY, cut_after=None)),
    )
    heard = begin(engine, tmp_path / "out", "as-downloaded", source)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY
    assert mirror.received()[0].headers["Range"] is None


def test_a_file_that_is_not_the_expected_one_is_looked_for_elsewhere(
    engine: Engine, server: Server, mirror: Server, tmp_path: Path
) -> None:
    source = listed(
        tmp_path,
        server.serve("/a.bin", BODY[::-1]),
        mirror.serve("/a.bin", BODY),
        below=f"  checksum=sha-256={SHA256}\n",
    )
    heard = begin(engine, tmp_path / "out", "as-downloaded", source)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY


def test_a_metalink_s_servers_are_tried_in_turn(
    engine: Engine, server: Server, mirror: Server, tmp_path: Path
) -> None:
    path = tmp_path / "list.metalink"
    urls = (server.url("/gone.bin"), "http://127.0.0.1:9/closed.bin", mirror.serve("/b.bin", BODY))
    lines = "".join(f'<url priority="{number}">{url}</url>' for number, url in enumerate(urls, 1))
    path.write_text(
        f'<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a.bin">{lines}</file></metalink>'
    )
    heard = begin(engine, tmp_path / "out", "as-downloaded", str(path))
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY
    assert only(heard).attempts == 3


def test_when_all_fail_the_job_does_and_a_retry_begins_with_the_first(
    engine: Engine, server: Server, mirror: Server, tmp_path: Path
) -> None:
    server.serve("/a.bin", failure(410), BODY)
    source = listed(tmp_path, server.url("/a.bin"), mirror.serve("/a.bin", failure(404)))
    heard = begin(engine, tmp_path / "out", "as-downloaded", source)
    wait_until(lambda: has_failed(heard), engine.jobs_changed)
    error = only(heard).error
    assert error is not None
    assert error.status == 404
    engine.retry()
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (server.requests(), mirror.requests()) == (2, 1)


def test_a_key_is_not_given_to_the_others(
    engine: Engine, server: Server, mirror: Server, tmp_path: Path
) -> None:
    source = listed(
        tmp_path,
        server.serve("/a.bin", failure(404)),
        server.serve("/b.bin", failure(404)),
        mirror.serve("/a.bin", BODY),
        below="  header=X-Key: secret\n  user-agent=Somebody\n",
    )
    heard = begin(engine, tmp_path / "out", "as-downloaded", source)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert [request.headers["X-Key"] for request in server.received()] == ["secret", "secret"]
    (request,) = mirror.received()
    assert request.headers["X-Key"] is None
    assert request.headers["User-Agent"] == "Somebody"


@pytest.mark.parametrize("etag", [None, '"1"'], ids=["goes on", "is cut"])
def test_other_headers_leave_a_job_with_the_mirror_that_it_is_fetched_from(
    make_engine: MakeEngine, server: Server, mirror: Server, tmp_path: Path, etag: str | None
) -> None:
    """Where its bytes came from, and where its place among the connections is taken."""
    engine, gate = make_engine(quick(connections=1)), Gate()
    first = Answer(BODY, gate=gate, gate_after=20_000, etag=etag)
    mirror.serve("/a.bin", first, Answer(BODY, etag=etag))
    source = listed(tmp_path, server.serve("/a.bin", failure(404)), mirror.url("/a.bin"))
    heard = begin(engine, tmp_path / "out", "as-downloaded", source)
    wait_until(lambda: heard.states() != [] and (only(heard).received or 0) >= 20_000, engine.jobs_changed)
    edit(engine, Edit(tuple(heard.jobs), asked=Asked(headers=(("User-Agent", "Somebody"),))))
    engine.add(Drop(server.serve("/next.bin", b"next")))
    gate.open()
    wait_until(lambda: heard.states() == [JobState.DONE] * 2, engine.jobs_changed)
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY
    assert server.requests("/a.bin") == 1
    if etag is not None:
        assert mirror.received()[1].headers["If-Range"] == etag
