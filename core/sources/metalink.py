"""Metalink -> URLs: one for each file, with its digests, size, name and mirrors (RFC 5854, and version 3)."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.parsers import expat

from core.asked import Algorithm, Asked, Digest
from core.errors import UnreadableSourceError, UnusableRequestError
from core.sources.expected import digest
from core.sources.options import last_segment, sound_mirrors
from core.sources.places import place_url
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import is_web

_READ: Final = frozenset({"url", "hash", "size"})
_LAST: Final = 999_999  # RFC 5854, section 4.2.16.1: the priority where none is given
_KNOWN: Final = frozenset(algorithm.value for algorithm in Algorithm)
_LARGEST: Final = 1 << 62
_LONGEST: Final = 100_000  # characters of an element that is read; a URL may have 65,536


class _File(NamedTuple):
    """A file that has ended.

    Attributes:
        url: Its first http URL by priority, else its first.
        asked: What it is asked with.
        hashes: Type and value as they are written.
    """

    url: str
    asked: Asked
    hashes: tuple[tuple[str, str], ...]


class _Files:
    """Follows the elements ``file``, ``url``, ``hash`` and ``size``.

    Attributes:
        chosen: The files that have ended.
    """

    def __init__(self) -> None:
        self.chosen: list[_File] = []
        self._name = ""
        self._size: int | None = None
        self._urls: list[tuple[int, str]] = []
        self._hashes: list[tuple[str, str]] = []
        self._attributes: dict[str, str] = {}
        self._text: list[str] | None = None
        self._is_in_pieces = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        kind = name.rpartition(":")[2]
        if kind == "file":
            self._name, self._size = attributes.get("name", ""), None
            self._urls, self._hashes = [], []
        elif kind == "pieces":  # their hashes are of parts of the file
            self._is_in_pieces = True
        elif kind in _READ and not (kind == "hash" and self._is_in_pieces):
            self._text, self._attributes = [], attributes

    def text(self, characters: str) -> None:
        """Text within an element."""
        if self._text is not None and len(self._text) < _LONGEST:
            self._text.append(characters)

    def end(self, name: str) -> None:
        """An element ends."""
        kind = name.rpartition(":")[2]
        if kind == "file" and self._urls:
            self.chosen.append(self._file())
            self._urls = []
        elif kind == "pieces":
            self._is_in_pieces = False
        elif kind in _READ and self._text is not None:
            text, self._text = "".join(self._text).strip(), None
            self._take(kind, text)

    def _take(self, kind: str, text: str) -> None:
        if kind == "url":
            self._urls.append((_priority(self._attributes), text))
        elif kind == "hash":
            self._hashes.append((self._attributes.get("type", ""), text))
        elif text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _LARGEST:
            self._size = int(text)

    def _file(self) -> _File:
        urls = [url for _, url in sorted(self._urls, key=lambda found: found[0])]
        url = next(filter(is_web, urls), urls[0])
        name = last_segment(self._name)
        asked = Asked(
            name="" if name == last_segment(url) else name,
            size=self._size,
            mirrors=sound_mirrors(url, urls),
        )
        # A type that nobody here knows is left out (RFC 5854, section 4.2.5).
        hashes = tuple(found for found in self._hashes if found[0].lower().replace("-", "") in _KNOWN)
        return _File(url, asked, hashes)


def _priority(attributes: dict[str, str]) -> int:
    """The lower, the better; version 3's preference is the other way round."""
    priority, preference = attributes.get("priority", ""), attributes.get("preference", "")
    if priority.isascii() and priority.isdigit():
        return int(priority[:9])
    return _LAST - (int(preference[:9]) if preference.isascii() and preference.isdigit() else 0)


def read_metalink(blocks: Iterator[bytes], sieve: Sieve) -> Iterator[Chunk]:
    """The best http URL of every file; a URL of a file that has no other is passed on as it is.

    Raises:
        UnreadableSourceError: It is no XML, or declares entities.
    """
    files = _Files()
    parser = _parser(files)
    try:
        for block in blocks:
            parser.Parse(block)
            yield from _give(files, sieve)
        parser.Parse(b"", True)  # noqa: FBT003 - positional in C
    except expat.ExpatError as error:
        yield from _give(files, sieve)
        raise UnreadableSourceError(f"The metalink is no sound XML: {error}.") from error


def _parser(files: _Files) -> expat.XMLParserType:
    """A parser that expands no entities and fetches nothing."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = files.start
    parser.EndElementHandler = files.end
    parser.CharacterDataHandler = files.text
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_declaration: object) -> None:
    raise UnreadableSourceError("The metalink declares XML entities, which no metalink needs.")


def _give(files: _Files, sieve: Sieve) -> Iterator[Chunk]:
    chosen, files.chosen = files.chosen, []
    for file in chosen:
        _place(file, sieve)
        if sieve.is_full:
            yield sieve.take()
    yield from sieve.overdue()


def _place(file: _File, sieve: Sieve) -> None:
    if not is_web(file.url):
        place_url(file.url, sieve)
        return
    digests: list[Digest] = []
    for kind, value in file.hashes:
        try:
            digests.append(digest(kind, value))
        except UnusableRequestError as error:
            sieve.fail(f"{file.url}  {kind}:{value}", error)
            return
    sieve.url(file.url, file.asked._replace(digests=tuple(dict.fromkeys(digests))))
