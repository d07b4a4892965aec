"""CHANGELOG.md as values, for the forms that packages want."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from resources.packaging.layout import ROOT

CHANGELOG: Final = ROOT / "CHANGELOG.md"
_RELEASE: Final = re.compile(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKS: Final = re.compile(r"[`*]")


class Section(NamedTuple):
    """What is alike in a release.

    Attributes:
        title: ``Added``, ``Fixed`` and so on; empty for what stands before the first.
        changes: One line of plain text each.
    """

    title: str
    changes: tuple[str, ...]


class Release(NamedTuple):
    """A version that was given out.

    Attributes:
        version: As it is called.
        day: When.
        sections: What has changed, in the order of the file; none of them empty.
    """

    version: str
    day: date
    sections: tuple[Section, ...]


def releases(text: str | None = None) -> tuple[Release, ...]:
    """All releases, the latest first; what is not released yet is none.

    Args:
        text: As in Keep a Changelog 1.1.0; that of this project by default.
    """
    parts = re.split(
        r"^(?=## )", CHANGELOG.read_text(encoding="utf-8") if text is None else text, flags=re.MULTILINE
    )
    matches = ((_RELEASE.match(part), part) for part in parts)
    return tuple(
        Release(found[1], date.fromisoformat(found[2]), tuple(_sections(part[found.end() :])))
        for found, part in matches
        if found
    )


def release(version: str, text: str | None = None) -> Release:
    """The release of that version.

    Raises:
        SystemExit: There is none, said in one line.
    """
    for one in releases(text):
        if one.version == version:
            return one
    raise SystemExit(f"{CHANGELOG.name} has no heading '## [{version}] - DATE'")


def _sections(text: str) -> Iterator[Section]:
    title, *others = re.split(r"^### ", text, flags=re.MULTILINE)
    for part in ("\n" + title, *others):
        heading, _, body = part.partition("\n")
        if changes := tuple(_changes(body)):
            yield Section(heading.strip(), changes)


def _changes(body: str) -> Iterator[str]:
    """Its bullets and paragraphs; definitions of links are neither."""
    without_links = re.sub(r"^\[[^\]]+\]: .*$", "", body, flags=re.MULTILINE)
    for one in re.split(r"\n\s*\n|^\s*[-*] ", without_links, flags=re.MULTILINE):
        if plain := " ".join(_MARKS.sub("", _LINK.sub(r"\1", one)).split()):
            yield plain
