"""What requests, urllib3 and the socket raise, in our words. The one place that knows their exceptions."""

import errno
import http.client
import os
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as urllib3

from core.downloads.names import cannot_write
from core.downloads.proxies import ProxyLoginError
from core.errors import (
    BadUrlError,
    ConnectError,
    ConnectionLostError,
    DestinationGoneError,
    DiskFullError,
    FetchmillError,
    NameResolutionError,
    ProtocolError,
    ProxyError,
    RefusedError,
    StalledError,
    StorageError,
    TlsError,
    TruncatedError,
)

_NO_LOGIN = frozenset({"SOCKS5AuthError"})
_NO_WAY = frozenset({"SOCKS4Error", "SOCKS5Error"})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ESTALE})


def translated(error: Exception, url: str) -> FetchmillError:
    """The error of ours that an exception from below means.

    Args:
        error: From requests, urllib3, http.client, ssl or a socket.
        url: What was asked for; only its host is ever repeated.
    """
    chain = tuple(causes(error))
    host = _host(url)
    return _proxy_trouble(chain, host) or _trouble(chain, host)


def _trouble(chain: tuple[BaseException, ...], host: str) -> FetchmillError:
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FetchmillError], ...] = (
        (
            requests.exceptions.InvalidSchema,
            ProxyError("A SOCKS proxy needs PySocks, which is not installed."),
        ),
        (requests.exceptions.InvalidProxyURL, ProxyError("The proxy's address cannot be used.")),
        (
            (
                ssl.SSLEOFError,
                ssl.SSLZeroReturnError,
            ),  # the line broke; nobody has proved or failed to prove anything
            ConnectionLostError(f"{host} closed the connection."),
        ),
        (
            (requests.exceptions.SSLError, urllib3.SSLError, ssl.SSLError),
            TlsError(f"{host} could not prove its identity ({_reason(chain)})."),
        ),
        (
            (requests.exceptions.ProxyError, urllib3.ProxyError),
            ProxyError(f"The proxy does not let us through to {host} ({_reason(chain)})."),
        ),
        (urllib3.NameResolutionError, NameResolutionError(f"The name {host} leads to no address.")),
        (ConnectionRefusedError, RefusedError(f"{host} refuses the connection.")),
        (urllib3.NewConnectionError, ConnectError(f"{host} cannot be reached ({_reason(chain)}).")),
        (
            (requests.exceptions.Timeout, urllib3.TimeoutError, TimeoutError),
            StalledError(f"{host} sent nothing for the whole time limit."),
        ),
        (
            (urllib3.IncompleteRead, http.client.IncompleteRead),
            TruncatedError(f"{host} ended the file before its announced end."),
        ),
        (
            (http.client.RemoteDisconnected, ConnectionError),
            ConnectionLostError(f"{host} closed the connection."),
        ),
        (
            (
                requests.exceptions.InvalidHeader,
                urllib3.InvalidHeader,
                http.client.HTTPException,
            ),
            ProtocolError(f"The answer of {host} breaks the rules of HTTP."),
        ),
        ((ValueError, urllib3.LocationValueError), BadUrlError("This address cannot be asked for.")),
    )
    for kind, ours in kinds:
        if any(isinstance(link, kind) for link in chain):
            return ours
    return ConnectionLostError(f"The connection to {host} broke off ({_reason(chain)}).")


def _proxy_trouble(chain: tuple[BaseException, ...], host: str) -> FetchmillError | None:
    """What a proxy has said, if it has; http.client and PySocks have it in words only."""
    for link in chain:
        if str(link).startswith("Tunnel connection failed: 407") or type(link).__name__ in _NO_LOGIN:
            return ProxyLoginError("The proxy lets in only those whom it knows.")
        if type(link).__name__ in _NO_WAY:
            return ConnectError(f"The proxy does not reach {host} ({link}).")
    if any(type(link).__module__ == "socks" for link in chain):
        return ProxyError(f"The proxy cannot be used ({_reason(chain)}).")
    return None


def storage_error(path: str, error: OSError) -> StorageError:
    """The error of ours for a file that cannot be written."""
    if error.errno in _FULL:
        return DiskFullError(f"There is no room left for {path}.")
    if error.errno in _GONE:
        return DestinationGoneError(f"{path}: {os.strerror(error.errno)}.")
    return cannot_write(path, error)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and all that it wraps: urllib3 keeps some in ``reason``, requests some in ``args``."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and not any(link is other for other in seen):
            seen.append(link)
            waiting += [getattr(link, "reason", None), *link.args, link.__cause__, link.__context__]
            yield link


def _reason(chain: tuple[BaseException, ...]) -> str:
    """The plainest word on the cause: that of the operating system or of OpenSSL, if any."""
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return link.verify_message
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower()
    return type(chain[-1]).__name__


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the server"
    except ValueError:
        return "the server"
