"""The report counts what was converted, lost and removed, one line for each kind."""

from core.images import notes
from core.summary import _general

NUMBERED = (notes.ROUNDED, notes.SHORTENED, notes.FITTED, notes.UNMET, notes.NO_SMALLER)
NAMING_FORMATS = (notes.NO_METADATA, notes.NO_PROFILE, notes.LOSSY)


def test_every_kind_is_one_sentence_that_is_counted_as_it_stands() -> None:
    assert len(set(notes.KINDS)) == len(notes.KINDS)
    named = {value for name, value in vars(notes).items() if name.isupper() and isinstance(value, str)}
    named = {value for value in named if value.endswith(".")}
    assert named == {*notes.KINDS, *NUMBERED, *NAMING_FORMATS}
    for note in (*notes.KINDS, *(one.format("PNG", "PNG") for one in NAMING_FORMATS)):
        assert _general(note) == note


def test_numbers_make_no_kinds_of_their_own() -> None:
    for first, second in (
        (notes.ROUNDED, ""),
        (notes.UNMET, "4096"),
        (notes.FITTED, "quality was lowered to 47"),
    ):
        (kind,) = {_general(first.format(count, second)) for count in ("1", "20")}
        assert not any(letter.isdigit() for letter in kind)
    for note in (notes.SHORTENED, notes.NO_SMALLER):
        assert len({_general(note.format("PNG", count)) for count in ("1", "20")}) == 1
        assert _general(note.format("PNG", "9")) != _general(note.format("GIF", "9"))
