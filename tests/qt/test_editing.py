"""Another URL for a job that has begun: its bytes are kept where they are right, and only there."""

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from core.asked import Asked
from core.engine import Engine
from core.job import Drop, Edit, JobId, JobState
from tests.support.engines import begin, finished_in, quick
from tests.support.pictures import jpeg_bytes
from tests.support.rescue import BODY, CUT, CUT_SHORT, EXPIRED, Held, MakeEngine, edit, ranges
from tests.support.server import Answer, Gate, Received, Server, failure
from tests.support.waiting import wait_until

MIB: Final = 1 << 20


@pytest.mark.parametrize("restarts", [False, True])
def test_an_expired_link_goes_on_under_another_with_its_bytes(
    held: Held, server: Server, restarts: bool
) -> None:
    before = held.fail_halfway(server)
    assert before.received == CUT
    new = server.serve("/signed?key=2", BODY)
    if restarts:
        held.restart()
    assert held.edit(new).jobs == 1
    if restarts:
        held.restart()
    held.run()
    after = held.only()
    assert (after.state, after.name, after.file) == (JobState.DONE, "old.bin", str(held.out / "old.bin"))
    assert (after.id, after.batch, after.added) == (before.id, before.batch, before.added)
    assert after.source == new
    assert (held.out / "old.bin").read_bytes() == BODY
    asked = ranges(server, "/signed?key=2")
    assert asked[-1] == f"bytes={CUT}-"
    assert None not in asked
    assert finished_in(held.out) == ["old.bin"]


@pytest.mark.parametrize(
    "other",
    [
        Answer(os.urandom(len(BODY))),
        Answer(os.urandom(len(BODY) - 1000)),
        Answer(os.urandom(len(BODY)), ranges=False),
        Answer(os.urandom(len(BODY)), chunked=True),
        Answer(BODY, etag='"another"'),
        Answer(BODY, etag=None),
        Answer(BODY, etag='W/"weak"'),
    ],
    ids=["bytes", "size", "no-ranges", "chunked", "etag", "no-etag", "weak"],
)
def test_another_file_is_begun_anew(held: Held, server: Server, other: Answer) -> None:
    held.fail_halfway(server)
    held.edit(server.serve("/new.bin", other))
    held.run()
    assert held.only().state is JobState.DONE
    assert (held.out / "old.bin").read_bytes() == other.body
    assert ranges(server, "/new.bin")[-1] is None


@pytest.mark.parametrize("at", [0, CUT // 2, CUT - 1], ids=["beginning", "middle", "end"])
def test_the_same_mark_and_size_are_not_believed(held: Held, server: Server, at: int) -> None:
    held.fail_halfway(server, replace(CUT_SHORT, etag='"1"'))
    other = BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :]
    held.edit(server.serve("/new.bin", Answer(other, etag='"1"')))
    held.run()
    assert (held.out / "old.bin").read_bytes() == other


def test_a_server_that_ignores_the_condition_is_not_believed(held: Held, server: Server) -> None:
    held.fail_halfway(server)
    other = BODY[:250_000] + os.urandom(50_000)
    held.edit(server.serve_by("/new.bin", lambda request: careless(request.headers["Range"], other)))
    held.run()
    assert (held.out / "old.bin").read_bytes() == other


def careless(asked: str | None, body: bytes) -> Answer:
    """Gives parts whatever they are tied to, and says of which file they are."""
    if asked is None:
        return Answer(body, ranges=False)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    part = body[int(first) : int(last or len(body) - 1) + 1]
    span = f"bytes {first}-{int(first) + len(part) - 1}/{len(body)}"
    return Answer(part, status=206, etag=None, headers={"Content-Range": span, "ETag": '"other"'})


def test_a_new_link_that_is_refused_as_well_keeps_the_bytes(held: Held, server: Server) -> None:
    held.fail_halfway(server)
    held.edit(server.serve("/new.bin", EXPIRED))
    held.run()
    job = held.only()
    assert job.error is not None
    assert job.error.status == 403
    held.edit(server.serve("/newest.bin", BODY))
    held.run()
    assert (held.out / "old.bin").read_bytes() == BODY
    assert ranges(server, "/newest.bin")[-1] == f"bytes={CUT}-"


def test_there_and_back_again(held: Held, server: Server) -> None:
    held.fail_halfway(server)
    more = Answer(BODY, cut_after=50_000)
    held.edit(server.serve("/new.bin", Answer(BODY), Answer(BODY), Answer(BODY), more))
    held.run()
    assert held.only().received == CUT + 50_000
    held.edit(server.serve("/old.bin", BODY))
    held.run()
    assert (held.out / "old.bin").read_bytes() == BODY
    assert ranges(server, "/old.bin")[-1] == f"bytes={CUT + 50_000}-"


def test_a_running_transfer_is_cut_and_goes_on_with_the_new_link(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    heard = begin(
        engine,
        tmp_path,
        "as-downloaded",
        server.serve("/old.bin", Answer(BODY, gate=gate, gate_after=CUT)),
    )
    wait_until(lambda: any((j.received or 0) >= CUT for j in heard.jobs.values()), engine.jobs_changed)
    new = server.serve("/new.bin", BODY)
    edit(engine, Edit(tuple(heard.jobs), new))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert (tmp_path / "old.bin").read_bytes() == BODY
    assert ranges(server, "/new.bin")[-1] == f"bytes={CUT}-"
    assert JobState.FAILED not in heard.history[JobId(1)]


def test_what_several_connections_have_brought_is_kept(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    body, gate = random.Random(1).randbytes(20 * MIB), Gate()

    def old(request: Received) -> Answer:
        is_first = request.headers["Range"] is None
        return Answer(body, gate=gate, gate_after=MIB) if is_first else Answer(body)

    heard = begin(engine, tmp_path, "as-downloaded", server.serve_by("/old.bin", old, gate))
    wait_until(lambda: any((j.received or 0) >= 15 * MIB for j in heard.jobs.values()), engine.jobs_changed)
    edit(engine, Edit(tuple(heard.jobs), server.serve("/new.bin", body)))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert (tmp_path / "old.bin").read_bytes() == body
    asked = [one.removeprefix("bytes=").partition("-") for one in ranges(server, "/new.bin") if one]
    assert len(asked) == server.requests("/new.bin")
    assert not [one for one in asked if one[0] == "0" and one[2] != "1023"]


@pytest.mark.parametrize("resumable", [True, False])
def test_other_headers_cut_only_what_can_be_gone_on_with(
    engine: Engine, server: Server, tmp_path: Path, resumable: bool
) -> None:
    gate = Gate()
    etag = '"1"' if resumable else None
    first = Answer(BODY, gate=gate, gate_after=CUT, etag=etag)
    url = server.serve("/a.bin", first, Answer(BODY, etag=etag))
    heard = begin(engine, tmp_path, "as-downloaded", url)
    wait_until(lambda: any((j.received or 0) >= CUT for j in heard.jobs.values()), engine.jobs_changed)
    edit(engine, Edit(tuple(heard.jobs), asked=Asked(headers=(("X-Key", "k"),))))
    if not resumable:
        gate.open()
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert [request.headers["X-Key"] for request in server.received("/a.bin")] == [None, "k"][: 1 + resumable]


def test_a_file_that_had_arrived_is_asked_for_once_more(held: Held, server: Server) -> None:
    """Its name is taken and it must not be renamed: it has arrived, and cannot get its place."""
    held.out.mkdir()
    (held.out / "old.bin").write_bytes(b"mine")
    held.engine.configure(quick(existing="ask"))
    held.engine.add(Drop(server.serve("/old.bin", BODY)))
    held.run()
    assert held.only().state is JobState.FAILED
    (held.out / "old.bin").unlink()
    held.edit(server.serve("/new.bin", BODY))
    held.run()
    assert (held.out / "old.bin").read_bytes() == BODY
    assert ranges(server, "/new.bin")[-1] == f"bytes={len(BODY) - 1}-"
    assert server.requests("/old.bin") == 1


def test_a_picture_in_hand_is_made_of_what_the_new_link_has(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    one, other = jpeg_bytes(3000, 2000, seed=1), jpeg_bytes(640, 480, seed=2)
    heard = begin(engine, tmp_path, "as-downloaded", server.serve("/a.jpg", one))
    wait_until(
        lambda: bool({JobState.PROCESSING, JobState.DOWNLOADED} & set(heard.states())), engine.jobs_changed
    )
    answer = edit(engine, Edit(tuple(heard.jobs), server.serve("/b.jpg", other)))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    is_changed = answer.error is None  # else it was done in the same moment
    assert (tmp_path / "a.jpg").read_bytes() == (other if is_changed else one)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.PAUSED, JobState.CANCELLED, JobState.SKIPPED])
def test_whatever_the_job_waits_for(held: Held, server: Server, state: JobState) -> None:
    gate = Gate()
    old = server.serve("/old.bin", Answer(BODY, gate=gate, gate_after=CUT))
    held.add(old)
    if state is JobState.SKIPPED:
        held.out.mkdir()
        (held.out / "old.bin").write_bytes(b"mine")
        held.engine.configure(quick(existing="skip"))
        held.run()
    elif state is not JobState.QUEUED:
        held.start()
        wait_until(lambda: (held.only().received or 0) >= CUT, held.engine.jobs_changed)
        (held.engine.pause if state is JobState.PAUSED else held.engine.cancel)()
    wait_until(lambda: held.heard.states() == [state], held.engine.jobs_added, held.engine.jobs_changed)
    held.edit(server.serve("/new.bin", BODY))
    if state is JobState.PAUSED:
        wait_until(lambda: held.only().source.endswith("/new.bin"), held.engine.jobs_changed)
        assert held.only().state is state
    held.run()
    job = held.only()
    assert job.state is JobState.DONE
    assert Path(job.file or "").read_bytes() == BODY
    kept = ranges(server, "/new.bin")[-1]
    assert kept == (f"bytes={CUT}-" if state is JobState.PAUSED else None)


def test_a_job_that_waits_for_another_try_tries_at_once(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(retries=5))
    heard = begin(engine, tmp_path, "as-downloaded", server.serve("/old.bin", failure(503, retry_after=600)))
    wait_until(lambda: heard.states() == [JobState.RETRYING], engine.jobs_changed)
    edit(engine, Edit(tuple(heard.jobs), server.serve("/new.bin", BODY)))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert (tmp_path / "new.bin").read_bytes() == BODY  # of the old one nobody knew more than its link
