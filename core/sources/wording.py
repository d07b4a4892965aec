"""How sources are written in messages for people."""

import re
from typing import Final

_LONGEST: Final = 120  # characters of a source in a message
_USER: Final = re.compile(r"(?<=//)[^/?#\s]*@")
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(source: str) -> str:
    """``source`` fit for a message: short, printable, and without user name and password."""
    text = _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", _USER.sub("", source[: 4 * _LONGEST]))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
