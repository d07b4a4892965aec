"""Makes previews: the same children as those of a run do the same work, on one picture, into files that do not stay."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import DestinationError
from core.estimate import BatchEstimate
from core.estimate_stage import EstimateStage
from core.images.recipe import (
    Animation,
    Crop,
    Keeping,
    Operation,
    Output,
    OutputFormat,
    Recipe,
    Resize,
    ResizeMode,
)
from core.images.relevance import shapes
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask
from core.interface import EngineInterface
from core.job_queue import JobQueue
from core.places import state_folder
from core.preview import MOST_SHOWN, Facts, Preview, PreviewWish

if TYPE_CHECKING:
    from core.images.pool import ProcessPool

_FOLDER: Final = "preview"
# One for what is wanted now, and one that may be at what was wanted a moment ago.
_WORKERS: Final = 2
_TIME_LIMIT: Final = 60.0
_UNSHOWN: Final = frozenset({"PDF"})  # written, but not read
_SHOWN: Final = Output(
    format=OutputFormat.PNG,
    effort=0,
    animation=Animation.FIRST,
    exif=Keeping.STRIP,
    xmp=Keeping.STRIP,
    iptc=Keeping.STRIP,
    gps=Keeping.STRIP,
    copyright=Keeping.STRIP,
)
# Of the whole picture, only for its size.
_MEASURED: Final = replace(_SHOWN, name="measured", format=OutputFormat.JPEG, quality=1)
_LOOK: Final = Recipe("look", "Look", "Sees whether a picture is whole.")


class _Before(NamedTuple):
    """A picture of the original that is there.

    Attributes:
        key: What makes it this one and no other.
        path: Where.
        size: Width and height that it has without being fitted, where it was measured.
    """

    key: object
    path: str
    size: tuple[int, int] | None


_NOT_SHOWN: Final = _Before(None, "", None)


class PreviewStage(QObject):
    """At most one preview at a time; its children live from the first wish to ``close``.

    Args:
        engine: Whose ``previewed`` says each step on the way, and with whose end all of it ends.
        queue: The list, of which is said what the recipe makes of it.
    """

    _came_home = Signal(object)

    def __init__(self, engine: EngineInterface, queue: JobQueue) -> None:
        super().__init__(engine)
        self._answer = engine.previewed.emit
        engine.closed.connect(self.close)
        self._pool: ProcessPool | None = None
        self._last = 0
        self._wish: PreviewWish | None = None
        self._preview: Preview | None = None
        self._shown_before = _NOT_SHOWN
        self._homes: dict[int, Callable[[ProcessOutcome], None]] = {}
        self._stale: set[int] = set()
        self._came_home.connect(self._take_home)
        self._estimates = EstimateStage(queue, self._take_batch, self)

    def show(self, wish: PreviewWish | None) -> None:
        """Begin this one, forgetting the one before; None when none is wanted any more."""
        if wish is None:
            self.close()
            return
        self._forget()
        known = self._preview if self._preview is not None and self._preview.source == wish.source else None
        self._wish = wish
        original, batch = known.original if known else None, self._preview.batch if self._preview else None
        coming = _coming_at_once(wish, original)
        self._preview = Preview(wish.ticket, wish.source, original=original, coming=coming, batch=batch)
        self._estimates.want(wish.recipe)
        try:
            self._begin(self._folder())
        except OSError as error:
            reason = f"Nothing can be written to {state_folder() / _FOLDER}: {error.strerror}."
            self._tell(error=DestinationError(reason).report(), is_whole=True)
            return
        if not known or not known.original:
            self._do(_LOOK, wish.source, (), self._take_original)
        self._show_original(wish)
        if wish.recipe.outputs:
            self._make(wish)

    def close(self) -> None:
        """Kill the children and remove the files; returns when they are gone."""
        self._forget()
        self._estimates.close()
        if self._pool is not None:
            self._pool.close()
            self._pool = None
            shutil.rmtree(state_folder() / _FOLDER, ignore_errors=True)
        self._stale.clear()
        self._wish = self._preview = None
        self._shown_before = _NOT_SHOWN

    # On the way

    def _show_original(self, wish: PreviewWish) -> None:
        operations = _operations_before(wish)
        is_measured = wish.step is not None and bool(operations)
        key = (wish.source, operations, wish.room, wish.is_full_size, is_measured)
        if self._shown_before.key == key:
            self._tell_before(self._shown_before)
            return

        def take(outcome: ProcessOutcome, part: str) -> None:
            if outcome.error is None:
                size = next(((one.width, one.height) for one in outcome.others), None)
                self._shown_before = _Before(key, part, size)
                self._tell_before(self._shown_before)
            elif not operations:
                self._tell(error=outcome.error)

        self._picture(wish.source, _shown(operations, wish, is_measured=is_measured), "before", take)

    def _tell_before(self, before: "_Before") -> None:
        self._tell(before=before.path, **({} if before.size is None else {"coming": before.size}))

    def _make(self, wish: PreviewWish) -> None:
        recipe = wish.recipe._replace(outputs=(wish.recipe.outputs[wish.output],))

        def take(outcome: ProcessOutcome, part: str) -> None:
            if outcome.error is not None:
                self._tell(error=outcome.error)
                return
            count = outcome.bytes_out if outcome.bytes_out is not None else _size(part)
            facts = Facts(outcome.format or "", outcome.width, outcome.height, count)
            self._tell(finished=facts, seconds=outcome.seconds, notes=outcome.notes, verdict=outcome.verdict)
            if outcome.format in _UNSHOWN:
                operations = recipe.operations + recipe.outputs[0].operations
                self._picture(wish.source, _shown(operations, wish), "after", self._take_after)
            else:
                # Where the original stays in its place, there is no other file.
                source = part if Path(part).exists() else wish.source
                self._picture(source, _shown((), wish), "after", self._take_after)

        self._picture(wish.source, recipe, "made", take)

    def _take_original(self, outcome: ProcessOutcome) -> None:
        assert self._wish is not None, "it is forgotten with its outcomes"  # noqa: S101  # _forget's own promise
        if outcome.error is not None:
            self._tell(error=outcome.error)
        else:
            count = _size(self._wish.source)
            facts = Facts(outcome.format or "", outcome.width, outcome.height, count)
            coming = _coming_at_once(self._wish, facts)
            self._tell(original=facts, **({} if coming is None else {"coming": coming}))

    def _take_after(self, outcome: ProcessOutcome, part: str) -> None:
        if outcome.error is not None:
            self._tell(error=outcome.error)
        else:
            self._tell(after=part)

    def _take_batch(self, batch: BatchEstimate | None) -> None:
        if self._preview is not None and batch != self._preview.batch:
            self._tell(batch=batch)

    def _tell(self, **news: object) -> None:
        assert self._preview is not None, "nothing comes home before there is a wish"  # noqa: S101  # as above
        if "error" in news and self._preview.error is not None:
            del news["error"]  # the first says why; the others follow from it
        preview = self._preview._replace(**news)  # type: ignore[arg-type]  # by its own names
        self._preview = preview
        self._answer(preview)

    # Children

    def _begin(self, folder: Path) -> None:
        if self._pool is None:
            from core.images.pool import ProcessPool  # noqa: PLC0415  # with Pillow: most runs begin without

            shutil.rmtree(folder, ignore_errors=True)  # of an engine that was killed
            folder.mkdir(parents=True, mode=0o700)
            self._pool = ProcessPool(PoolLimits(_WORKERS, _TIME_LIMIT), self._came_home.emit)
        for path in folder.iterdir():
            if str(path) != self._shown_before.path:
                path.unlink(missing_ok=True)

    def _picture(
        self, source: str, recipe: Recipe, name: str, take: Callable[[ProcessOutcome, str], None]
    ) -> None:
        parts = tuple(
            str(self._folder() / f"{self._last + 1}-{name}{at or ''}") for at in range(len(recipe.outputs))
        )
        self._do(recipe, source, parts, lambda outcome: take(outcome, parts[0]))

    def _do(
        self, recipe: Recipe, source: str, parts: tuple[str, ...], take: Callable[[ProcessOutcome], None]
    ) -> None:
        assert self._pool is not None, "it has begun"  # noqa: S101  # show's own order
        self._last += 1
        self._homes[self._last] = take
        self._pool.submit(ProcessTask(self._last, source, parts, recipe))

    @Slot(object)
    def _take_home(self, outcome: ProcessOutcome) -> None:
        self._stale.discard(outcome.ticket)
        take = self._homes.pop(outcome.ticket, None)
        if take is not None:
            take(outcome)
            if not self._homes:
                self._tell(is_whole=True)

    def _forget(self) -> None:
        """What the last wish has under way may end, unheard; what wishes before it have still under way is cut.

        A child that is killed takes longer to replace than most pictures take.
        """
        for ticket in self._stale:
            if self._pool is not None:
                self._pool.drop(ticket)
        self._stale = set(self._homes)
        self._homes.clear()

    def _folder(self) -> Path:
        return state_folder() / _FOLDER


def _operations_before(wish: PreviewWish) -> tuple[Operation, ...]:
    """What is done to the original before it is shown."""
    if not wish.recipe.outputs:
        return ()
    all_of_them = wish.recipe.operations + wish.recipe.outputs[wish.output].operations
    if wish.step is not None:
        return all_of_them[: wish.step]
    return tuple(one for one in all_of_them if shapes(type(one))) if wish.is_full_size else ()


def _coming_at_once(wish: PreviewWish, original: Facts | None) -> tuple[int, int] | None:
    """The size of what comes to the wish's step, where nothing is done before."""
    if wish.step is None or _operations_before(wish) or original is None:
        return None
    return (original.width, original.height) if original.width and original.height else None


def _shown(operations: tuple[Operation, ...], wish: PreviewWish, *, is_measured: bool = False) -> Recipe:
    """What makes a picture for the screen; with it, one as large as it is without being fitted there."""
    width, height = MOST_SHOWN if wish.is_full_size else wish.room
    fitted = Crop(width, height) if wish.is_full_size else Resize(ResizeMode.FIT, width, height)
    if not is_measured:
        return _LOOK._replace(operations=(*operations, fitted), outputs=(_SHOWN,))
    return _LOOK._replace(operations=operations, outputs=(replace(_SHOWN, operations=(fitted,)), _MEASURED))


def _size(path: str) -> int:
    with suppress(OSError):
        return Path(path).stat().st_size
    return 0
