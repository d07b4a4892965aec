"""One file over several connections, with a real server and real threads: the right bytes or an honest failure.

The first connection is held at a gate while others fetch parts, so what happens when is decided by the test.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from core.downloads import part_file, runs
from core.downloads.part_file import PartFile
from core.downloads.session import Stop
from core.downloads.transfer import Stopped
from core.errors import HttpStatusError, ProtocolError, StalledError, TruncatedError
from tests.support.crew import BODY, ETAG, FILE, HELD_AT, KIB, LONG_S, OTHER, SIZE, Connection, Crew, ends_of
from tests.support.server import Answer, Gate, Received, Server, failure

Make = Callable[..., Crew]


def test_assistants_fetch_all_but_the_last_bit_while_the_first_is_held(make: Make) -> None:
    crew = make()
    first = crew.begin()
    assistants = [crew.help(), crew.help()]
    assert [assistant.outcome() for assistant in assistants] == [None, None]
    assert crew.part.total >= SIZE - 128 * KIB
    assert first.is_alive()
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert first.gauge.received == SIZE
    assert crew.part.runs is None


def test_each_request_names_the_version_that_it_wants(make: Make, server: Server) -> None:
    crew = make()
    first = crew.begin()
    crew.help().outcome()
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert {request.headers["If-Range"] for request in server.received("/a.bin")[1:]} == {ETAG}


def test_a_last_modified_ties_parts_together_too(make: Make) -> None:
    dated = Answer(BODY, etag=None, headers={"Last-Modified": "Wed, 01 Jan 2020 00:00:00 GMT"})
    crew = make(dated, dated)
    first = crew.begin()
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())


def part(content_range: str, body: bytes = BODY, etag: str | None = ETAG, **headers: str) -> Answer:
    return Answer(body, None, 206, {"Content-Range": content_range, **headers}, etag=etag)


HALF: Final = SIZE // 2
BAD: Final = {
    "whole": (Answer(BODY, etag=ETAG, ranges=False), ProtocolError),
    "whole, changed": (Answer(OTHER, etag='"two"'), ProtocolError),
    "no range": (Answer(BODY, None, 206, etag=ETAG), ProtocolError),
    "rubbish": (part("bytes rubbish"), ProtocolError),
    "multipart": (Answer(OTHER, 'multipart/byteranges; boundary="x"', 206, etag=ETAG), ProtocolError),
    "from the beginning": (part(f"bytes 0-{SIZE - 1}/{SIZE}"), ProtocolError),
    "shifted": (part(f"bytes {HALF + 1}-{SIZE - 1}/{SIZE}", BODY[HALF + 1 :]), ProtocolError),
    "other total": (Answer(BODY + b"x", etag=ETAG), ProtocolError),
    "other version": (Answer(OTHER, etag='"two"', headers={"X": "ignores If-Range"}), ProtocolError),
    "coded": (Answer(BODY, etag=ETAG, headers={"Content-Encoding": "gzip"}), ProtocolError),
    "416": (Answer(b"", None, 416), ProtocolError),
    "503": (failure(503), HttpStatusError),
    "429": (failure(429, retry_after=1), HttpStatusError),
    "404": (failure(404), HttpStatusError),
    "cut": (Answer(BODY, etag=ETAG, cut_after=100 * KIB), TruncatedError),
    "nothing": (Answer(BODY, etag=ETAG, cut_after=0), TruncatedError),
    "chunked and cut": (Answer(BODY, etag=ETAG, chunked=True, cut_after=100 * KIB), TruncatedError),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("is_early", [True, False])
def test_a_bad_answer_to_an_assistant_does_no_harm(make: Make, name: str, is_early: bool) -> None:
    """Neither where nothing of a run is there, nor behind bytes of it that are right."""
    bad, error = BAD[name]
    begun = () if is_early else (Answer(BODY, etag=ETAG, cut_after=200 * KIB),)
    crew = make(FILE, *begun, bad, FILE)
    first = crew.begin()
    if not is_early:
        assert isinstance(crew.help().outcome(), TruncatedError)
    assert isinstance(crew.help().outcome(), error)
    crew.gate.open()
    crew.assert_right(first.outcome())


def test_a_part_without_its_version_is_not_taken(make: Make) -> None:
    """A 206 has to repeat the ETag (RFC 9110, 15.3.7); without, it may be of another file of the same size."""
    crew = make(FILE, Answer(OTHER, etag=ETAG, headers={"ETag": None}), FILE)
    first = crew.begin()
    assert isinstance(crew.help().outcome(), ProtocolError)
    crew.gate.open()
    crew.assert_right(first.outcome())


def test_a_shorter_part_than_asked_for_is_continued_where_it_ended(make: Make, server: Server) -> None:
    crew = make()

    def choose(request: Received) -> Answer:
        if request.headers["Range"] is None:
            return crew.first
        begin, end = ends_of(request.headers["Range"])
        end = min(end, begin + 50_000)
        return part(f"bytes {begin}-{end - 1}/{SIZE}", BODY[begin:end])

    crew.url = server.serve_by("/a.bin", choose, crew.gate)
    first = crew.begin()
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert len(crew.asked) > 30


LOST: Final = Answer(BODY, etag=ETAG, cut_after=300 * KIB)


def with_a_run(crew: Crew) -> tuple[Connection, tuple[int, int]]:
    """The first is held, and an assistant has brought 300 KiB before it was lost; which they are."""
    first = crew.begin()
    assert isinstance(crew.help().outcome(), TruncatedError)
    _, run = crew.noted
    assert run[1] - run[0] == 300 * KIB
    return first, run


def marked(run: tuple[int, int]) -> bytes:
    """The file with a hole where a run is: if it is fetched again, it shows."""
    return BODY[: run[0]] + bytes(run[1] - run[0]) + BODY[run[1] :]


@pytest.mark.parametrize("length", [{}, {"Content-Length": None, "Connection": "close"}])
def test_a_server_that_stops_giving_parts_is_asked_for_the_whole_once(
    make: Make, length: dict[str, str | None]
) -> None:
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    crew.later = [Answer(marked(run), etag=ETAG, ranges=False, headers=length, close=bool(length))]
    assert isinstance(crew.help().outcome(), ProtocolError)
    assert crew.help().outcome() is None, "it is not asked again"
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert [asked is None for asked in crew.asked] == [False, False, True]


def test_the_first_connection_too_may_be_refused_a_part(make: Make) -> None:
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    crew.later = [Answer(marked(run), etag=ETAG, ranges=False)]
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert [asked is None for asked in crew.asked] == [False, False, True]


def test_the_whole_that_comes_cut_short_fails_and_keeps_what_is_there(make: Make) -> None:
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    no_parts = Answer(marked(run), etag=ETAG, ranges=False)
    crew.later = [no_parts, replace(no_parts, cut_after=run[1] + 100 * KIB)]
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
    assert crew.part.total == run[1] + 100 * KIB
    crew.assert_right(crew.again())
    assert len(crew.asked) == 5


@pytest.mark.parametrize("status", [503, 429, 404])
def test_a_refusal_of_the_whole_does_not_cost_what_is_there(make: Make, status: int) -> None:
    crew = make(FILE, LOST)
    first, _ = with_a_run(crew)
    crew.later = [Answer(BODY, etag=ETAG, ranges=False), failure(status)]
    crew.gate.open()
    assert isinstance(first.outcome(), HttpStatusError)
    assert crew.part.total >= 300 * KIB + HALF
    crew.assert_right(crew.again())


@pytest.mark.parametrize("keeps_size", [True, False])
def test_a_file_that_changes_meanwhile_is_begun_anew(make: Make, keeps_size: bool) -> None:
    body = OTHER if keeps_size else OTHER[:-1000]
    crew = make(FILE, LOST)
    first, _ = with_a_run(crew)
    crew.later = [changed := Answer(body, etag='"two"')]
    assert isinstance(crew.help().outcome(), ProtocolError)
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
    assert crew.part.total == 0
    crew.assert_right(crew.again(changed), body)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_the_next_try_asks_only_for_what_is_missing(make: Make, is_restarted: bool) -> None:
    """The first connection is lost for good while assistants are at work: they end, and what they have brought is noted."""
    gates = [Gate(), Gate()]
    held = [replace(FILE, gate=gate, gate_after=128 * KIB) for gate in gates]
    crew = make(replace(FILE, cut_after=HELD_AT + 1), *held, failure(503))
    first = crew.begin()
    assistants = [crew.help(), crew.help()]
    for gate in gates:
        assert gate.reached.wait(LONG_S)
    crew.gate.open()
    assert isinstance(first.outcome(), HttpStatusError)
    assert all(isinstance(assistant.outcome(), Stopped) for assistant in assistants)
    there, before = crew.noted, len(crew.asked)
    noted = json.loads(Path(crew.part.sidecar).read_bytes())
    assert [(0, noted["received"]), *((begin, end) for begin, end, _ in noted["runs"])] == there
    crew.assert_right(crew.after_a_restart() if is_restarted else crew.again())
    asked = [ends_of(one) for one in crew.asked[before:]]
    for begin, end in there:
        assert not any(begin <= first_byte < end for first_byte, _ in asked)
    assert sorted(first_byte for first_byte, _ in asked[1:]) == [end for _, end in there[1:]]


@pytest.mark.parametrize("reason", list(Stop))
def test_whoever_stops_the_first_connection_stops_them_all(make: Make, reason: Stop) -> None:
    gates = [Gate(), Gate()]
    crew = make(FILE, *(replace(FILE, gate=gate, gate_after=128 * KIB) for gate in gates))
    first = crew.begin()
    assistants = [crew.help(), crew.help()]
    for gate in gates:
        assert gate.reached.wait(LONG_S)
    first.wire.cut(reason)
    assert isinstance(first.outcome(), StalledError if reason is Stop.STALL else Stopped)
    there = crew.part.total
    assert all(isinstance(assistant.outcome(), Stopped) for assistant in assistants)
    assert crew.help().outcome() is None, "one that comes too late finds nothing to do"
    assert crew.part.total == there, "nobody has written since"
    if reason is Stop.DISCARD:
        crew.part.discard()
        assert list(Path(crew.part.path).parent.iterdir()) == []


@pytest.mark.parametrize("is_whole", [True, False])
def test_an_assistant_whose_answer_comes_too_late_writes_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    """The first does not wait for one that waits; what it left may be a finished file, or another file's beginning."""
    monkeypatch.setattr(runs, "_STUCK", 0.0)
    late = Gate()
    begun = FILE if is_whole else replace(FILE, cut_after=HELD_AT)
    crew = make(begun, replace(FILE, gate=late), FILE if is_whole else failure(503))
    first, assistant = crew.begin(), crew.help()
    assert late.reached.wait(LONG_S)
    crew.gate.open()
    outcome = first.outcome()
    if is_whole:
        crew.assert_right(outcome)
        Path(crew.part.path).rename(crew.part.path + ".final")
    else:
        assert isinstance(outcome, HttpStatusError)
        crew.part.start_over()
    late.open()
    assert isinstance(assistant.outcome(), Stopped)
    assert not Path(crew.part.path).exists()


def test_an_assistant_that_stalls_gives_its_run_to_another(make: Make) -> None:
    gate = Gate()
    crew = make(FILE, replace(FILE, gate=gate, gate_after=128 * KIB), FILE)
    first, assistant = crew.begin(), crew.help()
    assert gate.reached.wait(LONG_S)
    assistant.wire.cut(Stop.STALL)
    assert isinstance(assistant.outcome(), StalledError)
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())


def test_an_assistant_that_fails_late_leaves_its_run_to_the_first(make: Make) -> None:
    """The first has fetched all that it could get, and waits for one that has not even an answer."""
    late, split = Gate(), Gate()
    crew = make(FILE, replace(failure(503), gate=late), replace(FILE, gate=split), FILE)
    first, assistant = crew.begin(), crew.help()
    assert late.reached.wait(LONG_S)
    crew.gate.open()
    assert split.reached.wait(LONG_S), "with its own part done it takes half of the other's"
    late.open()
    assert isinstance(assistant.outcome(), HttpStatusError)
    split.open()
    crew.assert_right(first.outcome())


def test_what_the_first_fetches_for_the_others_is_noted_on_the_way(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill must not cost all of a long run."""
    monkeypatch.setattr(part_file, "_EVERY_BYTES", 64 * KIB)
    monkeypatch.setattr(part_file, "_SELDOM_SECONDS", 0.0)
    noted, gate = threading.Event(), Gate()

    class Noting(PartFile):
        def _note(self) -> None:
            super()._note()
            if self.total >= HALF + 400 * KIB:
                noted.set()

    crew = make(FILE, LOST)
    crew.part = Noting(crew.part.path, "source")
    first, _ = with_a_run(crew)
    crew.later = [replace(FILE, gate=gate, gate_after=200 * KIB)]
    crew.gate.open()
    assert gate.reached.wait(LONG_S)
    assert noted.wait(LONG_S)
    gate.open()
    crew.assert_right(first.outcome())


def test_assistants_bring_what_they_can_before_the_first_has_a_byte(make: Make) -> None:
    crew = make()
    crew.first = replace(crew.first, gate_after=0, cut_after=0)
    first = crew.connect(is_help=False)
    assert first.gauge.shared.wait(LONG_S)
    crew.help().outcome()
    assert crew.part.total > HALF
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert sum(1 for one in crew.asked if ends_of(one)[0] == 0) == 1


def test_bytes_that_are_there_already_count_as_life_of_the_server(make: Make) -> None:
    """While the whole is read for what is missing, nothing may come that is wanted for a long time."""
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    crew.later = [Answer(marked(run), etag=ETAG, ranges=False)]
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert first.gauge.passed >= HALF + SIZE
