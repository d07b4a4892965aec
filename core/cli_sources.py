"""What the command line names as sources, standard input included."""

import sys
from collections.abc import Sequence
from pathlib import Path

from core.job import Drop
from core.sources.encoding import read_stream


def drop_from(sources: Sequence[str]) -> Drop:
    """The sources as a drop; ``-`` reads standard input to its end."""
    text = read_stream(sys.stdin.buffer) if "-" in sources else ""
    return Drop(text, tuple(source for source in sources if source != "-"))


def absolute_folder(path: str) -> str:
    """The destination as an absolute path, ``~`` expanded."""
    return str(Path(path).expanduser().absolute())
