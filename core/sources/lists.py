"""A list file -> its sources, whatever kind of list it is."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from core.errors import UnreadableSourceError
from core.job import SourceKind
from core.sources.encoding import decode, looks_binary
from core.sources.kinds import Container
from core.sources.lines import read_text
from core.sources.markup import read_html
from core.sources.metalink import read_metalink
from core.sources.opening import read_blocks
from core.sources.shortcut import read_shortcut, read_webloc
from core.sources.sieve import Chunk, Sieve
from core.sources.structured import read_json, read_json_lines
from core.sources.table import read_table
from core.sources.wording import shown

_READERS: Final[dict[Container, Callable[[Iterable[str], Sieve], Iterator[Chunk]]]] = {
    Container.TEXT: read_text,
    Container.TABLE: read_table,
    Container.HTML: read_html,
    Container.JSON: read_json,
    Container.JSON_LINES: read_json_lines,
}


def read_list(path: str, container: Container, sieve: Sieve) -> Iterator[Chunk]:
    """The sources of a list file; where it cannot be read to its end, a failed request says so as well.

    Args:
        path: Absolute path of a regular file.
        container: What kind of list it is; not a folder.
        sieve: Where the finds go.
    """
    blocks = read_blocks(path)
    try:
        if container is Container.WEBLOC:
            read_webloc(blocks, sieve)
        elif container is Container.METALINK:
            yield from read_metalink(blocks, sieve)
        else:
            yield from _read_decoded(path, container, blocks, sieve)
    except UnreadableSourceError as error:
        sieve.fail(path, error, SourceKind.FILE)


def _read_decoded(path: str, container: Container, blocks: Iterator[bytes], sieve: Sieve) -> Iterator[Chunk]:
    first = next(blocks, b"")
    if looks_binary(first):
        raise UnreadableSourceError(f"{shown(path)} is called a list but is no text.")
    texts = decode(chain((first,), blocks))
    if container is Container.SHORTCUT:
        read_shortcut(texts, sieve)
    else:
        yield from _READERS[container](texts, sieve)
