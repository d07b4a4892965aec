"""What the action does that gives jobs another URL or other headers."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.interface import EngineInterface
from core.job import Edit, Edited, JobState, SourceKind
from gui.commands import Commands
from gui.job_model import JobModel
from gui.job_table import JobTable

if TYPE_CHECKING:
    from gui.edit_dialog import EditDialog


class Editing(QObject):
    """A slot of ``actions.ACTIONS``.

    Args:
        engine: What does it.
        model: The jobs.
        table: Whose selection counts.
        commands: By which a run begins for what had ended.
        window: Above which the dialog opens.
    """

    def __init__(
        self, engine: EngineInterface, model: JobModel, table: JobTable, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._model = model
        self._table = table
        self._commands = commands
        self._window = window
        self._dialog: EditDialog | None = None
        self._reviving: int | None = None
        engine.edited.connect(self._take_answer)

    def edit_source(self) -> None:
        """Edit the URL of the selected job, or the headers of the selected jobs."""
        selected = (self._model.jobs[i] for i in self._table.selected_ids())
        jobs = [job for job in selected if job.kind is SourceKind.URL and job.state is not JobState.DONE]
        if not jobs:
            return
        if self._dialog is None:
            from gui.edit_dialog import EditDialog  # noqa: PLC0415  # the window is there sooner without it

            self._dialog = EditDialog(self._window)
            self._dialog.wanted.connect(self._edit)
        self._dialog.show_jobs(jobs)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _edit(self, edit: Edit) -> None:
        if edit.applies:
            states = {self._model.jobs[i].state for i in edit.ids if i in self._model.jobs}
            has_ended = any(state.is_final for state in states)
            is_tried_again = JobState.FAILED in states or (has_ended and edit.source is not None)
            self._reviving = edit.ticket if is_tried_again else None
        self._engine.edit(edit)

    def _take_answer(self, answer: Edited) -> None:
        if self._dialog is not None:
            self._dialog.show_answer(answer)
        if answer.ticket == self._reviving and answer.error is None:
            self._reviving = None
            self._commands.begin_if_idle()
