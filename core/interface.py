"""The engine as its users see it: commands down, signals up, frozen values both ways.

``core.engine.Engine`` does the work; ``core.client.EngineClient`` passes everything through a pipe to an engine in
a process of its own. Whoever holds one need not know which.
"""

from typing import Final

from PySide6.QtCore import QObject, Signal

from core.job import Drop, JobId, JobSnapshot, Order
from core.settings import Settings

COMMANDS: Final = frozenset(
    {
        "add",
        "start",
        "pause",
        "resume",
        "cancel",
        "retry",
        "remove",
        "clear_finished",
        "configure",
        "restore",
        "shut_down",
    }
)
SIGNALS: Final = frozenset(
    {"ready", "jobs_added", "jobs_changed", "jobs_removed", "batch_added", "totals_changed", "closed"}
)


class EngineInterface(QObject):
    """What the engine and its client have in common.

    Signals:
        ready: ``tuple[RecipeTitle, ...]``, once, when commands are understood.
        jobs_added: ``tuple[JobSnapshot, ...]``, in the order of the queue; a long list comes in several.
        jobs_changed: ``tuple[JobSnapshot, ...]``, at most every 100 ms.
        jobs_removed: ``tuple[JobId, ...]``.
        batch_added: ``BatchReport``, when all of a drop is read.
        totals_changed: ``Totals``, at most every 100 ms.
        closed: nothing; the engine has shut down in order.
    """

    ready = Signal(object)
    jobs_added = Signal(object)
    jobs_changed = Signal(object)
    jobs_removed = Signal(object)
    batch_added = Signal(object)
    totals_changed = Signal(object)
    closed = Signal()

    def add(self, drop: Drop) -> None:
        """Read what was dropped and append the jobs; answers with jobs_added and batch_added."""
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
        """Queue these failed, skipped or cancelled jobs again (all failed for None)."""
        raise NotImplementedError

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """Take jobs off the list, cancelling them where needed; finished files stay."""
        raise NotImplementedError

    def clear_finished(self) -> None:
        """Take all done and skipped jobs off the list; files stay."""
        raise NotImplementedError

    def configure(self, settings: Settings) -> None:
        """Use these settings from now on."""
        raise NotImplementedError

    def restore(self, jobs: tuple[JobSnapshot, ...]) -> None:
        """Take over jobs from an engine that was lost, under their ids; what was active is queued again."""
        raise NotImplementedError

    def shut_down(self) -> None:
        """End in order within 2 s, whatever runs; answers with closed."""
        raise NotImplementedError
