"""A large file over several connections, in an engine: used where it pays, and the same file as ever."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from core.downloads import assists, runs
from core.engine import Engine
from core.job import JobSnapshot, JobState, RunState
from core.store import Store
from tests.support.engines import Listener, begin, close, files_in, is_over, quick
from tests.support.server import Answer, Drip, Gate, Received, Server, failure
from tests.support.waiting import wait_for_signal, wait_until

MIB: Final = 1 << 20
SIZE: Final = 20 * MIB
BODY: Final = random.Random(20).randbytes(SIZE)
ETAG: Final = '"one"'
FILE: Final = Answer(BODY, etag=ETAG)
MakeEngine = Callable[..., Engine]


class Slow:
    """A server whose first connection gives 1 MiB, and no more until its gate is opened.

    Attributes:
        gate: Of the first connection.
        parts: What requests for parts get, each in turn, the last for ever.
    """

    def __init__(self, server: Server, *parts: Answer) -> None:
        self.gate = Gate()
        self.parts = list(parts or (FILE,))
        self._server = server
        gates = (part.gate for part in parts if part.gate is not None)
        self.url = server.serve_by("/large.bin", self._choose, self.gate, *gates)

    def _choose(self, request: Received) -> Answer:
        if request.headers["Range"] is None:
            return replace(FILE, gate=self.gate, gate_after=MIB)
        return self.parts.pop(0) if len(self.parts) > 1 else self.parts[0]

    @property
    def asked(self) -> list[str | None]:
        """The ranges that it was asked for."""
        return [request.headers["Range"] for request in self._server.received("/large.bin")]


class Progress(Listener):
    """What was said of a job's bytes, in turn."""

    def __init__(self, engine: Engine) -> None:
        self.received: list[int] = []
        super().__init__(engine)
        engine.jobs_changed.connect(self._look)

    def _look(self, jobs: tuple[JobSnapshot, ...]) -> None:
        self.received += [job.received for job in jobs if job.received is not None]

    @property
    def most(self) -> int:
        return max(self.received, default=0)


def test_several_connections_bring_one_file(engine: Engine, server: Server, tmp_path: Path) -> None:
    slow, heard = Slow(server), Progress(engine)
    begin(engine, tmp_path / "out", "as-downloaded", slow.url)
    wait_until(lambda: heard.most >= 15 * MIB, engine.jobs_changed)
    assert server.connections("/large.bin") > 2
    slow.gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "out" / "large.bin").read_bytes() == BODY
    assert heard.job("/large.bin").sha256 == hashlib.sha256(BODY).hexdigest()
    assert heard.job("/large.bin").attempts == 1
    assert heard.received == sorted(heard.received)
    assert heard.received[-1] == SIZE
    assert files_in(tmp_path / "out") == ["large.bin"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(BODY[: 15 * MIB], etag=ETAG),
        Answer(BODY, etag=ETAG, ranges=False),
        Answer(BODY, etag='W/"weak"'),
        Answer(BODY, etag=None),
        Answer(BODY, etag=ETAG, chunked=True),
    ],
    ids=["small", "no ranges", "weak", "nothing to tie it to", "of unknown size"],
)
def test_one_connection_where_more_cannot_be_or_do_not_pay(
    engine: Engine, server: Server, tmp_path: Path, answer: Answer
) -> None:
    gate = Gate()
    url = server.serve("/large.bin", replace(answer, gate=gate, gate_after=MIB))
    heard = begin(engine, tmp_path, "as-downloaded", url)
    told: list[object] = []
    engine.jobs_changed.connect(lambda _: told.append(heard.job("/large.bin").speed))
    wait_until(lambda: len(told) >= 6 and told[-1], engine.jobs_changed)
    gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "large.bin").read_bytes() == answer.body
    assert server.requests() == 1


def test_one_connection_where_the_settings_say_so(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(segments=1))
    slow = Slow(server)
    heard = begin(engine, tmp_path, "as-downloaded", slow.url)
    told: list[object] = []
    engine.jobs_changed.connect(lambda _: told.append(heard.job("/large.bin").speed))
    wait_until(lambda: len(told) >= 6 and told[-1], engine.jobs_changed)
    slow.gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert slow.asked == [None]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_bears_no_second_connection_still_gives_the_file(
    engine: Engine, server: Server, tmp_path: Path, status: int
) -> None:
    slow = Slow(server, failure(status), FILE)
    heard = begin(engine, tmp_path, "as-downloaded", slow.url)
    wait_until(lambda: len(slow.asked) >= 2, engine.jobs_changed)
    slow.gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "large.bin").read_bytes() == BODY
    assert heard.job("/large.bin").attempts == 1


def test_a_first_connection_that_never_says_another_word_is_not_waited_for(
    engine: Engine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others bring what it does not, within the same try; its gate stays shut."""
    monkeypatch.setattr(assists, "_ALONE", 0.5)
    monkeypatch.setattr(runs, "_STUCK", 0.5)
    slow = Slow(server)
    heard = begin(engine, tmp_path, "as-downloaded", slow.url)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "large.bin").read_bytes() == BODY
    assert heard.job("/large.bin").attempts == 1


def test_a_first_connection_has_not_stalled_while_others_bring_bytes(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    """More of them than fit into the time limit."""
    engine = make_engine(quick(timeout=1, segments=2))
    slow = Slow(server, replace(FILE, drip=Drip(MIB, 0.25)))
    heard = Progress(engine)
    begin(engine, tmp_path, "as-downloaded", slow.url)
    wait_until(lambda: heard.most >= 8 * MIB, engine.jobs_changed)
    assert heard.job("/large.bin").state is JobState.DOWNLOADING
    slow.gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "large.bin").read_bytes() == BODY


def test_a_pause_keeps_what_they_all_have_brought(engine: Engine, server: Server, tmp_path: Path) -> None:
    held = Gate()
    slow = Slow(server, FILE, FILE, replace(FILE, gate=held, gate_after=MIB // 2))
    heard = Progress(engine)
    begin(engine, tmp_path, "as-downloaded", slow.url)
    wait_until(lambda: heard.most >= 4 * MIB, engine.jobs_changed)
    wait_for_signal(engine.totals_changed, engine.pause, lambda totals: totals.run is RunState.PAUSED)
    wait_until(lambda: heard.job("/large.bin").state is JobState.PAUSED)
    before = len(slow.asked)
    slow.parts = [FILE]
    slow.gate.open()
    held.open()
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "large.bin").read_bytes() == BODY
    assert heard.received == sorted(heard.received)
    assert None not in slow.asked[before:]


def test_a_cancel_leaves_nothing(engine: Engine, server: Server, tmp_path: Path) -> None:
    held = Gate()
    slow = Slow(server, replace(FILE, gate=held, gate_after=MIB // 2))
    heard = begin(engine, tmp_path, "as-downloaded", slow.url)
    wait_until(held.reached.is_set, engine.jobs_changed)
    engine.cancel((heard.job("/large.bin").id,))
    wait_until(lambda: heard.states() == [JobState.CANCELLED], engine.jobs_changed)
    wait_until(lambda: files_in(tmp_path) == [])


def test_a_restart_goes_on_with_what_they_all_have_brought(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    def next_engine() -> tuple[Engine, Progress]:
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(store=store)
        heard = Progress(engine)
        wait_for_signal(engine.recovered, engine.announce)
        return engine, heard

    engine, heard = next_engine()
    slow, out = Slow(server), tmp_path / "out"
    begin(engine, out, "as-downloaded", slow.url)
    wait_until(lambda: heard.most >= 15 * MIB, engine.jobs_changed)
    close(engine)
    before = len(slow.asked)
    slow.gate.open()
    engine, heard = next_engine()
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (out / "large.bin").read_bytes() == BODY
    first, *rest = slow.asked[before:]
    assert first is not None
    assert int(first.removeprefix("bytes=").rstrip("-")) >= MIB
    assert sum(_length(asked) for asked in rest) < 5 * MIB
    assert files_in(out) == ["large.bin"]


def _length(asked: str | None) -> int:
    assert asked is not None
    first, last = asked.removeprefix("bytes=").split("-")
    return int(last) + 1 - int(first)
