"""What sockets, TLS and the file system raise, in our words."""

import errno
import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from core.downloads.names import cannot_write
from core.errors import (
    BadUrlError,
    ConnectError,
    ConnectionLostError,
    DestinationGoneError,
    DiskFullError,
    FetchmillError,
    NameResolutionError,
    RefusedError,
    StalledError,
    StorageError,
    TlsError,
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ESTALE})


class UnreachableError(OSError):
    """No connection came about, and nobody said more than the system's number."""


def translated(error: Exception, url: str) -> FetchmillError:
    """The error of ours that an exception from below means.

    Args:
        error: From a socket, ssl, or what takes a URL apart.
        url: What was asked for; only its host is ever repeated.
    """
    chain = tuple(causes(error))
    host = host_in(url)
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FetchmillError], ...] = (
        # The line broke; nobody has proved or failed to prove anything.
        (_tls("SSLEOFError", "SSLZeroReturnError"), ConnectionLostError(f"{host} closed the connection.")),
        (_tls("SSLError"), TlsError(f"{host} could not prove its identity ({reason_in(chain)}).")),
        (socket.gaierror, NameResolutionError(f"The name {host} leads to no address.")),
        (ConnectionRefusedError, RefusedError(f"{host} refuses the connection.")),
        (UnreachableError, ConnectError(f"{host} cannot be reached ({reason_in(chain)}).")),
        (TimeoutError, StalledError(f"{host} sent nothing for the whole time limit.")),
        (ConnectionError, ConnectionLostError(f"{host} closed the connection.")),
        (ValueError, BadUrlError("This address cannot be asked for.")),
    )
    for kind, ours in kinds:
        if any(isinstance(link, kind) for link in chain):
            return ours
    return ConnectionLostError(f"The connection to {host} broke off ({reason_in(chain)}).")


def _tls(*names: str) -> tuple[type[Exception], ...]:
    """These exceptions of OpenSSL; none where it cannot be loaded any more: then it has raised none either.

    It takes as long to be loaded as all of sockets, and plain http that goes well does without. A file has to be opened
    for it, and that there are too many of them may be the very error that is to be translated.
    """
    try:
        import ssl  # noqa: PLC0415  # as said above
    except (OSError, ImportError):
        return ()
    return tuple(getattr(ssl, name) for name in names)


def storage_error(path: str, error: OSError) -> StorageError:
    """The error of ours for a file that cannot be written."""
    if error.errno in _FULL:
        return DiskFullError(f"There is no room left for {path}.")
    if error.errno in _GONE:
        return DestinationGoneError(f"{path}: {os.strerror(error.errno)}.")
    return cannot_write(path, error)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that it wraps: urllib3 keeps some in ``reason``, others some in ``args``."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and not any(link is other for other in seen):
            seen.append(link)
            waiting += [getattr(link, "reason", None), *link.args, link.__cause__, link.__context__]
            yield link


def reason_in(chain: tuple[BaseException, ...]) -> str:
    """The plainest word on the cause: that of the operating system or of OpenSSL, if any."""
    for link in chain:
        words = getattr(link, "verify_message", None)  # of ssl.SSLCertVerificationError
        if isinstance(words, str):
            return words
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower()
    return type(chain[-1]).__name__


def host_in(url: str) -> str:
    """The host of a URL, for who reads it."""
    try:
        return urlsplit(url).hostname or "the server"
    except ValueError:
        return "the server"
