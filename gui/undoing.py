"""Offers to put back what was taken off the list."""

from PySide6.QtCore import QObject

from core.interface import EngineInterface
from core.job import JobId, Totals
from gui.banner import Banner, Choice
from gui.notices import removed_notice

_TOPIC = "removed"


class Undoing(QObject):
    """Tells how many jobs a removal took, with a button that brings them back.

    Args:
        engine: What undoes.
        banner: Where it is told.
        parent: As Qt has it.
    """

    def __init__(self, engine: EngineInterface, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._banner = banner
        self._expected = self._gone = False
        self._told = 0
        engine.jobs_removed.connect(self._take_removed)
        engine.totals_changed.connect(self._take_totals)

    def expect(self) -> None:
        """The user has asked for a removal."""
        self._expected, self._gone = True, False

    def undo(self) -> None:
        """Bring back what was removed last."""
        self.forget()
        self._engine.undo()

    def forget(self) -> None:
        """Offer nothing."""
        self._expected = False
        self._banner.forget(_TOPIC)

    def _take_removed(self, ids: tuple[JobId, ...]) -> None:
        self._gone = self._gone or bool(ids)

    def _take_totals(self, totals: Totals) -> None:
        if not totals.undoable:
            self._banner.forget(_TOPIC)
            return
        notice = removed_notice(totals.undoable, (Choice("Undo", self.undo),))
        if self._expected and self._gone:
            self._expected = False
            self._told = totals.undoable
            self._banner.tell(notice)
        elif totals.undoable != self._told and self._banner.notice_of(_TOPIC):
            self._told = totals.undoable  # a long list goes in several pieces
            self._banner.renew(notice)
