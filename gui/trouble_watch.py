"""Tells why the engine has paused by itself, for as long as that is so."""

from PySide6.QtCore import QObject

from core.errors import ErrorReport
from core.interface import EngineInterface
from core.job import Totals
from gui.banner import Banner, Choice
from gui.notices import trouble_notice


class TroubleWatch(QObject):
    """Shows ``Totals.trouble`` and a button to try again; takes it away when that is over.

    Args:
        engine: Whose trouble it is.
        banner: Where it is told.
        parent: As Qt has it.
    """

    def __init__(self, engine: EngineInterface, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner = banner
        self._told: ErrorReport | None = None
        self._try_now = Choice("Try now", engine.resume, stays=True)
        engine.totals_changed.connect(self._take)

    def forget(self) -> None:
        """The engine is gone, and its trouble with it."""
        self._told = None
        self._banner.forget("trouble")

    def _take(self, totals: Totals) -> None:
        trouble, told = totals.trouble, self._told
        if trouble == told:
            return
        if trouble is None:
            self.forget()
            return
        self._told = trouble
        notice = trouble_notice(trouble, (self._try_now,))
        if told is not None and told.code == trouble.code and self._banner.notice_of("trouble"):
            self._banner.renew(notice)  # the same in other words, such as the space that is left
        else:
            self._banner.tell(notice)
