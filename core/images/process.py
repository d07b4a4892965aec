"""One picture from its original to its finished file: what a child of the process pool does all day."""

import hashlib
import os
import warnings
from collections.abc import Sequence
from io import BufferedReader
from time import perf_counter
from typing import Final, NamedTuple

from PIL import Image

from core.errors import (
    DestinationError,
    FetchmillError,
    PictureTooLargeError,
    UnreadableSourceError,
    UnsupportedPictureError,
)
from core.images import notes
from core.images.animation import gathered, keeps_frames, loop_of, require_bounded, stills
from core.images.colour import Shaped, is_transparent
from core.images.decoding import Decoded, Original, decoded, shown_size
from core.images.encoding import Source, encoded
from core.images.exif_tags import tag_values
from core.images.formats import FORMATS
from core.images.frames import Frames
from core.images.geometry import UPRIGHT, Size
from core.images.metadata import carried, year_of
from core.images.need import require_memory, require_memory_to_open
from core.images.reading import (
    explained,
    format_of,
    open_picture,
    require_whole,
    short_of_memory,
    source_file,
)
from core.images.recipe import (
    Keeping,
    Operation,
    Output,
    OutputFormat,
    PictureWatermark,
    Redact,
    TextWatermark,
)
from core.images.shaping import Order, first_steps, further_steps, profile_of, shaped
from core.images.steps import About
from core.images.structure import Layout, layout
from core.images.task import Made, ProcessOutcome, ProcessTask, Verdict
from core.images.wanted import NotWantedError
from core.images.wanted_pictures import require_wanted
from core.images.writing import remove_part, shaped_for, target_format, write_part

# Who hides or marks something does not want the original given away, however small it is.
_PROTECTING: Final = (Redact, TextWatermark, PictureWatermark)


class _Finished(NamedTuple):
    """A picture on its way to the file."""

    output: str
    size: Size
    format: str
    content: memoryview
    notes: tuple[str, ...]
    verdict: Verdict


def process(task: ProcessTask) -> ProcessOutcome:
    """Work on one picture. What goes wrong with pictures, disks and memory is an outcome, not an exception.

    Not for several threads of one process at a time: Pillow's warnings and block size are set meanwhile.

    Args:
        task: The source is only read. Where there is an error, part files of outputs before the failing one may stay.
    """
    started = perf_counter()
    try:
        with warnings.catch_warnings():
            # Pillow's are about bad tags and large pictures: what matters of that is an error or a note.
            warnings.simplefilter("ignore")
            outcome = _process(task)
    except FetchmillError as error:
        outcome = ProcessOutcome(task.ticket, 0, error.report())
    except NotWantedError as refused:
        outcome = ProcessOutcome(task.ticket, 0, unwanted=str(refused))
    except MemoryError:
        outcome = ProcessOutcome(task.ticket, 0, short_of_memory().report())
    except OSError as error:  # of a disk that fails before or after the picture is decoded: see ``explained``
        fault = UnreadableSourceError(f"{task.source}: {error.strerror or error}.")
        outcome = ProcessOutcome(task.ticket, 0, fault.report())
    return outcome._replace(seconds=perf_counter() - started)


def _process(task: ProcessTask) -> ProcessOutcome:
    with source_file(task.source) as file:
        name, stamp = format_of(file), _stamp(file)
        sha256 = _sha256(file) if task.hash_source else None
        with explained(name, Layout()):
            original = Original(file, name, layout(file, name), stamp)
            require_memory_to_open(task.allowance, file, name)
        require_wanted(task.wanted, original)
        outcome = _check(task, original) if not task.recipe.outputs else _make(task, original)
    return outcome._replace(sha256=sha256)


def _check(task: ProcessTask, original: Original) -> ProcessOutcome:
    """See whether the whole picture decodes; what recipes cannot read is let pass, with a note."""
    name, found = original.format, original.found
    require_whole(name, found)
    size: Size | None = None
    told: tuple[str, ...] = ()
    try:
        with explained(name, found):
            image = open_picture(original.file, name, found)
            if name == "PNG":  # which is decoded to its end by whoever asks for its orientation
                require_memory(task.allowance, image, name)
            size = shown_size(image)
            # An eighth in grey: every bit is decoded still, but hardly anything is done with it.
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            require_memory(task.allowance, image, name)
            image.load()
    except (UnsupportedPictureError, PictureTooLargeError) as error:
        told = (f"It was not checked. {error.message}",)
    shown = "RAW" if found.is_raw else name
    width, height = size or (None, None)
    extension = FORMATS[shown].usual_extension
    return ProcessOutcome(task.ticket, 0, None, shown, extension, width, height, notes=told)


def _make(task: ProcessTask, original: Original) -> ProcessOutcome:
    recipe = task.recipe
    with explained(original.format, original.found):
        picture = decoded(
            original,
            [recipe.operations + output.operations for output in recipe.outputs],
            lambda image, wishes, frames: require_memory(
                task.allowance, image, original.format, recipe.outputs, wishes, frames
            ),
        )
        about = about_of(picture.image, task.source)
        orders = [
            Order(wish, output, original.format, about, recipe.operations + output.operations)
            for wish, output in zip(picture.wishes, recipe.outputs, strict=True)
        ]
        finished = [
            _finish(original, picture, one, *made)
            for one, made in zip(orders, _worked_on(picture, orders), strict=True)
        ]
    if _stamp(original.file) != original.stamp:
        raise UnreadableSourceError(f"{task.source} was changed while it was read.")
    made = [_written(part, one, task.source) for part, one in zip(task.parts, finished, strict=True)]
    first, others = made[0], tuple(made[1:])
    return ProcessOutcome(
        task.ticket, 0, None, first.format, FORMATS[first.format].usual_extension, first.width, first.height,
        first.bytes_out, sha256_out=first.sha256_out, notes=first.notes, others=others, verdict=first.verdict,
        tags=tag_values(picture.image, task.tags),
    )  # fmt: skip


def _worked_on(picture: Decoded, orders: Sequence[Order]) -> list[tuple[Frames, tuple[str, ...]]]:
    """The pixels of every output, frame by frame: each is decoded once for all of them."""
    moving = [keeps_frames(picture.frames, one.source, one.output) for one in orders]
    count = picture.frames if any(moving) else 1
    if count > 1:
        sizes = [one.wish.plan.size for one, moves in zip(orders, moving, strict=True) if moves]
        require_bounded(count, picture.image.size, sizes)
    made: list[list[Shaped]] = [[] for _ in orders]
    alone = [first_steps(one) if moves else one for one, moves in zip(orders, moving, strict=True)]
    durations: list[int] = []
    for still in stills(picture.image, count):
        durations.append(still.duration)
        for images, one, moves in zip(made, alone, moving, strict=True):
            if moves or not images:
                images.append(shaped(still.image, one))
    for images, one, moves in zip(made, orders, moving, strict=True):
        if moves:
            further_steps(images, one)
    return [gathered(images, durations, loop_of(picture.image)) for images in made]


def _written(part: str, finished: _Finished, source: str) -> Made:
    if os.path.exists(part) and os.path.samefile(part, source):  # noqa: PTH110, PTH121  # string paths
        raise DestinationError(f"{part} is the original itself.")
    name, size, kind, content, notes, verdict = finished
    if verdict is Verdict.SKIP:
        remove_part(part)
        return Made(name, part, kind, *size, 0, "", notes, verdict)
    count = write_part(part, content)
    return Made(name, part, kind, *size, count, hashlib.sha256(content).hexdigest(), notes, verdict)


def _finish(
    original: Original, picture: Decoded, order: Order, frames: Frames, told: tuple[str, ...]
) -> _Finished:
    """One output as bytes, with what it carries along."""
    image, output = picture.image, order.output
    name = target_format(order.source, output.format, alpha=any(map(is_transparent, frames.images)))
    fitting = [shaped_for(one, name) for one in frames.images]
    source = _source(
        original, picture, order, same_pixels=_is_untouched(picture, order, frames, told, fitting)
    )
    frames = frames._replace(images=tuple(one.image for one in fitting))
    first = frames.first
    metadata = carried(
        image, output, first.size, recoloured=notes.CONVERTED in told, hides=_hides(order.operations)
    )
    metadata = metadata._replace(icc=profile_of(first, output, image, told))
    made = encoded(frames, name, output, metadata, source)
    if made.verdict is Verdict.ORIGINAL:  # nothing was done to it, and nothing got lost
        return _Finished(output.name, made.size, made.format, made.content, made.notes, made.verdict)

    told = (*picture.notes, *told, *(note for one in fitting for note in one.notes), *metadata.notes)
    told += (notes.FIRST_FRAME,) if picture.frames > 1 and not frames.is_animated else ()
    told = tuple(dict.fromkeys((*told, *made.notes, *_format_note(order.source, name, output))))
    return _Finished(output.name, made.size, made.format, made.content, told, made.verdict)


def _is_untouched(
    picture: Decoded, order: Order, frames: Frames, told: tuple[str, ...], fitting: Sequence[Shaped]
) -> bool:
    """Whether the pixels are the original's own, all of them."""
    if told or picture.size != shown_size(picture.image):  # something was noted, or it was not decoded whole
        return False
    if picture.frames == 1:
        return frames.first is picture.image and fitting[0].image is picture.image
    plan, rest = order.wish
    is_whole = plan.is_identity(picture.image.size) and plan.orientation == UPRIGHT
    return frames.is_animated and is_whole and not rest


def _source(original: Original, picture: Decoded, order: Order, *, same_pixels: bool) -> Source:
    """What the encoder may know of the original."""
    output, image = order.output, picture.image
    kept = (output.exif, output.xmp, output.iptc, output.gps, output.copyright)
    may_stay = Keeping.STRIP not in kept and not _hides(order.operations)
    length = original.stamp[0]
    return Source(original.format, original.file, length, picture.size, image, same_pixels, may_stay)


def _hides(operations: Sequence[Operation]) -> bool:
    """Whether the original is not to be seen any more."""
    return any(isinstance(one, _PROTECTING) for one in operations)


def about_of(image: Image.Image, source: str) -> About:
    """What may be written on a picture."""
    return About(os.path.splitext(os.path.basename(source))[0], year_of(image))  # noqa: PTH119, PTH122  # a string


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
