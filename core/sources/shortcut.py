"""Links that desktops save: Windows' and browsers' ``.url``, macOS's ``.webloc``."""

import plistlib
import re
from collections.abc import Iterable, Iterator
from typing import AnyStr, Final
from xml.parsers.expat import ExpatError

from core.errors import UnreadableSourceError
from core.sources.places import place_url
from core.sources.sieve import Sieve

_LARGEST: Final = 1 << 20  # bytes or characters; real ones have a few hundred
_URL: Final = re.compile(r"^[ \t]*URL[ \t]*=[ \t]*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def read_shortcut(texts: Iterable[str], sieve: Sieve) -> None:
    """The link of a ``.url`` file: an INI file with ``URL=``.

    Raises:
        UnreadableSourceError: It holds none.
    """
    found = _URL.search(_start(texts, ""))
    if found is None:
        raise UnreadableSourceError("The shortcut holds no URL.")
    place_url(found[1], sieve)


def read_webloc(blocks: Iterator[bytes], sieve: Sieve) -> None:
    """The link of a ``.webloc`` file: a property list, XML or binary; plistlib refuses entities.

    Raises:
        UnreadableSourceError: It holds none.
    """
    try:
        value = plistlib.loads(_start(blocks, b""))
    # What plistlib says of nonsense depends on the nonsense.
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, ExpatError):
        value = None
    url = value.get("URL") if isinstance(value, dict) else None
    if not isinstance(url, str):
        raise UnreadableSourceError("The shortcut holds no URL.")
    place_url(url, sieve)


def _start(parts: Iterable[AnyStr], begun: AnyStr) -> AnyStr:
    """As much of the content as a shortcut can have, joined to ``begun``."""
    for part in parts:
        begun += part
        if len(begun) > _LARGEST:
            break
    return begun
