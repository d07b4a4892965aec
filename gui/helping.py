"""Help in the window: diagnostics for the clipboard, where the logs are, keys, and what program this is."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from core.diagnostics import Section, diagnostics
from core.interface import EngineInterface
from core.job import RunState, Totals
from core.places import crashes_folder, state_folder
from core.settings import Settings
from gui.appearance import Appearance
from gui.banner import Banner, Choice, Notice, Tone
from gui.notices import crash_notice, diagnostics_notice, fault_notice

if TYPE_CHECKING:
    from pathlib import Path

    from gui.about_dialog import AboutDialog
    from gui.shortcuts_dialog import ShortcutsDialog

_NOT_TOLD: Final = frozenset({"destination"})  # a name of a folder helps nobody


class Helping(QObject):
    """Slots of ``actions.ACTIONS`` that help, and what is told of crashes.

    Args:
        engine: Tells how many jobs there are.
        banner: Where it is told.
        settings: Gives those in force.
        appearance: Gives the colours.
        window: Dialogs open beside it.
    """

    _gathered = Signal(str)

    def __init__(
        self,
        engine: EngineInterface,
        banner: Banner,
        settings: Callable[[], Settings],
        appearance: Appearance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._banner = banner
        self._settings = settings
        self._appearance = appearance
        self._window = window
        self._totals = Totals(RunState.IDLE, {})
        self._pool = QThreadPool(self)
        self._is_gathering = False
        self.about_dialog: AboutDialog | None = None
        self.shortcuts_dialog: ShortcutsDialog | None = None
        engine.totals_changed.connect(self._note_totals)
        self._gathered.connect(self._copy, Qt.ConnectionType.QueuedConnection)

    def copy_diagnostics(self) -> None:
        """Have the diagnostics gathered, and copy them when they are there."""
        if not self._is_gathering:
            self._is_gathering = True
            self._pool.start(_Gathering(self._sections(), self._gathered.emit))

    def open_log_folder(self) -> None:
        """Open the folder of the logs, and of reports of crashes, with the program that the system has for it."""
        self._open(state_folder())

    def shortcuts(self) -> None:
        """Show what the keys do."""
        if self.shortcuts_dialog is None:
            from gui.shortcuts_dialog import ShortcutsDialog  # noqa: PLC0415  # the window is there sooner without it

            self.shortcuts_dialog = ShortcutsDialog(self._window)
        _bring(self.shortcuts_dialog)

    def about(self) -> None:
        """Show what program this is."""
        if self.about_dialog is None:
            from gui.about_dialog import AboutDialog  # noqa: PLC0415  # as above

            self.about_dialog = AboutDialog(self._appearance, self._window)
            self.about_dialog.copy_wanted.connect(self.copy_diagnostics)
        _bring(self.about_dialog)

    def tell_crash(self) -> None:
        """The window before this one has crashed, and left a report."""
        self._banner.tell(crash_notice(self._choices()))

    def tell_fault(self, error: BaseException) -> None:
        """An exception that nobody has caught."""
        self._banner.tell(fault_notice(error, self._choices()))

    def _choices(self) -> tuple[Choice, ...]:
        return (
            Choice("Copy diagnostics", self.copy_diagnostics),
            Choice("Show reports", lambda: self._open(crashes_folder())),
        )

    def _open(self, folder: "Path") -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            message = f"No program is known for {folder}."
            self._banner.tell(
                Notice("Cannot be opened", message, tone=Tone.WARNING, topic="open", seconds=10)
            )

    def _copy(self, text: str) -> None:
        self._is_gathering = False
        if not text:
            return  # the fault that was in the way is told by itself
        QGuiApplication.clipboard().setText(text)
        self._banner.tell(diagnostics_notice(text.count("\n")))

    def _sections(self) -> tuple[Section, ...]:
        """What only this thread may ask."""
        screens = tuple(
            f"{screen.size().width()} x {screen.size().height()}, scale {screen.devicePixelRatio():g}"
            for screen in QGuiApplication.screens()
        )
        look = "dark" if self._appearance.is_dark else "light"
        changed = self._settings().to_mapping()  # without passwords
        settings = tuple(f"{name} = {value}" for name, value in changed.items() if name not in _NOT_TOLD)
        jobs = tuple(f"{state.value}: {count:,}" for state, count in self._totals.counts.items() if count)
        return (
            Section("window", (f"{QGuiApplication.platformName()}, {look}", *screens)),
            Section("settings that are not at their default", settings or ("none",)),
            Section("jobs", (f"run: {self._totals.run.value}", *jobs)),
        )

    def _note_totals(self, totals: Totals) -> None:
        self._totals = totals


class _Gathering(QRunnable):
    """Reads files and asks codecs: not for the thread that draws."""

    def __init__(self, sections: tuple[Section, ...], deliver: Callable[[str], None]) -> None:
        super().__init__()
        self._sections = sections
        self._deliver = deliver

    def run(self) -> None:
        """See Qt."""
        text = ""
        try:
            text = diagnostics(self._sections)
        finally:
            self._deliver(text)


def _bring(dialog: QDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
