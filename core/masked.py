"""Text that may be shown to strangers: what opens a door, and who sits at this computer, is taken out of it.

Rather too much than too little: nobody misses a query in a report of a fault. Standard library only.
"""

import re
from pathlib import Path
from typing import Final

_GONE: Final = "…"
_KEYS: Final = (
    r"(?:authori[sz]ation|(?<!downloads\.)cookie|token|secret|passw(?:or)?[dt]|passphrase|passcode|api[-_]?key|access[-_]?key"
    r"|private[-_]?key|auth[-_]?key|sess(?:ion)?[-_]?id|credential|signature)"
)
# Too short to be looked for within other words.
_SHORT_KEYS: Final = r"(?:x-auth|auth|key|login|otp|pass|pin|pwd|sid|sig|user(?:name)?)"
# In this order. `re` keeps what it has compiled; most processes never mask anything.
_MASKS: Final = (
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|\Z)", _GONE),
    (r"\S{600,}", _GONE),  # helps nobody, and to search it takes the square of its length
    (r"(?i)\bdata:[^\s,]{0,200},\S+", f"data:{_GONE}"),
    (r"(?i):(?:%2F|\\/){2}\S*|%3A%2F%2F\S*", f"://{_GONE}"),  # a URL within another, or in JSON
    (r"://\S*@", f"://{_GONE}@"),  # to the last @ of the word: a password may hold anything
    (r"(?<![^\s/:@'\"(])[^\s/:@'\"(]+:(?!//)[^\s@]+@(?=[\w\[])", f"{_GONE}@"),
    (r"(://[^\s?#]*)[?#]\S*", rf"\1?{_GONE}"),
    (r"(/[^\s?]*)\?\S+|\?\S*=\S*", rf"\1?{_GONE}"),  # as libraries tell it, without the server
    (r"(?i)%3F\S*", f"?{_GONE}"),
    # A header, an argument, a pair in a mapping: to the end of the line, as a value may hold anything but that.
    (rf"(?i)({_KEYS}[\w-]{{0,40}}['\"]?\s*[:=,]\s*)\S.*", rf"\1{_GONE}"),
    (rf"(?i)(?<![\w.-])({_SHORT_KEYS}['\"]?\s*[:=]\s*)\S.*", rf"\1{_GONE}"),
    (r"(?i)\b(passw(?:or)?d|passphrase)\s+\S.*", rf"\1 {_GONE}"),
    (r"(?i)\b(bearer|basic|digest|negotiate|ntlm|token|api-?key)\s+[\w+/=.~-]{6,}", rf"\1 {_GONE}"),
    (
        r"\b(?:eyJ[\w-]+\.[\w.-]+|gh[a-z]_\w{16,}|A[KS]IA\w{12,})",
        _GONE,
    ),  # what bears its kind in its beginning
    (r"(?i)[^\s'\"]*cookie[^\s'\"/\\]*\.(?:txt|sqlite|json)\b", _GONE),  # a file of cookies
)


def masked(text: str, home: Path | None = None) -> str:
    """The text without logins, queries and keys, and with ``~`` for the user's folder.

    Args:
        text: Any, of any number of lines.
        home: The user's folder; the one of this process unless told.
    """
    for pattern, instead in _MASKS:
        text = re.sub(pattern, instead, text)
    return _without_home(text, home or _home())


def _home() -> Path:
    """The user's folder; the root where the system knows none, as in a container for a user without a name."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def _without_home(text: str, home: Path) -> str:
    if home == Path(home.anchor):
        return text
    for folder in {str(home), str(home.resolve()), home.as_posix()}:
        text = re.sub(rf"{re.escape(folder)}(?![\w.-])", "~", text)
    # Other folders bear the user's name too: /media/NAME, /tmp/NAME.
    return re.sub(rf"(?<=[/\\]){re.escape(home.name)}(?=[/\\\s:'\"]|$)", "USER", text)
