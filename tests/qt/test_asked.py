"""What a job is asked with, all the way: a list's digests, a curl command's headers, origin, date, the largest file."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, JobSnapshot, JobState, Order
from tests.support.engines import Listener, finished_in, quick
from tests.support.server import Answer, Server
from tests.support.waiting import wait_until

BODY = os.urandom(50_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
Run = Callable[..., Listener]


@pytest.fixture
def run(make_engine: Callable[..., Engine], tmp_path: Path) -> Run:
    """Download what a text says into ``tmp_path / "out"``."""

    def run(text: str, **settings: object) -> Listener:
        engine = make_engine(quick(**settings))
        heard = Listener(engine)
        engine.add(Drop(text))
        engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
        wait_until(
            lambda: heard.jobs and all(state.is_final for state in heard.states()), engine.jobs_changed
        )
        return heard

    return run


def only(heard: Listener) -> JobSnapshot:
    (job,) = heard.jobs.values()
    return job


def test_a_file_that_is_what_the_list_says(run: Run, server: Server, tmp_path: Path) -> None:
    job = only(run(f"{server.serve('/a.bin', BODY)}  sha256:{SHA256}"))
    assert job.state is JobState.DONE
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY


def test_a_file_that_is_not_what_the_list_says(run: Run, server: Server, tmp_path: Path) -> None:
    job = only(run(f"{server.serve('/a.bin', BODY + b'!')}  sha256:{SHA256}"))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "wrong-digest"
    assert server.requests("/a.bin") == 1
    assert finished_in(tmp_path / "out") == []


def test_a_file_that_is_not_what_the_server_says(run: Run, server: Server, tmp_path: Path) -> None:
    digest = {"Repr-Digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"}
    job = only(run(server.serve("/a.bin", Answer(BODY, headers=digest))))
    assert job.error is not None
    assert job.error.code == "wrong-digest"
    assert finished_in(tmp_path / "out") == []


def test_a_curl_command_is_asked_as_it_says(run: Run, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.bin", BODY)
    job = only(
        run(f"curl '{url}' -H 'X-Key: open sesame' -A 'Mine/1' -e http://page.example/ -b k=v -o got.bin")
    )
    assert job.state is JobState.DONE
    (request,) = server.received("/a.bin")
    said = {name: request.headers[name] for name in ("X-Key", "User-Agent", "Referer", "Cookie")}
    assert said == {
        "X-Key": "open sesame",
        "User-Agent": "Mine/1",
        "Referer": "http://page.example/",
        "Cookie": "k=v",
    }
    assert (tmp_path / "out" / "got.bin").read_bytes() == BODY


def test_where_it_came_from_and_when_it_was_made(run: Run, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.bin", Answer(BODY, headers={"Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"}))
    run(url)
    path = tmp_path / "out" / "a.bin"
    assert path.stat().st_mtime == 784111777
    try:
        origin = os.getxattr(path, "user.xdg.origin.url")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    assert origin == url.encode()


def test_dates_stay_those_of_the_download_where_that_is_wanted(
    run: Run, server: Server, tmp_path: Path
) -> None:
    old = Answer(BODY, headers={"Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT"})
    run(server.serve("/a.bin", old), keeps_dates=False)
    assert (tmp_path / "out" / "a.bin").stat().st_mtime > 1.7e9


def test_a_file_that_is_larger_than_allowed(run: Run, server: Server, tmp_path: Path) -> None:
    job = only(run(server.serve("/a.bin", BODY), largest_file=10_000))
    assert job.state is JobState.SKIPPED
    assert job.notes == ("It has 50,000 bytes; at most 10,000 bytes are wanted.",)
    assert finished_in(tmp_path / "out") == []
