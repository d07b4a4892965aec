"""A list file -> its sources, whatever kind of list it is."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from core.errors import UnreadableSourceError
from core.job import SourceKind
from core.sources.encoding import decode, looks_binary
from core.sources.kinds import Container
from core.sources.lines import read_text
from core.sources.opening import read_blocks
from core.sources.sieve import Chunk, Sieve
from core.sources.wording import shown

_Reader = Callable[[Iterable[str], Sieve], Iterator[Chunk]]


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
            from core.sources.shortcut import read_webloc  # noqa: PLC0415  # with plistlib: most lists are plain text

            read_webloc(blocks, sieve)
        elif container is Container.METALINK:
            from core.sources.metalink import read_metalink  # noqa: PLC0415  # with expat: as above

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
        from core.sources.shortcut import read_shortcut  # noqa: PLC0415  # as above

        read_shortcut(texts, sieve)
    else:
        yield from _reader(container)(texts, sieve)


def _reader(container: Container) -> _Reader:
    """What reads such a list. Each is loaded with the first list of its kind: a program that starts waits for none."""
    match container:
        case Container.TABLE:
            from core.sources.table import read_table  # noqa: PLC0415  # as said above

            return read_table
        case Container.HTML:
            from core.sources.markup import read_html  # noqa: PLC0415  # with html.parser, as said above

            return read_html
        case Container.JSON:
            from core.sources.structured import read_json  # noqa: PLC0415  # as said above

            return read_json
        case Container.JSON_LINES:
            from core.sources.structured import read_json_lines  # noqa: PLC0415  # as said above

            return read_json_lines
        case _:
            return read_text
