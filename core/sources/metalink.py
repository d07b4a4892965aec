"""Metalink -> URLs: one for each file, for the others are its mirrors (RFC 5854, and version 3)."""

from collections.abc import Iterator
from xml.parsers import expat

from core.errors import UnreadableSourceError
from core.sources.places import place_url
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import is_web


class _Files:
    """Follows the elements ``file`` and ``url``.

    Attributes:
        chosen: A URL for each file that has ended: its first http one, else its first.
    """

    def __init__(self) -> None:
        self.chosen: list[str] = []
        self._mirrors: list[str] = []
        self._url: list[str] | None = None

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        kind = name.rpartition(":")[2]
        if kind == "file":
            self._mirrors = []
        elif kind == "url":
            self._url = []

    def text(self, characters: str) -> None:
        """Text within an element."""
        if self._url is not None:
            self._url.append(characters)

    def end(self, name: str) -> None:
        """An element ends."""
        kind = name.rpartition(":")[2]
        if kind == "url" and self._url is not None:
            self._mirrors.append("".join(self._url).strip())
            self._url = None
        elif kind == "file" and self._mirrors:
            self.chosen.append(next(filter(is_web, self._mirrors), self._mirrors[0]))
            self._mirrors = []


def read_metalink(blocks: Iterator[bytes], sieve: Sieve) -> Iterator[Chunk]:
    """The first http URL of every file; a URL of a file that has no other is passed on as it is.

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
    for url in chosen:
        place_url(url, sieve)
        if sieve.is_full:
            yield sieve.take()
    yield from sieve.overdue()
