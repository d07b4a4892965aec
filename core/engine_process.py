"""The engine in a process of its own, at the other end of the client's pipe."""

import logging
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot

from core.allocation import collect_seldom, give_back_large_blocks
from core.channel import Channel, Message
from core.crashes import CrashWatch
from core.engine import Engine
from core.interface import COMMANDS, SIGNALS
from core.parent_watch import die_with_parent
from core.places import QUEUE_FILE, state_folder
from core.settings import Settings
from core.store import Store

log = logging.getLogger(__name__)

LOCK_SECONDS: Final = 10.0  # an engine whose window was killed goes within five
GRACE_SECONDS: Final = 3.0
_NICE: Final = 5  # below the window, which must never wait; the children go further down


class EngineHost(QObject):
    """Joins an engine to a channel: commands in, signals out.

    Args:
        engine: It and this object live in the same thread.
        pipe: To the client.
    """

    _came = Signal(object)
    _left = Signal()

    def __init__(self, engine: Engine, pipe: Connection) -> None:
        super().__init__()
        self._engine = engine
        self._came.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        self._left.connect(engine.shut_down, Qt.ConnectionType.QueuedConnection)
        self._channel = Channel(pipe, self._came.emit, self._left.emit)
        for name in SIGNALS:
            getattr(engine, name).connect(self._sender(name))

    def close(self) -> None:
        """Send what is waiting and end."""
        self._channel.close()

    def _sender(self, name: str) -> "SignalSender":
        return SignalSender(self._channel, name)

    @Slot(object)
    def _obey(self, message: Message) -> None:
        name, values = message
        if name in COMMANDS:
            getattr(self._engine, name)(*values)


class SignalSender:
    """Sends one signal of the engine through the channel.

    Args:
        channel: To the client.
        name: The signal's.
    """

    def __init__(self, channel: Channel, name: str) -> None:
        self._channel = channel
        self._name = name

    def __call__(self, *values: object) -> None:
        """The signal was emitted."""
        self._channel.send(self._name, *values)


def serve(pipe: Connection, settings: Settings) -> None:
    """Run an engine until its client says so or is gone. The entry point of the engine's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the window's business
    die_with_parent(GRACE_SECONDS)
    with suppress(AttributeError, OSError):
        os.nice(_NICE)
    crashes = CrashWatch("engine")
    crashes.begin()
    app = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    store = Store(state_folder() / QUEUE_FILE, keeps_jobs=True)
    if not store.lock(LOCK_SECONDS):
        log.error("Another engine holds %s", state_folder())
        crashes.close()
        os._exit(1)
    engine = Engine(settings, store)
    host = EngineHost(engine, pipe)
    engine.closed.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    signal.signal(signal.SIGTERM, lambda *_: engine.shut_down())
    ticking = QTimer()  # lets Python look at signals now and then
    ticking.timeout.connect(lambda: None)
    ticking.start(500)
    give_back_large_blocks()
    collect_seldom()
    engine.announce()
    app.exec()
    host.close()
    store.close()
    crashes.close()
    logging.shutdown()
    os._exit(0)  # a lane may still wait for a name server; nobody waits for it any more
