"""Animations as each format has them: how long frames are shown, how often all is played, and what that costs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.images import notes
from core.images.encoders import ENCODERS, Options
from core.images.frames import FOREVER, Frames

_HUNDREDTH: Final = 10
_MOST_LOOPS: Final = 65_535
# The longest that a frame can be shown, milliseconds: 16 bits of hundredths (GIF89a, section 23), 16 bits of a fraction's
# upper part (PNG 3, section 11.3.6.2), 24 bits (RFC 9649, section 2.7.1.1).
_LONGEST: Final[Mapping[str, int]] = MappingProxyType({"GIF": 655_350, "PNG": 65_535, "WEBP": 16_777_215})


def moving(frames: Frames, name: str) -> tuple[Options, tuple[str, ...]]:
    """What the format's writer is told of the frames after the first, and notes on what it cannot do.

    Args:
        frames: All full pictures.
        name: The format.
    """
    if not frames.is_animated:
        return {}, ()
    if not ENCODERS[name].animates:
        return {}, (notes.FIRST_FRAME,)
    wanted = frames.durations or (0,) * len(frames.images)
    durations = [min(_counted(one, name), _LONGEST.get(name, one)) for one in wanted]
    options: Options = {
        "save_all": True,
        "append_images": list(frames.images[1:]),
        "duration": durations,
        **_looping(frames, name),
    }
    if name == "GIF":  # each frame is whole: where it lets something through, that is not the one before
        options["disposal"] = 2 if any(one.has_transparency_data for one in frames.images) else 1
    return options, _notes(wanted, durations, frames.loop, name)


def _counted(milliseconds: int, name: str) -> int:
    """In the format's own steps; what is shown at all stays so."""
    if name != "GIF" or not milliseconds:
        return milliseconds
    return max(1, round(milliseconds / _HUNDREDTH)) * _HUNDREDTH


def _looping(frames: Frames, name: str) -> Options:
    loop = min(frames.loop, _MOST_LOOPS)
    if name == "AVIF":
        return {}
    if name != "GIF" or loop == FOREVER:
        return {"loop": loop}
    # Netscape's extension says how often it is played again; without it, it is played once.
    return {"loop": loop - 1} if loop > 1 else {}


def _notes(wanted: tuple[int, ...], durations: list[int], loop: int, name: str) -> tuple[str, ...]:
    told = []
    cut = sum(one > _LONGEST.get(name, one) for one in wanted)
    changed = sum(one != other for one, other in zip(wanted, durations, strict=True)) - cut
    if changed > 0:
        told.append(notes.ROUNDED.format(changed))
    if cut:
        told.append(notes.SHORTENED.format(name, cut))
    if name == "AVIF" and loop != FOREVER:
        told.append(notes.FOREVER)
    return tuple(told)
