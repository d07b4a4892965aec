"""Whether it is the network that is away, rather than one server. To find out, no server is ever asked.

Three things look alike to a transfer: a name that does not exist, a server that is down, and a computer that is not
connected. Where there is no network, on some systems (macOS, Windows), no name exists.
"""

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from core.downloads.proxies import Proxies, is_this_computer
from core.downloads.translation import causes
from core.errors import (
    ConnectError,
    ConnectionLostError,
    DownloadError,
    FetchmillError,
    NameResolutionError,
    ProxyError,
    RefusedError,
    StalledError,
)

_FAR: Final = (  # a.root-servers.net: as far away for everybody as anything is
    (socket.AF_INET, "198.41.0.4"),
    (socket.AF_INET6, "2001:503:ba3e::2:30"),
)
_SUSPECTS: Final = (ConnectError, ConnectionLostError, NameResolutionError, ProxyError, StalledError)


class NetworkAwayError(DownloadError):
    """This computer is not connected: no server's fault, and over some day."""

    code = "network-away"
    title = "The network is away"
    usual_hint = "The work goes on by itself when the network is back."
    passing = True


def is_away(error: FetchmillError, url: str, proxies: Proxies) -> bool:
    """Whether a failure says nothing of the server, as there is no way to any server at the moment.

    There is none without a route, be it to the Internet or to the very host, which may be near; and none where no name
    server answers, not even for the top level of the name that was looked for, which always exists. May wait for name
    servers: for a lane's thread.

    Args:
        error: Why a transfer failed.
        url: What was asked for.
        proxies: Through which that was.
    """
    if not isinstance(error, _SUSPECTS) or isinstance(error, RefusedError) or not error.is_passing:
        return False
    with suppress(ProxyError):
        url = proxies.for_url(url) or url
    host = urlsplit(url).hostname or ""
    if is_this_computer(host) or host.rstrip(".").endswith(".invalid"):  # RFC 6761, section 6.4
        return False
    if has_route(host):
        return _is_unanswered(error) and not _is_top_answered(host)
    return not any(map(has_route, _addresses(host)))


def has_route(host: str = "") -> bool:
    """Whether packets would leave this computer: to the Internet, or to a host given by its address.

    A datagram socket that is connected sends nothing: the system only chooses a route.
    """
    places = [*_FAR]
    with suppress(ValueError):
        version = ip_address(host.partition("%")[0]).version
        places.append((socket.AF_INET if version == 4 else socket.AF_INET6, host))
    return any(_leads_to(family, address) for family, address in places)


def _addresses(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return set()


def _leads_to(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True


def _is_unanswered(error: FetchmillError) -> bool:
    """Whether name servers did not answer, which is not to say that there is no such name."""
    return any(isinstance(link, socket.gaierror) and link.errno == socket.EAI_AGAIN for link in causes(error))


def _is_top_answered(host: str) -> bool:
    """Whether name servers answer, if only that a top-level domain has no address; a single label has none to ask for."""
    _, dot, top = host.rstrip(".").rpartition(".")
    if not dot:
        return True
    try:
        socket.getaddrinfo(f"{top}.", None)
    except socket.gaierror as error:
        return error.errno != socket.EAI_AGAIN
    except (OSError, UnicodeError):  # a name that cannot be asked for says nothing
        return True
    return True
