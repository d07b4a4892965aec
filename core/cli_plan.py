"""``fetchmill-cli plan``: what run would do, without a byte downloaded or written."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

from core.cli_settings import settings_from
from core.cli_sources import absolute_folder, asked_in, drop_from
from core.console import Console, printable
from core.forecast import Matter
from core.images.recipe_file import usable_recipe
from core.images.wanted import Wanted
from core.job import BatchId, BatchReport, JobId, JobRequest, SourceKind, bounded
from core.journal_reading import JournalReader
from core.json_line import error_words
from core.ledger import NOTHING_KNOWN
from core.live_job import display_name
from core.naming import batch_of, naming, wanted_columns
from core.places import recipes_folder
from core.planner import EXISTS, Candidate, Planner, Prospect, Wish, free_space
from core.settings import Existing
from core.sizes import size_words
from core.sources.drop import read_drop
from core.sources.keys import source_key
from core.sources.sieve import Tally

_BATCH: Final = BatchId(1)


def show_plan(options: argparse.Namespace) -> int:
    """Print the plan; returns the exit status: 0, or 1 when something would fail.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, names that it cannot give, no such header, standard
            input not readable.
    """
    recipe = usable_recipe(options.recipe, recipes_folder())
    destination = absolute_folder(options.to)
    drop = drop_from(options.source, asked_in(options))._replace(
        columns=wanted_columns(options.name_template)
    )
    batches = {_BATCH: batch_of(drop, _BATCH, time.time())._replace(first=1)}
    names = naming(options.name_template, batches, recipe)
    wish = Wish(
        destination, recipe, options.existing, options.refresh, names, Wanted.of(settings_from(options))
    )
    seen: set[str] = set()
    tally = Tally()
    actions: Counter[str] = Counter()
    twice = there = 0
    with JournalReader(destination) as journal:
        for prospect in _prospects(read_drop(drop, seen, tally), wish, journal, seen):
            line = _line(prospect, wish.existing)
            actions.update([str(line["action"])])
            twice += "taken" in line
            there += "exists" in line
            sys.stdout.write((json.dumps(line) if options.json else _words(line)) + "\n")
    console = Console(quiet=options.quiet)
    counts = (tally.title, tally.added, tally.duplicates, tally.invalid, tally.ignored)
    console.batch(BatchReport(_BATCH, *counts))
    if not options.quiet:
        skipped = f", {actions['skip']:,} to skip" if actions["skip"] else ""
        jobs = actions["download"] + actions["process"]
        again = f", {twice:,} with names that others get, numbered" if twice else ""
        again += f", {there:,} with names that exist already" if there else ""
        console.say(
            f"{jobs:,} to do{skipped}{again} with {recipe.name} into {destination}{_room(destination)}"
        )
    return int(actions["fail"] > 0)


def _prospects(
    read: Iterable[tuple[JobRequest, ...]], wish: Wish, journal: JournalReader, seen: set[str]
) -> Iterator[Prospect]:
    planner = Planner(wish, lambda path: source_key(path, SourceKind.FILE) in seen)
    numbers = map(JobId, count(1))
    for requests in read:
        asked = [request for request in requests if request.error is None]
        known = iter(journal.known(asked, wish.recipe))
        for request in requests:
            job = Candidate(next(numbers), _BATCH, request, display_name(request))
            yield planner.prospect(job, next(known) if request.error is None else NOTHING_KNOWN)


def _line(prospect: Prospect, existing: Existing) -> dict[str, object]:
    """For each ``source``, ``action``, ``file`` as far as it can be known, and ``error``.

    Where there are several, ``files`` has them all; ``taken`` has the names that other sources get, ``exists`` those of
    files that are there already. The action is download, process (of what is on this computer already), skip or fail.
    """
    error, action = prospect.error, prospect.action.value
    if error is not None:
        action = "skip" if error.code == EXISTS and existing is Existing.SKIP else "fail"
    files = [file.path for file in prospect.files]
    twice = [file.taken for file in prospect.files if file.matter is Matter.SHARED]
    source = bounded(prospect.request.source)
    line: dict[str, object] = {"source": source, "action": action, "file": files[0] if files else None}
    several = {"files": files} if len(files) > 1 else {}
    there = [file.taken for file in (*prospect.files, *prospect.existing) if file.matter is Matter.EXISTS]
    collides = {**({"taken": twice} if twice else {}), **({"exists": there} if there else {})}
    notes = {"notes": [prospect.unwanted]} if prospect.unwanted else {}
    return {**line, **several, **collides, **notes, "error": None if error is None else error_words(error)}


def _words(line: dict[str, object]) -> str:
    error, files = line["error"], line.get("files", [line["file"]])
    if isinstance(error, dict):
        result = f"{error['title']}: {error['message']}"
    else:
        assert isinstance(files, list), "it was made by _line"  # noqa: S101  # as it says
        unknown = "(no file)" if line["action"] == "skip" else "(named when it is made)"
        result = ", ".join(file or unknown for file in files)
    taken, exists = line.get("taken"), line.get("exists")
    note = f" ({', '.join(taken)}: another source gets that name)" if isinstance(taken, list) else ""
    note += f" ({', '.join(exists)}: exists already)" if isinstance(exists, list) and error is None else ""
    notes = line.get("notes")
    note += f" ({' '.join(notes)})" if isinstance(notes, list) else ""
    return printable(f"{line['action']:<9} {line['source']} -> {result}{note}")


def _room(destination: str) -> str:
    free = free_space(destination)
    return "" if free is None else f" ({size_words(free)} free)"
