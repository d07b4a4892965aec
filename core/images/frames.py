"""The frames of a picture: one, or those of an animation."""

from typing import Final, NamedTuple

from PIL import Image

FOREVER: Final = 0


class Frames(NamedTuple):
    """What is written: the first frame is the picture where there is only one, or where only one can be kept.

    Attributes:
        images: At least one; all of the same mode and size.
        durations: How long each is shown, milliseconds; none for a still picture.
        loop: How often it is played; 0 is for ever.
    """

    images: tuple[Image.Image, ...]
    durations: tuple[int, ...] = ()
    loop: int = FOREVER

    @property
    def first(self) -> Image.Image:
        """The only one of a still picture."""
        return self.images[0]

    @property
    def is_animated(self) -> bool:
        """Whether there are several."""
        return len(self.images) > 1
