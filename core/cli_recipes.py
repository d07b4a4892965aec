"""``fetchmill-cli recipes``."""

import sys

from core.console import printable
from core.images.recipe_file import built_in_recipes, own_recipes, recipe_text
from core.images.recipe_reference import reference
from core.places import recipes_folder


def show_recipes(name: str | None, *, is_reference: bool = False) -> int:
    """Print the built-in recipes by name and then the user's own, or one as its file, or all that may stand in one.

    Returns the exit status.

    What is wrong with a file of the user's own is said on standard error.

    Raises:
        RecipeError: There is none of that name.
    """
    if is_reference:
        sys.stdout.write(reference())
        return 0
    if name is not None:
        sys.stdout.write(recipe_text(name, recipes_folder()))
        return 0
    own, errors = own_recipes(recipes_folder())
    for recipe in (*built_in_recipes(), *own):
        sys.stdout.write(f"{recipe.name:<15} {printable(recipe.summary)}\n")
    for error in errors:
        sys.stderr.write(f"fetchmill-cli: {printable(error.message)}\n")
    return 0
