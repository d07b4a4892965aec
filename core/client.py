"""The engine as the window holds it: the same commands and signals, in another process.

Knows the engine by its values and by the name of the module to start, so that the window imports neither requests
nor a codec.
"""

import importlib
import logging
import multiprocessing
from collections import deque
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.allocation import collect_seldom
from core.channel import Channel, Message
from core.errors import EngineLostError
from core.interface import SIGNALS, EngineInterface
from core.job import Drop, Edit, JobId, Order
from core.report import Export
from core.settings import Existing, Settings

if TYPE_CHECKING:
    from core.preview import PreviewWish

log = logging.getLogger(__name__)

_HOST_MODULE: Final = "core.engine_process"
_MOST_LOSSES: Final = 3
_LOSS_WINDOW: Final = 60.0
_JOIN_SECONDS: Final = 1.0


class EngineClient(EngineInterface):
    """Passes commands to an engine in a process of its own, and its signals back.

    Args:
        settings: The engine's to begin with.
        parent: As Qt has it.

    Signals:
        lost: ``ErrorReport``: the engine's process has died. ``restarted`` follows unless it died too often.
        restarted: nothing; a new engine is there. It reads the queue file and says again what is in it; what was added
            and not confirmed yet is added again.
    """

    lost = Signal(object)
    restarted = Signal()
    _came = Signal(object)
    _gone = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._process: SpawnProcess | None = None
        self._channel: Channel | None = None
        self._early: deque[Message] = deque()
        self._unconfirmed: dict[int, Drop] = {}
        self._last_ticket = 0
        self._losses: deque[float] = deque(maxlen=_MOST_LOSSES)
        self._is_closing = False
        self._came.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._gone.connect(self._take_loss, Qt.ConnectionType.QueuedConnection)

    @property
    def pid(self) -> int | None:
        """The engine's process id, while there is one."""
        return self._process.pid if self._process is not None else None

    def begin(self) -> None:
        """Start the engine's process; returns at once. Commands that were or are given before it is ready wait."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(_HOST_MODULE, theirs, self._settings), name="fetchmill-engine"
        )
        self._process.start()
        theirs.close()
        self._channel = Channel(ours, self._came.emit, self._gone.emit)
        while self._early:
            name, values = self._early.popleft()
            self._channel.send(name, *values)

    def end(self) -> None:
        """Make sure that the engine's process is gone, within about a second."""
        self._is_closing = True
        if self._channel is not None:
            self._channel.close(_JOIN_SECONDS)
        if self._process is not None:
            self._process.join(_JOIN_SECONDS)
            self._process.kill()
            self._process.join(_JOIN_SECONDS)
        if self._channel is not None:
            self._channel.join(_JOIN_SECONDS)

    def add(self, drop: Drop) -> None:
        """See ``EngineInterface``."""
        self._last_ticket += 1
        drop = drop._replace(ticket=self._last_ticket)
        self._unconfirmed[drop.ticket] = drop
        self._send("add", drop)

    def edit(self, edit: Edit) -> None:
        """See ``EngineInterface``."""
        self._send("edit", edit)

    def look(self, drop: Drop) -> None:
        """See ``EngineInterface``."""
        self._send("look", drop)

    def start(self, order: Order) -> None:
        """See ``EngineInterface``."""
        self._send("start", order)

    def pause(self) -> None:
        """See ``EngineInterface``."""
        self._send("pause")

    def resume(self) -> None:
        """See ``EngineInterface``."""
        self._send("resume")

    def cancel(self, ids: tuple[JobId, ...] | None = None) -> None:
        """See ``EngineInterface``."""
        self._send("cancel", ids)

    def retry(self, ids: tuple[JobId, ...] | None = None) -> None:
        """See ``EngineInterface``."""
        self._send("retry", ids)

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """See ``EngineInterface``."""
        self._send("remove", ids)

    def clear_finished(self) -> None:
        """See ``EngineInterface``."""
        self._send("clear_finished")

    def undo(self) -> None:
        """See ``EngineInterface``."""
        self._send("undo")

    def retry_failures(self, code: str | None = None, host: str | None = None) -> None:
        """See ``EngineInterface``."""
        self._send("retry_failures", code, host)

    def refresh(self, ids: tuple[JobId, ...]) -> None:
        """See ``EngineInterface``."""
        self._send("refresh", ids)

    def export(self, wish: Export) -> None:
        """See ``EngineInterface``."""
        self._send("export", wish)

    def preview(self, wish: "PreviewWish | None") -> None:
        """See ``EngineInterface``."""
        self._send("preview", wish)

    def forecast(self, order: Order | None) -> None:
        """See ``EngineInterface``."""
        self._send("forecast", order)

    def answer(self, choice: Existing, ids: tuple[JobId, ...] | None = None) -> None:
        """See ``EngineInterface``."""
        self._send("answer", choice, ids)

    def configure(self, settings: Settings) -> None:
        """See ``EngineInterface``."""
        self._settings = settings
        self._send("configure", settings)

    def shut_down(self) -> None:
        """See ``EngineInterface``."""
        self._is_closing = True
        self._send("shut_down")

    def _send(self, name: str, *values: object) -> None:
        if self._channel is None:
            self._early.append((name, values))
        else:
            self._channel.send(name, *values)

    @Slot(object)
    def _pass_on(self, message: Message) -> None:
        name, values = message
        if name == "batch_added":
            self._unconfirmed.pop(values[0].ticket, None)
        if name in SIGNALS and name != "closed":  # closed is when the process has gone
            getattr(self, name).emit(*values)

    @Slot()
    def _take_loss(self) -> None:
        if self._channel is not None:
            self._channel.join(_JOIN_SECONDS)
        if self._is_closing:
            self.closed.emit()
            return
        code = self._process.exitcode if self._process is not None else None
        log.info("The engine's process is gone (exit code %s)", code)
        now = monotonic()
        too_often = len(self._losses) == _MOST_LOSSES and now - self._losses[0] < _LOSS_WINDOW
        self._losses.append(now)
        self._channel = None  # what is sent from now on waits for the next engine
        self.lost.emit(EngineLostError(_words(too_often)).report())
        if not too_often:
            self.restarted.emit()
            self._again()

    def _again(self) -> None:
        """A new engine, which gets what the last one had not written down."""
        self._early.extend(("add", (drop,)) for drop in self._unconfirmed.values())
        self.begin()


def _words(too_often: bool) -> str:  # noqa: FBT001  # a private choice of words
    if too_often:
        return "The part of Fetchmill that downloads and processes keeps ending; it is not started again."
    return "The part of Fetchmill that downloads and processes ended unexpectedly; it is started again."


def _serve(module: str, pipe: Connection, settings: Settings) -> None:
    """In the new process: import the host by name and let it serve."""
    collect_seldom()  # what is loaded from here on stays
    importlib.import_module(module).serve(pipe, settings)
