"""Frozen values over a pipe, both ways, without either side ever waiting for the other."""

import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final

Message = tuple[str, tuple[Any, ...]]

_END: Final[Message] = ("", ())


class Channel:
    """One end of a pipe with a thread for reading and one for writing.

    Args:
        pipe: The end; closed by ``join``.
        receive: Called on the reading thread with each message.
        lost: Called on the reading thread, once, when the other side is gone.
    """

    def __init__(
        self, pipe: Connection, receive: Callable[[Message], None], lost: Callable[[], None]
    ) -> None:
        self._pipe = pipe
        self._receive = receive
        self._lost = lost
        self._outbox: SimpleQueue[Message] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="channel-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="channel-writer", daemon=True)
        self._reader.start()
        self._writer.start()

    def send(self, name: str, *values: object) -> None:
        """Send a message; returns at once. To a side that is gone it is lost."""
        self._outbox.put((name, values))

    def close(self, timeout: float = 1.0) -> None:
        """Send what is waiting and say no more; returns after the timeout at the latest.

        Args:
            timeout: Seconds.
        """
        self._outbox.put(_END)
        self._writer.join(timeout)

    def join(self, timeout: float = 1.0) -> None:
        """Wait for the reading thread's end, which follows that of the other side.

        A thread that is inside Qt when the interpreter ends takes the process down with it.

        Args:
            timeout: Seconds.
        """
        self._reader.join(timeout)
        if not self._reader.is_alive() and not self._writer.is_alive():
            self._pipe.close()

    def _write(self) -> None:
        with suppress(OSError):
            while (message := self._outbox.get()) != _END:
                self._pipe.send(message)

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._receive(self._pipe.recv())
        self._outbox.put(_END)
        self._lost()
