"""The finished files of a recipe that makes several of one picture: frozen values. Standard library only."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class FinishedFile(NamedTuple):
    """What one output came to.

    Attributes:
        output: The output's name.
        file: Absolute path; None where the recipe wants none that is no smaller than the original.
        bytes_out: Its size.
        sha256: Of it, hexadecimal.
        width: Pixels, as shown.
        height: Pixels, as shown.
        format: As Pillow names it.
        notes: What could not be carried over into it, or why there is none; a sentence each.
    """

    output: str
    file: str | None
    bytes_out: int | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    notes: tuple[str, ...] = ()


def bytes_written(files: tuple[FinishedFile, ...], bytes_out: int | None) -> int | None:
    """What all finished files of a job take together.

    Args:
        files: Where the outputs have names.
        bytes_out: Of the only one, where they have none.
    """
    return sum(one.bytes_out or 0 for one in files) if files else bytes_out


def files_of(rows: Iterable[Iterable[Any]]) -> tuple[FinishedFile, ...]:
    """The files again that were written as plain rows.

    Raises:
        TypeError: They were not.
    """
    found = tuple(one._replace(notes=tuple(one.notes)) for one in (FinishedFile(*row) for row in rows))
    for one in found:
        texts, numbers = (one.file, one.sha256, one.format), (one.bytes_out, one.width, one.height)
        if (
            not all(isinstance(text, str) for text in (one.output, *one.notes))
            or not all(text is None or isinstance(text, str) for text in texts)
            or not all(number is None or (type(number) is int and number >= 0) for number in numbers)
        ):
            raise TypeError(one)
    return found
