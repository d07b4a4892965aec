"""Text files that are there whole or as they were: written beside their place, made durable, renamed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A file to write to; it takes the path's place when the block ends without an error.

    Names of files that are no UTF-8 are written as the bytes that they are.

    Raises:
        OSError: It cannot be written; what was there before is still there.
    """
    fresh = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    try:
        with fresh.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
