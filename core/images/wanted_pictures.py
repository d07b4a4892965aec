"""Whether an original is wanted: by its head, and where that does not say, by what Pillow reads of it."""

from core.errors import PictureError
from core.images.decoding import Original, shown_size
from core.images.facts import MOST_BYTES, Facts, facts
from core.images.reading import explained, open_picture
from core.images.wanted import Wanted


def require_wanted(wanted: Wanted, original: Original) -> None:
    """See that a picture is wanted, before it is decoded. Of what cannot be told nothing is asked.

    Raises:
        NotWantedError: It is not.
    """
    wanted.require_bytes(original.stamp[0])
    if not wanted.concerns_pictures:
        return
    original.file.seek(0)
    found = facts(original.file.read(MOST_BYTES))
    wanted.require_picture(found)
    if found.width is None or found.may_be_turned:
        try:
            with explained(original.format, original.found):
                size = shown_size(open_picture(original.file, original.format, original.found))
        except PictureError:
            return  # what comes of it says more
        wanted.require_picture(Facts(original.format, *size))
