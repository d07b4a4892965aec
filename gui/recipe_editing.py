"""What the actions do that edit recipes."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from core.interface import EngineInterface
from core.job import JobSnapshot, RecipeTitle, SourceKind
from core.settings import Settings
from gui.appearance import Appearance
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.setup_row import SetupRow

if TYPE_CHECKING:
    from gui.recipe_editor import RecipeEditor
    from gui.recipe_files import Written
    from gui.recipe_preview import Sample

_MOST_SAMPLES: Final = 12
_MOST_LOOKED_AT: Final = 2_000


class RecipeEditing(QObject):
    """Slots of ``actions.ACTIONS``.

    Args:
        engine: What makes previews.
        model: The jobs, whose pictures are the samples.
        table: Whose current row is the first of them.
        setup: Where recipes are chosen.
        appearance: For the editor.
        window: Beside which it opens.
    """

    def __init__(
        self,
        engine: EngineInterface,
        model: JobModel,
        table: JobTable,
        setup: SetupRow,
        appearance: Appearance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._model = model
        self._table = table
        self._setup = setup
        self._appearance = appearance
        self._window = window
        self._titles: tuple[RecipeTitle, ...] = ()
        self.editor: RecipeEditor | None = None
        engine.ready.connect(self._take_ready)
        for news in (engine.jobs_changed, engine.jobs_added):
            news.connect(self._look_for_samples, Qt.ConnectionType.QueuedConnection)  # after the model

    def edit_recipe(self) -> None:
        """Edit the chosen recipe; a copy of it where it is built in."""
        editor = self._shown()
        if editor.may_begin_another():
            editor.filing.files.open(self._setup.order().recipe)

    def new_recipe(self) -> None:
        """Begin one with nothing in it."""
        from gui.recipe_files import Opened  # noqa: PLC0415  # see _shown above
        from gui.recipe_filing import NEW  # noqa: PLC0415  # see _shown, which pays for it

        editor = self._shown()
        if editor.may_begin_another():
            editor.show_recipe(Opened(NEW, None))

    def may_leave(self) -> bool:
        """Whether nothing would be lost with the window; where something would, it is asked in the editor."""
        return self.editor is None or not self.editor.isVisible() or self.editor.may_begin_another()

    def leave(self) -> None:
        """The window goes, whatever is in the editor: one that would not close would hold up the program's end."""
        if self.editor is not None:
            self.editor.leave()

    # Inside

    def _shown(self) -> "RecipeEditor":
        if self.editor is None:
            # Only who edits recipes pays for it: the window begins a tenth of a second sooner without.
            from gui.recipe_editor import RecipeEditor  # noqa: PLC0415  # see the line above

            self.editor = RecipeEditor(self._appearance, self._window)
            self.editor.saved.connect(self._take_saved)
            self.editor.deleted.connect(self._take_deleted)
            self.editor.preview_wanted.connect(self._engine.preview)
            self._engine.previewed.connect(self.editor.preview.take)
            self.editor.filing.files.bring_back()
        if not self.editor.isVisible():
            self.editor.preview.show_samples(self._samples())
        self.editor.show()
        self.editor.raise_()
        self.editor.activateWindow()
        return self.editor

    def _take_ready(self, titles: tuple[RecipeTitle, ...]) -> None:
        self._titles = titles
        if self.editor is not None and self.editor.isVisible():
            self.editor.preview.forget()  # the engine that made them is no more
            self.editor.preview.ask()

    def _look_for_samples(self) -> None:
        """As long as there is none, the first picture that comes is one."""
        if self.editor is not None and self.editor.isVisible() and not self.editor.preview.sample():
            self.editor.preview.show_samples(self._samples())

    def _take_saved(self, written: "Written") -> None:
        recipe = written.recipe
        mine = RecipeTitle(recipe.name, recipe.title, recipe.summary, is_own=True)
        is_new = all(title.name != mine.name for title in self._titles)
        others = tuple(mine if title.name == mine.name else title for title in self._titles)
        self._titles = (*others, mine) if is_new else others
        self._setup.show_recipes(self._titles)
        self._setup.choose_recipe(recipe.name)

    def _take_deleted(self, name: str) -> None:
        """Where it is the chosen one, the usual one takes its place."""
        self._titles = tuple(title for title in self._titles if title.name != name)
        if self._setup.order().recipe == name:
            self._setup.choose_recipe(Settings().recipe)
        self._setup.show_recipes(self._titles)

    def _samples(self) -> "list[Sample]":
        """The pictures that are on the disk, as they came: the current one first."""
        from gui.recipe_preview import Sample  # noqa: PLC0415  # see _shown, which pays for it

        current, found = self._table.current_job(), dict[str, Sample]()
        first = self._model.rows[:_MOST_LOOKED_AT]
        jobs = [current, *(self._model.jobs[i] for i in first if i in self._model.jobs)]
        for job in jobs:
            path = _picture_of(job) if job is not None else None
            if job is not None and path is not None:
                found.setdefault(path, Sample(path, job.name))
            if len(found) == _MOST_SAMPLES:
                break
        names = Counter(sample.name for sample in found.values())
        return [_told_apart(sample) if names[sample.name] > 1 else sample for sample in found.values()]


def _told_apart(sample: "Sample") -> "Sample":
    """With its folder: another one has the same name."""
    path = Path(sample.path)
    return sample._replace(name=f"{path.parent.name}/{path.name}")


def _picture_of(job: JobSnapshot) -> str | None:
    """Where the picture lies as it came; None where it has not come, or is none."""
    from core.images.formats import is_picture_name  # noqa: PLC0415  # with its table: only who edits needs it

    path = job.source if job.kind is SourceKind.FILE else job.original or job.file
    return path if path and is_picture_name(path) else None
