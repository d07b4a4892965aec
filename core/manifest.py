"""``DIR/.fetchmill/manifest.jsonl``: what lies in a destination and where it came from, for other programs.

One JSON object a line: ``source``, ``source_sha256``, ``original``, ``file``, ``file_sha256``, ``bytes``, ``width``,
``height``, ``format``, ``notes``; of a recipe with several outputs a line for each file, with the output's name as
``output``. Paths are relative to the destination where they lie in it, with ``/``.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.destination import MANIFEST, PRIVATE
from core.ledger import Content, Output, Stamp
from core.sources.urls import without_login
from core.store_books import Books
from core.whole_file import written_whole

log = logging.getLogger(__name__)


def due_note(destination: str) -> str:
    """The name of the note that the manifest of a destination is to be written."""
    return f"manifest {destination!a}"


def manifest_path(destination: str) -> str | None:
    """Where the manifest is, if there is one."""
    path = Path(destination, PRIVATE, MANIFEST)
    return str(path) if path.is_file() else None


def write_manifest(destination: str, books: Books) -> str | None:
    """Write it anew and put it in place when it is whole; its path, or None where that cannot be done.

    What another queue noted of files that are still there stays.
    """
    path = Path(destination, PRIVATE, MANIFEST)
    if not Path(destination).is_dir():
        return None
    written = 0
    try:
        path.parent.mkdir(exist_ok=True)
        last = {name: number for number, (name, _) in enumerate(_lines(path))}
        with written_whole(path) as file:
            for source, content, output in books.made(destination):
                if output.stamp is not None and Stamp.of(output.path) is not None:
                    last.pop(_relative(output.path, destination) or "", None)
                    file.write(_line(destination, source, content, output))
                    written += 1
            for number, (name, line) in enumerate(_lines(path)):
                if last.get(name) == number and Path(destination, name).exists():
                    file.write(line)
                    written += 1
        if not written:
            path.unlink()
            with suppress(OSError):  # there is more of ours in it
                path.parent.rmdir()
    except (OSError, sqlite3.Error) as error:
        log.warning("%s: %s", path, error)
        return None
    return str(path) if written else None


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that are there, each with the file it is about; what is no such line is left out.

    Read twice rather than kept: they are ten times as long as the names.
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            try:
                yield str(json.loads(line)["file"]), line.rstrip("\n") + "\n"
            except (ValueError, TypeError, KeyError, RecursionError):
                continue


def _line(destination: str, source: str, content: Content, output: Output) -> str:
    has_original = content.original is not None and content.original != output.path
    return (
        json.dumps(
            {
                "source": without_login(source),
                "source_sha256": content.sha256,
                "original": _relative(content.original, destination) if has_original else None,
                "file": _relative(output.path, destination),
                **({"output": output.name} if output.name else {}),
                "file_sha256": output.sha256,
                "bytes": output.stamp.size if output.stamp else None,
                "width": output.width,
                "height": output.height,
                "format": output.format,
                "notes": list(output.notes),
            }
        )
        + "\n"
    )


def _relative(path: str | None, destination: str) -> str | None:
    if path is None or not path.startswith(destination + os.sep):
        return path
    return path[len(destination) + 1 :].replace(os.sep, "/")
