"""What may stand in a recipe's file, as a text (Markdown): made from the declarations that the file is read by."""

from collections.abc import Iterator

from core.images.parameters import Kind, Parameter, parameters_of
from core.images.recipe import OPERATIONS, Output
from core.images.recipe_reading import SCHEMA


def reference() -> str:
    """All operations and what an output can be told, each with its values and what counts where nothing is told."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Recipes"
    yield ""
    yield f"A TOML file with `schema = {SCHEMA}`, `name`, `title` and `summary`, then `[[operations]]` in their order, each"
    yield "with its `type`, and one or more `[[outputs]]`. An output may have a `name` and operations of its own, after"
    yield "the others: `[[outputs.operations]]`. Pictures are turned upright first."
    for name, kind in OPERATIONS.items():
        yield ""
        yield f'## `type = "{name}"`'
        yield ""
        yield _summary(kind)
        yield from _table(parameters_of(kind))
    yield ""
    yield "## `[[outputs]]`"
    yield ""
    yield _summary(Output)
    yield ""
    yield "Where AVIF or JPEG XL of a picture's size would take minutes, less `effort` is made, which is noted."
    yield from _table(parameters_of(Output))


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0]


def _table(parameters: tuple[Parameter, ...]) -> Iterator[str]:
    if parameters:
        yield ""
        yield "| key | what | values | else |"
        yield "|---|---|---|---|"
    for about in parameters:
        yield f"| `{about.name}` | {about.title} | {_allowed(about)} | {_default(about)} |"


def _allowed(about: Parameter) -> str:
    values = ", ".join(f"`{one}`" for one in about.choices) if about.kind is Kind.CHOICE else about.allowed
    return f"{values} {about.unit}".rstrip()


def _default(about: Parameter) -> str:
    match about.default:
        case None | () | "":
            return ""
        case bool():
            return f"`{str(about.default).lower()}`"
        case int() | float() | str():
            return f"`{about.default}`"
    return f"`{getattr(about.default, 'value', about.default)}`"
