"""One connection's part in a transfer: it asks, reads under the speed limit, and can be watched and cut."""

import time
from collections.abc import Callable, Iterator, Mapping

from core.downloads.coding import Read
from core.downloads.connection import Answer
from core.downloads.session import Session, Wire
from core.downloads.throttle import Throttle


class Gauge:
    """What others may see of a transfer while it runs; each value is the latest, none is ever locked.

    Attributes:
        received: Bytes in the part file.
        passed: Bytes that the server has sent, be they wanted or not.
        size: Of the whole file, when the server has said it.
        name: What the file is called, when the server has answered.
        is_shared: Whether other connections may fetch parts of the file.
        is_held: Whether there is nothing to be expected: the transfer has not begun, or our own limit holds it.
        waited: Seconds from the last request to its answer, connecting left out; None while there is none.
    """

    __slots__ = ("is_held", "is_shared", "name", "passed", "received", "size", "waited")

    def __init__(self) -> None:
        self.is_held = True
        self.is_shared = False
        self.received = self.passed = 0
        self.size: int | None = None
        self.name = ""
        self.waited: float | None = None


class Line:
    """What a transfer runs over.

    Args:
        session: The lane's own.
        wire: By which others can cut the transfer.
        gauge: In which others see how far it is.
        throttle: The speed limit.
        extra: The headers that a hop gets instead of the usual ones.

    Attributes:
        wire: By which others can cut the transfer.
        gauge: In which others see how far it is.
    """

    def __init__(
        self,
        session: Session,
        wire: Wire,
        gauge: Gauge,
        throttle: Throttle,
        extra: Callable[[str], Mapping[str, str]],
    ) -> None:
        self.wire = wire
        self.gauge = gauge
        self._session = session
        self._throttle = throttle
        self._extra = extra

    def ask(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """The answer to GET, its body unread.

        Raises:
            DownloadError: As ``Session.get``.
            ConnectionAbortedError: The transfer was cut.
        """
        self.check()
        self.gauge.is_held = False
        response = self._session.get(url, headers, timeout, self.wire, self._extra)
        self.gauge.waited = time.monotonic() - self.wire.asked
        return response

    def blocks(self, read: Read) -> Iterator[bytes | memoryview]:
        """The body as it comes, no faster than the speed limit; each block is good until the next.

        Raises:
            ConnectionAbortedError: The transfer was cut.
        """
        self._throttle.begin()
        try:
            while chunk := self._read(read):
                self.check()
                self.gauge.passed += len(chunk)
                yield chunk
        finally:
            self._throttle.end()
        self.check()  # a cut socket reads as the end

    def _read(self, read: Read) -> bytes | memoryview:
        """The next bytes, when it is their turn."""
        self.gauge.is_held = True
        turn = self._throttle.wait(self.wire)
        self.gauge.is_held = False
        chunk = read(turn.size)
        self._throttle.settle(turn, len(chunk))
        return chunk

    def check(self) -> None:
        """See that nobody has cut it.

        Raises:
            ConnectionAbortedError: The transfer was cut.
        """
        if self.wire.stop is not None:
            raise ConnectionAbortedError
