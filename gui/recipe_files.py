"""Recipe files, read and written beside the UI thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from core.errors import RecipeError
from core.images.recipe import Recipe
from core.images.recipe_file import BUILT_IN, find_recipe, own_path, own_recipes, parse_recipe, recipe_as_text
from core.places import config_folder, recipes_folder
from core.whole_file import written_whole
from gui.recipe_words import name_from, problem_words

_LEFT: Final = "recipe-not-saved.toml"


class Opened(NamedTuple):
    """A recipe that was read.

    Attributes:
        recipe: As it stands there.
        path: Of one of the user's own, which saving writes again; None for what is opened as a copy.
    """

    recipe: Recipe
    path: str | None


class Written(NamedTuple):
    """A recipe that was written.

    Attributes:
        recipe: As it stands there.
        path: Where.
        is_export: Whether that is somewhere else than among the user's own.
    """

    recipe: Recipe
    path: str
    is_export: bool


class Left(NamedTuple):
    """A recipe whose changes were not saved when the window went.

    Attributes:
        recipe: As it stood.
        path: Of the one among the user's own that was being changed; None for a new one.
    """

    recipe: Recipe
    path: str | None


class Deleted(NamedTuple):
    """A recipe that is no more.

    Attributes:
        path: Where it was among the user's own.
    """

    path: str


Answer = Opened | Written | Left | Deleted | None


class _Work(QRunnable):
    """Does one thing and says what came of it, or why nothing did."""

    def __init__(self, do: Callable[[], Answer], say: Callable[[object], None]) -> None:
        super().__init__()
        self._do = do
        self._say = say

    def run(self) -> None:
        """See Qt."""
        try:
            self._say(self._do())
        except RecipeError as error:
            self._say(error.message)
        except OSError as error:
            self._say(f"{error.filename or 'The file'} cannot be written: {error.strerror}.")


class RecipeFiles(QObject):
    """One thing at a time, in order.

    Signals:
        opened: ``Opened``.
        brought_back: ``Left``.
        written: ``Written``.
        deleted: ``Deleted``.
        failed: ``str``: why nothing was read or written, a sentence.
    """

    opened = Signal(object)
    brought_back = Signal(object)
    written = Signal(object)
    deleted = Signal(object)
    failed = Signal(str)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done.connect(self._tell)

    def open(self, name_or_path: str) -> None:
        """Read a built-in recipe, one of the user's own, or any file."""
        self._start(lambda: _opened(name_or_path))

    def save(self, recipe: Recipe, path: str | None) -> None:
        """Write one of the user's own again; for None, a new one, whose name is made from its title."""
        self._start(lambda: _saved(recipe, path))

    def export(self, recipe: Recipe, path: str) -> None:
        """Write it to where the user wants it."""
        self._start(lambda: _written(recipe, Path(path), is_export=True))

    def delete(self, path: str) -> None:
        """Take one of the user's own away."""
        self._start(lambda: _deleted(path))

    def leave(self, recipe: Recipe) -> None:
        """Keep it for the next time, in a place of its own."""
        self._start(lambda: _kept(recipe))

    def bring_back(self) -> None:
        """Read what was left there, if anything was, and take it away."""
        self._start(_left)

    def finish(self) -> None:
        """Wait until everything is written."""
        self._pool.waitForDone()

    def _start(self, do: Callable[[], Answer]) -> None:
        self._pool.start(_Work(do, self._done.emit))

    @Slot(object)
    def _tell(self, answer: Answer | str) -> None:
        match answer:
            case Opened():
                self.opened.emit(answer)
            case Written():
                self.written.emit(answer)
            case Deleted():
                self.deleted.emit(answer)
            case Left():
                self.brought_back.emit(answer)
            case str():
                self.failed.emit(answer)


def checked(recipe: Recipe) -> str:
    """What is wrong with a recipe, as its file would say it; empty where nothing is."""
    try:
        parse_recipe(recipe_as_text(recipe), "It")
    except RecipeError as error:
        return problem_words(error.message)
    return ""


def _opened(name_or_path: str) -> Opened:
    folder = recipes_folder()
    recipe = find_recipe(name_or_path, folder)
    path = own_path(name_or_path, folder)
    return Opened(recipe, str(path) if path is not None else None)


def _kept(recipe: Recipe) -> Written:
    config_folder().mkdir(parents=True, exist_ok=True)
    return _written(recipe, config_folder() / _LEFT, is_export=True)


def _left() -> Left | None:
    path = config_folder() / _LEFT
    if not path.exists():
        return None
    recipe = find_recipe(str(path))
    path.unlink()
    own = own_path(recipe.name, recipes_folder())
    return Left(recipe, str(own) if own is not None else None)


def _saved(recipe: Recipe, path: str | None) -> Written:
    folder = recipes_folder()
    if path is not None:
        return _written(recipe, Path(path), is_export=False)
    folder.mkdir(parents=True, exist_ok=True)
    own, _ = own_recipes(folder)
    files = {file.stem for file in folder.glob("*.toml")}  # one that is broken is not written over
    name = name_from(recipe.title, {*BUILT_IN, *files, *(one.name for one in own)})
    return _written(recipe._replace(name=name), folder / f"{name}.toml", is_export=False)


def _deleted(path: str) -> Deleted:
    Path(path).unlink(missing_ok=True)
    return Deleted(path)


def _written(recipe: Recipe, path: Path, *, is_export: bool) -> Written:
    text = recipe_as_text(recipe)
    parse_recipe(text, recipe.title)  # what cannot be read again is not written
    with written_whole(path) as file:
        file.write(text)
    return Written(recipe, str(path), is_export)
