"""The report counts what was converted, lost and removed, one line for each kind."""

from core.images import notes
from core.summary import _general


def test_every_kind_is_one_sentence_that_is_counted_as_it_stands() -> None:
    assert len(set(notes.KINDS)) == len(notes.KINDS)
    named = {value for name, value in vars(notes).items() if name.isupper() and isinstance(value, str)}
    assert named == set(notes.KINDS)
    for note in notes.KINDS:
        assert note.endswith(".")
        assert _general(note) == note


def test_numbers_of_frames_make_no_kinds_of_their_own() -> None:
    assert {_general(f"Only the first of {count} frames was kept.") for count in (2, 30)} == {
        notes.FIRST_FRAME
    }
    rounded = "GIF counts hundredths of a second: the durations of {} of its frames were rounded."
    assert len({_general(rounded.format(count)) for count in (1, 20)}) == 1
