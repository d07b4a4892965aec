"""``fetchmill-cli plan``: what run would do, without a byte downloaded or written."""

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from core.cli_sources import absolute_folder, asked_in, drop_from
from core.console import Console, printable
from core.downloads.names import NameBook
from core.errors import ErrorReport, FetchmillError
from core.final_names import expected_name
from core.images.formats import is_picture_name
from core.images.recipe import Recipe
from core.images.recipe_file import find_recipe
from core.job import BatchId, BatchReport, JobId, JobRequest, SourceKind, bounded
from core.journal_reading import JournalReader
from core.json_line import error_words
from core.ledger import Known, fingerprint
from core.live_job import display_name
from core.naming import Naming, batch_of, naming, wanted_columns
from core.settings import Existing
from core.sizes import size_words
from core.sources.drop import read_drop
from core.sources.keys import source_key
from core.sources.sieve import Tally

_BATCH: Final = BatchId(1)


class Wish(NamedTuple):
    """What a run would be told.

    Attributes:
        destination: Absolute path.
        recipe: What would be made.
        existing: What would happen to names that are taken.
        refresh: Whether servers would be asked if what is done already has changed there.
        naming: Where files would go below the destination, and what they would be called.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    refresh: bool
    naming: Naming


class Planner:
    """Says for each request what would become of it.

    Args:
        wish: What a run would be told.
        journal: What was done before.
        seen: Keys of all sources.
    """

    def __init__(self, wish: Wish, journal: JournalReader, seen: set[str]) -> None:
        self._wish = wish
        self._journal = journal
        self._fingerprint = fingerprint(wish.recipe)
        self._jobs = 0
        self._names = NameBook(lambda path: source_key(path, SourceKind.FILE) in seen)

    def lines(self, requests: tuple[JobRequest, ...]) -> Iterator[dict[str, object]]:
        """For each ``source``, ``action``, ``file`` as far as it can be known, and ``error``.

        The action is download, process (of what is on this computer already), skip or fail.
        """
        asked = [request for request in requests if request.error is None]
        known = iter(self._journal.known(asked, self._fingerprint))
        for request in requests:
            self._jobs += 1
            if request.error is not None:
                yield _planned(request, "fail", None, request.error)
            else:
                yield self._line(request, next(known))

    def _line(self, request: JobRequest, known: Known) -> dict[str, object]:
        wish, is_local = self._wish, request.kind is SourceKind.FILE
        if is_local and not wish.recipe.changes_pictures:
            return _planned(request, "skip", request.source, None)
        is_asked = wish.refresh and not is_local
        if known.output is not None and not is_asked:
            return _planned(request, "skip", known.output.path, None)
        is_here = is_local or (_has_original(known) and not is_asked)
        try:
            path = self._place(request, known)
        except FetchmillError as error:
            action = "skip" if wish.existing is Existing.SKIP else "fail"
            return _planned(request, action, None, error.report())
        return _planned(request, "process" if is_here else "download", path, None)

    def _place(self, request: JobRequest, known: Known) -> str:
        """Where the file would go.

        Raises:
            StorageError: There is no name for it.
        """
        wish, source = self._wish, known.content.name if known.content is not None else ""
        source = source or display_name(request)
        name = expected_name(source, wish.recipe)
        is_no_picture = known.content is not None and not known.content.is_picture
        if is_no_picture or (request.kind is SourceKind.URL and not is_picture_name(name) and "." in name):
            name = source  # no picture as far as can be seen: no recipe is applied
        below, name = wish.naming.place(name or "download", request, JobId(self._jobs), _BATCH)
        folder, own = Path(wish.destination, below), known.own_output
        is_own = own is not None and wish.existing is not Existing.SKIP and Path(own).parent == folder
        if (
            own is not None
            and is_own
            and Path(own).suffix == Path(name).suffix
            and self._names.claim_own(own)
        ):
            return own
        return self._names.claim(str(folder), name, wish.existing)


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; returns the exit status: 0, or 1 when something would fail.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, no such header, standard input not readable.
    """
    recipe = find_recipe(options.recipe)
    destination = absolute_folder(options.to)
    drop = drop_from(options.source, asked_in(options))._replace(
        columns=wanted_columns(options.name_template)
    )
    names = naming(options.name_template, {_BATCH: batch_of(drop, _BATCH, time.time())._replace(first=1)})
    wish = Wish(destination, recipe, options.existing, options.refresh, names)
    seen: set[str] = set()
    tally = Tally()
    actions: Counter[str] = Counter()
    with JournalReader(destination) as journal:
        planner = Planner(wish, journal, seen)
        for requests in read_drop(drop, seen, tally):
            for line in planner.lines(requests):
                actions.update([str(line["action"])])
                sys.stdout.write((json.dumps(line) if options.json else _words(line)) + "\n")
    console = Console(quiet=options.quiet)
    counts = (tally.title, tally.added, tally.duplicates, tally.invalid, tally.ignored)
    console.batch(BatchReport(_BATCH, *counts))
    if not options.quiet:
        skipped = f", {actions['skip']:,} to skip" if actions["skip"] else ""
        count = actions["download"] + actions["process"]
        console.say(f"{count:,} to do{skipped} with {recipe.name} into {destination}{_room(destination)}")
    return int(actions["fail"] > 0)


def _has_original(known: Known) -> bool:
    return known.has_original and known.content is not None and known.content.is_picture


def _planned(
    request: JobRequest, action: str, file: str | None, error: ErrorReport | None
) -> dict[str, object]:
    words = None if error is None else error_words(error)
    return {"source": bounded(request.source), "action": action, "file": file, "error": words}


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
