"""Operations on pixels, each a pure function: a picture in, a picture out. See ``recipe`` for what they are told.

Pictures come in L, LA, RGB or RGBA, in sRGB, upright; so they go out. None is changed in place.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from PIL import Image

from core.images import recipe, steps_frames, steps_geometry, steps_marks, steps_redact, steps_tones
from core.images.caption import filled
from core.images.recipe import Operation, TextWatermark

_STEPS: Final[Mapping[type[Operation], Callable[[Image.Image, Any], Image.Image]]] = {
    recipe.Resize: steps_geometry.scaled,
    recipe.Crop: steps_geometry.planned,
    recipe.CropRatio: steps_geometry.planned,
    recipe.Trim: steps_geometry.trimmed,
    recipe.Rotate: steps_geometry.planned,
    recipe.Straighten: steps_geometry.straightened,
    recipe.Flip: steps_geometry.planned,
    recipe.Sharpen: steps_tones.sharpened,
    recipe.Blur: steps_tones.blurred,
    recipe.Adjust: steps_tones.adjusted,
    recipe.AutoContrast: steps_tones.contrasted,
    recipe.Greyscale: steps_tones.grey,
    recipe.Sepia: steps_tones.sepia,
    recipe.Border: steps_frames.bordered,
    recipe.Background: steps_frames.backed,
    recipe.RoundedCorners: steps_frames.rounded,
    recipe.PictureWatermark: steps_marks.picture_marked,
    recipe.Redact: steps_redact.redacted,
}


class About(NamedTuple):
    """What an operation may know of the picture beside its pixels.

    Attributes:
        name: Of the original, without its extension.
        year: When it was taken, or else made; empty where that is unknown.
    """

    name: str = ""
    year: str = ""


def step(image: Image.Image, operation: Operation, about: About) -> Image.Image:
    """Do one operation.

    Args:
        image: As above; it is not changed.
        operation: What to do.
        about: For what is written on it.

    Raises:
        RecipeError: A font or a picture that the recipe names cannot be used.
        PictureTooLargeError: The picture would get too large.
    """
    if isinstance(operation, TextWatermark):
        text = filled(operation.text, name=about.name, year=about.year)
        return steps_marks.text_marked(image, operation, text)
    return _STEPS[type(operation)](image, operation)
