"""What happens to the pixels of one picture, or one frame, for one output: plan, colours, turn, operations."""

from typing import Final, NamedTuple

from PIL import Image

from core.images import notes
from core.images.colour import Shaped, fits, resizable, to_srgb
from core.images.decoding import Wish
from core.images.encoders import ENCODERS
from core.images.formats import FORMATS
from core.images.operations import carry_out, upright
from core.images.profiles import mode_of, srgb_profile
from core.images.recipe import AutoContrast, Colours, Operation, Output
from core.images.steps import About, step
from core.images.steps_tones import contrast_of, toned
from core.images.writing import can_hold, target_format

_DEEP: Final = "I;16"


class Order(NamedTuple):
    """What is to be made of a picture.

    Attributes:
        wish: Its plan and its operations.
        output: Its output.
        source: The format it comes from.
        about: For what is written on it.
        operations: All of them, those in the plan included.
    """

    wish: Wish
    output: Output
    source: str
    about: About
    operations: tuple[Operation, ...] = ()


def shaped(image: Image.Image, order: Order) -> Shaped:
    """Do all that is to be done before a picture is written.

    Raises:
        RecipeError: A font or a picture that the recipe names cannot be used.
    """
    plan = order.wish.plan
    if _stays_as_it_is(image, order):
        return Shaped(upright(image, plan.orientation))
    if _stays_deep(image, order):
        deep = image if image.mode == _DEEP else image.convert("I").convert(_DEEP)
        return Shaped(upright(carry_out(deep, plan), plan.orientation))
    fit_for_it = resizable(image)
    profile = fit_for_it.image.info.get("icc_profile")
    result, told = carry_out(fit_for_it.image, plan), fit_for_it.notes
    if not _keeps_colours(result, profile, order):
        coloured = to_srgb(result, profile)
        result, told = coloured.image, told + coloured.notes
    result = upright(result, plan.orientation)
    for operation in order.wish.rest:
        result = step(result, operation, order.about)
    return Shaped(result, told)


def first_steps(order: Order) -> Order:
    """Of an animation: what is done to each of its frames by itself, up to the first that takes its measure of all."""
    plan, rest = order.wish
    at = next((at for at, one in enumerate(rest) if isinstance(one, AutoContrast)), len(rest))
    return order._replace(wish=Wish(plan, rest[:at]))


def further_steps(frames: list[Shaped], order: Order) -> None:
    """Do what is left after :func:`first_steps`, in the list: contrast that each frame had for itself would flicker.

    Raises:
        RecipeError: A font or a picture that the recipe names cannot be used.
    """
    for operation in order.wish.rest[len(first_steps(order).wish.rest) :]:
        table = None
        if isinstance(operation, AutoContrast):
            table = contrast_of((one.image for one in frames), operation)
        for at, (image, told) in enumerate(frames):
            done = step(image, operation, order.about) if table is None else toned(image, table)
            frames[at] = Shaped(done, told)


def profile_of(image: Image.Image, output: Output, original: Image.Image, told: tuple[str, ...]) -> bytes:
    """The profile that a finished picture is to be given; none for one that came without.

    Args:
        image: In the mode that it is written in.
        output: Its output.
        original: The picture as it came.
        told: What was noted of it.
    """
    profile = original.info.get("icc_profile")
    if not profile or notes.BROKEN_PROFILE in told:
        return b""
    is_kept = output.colors is Colours.KEEP and notes.CONVERTED not in told and fits(profile, image.mode)
    return profile if is_kept else srgb_profile(image.mode)


def _target(image: Image.Image, order: Order) -> str:
    return target_format(order.source, order.output.format, alpha=image.has_transparency_data)


def _stays_as_it_is(image: Image.Image, order: Order) -> bool:
    """Whether nothing is to be done with a palette: then it stays one."""
    is_left_alone = order.wish.plan.is_identity(image.size) and not order.wish.rest
    if image.mode not in {"P", "1"} or not is_left_alone or image.info.get("icc_profile"):
        return False
    name = target_format(order.source, order.output.format, alpha=True)
    return name == order.source and can_hold(name, image.mode)


def _stays_deep(image: Image.Image, order: Order) -> bool:
    """Whether greys of 16 bits stay so: where the format has them, and neither colours nor operations take 8."""
    profile = image.info.get("icc_profile")
    is_plain = not profile or (order.output.colors is Colours.KEEP and fits(profile, _DEEP))
    is_grey = image.mode.startswith(_DEEP) and "transparency" not in image.info
    return is_grey and not order.wish.rest and is_plain and can_hold(_target(image, order), _DEEP)


def _keeps_colours(image: Image.Image, profile: bytes | None, order: Order) -> bool:
    """Whether colours stay what they are: asked for, and possible in the format and for the operations."""
    if order.output.colors is not Colours.KEEP:
        return False
    name = _target(image, order)
    if image.mode == "CMYK":
        is_usable = not profile or _goes_along(profile, "CMYK", name)
        return is_usable and not order.wish.rest and can_hold(name, "CMYK")
    if not profile:
        return True
    written = image.mode if FORMATS[name].has_alpha else mode_of(profile) or ""
    return _goes_along(profile, image.mode, name) and can_hold(name, written)


def _goes_along(profile: bytes, mode: str, name: str) -> bool:
    """Whether a profile can be used for that mode, and written into such a file: colours without it would be others."""
    return "icc" in ENCODERS[name].holds and fits(profile, mode)
