"""The composition root: everything that lives as long as the window is made and joined here."""

import logging
import signal
import sys
from importlib import resources
from types import FrameType, TracebackType

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from core import __version__
from core.client import EngineClient
from core.crashes import CrashWatch
from core.errors import ErrorReport
from core.job import Drop
from core.places import config_folder
from gui import named_box
from gui.appearance import Appearance
from gui.file_open import Application
from gui.icons import application_icon
from gui.instance import Instance
from gui.json_file import JsonFile
from gui.logs import extend_logging, looking_for_screen
from gui.main_window import MainWindow
from gui.memory import tune_collector
from gui.notices import lost_notice
from gui.settings_file import SettingsFile
from gui.standard_input import StandardInput

_LISTEN_TO_SIGNALS = 200
_STANDARD_INPUT = "-"

_log = logging.getLogger(__name__)


def make_application() -> Application:
    """The QApplication with the program's name and icon."""
    QApplication.setApplicationName("fetchmill")
    QApplication.setApplicationDisplayName("Fetchmill")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("fetchmill")
    application = Application(sys.argv[:1])
    if not QFontInfo(application.font()).family():  # on a system without any font, letters would be boxes
        QFontDatabase.addApplicationFont(str(resources.files("resources") / "fonts" / "DejaVuSans.ttf"))
    named_box.install()
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(application_icon())
    return application


class App(QObject):
    """Joins settings, engine and window.

    Args:
        application: The one.
        sources: As the command line names them.
        crashes: Has begun; None where nobody is to be told of a crash.
    """

    def __init__(
        self, application: QApplication, sources: tuple[str, ...], crashes: CrashWatch | None = None
    ) -> None:
        super().__init__(application)
        self._application = application
        self._crashes = crashes
        self._settings_file = SettingsFile(config_folder() / "settings.json")
        self._state_file = JsonFile(config_folder() / "window.json")
        settings, notice = self._settings_file.load()
        self._client = EngineClient(settings, self)
        appearance = Appearance(application, settings.theme)
        self.window = MainWindow(self._client, settings, appearance, self._window_state())
        self._wire()
        if notice is not None:
            self.window.tell(notice)
        if crashes is not None and crashes.fallen:
            self.window.helping.tell_crash()
        self._add(sources)

    def begin(self) -> None:
        """Show the window and start the engine."""
        self.window.show()
        self._client.begin()
        QTimer.singleShot(0, lambda: tune_collector(self))

    def take(self, drop: Drop) -> bool:
        """Add what a later start names and come to the front; False when the window is about to go."""
        if not self.window.isVisible():
            return False
        if drop != Drop():
            self.window.submit(drop)
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()
        return True

    def tell_fault(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Report an exception that nobody caught, and say so in the window; stands in for ``sys.excepthook``."""
        if issubclass(kind, KeyboardInterrupt):
            self.window.leave()
            return
        if self._crashes is not None:
            self._crashes.note(kind, error, trace)
        self.window.helping.tell_fault(error)

    def _wire(self) -> None:
        self._client.lost.connect(self._tell_lost)
        self._client.restarted.connect(self.window.begin_anew)
        self.window.settings_changed.connect(self._settings_file.save_later)
        self.window.closed.connect(self._end)

    def _tell_lost(self, error: ErrorReport) -> None:
        _log.error("engine lost: %s", error)
        self.window.tell(lost_notice(error))

    def _add(self, sources: tuple[str, ...]) -> None:
        if named := tuple(source for source in sources if source != _STANDARD_INPUT):
            self.window.submit(Drop(sources=named))
        if _STANDARD_INPUT in sources:
            reader = StandardInput(self)
            reader.text_read.connect(self._submit_text)
            self._application.aboutToQuit.connect(reader.stop)
            reader.start()

    def _submit_text(self, text: str) -> None:
        self.window.submit(Drop(text=text))

    def _window_state(self) -> dict[str, str]:
        try:
            return {name: str(value) for name, value in self._state_file.read().items()}
        except (OSError, ValueError) as error:
            _log.warning("window state not usable: %s", error)
            return {}

    def _end(self) -> None:
        self._state_file.write_later(self.window.state())
        self._settings_file.finish()
        self._state_file.finish()
        self._client.end()
        self._application.quit()


def end_on_signals(window: MainWindow, parent: QObject) -> None:
    """Let SIGINT, SIGTERM and SIGHUP (the end of a login) close the window in order."""

    def leave(number: int, frame: FrameType | None) -> None:
        del number, frame
        window.leave()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(
            number
        ) is not signal.SIG_IGN:
            signal.signal(number, leave)
    # Python looks at signals only between two of its own instructions: give it some.
    timer = QTimer(parent)
    timer.timeout.connect(lambda: None)
    timer.start(_LISTEN_TO_SIGNALS)


def run(instance: Instance) -> int:
    """Run the program to its end and return the exit status."""
    crashes = CrashWatch("window")
    crashes.begin()
    extend_logging()
    with looking_for_screen():
        application = make_application()
    app = App(application, instance.sources, crashes)
    if instance.text:
        app.window.submit(Drop(text=instance.text))
    instance.listen(app.take, application.aboutToQuit, app)
    application.opened.connect(app.take)
    sys.excepthook = app.tell_fault
    end_on_signals(app.window, app)
    app.begin()
    status = application.exec()
    crashes.close()
    return status
