"""What would come of all jobs that wait, found out in a thread of its own."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

from core.errors import FetchmillError
from core.forecast import COLLISIONS, MOST_TOLD, Forecast, Matter, PlannedName
from core.images.recipe_file import find_recipe
from core.images.wanted import Wanted
from core.job import BatchId, JobId, Order, SourceKind, bounded
from core.ledger import Inquiry, Known, inquiry
from core.naming import Batch, naming
from core.originals import Originals
from core.places import recipes_folder
from core.planner import EXISTS, Action, Candidate, Planner, Prospect, Wish, free_space
from core.settings import Existing, Settings
from core.sources.keys import source_key

Answer = tuple[tuple[JobId, Known], ...]
Ask = Callable[[Inquiry, Callable[[Answer], None]], None]
_CHUNK: Final = 500


class Waiting(NamedTuple):
    """What is to be planned.

    Attributes:
        jobs: Those that wait, in the order of the list.
        originals: The paths of all local pictures of the list, which nothing may overwrite.
        batches: What files may be named by.
    """

    jobs: tuple[Candidate, ...]
    originals: tuple[str, ...]
    batches: Mapping[BatchId, Batch]


class Forecasting:
    """Plans all names that one order would lead to.

    Args:
        order: What Start would be told.
        settings: To go by.
        waiting: What is to be planned.
        ask: Asks the ledger; what it gives is called with the answer, on any thread.
        answer: Called on the planning thread with what was found, unless it was stopped.
    """

    def __init__(
        self,
        order: Order,
        settings: Settings,
        waiting: Waiting,
        ask: Ask,
        answer: Callable[[Forecast], None],
    ) -> None:
        self._order = order
        self._settings = settings
        self._waiting = waiting
        self._ask = ask
        self._answer = answer
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._is_stopped = False
        threading.Thread(target=self._run, name="forecasting", daemon=True).start()

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._is_stopped = True
        self._answers.put(())  # it may be waiting for one

    def _run(self) -> None:
        order, settings = self._order, self._settings
        nothing = Forecast(order, order.existing or settings.existing, len(self._waiting.jobs))
        try:
            found = self._planned(nothing)
        except FetchmillError as error:
            found = nothing._replace(error=error.report())
        if not self._is_stopped:
            with suppress(RuntimeError):  # the engine has gone meanwhile
                self._answer(found)

    def _planned(self, nothing: Forecast) -> Forecast:
        """All of it.

        Raises:
            FetchmillError: There is no such recipe, or the template for names cannot be used.
        """
        order = self._order
        recipe = find_recipe(order.recipe, recipes_folder())
        names = naming(self._settings.name_template, self._waiting.batches, recipe)
        destination = str(Path(order.destination).absolute())
        wish = Wish(destination, recipe, nothing.existing, order.refresh, names, Wanted.of(self._settings))
        originals = Originals()
        originals.expect(self._waiting.originals)
        count = _Count(nothing)
        for prospect in self._prospects(wish, Planner(wish, originals.include)):
            count.add(prospect)
        return count.forecast(free_space(destination))

    def _prospects(self, wish: Wish, planner: Planner) -> Iterator[Prospect]:
        jobs = self._waiting.jobs
        for begin in range(0, len(jobs), _CHUNK):
            chunk = jobs[begin : begin + _CHUNK]
            self._ask(inquiry(_asked(chunk), wish.destination, wish.recipe), self._answers.put)
            known = dict(self._answers.get())
            for job in chunk:
                if self._is_stopped:
                    return
                yield planner.prospect(job, known[job.id])


class _Count:
    """Adds prospects up."""

    def __init__(self, nothing: Forecast) -> None:
        self._nothing = nothing
        self._jobs: Counter[Action] = Counter()
        self._names: Counter[Matter] = Counter()
        self._unwanted = 0
        self._first: list[PlannedName] = []
        self._colliding: list[PlannedName] = []

    def add(self, prospect: Prospect) -> None:
        """A job's."""
        is_left = prospect.error is not None and (
            prospect.error.code != EXISTS or self._nothing.existing is Existing.SKIP
        )
        if prospect.unwanted:
            self._unwanted += 1
        elif not is_left:
            self._jobs[prospect.action] += 1
        for name in _names_of(prospect):
            self._names[name.matter] += 1
            if len(self._first) < MOST_TOLD:
                self._first.append(name)
            if name.matter in COLLISIONS and len(self._colliding) < MOST_TOLD:
                self._colliding.append(name)

    def forecast(self, free: int | None) -> Forecast:
        """Of all of them."""
        return self._nothing._replace(
            download=self._jobs[Action.DOWNLOAD],
            process=self._jobs[Action.PROCESS],
            up_to_date=self._jobs[Action.SKIP],
            unwanted=self._unwanted,
            exists=self._names[Matter.EXISTS],
            shared=self._names[Matter.SHARED],
            late=self._names[Matter.LATE],
            unusable=self._names[Matter.UNUSABLE],
            names=tuple(self._first),
            collisions=tuple(self._colliding),
            free=free,
        )


def _names_of(prospect: Prospect) -> Iterable[PlannedName]:
    source, error = bounded(prospect.request.source), prospect.error
    files = (*prospect.files, *prospect.existing)
    names = [PlannedName(source, file.path or "", file.matter, file.taken) for file in files]
    if error is not None and error.code != EXISTS:
        names.append(PlannedName(source, "", Matter.UNUSABLE, reason=error.message))
    if prospect.unwanted:
        names.append(PlannedName(source, "", Matter.UNWANTED, reason=prospect.unwanted))
    return names


def _asked(jobs: Iterable[Candidate]) -> tuple[tuple[JobId, str, str | None], ...]:
    return tuple(
        (
            job.id,
            source_key(job.request.source, job.request.kind),
            job.request.source if job.request.kind is SourceKind.FILE else None,
        )
        for job in jobs
    )
