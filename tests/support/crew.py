"""Several connections that fetch one file from a real server, each a real thread; the first is held at a gate.

crew = make(FILE, Answer(BODY, cut_after=1000), FILE)   # the first's answer, then those to requests for parts
first = crew.begin(); crew.help().outcome(); crew.gate.open(); crew.assert_right(first.outcome())
"""

import hashlib
import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.session import Session, Stop, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Stopped, Transfer
from core.errors import FetchmillError
from tests.support.server import Answer, Gate, Received, Server

KIB: Final = 1 << 10
SIZE: Final = 2048 * KIB
BODY: Final = random.Random(4).randbytes(SIZE)
OTHER: Final = random.Random(5).randbytes(SIZE)
ETAG: Final = '"one"'
FILE: Final = Answer(BODY, etag=ETAG)
HELD_AT: Final = 64 * KIB
LONG_S: Final = 20.0


class _Told(Gauge):
    """A gauge that says when others may help."""

    def __init__(self) -> None:
        self.shared = threading.Event()
        super().__init__()

    @property
    def is_shared(self) -> bool:
        """Whether other connections may fetch parts of the file."""
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
        """Called by the thread."""
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
        self.join(LONG_S)
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
        self.first = replace(first, gate=self.gate, gate_after=HELD_AT)
        self.later = list(later or (FILE,))
        self._is_first = True
        self.url = server.serve_by("/a.bin", self._choose, self.gate, *(a.gate for a in later if a.gate))
        self.part = PartFile(str(path), "source")
        self.connections: list[Connection] = []

    def _choose(self, _request: Received) -> Answer:
        if self._is_first:
            self._is_first = False
            return self.first
        return self.later.pop(0) if len(self.later) > 1 else self.later[0]

    def begin(self) -> Connection:
        """The first connection: it has the file's beginning, others may help."""
        first = self.connect(is_help=False)
        assert first.gauge.shared.wait(LONG_S)
        assert self.gate.reached.wait(LONG_S)
        return first

    def help(self) -> Connection:
        """One more."""
        return self.connect(is_help=True)

    def again(self, *later: Answer) -> Arrival | Exception | None:
        """The next try, of the same engine."""
        self.later = list(later or (FILE,))
        return self.connect(is_help=False).outcome()

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
        """All bytes of the part file."""
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
        """Stop whoever is still at work."""
        for connection in self.connections:
            connection.wire.cut(Stop.PAUSE)
            connection.join(LONG_S)

    def connect(self, *, is_help: bool) -> Connection:
        """One more connection, the first or one that helps."""
        connection = Connection(self.url, self.part, is_help=is_help)
        self.connections.append(connection)
        return connection


def ends_of(asked: str | None) -> tuple[int, int]:
    """The offsets that a Range asks for: of the first byte, and behind the last."""
    assert asked is not None
    first, last = asked.removeprefix("bytes=").split("-")
    return int(first), int(last or SIZE - 1) + 1
