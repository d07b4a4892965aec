"""One HTTP exchange that fills a part file, checked at every step (RFC 9110, RFC 9112).

What is doubtful is an error: a file is whole or it is none.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from core.asked import NOTHING, Algorithm, Asked, Digest
from core.downloads.acceptance import (
    MismatchError,
    accept_rest,
    accept_whole,
    is_everything_there,
    may_be_shared,
    range_headers,
    refusal,
)
from core.downloads.asking import headers_for
from core.downloads.checkpoint import Whole
from core.downloads.coding import Decoded, Read, coding_of
from core.downloads.connection import Answer
from core.downloads.digests import DigestError, expected_digests, representation_digests, verify
from core.downloads.elsewhere import compare
from core.downloads.filename import safe_name, suggested_name
from core.downloads.inline import inline_file, is_inline
from core.downloads.line import Gauge, Line
from core.downloads.looking import look
from core.downloads.origin import record_origin
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Stop, Wire
from core.downloads.sharing import help_with, sharing
from core.downloads.space import Space
from core.downloads.throttle import Throttle
from core.downloads.translation import translated
from core.errors import (
    DownloadError,
    ProtocolError,
    StalledError,
    TruncatedError,
    UnusableRequestError,
)
from core.images.formats import HEAD_BYTES, claims_picture, sniff

if TYPE_CHECKING:
    from core.downloads.cookies import Cookies

_BLOCK: Final = 1 << 20
_SMALL: Final = 1 << 18  # bytes that are fetched again as soon as noted


class Stopped(Exception):  # noqa: N818  # not an error: somebody asked for it
    """The transfer was cut because the user paused or gave it up."""


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
        picture_format: What its content shows it to be, as ``sniff`` says.
    """

    whole: Whole
    size: int
    sha256: str
    picture_format: str | None


class NotModifiedError(Exception):
    """The server says that what we have is what it has (304)."""


class Transfer:
    """Fills a part file from a URL.

    Args:
        session: The lane's own.
        wire: By which others can cut the transfer.
        gauge: In which others see how far it is.
        throttle: The speed limit.
        rules: How large the file may be.
        asked: What the job is asked with, and must come to.
    """

    def __init__(
        self,
        session: Session,
        wire: Wire,
        gauge: Gauge,
        throttle: Throttle,
        rules: Rules | None = None,
        asked: Asked | None = None,
    ) -> None:
        self._wire = wire
        self._gauge = gauge
        self._asked = asked or NOTHING
        self._url = ""
        self._cookies: Cookies | None = None
        self._line = Line(session, wire, gauge, throttle, self._extra)
        self._rules = rules or Rules()
        self._wanted = self._rules.wanted
        self._space = self._rules.space or Space()

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
            url: http, https or data.
            part: Empty, or with bytes to go on from; or whole since an earlier run, which needs no network.
            timeout: Seconds without a byte.
            conditions: Under which it is wanted at all.
            kept: The same file on this computer, to be copied instead.

        Raises:
            FetchmillError: It failed; what is in the part file stays usable unless it was started over.
            Stopped: Somebody asked for the end.
            NotModifiedError: The conditions are not met.
            NotWantedError: The rules want other files.
        """
        with self._told(url, timeout):
            self._prepare(url)
            part.find()
            if part.is_taken_over:
                compare(self._line, url, part, timeout)
            if part.whole is None and (kept is None or not self._copy_kept(kept, part)):
                if is_inline(url):
                    self._unpack(url, part)
                else:
                    self._fetch(url, part, timeout, conditions)
            return self._arrival(part)

    def help(self, url: str, part: PartFile, timeout: float) -> None:
        """Fetch parts of a file whose first connection is another's, until there is nothing left that pays.

        Args:
            url: http or https.
            part: Shared.
            timeout: Seconds without a byte.

        Raises:
            FetchmillError: It failed; the first connection goes on.
            Stopped: The first connection has ended.
        """
        with self._told(url, timeout):
            self._prepare(url)
            help_with(self._line, url, part, timeout)

    @contextmanager
    def _told(self, url: str, timeout: float) -> Iterator[None]:
        """What ends an exchange, in our own words."""
        try:
            yield
        except (DownloadError, OSError, ValueError) as error:
            if self._wire.stop is Stop.STALL:
                raise StalledError(f"Less than 1 KiB arrived within {timeout:g} s.") from error
            if self._wire.stop is not None:
                raise Stopped from error
            if isinstance(error, DownloadError):
                raise
            raise translated(error, url) from error

    def _fetch(self, url: str, part: PartFile, timeout: float, conditions: Conditions | None) -> None:
        """Ask for the rest where there is a beginning; for all, once, where the two do not fit."""
        headers = range_headers(part)
        if not headers:
            self._exchange(url, part, timeout, conditions.headers() if conditions is not None else {})
            return
        try:
            self._exchange(url, part, timeout, headers)
        except MismatchError:
            part.start_over()
            self._exchange(url, part, timeout, {})

    def _exchange(self, url: str, part: PartFile, timeout: float, headers: dict[str, str]) -> None:
        response = self._line.ask(url, headers, timeout)
        try:
            if response.status == 304 and headers and "Range" not in headers:
                raise NotModifiedError
            self._gauge.name = (self._asked.name and safe_name(self._asked.name)) or suggested_name(
                response.headers.get("Content-Disposition"), response.url
            )
            read = self._accepted(response, part)
            self._gauge.size, self._gauge.received = part.size, part.total
            if read is not None:
                with self._space.claimed(part), part:
                    self._look(response, read, part)
                    if may_be_shared(response, part):
                        with sharing(self._line, url, part, timeout):
                            self._copy(read, part)
                    else:
                        self._copy(read, part)
                    self._finish(response, part)
            else:
                self._finish(response, part)
        finally:
            response.close()

    def _finish(self, response: Answer, part: PartFile) -> None:
        """See that all has come, and that it is the right file.

        Raises:
            DownloadError: It is not.
            StorageError: It cannot be made durable.
        """
        if part.size is not None and part.received != part.size:
            raise TruncatedError(f"{part.received:,} of {part.size:,} bytes arrived.")
        self._verify(part, _digests_said(response))
        said = [response.headers.get(name) for name in ("Content-Type", "ETag", "Last-Modified")]
        record_origin(part.path, response.url, self._asked.referrer)
        whole = Whole(self._gauge.name, *said)
        part.complete(whole, is_noted=part.received > _SMALL or _is_picture(part, whole))

    def _accepted(self, response: Answer, part: PartFile) -> Read | None:
        """How to read what the part file lacks, starting it over where the bytes come from the beginning.

        None where it lacks nothing.

        Raises:
            DownloadError: The answer is not (this part of) the file.
            MismatchError: The beginning that we have does not fit.
        """
        read: Read = response.read
        status = response.status
        if status == 206:
            accept_rest(response, part)
        elif status == 416 and part.total:
            if not is_everything_there(response, part):
                raise MismatchError
            return None
        elif status == 200:
            said = response.headers
            coding = coding_of(
                said.get("Content-Encoding", ""), said.get("Content-Type", ""), self._gauge.name
            )
            accept_whole(response, part, is_coded=coding is not None)
            read = Decoded(read, coding).read1 if coding is not None else read
        else:
            raise refusal(response)
        self._wanted.require_bytes(part.size)
        self._wanted.require_type(response.headers.get("Content-Type"), self._gauge.name)
        return read

    def _arrival(self, part: PartFile) -> Arrival:
        assert part.whole is not None, "it has just been completed, or found so"  # noqa: S101  # run's own order
        self._gauge.size, self._gauge.received, self._gauge.name = part.size, part.received, part.whole.name
        self._verify(part, ())
        self._wanted.require_bytes(part.received)
        claims = claims_picture(part.whole.name, part.whole.content_type)
        picture_format = sniff(part.head(HEAD_BYTES), claims=claims)
        return Arrival(part.whole, part.received, part.sha256(), picture_format)

    def _prepare(self, url: str) -> None:
        self._url = url
        if self._asked.cookies_file:
            from core.downloads.cookies import read_cookies  # noqa: PLC0415  # most jobs do without

            try:
                self._cookies = read_cookies(self._asked.cookies_file)
            except OSError as error:
                raise UnusableRequestError(f"{self._asked.cookies_file} cannot be read.") from error

    def _extra(self, hop: str) -> dict[str, str]:
        """The headers that the job asks one hop with."""
        return (
            {}
            if self._asked is NOTHING
            else headers_for(self._asked, self._url, hop, self._cookies, time.time)
        )

    def _verify(self, part: PartFile, said: tuple[Digest, ...]) -> None:
        """See that a whole file is the one that it should be; else it is not kept.

        Raises:
            DigestError: It is not.
        """
        asked = self._asked
        if asked is NOTHING and not said:
            return
        try:
            if asked.size not in (None, part.received):
                raise DigestError(f"It has {part.received:,} bytes, and the list says {asked.size:,}.")  # noqa: TRY301  # as below
            verify(Path(part.path), asked.digests, said, {Algorithm.SHA256: part.sha256()})
        except DigestError:
            part.start_over()
            raise

    def _unpack(self, url: str, part: PartFile) -> None:
        """Take the file that the address itself is (RFC 2397)."""
        content_type, content = inline_file(url)
        self._wanted.require_bytes(len(content))
        self._wanted.require_type(content_type, "")
        part.start_over()
        part.size = len(content)
        with self._space.claimed(part), part:
            part.write(content)
        part.complete(Whole("", content_type, None, None))

    def _copy_kept(self, kept: Kept, part: PartFile) -> bool:
        """Copy what is there; whether it was what it must be.

        Raises:
            StorageError: The copy cannot be written.
        """
        part.start_over()
        if not Path(kept.path).is_file():
            return False
        with Path(kept.path).open("rb", buffering=0) as file, self._space.claimed(part), part:
            while chunk := file.read(_BLOCK):
                self._line.check()
                self._space.grow(part, len(chunk))
                part.write(chunk)
                self._gauge.received = part.received
        if part.sha256() != kept.sha256:
            part.start_over()
            return False
        part.complete(kept.whole)
        return True

    def _look(self, response: Answer, read: Read, part: PartFile) -> None:
        """Copy no more of a picture than says whether it is wanted, if that is asked at all."""
        if self._wanted.concerns_pictures:
            claims = claims_picture(self._gauge.name, response.headers.get("Content-Type"))
            look(self._wanted, part, read, lambda few, end: self._copy(few, part, end), claims=claims)

    def _copy(self, read: Read, part: PartFile, end: int | None = None) -> bool:
        """Write what comes, until there are so many bytes; whether there may be more."""
        limit = part.size
        for chunk in self._line.blocks(read):
            if limit is not None and part.received + len(chunk) > limit:
                raise ProtocolError("More bytes arrived than the server announced.")
            self._wanted.require_bytes(part.received + len(chunk), so_far=True)
            self._space.grow(part, len(chunk))
            has_more = part.write(chunk)
            self._gauge.received = part.total
            if end is not None and part.received >= end:
                return True
            if not has_more:
                break
        return False


def _is_picture(part: PartFile, whole: Whole) -> bool:
    """Whether it has to wait for a child of the process pool before it gets its name."""
    claims = claims_picture(whole.name, whole.content_type)
    return claims or sniff(part.head(HEAD_BYTES), claims=False) is not None


def _digests_said(response: Answer) -> tuple[Digest, ...]:
    """What the server says that the file comes to; of a coded one it says what the coded bytes do."""
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        return ()
    is_whole = response.status == 200
    return expected_digests(response.headers) if is_whole else representation_digests(response.headers)
