"""Recipe files: TOML in, :class:`~core.images.recipe.Recipe` out, and back. Standard library only.

Version 2 says ``[[outputs]]`` and knows all operations. Version 1 had one ``[output]``, ``fit`` and ``fill``, and one word
for all metadata; such files are read as what they meant.
"""

import errno
import stat
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple

from core.errors import RecipeError
from core.images.whole_recipe import Recipe

BUILT_IN: Final = ("as-downloaded", "thumbnail-256", "web-1920", "square-1080", "jpeg", "webp")
"""Names of the recipes that are always there, in the order people see them."""

_LARGEST_FILE: Final = 64 * 1024


def parse_recipe(text: str, origin: str, folder: Path | None = None) -> Recipe:
    """Read a recipe.

    Args:
        text: TOML 1.0.
        origin: Where it comes from, for messages.
        folder: Where relative paths in it begin; None for the working directory.

    Raises:
        RecipeError: Anything is wrong with it; the message names the line, the key and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits are no error of TOML's
        raise RecipeError(f"{origin} is not valid TOML: {error}.") from error
    from core.images.recipe_reading import Reader  # noqa: PLC0415  # with all steps: mere downloads start without

    return Reader(origin, text, folder).recipe(table)


def recipe_as_text(recipe: Recipe) -> str:
    """A recipe as a file that ``parse_recipe`` reads: what is as it would be anyway is left out."""
    from core.images.recipe_writing import written  # noqa: PLC0415  # as above

    return written(recipe)


def built_in_recipes() -> tuple[Recipe, ...]:
    """The recipes that are always there, in the order of :data:`BUILT_IN`."""
    return tuple(_built_in(name) for name in BUILT_IN)


def built_in_titles() -> tuple[tuple[str, str, str], ...]:
    """Name, title and summary of each of them, without a look at what it does."""
    tables = [tomllib.loads(recipe_text(name)) for name in BUILT_IN]
    return tuple((table["name"], table["title"], table["summary"]) for table in tables)


def own_recipes(folder: Path) -> tuple[tuple[Recipe, ...], tuple[RecipeError, ...]]:
    """The user's own recipes, by name, and what is wrong with the others.

    Args:
        folder: Where they lie; it need not be there.
    """
    found: list[Recipe] = []
    errors: list[RecipeError] = []
    taken = dict.fromkeys(BUILT_IN, "the built-in one")
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            recipe = parse_recipe(_read(str(path)), str(path), path.parent)
        except RecipeError as error:
            errors.append(error)
            continue
        if recipe.name in taken:
            errors.append(RecipeError(f"{path}: {taken[recipe.name]} is called {recipe.name!r} as well."))
        else:
            taken[recipe.name] = str(path)
            found.append(recipe)
    return tuple(found), tuple(errors)


def recipe_text(name: str, folder: Path | None = None) -> str:
    """The file of a built-in recipe, or of one of the user's own, as it is.

    Args:
        name: Of the recipe.
        folder: Of the user's own.

    Raises:
        RecipeError: There is none of that name.
    """
    if name in BUILT_IN:
        return (resources.files("resources") / "recipes" / f"{name}.toml").read_text(encoding="utf-8")
    if (path := own_path(name, folder)) is not None:
        return _read(str(path))
    raise RecipeError(f"There is no recipe {name!r}; built in are {', '.join(BUILT_IN)}.")


def own_path(name: str, folder: Path | None) -> Path | None:
    """The file of one of the user's own recipes; None where there is none of that name."""
    for path in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
        try:
            if parse_recipe(_read(str(path)), str(path), path.parent).name == name:
                return path
        except RecipeError:  # named by what lists them
            continue
    return None


class Located(NamedTuple):
    """A recipe's file that was found.

    Attributes:
        text: What it says.
        origin: What it is called in messages.
        folder: Where relative paths in it begin; None where there are none.
    """

    text: str
    origin: str
    folder: Path | None = None


def find_recipe(name_or_path: str, folder: Path | None = None) -> Recipe:
    """A built-in recipe or one of the user's own by its name, or else one from a ``.toml`` file.

    Args:
        name_or_path: Of the recipe.
        folder: Of the user's own.

    Raises:
        RecipeError: It is none of them, or the file is no good.
    """
    if name_or_path in BUILT_IN:
        return _built_in(name_or_path)
    return parse_recipe(*located(name_or_path, folder))


def usable_recipe(name_or_path: str, folder: Path | None = None) -> Recipe:
    """As :func:`find_recipe`, with the files that it names tried: else every single picture would fail.

    Reads those files; not for the window.

    Raises:
        RecipeError: Also where a file that it names cannot be used.
    """
    recipe = find_recipe(name_or_path, folder)
    if recipe.changes_pictures:
        from core.images.named_files import try_files  # noqa: PLC0415  # as in parse_recipe

        try_files(recipe, lambda: located(name_or_path, folder))
    return recipe


def located(name_or_path: str, folder: Path | None = None) -> Located:
    """The file of such a recipe; arguments and errors as for :func:`find_recipe`."""
    if name_or_path in BUILT_IN:
        return Located(recipe_text(name_or_path), f"{name_or_path}.toml")
    if not name_or_path.lower().endswith(".toml"):
        if (path := own_path(name_or_path, folder)) is not None:
            return Located(_read(str(path)), str(path), path.parent)
        own, errors = own_recipes(folder) if folder is not None else ((), ())
        broken = next((one for one in errors if f"{name_or_path}.toml" in one.message), None)
        names = ", ".join((*BUILT_IN, *(recipe.name for recipe in own)))
        raise broken or RecipeError(f"{name_or_path!r} is neither a recipe file (.toml) nor one of {names}.")
    return Located(_read(name_or_path), name_or_path, Path(name_or_path).absolute().parent)


@cache
def _built_in(name: str) -> Recipe:
    text = recipe_text(name)
    table = tomllib.loads(text)
    if "outputs" not in table:  # it leaves files as they are: there are no parts to be known
        return Recipe(table["name"], table["title"], table["summary"])
    return parse_recipe(text, f"{name}.toml")


def _read(path: str) -> str:
    try:
        _require_file(Path(path))
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


def _require_file(path: Path) -> None:
    """See that a pipe or a device does not keep us waiting for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "no regular file")
