"""One picture from its original to its finished file: what a child of the process pool does all day."""

import hashlib
import os
import warnings
from io import BufferedReader
from time import perf_counter
from typing import NamedTuple

from PIL import Image, ImageFile

from core.errors import (
    DestinationError,
    FetchmillError,
    PictureTooLargeError,
    UnreadableSourceError,
    UnsupportedPictureError,
)
from core.images.colour import SIXTEEN_BIT_NOTE, Shaped, is_transparent, resizable, to_srgb
from core.images.formats import FORMATS
from core.images.metadata import carried, orientation_of
from core.images.operations import Plan, Size, carry_out, draft_size, plan, scaled, upright
from core.images.reading import explained, format_of, open_picture, require_whole, source_file
from core.images.recipe import Output, Recipe
from core.images.structure import Layout, layout
from core.images.task import ProcessOutcome, ProcessTask
from core.images.writing import can_hold, encoded, shaped_for, target_format, write_part


class _Original(NamedTuple):
    """A source that is open and whose format is known."""

    file: BufferedReader
    format: str
    found: Layout
    stamp: tuple[int, int]


class _Finished(NamedTuple):
    """A picture on its way to the file."""

    image: Image.Image
    format: str
    content: memoryview
    notes: tuple[str, ...]


def process(task: ProcessTask) -> ProcessOutcome:
    """Work on one picture. What goes wrong with pictures, disks and memory is an outcome, not an exception.

    Not for several threads of one process at a time: Pillow's warnings and block size are set meanwhile.

    Args:
        task: The source is only read; the part file exists afterwards only if there is a finished picture.
    """
    started = perf_counter()
    try:
        with warnings.catch_warnings():
            # Pillow's are about bad tags and large pictures: what matters of that is an error or a note.
            warnings.simplefilter("ignore")
            outcome = _process(task)
    except FetchmillError as error:
        outcome = ProcessOutcome(task.ticket, 0, error.report())
    except MemoryError:
        shortage = PictureTooLargeError("There is not enough memory for a picture of this size.")
        outcome = ProcessOutcome(task.ticket, 0, shortage.report())
    return outcome._replace(seconds=perf_counter() - started)


def _process(task: ProcessTask) -> ProcessOutcome:
    with source_file(task.source) as file:
        name = format_of(file)
        sha256 = _sha256(file) if task.hash_source else None
        with explained(name, Layout()):
            original = _Original(file, name, layout(file, name), _stamp(file))
        if task.recipe.output is None:
            outcome = _check(task.ticket, original)
        else:
            outcome = _make(task, original, task.recipe.output)
    return outcome._replace(sha256=sha256)


def _check(ticket: int, original: _Original) -> ProcessOutcome:
    """See whether the whole picture decodes; what recipes cannot read is let pass, with a note."""
    name, found = original.format, original.found
    require_whole(name, found)
    size: Size | None = None
    notes: tuple[str, ...] = ()
    try:
        with explained(name, found):
            image = open_picture(original.file, name, found)
            orientation = orientation_of(image)
            size = image.size[::-1] if orientation >= 5 else image.size
            # An eighth in grey: every bit is decoded still, but hardly anything is done with it.
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except (UnsupportedPictureError, PictureTooLargeError) as error:
        notes = (f"It was not checked. {error.message}",)
    shown = "RAW" if found.is_raw else name
    width, height = size or (None, None)
    extension = FORMATS[shown].usual_extension
    return ProcessOutcome(ticket, 0, None, shown, extension, width, height, notes=notes)


def _make(task: ProcessTask, original: _Original, output: Output) -> ProcessOutcome:
    with explained(original.format, original.found):
        finished = _finish(original, task.recipe, output)
    if _stamp(original.file) != original.stamp:
        raise UnreadableSourceError(f"{task.source} was changed while it was read.")
    if os.path.exists(task.part) and os.path.samefile(task.part, task.source):  # noqa: PTH110, PTH121  # string paths
        raise DestinationError(f"{task.part} is the original itself.")
    written = write_part(task.part, finished.content)
    return ProcessOutcome(
        task.ticket, 0, None, finished.format, FORMATS[finished.format].usual_extension,
        *finished.image.size, written, sha256_out=hashlib.sha256(finished.content).hexdigest(),
        notes=finished.notes,
    )  # fmt: skip


def _finish(original: _Original, recipe: Recipe, output: Output) -> _Finished:
    """All that happens to the pixels."""
    image = open_picture(original.file, original.format, original.found)
    depth = _depth_note(image)
    frames = _frames(image, original)
    orientation = orientation_of(image)
    planned = _loaded(image, plan(image.size, recipe.operations, orientation))
    require_whole(original.format, original.found)

    shaped = _shaped(image, planned, original.format, output)
    recoloured = shaped.image is not image and bool(image.info.get("icc_profile"))
    result = upright(shaped.image, orientation)
    name = target_format(original.format, output.format, alpha=is_transparent(result))
    metadata = carried(image, output.metadata, result.size, recoloured=recoloured)
    fitting = shaped_for(result, name)
    content, lost = encoded(fitting.image, name, output, metadata)

    notes = (*depth, *shaped.notes, *fitting.notes, *metadata.notes, *lost, *frames)
    notes += _format_note(original.format, name, output)
    return _Finished(fitting.image, name, content, tuple(dict.fromkeys(notes)))


def _loaded(image: ImageFile.ImageFile, planned: Plan) -> Plan:
    """Decode, JPEGs at a fraction where that is enough, and fit the plan to what came of it."""
    width, height = image.size
    drafted = image.draft(None, draft_size(image.size, planned))
    image.load()
    if drafted is None:
        return planned
    _, (_, _, right, bottom) = drafted
    return scaled(planned, right / width, bottom / height)


def _shaped(image: Image.Image, planned: Plan, source: str, output: Output) -> Shaped:
    """Operations and colours: on the small picture, what can be done there."""
    if image.mode in {"P", "1"} and planned.is_identity(image.size) and not image.info.get("icc_profile"):
        name = target_format(source, output.format, alpha=True)
        if name == source and can_hold(name, image.mode):
            return Shaped(image)  # a palette that nothing touches stays a palette
    fit_for_it = resizable(image)
    small = carry_out(fit_for_it.image, planned)
    coloured = to_srgb(small, fit_for_it.image.info.get("icc_profile"))
    return Shaped(coloured.image, (*fit_for_it.notes, *coloured.notes))


def _frames(image: ImageFile.ImageFile, original: _Original) -> tuple[str, ...]:
    frames = original.found.frames
    if original.format in {"PNG", "WEBP", "AVIF"}:
        frames = getattr(image, "n_frames", 1)
    return (f"Only the first of {frames} frames was kept.",) if frames > 1 else ()


def _depth_note(image: ImageFile.ImageFile) -> tuple[str, ...]:
    """Pillow reads colours of 16 bits as 8 and says so in the decoder's raw mode only, before loading."""
    raw_modes = (tile.args[0] if isinstance(tile.args, tuple) else tile.args for tile in image.tile)
    return (SIXTEEN_BIT_NOTE,) if any(";16" in str(mode) for mode in raw_modes) else ()


def _format_note(source: str, name: str, output: Output) -> tuple[str, ...]:
    if name == source or not output.format.startswith("keep"):
        return ()
    reason = (
        "browsers do not show"
        if not FORMATS[source].is_for_web and "web" in output.format
        else "we do not write"
    )
    return (f"It became a {name}: {reason} {source}.",)


def _sha256(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(file: BufferedReader) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
