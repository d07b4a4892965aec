"""How much memory a picture is going to take, from its header: measured with real children, 2 to 100 megapixels."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

from PIL import ImageFile

from core.images.animation import keeps_frames
from core.images.decoding import Wish
from core.images.jxl import jxl_size
from core.images.reading import most_pixels
from core.images.recipe import Output, Resize
from core.images.writing import target_format

_BYTES: Final = 4  # a pixel, in Pillow's memory
_OVERHEAD: Final = 16 << 20


class _Cost(NamedTuple):
    """What a format takes to decode, in times its pixels.

    Attributes:
        peak: While it is decoded.
        held: As long as the picture is open.
    """

    peak: float
    held: float


_USUAL: Final = _Cost(1.5, 1.5)
_DECODING: Final[Mapping[str, _Cost]] = MappingProxyType(
    {
        "JPEG": _Cost(1.1, 1.1),
        "PNG": _Cost(1.2, 1.1),
        "WEBP": _Cost(4.2, 3.2),
        "AVIF": _Cost(2.8, 2.0),
        "JPEG2000": _Cost(5.0, 1.1),
        "JXL": _Cost(2.5, 2.4),
    }
)
_PROGRESSIVE: Final = 1.5  # JPEG: the coefficients of all its scans
_ENCODING: Final[Mapping[str, float]] = MappingProxyType(
    {"JPEG": 2.0, "PNG": 1.4, "WEBP": 3.2, "AVIF": 7.8, "TIFF": 2.0}
)
_OTHER_ENCODING: Final = 4.0
# Of an animation all frames are there, and are encoded one by one; beside them is what they come to, or what they are
# for the writer: GIF and PNG gather the differences first.
_GATHERED: Final[Mapping[str, float]] = MappingProxyType({"WEBP": 0.5, "AVIF": 0.5, "GIF": 1.2, "PNG": 1.8})
_TRANSPARENT_WEBP: Final = 10.0  # its transparency is stored without loss, however much there is in it
_RESAMPLING: Final = 1.0
_STEPS: Final = 2.0
_ACCURATE: Final = 6.0  # in floating point, a number for each channel


class RoomNeededError(Exception):
    """A picture needs more memory than may be taken without asking; nothing was decoded.

    Attributes:
        count: Bytes.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def require_memory_to_open(allowance: int | None, file: BinaryIO, name: str) -> None:
    """See that a file may be opened: a JPEG XL is decoded by that already. Arguments as for :func:`require_memory`.

    Raises:
        RoomNeededError: It needs more.
    """
    size = jxl_size(file) if name == "JXL" and allowance is not None else None
    if allowance is None or size is None or (pixels := size[0] * size[1]) > most_pixels():
        return  # one that is too large is refused unopened
    count = _OVERHEAD + round(_BYTES * pixels * _DECODING[name].peak)
    if count > allowance:
        raise RoomNeededError(count)


def require_memory(
    allowance: int | None,
    image: ImageFile.ImageFile,
    name: str,
    outputs: Sequence[Output] = (),
    wishes: Sequence[Wish] = (),
    frames: int = 1,
) -> None:
    """See that a picture may be decoded.

    Args:
        allowance: Bytes that may be taken; None for any.
        image: Not decoded yet; of the size that it is going to be decoded at.
        name: Its format.
        outputs: What is made of it.
        wishes: What each of them wants; none for what decoding alone takes.
        frames: How many it has.

    Raises:
        RoomNeededError: It needs more.
    """
    if allowance is not None and (count := need_of(image, name, outputs, wishes, frames)) > allowance:
        raise RoomNeededError(count)


def need_of(
    image: ImageFile.ImageFile, name: str, outputs: Sequence[Output], wishes: Sequence[Wish], frames: int
) -> int:
    """Bytes that a child takes beyond what it takes when idle; arguments as for :func:`require_memory`."""
    pixels = image.width * image.height
    cost = _DECODING.get(name, _USUAL)
    spectral = _PROGRESSIVE * _stored(image) if name == "JPEG" and image.info.get("progressive") else 0.0
    made = [_made(image, name, frames, *one) for one in zip(outputs, wishes, strict=False)]
    decoding = pixels * cost.peak + spectral
    # each is made while the others are held
    after = pixels * cost.held + sum(size for size, _ in made)
    after += max((work - size for size, work in made), default=0.0)
    if image.mode in {"RGBA", "LA", "P", "PA"} and any(wish.plan.size != image.size for wish in wishes):
        after += pixels  # multiplied with its transparency before it is resampled
    return _OVERHEAD + round(_BYTES * max(decoding, after))


def _made(
    image: ImageFile.ImageFile, name: str, frames: int, output: Output, wish: Wish
) -> tuple[float, float]:
    """Pixels that an output has, and what it takes while it is made, in pixels too."""
    pixels = float(wish.plan.size[0] * wish.plan.size[1])
    alpha = image.has_transparency_data
    form = target_format(name, output.format, alpha=alpha)
    is_heavy = form == "WEBP" and alpha
    work = (_TRANSPARENT_WEBP if is_heavy else _ENCODING.get(form, _OTHER_ENCODING)) * pixels
    if wish.plan.size != image.size:
        work += _RESAMPLING * pixels
    if wish.rest:
        work += _STEPS * pixels
    if any(isinstance(step, Resize) and step.accurate for step in wish.rest):
        work += _ACCURATE * pixels
    if not keeps_frames(frames, name, output):
        return pixels, work
    held = frames * pixels
    gathered = _GATHERED[form] + (output.target_size is not None)  # all of them once more, smaller
    return held, held + gathered * held + work


def _stored(image: ImageFile.ImageFile) -> float:
    """Pixels of a JPEG as it is in the file, whatever part of them is decoded."""
    scale = getattr(image, "decoderconfig", None) or (1, 0)
    return float(image.width * image.height) * max(1, scale[0]) ** 2
