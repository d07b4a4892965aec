"""One picture from its original to its finished file: what a child of the process pool does all day."""

import hashlib
import os
import warnings
from io import BufferedReader
from time import perf_counter
from typing import NamedTuple

from PIL import Image

from core.errors import (
    DestinationError,
    FetchmillError,
    PictureTooLargeError,
    UnreadableSourceError,
    UnsupportedPictureError,
)
from core.images.colour import Shaped, is_transparent, resizable, to_srgb
from core.images.decoding import Decoded, Original, Wish, decoded, shown_size
from core.images.formats import FORMATS
from core.images.frames import Frames
from core.images.geometry import Plan, Size
from core.images.metadata import carried
from core.images.need import require_room
from core.images.operations import carry_out, upright
from core.images.reading import (
    explained,
    format_of,
    open_picture,
    require_whole,
    short_of_memory,
    source_file,
)
from core.images.recipe import Output, OutputFormat
from core.images.steps import About, step
from core.images.structure import Layout, layout
from core.images.task import Made, ProcessOutcome, ProcessTask
from core.images.writing import can_hold, encoded, shaped_for, target_format, write_part


class _Finished(NamedTuple):
    """A picture on its way to the file."""

    output: str
    image: Image.Image
    format: str
    content: memoryview
    notes: tuple[str, ...]


def process(task: ProcessTask) -> ProcessOutcome:
    """Work on one picture. What goes wrong with pictures, disks and memory is an outcome, not an exception.

    Not for several threads of one process at a time: Pillow's warnings and block size are set meanwhile.

    Args:
        task: The source is only read; the part files exist afterwards only if there are finished pictures.
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
        outcome = ProcessOutcome(task.ticket, 0, short_of_memory().report())
    return outcome._replace(seconds=perf_counter() - started)


def _process(task: ProcessTask) -> ProcessOutcome:
    with source_file(task.source) as file:
        name = format_of(file)
        sha256 = _sha256(file) if task.hash_source else None
        with explained(name, Layout()):
            original = Original(file, name, layout(file, name), _stamp(file))
        outcome = _check(task, original) if not task.recipe.outputs else _make(task, original)
    return outcome._replace(sha256=sha256)


def _check(task: ProcessTask, original: Original) -> ProcessOutcome:
    """See whether the whole picture decodes; what recipes cannot read is let pass, with a note."""
    name, found = original.format, original.found
    require_whole(name, found)
    size: Size | None = None
    notes: tuple[str, ...] = ()
    try:
        with explained(name, found):
            image = open_picture(original.file, name, found)
            if name == "PNG":  # which is decoded to its end by whoever asks for its orientation
                require_room(task.allowance, image, name)
            size = shown_size(image)
            # An eighth in grey: every bit is decoded still, but hardly anything is done with it.
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            require_room(task.allowance, image, name)
            image.load()
    except (UnsupportedPictureError, PictureTooLargeError) as error:
        notes = (f"It was not checked. {error.message}",)
    shown = "RAW" if found.is_raw else name
    width, height = size or (None, None)
    extension = FORMATS[shown].usual_extension
    return ProcessOutcome(task.ticket, 0, None, shown, extension, width, height, notes=notes)


def _make(task: ProcessTask, original: Original) -> ProcessOutcome:
    recipe = task.recipe
    with explained(original.format, original.found):
        picture = decoded(
            original,
            [recipe.operations + output.operations for output in recipe.outputs],
            lambda image, wishes: require_room(
                task.allowance, image, original.format, recipe.outputs, wishes
            ),
        )
        about = about_of(picture.image, task.source)
        finished = [
            _finish(original, picture, wish, output, about)
            for wish, output in zip(picture.wishes, recipe.outputs, strict=True)
        ]
    if _stamp(original.file) != original.stamp:
        raise UnreadableSourceError(f"{task.source} was changed while it was read.")
    made = [_written(part, one, task.source) for part, one in zip(task.parts, finished, strict=True)]
    first, others = made[0], tuple(made[1:])
    return ProcessOutcome(
        task.ticket, 0, None, first.format, FORMATS[first.format].usual_extension, first.width, first.height,
        first.bytes_out, sha256_out=first.sha256_out, notes=first.notes, others=others,
    )  # fmt: skip


def _written(part: str, finished: _Finished, source: str) -> Made:
    if os.path.exists(part) and os.path.samefile(part, source):  # noqa: PTH110, PTH121  # string paths
        raise DestinationError(f"{part} is the original itself.")
    count = write_part(part, finished.content)
    sha256 = hashlib.sha256(finished.content).hexdigest()
    return Made(finished.output, part, finished.format, *finished.image.size, count, sha256, finished.notes)


def _finish(original: Original, picture: Decoded, wish: Wish, output: Output, about: About) -> _Finished:
    """All that happens to the pixels for one output."""
    image = picture.image
    shaped = _shaped(image, wish.plan, original.format, output)
    recoloured = shaped.image is not image and bool(image.info.get("icc_profile"))
    result = upright(shaped.image, wish.plan.orientation)
    for operation in wish.rest:
        result = step(result, operation, about)
    name = target_format(original.format, output.format, alpha=is_transparent(result))
    metadata = carried(image, output, result.size, recoloured=recoloured)
    fitting = shaped_for(result, name)
    content, lost = encoded(Frames((fitting.image,)), name, output, metadata)

    notes = (*picture.notes, *shaped.notes, *fitting.notes, *metadata.notes, *lost)
    notes += _format_note(original.format, name, output)
    return _Finished(output.name, fitting.image, name, content, tuple(dict.fromkeys(notes)))


def about_of(image: Image.Image, source: str) -> About:
    """What may be written on a picture."""
    del image
    return About(name=os.path.splitext(os.path.basename(source))[0])  # noqa: PTH119, PTH122  # a string


def _shaped(image: Image.Image, planned: Plan, source: str, output: Output) -> Shaped:
    """What the plan says, and colours: on the small picture, what can be done there."""
    if image.mode in {"P", "1"} and planned.is_identity(image.size) and not image.info.get("icc_profile"):
        name = target_format(source, output.format, alpha=True)
        if name == source and can_hold(name, image.mode):
            return Shaped(image)  # a palette that nothing touches stays a palette
    fit_for_it = resizable(image)
    small = carry_out(fit_for_it.image, planned)
    coloured = to_srgb(small, fit_for_it.image.info.get("icc_profile"))
    return Shaped(coloured.image, (*fit_for_it.notes, *coloured.notes))


def _format_note(source: str, name: str, output: Output) -> tuple[str, ...]:
    if name == source or output.format not in (OutputFormat.KEEP, OutputFormat.KEEP_FOR_WEB):
        return ()
    reason = (
        "browsers do not show"
        if not FORMATS[source].is_for_web and output.format is OutputFormat.KEEP_FOR_WEB
        else "we do not write"
    )
    return (f"It became a {name}: {reason} {source}.",)


def _sha256(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(file: BufferedReader) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
