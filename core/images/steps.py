"""Operations on pixels, each a pure function: a picture in, a picture out. See ``recipe`` for what they are told.

Pictures come in L, LA, RGB or RGBA, in sRGB, upright; so they go out. None is changed in place.
"""

from typing import NamedTuple

from PIL import Image

from core.images.recipe import Operation


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
    """
    raise NotImplementedError(f"{operation} on {image} of {about}")
