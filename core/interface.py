"""The engine as its users see it: commands down, signals up, frozen values both ways.

``core.engine.Engine`` does the work; ``core.client.EngineClient`` passes everything through a pipe to an engine in
a process of its own. Whoever holds one need not know which.
"""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from core.job import Drop, Edit, JobId, Order
from core.report import Export
from core.settings import Existing, Settings

if TYPE_CHECKING:
    from core.preview import PreviewWish  # with recipes: a window that begins needs none

COMMANDS: Final = frozenset(
    {
        "add",
        "edit",
        "look",
        "start",
        "pause",
        "resume",
        "cancel",
        "retry",
        "remove",
        "clear_finished",
        "undo",
        "retry_failures",
        "refresh",
        "export",
        "preview",
        "forecast",
        "answer",
        "configure",
        "shut_down",
    }
)
SIGNALS: Final = frozenset(
    {
        "ready",
        "recovered",
        "jobs_added",
        "jobs_changed",
        "jobs_removed",
        "batch_added",
        "edited",
        "looked",
        "totals_changed",
        "summarised",
        "exported",
        "previewed",
        "forecast_made",
        "closed",
    }
)


class EngineInterface(QObject):
    """What the engine and its client have in common.

    Signals:
        ready: ``tuple[RecipeTitle, ...]``, once, when commands are understood; the jobs of the queue file were added.
        recovered: ``Recovery``, once, right after ready: what the queue file held.
        jobs_added: ``tuple[JobSnapshot, ...]``, in the order of the queue; a long list comes in several.
        jobs_changed: ``tuple[JobSnapshot, ...]``, at most every 100 ms.
        jobs_removed: ``tuple[JobId, ...]``.
        batch_added: ``BatchReport``, when all of a drop is read.
        edited: ``Edited``, in answer to edit.
        looked: ``BatchReport`` of no batch, in answer to look.
        totals_changed: ``Totals``, at most every 100 ms.
        summarised: ``Summary``, when a run has ended in which jobs ended.
        exported: ``Exported``, in answer to export.
        previewed: ``Preview``, several in answer to one preview, each with more in it.
        forecast_made: ``Forecast``, in answer to forecast, unless another one was wished for meanwhile.
        closed: nothing; the engine has shut down in order.
    """

    ready = Signal(object)
    recovered = Signal(object)
    jobs_added = Signal(object)
    jobs_changed = Signal(object)
    jobs_removed = Signal(object)
    batch_added = Signal(object)
    edited = Signal(object)
    looked = Signal(object)
    totals_changed = Signal(object)
    summarised = Signal(object)
    exported = Signal(object)
    previewed = Signal(object)
    forecast_made = Signal(object)
    closed = Signal()

    def add(self, drop: Drop) -> None:
        """Read what was dropped and append the jobs; answers with jobs_added and batch_added."""
        raise NotImplementedError

    def edit(self, edit: Edit) -> None:
        """Give a job another URL, or jobs other headers, and keep their bytes; answers with edited."""
        raise NotImplementedError

    def look(self, drop: Drop) -> None:
        """Say what would come of a drop, unless another one is looked at meanwhile; answers with looked."""
        raise NotImplementedError

    def start(self, order: Order) -> None:
        """Begin everything that is queued; jobs added from now on join in until all is done."""
        raise NotImplementedError

    def pause(self) -> None:
        """Stop transfers, keep what they received, begin nothing; pictures in hand are finished."""
        raise NotImplementedError

    def resume(self) -> None:
        """Go on after a pause."""
        raise NotImplementedError

    def cancel(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Give these jobs up (all that are not ended for None); their part files go."""
        raise NotImplementedError

    def retry(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Queue these ended jobs again (all failed for None); what is done and has not changed is then skipped."""
        raise NotImplementedError

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """Take jobs off the list, cancelling them where needed; finished files stay."""
        raise NotImplementedError

    def clear_finished(self) -> None:
        """Take all done and skipped jobs off the list; files stay."""
        raise NotImplementedError

    def undo(self) -> None:
        """Put back what the last remove or clear_finished took off the list."""
        raise NotImplementedError

    def retry_failures(self, code: str | None = None, host: str | None = None) -> None:
        """Queue again what failed for this cause (an error's code) at this host (with its port); None is any."""
        raise NotImplementedError

    def refresh(self, ids: tuple[JobId, ...]) -> None:
        """Queue these ended jobs again and ask their servers whether the files have changed there."""
        raise NotImplementedError

    def export(self, wish: Export) -> None:
        """Write jobs to a file; answers with exported."""
        raise NotImplementedError

    def preview(self, wish: "PreviewWish | None") -> None:
        """Try a recipe on one picture, forgetting the try before; None ends it. Answers with previewed."""
        raise NotImplementedError

    def forecast(self, order: Order | None) -> None:
        """Say what Start would do, forgetting the wish before; None when nobody wants to know. Answers with forecast_made."""
        raise NotImplementedError

    def answer(self, choice: Existing, ids: tuple[JobId, ...] | None = None) -> None:
        """What is to happen to names that are taken, of these jobs that wait for an answer; they are queued again.

        None: of all, and of all others in this run. Their downloads are kept.
        """
        raise NotImplementedError

    def configure(self, settings: Settings) -> None:
        """Use these settings from now on."""
        raise NotImplementedError

    def shut_down(self) -> None:
        """End in order within 2 s, whatever runs, keeping all that is needed to go on; answers with closed."""
        raise NotImplementedError
