"""What a Linux desktop reads is held against its own validators, and against what the programs take."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from core import __version__
from core.images.formats import FORMATS
from core.sources.kinds import list_kind
from gui.__main__ import arguments
from resources.packaging import changelog
from resources.packaging.linux import share
from resources.packaging.linux.command_line import commands

DAY = changelog.release(__version__).day


def run(*command: str | Path, wanted: int = 0) -> str:
    """What a tool says; skips where it is not installed."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == wanted, said
    return said


def options_of_page(name: str) -> set[str]:
    """The options that head a paragraph of a manual page."""
    page = share.manual_page(name, __version__, DAY)
    heads = re.findall(r"^\.TP\n(.*)$", page, re.MULTILINE)
    return set(re.findall(r"(?<![\w-])--?\w[\w-]*", "\n".join(heads).replace("\\-", "-")))


def list_types(folder: Path) -> dict[str, set[str]]:
    """The types of files that are read as lists, by extension, in a database of shared-mime-info."""
    types: dict[str, set[str]] = {}
    for row in (folder / "globs2").read_text().splitlines():
        found = re.fullmatch(r"\d+:([^:]+):\*(\.\w+)", row)
        if found and list_kind(f"list{found[2]}"):
            types.setdefault(found[2], set()).add(found[1])
    return types


def test_the_desktop_entry_is_valid(tmp_path: Path) -> None:
    (tmp_path / "fetchmill.desktop").write_text(share.desktop_entry())
    assert run("desktop-file-validate", tmp_path / "fetchmill.desktop") == ""


def test_the_desktop_entry_takes_many_sources_and_leaves_browsers_and_file_managers_alone() -> None:
    rows = dict(row.split("=", 1) for row in share.desktop_entry().splitlines() if "=" in row)
    assert rows["Exec"] == "fetchmill %U"
    types = rows["MimeType"].strip(";").split(";")
    assert {"application/metalink+xml", "text/csv", "image/jpeg", "image/heif", "image/jxl"} <= set(types)
    assert not {"inode/directory", "text/html", "application/pdf", "image/svg+xml"} & set(types)
    assert not [one for one in types if one.startswith("x-scheme-handler/")]
    assert len(types) == len(set(types))


def test_all_pictures_that_recipes_read_are_opened() -> None:
    for one in FORMATS.values():
        assert set(one.mime_types) <= set(share.media_types()) or not one.is_read


@pytest.mark.slow
def test_the_types_of_lists_are_those_of_files_that_are_read_as_lists(tmp_path: Path) -> None:
    system = Path("/usr/share/mime/packages/freedesktop.org.xml")
    if not system.is_file():
        pytest.skip("shared-mime-info is not installed")
    packages = tmp_path / "packages"
    packages.mkdir()
    shutil.copy(system, packages)
    (packages / "fetchmill.xml").write_bytes(share.share(__version__)["mime/packages/fetchmill.xml"])
    run("update-mime-database", tmp_path)
    types = list_types(tmp_path)
    assert {
        ".csv",
        ".json",
        ".jsonl",
        ".md",
        ".meta4",
        ".metalink",
        ".tsv",
        ".txt",
        ".url",
        ".webloc",
    } <= set(types)
    unclaimed = {one for extension in types for one in types[extension]} - set(share.LISTS)
    assert unclaimed <= {"text/html", "application/xhtml+xml", "application/schema+json"}
    assert set(share.LISTS) <= {one for extension in types for one in types[extension]}


def test_the_metainfo_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "io.github.fetchmill.Fetchmill.metainfo.xml"
    path.write_text(share.metainfo(changelog.releases()))
    said = run("appstreamcli", "validate", "--no-color", "--pedantic", "--no-net", path)
    # the id has the form that macOS wants, too; this is a matter of taste
    found = [row for row in said.splitlines() if re.match(r"[EWIP]: ", row)]
    assert [row for row in found if "cid-contains-uppercase-letter" not in row] == []


def test_the_metainfo_tells_all_releases_and_takes_their_text_as_text() -> None:
    text = "## [1.1.0] - 2026-02-03\n\n### Fixed\n\n- `a < b` & c\n\n## [1.0.0] - 2026-01-02\n\n- First.\n"
    root = ET.fromstring(share.metainfo(changelog.releases(text)))  # noqa: S314 - our own
    told = [(one.get("version"), one.get("date")) for one in root.iter("release")]
    assert told == [("1.1.0", "2026-02-03"), ("1.0.0", "2026-01-02")]
    assert [one.text for one in root.findall("releases/release/description/ul/li")] == ["a < b & c", "First."]
    assert [one.text for one in root.findall("releases/release/description/p")] == ["Fixed:"]


@pytest.mark.parametrize("name", share.PAGES)
def test_a_manual_page_is_set_without_warnings(tmp_path: Path, name: str) -> None:
    page = tmp_path / name
    page.write_text(share.manual_page(name, __version__, DAY))
    said = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page)
    assert "warning" not in said
    assert f"Fetchmill {__version__}" in said
    assert DAY.isoformat() in said


def test_the_page_of_the_command_line_has_all_its_options_and_no_others() -> None:
    taken = {name for command in commands() for option in command.options for name in option.names}
    assert options_of_page("fetchmill-cli.1") == taken


def test_the_page_of_the_command_line_has_all_commands() -> None:
    page = share.manual_page("fetchmill-cli.1", __version__, DAY)
    assert all(f"\n.TP\n.B {command.name}\n" in page for command in commands()[1:])


def test_the_page_of_the_window_has_all_its_options_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["--help"])
    usage = capsys.readouterr().out
    taken = set(re.findall(r"^  (-\w), (--[\w-]+)|^  (--[\w-]+)", usage, re.MULTILINE))
    assert options_of_page("fetchmill.1") == {name for names in taken for name in names if name}


def test_the_icon_has_all_sizes() -> None:
    files = share.share(__version__)
    for size in share.ICON_SIZES:
        png = files[f"icons/hicolor/{size}x{size}/apps/fetchmill.png"]
        assert (png[:8], int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (
            b"\x89PNG\r\n\x1a\n",
            size,
            size,
        )
    assert b"<svg" in files["icons/hicolor/scalable/apps/fetchmill.svg"]


def test_the_same_files_are_made_again() -> None:
    assert share.share(__version__) == share.share(__version__)
    assert not [
        place for place, content in share.share(__version__).items() if re.search(rb"@[A-Z_]+@", content)
    ]
