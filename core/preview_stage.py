"""Makes previews: the same children as those of a run do the same work, on one picture, into files that do not stay."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import DestinationError
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
_LOOK: Final = Recipe("look", "Look", "Sees whether a picture is whole.")


class PreviewStage(QObject):
    """At most one preview at a time; its children live from the first wish to ``close``.

    Args:
        engine: Whose ``previewed`` says each step on the way, and with whose end all of it ends.
    """

    _came_home = Signal(object)

    def __init__(self, engine: EngineInterface) -> None:
        super().__init__(engine)
        self._answer = engine.previewed.emit
        engine.closed.connect(self.close)
        self._pool: ProcessPool | None = None
        self._last = 0
        self._wish: PreviewWish | None = None
        self._preview: Preview | None = None
        self._shown_before: tuple[object, str] = (None, "")
        self._homes: dict[int, Callable[[ProcessOutcome], None]] = {}
        self._stale: set[int] = set()
        self._came_home.connect(self._take_home)

    def show(self, wish: PreviewWish | None) -> None:
        """Begin this one, forgetting the one before; None when none is wanted any more."""
        if wish is None:
            self.close()
            return
        self._forget()
        known = self._preview if self._preview is not None and self._preview.source == wish.source else None
        self._wish = wish
        self._preview = Preview(wish.ticket, wish.source, original=known.original if known else None)
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
        if self._pool is not None:
            self._pool.close()
            self._pool = None
            shutil.rmtree(state_folder() / _FOLDER, ignore_errors=True)
        self._stale.clear()
        self._wish = self._preview = None
        self._shown_before = (None, "")

    # On the way

    def _show_original(self, wish: PreviewWish) -> None:
        operations: tuple[Operation, ...] = ()
        if wish.is_full_size and wish.recipe.outputs:
            all_of_them = wish.recipe.operations + wish.recipe.outputs[wish.output].operations
            operations = tuple(one for one in all_of_them if shapes(type(one)))
        key = (wish.source, operations, wish.room, wish.is_full_size)
        if self._shown_before[0] == key:
            self._tell(before=self._shown_before[1])
            return

        def take(outcome: ProcessOutcome, part: str) -> None:
            if outcome.error is None:
                self._shown_before = (key, part)
                self._tell(before=part)
            elif not operations:
                self._tell(error=outcome.error)

        self._picture(wish.source, _shown(operations, wish), "before", take)

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
            size = _size(self._wish.source)
            self._tell(original=Facts(outcome.format or "", outcome.width, outcome.height, size))

    def _take_after(self, outcome: ProcessOutcome, part: str) -> None:
        if outcome.error is not None:
            self._tell(error=outcome.error)
        else:
            self._tell(after=part)

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
            if str(path) != self._shown_before[1]:
                path.unlink(missing_ok=True)

    def _picture(
        self, source: str, recipe: Recipe, name: str, take: Callable[[ProcessOutcome, str], None]
    ) -> None:
        part = str(self._folder() / f"{self._last + 1}-{name}")
        self._do(recipe, source, (part,), lambda outcome: take(outcome, part))

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


def _shown(operations: tuple[Operation, ...], wish: PreviewWish) -> Recipe:
    """What makes a picture for the screen."""
    width, height = MOST_SHOWN if wish.is_full_size else wish.room
    fitted = Crop(width, height) if wish.is_full_size else Resize(ResizeMode.FIT, width, height)
    return _LOOK._replace(operations=(*operations, fitted), outputs=(_SHOWN,))


def _size(path: str) -> int:
    with suppress(OSError):
        return Path(path).stat().st_size
    return 0
