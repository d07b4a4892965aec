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
from core.downloads.template import Place
from core.errors import ErrorReport, FetchmillError, FileExistsAlreadyError
from core.final_names import expected_name
from core.images.formats import is_picture_name
from core.images.recipe import Recipe
from core.images.recipe_file import find_recipe
from core.job import BatchId, BatchReport, JobId, JobRequest, SourceKind, bounded
from core.journal_reading import JournalReader
from core.json_line import error_words
from core.ledger import Known
from core.live_job import display_name
from core.naming import Naming, batch_of, naming, wanted_columns
from core.places import recipes_folder
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
        self._jobs = 0
        self._names = NameBook(lambda path: source_key(path, SourceKind.FILE) in seen)

    def lines(self, requests: tuple[JobRequest, ...]) -> Iterator[dict[str, object]]:
        """For each ``source``, ``action``, ``file`` as far as it can be known, and ``error``.

        Where there are several, ``files`` has them all; ``taken`` has the names that other sources get.

        The action is download, process (of what is on this computer already), skip or fail.
        """
        asked = [request for request in requests if request.error is None]
        known = iter(self._journal.known(asked, self._wish.recipe))
        for request in requests:
            self._jobs += 1
            if request.error is not None:
                yield _planned(request, "fail", (), request.error)
            else:
                yield self._line(request, next(known))

    def _line(self, request: JobRequest, known: Known) -> dict[str, object]:
        wish, is_local = self._wish, request.kind is SourceKind.FILE
        if is_local and (known.is_made_here or not wish.recipe.changes_pictures):
            return _planned(request, "skip", (request.source,), None)
        is_asked = wish.refresh and not is_local
        if known.is_up_to_date and not is_asked:
            return _planned(
                request, "skip", tuple(output.path for output in known.outputs if output.path), None
            )
        is_here = is_local or (_has_original(known) and not is_asked)
        try:
            paths, twice = self._places(request, known)
        except FetchmillError as error:
            action = "skip" if wish.existing is Existing.SKIP else "fail"
            return _planned(request, action, (), error.report())
        return _planned(request, "process" if is_here else "download", paths, None, twice)

    def _places(self, request: JobRequest, known: Known) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
        """Where the files would go, and the names that another source gets; None for a name that is not known yet.

        Raises:
            StorageError: There is no name for one of them.
        """
        wish, source = self._wish, known.content.name if known.content is not None else ""
        source = source or display_name(request)
        recipe = wish.recipe
        names = [expected_name(source, output) for output in recipe.made]
        is_no_picture = known.content is not None and not known.content.is_picture
        is_other = request.kind is SourceKind.URL and any(
            not is_picture_name(name) and "." in name for name in names
        )
        if is_no_picture or is_other:  # as far as can be seen: no recipe is applied
            recipe = recipe._replace(outputs=())
        places = wish.naming.expected(source or "download", recipe, request, JobId(self._jobs), _BATCH)
        outputs = [output.name for output in recipe.made] or [""]
        twice: list[str] = []
        paths: list[str | None] = []
        there: list[FileExistsAlreadyError] = []
        for output, place in zip(outputs, places, strict=True):
            try:
                paths.append(place and self._path(output, place, known, twice))
            except FileExistsAlreadyError as error:
                if wish.existing is not Existing.SKIP:
                    raise
                there.append(error)
        if not paths:
            raise there[0]
        return tuple(paths), tuple(twice)

    def _path(self, output: str, place: Place, known: Known, twice: list[str]) -> str:
        """Where one file would go; adds to ``twice`` if another source gets its name.

        Raises:
            StorageError: There is no name for it.
        """
        wish, name = self._wish, place.name
        folder, own = Path(wish.destination, place.folder), known.own_output(output)
        if (
            own is not None
            and own.path
            and wish.existing is not Existing.SKIP
            and Path(own.path).parent == folder
            and Path(own.path).suffix == Path(name).suffix
            and self._names.claim_own(own.path)
        ):
            return own.path
        if self._names.is_given(str(folder), name):
            twice.append(str(folder / name))
        return self._names.claim(str(folder), name, wish.existing)


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; returns the exit status: 0, or 1 when something would fail.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, names that it cannot give, no such header, standard
            input not readable.
    """
    recipe = find_recipe(options.recipe, recipes_folder())
    destination = absolute_folder(options.to)
    drop = drop_from(options.source, asked_in(options))._replace(
        columns=wanted_columns(options.name_template)
    )
    batches = {_BATCH: batch_of(drop, _BATCH, time.time())._replace(first=1)}
    names = naming(options.name_template, batches, recipe)
    wish = Wish(destination, recipe, options.existing, options.refresh, names)
    seen: set[str] = set()
    tally = Tally()
    actions: Counter[str] = Counter()
    twice = 0
    with JournalReader(destination) as journal:
        planner = Planner(wish, journal, seen)
        for requests in read_drop(drop, seen, tally):
            for line in planner.lines(requests):
                actions.update([str(line["action"])])
                twice += "taken" in line
                sys.stdout.write((json.dumps(line) if options.json else _words(line)) + "\n")
    console = Console(quiet=options.quiet)
    counts = (tally.title, tally.added, tally.duplicates, tally.invalid, tally.ignored)
    console.batch(BatchReport(_BATCH, *counts))
    if not options.quiet:
        skipped = f", {actions['skip']:,} to skip" if actions["skip"] else ""
        count = actions["download"] + actions["process"]
        again = f", {twice:,} with names that others get, numbered" if twice else ""
        console.say(
            f"{count:,} to do{skipped}{again} with {recipe.name} into {destination}{_room(destination)}"
        )
    return int(actions["fail"] > 0)


def _has_original(known: Known) -> bool:
    return known.has_original and known.content is not None and known.content.is_picture


def _planned(
    request: JobRequest,
    action: str,
    files: tuple[str | None, ...],
    error: ErrorReport | None,
    twice: tuple[str, ...] = (),
) -> dict[str, object]:
    """A line of the plan; ``file`` is the first, ``files`` are all where there are several."""
    words = None if error is None else error_words(error)
    line = {"source": bounded(request.source), "action": action, "file": files[0] if files else None}
    several = {"files": list(files)} if len(files) > 1 else {}
    collides = {"taken": list(twice)} if twice else {}
    return {**line, **several, **collides, "error": words}


def _words(line: dict[str, object]) -> str:
    error, files = line["error"], line.get("files", [line["file"]])
    if isinstance(error, dict):
        result = f"{error['title']}: {error['message']}"
    else:
        assert isinstance(files, list), "it was made by _planned"  # noqa: S101  # as it says
        unknown = "(no file)" if line["action"] == "skip" else "(named when it is made)"
        result = ", ".join(file or unknown for file in files)
    taken = line.get("taken")
    note = f" ({', '.join(taken)}: another source gets that name)" if isinstance(taken, list) else ""
    return printable(f"{line['action']:<9} {line['source']} -> {result}{note}")


def _room(destination: str) -> str:
    """Free space where the destination is or will be."""
    for folder in (Path(destination), *Path(destination).parents):
        if folder.is_dir():
            return f" ({size_words(shutil.disk_usage(folder).free)} free)"
    return ""
