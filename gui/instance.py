"""One window: a second start hands its sources to the first, which holds a lock and listens on a local socket."""

import hashlib
import logging
import os
import re
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

from PySide6.QtCore import QObject, QTimer, SignalInstance
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from core.folder_lock import FolderLock
from core.job import Drop
from core.places import make_state_folder, state_folder
from gui.handover import ACCEPTED, LARGEST, LARGEST_FRAME, HandoverError, Incoming, frames

LOCK_NAME: Final = "window.lock"
SOCKET_NAME: Final = "window.socket"
PATIENCE: Final = 10.0  # seconds for the first window to be there, and again to answer
_STANDARD_INPUT: Final = "-"
_LONGEST_ADDRESS: Final = 90  # bytes; systems allow 104 to 108, and Qt makes the socket one folder deeper
_RETRY: Final = 0.05  # seconds
_SLICE: Final = 250  # milliseconds: how long Ctrl-C may have to wait
_VISIT: Final = 30_000  # milliseconds for a message to arrive
_CHUNK: Final = 1 << 16
_SCHEME: Final = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]+:|www\.)")
_CERTAIN_URL: Final = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]+://|file:)", re.IGNORECASE)

_log = logging.getLogger(__name__)


class Instance:
    """The right to be the one window; a context manager that gives it back.

    Args:
        lock: Held; None where the folder for it cannot be written, so that other windows go unnoticed.
        drop: What this start names.

    Attributes:
        sources: As this start named them; ``-`` among them was not read yet.
        text: What was read from standard input already.
    """

    def __init__(self, lock: FolderLock | None, drop: Drop) -> None:
        self.sources = drop.sources
        self.text = drop.text
        self._lock = lock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.release()

    def listen(self, take: Callable[[Drop], bool], until: SignalInstance, parent: QObject) -> None:
        """Take what later starts bring.

        Args:
            take: Called in this thread with each drop; False refuses it, and that start tries again.
            until: A signal after which nobody is listened to any more.
            parent: As Qt has it.
        """
        if self._lock is None:
            _log.warning("%s cannot be locked: other windows go unnoticed", state_folder())
            return
        server = QLocalServer(parent)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not any(_listens(server, address) for address in addresses()):
            _log.warning("no later start can be heard: %s", server.errorString())
            return
        reception = _Reception(server, take)
        until.connect(reception.close)


def claim(sources: tuple[str, ...], patience: float = PATIENCE) -> Instance | None:
    """Become the one window, or hand the sources to the one that is there: None, when it has taken them.

    Waits where it must: for standard input, and for a window that is just starting or closing.

    Args:
        sources: As the command line names them.
        patience: Seconds.

    Raises:
        HandoverError: There is a window, but it does not take them; the message is for the user.
    """
    lock = FolderLock(state_folder() / LOCK_NAME)
    try:
        make_state_folder()
        if lock.acquire():
            return Instance(lock, Drop(sources=sources))
    except OSError:
        return Instance(None, Drop(sources=sources))
    drop = _gathered(sources)
    deadline, pause = monotonic() + patience, threading.Event()
    while monotonic() < deadline:
        if lock.acquire():
            return Instance(lock, drop)
        if any(_hand_over(drop, address, patience) for address in addresses()):
            return None
        pause.wait(_RETRY)
    number = lock.holder()
    which = f" (process {number})" if number is not None else ""
    raise HandoverError(f"Fetchmill is running already{which} but does not answer; end it, then start again.")


def addresses() -> tuple[str, ...]:
    """Where the first window of this user and this state folder may listen, the best place first."""
    folder = os.path.realpath(state_folder())
    if sys.platform == "win32":
        return (f"fetchmill-{_key(os.environ.get('USERNAME', ''), folder)}",)
    # In the folder itself, where nobody else can put anything; not every file system has sockets, nor every path
    # room in a socket's address. Not the temporary folder: the environment moves it, so that two starts could miss
    # each other.
    user = str(os.getuid())
    places = (f"{folder}/{SOCKET_NAME}", f"/tmp/fetchmill-{_key(user, folder)}")  # noqa: S108 - its owner is looked at
    return tuple(place for place in places if len(os.fsencode(place)) <= _LONGEST_ADDRESS)


def _key(user: str, folder: str) -> str:
    return hashlib.sha256(os.fsencode(f"{user}\n{folder}")).hexdigest()[:16]


def here(source: str) -> str:
    """The source so that it means the same in a process with another current folder."""
    if not source.strip() or _CERTAIN_URL.match(source):
        return source
    if _SCHEME.match(source) and not os.path.lexists(source):
        return source
    return os.path.normpath(Path(source).absolute())


def _gathered(sources: tuple[str, ...]) -> Drop:
    """What is to be sent."""
    named = tuple(here(source) for source in sources if source != _STANDARD_INPUT)
    drop = Drop(_standard_input() if _STANDARD_INPUT in sources else "", named)
    if sum(map(len, frames(drop))) > LARGEST:
        raise _too_much()
    return drop


def _standard_input() -> str:
    text = bytearray()
    if sys.stdin is not None:
        while chunk := os.read(sys.stdin.fileno(), _CHUNK):
            text += chunk
            if len(text) > LARGEST:
                raise _too_much()
    return text.decode("utf-8", "replace")


def _too_much() -> HandoverError:
    return HandoverError(
        f"More than {LARGEST >> 20} MB for the window that is open: save it as a list file and name that."
    )


def _hand_over(drop: Drop, address: str, patience: float) -> bool:
    """Whether somebody at that address has taken the drop."""
    if not _is_ours(address):
        return False
    socket = QLocalSocket()
    socket.connectToServer(address)
    try:
        return socket.waitForConnected(_SLICE) and _is_told(socket, drop, patience)
    finally:
        socket.abort()


def _is_told(socket: QLocalSocket, drop: Drop, patience: float) -> bool:
    """Whether all was written and the answer is the right one."""

    def is_written() -> bool:
        return socket.bytesToWrite() <= LARGEST_FRAME

    for piece in frames(drop):
        socket.write(piece)
        if not _waited(socket, socket.waitForBytesWritten, is_written, patience):
            return False
    _waited(socket, socket.waitForReadyRead, lambda: socket.bytesAvailable() >= len(ACCEPTED), patience)
    return bytes(socket.readAll().data()) == ACCEPTED


def _waited(
    socket: QLocalSocket, step: Callable[[int], bool], is_over: Callable[[], bool], patience: float
) -> bool:
    """Whether it is over within that many seconds, and before the connection is."""
    deadline = monotonic() + patience
    while not is_over():
        if monotonic() >= deadline:
            return False
        if not step(_SLICE) and socket.state() is not QLocalSocket.LocalSocketState.ConnectedState:
            return is_over()
    return True


def _is_ours(address: str) -> bool:
    """Whether nobody else could have put it there."""
    if sys.platform == "win32":
        return True
    try:
        found = Path(address).lstat()
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid()


def _listens(server: QLocalServer, address: str) -> bool:
    """Listen there, where the socket of a window that was killed may be in the way: we hold the lock, so it is."""
    QLocalServer.removeServer(address)
    return server.listen(address)


class _Reception(QObject):
    """Receives later starts; belongs to its server."""

    def __init__(self, server: QLocalServer, take: Callable[[Drop], bool]) -> None:
        super().__init__(server)
        self._server = server
        self._take = take
        server.newConnection.connect(self._receive)

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()

    def _receive(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            _Visit(socket, self._take, self)


class _Visit(QObject):
    """One later start and what it says; ends itself."""

    def __init__(self, socket: QLocalSocket, take: Callable[[Drop], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        self._take = take
        self._incoming = Incoming()
        socket.setParent(self)
        socket.setReadBufferSize(LARGEST_FRAME)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.deleteLater)
        QTimer.singleShot(_VISIT, self, socket.abort)
        self._read()

    def _read(self) -> None:
        try:
            drop = self._incoming.feed(bytes(self._socket.readAll().data()))
        except HandoverError as error:
            _log.warning("a later start was not understood: %s", error)
            self._socket.abort()
            return
        if drop is None:
            return
        if self._take(drop):
            self._socket.write(ACCEPTED)
            self._socket.disconnectFromServer()  # once that is written
        else:
            self._socket.abort()
