"""What operations and outputs of a recipe can be told, declared once: file format, editor and handbook follow from it.

Standard library only.
"""

from dataclasses import field, fields
from enum import Enum
from typing import Final, NamedTuple, TypeVar

_KEY: Final = "parameter"
_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)

Box = tuple[float, float, float, float]
"""Left, top, width and height, in percent of the picture."""


class Kind(Enum):
    """What a value is."""

    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    CHOICE = "one of"
    TEXT = "a text"
    COLOR = "a colour such as #ff8800 or #ff880080"
    FILE = "the path of a file"
    BOXES = "a list of [left, top, width, height] in percent"


class Parameter(NamedTuple):
    """One thing that can be told.

    Attributes:
        name: In the file: lower case, with hyphens.
        title: On the screen.
        kind: What a value is.
        default: Where nothing is told; None for what has to be told, or needs not where ``is_optional``.
        least: Of a number.
        most: Of a number.
        unit: Behind a number on the screen.
        choices: As they stand in the file.
        is_optional: Whether None is a value: nothing in particular.
        choice: The enum that the choices are of.
    """

    name: str
    title: str
    kind: Kind
    default: object = None
    least: float | None = None
    most: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    choice: type[Enum] | None = None

    @property
    def allowed(self) -> str:
        """What may stand in the file, in words."""
        if self.kind is Kind.CHOICE:
            return f"one of {', '.join(self.choices)}"
        if self.least is None or self.most is None:
            return str(self.kind.value)
        return f"{self.kind.value} from {self.least:g} to {self.most:g}"


def whole(title: str, default: int, least: int, most: int, unit: str = "px") -> int:
    """A whole number."""
    return _declared(title, Kind.WHOLE, default, least, most, unit)


def whole_or_none(title: str, least: int, most: int, unit: str = "px") -> int | None:
    """A whole number, or none."""
    nothing: int | None = None
    return _declared(title, Kind.WHOLE, nothing, least, most, unit, is_optional=True)


def number(title: str, default: float, least: float, most: float, unit: str = "") -> float:
    """A number."""
    return _declared(title, Kind.NUMBER, default, least, most, unit)


def flag(title: str, *, default: bool) -> bool:
    """Yes or no."""
    return _declared(title, Kind.FLAG, default)


def text(title: str, default: str) -> str:
    """A text."""
    return _declared(title, Kind.TEXT, default)


def color(title: str, default: str) -> str:
    """``#rrggbb`` or ``#rrggbbaa``."""
    return _declared(title, Kind.COLOR, default)


def file(title: str, default: str = "") -> str:
    """A path; a relative one begins at the recipe's own folder."""
    return _declared(title, Kind.FILE, default)


def boxes(title: str) -> tuple[Box, ...]:
    """Regions of the picture."""
    none: tuple[Box, ...] = ()
    return _declared(title, Kind.BOXES, none)


def choice(title: str, default: _E) -> _E:
    """One value of an enum, which stands in the file as its own value."""
    kind = type(default)
    return _declared(title, Kind.CHOICE, default, choices=tuple(str(one.value) for one in kind), choice=kind)


def parameters_of(declared: type) -> tuple[Parameter, ...]:
    """What an operation or an output can be told, in its order."""
    return tuple(
        one.metadata[_KEY]._replace(name=one.name.replace("_", "-"))
        for one in fields(declared)
        if _KEY in one.metadata
    )


def _declared(
    title: str,
    kind: Kind,
    default: _T,
    least: float | None = None,
    most: float | None = None,
    unit: str = "",
    *,
    choices: tuple[str, ...] = (),
    is_optional: bool = False,
    choice: type[Enum] | None = None,
) -> _T:
    about = Parameter("", title, kind, default, least, most, unit, choices, is_optional, choice)
    return field(default=default, metadata={_KEY: about})
