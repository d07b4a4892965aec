"""What a preview says of the whole list."""

import pytest

from core.estimate import BatchEstimate
from core.images.recipe import Output, Recipe
from core.preview import Facts, Preview
from gui.preview_words import batch_words, seconds_words

ONE = Recipe("a", "A", "A.", (), (Output(),))
TWO = ONE._replace(outputs=(Output("web"), Output("thumb")))
FINISHED = Facts("JPEG", 640, 480, 120_000)


@pytest.mark.parametrize(
    ("batch", "recipe", "words"),
    [
        (None, ONE, ""),
        (BatchEstimate(1, 9_000, 8_000, 1), ONE, ""),
        (
            BatchEstimate(812, 1_900_000_000, 96_000_000, 8),
            ONE,
            "About 96.0 MB for all 812 pictures (now 1.9 GB), judging by 8 of them",
        ),
        (
            BatchEstimate(100_000, None, 96_000_000, 5),
            TWO,
            "About 96.0 MB for all 100,000 pictures in 2 outputs, judging by 5 of them",
        ),
        (
            BatchEstimate(1_000),
            ONE,
            "About 120 MB for all 1,000 pictures if they are like this one: none has come yet",
        ),
        (BatchEstimate(1_000), TWO, ""),
        (BatchEstimate(1_000, 4_000), ONE, ""),
    ],
)
def test_no_more_is_said_than_is_known(batch: BatchEstimate | None, recipe: Recipe, words: str) -> None:
    assert batch_words(Preview(1, "/a.jpg", finished=FINISHED, batch=batch), recipe) == words


def test_what_took_no_time_to_speak_of() -> None:
    assert seconds_words(None) == ""
    assert seconds_words(0.04) == ", made in less than 0.1 s"
    assert seconds_words(1.23) == ", made in 1.2 s"
