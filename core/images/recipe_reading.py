"""What a recipe's file says, checked key by key. Standard library only."""

import re
from collections.abc import Mapping
from pathlib import Path
from reprlib import Repr
from typing import Any, Final

from core.downloads.template import Template, TemplateError
from core.errors import RecipeError
from core.images import caption
from core.images.parameters import Kind, Parameter, parameters_of
from core.images.recipe import (
    OPERATIONS,
    Keeping,
    Operation,
    Output,
    OutputFormat,
    PictureWatermark,
    Recipe,
    Redact,
    Resize,
    ResizeMode,
    TextWatermark,
)

SCHEMA: Final = 2
"""The version of the file format that is written; 1 is read, too."""

OUTPUT_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIRST_SCHEMA: Final = 1
_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_MOST_OPERATIONS: Final = 100
_MOST_OUTPUTS: Final = 20
_LONGEST_TEXT: Final = 1_000
_WHOLE_BOX: Final = 100.0
_COMMON_KEY: Final = re.compile(r"[\w-]{1,40}")
# What moves the cursor of a terminal, or turns the letters behind it round: titles are shown in both.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BRIEF: Final = Repr()  # what stands in a file may be all of its 64 kB
_BRIEF.maxstring = _BRIEF.maxlong = _BRIEF.maxother = 80
_LISTS: Final = frozenset({"operations", "outputs"})
_OLD_FORMATS: Final = ("keep", "keep-for-web", "jpeg", "png", "webp")
_OLD_METADATA: Final[Mapping[str, Mapping[str, Keeping]]] = {
    "keep": {},
    "without-gps": {"gps": Keeping.STRIP},
    "strip": dict.fromkeys(("exif", "xmp", "iptc", "gps", "copyright"), Keeping.STRIP),
}
_NEEDED: Final[Mapping[ResizeMode, tuple[str, ...]]] = {
    **dict.fromkeys(
        (ResizeMode.FIT, ResizeMode.FILL, ResizeMode.STRETCH, ResizeMode.PAD), ("width", "height")
    ),
    **dict.fromkeys((ResizeMode.LONG_EDGE, ResizeMode.SHORT_EDGE), ("edge",)),
    ResizeMode.WIDTH: ("width",),
    ResizeMode.HEIGHT: ("height",),
}


class Reader:
    """Makes a recipe of tables; its messages name the origin, the line and the key.

    Args:
        origin: Where the file comes from, for messages.
        text: Of the file, by which lines are found.
        folder: Where relative paths begin; None for the working directory.
    """

    def __init__(self, origin: str, text: str, folder: Path | None) -> None:
        self._origin = origin
        self._lines = text.splitlines()
        self._folder = folder or Path()

    def recipe(self, table: Mapping[str, object]) -> Recipe:
        """The whole recipe.

        Raises:
            RecipeError: Anything is wrong with it.
        """
        schema = table.get("schema")
        if schema not in (_FIRST_SCHEMA, SCHEMA) or isinstance(schema, bool):
            raise self._wrong("schema", f"{_FIRST_SCHEMA} or {SCHEMA}", schema)
        is_old = schema == _FIRST_SCHEMA
        output_key = "output" if is_old else "outputs"
        self._known(table, "", ("schema", "name", "title", "summary", "operations", output_key))
        name = self._words(table, "name")
        if not OUTPUT_NAME.fullmatch(name):
            raise self._wrong("name", "lower-case letters, digits and single hyphens", name)
        outputs: tuple[Output, ...] = ()
        if not is_old:
            outputs = self._outputs(table.get("outputs", []))
        elif "output" in table:
            outputs = (self._old_output(table["output"]),)
        operations = self._operations(table.get("operations", []), "operations", is_old=is_old)
        if operations and not outputs:
            raise RecipeError(f"{self._origin}: operations need a table [[outputs]].")
        return Recipe(name, self._words(table, "title"), self._words(table, "summary"), operations, outputs)

    def _operations(self, value: object, where: str, *, is_old: bool = False) -> tuple[Operation, ...]:
        tables = self._list(value, where, _MOST_OPERATIONS)
        read = self._old_operation if is_old else self._operation
        return tuple(read(one, f"{where}[{at}].") for at, one in enumerate(tables, 1))

    def _operation(self, value: object, where: str) -> Operation:
        table = self._table(value, where.rstrip("."))
        kind = table.get("type")
        if not isinstance(kind, str) or kind not in OPERATIONS:
            raise self._wrong(f"{where}type", f"one of {', '.join(OPERATIONS)}", kind)
        operation = OPERATIONS[kind](**self._values(table, where, parameters_of(OPERATIONS[kind]), ("type",)))
        if isinstance(operation, Resize):
            for needed in _NEEDED.get(operation.mode, ()):
                if getattr(operation, needed) is None:
                    raise self._wrong(f"{where}{needed}", f"told for mode {operation.mode.value}", None)
        return self._sensible(operation, where)

    def _sensible(self, operation: Operation, where: str) -> Operation:
        """Refuse what would do nothing, or fail at every picture."""
        match operation:
            case TextWatermark() if (allowed := caption.problem(operation.text)) is not None:
                raise self._wrong(f"{where}text", allowed, operation.text)
            case PictureWatermark(picture=""):
                raise self._wrong(f"{where}picture", "the path of a picture", None)
            case Redact(regions=()):
                raise self._wrong(f"{where}regions", "one region or more", None)
        return operation

    def _outputs(self, value: object) -> tuple[Output, ...]:
        outputs: list[Output] = []
        tables = self._list(value, "outputs", _MOST_OUTPUTS)
        for at, one in enumerate(tables, 1):
            where = f"outputs[{at}]."
            table = self._table(one, where.rstrip("."))
            name = table.get("name", "")
            if len(tables) > 1 or name:
                if not isinstance(name, str) or not OUTPUT_NAME.fullmatch(name):
                    raise self._wrong(
                        f"{where}name", "lower-case letters, digits and single hyphens", name or None
                    )
                if name in {output.name for output in outputs}:
                    raise self._wrong(f"{where}name", "another name than the outputs before", name)
            values = self._values(table, where, parameters_of(Output), ("name", "operations"))
            operations = self._operations(table.get("operations", []), f"{where}operations")
            self._check_names(values.get("names", ""), f"{where}names")
            outputs.append(Output(str(name), operations, **values))
        return tuple(outputs)

    def _check_names(self, text: str, key: str) -> None:
        try:
            template = Template.parse(text) if text.strip() else None
        except TemplateError as error:
            raise RecipeError(f"{self._place(key)}: {key}: {error.message} {error.hint}") from error
        if template is not None and template.columns:
            wrong = f"{{column:{template.columns[0]}}}"
            raise RecipeError(
                f"{self._place(key)}: {key}: a recipe knows of no lists, and so not of {wrong}."
            )

    # What version 1 said

    def _old_operation(self, value: object, where: str) -> Operation:
        table = self._table(value, where.rstrip("."))
        self._known(table, where, ("type", "width", "height"))
        kind = table.get("type")
        if kind not in ("fit", "fill"):
            raise self._wrong(f"{where}type", "one of fit, fill", kind)
        mode = ResizeMode.FIT if kind == "fit" else ResizeMode.FILL
        width, height = (
            self._value(table.get(one.name), where + one.name, one._replace(is_optional=False))
            for one in parameters_of(Resize)
            if one.name in ("width", "height")
        )
        return Resize(mode, width, height)

    def _old_output(self, value: object) -> Output:
        table = self._table(value, "output")
        self._known(table, "output.", ("format", "quality", "metadata"))
        by_name = {one.name: one for one in parameters_of(Output)}
        wanted = table.get("format", "keep")
        if wanted not in _OLD_FORMATS:
            raise self._wrong("output.format", f"one of {', '.join(_OLD_FORMATS)}", wanted)
        metadata = table.get("metadata", "keep")
        if not isinstance(metadata, str) or metadata not in _OLD_METADATA:
            raise self._wrong("output.metadata", f"one of {', '.join(_OLD_METADATA)}", metadata)
        quality = self._value(table.get("quality", 85), "output.quality", by_name["quality"])
        return Output(format=OutputFormat(wanted), quality=quality, **_OLD_METADATA[metadata])  # type: ignore[arg-type]  # by its own names

    # Values

    def _values(
        self,
        table: Mapping[str, object],
        where: str,
        parameters: tuple[Parameter, ...],
        beside: tuple[str, ...],
    ) -> dict[str, Any]:
        self._known(table, where, (*beside, *(one.name for one in parameters)))
        return {
            one.name.replace("-", "_"): self._value(table[one.name], where + one.name, one)
            for one in parameters
            if one.name in table
        }

    def _value(self, value: object, key: str, about: Parameter) -> Any:
        if about.kind is Kind.BOXES and isinstance(value, list):
            return tuple(self._box(one, f"{key}[{at}]", about) for at, one in enumerate(value, 1))
        if about.kind in (Kind.WHOLE, Kind.NUMBER) and self._is_number(value, about):
            return value if about.kind is Kind.WHOLE else float(value)  # type: ignore[arg-type]  # as just seen
        if about.kind is Kind.FLAG and isinstance(value, bool):
            return value
        if about.kind is Kind.CHOICE and type(value) is int:
            value = str(value)  # turn = 90 means what turn = "90" does
        if not isinstance(value, str) or not self._is_text(value, about):
            raise self._wrong(key, about.allowed, value)
        if about.choice is not None:
            return about.choice(value)
        return str(self._folder / value) if about.kind is Kind.FILE and value else value

    def _is_text(self, value: str, about: Parameter) -> bool:
        match about.kind:
            case Kind.CHOICE:
                return value in about.choices
            case Kind.COLOR:
                return _COLOR.fullmatch(value) is not None
            case Kind.TEXT | Kind.FILE:
                return len(value) <= _LONGEST_TEXT and "\0" not in value
        return False

    def _is_number(self, value: object, about: Parameter) -> bool:
        wanted = int if about.kind is Kind.WHOLE else (int, float)
        # bool is an int to Python, and no number to people.
        if not isinstance(value, wanted) or isinstance(value, bool):
            return False
        least = float("-inf") if about.least is None else about.least
        return least <= value <= (float("inf") if about.most is None else about.most)

    def _box(self, value: object, key: str, about: Parameter) -> tuple[float, float, float, float]:
        if isinstance(value, list) and [type(side) in (int, float) for side in value] == [True] * 4:
            left, top, width, height = value
            inside = all(0 <= side <= _WHOLE_BOX for side in value)
            inside = inside and left + width <= _WHOLE_BOX and top + height <= _WHOLE_BOX
            if inside and width > 0 and height > 0:
                return float(left), float(top), float(width), float(height)
        raise self._wrong(key, f"{about.kind.value}, inside the picture", value)

    def _table(self, value: object, key: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self._wrong(key, "a table", value)
        return value

    def _list(self, value: object, key: str, most: int) -> list[object]:
        if not isinstance(value, list):
            raise self._wrong(key, f"tables [[{key.partition('[')[0]}]]", value)
        if len(value) > most:
            raise self._wrong(key, f"no more than {most}", len(value))
        return value

    def _known(self, table: Mapping[str, object], where: str, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                shown = f"{where}{key}" if _COMMON_KEY.fullmatch(key) else f"{where}{_BRIEF.repr(key)}"
                raise RecipeError(
                    f"{self._place(where + key)}: {shown} is not known; allowed are {', '.join(keys)}."
                )

    def _words(self, table: Mapping[str, object], key: str) -> str:
        value = table.get(key)
        is_text = isinstance(value, str) and value.strip() and len(value) <= _LONGEST_TEXT
        if not isinstance(value, str) or not is_text or _UNSEEN.search(value):
            raise self._wrong(key, "a text", value)
        return value.strip()

    def _wrong(self, key: str, allowed: str, value: object) -> RecipeError:
        found = "it is missing" if value is None else f"not {_BRIEF.repr(value)}"
        return RecipeError(f"{self._place(key)}: {key} must be {allowed}; {found}.")

    def _place(self, key: str) -> str:
        line = line_of(self._lines, key)
        return self._origin if line is None else f"{self._origin}, line {line}"


def line_of(lines: list[str], key: str) -> int | None:
    """The line that a key stands on, from 1, or the head of its table; None where it is written in another way.

    Args:
        lines: Of the file.
        key: ``quality``, ``outputs[2].quality``, ``outputs[1].operations[3].width``.
    """
    wanted = re.findall(r"[^.\[\]]+", key)
    path, leaf = _split(wanted)
    counts: dict[str, int] = {}
    here: tuple[str, ...] = ()
    head: int | None = None
    for number, line in enumerate(lines, 1):
        if table := re.match(r"\s*(\[{1,2})\s*([\w.-]+)\s*\]{1,2}", line):
            here = _entered(table[2], is_list=len(table[1]) > 1, counts=counts)
            head = number if here == path else head
        elif here == path and re.match(rf"""\s*["']?{re.escape(leaf)}["']?\s*=""", line):
            return number
    return head


def _split(parts: list[str]) -> tuple[tuple[str, ...], str]:
    """The path of the table, its numbers in it, and the key; a box's number is none of the table's."""
    while len(parts) > 1 and parts[-1].isdigit() and parts[-2] not in _LISTS:
        parts = parts[:-1]
    if parts[-1].isdigit():
        return tuple(parts), ""
    return tuple(parts[:-1]), parts[-1]


def _entered(name: str, *, is_list: bool, counts: dict[str, int]) -> tuple[str, ...]:
    """The path of a table whose head says this, its numbers in it."""
    path: list[str] = []
    parts = name.split(".")
    for at, part in enumerate(parts):
        known = ".".join([*path, part])
        if is_list and at == len(parts) - 1:
            counts[known] = counts.get(known, 0) + 1
        path += [part, str(counts[known])] if known in counts else [part]
    return tuple(path)
