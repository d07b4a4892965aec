"""A recipe as a file (TOML 1.0): what is as it would be anyway is left out. Standard library only."""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from core.images.parameters import parameters_of
from core.images.recipe import OPERATIONS, Operation, Output, Recipe
from core.images.recipe_reading import SCHEMA

_TYPES: Final = {kind: name for name, kind in OPERATIONS.items()}
_ESCAPED: Final = {
    **{chr(code): f"\\u{code:04x}" for code in (*range(0x20), 0x7F)},
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
}


def written(recipe: Recipe) -> str:
    """The text of the file."""
    return "\n".join(_lines(recipe)) + "\n"


def _lines(recipe: Recipe) -> Iterator[str]:
    yield f"schema = {SCHEMA}"
    yield f"name = {_value(recipe.name)}"
    yield f"title = {_value(recipe.title)}"
    yield f"summary = {_value(recipe.summary)}"
    for operation in recipe.operations:
        yield from _table("operations", operation)
    for output in recipe.outputs:
        yield from _table("outputs", output)
        for operation in output.operations:
            yield from _table("outputs.operations", operation)


def _table(name: str, value: Operation | Output) -> Iterator[str]:
    yield ""
    yield f"[[{name}]]"
    if not isinstance(value, Output):
        yield f"type = {_value(_TYPES[type(value)])}"
    elif value.name:
        yield f"name = {_value(value.name)}"
    for about in parameters_of(type(value)):
        told = getattr(value, about.name.replace("-", "_"))
        if told != about.default:
            yield f"{about.name} = {_value(told)}"


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case Enum():
            return _value(value.value)
        case tuple():
            return f"[{', '.join(map(_value, value))}]"
    return '"' + "".join(_ESCAPED.get(character, character) for character in str(value)) + '"'
