"""What a finished picture may have lost, or had done to it: one sentence for each kind. Standard library only.

The report counts notes by their kind: see :func:`kind_of`.
"""

import re
from typing import Final

CONVERTED: Final = "Its colours were converted to sRGB."
NO_CMYK_PROFILE: Final = "It has CMYK colours but no colour profile; they may look different."
BROKEN_PROFILE: Final = "Its colour profile cannot be used; colours were taken as they are."
SENSELESS_COLOURS: Final = "What it says of its colours makes no sense; they were taken as they are."
OTHER_COLOURS: Final = (
    "Its colours are told in a way that is not known here, perhaps for HDR; they may look wrong."
)
SIXTEEN_BIT: Final = "Its 16 bits a channel were reduced to 8."
HIGH_DEPTH: Final = "Its 10 or 12 bits a channel were reduced to 8."
STRETCHED: Final = "Its range of values was mapped to black to white."
FLATTENED: Final = "Transparent parts were laid on white."

STILL_SHOWN: Final = (
    "The original in originals/ still shows what was made unreadable: keep none if that matters."
)
PLACE_REMOVED: Final = "Where it was taken (GPS) was removed."
MAKERS_NOTES: Final = "The notes of its camera's maker were left out: they may show what was taken out."
BROKEN_EXIF: Final = "Its EXIF metadata is damaged and was left out."
BROKEN_XMP: Final = "Its XMP metadata is damaged and was left out."
LARGE_XMP: Final = "Its XMP metadata is very large and was left out."
TEXTS: Final = "Its text fields were left out."
MORE_XMP: Final = "The extended part of its XMP metadata was left out."

METADATA_OF_JPEG2000: Final = "Its metadata was left out: that of a JPEG 2000 is not read."
XMP_OF_GIF: Final = "Its XMP metadata was left out: that of a GIF is not read."

FIRST_FRAME: Final = "Only the first of several frames was kept."
UNEQUAL_FRAMES: Final = "Its frames came out in different sizes; only the first was kept."
FIRST_PAGE: Final = "Only the first of its pages was kept."
SECOND_PICTURES: Final = "Only the first of the pictures in its file was kept."
GAIN_MAP: Final = "Its gain map (HDR) was lost."
MOVING_PART: Final = "Its moving part (live photo) was lost."

UNWRITABLE: Final = "Its metadata cannot be written; it was left out."
EFFORT: Final = "It is too large for the effort wanted, which would take minutes; less was made."
NEARLY_LOSSLESS: Final = "AVIF rounds colours once even without loss."
UNSAFE: Final = "It did not get smaller enough; the original was not kept, as something is to go from it."
FOREVER: Final = "It is played for ever: Pillow writes no other AVIF."
FEWER_COLOURS: Final = "Its colours were reduced to 256, which is all that a GIF holds."
HARD_EDGES: Final = "Half-transparent parts became clear or solid: a GIF has nothing between."

KINDS: Final = (
    CONVERTED, NO_CMYK_PROFILE, BROKEN_PROFILE, SENSELESS_COLOURS, OTHER_COLOURS, SIXTEEN_BIT, HIGH_DEPTH, STRETCHED, FLATTENED,
    STILL_SHOWN, PLACE_REMOVED, MAKERS_NOTES, BROKEN_EXIF, BROKEN_XMP, LARGE_XMP, MORE_XMP, TEXTS, XMP_OF_GIF,
    METADATA_OF_JPEG2000,
    FIRST_FRAME, UNEQUAL_FRAMES, FIRST_PAGE, SECOND_PICTURES, GAIN_MAP, MOVING_PART,
    UNWRITABLE, EFFORT, NEARLY_LOSSLESS, UNSAFE, FOREVER, FEWER_COLOURS, HARD_EDGES,
)  # fmt: skip
"""All of these."""

# These name a format, of which there are few.
NO_METADATA: Final = "Its {} metadata was left out: this {} cannot hold it."
NO_PROFILE: Final = "Its colour profile was left out: this {} cannot hold it."
LOSSY: Final = "{} cannot be written without loss."

# And these have numbers, by which each picture would be a kind of its own.
ROUNDED: Final = "GIF counts hundredths of a second: the durations of {} of its frames were rounded."
SHORTENED: Final = "This {} cannot show a frame for so long: the durations of {} frames were cut."
FITTED: Final = "To fit in {} bytes, {}."
UNMET: Final = "It has {} bytes: smaller than that it cannot be made, with {} wanted."
NO_SMALLER: Final = "The original was kept: as a {} of {} bytes it would not have got smaller enough."
_COUNTED: Final = re.compile(r"\b[0-9]+ (?=(?:of its )?frames\b)")
_NO_SMALLER: Final = re.compile(r"(?<=^The original was kept: as a )(\w+) of [0-9]+ bytes")
_KINDS_OF_COUNTED: Final = (
    (
        re.compile(r"To fit in [0-9]+ bytes"),
        "Its quality or size was lowered to fit in the largest file wanted.",
    ),
    (re.compile(r"It has [0-9]+ bytes: smaller"), "It cannot be made as small as wanted."),
)


def kind_of(note: str) -> str:
    """A note without the numbers of one picture, so that notes of a kind are counted together; others as they are."""
    for pattern, kind in _KINDS_OF_COUNTED:
        if pattern.match(note):
            return kind
    return _COUNTED.sub("several ", _NO_SMALLER.sub(r"\1", note))
