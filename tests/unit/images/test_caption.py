"""What a text watermark says."""

import pytest

from core.errors import RecipeError
from core.images.caption import filled, problem


@pytest.mark.parametrize("template", ["", "© {year} {name}", "{{draft}}", "{name}\n{year}", "100 %"])
def test_templates_that_are_right(template: str) -> None:
    assert problem(template) is None


@pytest.mark.parametrize(
    "template",
    ["{author}", "{", "}", "{}", "{0}", "{name.__class__}", "{name[0]}", "{year:>9999}", "{name!r}"],
)
def test_templates_that_are_wrong(template: str) -> None:
    allowed = problem(template)
    assert allowed is not None
    assert "{name}, {year}" in allowed
    with pytest.raises(RecipeError, match="watermark") as caught:
        filled(template, name="a", year="b")
    assert repr(template) in caught.value.message


def test_filling_in() -> None:
    assert filled("© {year} {name}", name="beach", year="2024") == "© 2024 beach"
    assert filled("© {year} {name}", name="beach", year="") == "© beach"
    assert filled("{name}\n\n{year} ", name="a\tb\nc", year="") == "a b c"
    assert filled("{name}", name="caf\udcc3\udca9 \u202b\x00{year}", year="1") == "caf \u202b {year}"
    assert filled(" {{x}} ", name="", year="") == "{x}"
    assert filled("{year}", name="x", year="") == ""
