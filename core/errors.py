"""What can go wrong, in words for the person in front of the screen.

    FetchmillError
    ├── SourceError             what was dropped cannot be used
    │   ├── BadUrlError             bad-url
    │   ├── UnsupportedSchemeError  unsupported-scheme
    │   ├── UnusableRequestError    unusable-request
    │   └── UnreadableSourceError   unreadable
    ├── DownloadError           the server or the way to it
    │   ├── NameResolutionError     name-resolution   (passing)
    │   ├── ConnectError            no-connection     (passing)
    │   │   └── RefusedError        connection-refused (passing)
    │   ├── ConnectionLostError     connection-lost   (passing)
    │   ├── StalledError            timeout           (passing)
    │   ├── TruncatedError          truncated         (passing)
    │   ├── HttpStatusError         http-status       (passing for some statuses)
    │   ├── TooLargeError           too-large
    │   ├── ProxyError              proxy             (passing)
    │   ├── ProtocolError           protocol
    │   ├── RedirectError           redirect
    │   └── TlsError                tls
    ├── PictureError            what arrived cannot be made into the finished picture
    │   ├── NotAnImageError         not-an-image
    │   ├── TruncatedPictureError   truncated
    │   ├── BrokenPictureError      broken-image
    │   ├── UnsupportedPictureError unsupported-image
    │   ├── PictureTooLargeError    too-large
    │   ├── RecipeError             bad-recipe
    │   ├── WorkerDiedError         worker-died
    │   └── ProcessingTimeoutError  processing-timeout
    ├── StorageError            the folder that files go to
    │   ├── DestinationError        destination
    │   │   └── DestinationGoneError    destination
    │   ├── UnusableNameError       bad-name
    │   ├── DiskFullError           disk-full
    │   ├── QueueFileError          queue-file
    │   └── FileExistsAlreadyError  file-exists
    └── InternalError           internal: a fault of our own
        └── EngineLostError         engine-lost

A class fixes ``code`` (a stable word for scripts), ``title`` and the usual ``hint``; an instance brings the
``message``. Arguments are positional, so that errors survive pickling. This module imports nothing of ours.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as a value: what crosses pipes, stands in a row and in ``--json``.

    Attributes:
        code: Stable word with hyphens.
        title: What happened, two or three words.
        message: What happened exactly, one sentence.
        hint: What the user can do next, one sentence.
        status: The HTTP status, where one was the cause.
    """

    code: str
    title: str
    message: str
    hint: str
    status: int | None = None


class FetchmillError(Exception):
    """The root: every error that a user may see.

    Attributes:
        message: What happened exactly, one sentence.
        hint: What the user can do next, one sentence.
        retry_after: Seconds that a server asked us to wait before the next try.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    usual_hint: ClassVar[str] = "Try again."
    passing: ClassVar[bool] = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint or self.usual_hint
        self.retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"

    @property
    def is_passing(self) -> bool:
        """Whether the same attempt may succeed a little later."""
        return self.passing

    def report(self) -> ErrorReport:
        """The error as a frozen value."""
        return ErrorReport(self.code, self.title, self.message, self.hint)


class SourceError(FetchmillError):
    """What was dropped, pasted or named cannot be used."""


class BadUrlError(SourceError):
    """Neither a URL nor a file."""

    code = "bad-url"
    title = "Not a URL"
    usual_hint = "Check the line for typing errors; a URL begins with https:// or http://."


class UnsupportedSchemeError(SourceError):
    """A URL of a kind that is not downloaded here."""

    code = "unsupported-scheme"
    title = "Kind of URL not supported"
    usual_hint = "Use an https:// or http:// URL to the same file."


class UnusableRequestError(SourceError):
    """A link that is to be asked for, or checked, in a way that is not possible here."""

    code = "unusable-request"
    title = "Cannot be asked for like that"
    usual_hint = "Correct it and add it again; or add the URL alone."


class UnreadableSourceError(SourceError):
    """A file or folder that cannot be read."""

    code = "unreadable"
    title = "Cannot be read"
    usual_hint = "Check that it still exists and that you may read it, then retry."


class DownloadError(FetchmillError):
    """The server, or the way to it."""

    title = "Download failed"


class NameResolutionError(DownloadError):
    """The host name leads to no address."""

    code = "name-resolution"
    title = "Host not found"
    usual_hint = "Check the spelling of the host and your network connection, then retry."
    passing = True


class ConnectError(DownloadError):
    """No connection could be made."""

    code = "no-connection"
    title = "No connection"
    usual_hint = "The server may be down or blocked by a firewall; retry later."
    passing = True


class RefusedError(ConnectError):
    """Nobody listens at that address."""

    code = "connection-refused"
    title = "Connection refused"


class ConnectionLostError(DownloadError):
    """The connection broke off."""

    code = "connection-lost"
    title = "Connection lost"
    usual_hint = "Retry; what was received is kept where the server allows it."
    passing = True


class StalledError(DownloadError):
    """Next to nothing arrived for the whole time limit."""

    code = "timeout"
    title = "No answer in time"
    usual_hint = "Retry later, or allow a longer timeout in the settings."
    passing = True


class TruncatedError(DownloadError):
    """The body ended before its announced length."""

    code = "truncated"
    title = "File cut short"
    usual_hint = "Retry; if it stays cut short, the file on the server is damaged."
    passing = True


class HttpStatusError(DownloadError):
    """The server answered, but not with the file.

    Args:
        status: The HTTP status (RFC 9110, section 15).
        message: One sentence.
        hint: One sentence.
    """

    code = "http-status"
    title = "Refused by the server"
    usual_hint = "Open the URL in a browser to see what the server says."
    passing_statuses: ClassVar[frozenset[int]] = frozenset({408, 425, 429, 500, 502, 503, 504})
    longest_wait: ClassVar[float] = 3600.0

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.args = (status, message, hint)
        self.status = status

    @property
    def is_passing(self) -> bool:
        """Whether the status says "later" rather than "no", and not too much later."""
        return self.status in self.passing_statuses and (self.retry_after or 0.0) <= self.longest_wait

    def report(self) -> ErrorReport:
        """The error as a frozen value, with its status."""
        return ErrorReport(self.code, self.title, self.message, self.hint, self.status)


class TooLargeError(DownloadError):
    """More bytes than the limit allows, or than an honest file would hold."""

    code = "too-large"
    title = "File too large"
    usual_hint = "Allow larger files in the settings, if this one is wanted."


class ProxyError(DownloadError):
    """The proxy does not let us through, or cannot be used."""

    code = "proxy"
    title = "Proxy trouble"
    usual_hint = "Check the proxy in the settings or in the system's network settings."
    passing = True


class ProtocolError(DownloadError):
    """The answer breaks HTTP's rules in a way that makes the bytes doubtful."""

    code = "protocol"
    title = "Answer not understood"
    usual_hint = "The server is at fault; try another URL to the same file."


class RedirectError(DownloadError):
    """The server sends us round in circles or to a place we do not go."""

    code = "redirect"
    title = "Redirect refused"
    usual_hint = "Open the URL in a browser and copy the address it ends at."


class TlsError(DownloadError):
    """The server could not prove who it is."""

    code = "tls"
    title = "Connection not secure"
    usual_hint = "Check this computer's date; if it is right, the certificate is wrong: do not trust it."


class PictureError(FetchmillError):
    """What arrived cannot be made into the finished picture."""

    title = "Picture failed"


class NotAnImageError(PictureError):
    """It claims to be a picture and is none."""

    code = "not-an-image"
    title = "Not a picture"
    usual_hint = "Open the URL in a browser: it may ask you to log in or lead to a page."


class TruncatedPictureError(PictureError):
    """The picture's data ends in the middle."""

    code = "truncated"
    title = "Picture cut short"
    usual_hint = "Download it again; if it stays cut short, the original is damaged."


class BrokenPictureError(PictureError):
    """The picture's data makes no sense."""

    code = "broken-image"
    title = "Picture damaged"
    usual_hint = "Open the original to see what is left of it, or find another copy."


class UnsupportedPictureError(PictureError):
    """A picture of a format that recipes cannot read."""

    code = "unsupported-image"
    title = "Format not supported"
    usual_hint = "Use the recipe as-downloaded, which keeps the file as it is."


class PictureTooLargeError(PictureError):
    """More pixels than the limit allows."""

    code = "too-large"
    title = "Picture too large"
    usual_hint = "Use the recipe as-downloaded, which keeps the file as it is."


class RecipeError(PictureError):
    """A recipe file that cannot be used."""

    code = "bad-recipe"
    title = "Recipe not usable"
    usual_hint = "Compare it with a built-in one: fetchmill-cli recipes NAME."


class WorkerDiedError(PictureError):
    """The process that worked on the picture ended without an answer."""

    code = "worker-died"
    title = "Processing broke off"
    usual_hint = "Retry; if it happens again, this picture is at fault or memory is short."


class ProcessingTimeoutError(PictureError):
    """The picture took longer than the limit allows."""

    code = "processing-timeout"
    title = "Processing took too long"
    usual_hint = "Retry when the computer is less busy, or use a smaller picture."


class StorageError(FetchmillError):
    """The folder that files go to."""


class DestinationError(StorageError):
    """Files cannot be written there."""

    code = "destination"
    title = "Cannot write to the destination"
    usual_hint = "Choose another destination folder, then retry what failed."


class DestinationGoneError(DestinationError):
    """The folder has been there and is no longer: removed, or its disk unmounted."""

    title = "Destination has gone"
    usual_hint = "Bring the folder or its disk back; or choose another destination and retry what failed."


class UnusableNameError(StorageError):
    """A name that the file system of the destination cannot spell."""

    code = "bad-name"
    title = "Name not possible there"
    usual_hint = "Choose a destination on another disk, or download this file by itself."


class DiskFullError(StorageError):
    """No room left."""

    code = "disk-full"
    title = "Disk full"
    usual_hint = "Make room or choose another destination, then retry what failed."


class QueueFileError(StorageError):
    """The file that keeps the list, or what was found in it."""

    code = "queue-file"
    title = "The list cannot be kept"
    usual_hint = "Make room on the disk that holds Fetchmill's own files, or check that they may be written."


class FileExistsAlreadyError(StorageError):
    """A file of that name is there and was not to be touched."""

    code = "file-exists"
    title = "File exists already"
    usual_hint = "Choose to rename, replace or skip existing files, or another destination."


class InternalError(FetchmillError):
    """A fault of our own; the log has the details."""

    code = "internal"
    title = "Fault in Fetchmill"
    usual_hint = "Retry; please report it with the log file if it happens again."


class EngineLostError(InternalError):
    """The engine's process ended unexpectedly."""

    code = "engine-lost"
    title = "Engine ended"
    usual_hint = "Nothing on the list is lost; what was in hand begins again."
