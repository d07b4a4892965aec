"""The frozen programs at work, the same on every system: versions, downloads with every codec, window and hand-over.

Nothing of Python or Qt outside the folder is used by them; the server is on this machine.
``python -m resources.packaging.smoke FOLDER`` tries them where they were installed.
"""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging import icons
from resources.packaging.layout import APP, VERSION, program

_FORMATS: Final = ("jpeg", "png", "webp", "avif", "heif", "jxl", "tiff", "gif", "jpeg2000", "bmp")
_PATIENCE: Final = 120.0  # seconds for anything; the first start on a fresh machine is slow
_LOOK_AGAIN: Final = 0.1  # seconds
_PICTURES: Final = 8
_EDGE: Final = 512  # pixels


class Trial(NamedTuple):
    """One frozen folder on trial.

    Attributes:
        folder: With both programs.
        room: A folder for all that they write.
        url: Of the server, with its slash.
        environment: They get.
    """

    folder: Path
    room: Path
    url: str
    environment: Mapping[str, str]

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        """The call of one of the programs."""
        return [str(program(name, self.folder)), *map(str, arguments)]


def smoke(folder: Path = APP) -> Path:
    """Try all of it and print what was found right.

    Args:
        folder: What was frozen, wherever it was put.

    Returns:
        The folder.

    Raises:
        SystemExit: Something is wrong; in one line.
    """
    if not program("fetchmill", folder).exists():
        raise SystemExit(
            f"{program('fetchmill', folder)} is not there: run python -m resources.packaging app first"
        )
    with tempfile.TemporaryDirectory(prefix="fetchmill smoke ") as name:
        room = Path(name).resolve()
        with served(_pictures(room / "served")) as url:
            trial = Trial(folder, room, url, _environment(room / "home"))
            for check in (check_versions, check_downloads, check_codecs, check_window):
                print(f"{check.__name__}: {check(trial)}")
    return folder


def check_versions(trial: Trial) -> str:
    """Both programs say the version."""
    said = _output(trial, trial.command("fetchmill-cli", "--version"))
    _hold(VERSION in said.splitlines()[0], f"fetchmill-cli --version says {said!r}")
    if sys.platform != "win32":  # where a program with a window has no standard output
        said = _output(trial, trial.command("fetchmill", "--version"))
        _hold(VERSION in said.splitlines()[0], f"fetchmill --version says {said!r}")
    return said.splitlines()[0]


def check_downloads(trial: Trial) -> str:
    """Pictures come from the server and are finished by children of the process pool."""
    links, to = trial.room / "links.txt", trial.room / "ü finished"
    links.write_text("".join(f"{trial.url}{number}.png\n" for number in range(_PICTURES)))
    jobs = _run(trial, links, "--to", to, "--recipe", "thumbnail-256")
    _hold(len(jobs) == _PICTURES, f"{len(jobs)} of {_PICTURES} pictures came")
    for number in range(_PICTURES):
        finished, original = to / f"{number}.png", to / "originals" / f"{number}.png"
        _hold(_png_size(finished) == (256, 256), f"{finished} is no picture of 256 x 256")
        _hold(
            original.read_bytes() == (trial.room / "served" / f"{number}.png").read_bytes(),
            f"{original} differs",
        )
    return f"{_PICTURES} pictures finished, their originals kept"


def check_codecs(trial: Trial) -> str:
    """Each format is written, and read again."""
    recipe, to, back = (trial.room / name for name in ("every.toml", "formats", "read again"))
    outputs = (f'[[outputs]]\nname = "{name}"\nformat = "{name}"\n' for name in _FORMATS)
    recipe.write_text(
        'schema = 2\nname = "every"\ntitle = "Every format"\nsummary = "All that is written."\n\n'
        + "\n".join(outputs)
    )
    _run(trial, f"{trial.url}0.png", "--to", to, "--recipe", recipe, "--no-originals")
    written = sorted(path for path in to.rglob("0*.*") if ".fetchmill" not in path.parts)
    _hold(
        len(written) == len(_FORMATS), f"written of {', '.join(_FORMATS)}: {[path.name for path in written]}"
    )
    jobs = _run(trial, *written, "--to", back, "--recipe", "jpeg")
    _hold(
        {(job["width"], job["height"]) for job in jobs} == {(_EDGE, _EDGE)},
        "what was read again has another size",
    )
    return f"{', '.join(_FORMATS)} written and read"


def check_window(trial: Trial) -> str:
    """It opens, takes what a second start brings, and closes in order, with nothing worth an error in its logs."""
    home = Path(trial.environment["FETCHMILL_HOME"])
    command = trial.command("fetchmill", f"{trial.url}0.png")
    with subprocess.Popen(command, env=trial.environment) as window:
        try:
            _wait_for_log(window, home / "window.log")
            _output(trial, trial.command("fetchmill", f"{trial.url}1.png"))
            _close(window)
            status = window.wait(_PATIENCE)
        finally:
            window.kill()
    _hold(status == 0, f"the window ended with status {status}")
    _hold((home / "window.json").exists(), "the window did not keep its place")
    for log in home.glob("*.log"):
        faults = [line for line in log.read_text(encoding="utf-8").splitlines() if " ERROR " in line]
        _hold(not faults, f"{log.name}: {faults[:1]}")
    return "opened, took what a second start brought, closed in order"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a server of this machine; its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it that
        """Say nothing."""


def _pictures(folder: Path) -> Path:
    folder.mkdir()
    for number in range(_PICTURES):
        (folder / f"{number}.png").write_bytes(icons.png(_EDGE))
    return folder


def _environment(home: Path) -> dict[str, str]:
    """This one without what leads to another Python or Qt, or to a proxy."""
    foreign = ("PYTHON", "QT_", "FETCHMILL_")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(foreign)}
    kept = {name: value for name, value in kept.items() if not name.lower().endswith("_proxy")}
    home.mkdir()
    platform = os.environ.get("QT_QPA_PLATFORM") or ("offscreen" if sys.platform == "linux" else "")
    return {**kept, "FETCHMILL_HOME": str(home), **({"QT_QPA_PLATFORM": platform} if platform else {})}


def _run(trial: Trial, *arguments: str | Path) -> list[dict[str, object]]:
    """What ``fetchmill-cli run`` says of the jobs, all of which have to be done."""
    said = _output(trial, trial.command("fetchmill-cli", "run", *arguments, "--json", "--quiet"))
    jobs: list[dict[str, object]] = [json.loads(line) for line in said.splitlines()]
    for job in jobs:
        _hold(job["state"] == "done", f"{job['source']}: {job['state']}, {job['error']}")
    return jobs


def _output(trial: Trial, command: Sequence[str]) -> str:
    """Standard output of a program that has to end well."""
    try:
        ended = subprocess.run(
            command,
            env=trial.environment,
            cwd=trial.room,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"{' '.join(command)} does not end") from error
    said = ended.stderr.decode("utf-8", "replace").strip()
    _hold(ended.returncode == 0, f"{' '.join(command)} ended with status {ended.returncode}: {said}")
    return ended.stdout.decode("utf-8")


def _wait_for_log(window: subprocess.Popen[bytes], log: Path) -> None:
    """It writes its log once it is the one window: from then on, another start is a second one."""
    for _ in range(round(_PATIENCE / _LOOK_AGAIN)):
        if log.exists():
            return
        try:
            status = window.wait(_LOOK_AGAIN)
        except subprocess.TimeoutExpired:
            continue
        raise SystemExit(f"the window ended at once, with status {status}")
    raise SystemExit("the window does not open")


def _close(window: subprocess.Popen[bytes]) -> None:
    """As the desktop does: without force."""
    if sys.platform == "win32":
        taskkill = shutil.which("taskkill") or "taskkill"
        subprocess.run([taskkill, "/PID", str(window.pid)], check=True, stdout=subprocess.DEVNULL)
    else:
        window.send_signal(signal.SIGTERM)


def _png_size(path: Path) -> tuple[int, int]:
    """Width and height by its header (PNG specification, 11.2.2)."""
    _hold(path.exists(), f"{path} is not there")
    head = path.read_bytes()[:24]
    _hold(head.startswith(b"\x89PNG\r\n\x1a\n"), f"{path} is no PNG file")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _hold(is_right: bool, otherwise: str) -> None:  # noqa: FBT001 - the one thing it is about
    if not is_right:
        raise SystemExit(f"smoke: {otherwise}")


if __name__ == "__main__":
    smoke(Path(sys.argv[1]))
