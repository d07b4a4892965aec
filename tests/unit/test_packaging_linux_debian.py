"""The texts of the Debian package, and what making it says where something is missing."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from core import __version__
from resources.packaging import changelog
from resources.packaging.changelog import Release, Section
from resources.packaging.debian import look_at
from resources.packaging.layout import ROOT
from resources.packaging.linux.debian_control import MAINTAINER, control, depends
from resources.packaging.linux.debian_documents import copyright_file, history

CHANGES = """\
# Changelog

As in [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

- Not yet.

## [1.1.0] - 2026-02-03

A word before.

### Added

- One that goes on
  in a second line.
- `--two`, see [the page](https://example.org/).

### Removed

## [1.0.0-rc.1] - 2026-01-02

### Fixed

* Three.

[1.1.0]: https://example.org/1.1.0
"""


def test_releases_are_read() -> None:
    assert changelog.releases(CHANGES) == (
        Release(
            "1.1.0",
            date(2026, 2, 3),
            (
                Section("", ("A word before.",)),
                Section("Added", ("One that goes on in a second line.", "--two, see the page.")),
            ),
        ),
        Release("1.0.0-rc.1", date(2026, 1, 2), (Section("Fixed", ("Three.",)),)),
    )


def test_this_version_stands_first_in_our_changelog() -> None:
    assert changelog.releases()[0] == changelog.release(__version__)
    assert all(one.sections for one in changelog.releases())


def test_a_version_without_a_heading_is_told_in_one_line() -> None:
    with pytest.raises(SystemExit, match=r"CHANGELOG\.md has no heading '## \[9\.9\.9\] - DATE'"):
        changelog.release("9.9.9", CHANGES)


def test_the_changelog_is_written_as_debian_reads_it(tmp_path: Path) -> None:
    text = history(changelog.releases(CHANGES))
    assert text.splitlines()[:6] == [
        "fetchmill (1.1.0) stable; urgency=medium",
        "",
        "  * A word before.",
        "  * Added: One that goes on in a second line.",
        "  * Added: --two, see the page.",
        "",
    ]
    assert f" -- {MAINTAINER}  Tue, 03 Feb 2026 00:00:00 +0000\n" in text
    (tmp_path / "changelog").write_text(text)
    assert dpkg("dpkg-parsechangelog", "--all", "-S", "Version", "-l", str(tmp_path / "changelog")) == "1.1.0"


def test_the_control_fields_are_read_by_dpkg(tmp_path: Path) -> None:
    (tmp_path / "DEBIAN").mkdir()
    (tmp_path / "DEBIAN" / "control").write_text(control("1.2.3", "amd64", 4711))
    dpkg("dpkg-deb", "--build", str(tmp_path), str(tmp_path / "made.deb"))
    said = dpkg(
        "dpkg-deb", "-f", str(tmp_path / "made.deb"), "Package", "Version", "Architecture", "Installed-Size"
    )
    assert said.splitlines() == [
        "Package: fetchmill",
        "Version: 1.2.3",
        "Architecture: amd64",
        "Installed-Size: 4711",
    ]
    assert max(map(len, control("1", "amd64", 1).partition("Description")[2].splitlines())) <= 80


def test_what_is_loaded_by_name_is_among_the_dependencies() -> None:
    assert {"libxcb-cursor0", "libegl1", "libglib2.0-0t64 | libglib2.0-0", "xkb-data"} <= set(depends())
    assert any(one.startswith("fonts-dejavu-core | ") for one in depends())


def test_the_copyright_says_our_terms_in_full() -> None:
    stanzas = copyright_file().split("\n\n")
    assert stanzas[0].startswith(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
    )
    terms = " ".join((ROOT / "LICENSE").read_text().partition("\n\n")[2].partition("\n\n")[2].split())
    told = " ".join(line[1:] for line in stanzas[-1].splitlines()[1:] if line != " .")
    assert " ".join(told.split()) == terms


def test_a_folder_that_is_not_frozen_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        look_at(tmp_path)
    assert str(ended.value) == f"{tmp_path} has no fetchmill; python -m resources.packaging app makes it"


def dpkg(*command: str) -> str:
    """What a tool of dpkg says; skips where it is not installed."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")
