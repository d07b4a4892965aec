"""``fetchmill-cli plan``: what run would do, without a byte downloaded or written."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from core.cli_sources import absolute_folder, drop_from
from core.console import Console, printable, size_words
from core.downloads.names import NameBook
from core.errors import ErrorReport, FetchmillError
from core.final_names import expected_name
from core.images.formats import is_picture_name
from core.images.recipe import Recipe
from core.images.recipe_file import find_recipe
from core.job import BatchId, BatchReport, JobRequest, SourceKind
from core.job_queue import display_name
from core.json_line import error_words
from core.settings import Existing
from core.sources.drop import read_drop
from core.sources.keys import source_key
from core.sources.sieve import Tally


class Planner:
    """Says for each request what would become of it.

    Args:
        destination: Absolute path.
        recipe: What would be made.
        existing: What would happen to names that are taken.
        seen: Keys of all sources.
    """

    def __init__(self, destination: str, recipe: Recipe, existing: Existing, seen: set[str]) -> None:
        self._destination = destination
        self._recipe = recipe
        self._existing = existing
        self._names = NameBook(lambda path: source_key(path, SourceKind.FILE) in seen)

    def line(self, request: JobRequest) -> dict[str, object]:
        """``source``, ``action`` (download, process, skip, fail), ``file`` as far as it can be known, ``error``."""
        if request.error is not None:
            return _planned(request, "fail", None, request.error)
        is_local = request.kind is SourceKind.FILE
        if is_local and not self._recipe.changes_pictures:
            return _planned(request, "skip", request.source, None)
        name = expected_name(display_name(request), self._recipe)
        if not is_local and not is_picture_name(name) and "." in name:
            name = display_name(request)  # no picture as far as can be seen: no recipe is applied
        try:
            folder = str(Path(self._destination, request.folder))
            path = self._names.claim(folder, name or "download", self._existing)
        except FetchmillError as error:
            action = "skip" if self._existing is Existing.SKIP else "fail"
            return _planned(request, action, None, error.report())
        return _planned(request, "process" if is_local else "download", path, None)


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; returns the exit status: 0, or 1 when something would fail.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, standard input not readable.
    """
    recipe = find_recipe(options.recipe)
    destination = absolute_folder(options.to)
    seen: set[str] = set()
    tally = Tally()
    planner = Planner(destination, recipe, Existing(options.overwrite), seen)
    failed = False
    for requests in read_drop(drop_from(options.source), seen, tally):
        for request in requests:
            line = planner.line(request)
            failed |= line["action"] == "fail"
            sys.stdout.write((json.dumps(line) if options.json else _words(line)) + "\n")
    console = Console(quiet=options.quiet)
    counts = (tally.title, tally.added, tally.duplicates, tally.invalid, tally.ignored)
    console.batch(BatchReport(BatchId(1), *counts))
    if not options.quiet:
        console.say(f"{tally.added:,} to do with {recipe.name} into {destination}{_room(destination)}")
    return int(failed)


def _planned(
    request: JobRequest, action: str, file: str | None, error: ErrorReport | None
) -> dict[str, object]:
    words = None if error is None else error_words(error)
    return {"source": request.source, "action": action, "file": file, "error": words}


def _words(line: dict[str, object]) -> str:
    error = line["error"]
    result = f"{error['title']}: {error['message']}" if isinstance(error, dict) else line["file"]
    return printable(f"{line['action']:<9} {line['source']} -> {result}")


def _room(destination: str) -> str:
    """Free space where the destination is or will be."""
    for folder in (Path(destination), *Path(destination).parents):
        if folder.is_dir():
            return f" ({size_words(shutil.disk_usage(folder).free)} free)"
    return ""
