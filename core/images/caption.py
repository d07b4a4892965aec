"""What a text watermark says: a template with fields. Standard library only."""

import string
import unicodedata
from collections.abc import Iterator
from typing import Final

from core.errors import RecipeError

FIELDS: Final = ("name", "year")
"""What may stand in braces; doubled braces stand for themselves."""

# Controls, and halves of characters: bytes of a file name that are no UTF-8 come as these.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs"})


def problem(template: str) -> str | None:
    """What is wrong with a template, as what is allowed instead; None where nothing is."""
    allowed = f"a text with no fields but {', '.join(f'{{{name}}}' for name in FIELDS)} ({{{{ for a brace)"
    try:
        fields = list(_fields(template))
    except ValueError:  # a brace without its other
        return allowed
    return None if all(field in FIELDS for field in fields) else allowed


def filled(template: str, **values: str) -> str:
    """The text, in lines without needless spaces; what is unknown leaves no gap.

    Args:
        template: With fields in braces.
        values: For each field; file names may hold anything, so what cannot be printed becomes a space.

    Raises:
        RecipeError: There is a :func:`problem`.
    """
    if (allowed := problem(template)) is not None:
        raise RecipeError(f"The text of a watermark must be {allowed}; not {template!r}.")
    printable = {name: _printable(value) for name, value in values.items()}
    lines = template.format_map(printable).splitlines()
    return "\n".join(" ".join(_printable(line).split()) for line in lines).strip()


def _fields(template: str) -> Iterator[str]:
    for _, field, spec, conversion in string.Formatter().parse(template):
        if field is not None:
            yield f"{field}!{conversion}:{spec}" if spec or conversion else field


def _printable(text: str) -> str:
    return "".join(" " if unicodedata.category(letter) in _UNPRINTABLE else letter for letter in text)
