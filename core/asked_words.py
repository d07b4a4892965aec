"""What a job is asked with, as it is written to the queue file and to exported lists, and back."""

from itertools import chain
from pathlib import Path
from typing import Any, Final

from core.asked import NOTHING, Algorithm, Asked, Digest, is_harmless, is_header
from core.errors import BadUrlError
from core.sources.urls import clean_url, is_web, url_key, without_login

_MOST: Final = 1_000  # of anything; a list that somebody else wrote may hold what it likes
_LONGEST: Final = 65_536  # characters of a name or path
_LARGEST: Final = 1 << 62


def kept(asked: Asked | None) -> Asked | None:
    """What of it may be written: the same value where it holds no secret, None where nothing is left.

    A header that may be a key to something is left out, and so are logins in URLs.
    """
    if asked is None:
        return None
    headers = tuple((name, without_login(value)) for name, value in asked.headers if is_harmless(name))
    mirrors = tuple(map(without_login, asked.mirrors))
    if (headers, mirrors) == (asked.headers, asked.mirrors):
        return asked
    left = asked._replace(headers=headers, mirrors=mirrors)
    return None if left == NOTHING else left


def words_of(asked: Asked) -> dict[str, Any]:
    """As JSON has it; what is not said is left out. To be given what ``kept`` leaves."""
    found = {name: value for name, value in asked._asdict().items() if value != Asked._field_defaults[name]}
    if asked.digests:
        found["digests"] = [[digest.algorithm.value, digest.value] for digest in asked.digests]
    return found


def asked_of(words: Any) -> Asked:
    """The value of what ``words_of`` gave. Unknown words are left out.

    Raises:
        ValueError: It is none, or asks for what cannot be.
    """
    try:
        asked = Asked(
            tuple(Digest(Algorithm(algorithm), str(value)) for algorithm, value in words.get("digests", ())),
            tuple((name, value) for name, value in words.get("headers", ())),
            words.get("cookies_file", ""),
            words.get("name", ""),
            words.get("size"),
            tuple(words.get("mirrors", ())),
            tuple((name, value) for name, value in words.get("columns", ())),
        )
        if _is_sensible(asked):
            return asked
    except (TypeError, AttributeError, BadUrlError) as error:
        raise ValueError(words) from error
    raise ValueError(words)


def _is_sensible(asked: Asked) -> bool:
    """Whether the rest of the program can rely on it.

    Raises:
        BadUrlError: A mirror is no URL.
    """
    size, path = asked.size, asked.cookies_file
    return (
        max(map(len, (asked.digests, asked.headers, asked.mirrors, asked.columns))) <= _MOST
        and all(digest.is_sound for digest in asked.digests)
        and all(is_header(name, value) for name, value in asked.headers)
        and all(_is_text(text) for text in (path, asked.name, *chain.from_iterable(asked.columns)))
        and (not path or Path(path).is_absolute())
        and (size is None or (type(size) is int and 0 <= size < _LARGEST))
        and all(
            is_web(mirror) and bool(url_key(mirror)) and clean_url(mirror) == mirror
            for mirror in asked.mirrors
        )
    )


def _is_text(text: object) -> bool:
    return isinstance(text, str) and "\0" not in text and len(text) <= _LONGEST
