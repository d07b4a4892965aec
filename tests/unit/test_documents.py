"""What the documents name is there: files, modules, commands, terms, versions."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core import __version__
from resources.packaging.__main__ import COMMANDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "GLOSSARY.md", "SECURITY.md", "CHANGELOG.md")
ROOMS = ("core", "gui", "resources", "tests")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PROGRAM = re.compile(r"python -m ([a-z_.]+)")
MODULE = re.compile(rf"(?:{'|'.join(ROOMS)})(?:\.[a-z0-9_*]+)+")
FILE = re.compile(
    rf"(?:(?:{'|'.join(ROOMS)}|\.ci|\.github)/)?[\w.*/-]+\.(?:py|md|svg|toml)|(?:{'|'.join(ROOMS)})/[\w/]+"
)
FORMS = re.compile(r"python -m resources\.packaging((?: [a-z]+)+)(?=`| *#)")
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)
# What a user's disk holds rather than this folder.
ELSEWHERE = ("DIR/", "NAME", "KIND", "recipes/")


def named(text: str) -> Iterator[str]:
    """The files, folders and modules that a document names."""
    yield from LINK.findall(text)
    for code in CODE.findall(text):
        if FILE.fullmatch(code) and not any(word in code for word in ELSEWHERE):
            yield code
        elif MODULE.fullmatch(code) and not code.endswith((".md", ".toml")):
            yield code.replace(".", "/")
    for program in PROGRAM.findall(text):
        if program.partition(".")[0] in ROOMS:
            yield program.rstrip(".").replace(".", "/")


@cache
def names() -> frozenset[str]:
    """The names of all files of the project, without their folders."""
    return frozenset(file.name for room in ROOMS for file in (ROOT / room).rglob("*"))


def is_there(path: str) -> bool:
    """Whether a file, folder or module of that path is there; by its name alone where it has no folder."""
    if "/" not in path and path in names():
        return True
    return any(next(ROOT.glob(each), None) is not None for each in (path, f"{path}.py"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_document_names_is_there(document: str) -> None:
    found = list(named((ROOT / document).read_text(encoding="utf-8")))
    assert [path for path in found if not is_there(path)] == []


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_each_document_names_something(document: str) -> None:
    assert list(named((ROOT / document).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "[page](NOWHERE.md)", "`core/nowhere.py`", "`core.nowhere`", "`tests/nowhere`", "`nowhere.py`", "python -m tests.nowhere",
    ],
)  # fmt: skip
def test_what_is_not_there_is_noticed(text: str) -> None:
    assert [path for path in named(text) if not is_there(path)] != []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_forms_of_the_product_that_a_document_names_are_made(document: str) -> None:
    lines = FORMS.findall((ROOT / document).read_text(encoding="utf-8"))
    assert {word for line in lines for word in line.split()} <= set(COMMANDS)


def test_each_term_says_where_it_lives() -> None:
    rows = [
        line
        for line in (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    terms = [row for row in rows if not row.startswith("| say")]
    assert len(terms) > 60
    assert [row for row in terms if not MODULE.search(row.rstrip("| ").rpartition("|")[2])] == []
    words = [row.split("|")[1].strip() for row in terms]
    assert sorted(set(words)) == sorted(words)


def test_the_newest_version_is_the_first_of_the_changelog() -> None:
    releases = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert releases[0][0] == __version__
    assert sorted(releases, key=lambda release: release[1], reverse=True) == releases


def test_changes_are_single_lines_of_plain_text_under_known_headings() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    body = [line for line in lines[lines.index(next(filter(RELEASE.match, lines))) :] if line]
    kinds = {"### Added", "### Changed", "### Deprecated", "### Removed", "### Fixed", "### Security"}
    assert [
        line for line in body if not RELEASE.match(line) and line not in kinds and not line.startswith("- ")
    ] == []
    assert [line for line in body if re.search(r"[`*\[<]", line) and line.startswith("- ")] == []
