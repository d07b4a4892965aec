"""The reference of recipe files says all that the reader takes."""

from core.images.parameters import parameters_of
from core.images.recipe import OPERATIONS, Output
from core.images.recipe_reference import reference


def test_everything_is_in_it() -> None:
    text = reference()
    for name, kind in OPERATIONS.items():
        section = text.partition(f'## `type = "{name}"`')[2].partition("\n## ")[0]
        assert all(f"| `{about.name}` | {about.title} |" in section for about in parameters_of(kind)), name
    outputs = text.partition("## `[[outputs]]`")[2]
    assert all(f"| `{about.name}` |" in outputs for about in parameters_of(Output))
    assert "`keep-for-web`" in outputs
    assert "a whole number from 1 to 100 | `85` |" in outputs
