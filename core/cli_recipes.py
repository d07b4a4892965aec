"""``fetchmill-cli recipes``."""

import sys

from core.images.recipe_file import built_in_recipes, recipe_text


def show_recipes(name: str | None) -> int:
    """Print the built-in recipes by name, or one as its file; returns the exit status.

    Raises:
        RecipeError: There is none of that name.
    """
    if name is not None:
        sys.stdout.write(recipe_text(name))
        return 0
    for recipe in built_in_recipes():
        sys.stdout.write(f"{recipe.name:<15} {recipe.summary}\n")
    return 0
