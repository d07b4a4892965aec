"""The name in a Content-Disposition header: RFC 6266 and 8187, and the broken forms that browsers accept.

Servers also send RFC 2231 continuations, RFC 2047 words, raw UTF-8, percent codes in the plain parameter, Windows
paths, and quotes that are never closed. What came through the extended parameter wins; what cannot be decoded counts as
not said. The result may be anything: only ``filename.safe_name`` makes a name of it.
"""

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

_LONGEST: Final = 8192  # characters; a name has 255 bytes, which are 765 in percent code
_PARAMETER: Final = re.compile(
    r'\s*(?P<name>[^=;]*+)(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"?[^;]*+|(?P<token>[^;]*+)))?(?:;|\Z)',
    re.DOTALL,
)
_NEXT_HEADER: Final = re.compile(r"\s*,\s*(?:attachment|inline)\s*\Z", re.IGNORECASE)
_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)
_WINDOWS_PATH: Final = re.compile(r"(?:[A-Za-z]:|\.\.?)\\|\\\\")
_WORD: Final = re.compile(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_BETWEEN_WORDS: Final = re.compile(r"(?<=\?=)\s+(?==\?)")
_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def name_said(header: str) -> str:
    """The name that the header gives, decoded but not safe; empty where it gives none that can be decoded.

    Args:
        header: Its value as ``Headers`` has it: bytes decoded as Latin-1.
    """
    said: dict[str, str] = {}
    for name, value in _parameters(header[:_LONGEST]):
        said.setdefault(name, value)
    return _extended(said.get("filename*", "")) or _joined(said) or _plain(said.get("filename", ""))


def _parameters(header: str) -> Iterator[tuple[str, str]]:
    """Each parameter with its value, without the quotes; a disposition type may be missing."""
    for match in _PARAMETER.finditer(header):
        name = match["name"].strip().lower()
        if match["quoted"] is not None:
            yield name, _unescaped(match["quoted"])
        elif match["token"] is not None:
            yield name, _NEXT_HEADER.sub("", match["token"]).strip()


def _unescaped(quoted: str) -> str:
    """A quoted string's content; a Windows path in it was never escaped."""
    return quoted if _WINDOWS_PATH.match(quoted) else _QUOTED_PAIR.sub(r"\1", quoted)


def _extended(value: str) -> str:
    """``charset'language'percent-code`` (RFC 8187, section 3.2)."""
    charset, _, rest = value.partition("'")
    _, quote, code = rest.partition("'")
    return _decoded(code, charset or "utf-8") if quote else ""


def _joined(said: dict[str, str]) -> str:
    """``filename*0``, ``filename*1*`` and so on in one (RFC 2231, section 4.1)."""
    charset, name = "", ""
    for number in range(len(said)):
        plain, coded = said.get(f"filename*{number}"), said.get(f"filename*{number}*")
        if coded is not None:
            if number == 0:
                charset, _, rest = coded.partition("'")
                coded = rest.partition("'")[2]
            name += coded
        elif plain is not None:
            name += plain.replace("%", "%25")
        else:
            break
    return _decoded(name, charset or "utf-8")


def _plain(value: str) -> str:
    if _WORD.search(value):
        return _words(value)
    name = _raw(value)
    return (_decoded(name, "utf-8") or name) if "%" in name and name.isascii() else name


def _words(value: str) -> str:
    """Encoded words (RFC 2047) and what stands between them; empty when one of them is broken."""
    try:
        return _WORD.sub(_word, _BETWEEN_WORDS.sub("", value))
    except (LookupError, ValueError):
        return ""


def _word(match: re.Match[str]) -> str:
    """One encoded word.

    Raises:
        LookupError: There is no such charset.
        ValueError: The bytes are none of that charset, or are badly coded.
    """
    charset, coding, text = match.groups()
    coded = text.encode("latin-1")
    return (a2b_base64(coded) if coding in "Bb" else a2b_qp(coded, header=True)).decode(charset)


def _decoded(code: str, charset: str) -> str:
    """Percent code in a charset; empty when it is broken."""
    if _BAD_PERCENT.search(code):
        return ""
    try:
        return unquote_to_bytes(code.encode("latin-1")).decode(charset)
    except (LookupError, ValueError):
        return ""


def _raw(value: str) -> str:
    """Raw bytes beyond ASCII: UTF-8 if they can be, else what Windows calls Latin-1 (WHATWG Encoding)."""
    try:
        octets = value.encode("latin-1")
    except UnicodeError:
        return value
    try:
        return octets.decode()
    except UnicodeError:
        return octets.decode("cp1252", "replace")
