"""Recipe files: TOML in, :class:`~core.images.recipe.Recipe` out. Standard library only."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from core.errors import RecipeError
from core.images.recipe import Fill, Fit, Metadata, Operation, Output, Recipe

SCHEMA: Final = 1
"""The version of the file format that this program reads."""

BUILT_IN: Final = ("as-downloaded", "thumbnail-256", "web-1920", "square-1080", "jpeg", "webp")
"""Names of the recipes that are always there, in the order people see them."""

OUTPUT_FORMATS: Final = ("keep", "keep-for-web", "jpeg", "png", "webp")

_LONGEST_SIDE: Final = 65_535
_LARGEST_FILE: Final = 64 * 1024
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OPERATIONS: Final[Mapping[str, type[Fit] | type[Fill]]] = {"fit": Fit, "fill": Fill}


def parse_recipe(text: str, origin: str) -> Recipe:
    """Read a recipe.

    Args:
        text: TOML 1.0.
        origin: Where it comes from, for messages.

    Raises:
        RecipeError: Anything is wrong with it; the message names the key and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RecipeError(f"{origin} is not valid TOML: {error}.") from error
    return _Reader(origin).recipe(table)


def built_in_recipes() -> tuple[Recipe, ...]:
    """The recipes that are always there, in the order of :data:`BUILT_IN`."""
    return tuple(_built_in(name) for name in BUILT_IN)


def recipe_text(name: str) -> str:
    """The file of a built-in recipe as it is.

    Raises:
        RecipeError: There is none of that name.
    """
    if name not in BUILT_IN:
        raise RecipeError(f"There is no built-in recipe {name!r}; there are {', '.join(BUILT_IN)}.")
    return (resources.files("resources") / "recipes" / f"{name}.toml").read_text(encoding="utf-8")


def find_recipe(name_or_path: str) -> Recipe:
    """A built-in recipe by its name, or else one from a ``.toml`` file.

    Raises:
        RecipeError: It is neither, or the file is no good.
    """
    if name_or_path in BUILT_IN:
        return _built_in(name_or_path)
    if not name_or_path.lower().endswith(".toml"):
        raise RecipeError(
            f"{name_or_path!r} is neither a recipe file (.toml) nor one of {', '.join(BUILT_IN)}."
        )
    return parse_recipe(_read(name_or_path), name_or_path)


@cache
def _built_in(name: str) -> Recipe:
    return parse_recipe(recipe_text(name), f"{name}.toml")


def _read(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise RecipeError(
            f"{path!r} cannot be read ({reason}), and is none of {', '.join(BUILT_IN)}."
        ) from error
    if len(content) > _LARGEST_FILE:
        raise RecipeError(f"{path!r} is larger than {_LARGEST_FILE} bytes, which no recipe is.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path!r} is not a text in UTF-8.") from error


class _Reader:
    """Checks tables key by key; its messages name the origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def recipe(self, table: Mapping[str, object]) -> Recipe:
        self._known(table, "", ("schema", "name", "title", "summary", "operations", "output"))
        self._number(table, "", "schema", SCHEMA, SCHEMA)
        name = self._words(table, "name")
        if not _NAME.fullmatch(name):
            raise self._wrong("name", "lower-case letters, digits and single hyphens", name)
        output = self._output(table["output"]) if "output" in table else None
        operations = self._operations(table.get("operations", []))
        if operations and output is None:
            raise RecipeError(f"{self.origin}: operations need a table [output].")
        return Recipe(name, self._words(table, "title"), self._words(table, "summary"), operations, output)

    def _operations(self, value: object) -> tuple[Operation, ...]:
        if not isinstance(value, list):
            raise self._wrong("operations", "tables [[operations]]", value)
        return tuple(self._operation(one, f"operations[{at}].") for at, one in enumerate(value, 1))

    def _operation(self, value: object, where: str) -> Operation:
        table = self._table(value, where.rstrip("."))
        self._known(table, where, ("type", "width", "height"))
        kind = _OPERATIONS[self._choice(table, where, "type", tuple(_OPERATIONS))]
        width = self._number(table, where, "width", 1, _LONGEST_SIDE)
        return kind(width, self._number(table, where, "height", 1, _LONGEST_SIDE))

    def _output(self, value: object) -> Output:
        table: dict[str, object] = {"format": "keep", "quality": 85, "metadata": "keep"}
        table |= self._table(value, "output")
        self._known(table, "output.", ("format", "quality", "metadata"))
        return Output(
            self._choice(table, "output.", "format", OUTPUT_FORMATS),
            self._number(table, "output.", "quality", 1, 100),
            Metadata(self._choice(table, "output.", "metadata", tuple(one.value for one in Metadata))),
        )

    def _table(self, value: object, key: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self._wrong(key, "a table", value)
        return value

    def _known(self, table: Mapping[str, object], where: str, keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                raise RecipeError(f"{self.origin}: {where}{key} is not known; allowed are {', '.join(keys)}.")

    def _words(self, table: Mapping[str, object], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "a text", value)
        return value.strip()

    def _choice(self, table: Mapping[str, object], where: str, key: str, choices: tuple[str, ...]) -> str:
        value = table.get(key)
        if not isinstance(value, str) or value not in choices:
            raise self._wrong(where + key, f"one of {', '.join(choices)}", value)
        return value

    def _number(self, table: Mapping[str, object], where: str, key: str, least: int, most: int) -> int:
        value = table.get(key)
        # bool is an int to Python, and no number to people.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            allowed = f"{least}" if least == most else f"a whole number from {least} to {most}"
            raise self._wrong(where + key, allowed, value)
        return value

    def _wrong(self, key: str, allowed: str, value: object) -> RecipeError:
        found = "it is missing" if value is None else f"not {value!r}"
        return RecipeError(f"{self.origin}: {key} must be {allowed}; {found}.")
