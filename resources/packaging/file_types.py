"""Which files desktops offer Fetchmill for, under "Open with"; it is never made the program that opens them."""

from typing import Final

from core.images.formats import FORMATS

LISTS: Final = (
    *(".csv", ".htm", ".html", ".json", ".jsonl", ".md"),
    *(".meta4", ".metalink", ".tsv", ".txt", ".url", ".webloc"),
)
PICTURES: Final = tuple(
    extension for one in FORMATS.values() if one.is_read and one.is_picture for extension in one.extensions
)
EXTENSIONS: Final = (*LISTS, *PICTURES)  # with their dot, lower case
