"""The recipe that is being edited, and the way back."""

import pytest
from PySide6.QtWidgets import QApplication

from core.images.recipe import (
    Adjust,
    Blur,
    Border,
    Crop,
    CropRatio,
    Flip,
    Output,
    OutputFormat,
    Recipe,
    Redact,
    Resize,
    ResizeMode,
    TextWatermark,
)
from gui.recipe_draft import EVERYWHERE, Draft
from gui.recipe_words import name_from, operation_words, output_words, problem_words, recipe_words

EMPTY = Recipe("a", "A", "", (), (Output(),))


@pytest.fixture
def draft(qapp: QApplication) -> Draft:  # noqa: ARG001 - needs an application
    return Draft(EMPTY)


def test_every_step_has_a_way_back_and_forth(draft: Draft) -> None:
    draft.put_operations(EVERYWHERE, (Flip(),))
    draft.put_operations(0, (Blur(),))
    full = draft.recipe
    assert full.operations == (Flip(),)
    assert full.outputs[0].operations == (Blur(),)
    draft.undo()
    draft.undo()
    assert draft.recipe == EMPTY
    assert not draft.can_undo
    assert not draft.is_changed
    draft.redo()
    draft.redo()
    assert draft.recipe == full
    assert not draft.can_redo


def test_a_slider_that_is_drawn_is_one_step_back(draft: Draft) -> None:
    for quality in range(80, 50, -1):
        draft.put_output(0, Output(quality=quality), "quality")
    draft.put_output(0, Output(quality=51, format=OutputFormat.WEBP), "format")
    draft.undo()
    assert draft.recipe.outputs == (Output(quality=51),)
    draft.undo()
    assert draft.recipe == EMPTY


def test_another_way_forward_forgets_the_first(draft: Draft) -> None:
    draft.put_operations(EVERYWHERE, (Flip(),))
    draft.undo()
    draft.put_operations(EVERYWHERE, (Blur(),))
    assert not draft.can_redo


def test_what_is_changed_while_it_is_saved_is_still_a_change(draft: Draft) -> None:
    draft.put_operations(EVERYWHERE, (Flip(),))
    written = draft.recipe
    draft.put_operations(EVERYWHERE, (Blur(),))
    draft.note_saved(written, "a-2")
    changed = [draft.is_changed]
    draft.reset()
    assert draft.recipe == written._replace(name="a-2")
    changed.append(draft.is_changed)
    assert changed == [True, False]
    draft.undo()
    assert draft.recipe.operations == (Blur(),)
    draft.undo()
    draft.undo()
    assert draft.recipe == EMPTY._replace(name="a-2"), "what was before the file had its name has it now"


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Resize(ResizeMode.FIT, 1920, 1080), "Fit in 1920 \N{MULTIPLICATION SIGN} 1080"),
        (Resize(ResizeMode.LONG_EDGE, edge=800), "Long edge 800 px"),
        (CropRatio(16, 9), "16 : 9, middle"),
        (Crop(100, 50), "100 \N{MULTIPLICATION SIGN} 50 px, middle"),
        (Crop(100, 50, x=-7), "100 \N{MULTIPLICATION SIGN} 50 px, middle, moved"),
        (Adjust(contrast=10), "Contrast 10 %"),
        (Adjust(), "Brightness, contrast, saturation and gamma."),
        (Border(), "Width 2 %, #ffffff"),
        (TextWatermark("Hello"), "“Hello”, size 4 %, #ffffff"),
        (Redact(((0, 0, 10, 10),)), "1 region, fill, #000000"),
    ],
)
def test_a_step_in_a_few_words(operation: object, words: str) -> None:
    assert operation_words(operation) == words  # type: ignore[arg-type]  # all of them are operations


def test_an_output_in_a_few_words() -> None:
    assert output_words(Output("web", format=OutputFormat.WEBP, quality=80)) == "WebP, quality 80"
    assert output_words(Output(format=OutputFormat.JPEG, target_size=500_000)) == "Quality 85, at most 500 KB"
    assert output_words(Output(format=OutputFormat.WEBP, lossless=True)) == "Lossless"
    assert output_words(Output(format=OutputFormat.PNG)) == "As the format has it"
    assert recipe_words(EMPTY._replace(outputs=())) == "Nothing is changed."
    assert len(recipe_words(EMPTY._replace(operations=(TextWatermark("x" * 90),) * 9))) <= 201


def test_names_are_made_from_titles() -> None:
    assert name_from("Web, 1920 px (own)", ()) == "web-1920-px-own"
    assert name_from("Web", {"web", "web-2"}) == "web-3"
    assert name_from("日本", ()) == "recipe"


def test_what_the_reader_says_is_said_in_the_words_of_the_editor() -> None:
    assert (
        problem_words("It: outputs[1].operations[3].width must be 1.")
        == "Step 3 of output 1, width must be 1."
    )
    missing = "It, line 9: operations[2].picture must be the path of a picture; it is missing."
    assert problem_words(missing) == "Step 2 needs a picture."
    none = "It, line 9: operations[2].regions must be a list of [left, top, width, height]; it is missing."
    assert problem_words(none) == "Step 2 needs regions."
    wrong = "It, line 9: operations[2].picture must be the path of a picture; not 5."
    assert problem_words(wrong) == "Step 2, picture must be the path of a picture; not 5."
    assert problem_words("It: outputs[2].name must be another.") == "Output 2, name must be another."
