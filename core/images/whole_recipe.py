"""A recipe, for those who pass it on and need not know its parts: the classes of these take 10 ms to be made.

Standard library only.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.images.recipe import Operation, Output


class Recipe(NamedTuple):
    """What to make of a picture.

    Attributes:
        name: Stable name: lower case, digits, hyphens.
        title: For the screen.
        summary: What it does, one sentence.
        operations: Steps in their order, for all outputs.
        outputs: What is written; none leaves the file as it is.
    """

    name: str
    title: str
    summary: str
    operations: "tuple[Operation, ...]" = ()
    outputs: "tuple[Output, ...]" = ()

    @property
    def made(self) -> "tuple[Output, ...]":
        """The outputs that are made of the picture: all but the original."""
        return tuple(output for output in self.outputs if self.operations or not output.is_original)

    @property
    def keeps_original(self) -> bool:
        """Whether the picture as it came is one of the outputs."""
        return len(self.made) < len(self.outputs)

    @property
    def changes_pictures(self) -> bool:
        """Whether there is anything to do beside checking."""
        return bool(self.made)
