"""One HTTP exchange that fills a part file, checked at every step (RFC 9110, RFC 9112).

What is doubtful is an error: a file is whole or it is none.
"""

import re
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, NamedTuple

import requests
import urllib3.exceptions

from core.downloads.filename import suggested_name
from core.downloads.part_file import PartFile, Whole
from core.downloads.retry import asked_delay
from core.downloads.session import Session, Stop, Wire
from core.downloads.throttle import Throttle
from core.downloads.translation import translated
from core.errors import (
    ConnectionLostError,
    DownloadError,
    HttpStatusError,
    ProtocolError,
    StalledError,
    TruncatedError,
)

_LARGEST: Final = 2**63 - 1
_BLOCK: Final = 1 << 20
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_SAID: Final = {
    401: "The server wants a login",
    403: "The server does not allow it",
    404: "There is no such file on the server",
    410: "The file is no longer on the server",
    429: "The server has had too many requests",
    500: "The server has an internal fault",
    503: "The server is overloaded or being maintained",
}


class Stopped(Exception):  # noqa: N818  # not an error: somebody asked for it
    """The transfer was cut because the user paused or gave it up."""


class Gauge:
    """What others may see of a transfer while it runs; each value is the latest, none is ever locked.

    Attributes:
        received: Bytes in the part file.
        size: Of the whole file, when the server has said it.
        name: What the file is called, when the server has answered.
        is_held: Whether there is nothing to be expected: the transfer has not begun, or our own limit holds it.
        waited: Seconds from the request to its answer, over a connection that was kept; None over a new one.
    """

    __slots__ = ("is_held", "name", "received", "size", "waited")

    def __init__(self) -> None:
        self.is_held = True
        self.received = 0
        self.size: int | None = None
        self.name = ""
        self.waited: float | None = None


class Conditions(NamedTuple):
    """What is asked for only if it has changed (RFC 9110, section 13.1).

    Attributes:
        etag: As it was sent with the bytes that we have: for If-None-Match.
        modified: The Last-Modified that was sent with them: for If-Modified-Since.
    """

    etag: str | None
    modified: str | None

    def headers(self) -> dict[str, str]:
        """As the request has them; empty where the server gave nothing to go by."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": None if self.etag else self.modified}
        return {name: value for name, value in found.items() if value}


class Kept(NamedTuple):
    """Bytes of the source that are on this computer already.

    Attributes:
        path: Absolute.
        sha256: What they must be, hexadecimal.
        whole: What the server said of them.
    """

    path: str
    sha256: str | None
    whole: Whole


class Arrival(NamedTuple):
    """A download that is whole.

    Attributes:
        whole: What the server said of it.
        size: Bytes.
        sha256: Of the bytes, hexadecimal.
        head: The first bytes, for telling the type by content.
    """

    whole: Whole
    size: int
    sha256: str
    head: bytes


class NotModifiedError(Exception):
    """The server says that what we have is what it has (304)."""


class Transfer:
    """Fills a part file from a URL.

    Args:
        session: The lane's own.
        wire: By which others can cut the transfer.
        gauge: In which others see how far it is.
        throttle: The speed limit.
    """

    def __init__(self, session: Session, wire: Wire, gauge: Gauge, throttle: Throttle) -> None:
        self._session = session
        self._wire = wire
        self._gauge = gauge
        self._throttle = throttle

    def run(
        self,
        url: str,
        part: PartFile,
        timeout: float,
        conditions: Conditions | None = None,
        kept: Kept | None = None,
    ) -> Arrival:
        """Fetch what the part file lacks.

        Args:
            url: http or https.
            part: Empty, or with bytes to go on from; or whole since an earlier run, which needs no network.
            timeout: Seconds without a byte.
            conditions: Under which it is wanted at all.
            kept: The same file on this computer, to be copied instead.

        Raises:
            FetchmillError: It failed; what is in the part file stays usable unless it was started over.
            Stopped: Somebody asked for the end.
            NotModifiedError: The conditions are not met.
        """
        try:
            part.find()
            if part.whole is None and (kept is None or not self._copy_kept(kept, part)):
                self._fetch(url, part, timeout, conditions)
            return self._arrival(part)
        except (DownloadError, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if self._wire.stop is Stop.STALL:
                raise StalledError(f"Less than 1 KiB arrived within {timeout:g} s.") from error
            if self._wire.stop is not None:
                raise Stopped from error
            if isinstance(error, DownloadError):
                raise
            raise translated(error, url) from error

    def _fetch(self, url: str, part: PartFile, timeout: float, conditions: Conditions | None) -> None:
        self._check_wire()
        self._gauge.is_held = False
        headers = _range_headers(part)
        if conditions is not None and not headers:
            headers = conditions.headers()
        asked = time.monotonic()
        response = self._session.get(url, headers, timeout, self._wire)
        self._gauge.waited = time.monotonic() - asked if self._wire.is_reused else None
        try:
            if response.status_code == 304 and headers and "Range" not in headers:
                raise NotModifiedError
            _accept(response, part)
            self._gauge.size, self._gauge.received = part.size, part.received
            self._gauge.name = suggested_name(response.headers.get("Content-Disposition"), response.url)
            with part:
                self._copy(response, part)
        finally:
            response.close()
        if not part.received and part.size is None and "Transfer-Encoding" not in response.headers:
            raise ConnectionLostError("The answer ended before its content began.")
        if part.size is not None and part.received != part.size:
            raise TruncatedError(f"{part.received:,} of {part.size:,} bytes arrived.")
        said = [response.headers.get(name) for name in ("Content-Type", "ETag", "Last-Modified")]
        part.complete(Whole(self._gauge.name, *said))

    def _arrival(self, part: PartFile) -> Arrival:
        assert part.whole is not None, "it has just been completed, or found so"  # noqa: S101  # run's own order
        self._gauge.size, self._gauge.received, self._gauge.name = part.size, part.received, part.whole.name
        return Arrival(part.whole, part.received, part.sha256(), part.head(1024))

    def _copy_kept(self, kept: Kept, part: PartFile) -> bool:
        """Copy what is there; whether it was what it must be.

        Raises:
            StorageError: The copy cannot be written.
        """
        part.start_over()
        if not Path(kept.path).is_file():
            return False
        with Path(kept.path).open("rb", buffering=0) as file, part:
            while chunk := file.read(_BLOCK):
                self._check_wire()
                part.write(chunk)
                self._gauge.received = part.received
        if part.sha256() != kept.sha256:
            part.start_over()
            return False
        part.complete(kept.whole)
        return True

    def _copy(self, response: requests.Response, part: PartFile) -> None:
        read, limit = response.raw.read1, part.size
        while chunk := read(self._throttle.read_size()):
            self._check_wire()
            if limit is not None and part.received + len(chunk) > limit:
                raise ProtocolError("More bytes arrived than the server announced.")
            part.write(chunk)
            self._gauge.received = part.received
            self._gauge.is_held = True
            self._throttle.take(len(chunk), self._wire)
            self._gauge.is_held = False
        self._check_wire()  # a cut socket reads as the end

    def _check_wire(self) -> None:
        if self._wire.stop is not None:
            raise ConnectionAbortedError


def _range_headers(part: PartFile) -> dict[str, str]:
    if not part.received or part.validator is None:
        return {}
    return {"Range": f"bytes={part.received}-", "If-Range": part.validator}


def _accept(response: requests.Response, part: PartFile) -> None:
    """Decide what the answer means for the part file, starting it over where the bytes come from the beginning.

    Raises:
        DownloadError: The answer is not (this part of) the file.
    """
    status = response.status_code
    if status == 206:
        _accept_rest(response, part)
    elif status == 416 and part.received:
        part.start_over()
        raise TruncatedError("The file on the server has become shorter; the next try starts over.")
    elif status == 200:
        part.start_over()
        part.size = _body_length(response)
        part.validator = _validator(response)
    else:
        said = _SAID.get(status, f"The server answered {response.reason or 'without a reason'}")
        error = HttpStatusError(status, f"{said} (HTTP {status}).")
        error.retry_after = asked_delay(response.headers.get("Retry-After"))
        raise error


def _accept_rest(response: requests.Response, part: PartFile) -> None:
    """Only exactly what was asked for is appended; a different file under the same URL starts over next time."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if not part.received or match is None or int(match[1]) != part.received:
        part.start_over()
        raise ProtocolError("The server sent a part of the file that was not asked for.")
    total = None if match[3] == "*" else int(match[3])
    length = _body_length(response)
    if (part.size is not None and total not in (None, part.size)) or (
        length is not None and length != int(match[2]) - int(match[1]) + 1
    ):
        part.start_over()
        raise TruncatedError("The file on the server has changed; the next try starts over.")
    part.size = total if total is not None else part.size


def _body_length(response: requests.Response) -> int | None:
    """Bytes of the body (RFC 9112, section 6.3); None when only its end tells.

    Raises:
        ProtocolError: The headers contradict each other or themselves, or the body is coded though we asked for
            the plain one.
    """
    headers = response.raw.headers
    if any(name != name.strip() for name in headers):
        raise ProtocolError("The server sent a header whose name cannot be read.")
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", ""):
        raise ProtocolError(f"The server sent a body coded as {coding}, which was not asked for.")
    transfer_coding = response.headers.get("Transfer-Encoding")
    if transfer_coding is not None:
        if transfer_coding.strip().lower() != "chunked":
            raise ProtocolError(f"The server uses the transfer coding {transfer_coding}.")
        return None
    lengths = {length.strip() for value in headers.getlist("Content-Length") for length in value.split(",")}
    if not lengths:
        return None
    length = lengths.pop()
    if lengths or not re.fullmatch("[0-9]{1,19}", length) or int(length) > _LARGEST:
        raise ProtocolError("The server announced a length that makes no sense.")
    return int(length)


def _validator(response: requests.Response) -> str | None:
    """What If-Range may carry: a strong ETag, else a Last-Modified older than Date by a minute (RFC 9110, 8.8.2.2)."""
    etag = response.headers.get("ETag", "").strip()
    if etag.startswith('"'):
        return etag
    modified = response.headers.get("Last-Modified", "")
    try:
        age = parsedate_to_datetime(response.headers.get("Date", "")) - parsedate_to_datetime(modified)
    except (ValueError, TypeError):
        return None
    return modified if not etag and age.total_seconds() >= 60 else None
