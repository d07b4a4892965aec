"""What a run loads before it ends: nothing that its links do not need, as loading is most of what a short one takes."""

import subprocess
import sys
from pathlib import Path

from tests.support.architecture import is_within
from tests.support.command_line import environment
from tests.support.server import Server

_PROGRAM = """
import sys
from core.cli import main
status = main(sys.argv[1:])
print(status, *sys.modules)
"""
_NOT_FOR_PLAIN_LINKS = (
    *("certifi", "email", "html", "http", "multiprocessing", "PIL", "plistlib", "requests", "secrets", "ssl"),
    *("encodings.idna", "stringprep", "urllib.request", "urllib3", "xml"),
    *("core.images.recipe", "core.images.recipe_reading", "core.preview_stage", "core.sources.curl_command"),
)


def loaded_by(*arguments: str | Path) -> list[str]:
    """The modules that a run has loaded when it ends well."""
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM, "run", *arguments, "--quiet"],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(),
        check=True,
    )
    status, *found = run.stdout.splitlines()[-1].split()
    assert (status, run.stderr) == ("0", "")
    return found


def test_plain_links_need_little(server: Server, tmp_path: Path) -> None:
    server.serve("/a.bin", b"file")
    (tmp_path / "list.txt").write_text(server.url("/a.bin", "localhost") + "\n")
    loaded = loaded_by(tmp_path / "list.txt", "--to", tmp_path / "made")
    assert (tmp_path / "made" / "a.bin").read_bytes() == b"file"
    assert [name for name in loaded if is_within(name, *_NOT_FOR_PLAIN_LINKS)] == []


def test_what_was_left_out_is_loaded_where_it_is_needed(server: Server, tmp_path: Path) -> None:
    server.serve("/a.bin", b"file")
    (tmp_path / "list.html").write_text(f"<a href={server.url('/a.bin')}>file</a>")
    loaded = loaded_by(tmp_path / "list.html", "--to", tmp_path / "made", "--recipe", "jpeg")
    assert {"html.parser", "core.images.recipe"} <= set(loaded)


_WITHOUT_FILES = """
import os, resource, sys
from core.downloads.connection import Connections
from core.downloads.translation import translated
assert "ssl" not in sys.modules
resource.setrlimit(resource.RLIMIT_NOFILE, (os.dup(0) + 1, 99))
try:
    open(os.devnull)
except OSError as error:
    print(translated(error, "http://h.test/").report().message)
"""


def test_an_error_can_be_said_when_no_file_can_be_opened_any_more() -> None:
    """Not even a module's, and what is known of TLS is not loaded before there is an error."""
    run = subprocess.run(
        [sys.executable, "-c", _WITHOUT_FILES],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )
    assert (run.stdout, run.stderr) == ("The connection to h.test broke off (too many open files).\n", "")
