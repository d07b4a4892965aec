"""The files that a recipe names, which have to be there before a run begins: pictures and fonts of its watermarks."""

import warnings
from collections.abc import Callable, Iterator

from core.errors import RecipeError
from core.images.caption import filled
from core.images.parameters import Kind, parameters_of
from core.images.recipe import Operation, PictureWatermark, Recipe, TextWatermark
from core.images.recipe_file import Located
from core.images.recipe_reading import line_of


def try_files(recipe: Recipe, located: Callable[[], Located]) -> None:
    """See that what a recipe names can be used.

    Args:
        recipe: Whose pictures and fonts are meant.
        located: Finds its file, for saying where in it something is wrong.

    Raises:
        RecipeError: One cannot be.
    """
    for key, operation in _marks(recipe):
        try:
            _try(operation)
        except RecipeError as error:
            found = located()
            line = line_of(found.text.splitlines(), key)
            place = found.origin if line is None else f"{found.origin}, line {line}"
            raise RecipeError(f"{place}: {key}: {error.message}", error.hint) from error


def named_files(recipe: Recipe) -> tuple[str, ...]:
    """The paths of all that a recipe names, in its order."""
    return tuple(
        path
        for _, operation in _operations(recipe)
        for about in parameters_of(type(operation))
        if about.kind is Kind.FILE and (path := str(getattr(operation, about.name.replace("-", "_"))))
    )


def _operations(recipe: Recipe) -> Iterator[tuple[str, Operation]]:
    """All of them, each with the key of its table."""
    of_all = [("", recipe.operations)]
    of_each = [(f"outputs[{at}].", output.operations) for at, output in enumerate(recipe.outputs, 1)]
    for where, operations in of_all + of_each:
        for at, operation in enumerate(operations, 1):
            yield f"{where}operations[{at}]", operation


def _marks(recipe: Recipe) -> Iterator[tuple[str, TextWatermark | PictureWatermark]]:
    for key, operation in _operations(recipe):
        match operation:
            case TextWatermark(font=font):
                yield f"{key}.{'font' if font else 'text'}", operation
            case PictureWatermark():
                yield f"{key}.picture", operation


def _try(operation: TextWatermark | PictureWatermark) -> None:
    """Raises RecipeError where it cannot be laid on any picture."""
    from core.images import fonts, steps_marks  # noqa: PLC0415  # with Pillow: mere downloads start without

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # see ``process``
        match operation:
            case TextWatermark():
                fonts.font_for(filled(operation.text, name="", year=""), operation.font, 1)
            case PictureWatermark():
                steps_marks.require_mark(operation.picture)
