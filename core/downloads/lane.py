"""A lane: a long-lived runnable of the QThreadPool that carries out one transfer after another.

A runnable a file would make a session a file, that is a connection a file; a lane keeps its own.
"""

import logging
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import NamedTuple

from PySide6.QtCore import QRunnable

from core.asked import Asked
from core.downloads.line import Gauge
from core.downloads.network import is_away
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Conditions, Kept, NotModifiedError, Stopped, Transfer
from core.errors import ErrorReport, FetchmillError, InternalError
from core.images.wanted import NotWantedError

log = logging.getLogger(__name__)


class TransferOrder(NamedTuple):
    """One transfer to carry out.

    Attributes:
        ticket: Number by which the outcome is recognised.
        url: http or https.
        part: Where the bytes go; nobody else touches it until the outcome is there.
        timeout: Seconds without a byte.
        wire: For cutting it.
        gauge: For watching it.
        conditions: Under which it is wanted at all.
        kept: The same file on this computer, to be copied instead.
        asked: What the job is asked with beside its URL.
        rules: What it may do.
        is_help: Whether it only fetches parts of a file whose first connection is another's.
    """

    ticket: int
    url: str
    part: PartFile
    timeout: float
    wire: Wire
    gauge: Gauge
    conditions: Conditions | None = None
    kept: Kept | None = None
    asked: Asked | None = None
    rules: Rules = Rules()
    is_help: bool = False


class TransferOutcome(NamedTuple):
    """How a transfer ended. Neither arrival nor error nor unchanged nor unwanted: it was stopped.

    Attributes:
        ticket: The order's.
        seconds: Time spent.
        part: The order's; whole after an arrival.
        arrival: What came.
        error: Why nothing did.
        is_passing: Whether the same may succeed a little later.
        retry_after: Seconds that the server asked us to wait.
        is_unchanged: Whether the server says that what we have is what it has.
        waited: Seconds from the request to its answer, where that says something of the server.
        is_away: Whether the error says nothing of the server, as the network is away.
        unwanted: Why the file is not wanted, one sentence, where it is not.
    """

    ticket: int
    seconds: float
    part: PartFile
    arrival: Arrival | None = None
    error: ErrorReport | None = None
    is_passing: bool = False
    retry_after: float | None = None
    is_unchanged: bool = False
    waited: float | None = None
    is_away: bool = False
    unwanted: str | None = None


class Lane(QRunnable):
    """Takes orders until it takes None.

    Args:
        orders: Shared by all lanes.
        deliver: Called on the lane's thread with each outcome; must not block.
        throttle: The speed limit.

    Attributes:
        is_over: Whether it has taken None.
    """

    def __init__(
        self,
        orders: SimpleQueue[TransferOrder | None],
        deliver: Callable[[TransferOutcome], None],
        throttle: Throttle,
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)  # its Python side must outlive run()
        self._orders = orders
        self._deliver = deliver
        self._throttle = throttle
        self.is_over = False

    def run(self) -> None:
        """Called by the thread pool."""
        session = Session()
        while (order := self._orders.get()) is not None:
            session.rules = order.rules
            self._deliver(self._carry_out(order, session))
        session.close()
        self.is_over = True

    def _carry_out(self, order: TransferOrder, session: Session) -> TransferOutcome:
        begun = time.monotonic()
        arrival, error, retry_after, is_unchanged, unwanted = None, None, None, False, None
        try:
            transfer = Transfer(session, order.wire, order.gauge, self._throttle, order.rules, order.asked)
            if order.is_help:
                transfer.help(order.url, order.part, order.timeout)
            else:
                arrival = transfer.run(order.url, order.part, order.timeout, order.conditions, order.kept)
        except FetchmillError as caught:
            error, retry_after = caught, caught.retry_after
        except NotModifiedError:
            is_unchanged = True
        except NotWantedError as refused:
            unwanted = str(refused)
        except Stopped:
            log.debug("Transfer %d stopped", order.ticket)
        except Exception as caught:  # it would be printed by Qt, and the job stay "downloading" for ever
            log.exception("Transfer %d", order.ticket)
            error = InternalError(f"{type(caught).__name__} while downloading.")
        finally:
            order.wire.attach(None)  # the socket may serve the next transfer, which a late cut must not hit
        return TransferOutcome(
            order.ticket,
            time.monotonic() - begun,
            order.part,
            arrival,
            error.report() if error else None,
            error is not None and error.is_passing,
            retry_after,
            is_unchanged,
            order.gauge.waited,
            error is not None and is_away(error, order.url, order.rules.proxies),
            unwanted,
        )
