"""A display of its own for tests of the real window: Xvfb, openbox, D-Bus and AT-SPI, all ended by their pids."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.support.accessible import Accessible
from tests.support.processes import Program, descendants, end_process

_NEEDED: Final = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus",
    "import": "imagemagick",
}
_LAUNCHER: Final = Path("/usr/libexec/at-spi-bus-launcher")
_SIZE: Final = (1440, 900)


def missing() -> str | None:
    """Why there can be no screen here, or None."""
    absent = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if not _LAUNCHER.exists():
        absent.append("at-spi2-core")
    if not Accessible.is_possible():
        absent.append("python3-pyatspi")
    return f"not installed (Debian's names): {' '.join(absent)}" if absent else None


class Screen:
    """The display; a context manager.

    Attributes:
        folder: Where its sockets and logs are.
        environment: For programs that are to appear on it.
        accessible: The accessible tree of what appears on it.
    """

    def __init__(self, folder: Path, size: tuple[int, int] = _SIZE, user: int | None = None) -> None:
        """Start everything; logs go to the folder.

        Args:
            folder: An empty one.
            size: Pixels.
            user: Whose display it is: D-Bus lets nobody else in but root. Us, for None.
        """
        self.folder = folder
        self._started: list[Program] = []
        self._as_user = () if user is None else ("setpriv", f"--reuid={user}", "--clear-groups", "--")
        if user is not None:
            os.chown(folder, user, -1)
        with ExitStack() as undo:
            undo.callback(self.close)
            self.environment = self._begin(size)
            self.accessible = Accessible(self.environment, folder / "accessible.log", self._as_user)
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.accessible.end()
        self.close()

    def start(self, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> Program:
        """Start a program on this screen; it is ended with the screen at the latest."""
        name = Path(arguments[0]).name
        log = self.folder / f"{len(self._started)}-{name}.log"
        program = Program(arguments, {**self.environment, **(environment or {})}, log)
        self._started.append(program)
        return program

    def _serve(self, *arguments: str | Path) -> Program:
        """Start what programs on this screen connect to."""
        return self.start(*self._as_user, *arguments)

    def mouse(self, *steps: str | int) -> None:
        """Do these things with the real mouse, in xdotool's words."""
        self._run("xdotool", *map(str, steps))

    def click(self, x: int, y: int) -> None:
        """Click there with the left button."""
        self.mouse("mousemove", "--sync", x, y, "click", 1)

    def variables(self) -> dict[str, str]:
        """What a login on this screen adds to a program's environment."""
        names = ("DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON")
        return {name: self.environment[name] for name in names}

    def keys(self, *names: str) -> None:
        """Press these keys, in xdotool's words, in the window that has the focus."""
        self._run("xdotool", "key", "--clearmodifiers", *names)

    def write(self, text: str) -> None:
        """Type that text there."""
        self._run("xdotool", "type", "--clearmodifiers", text)

    def picture(self, path: Path) -> Path:
        """Save what is on the screen as a PNG file; the path."""
        self._run("import", "-window", "root", str(path))
        return path

    def _run(self, name: str, *words: str) -> None:
        program = shutil.which(name)
        assert program is not None, missing()
        subprocess.run([program, *words], env=self.environment, check=True, timeout=30)

    def close(self) -> None:
        """End everything that was started here, the last first, with what it started itself."""
        for program in reversed(self._started):
            below = descendants(program.process.pid)
            program.end()
            for entry in below:
                end_process(entry.pid)

    def _begin(self, size: tuple[int, int]) -> dict[str, str]:
        own = (
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "QT_QPA_PLATFORM",
            "DBUS_SESSION_BUS_ADDRESS",
            "AT_SPI_BUS_ADDRESS",
        )
        environment = {name: value for name, value in os.environ.items() if name not in own}
        # XDG_RUNTIME_DIR: where the accessibility bus puts its socket
        environment |= {"XDG_RUNTIME_DIR": str(self.folder), "LC_ALL": "C.UTF-8"}
        self.folder.chmod(0o700)
        self.environment = environment
        geometry = f"{size[0]}x{size[1]}x24"
        server = self._serve(
            "Xvfb", "-displayfd", "1", "-screen", "0", geometry, "-nolisten", "tcp", "-noreset", "-ac"
        )
        number = server.wait_for_line(r"\d+")[0]
        environment["DISPLAY"] = f":{number}"
        # where another user's program finds it, too; a test's own folder may be too deep for a socket (unix(7): 108 bytes)
        place = [f"--address=unix:path={self.folder}/bus"] if self._as_user else []
        bus = self._serve("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", *place)
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.wait_for_line("unix:.*")[0]
        environment |= {
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_ACCESSIBILITY": "1",
        }
        self._serve("openbox", "--sm-disable", "--config-file", self._openbox())
        self._serve(_LAUNCHER, "--launch-immediately")
        return environment

    def _openbox(self) -> Path:
        """Openbox with nothing of the user's or Debian's."""
        path = self.folder / "openbox.xml"
        path.write_text('<?xml version="1.0"?>\n<openbox_config xmlns="http://openbox.org/3.4/rc"/>\n')
        return path
