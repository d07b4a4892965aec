"""What a finished picture may have lost, or had done to it: one sentence for each kind. Standard library only.

The report counts notes by their sentence, so there is nothing in these that is particular to one picture.
"""

from typing import Final

CONVERTED: Final = "Its colours were converted to sRGB."
NO_CMYK_PROFILE: Final = "It has CMYK colours but no colour profile; they may look different."
BROKEN_PROFILE: Final = "Its colour profile cannot be used; colours were taken as they are."
SIXTEEN_BIT: Final = "Its 16 bits a channel were reduced to 8."
HIGH_DEPTH: Final = "Its 10 or 12 bits a channel were reduced to 8."
STRETCHED: Final = "Its range of values was mapped to black to white."
FLATTENED: Final = "Transparent parts were laid on white."

PLACE_REMOVED: Final = "Where it was taken (GPS) was removed."
BROKEN_EXIF: Final = "Its EXIF metadata is damaged and was left out."
BROKEN_XMP: Final = "Its XMP metadata is damaged and was left out."
LARGE_XMP: Final = "Its XMP metadata is very large and was left out."
MORE_XMP: Final = "The extended part of its XMP metadata was left out."

COMMENT: Final = "Comments in its file were left out."
XMP_OF_GIF: Final = "Its XMP metadata was left out: that of a GIF is not read."

FIRST_FRAME: Final = "Only the first of several frames was kept."
UNEQUAL_FRAMES: Final = "Its frames came out in different sizes; only the first was kept."
FIRST_PAGE: Final = "Only the first of its pages was kept."
SECOND_PICTURES: Final = "Only the first of the pictures in its file was kept."
GAIN_MAP: Final = "Its gain map (HDR) was lost."
MOVING_PART: Final = "Its moving part (live photo) was lost."

KINDS: Final = (
    CONVERTED, NO_CMYK_PROFILE, BROKEN_PROFILE, SIXTEEN_BIT, HIGH_DEPTH, STRETCHED, FLATTENED,
    PLACE_REMOVED, BROKEN_EXIF, BROKEN_XMP, LARGE_XMP, MORE_XMP, COMMENT, XMP_OF_GIF,
    FIRST_FRAME, UNEQUAL_FRAMES, FIRST_PAGE, SECOND_PICTURES, GAIN_MAP, MOVING_PART,
)  # fmt: skip
"""All of these; other modules have some that name a format."""
