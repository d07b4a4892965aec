"""One source by itself: a URL, a local picture, or something to be read."""

import errno
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from core.asked import Asked
from core.errors import BadUrlError, SourceError, UnreadableSourceError, UnusableRequestError
from core.images.formats import is_picture_name, sniff
from core.job import SourceKind
from core.sources.encoding import decode, looks_binary
from core.sources.expected import claims, link_and_digests
from core.sources.keys import absolute
from core.sources.kinds import Container, list_kind, plain_name
from core.sources.opening import read_blocks, unreadable
from core.sources.sieve import Sieve, Waiting
from core.sources.urls import carries_file, has_url, is_foreign, is_web, not_a_source, unsupported
from core.sources.wording import shown

if TYPE_CHECKING:
    from core.sources.curl_command import Wanted

_CURL: Final = re.compile(r"\s*(?:[$>%] )?curl(?:\.exe)?\s", re.IGNORECASE)
_FILE_URL: Final = re.compile(
    r"file:(?://(?P<host>[^/]*))?(?P<path>/.*)", re.IGNORECASE | re.DOTALL
)  # RFC 8089
_NO_SUCH_NAME: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
)


def place(source: str, sieve: Sieve) -> None:
    """Sort one source in: its request, or what is to be read for it, or its failure."""
    text = source.strip()
    if is_web(text) or is_foreign(text) or text[:5].lower() == "file:":
        place_url(text, sieve)
    elif is_command(text) and (wanted := _wanted_by(text)):
        for one in wanted:
            take_wanted(one, sieve)
    elif text:
        _place_path(source, sieve)
    else:  # as a path it would be the current folder
        sieve.reject(source, not_a_source)


def place_url(text: str, sieve: Sieve) -> None:
    """Sort in what can only be a URL, of whatever kind: a path without ``file:`` is none."""
    if is_web(text):
        if not take_checked(text, sieve):
            sieve.url(text)
    elif text[:5].lower() == "file:":
        _place_file_url(text, sieve)
    elif carries_file(text):
        sieve.url(text)
    else:
        sieve.reject(text, unsupported if is_foreign(text) else not_a_source)


def take_checked(text: str, sieve: Sieve) -> bool:
    """Take a URL with digests behind it, and nothing else; whether the text is that."""
    if (found := link_and_digests(text)) is None:
        return False
    take_claimed(*found, sieve)
    return True


def take_claimed(url: str, digests: str, sieve: Sieve) -> None:
    """Take a URL with digests as they are written; with one that is none, it is not fetched unchecked."""
    try:
        asked = Asked(claims(digests))
    except UnusableRequestError as error:
        sieve.fail(f"{url}  {digests.strip()}", error)
    else:
        sieve.url(url, asked)


def is_command(line: str) -> bool:
    """Whether a line begins like a curl command."""
    return _CURL.match(line) is not None


def _wanted_by(command: str) -> "tuple[Wanted, ...]":
    from core.sources.curl_command import wanted_by  # noqa: PLC0415  # with its tables: most lists have no command

    return wanted_by(command)


def take_wanted(wanted: "Wanted", sieve: Sieve) -> None:
    """Take what a command downloads, or why it does not."""
    if wanted.error is not None:
        sieve.fail(wanted.source, wanted.error)
    else:
        sieve.url(wanted.source, wanted.asked)


def _place_file_url(url: str, sieve: Sieve) -> None:
    parts = _FILE_URL.fullmatch(url)
    if parts is None:
        sieve.reject(url, not_a_source)
    elif (parts["host"] or "").lower() not in ("", "localhost"):
        sieve.reject(url, _elsewhere)
    elif os.name == "nt":
        from urllib.request import url2pathname  # noqa: PLC0415  # takes a while, and others do without

        _place_path(url2pathname(parts["path"]), sieve)
    else:
        _place_path(unquote(parts["path"], errors="surrogateescape"), sieve)


def _elsewhere(url: str) -> SourceError:
    return BadUrlError(
        f"{shown(url)} names a file on another computer.", "Mount its folder here and drop it from there."
    )


def _place_path(path: str, sieve: Sieve) -> None:
    try:
        status = Path(path).stat()
    except (OSError, ValueError) as error:
        _place_missing(path, error, sieve)
        return
    path = absolute(path)
    identity = (status.st_dev, status.st_ino)
    if stat.S_ISDIR(status.st_mode):
        sieve.waiting.append(Waiting(path, Container.FOLDER, identity))
    elif not stat.S_ISREG(status.st_mode):  # opening a FIFO would wait for ever
        sieve.fail(path, UnreadableSourceError(f"{shown(path)} is no ordinary file."), SourceKind.FILE)
    else:
        place_file(path, identity, sieve)


def _place_missing(path: str, error: OSError | ValueError, sieve: Sieve) -> None:
    """What is not there: a list that was named, or no source at all; or something that hides behind an error."""
    wrong = not_a_source(path)
    if isinstance(error, OSError) and error.errno not in _NO_SUCH_NAME:
        sieve.fail(absolute(path), unreadable(path, error), SourceKind.FILE)
    elif isinstance(error, OSError) and list_kind(path) and wrong.hint == BadUrlError.usual_hint:
        missing = UnreadableSourceError(f"{shown(path)} does not exist.")
        sieve.fail(absolute(path), missing, SourceKind.FILE)
    else:
        sieve.fail(path, wrong)


def place_file(path: str, identity: tuple[int, int], sieve: Sieve) -> None:
    """Sort a regular file in, by its name or else by its first bytes."""
    if is_picture_name(path):
        sieve.file(path)
    elif (container := list_kind(path)) is not None:
        sieve.waiting.append(Waiting(path, container, identity))
    else:
        _place_unknown(path, identity, sieve)


def _place_unknown(path: str, identity: tuple[int, int], sieve: Sieve) -> None:
    try:
        head = next(read_blocks(path), b"")  # unpacked; a gzipped picture is not one that can be shown
    except UnreadableSourceError as error:
        sieve.fail(path, error, SourceKind.FILE)
        return
    if sniff(head) is not None and plain_name(path) == path:
        sieve.file(path)
    elif not looks_binary(head) and any(map(has_url, decode(iter((head,))))):
        sieve.waiting.append(Waiting(path, Container.TEXT, identity))
    else:
        neither = UnreadableSourceError(
            f"{shown(path)} is neither a picture nor a list of URLs.", "Drop a picture, a list or a folder."
        )
        sieve.fail(path, neither, SourceKind.FILE)
