"""One file over several connections, with a real server and real threads: the right bytes or an honest failure.

The first connection is held at a gate while others fetch parts, so what happens when is decided by the test.
"""

import hashlib
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from core.downloads import acceptance, checkpoint, runs
from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.runs import Runs
from core.downloads.session import Session, Stop, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Stopped, Transfer
from core.errors import (
    FetchmillError,
    HttpStatusError,
    ProtocolError,
    StalledError,
    StorageError,
    TruncatedError,
)
from tests.support.server import Answer, Gate, Received, Server, failure
from tests.support.small_disk import NoSmallDiskError, SmallDisk

KIB: Final = 1 << 10
SIZE: Final = 2048 * KIB
BODY: Final = random.Random(4).randbytes(SIZE)
OTHER: Final = random.Random(5).randbytes(SIZE)
ETAG: Final = '"one"'
FILE: Final = Answer(BODY, etag=ETAG)
HELD_AT: Final = 64 * KIB
_LONG_S: Final = 20.0


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of 2 MiB are large."""
    monkeypatch.setattr(acceptance, "SHARED_FROM", 1 << 20)
    monkeypatch.setattr(runs, "LEAST", 64 * KIB)


class _Told(Gauge):
    """A gauge that says when others may help."""

    def __init__(self) -> None:
        self.shared = threading.Event()
        super().__init__()

    @property
    def is_shared(self) -> bool:
        return self.shared.is_set()

    @is_shared.setter
    def is_shared(self, value: bool) -> None:
        if value:
            self.shared.set()


class Connection(threading.Thread):
    """One connection at work in a thread of its own.

    Attributes:
        arrival: What came of the first.
        error: Why nothing did.
    """

    def __init__(self, url: str, part: PartFile, *, is_help: bool) -> None:
        super().__init__()
        self.wire = Wire()
        self.gauge = _Told()
        self.arrival: Arrival | None = None
        self.error: Exception | None = None
        self._url, self._part, self._is_help = url, part, is_help
        self.start()

    def run(self) -> None:
        session = Session()
        transfer = Transfer(session, self.wire, self.gauge, Throttle())
        try:
            if self._is_help:
                transfer.help(self._url, self._part, 10.0)
            else:
                self.arrival = transfer.run(self._url, self._part, 10.0)
        except (FetchmillError, Stopped) as caught:
            self.error = caught
        finally:
            session.close()

    def outcome(self) -> Arrival | Exception | None:
        """How it ended, which must be soon."""
        self.join(_LONG_S)
        assert not self.is_alive(), "it hangs"
        return self.arrival or self.error


class Crew:
    """A first connection that is held, and its assistants.

    Args:
        server: That has the file.
        path: Of the part file.
        first: What the first request gets.
        later: What those for parts get, in turn, the last for ever.
    """

    def __init__(self, server: Server, path: Path, first: Answer = FILE, *later: Answer) -> None:
        self.gate = Gate()
        self._server = server
        self._first = replace(first, gate=self.gate, gate_after=HELD_AT)
        self._later = list(later or (FILE,))
        self._is_first = True
        self.url = server.serve_by("/a.bin", self._choose, self.gate, *(a.gate for a in later if a.gate))
        self.part = PartFile(str(path), "source")
        self.connections: list[Connection] = []

    def _choose(self, _request: Received) -> Answer:
        if self._is_first:
            self._is_first = False
            return self._first
        return self._later.pop(0) if len(self._later) > 1 else self._later[0]

    def begin(self) -> Connection:
        """The first connection: it has the file's beginning, others may help."""
        first = self._connect(is_help=False)
        assert first.gauge.shared.wait(_LONG_S)
        assert self.gate.reached.wait(_LONG_S)
        return first

    def help(self) -> Connection:
        """One more."""
        return self._connect(is_help=True)

    def again(self, *later: Answer) -> Arrival | Exception | None:
        """The next try, of the same engine."""
        self._later = list(later or (FILE,))
        return self._connect(is_help=False).outcome()

    def after_a_restart(self, *later: Answer) -> Arrival | Exception | None:
        """The next try, of another process."""
        self.part = PartFile(self.part.path, "source")
        return self.again(*later)

    @property
    def asked(self) -> list[str | None]:
        """The ranges that the server was asked for, from the second request on."""
        return [request.headers["Range"] for request in self._server.received("/a.bin")[1:]]

    @property
    def content(self) -> bytes:
        return Path(self.part.path).read_bytes()

    @property
    def noted(self) -> list[tuple[int, int]]:
        """What has come, as offsets: of the first byte, and behind the last."""
        runs = self.part.runs
        assert runs is not None
        return [(0, self.part.received), *((note.begin, note.position) for note in runs.notes())]

    def assert_right(self, outcome: object, body: bytes = BODY) -> None:
        """It has arrived, and nobody writes any more."""
        assert isinstance(outcome, Arrival), repr(outcome)
        assert self.content == body
        assert outcome.sha256 == hashlib.sha256(body).hexdigest()
        assert outcome.size == len(body)

    def end(self) -> None:
        for connection in self.connections:
            connection.wire.cut(Stop.PAUSE)
            connection.join(_LONG_S)

    def _connect(self, *, is_help: bool) -> Connection:
        connection = Connection(self.url, self.part, is_help=is_help)
        self.connections.append(connection)
        return connection


Make = Callable[..., Crew]


@pytest.fixture
def make(server: Server, tmp_path: Path) -> Iterator[Make]:
    """Makes the crew."""
    crews: list[Crew] = []

    def made(first: Answer = FILE, *later: Answer) -> Crew:
        crews.append(Crew(server, tmp_path / "a.part", first, *later))
        return crews[-1]

    yield made
    for crew in crews:
        crew.gate.open()
        crew.end()


def ends_of(asked: str | None) -> tuple[int, int]:
    assert asked is not None
    first, last = asked.removeprefix("bytes=").split("-")
    return int(first), int(last or SIZE - 1) + 1


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
            return crew._first
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
    crew._later = [Answer(marked(run), etag=ETAG, ranges=False, headers=length, close=bool(length))]
    assert isinstance(crew.help().outcome(), ProtocolError)
    assert crew.help().outcome() is None, "it is not asked again"
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert [asked is None for asked in crew.asked] == [False, False, True]


def test_the_first_connection_too_may_be_refused_a_part(make: Make) -> None:
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    crew._later = [Answer(marked(run), etag=ETAG, ranges=False)]
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert [asked is None for asked in crew.asked] == [False, False, True]


def test_the_whole_that_comes_cut_short_fails_and_keeps_what_is_there(make: Make) -> None:
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    no_parts = Answer(marked(run), etag=ETAG, ranges=False)
    crew._later = [no_parts, replace(no_parts, cut_after=run[1] + 100 * KIB)]
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
    assert crew.part.total == run[1] + 100 * KIB
    crew.assert_right(crew.again())
    assert len(crew.asked) == 5


@pytest.mark.parametrize("status", [503, 429, 404])
def test_a_refusal_of_the_whole_does_not_cost_what_is_there(make: Make, status: int) -> None:
    crew = make(FILE, LOST)
    first, _ = with_a_run(crew)
    crew._later = [Answer(BODY, etag=ETAG, ranges=False), failure(status)]
    crew.gate.open()
    assert isinstance(first.outcome(), HttpStatusError)
    assert crew.part.total >= 300 * KIB + HALF
    crew.assert_right(crew.again())


@pytest.mark.parametrize("keeps_size", [True, False])
def test_a_file_that_changes_meanwhile_is_begun_anew(make: Make, keeps_size: bool) -> None:
    body = OTHER if keeps_size else OTHER[:-1000]
    crew = make(FILE, LOST)
    first, _ = with_a_run(crew)
    crew._later = [changed := Answer(body, etag='"two"')]
    assert isinstance(crew.help().outcome(), ProtocolError)
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
    assert crew.part.total == 0
    crew.assert_right(crew.again(changed), body)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_the_next_try_asks_only_for_what_is_missing(make: Make, is_restarted: bool) -> None:
    """The first connection is cut while assistants are at work: they end, and what they have brought is noted."""
    gates = [Gate(), Gate()]
    held = [replace(FILE, gate=gate, gate_after=128 * KIB) for gate in gates]
    crew = make(replace(FILE, cut_after=HELD_AT + 1), *held)
    first = crew.begin()
    assistants = [crew.help(), crew.help()]
    for gate in gates:
        assert gate.reached.wait(_LONG_S)
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
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
        assert gate.reached.wait(_LONG_S)
    first.wire.cut(reason)
    assert isinstance(first.outcome(), StalledError if reason is Stop.STALL else Stopped)
    runs = crew.part.runs
    assert runs is not None
    assert not runs.wait(), "it must not end before its assistants have let go of the file"
    assert all(isinstance(assistant.outcome(), Stopped) for assistant in assistants)
    assert crew.help().outcome() is None, "one that comes too late finds nothing to do"
    if reason is Stop.DISCARD:
        crew.part.discard()
        assert list(Path(crew.part.path).parent.iterdir()) == []


def test_an_assistant_that_stalls_gives_its_run_to_another(make: Make) -> None:
    gate = Gate()
    crew = make(FILE, replace(FILE, gate=gate, gate_after=128 * KIB), FILE)
    first, assistant = crew.begin(), crew.help()
    assert gate.reached.wait(_LONG_S)
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
    assert late.reached.wait(_LONG_S)
    crew.gate.open()
    assert split.reached.wait(_LONG_S), "with its own part done it takes half of the other's"
    late.open()
    assert isinstance(assistant.outcome(), HttpStatusError)
    split.open()
    crew.assert_right(first.outcome())


def test_assistants_bring_what_they_can_before_the_first_has_a_byte(make: Make) -> None:
    crew = make()
    crew._first = replace(crew._first, gate_after=0, cut_after=0)
    first = crew._connect(is_help=False)
    assert first.gauge.shared.wait(_LONG_S)
    crew.help().outcome()
    crew.gate.open()
    assert isinstance(first.outcome(), TruncatedError)
    total = crew.part.total
    assert total > HALF
    crew.assert_right(crew.after_a_restart())
    assert sum(1 for one in crew.asked if ends_of(one)[0] == 0) == 1


def test_bytes_that_are_there_already_count_as_life_of_the_server(make: Make) -> None:
    """While the whole is read for what is missing, nothing may come that is wanted for a long time."""
    crew = make(FILE, LOST)
    first, run = with_a_run(crew)
    crew._later = [Answer(marked(run), etag=ETAG, ranges=False)]
    crew.gate.open()
    crew.assert_right(first.outcome())
    assert first.gauge.passed >= HALF + SIZE


class TestCheckpoint:
    """What a kill leaves."""

    RUNS: Final = ((600_000, 700_000), (1_000_000, 1_500_000), (1_500_000, 1_600_000))

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        """A part file of 100,000 bytes and three runs behind them; its process was killed."""
        path = tmp_path / "a.part"
        part = PartFile(str(path), "source")
        part.find()
        part.validator, part.size = ETAG, SIZE
        with part:
            part.write(BODY[:100_000])
            part.share()
            part.runs = Runs(100_000, SIZE, [runs.RunNote(begin, begin, 0) for begin, _ in self.RUNS])
            for begin, end in self.RUNS:
                run = part.runs.take(Wire())
                assert run is not None
                assert run.begin == begin
                with part.filling(run) as write:
                    assert write(BODY[begin:end]) == (run.end > end)
        return path

    def found(self, path: Path) -> PartFile:
        part = PartFile(str(path), "source")
        part.find()
        return part

    def assert_completes(self, server: Server, path: Path, *begins: int) -> None:
        """The next process asks from there on, and from nowhere else."""
        url = server.serve("/a", FILE)
        part = PartFile(str(path), "source")
        outcome = Connection(url, part, is_help=False).outcome()
        assert isinstance(outcome, Arrival), repr(outcome)
        assert path.read_bytes() == BODY
        assert outcome.sha256 == hashlib.sha256(BODY).hexdigest()
        asked = [request.headers["Range"] for request in server.received("/a")]
        assert [ends_of(one)[0] if one else 0 for one in asked] == list(begins)

    def test_it_goes_on_with_all_that_came(self, server: Server, path: Path) -> None:
        part = self.found(path)
        assert (part.received, part.total) == (100_000, 800_000)
        self.assert_completes(server, path, 100_000, 700_000, 1_600_000)

    def test_a_run_that_somebody_changed_is_fetched_again_and_nothing_else(
        self, server: Server, path: Path
    ) -> None:
        with path.open("r+b") as file:
            file.seek(1_200_000)
            file.write(b"changed")
        assert self.found(path).total == 300_000
        self.assert_completes(server, path, 100_000, 700_000, 1_600_000)

    @pytest.mark.parametrize("length", [99_999, 0])
    def test_a_file_without_its_beginning_is_begun_anew(
        self, server: Server, path: Path, length: int
    ) -> None:
        with path.open("r+b") as file:
            file.truncate(length)
        self.assert_completes(server, path, 0)

    def test_a_file_without_its_end_is_begun_anew(self, server: Server, path: Path) -> None:
        with path.open("r+b") as file:
            file.truncate(1_550_000)
        self.assert_completes(server, path, 0)

    @pytest.mark.parametrize(
        "nonsense",
        [
            5,
            "runs",
            [5],
            [[1, 2]],
            [[1, 2, 3, 4]],
            {"600000": 1},
            [["a", "b", "c"]],
            [[None, 1, 2]],
            [[99_999, 700_000, 0]],
            [[700_000, 600_000, 0]],
            [[600_000, 600_000, 0]],
            [[600_000, 700_000, 0], [650_000, 750_000, 0]],
            [[600_000, SIZE + 1, 0]],
            [[-5, 700_000, 0]],
            [[1e999, 700_000, 0]],
            [[600_000, 10**30, 0]],
        ],
    )
    def test_nonsense_is_begun_anew(self, server: Server, path: Path, nonsense: object) -> None:
        sidecar = Path(f"{path}.json")
        sidecar.write_text(json.dumps(json.loads(sidecar.read_bytes()) | {"runs": nonsense}))
        self.assert_completes(server, path, 0)

    def test_what_says_that_it_is_whole_and_is_not_is_begun_anew(self, server: Server, path: Path) -> None:
        sidecar = Path(f"{path}.json")
        whole = {"whole": ["a.bin", None, ETAG, None]}
        for runs_left in (True, False):
            noted = json.loads(sidecar.read_bytes()) | whole | ({} if runs_left else {"runs": []})
            sidecar.write_text(json.dumps(noted))
            assert self.found(path).whole is None
            if runs_left:
                path.write_bytes(BODY[:100_000])
                sidecar.write_text(json.dumps(noted))
        self.assert_completes(server, path, 0)

    def test_a_file_that_shrinks_before_the_end_is_no_arrival(self, path: Path) -> None:
        """And the hash of what is there is not spoiled by having read half of it."""
        part = self.found(path)
        with part:
            shared = part.share()
            while (run := shared.take(Wire())) is not None:
                with part.filling(run) as write:
                    write(BODY[run.position : run.end])
            part.write(BODY[part.received : shared.prefix.end])
            assert shared.is_complete
            with path.open("r+b") as file:
                file.truncate(SIZE - 1000)
            before = part.sha256()
            with pytest.raises(StorageError):
                part.join()
            assert part.sha256() == before
        assert not part.is_there


@pytest.mark.parametrize("code", sorted(checkpoint._NO_SUCH_CALL))
def test_a_file_system_that_sets_no_room_aside(
    make: Make, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(code, "no such call")

    monkeypatch.setattr("os.posix_fallocate", refuse, raising=False)
    crew = make()
    first = crew.begin()
    assert crew.help().outcome() is None
    crew.gate.open()
    crew.assert_right(first.outcome())


def test_a_disk_without_room_says_so_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    with suppress(NoSmallDiskError), SmallDisk(tmp_path / "small", 4 << 20) as disk:
        disk.fill(leave=SIZE // 2)
        crew = Crew(server, disk.folder / "a.part")
        crew.gate.open()
        first = Connection(crew.url, crew.part, is_help=False)
        error = first.outcome()
        assert isinstance(error, StorageError)
        assert error.code == "disk-full"
        assert crew.part.total == 0
        assert crew.help().outcome() is None
        disk.make_room()
        crew.assert_right(crew.again())
        return
    pytest.skip("no small disk can be mounted here")
