"""Name templates: ``{host}/{date}/{name}`` says where below the destination a file goes and what it is called there.

A template is checked when it is written, so that it cannot fail when a file has arrived. Values never make folders and
never lead out of the destination: each folder and the name are made safe by ``core.downloads.filename``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from core.downloads.filename import safe_name, split_name
from core.errors import FetchmillError
from core.images.exif_tags import DATES, TAGS

ALLOWED: Final = (
    "{name} {ext} {host} {date} {date:%Y} {index} {index:04} {batch} {column:NAME}"
    "; where a recipe makes pictures also {recipe} {output} {width} {height} {exif:Model}"
)
"""What may stand in braces, in words for the user."""

_LONGEST: Final = 1000  # characters
_PIECE: Final = re.compile(r"\{\{|\}\}|\{(?P<word>[^{}]*)\}|(?P<brace>[{}])")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_SEPARATOR: Final = re.compile(r"[/\\]")
_WIDTH: Final = re.compile(r"0?[1-9]|1[0-9]|20", re.ASCII)
_DATE: Final = re.compile(r"[\w .-]*(?:%[YmdHMS][\w .-]*)+", re.ASCII)


class TemplateError(FetchmillError):
    """A name template that makes no names."""

    code = "bad-template"
    title = "Name template not usable"
    usual_hint = "Write {name} to keep the names that files have."


class Picture(NamedTuple):
    """What is known of a finished picture.

    Attributes:
        recipe: The name of what made it.
        output: The name of the recipe's output; empty where it has none.
        width: Pixels; None while it is not made.
        height: Pixels, likewise.
        tags: The original's EXIF tags, by the names of ``exif_tags``.
    """

    recipe: str
    output: str = ""
    width: int | None = None
    height: int | None = None
    tags: Mapping[str, str] = MappingProxyType({})


class Facts(NamedTuple):
    """What is known of one file.

    Attributes:
        file: Its safe name, with the extension that its content has.
        host: It came from; empty for a file of this computer.
        date: When its batch was added, in the user's time zone.
        number: In the batch, from 1.
        batch: The batch's title.
        columns: The row of the list it stood in, by the names in the list's first row.
        picture: What is known of it if it is a finished picture; None for a download as it came.
    """

    file: str
    host: str
    date: datetime
    number: int
    batch: str
    columns: Mapping[str, str] = MappingProxyType({})
    picture: Picture | None = None


class Place(NamedTuple):
    """Where a file goes.

    Attributes:
        folder: Below the destination, ``/``-separated; empty for the top. As in ``JobRequest``.
        name: Safe.
    """

    folder: str
    name: str


class _Field(NamedTuple):
    """What stands in braces.

    Attributes:
        name: Up to its colon.
        detail: After it.
        fill: What is written in its place.
    """

    name: str
    detail: str
    fill: Callable[[Facts], str]


_Piece = str | _Field
_OF_PICTURES: Final = frozenset({"recipe", "output", "width", "height", "exif"})
DATE_TAGS: Final = DATES
"""The EXIF tags that are dates, written ``2026:05:31 18:30:00``."""
_LATE: Final = frozenset({"width", "height", "exif"})


class Template(NamedTuple):
    """A template that has been checked.

    Attributes:
        text: As it was written.
        segments: Of the path; each is text and what is filled in.
    """

    text: str
    segments: tuple[tuple[_Piece, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check a template.

        Args:
            text: As the user wrote it; ``{{`` and ``}}`` stand for braces, ``/`` begins a folder's content.

        Raises:
            TemplateError: It cannot be used; says where and why.
        """
        if len(text) > _LONGEST:
            raise TemplateError(f"It is longer than {_LONGEST:,} characters.")
        segments: list[list[_Piece]] = [[]]
        for piece in _pieces(text):
            if not isinstance(piece, str):
                segments[-1].append(piece)
                continue
            first, *others = _SEPARATOR.split(piece)
            segments[-1].append(first)
            segments += [[other] for other in others]
        found = tuple(tuple(piece for piece in segment if piece != "") for segment in segments)
        _check(found)
        return cls(text, found)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a list that it is filled in with, as it names them."""
        return tuple(dict.fromkeys(field.detail for field in self._in_braces() if field.name == "column"))

    @property
    def tags(self) -> tuple[str, ...]:
        """The EXIF tags that it is filled in with."""
        found = (field.detail.partition(":")[0] for field in self._in_braces() if field.name == "exif")
        return tuple(dict.fromkeys(found))

    @property
    def of_pictures(self) -> tuple[str, ...]:
        """What it asks for that only finished pictures have: ``recipe``, ``width`` and so on."""
        return tuple(dict.fromkeys(field.name for field in self._in_braces() if field.name in _OF_PICTURES))

    @property
    def is_late(self) -> bool:
        """Whether it asks for what is known only once the picture is made."""
        return not _LATE.isdisjoint(self.of_pictures)

    def _in_braces(self) -> Iterator[_Field]:
        return (piece for segment in self.segments for piece in segment if not isinstance(piece, str))

    def place(self, facts: Facts) -> Place:
        """Where a file goes; its extension stays whatever the template says.

        What comes out empty is left out; a name that does is the file's own. So it is with a folder or a name that
        asks for what only finished pictures have, where the file is none.
        """
        *folders, name = (
            "" if _is_foreign(segment, facts) else _filled(segment, facts) for segment in self.segments
        )
        extension = split_name(facts.file)[1]
        name = safe_name(name)
        if not name:
            return Place(_joined(folders), facts.file)
        if not name.lower().endswith(extension.lower()):
            name = safe_name(name + extension)
        return Place(_joined(folders), name)


def _is_foreign(segment: tuple[_Piece, ...], facts: Facts) -> bool:
    """Whether a segment asks for what this file does not have."""
    return facts.picture is None and any(
        piece.name in _OF_PICTURES for piece in segment if not isinstance(piece, str)
    )


def _filled(segment: tuple[_Piece, ...], facts: Facts) -> str:
    return "".join(piece if isinstance(piece, str) else _flat(piece.fill(facts)) for piece in segment)


def _pieces(text: str) -> "list[_Piece]":
    """Texts, and what is filled in between them.

    Raises:
        TemplateError: Something in braces is not known, or a brace stands alone.
    """
    found: list[_Piece] = []
    end = 0
    for match in _PIECE.finditer(text):
        found.append(_checked_text(text[end : match.start()], end))
        end = match.end()
        if match["brace"]:
            raise _error(
                match.start(), f"the brace {match['brace']} has no partner", "Write {{ or }} for a brace."
            )
        if match["word"] is None:
            found.append(match[0][0])
        else:
            name, _, detail = match["word"].partition(":")
            found.append(_Field(name, detail, _filled_in(match["word"], match.start())))
    return [*found, _checked_text(text[end:], end)]


def _checked_text(text: str, at: int) -> str:
    if match := _FORBIDDEN.search(text):
        shown = match[0] if match[0].isprintable() else f"U+{ord(match[0]):04X}"
        raise _error(
            at + match.start(), f"no file name can have {shown} in it", "Leave it out, or write - or _."
        )
    return text


def _filled_in(word: str, at: int) -> Callable[[Facts], str]:
    """What is filled in for a word in braces.

    Raises:
        TemplateError: It is not known.
    """
    name, colon, detail = word.partition(":")
    match name:
        case "index" if not colon or _WIDTH.fullmatch(detail):
            width = int(detail or 1)
            return lambda facts: f"{facts.number:0{width}}"
        case "index":
            raise _error(
                at, f"{{{word}}} has no width from 1 to 20", "Write {index:04} for 0001, 0002 and so on."
            )
        case "date" if not colon or _DATE.fullmatch(detail):
            return lambda facts: facts.date.strftime(detail or "%Y-%m-%d")
        case "date":
            raise _error(at, f"{{{word}}} is no date", "Allowed are %Y %m %d %H %M %S, as in {date:%Y-%m}.")
        case "column" if detail.strip():
            return lambda facts: _column(facts.columns, detail)
        case "column":
            raise _error(at, f"{{{word}}} names no column", "Write the column's name, as in {column:title}.")
        case "exif":
            return _exif(word, detail, at)
        case _ if word in _SIMPLE:
            return _SIMPLE[word]
    raise _error(at, f"{{{word}}} is not known")


_SIMPLE: Final[Mapping[str, Callable[[Facts], str]]] = MappingProxyType(
    {
        "name": lambda facts: split_name(facts.file)[0],
        "ext": lambda facts: split_name(facts.file)[1][1:],
        "host": lambda facts: facts.host,
        "batch": lambda facts: facts.batch,
        "recipe": lambda facts: facts.picture.recipe if facts.picture else "",
        "output": lambda facts: facts.picture.output if facts.picture else "",
        "width": lambda facts: _known(facts.picture.width if facts.picture else None),
        "height": lambda facts: _known(facts.picture.height if facts.picture else None),
    }
)


def _known(number: int | None) -> str:
    return "" if number is None else str(number)


def _exif(word: str, detail: str, at: int) -> Callable[[Facts], str]:
    """What is filled in for an EXIF tag.

    Raises:
        TemplateError: There is none of that name, or it is no date and has a date's format.
    """
    tag, colon, form = detail.partition(":")
    if tag not in TAGS:
        raise _error(at, f"{{{word}}} names no EXIF tag that is read", f"Allowed are {', '.join(TAGS)}.")
    if colon and (tag not in DATE_TAGS or not _DATE.fullmatch(form)):
        hint = "A date's form has %Y %m %d %H %M %S, as in {exif:DateTimeOriginal:%Y-%m}."
        raise _error(at, f"{{{word}}} is no date", hint)
    if tag in DATE_TAGS:
        return lambda facts: _date_of(facts, tag, form or "%Y-%m-%d %H.%M.%S")
    return lambda facts: facts.picture.tags.get(tag, "") if facts.picture else ""


def _date_of(facts: Facts, tag: str, form: str) -> str:
    """A date as EXIF writes it in another form; empty where it is none (cameras whose clock was never set)."""
    try:
        said = facts.picture.tags.get(tag, "") if facts.picture else ""
        return datetime.strptime(said, "%Y:%m:%d %H:%M:%S").strftime(form)  # noqa: DTZ007  # EXIF says no zone
    except ValueError:
        return ""


def _column(columns: Mapping[str, str], name: str) -> str:
    """A column's value; its name may be written in small or capital letters."""
    if name in columns:
        return columns[name]
    wanted = name.strip().casefold()
    return next((value for key, value in columns.items() if key.strip().casefold() == wanted), "")


def _check(segments: tuple[tuple[_Piece, ...], ...]) -> None:
    """Refuse what leads out of the destination, and what names no file.

    Raises:
        TemplateError: It does.
    """
    texts = ["".join(piece if isinstance(piece, str) else "x" for piece in segment) for segment in segments]
    if texts == [""]:
        raise TemplateError("It is empty.", "Write {name} to keep the names that files have.")
    if not texts[0]:
        raise TemplateError(
            "It begins with /.", "Folders are made below the destination: leave the first / out."
        )
    if not texts[-1].strip():
        raise TemplateError("After its last / it names no file.", "Write {name} there.")
    if any(text.strip() in (".", "..") for text in texts):
        raise TemplateError(
            "It has a folder called . or .. in it.", "Folders are made below the destination only."
        )


def _flat(value: str) -> str:
    """A value as a part of one segment: its slashes make no folders."""
    return _SEPARATOR.sub("_", value)


def _joined(folders: list[str]) -> str:
    return "/".join(filter(None, map(safe_name, folders)))


def _error(at: int, what: str, hint: str = "") -> TemplateError:
    return TemplateError(f"At character {at + 1}: {what}.", hint or f"Allowed are {ALLOWED}.")
