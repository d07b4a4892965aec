"""The product as users have it: its ``.deb``, installed in a Debian without Python, used there, and taken away again."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from resources.packaging.layout import VERSION
from tests.hostile.certificates import make as make_certificates
from tests.support.all_formats import FORMATS, PAGE, RECIPE, served_pictures
from tests.support.bare_root import HOME, BareRoot, NoBareRootError
from tests.support.command_line import cli, records
from tests.support.dragging import drag
from tests.support.pictures import png_bytes
from tests.support.processes import END_S, Program, descendants, wait_for_end
from tests.support.screen import Screen
from tests.support.server import Server

PACKAGE = "fetchmill"
LIBRARIES = Path("/usr/lib/fetchmill")
DESTINATION = HOME / "Finished pictures"
LIMIT_S = 120.0
# Which Qt says to whoever reads the accessible tree of any of its programs.
KNOWN = re.compile('AtSpiAdaptor::applicationInterface does not implement "GetApplicationBusAddress"')
DATE = re.compile(rb"D:\d{14}Z")
SAME = ("state", "bytes_in", "bytes_out", "sha256", "width", "height", "format", "error")

pytestmark = pytest.mark.package


class Pictures(NamedTuple):
    """What is being served.

    Attributes:
        urls: By file name.
        list_file: In the user's home: the URLs, a line each.
    """

    urls: Mapping[str, str]
    list_file: Path


@pytest.fixture
def installed(bare_root: BareRoot, deb: Path) -> Iterator[BareRoot]:
    """The Debian with the package in it, and still without Python; in the end it is taken away again."""
    bare_root.make_home()
    assert pythons(bare_root) == set()
    try:
        bare_root.install(deb)
    except NoBareRootError as error:
        pytest.skip(str(error))
    assert pythons(bare_root) == set()
    yield bare_root
    purge(bare_root)


@pytest.fixture
def pictures(installed: BareRoot, server: Server) -> Pictures:
    """All formats on a local server."""
    urls = {name: server.serve(f"/{name}", content) for name, content in served_pictures().items()}
    return Pictures(urls, written(installed, "pictures.txt", "".join(f"{url}\n" for url in urls.values())))


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Server]:
    """A server with TLS, whose authority is in ``certificates/ours.pem``."""
    _, contexts = make_certificates(tmp_path / "certificates")
    with Server() as server:
        listener = server._listener
        listener.socket = contexts["tls"].wrap_socket(listener.socket, server_side=True)
        yield server


def pythons(root: BareRoot) -> set[str]:
    """Programs that are Python's."""
    return {path for path in root.files("/") if re.search(r"/bin/python[\d.]*$", path)}


def written(root: BareRoot, name: str, text: str) -> Path:
    """A file of the user's; its path in there."""
    root.path(HOME / name).write_text(text)
    return HOME / name


def start_window(root: BareRoot, display: Screen, *sources: Path) -> Program:
    """Start the program as its desktop entry does."""
    shared = {display.folder: display.folder}
    return display.start(*root.command("fetchmill", *sources, environment=display.variables(), shared=shared))


def type_destination(display: Screen, window: Program) -> None:
    """Put it in place of what stands in the field."""
    field = display.accessible.find("Destination", window, "text")
    display.click(*field.centre)
    display.keys("ctrl+a")
    display.write(str(DESTINATION))
    display.accessible.wait_for_text("Destination", str(DESTINATION), window, LIMIT_S)


def press_start(display: Screen, window: Program) -> None:
    """Click the button once it can be clicked."""
    display.accessible.wait_for_state("Start", "enabled", window)
    display.click(*display.accessible.find("Start", window, "push button").centre)


def quit_by_keys(display: Screen, window: Program) -> None:
    """Leave; no process is left behind."""
    below = descendants(window.process.pid)
    display.keys("ctrl+q")
    assert window.process.wait(END_S) == 0
    assert all(wait_for_end(entry.pid) for entry in below)


def complaints(root: BareRoot) -> list[str]:
    """What the program has written to its logs as worth a look."""
    logs = root.path(HOME / ".local/share/fetchmill").glob("*.log")
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return [
        line
        for line in lines
        if re.search("WARNING|ERROR|CRITICAL|Traceback", line) and not KNOWN.search(line)
    ]


def contents(folder: Path) -> dict[str, bytes]:
    """All files in it, without what the program keeps for itself, and without the date that a PDF bears."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {
        str(path): DATE.sub(b"", (folder / path).read_bytes())
        for path in paths
        if path.parts[0] != ".fetchmill"
    }


def printed(display: Screen) -> list[str]:
    """What programs on the screen have written to standard error."""
    lines = [line for log in display.folder.glob("*-unshare.log") for line in log.read_text().splitlines()]
    return [line for line in lines if not KNOWN.search(line)]


def answers(output: str) -> dict[str, dict[str, Any]]:
    """What ``--json`` says of each source that does not depend on time and place."""
    found = records(output.encode())
    return {source: {name: found[source][name] for name in SAME} for source in found}


def purge(root: BareRoot) -> None:
    """Take the package away: what it brought is gone, what is the user's stays."""
    brought = root.run("dpkg", "--listfiles", PACKAGE).stdout.split("\n")
    own = {path for path in brought if PACKAGE in path.lower()}
    users = contents(root.path(HOME))
    root.purge(PACKAGE)
    assert own
    assert {path for path in own if os.path.lexists(root.path(path))} == set()
    assert contents(root.path(HOME)) == users
    here = root.files("/etc", "/opt", "/usr", "/var")
    assert {path for path in here if PACKAGE in path.lower()} == set()


def test_a_list_dragged_into_the_window(
    installed: BareRoot, pictures: Pictures, display: Screen, server: Server, tmp_path: Path
) -> None:
    window = start_window(installed, display)
    frame = display.accessible.find("Fetchmill", window)
    type_destination(display, window)
    drag(display, [pictures.list_file], frame.centre)
    press_start(display, window)
    good = len(pictures.urls) - 1
    display.accessible.wait_for_text("Status", f"{good} done, 1 failed", window, LIMIT_S)

    # A second start gives what it was called with to the window that is there.
    later = server.serve("/later.png", png_bytes())
    second = start_window(installed, display, written(installed, "later.txt", later))
    assert second.process.wait(LIMIT_S) == 0
    press_start(display, window)
    display.accessible.wait_for_text("Status", f"{good + 1} done, 1 failed", window, LIMIT_S)
    display.picture(tmp_path / "done.png")
    quit_by_keys(display, window)

    by_source = cli(
        "run", *pictures.urls.values(), later, "--to", tmp_path / "source", "--recipe", "web-1920"
    )
    assert by_source.returncode == 1, by_source.stderr  # the page
    assert contents(installed.path(DESTINATION)) == contents(tmp_path / "source")
    assert complaints(installed) == []
    assert printed(display) == []


def test_a_list_on_the_command_line(installed: BareRoot, pictures: Pictures, tmp_path: Path) -> None:
    recipe = written(installed, "everything.toml", RECIPE)
    run = installed.run(
        "fetchmill-cli", "run", pictures.list_file, "--to", DESTINATION, "--recipe", recipe, "--json"
    )
    here = ("--to", tmp_path / "source", "--recipe", installed.path(recipe), "--json")
    by_source = cli("run", *pictures.urls.values(), *here)
    assert (run.returncode, by_source.returncode) == (1, 1), run.stderr  # the page
    assert answers(run.stdout) == answers(by_source.stdout.decode())
    failed = {source for source, said in answers(run.stdout).items() if said["state"] != "done"}
    assert failed == {pictures.urls[PAGE]}
    made = contents(installed.path(DESTINATION))
    assert made == contents(tmp_path / "source")
    assert len([name for name in made if Path(name).stem.startswith("large")]) == len(FORMATS) + 1
    assert complaints(installed) == []


def test_nothing_is_missing(installed: BareRoot) -> None:
    found = installed.run("find", LIBRARIES, "-type", "f", "(", "-name", "*.so*", "-o", "-perm", "/111", ")")
    files = found.stdout.splitlines()
    linked = installed.run("ldd", *files).stdout
    assert len(files) > 50
    assert "libQt6Core" in linked
    assert [line for line in linked.splitlines() if "not found" in line] == []


def test_the_other_commands(installed: BareRoot, pictures: Pictures) -> None:
    plan = installed.run("fetchmill-cli", "plan", pictures.list_file, "--to", DESTINATION)
    assert plan.returncode == 0, plan.stderr
    assert not installed.path(DESTINATION).exists()
    assert "web-1920" in installed.run("fetchmill-cli", "recipes").stdout
    assert VERSION in installed.run("fetchmill-cli", "--version").stdout
    assert VERSION in installed.run("fetchmill", "--version").stdout
    no_display = installed.run("fetchmill")
    assert (no_display.returncode, len(no_display.stderr.splitlines())) == (1, 1), no_display.stderr


def test_whom_it_trusts(installed: BareRoot, secure: Server, tmp_path: Path) -> None:
    secure.serve("/picture.png", png_bytes())
    shutil.copy(tmp_path / "certificates" / "ours.pem", installed.path("/etc/ours.pem"))
    run = (
        "fetchmill-cli",
        "run",
        f"https://localhost:{secure.port}/picture.png",
        "--to",
        DESTINATION,
        "--json",
    )
    stranger = installed.run(*run)
    assert [said["error"]["code"] for said in records(stranger.stdout.encode()).values()] == ["tls"]
    known = installed.run(*run, environment={"SSL_CERT_FILE": "/etc/ours.pem"})
    assert known.returncode == 0, known.stdout + known.stderr
    assert contents(installed.path(DESTINATION)) == {"picture.png": png_bytes()}


@pytest.mark.parametrize(
    "variables",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"PYTHONPATH": "/elsewhere", "PYTHONHOME": "/elsewhere", "PYTHONSTARTUP": "/elsewhere/start.py"},
        {
            "LD_LIBRARY_PATH": "/elsewhere",
            "QT_PLUGIN_PATH": "/elsewhere",
            "QT_QPA_PLATFORM_PLUGIN_PATH": "/elsewhere",
        },
    ],
    ids=["no language", "another Python's", "another Qt's"],
)
def test_what_stands_in_the_environment(
    installed: BareRoot, server: Server, variables: dict[str, str]
) -> None:
    """The folder is also moved to another name, as the one that is unpacked may be, and belongs to somebody else."""
    moved = HOME / "Łódź und mehr"
    shutil.copytree(installed.path(LIBRARIES), installed.path(moved), symlinks=True)
    url = server.serve("/%C3%A6r%C3%B8.png", png_bytes())
    run = installed.run(
        *(moved / "fetchmill-cli", "run", url, "--to", DESTINATION, "--recipe", "webp"), environment=variables
    )
    assert run.returncode == 0, run.stderr
    assert sorted(contents(installed.path(DESTINATION))) == ["originals/ærø.png", "ærø.webp"]
