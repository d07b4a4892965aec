"""What holds sources, told by its name."""

from enum import Enum
from pathlib import PurePath
from typing import Final


class Container(Enum):
    """A folder, or a list file by the way it is read."""

    FOLDER = "folder"
    TEXT = "text"
    TABLE = "table"
    HTML = "html"
    JSON = "json"
    JSON_LINES = "json-lines"
    SHORTCUT = "shortcut"
    WEBLOC = "webloc"
    METALINK = "metalink"


_BY_EXTENSION: Final = {
    ".txt": Container.TEXT,
    ".md": Container.TEXT,
    ".csv": Container.TABLE,
    ".tsv": Container.TABLE,
    ".html": Container.HTML,
    ".htm": Container.HTML,
    ".json": Container.JSON,
    ".jsonl": Container.JSON_LINES,
    ".url": Container.SHORTCUT,
    ".webloc": Container.WEBLOC,
    ".metalink": Container.METALINK,
    ".meta4": Container.METALINK,
}


def list_kind(name: str) -> Container | None:
    """How the list file of this name is read, gzipped (``.gz``) or not; None if it is no list by its name."""
    return _BY_EXTENSION.get(PurePath(plain_name(name)).suffix.lower())


def plain_name(name: str) -> str:
    """The name without the ``.gz`` of a gzipped file."""
    return name[:-3] if name.lower().endswith(".gz") else name
