"""The lanes together: a QThreadPool of their own, orders out, outcomes home, and a watch over stalled transfers."""

import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Final

from PySide6.QtCore import QThreadPool

from core.asked import Asked
from core.downloads.lane import Lane, TransferOrder, TransferOutcome
from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Stop, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Conditions, Kept

LEAST_BYTES: Final = 1024
_ASLEEP: Final = 2.0  # seconds between two looks that are a tenth of a second apart


class _Watch:
    """A transfer under way, and when it last got a KiB."""

    __slots__ = ("order", "since", "then")

    def __init__(self, order: TransferOrder) -> None:
        self.order = order
        self.since = time.monotonic()
        self.then = order.gauge.passed

    def has_stalled(self, now: float) -> bool:
        """Whether less than 1 KiB came in the time limit, though nothing but the server held it up."""
        gauge = self.order.gauge
        passed = gauge.passed + (self.order.part.total if gauge.is_shared else 0)  # others bring some, too
        if gauge.is_held or abs(passed - self.then) >= LEAST_BYTES:
            self.since, self.then = now, passed
        return now - self.since >= self.order.timeout


class Lanes:
    """Downloads on a thread pool of their own.

    Args:
        deliver: Called on a lane's thread with each outcome; must not block.
    """

    def __init__(self, deliver: Callable[[TransferOutcome], None]) -> None:
        self._pool = QThreadPool()
        self._orders: SimpleQueue[TransferOrder | None] = SimpleQueue()
        self._lanes: list[Lane] = []
        self._wanted = 0
        self._watches: dict[int, _Watch] = {}
        self._deliver = deliver
        self._throttle = Throttle()
        self._rules = Rules()
        self._looked = time.monotonic()

    def resize(self, count: int) -> None:
        """Have this many lanes; one too many ends after what it has in hand."""
        self._lanes = [lane for lane in self._lanes if not lane.is_over]
        for _ in range(count - self._wanted):
            lane = Lane(self._orders, self._deliver, self._throttle)
            self._lanes.append(lane)
            self._pool.setMaxThreadCount(len(self._lanes))
            self._pool.start(lane)
        for _ in range(self._wanted - count):
            self._orders.put(None)
        self._wanted = count

    @property
    def count(self) -> int:
        """How many there are, or are to be soon."""
        return self._wanted

    def have(self, count: int) -> None:
        """Have at least this many lanes."""
        if count > self._wanted:
            self.resize(count)

    def set_rules(self, rules: Rules) -> None:
        """What transfers that begin from now on may do."""
        self._rules = rules

    def set_rate(self, rate: int | None) -> None:
        """Limit all lanes together to this many bytes a second."""
        self._throttle.set_rate(rate)

    def start(
        self,
        ticket: int,
        url: str,
        part: PartFile,
        timeout: float,
        conditions: Conditions | None = None,
        kept: Kept | None = None,
        asked: Asked | None = None,
    ) -> None:
        """Have a free lane carry out a transfer."""
        order = TransferOrder(
            ticket, url, part, timeout, Wire(), Gauge(), conditions, kept, asked, self._rules
        )
        order.gauge.received = part.total
        self._watches[ticket] = _Watch(order)
        self._orders.put(order)

    def help(self, ticket: int, helped: int) -> None:
        """Have a free lane fetch parts of a file whose transfer is under way."""
        first = self._watches[helped].order
        order = first._replace(ticket=ticket, wire=Wire(), gauge=Gauge(), is_help=True)
        self._watches[ticket] = _Watch(order)
        self._orders.put(order)

    def cut(self, ticket: int, reason: Stop) -> None:
        """End a transfer now; its outcome still comes."""
        if ticket in self._watches:
            self._watches[ticket].order.wire.cut(reason)

    def can_go_on(self, ticket: int) -> bool:
        """Whether a transfer that is cut can be gone on with from where it was."""
        return ticket in self._watches and self._watches[ticket].order.part.validator is not None

    def ended(self, ticket: int) -> None:
        """Its outcome has come home."""
        self._watches.pop(ticket, None)

    def gauges(self) -> Iterator[tuple[int, Gauge]]:
        """Ticket and gauge of each transfer under way."""
        for ticket, watch in self._watches.items():
            order = watch.order
            if order.gauge.is_shared:  # what the others bring counts too, while the first connection waits
                order.gauge.received = order.part.total
            yield ticket, order.gauge

    def cut_stalled(self) -> None:
        """Cut every transfer that got less than 1 KiB within its time limit."""
        now, before = time.monotonic(), self._looked
        self._looked = now
        slept = now - before > _ASLEEP
        for watch in self._watches.values():
            if slept:  # the computer or this process did not run: nobody could have sent anything
                watch.since = now
            if watch.has_stalled(now):
                watch.order.wire.cut(Stop.STALL)

    @property
    def is_quiet(self) -> bool:
        """Whether no lane is at work any more."""
        return self._pool.activeThreadCount() == 0

    def close(self) -> None:
        """Cut everything, keeping what was received, and end the lanes; returns at once."""
        for watch in self._watches.values():
            watch.order.wire.cut(Stop.PAUSE)
        self.resize(0)
