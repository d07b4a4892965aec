"""What the command line names as sources, standard input included."""

import os
import select
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from core.asked import Asked
from core.errors import UnreadableSourceError
from core.job import Drop
from core.sources.encoding import read_stream

_LOOK_UP_SECONDS: Final = 0.2
_READ_SIZE: Final = 1 << 20


def drop_from(sources: Sequence[str], asked: Asked | None = None) -> Drop:
    """The sources as a drop; ``-`` reads standard input to its end.

    Args:
        sources: As they are named.
        asked: What all of them are asked with.

    Raises:
        UnreadableSourceError: Standard input cannot be read.
    """
    try:
        text = read_stream(BytesIO(_standard_input())) if "-" in sources else ""
    except OSError as error:
        raise UnreadableSourceError(f"Standard input cannot be read: {error.strerror}.") from error
    return Drop(text, tuple(source for source in sources if source != "-"), asked=asked)


def absolute_folder(path: str) -> str:
    """The destination as an absolute path, ``~`` expanded."""
    return str(Path(path).expanduser().absolute())


def _standard_input() -> bytes:
    """All of it. Python looks at signals between two reads only: one that came just before a read waits for the next."""
    if os.name != "posix":
        return sys.stdin.buffer.read()
    number, read = sys.stdin.fileno(), bytearray()
    while True:
        if not select.select([number], [], [], _LOOK_UP_SECONDS)[0]:
            continue
        if not (block := os.read(number, _READ_SIZE)):
            return bytes(read)
        read += block
