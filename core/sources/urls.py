"""URLs: find them in text, clean one, tell whether two are the same (RFC 3986, RFC 3987)."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import quote

from core.downloads.inline import is_inline
from core.errors import BadUrlError, UnsupportedSchemeError
from core.sources.wording import shown

LONGEST_URL: Final = 65_536  # characters; servers refuse far shorter ones, and a row has to hold it

# A line of most lists. It is its own key, needs no cleaning and no trimming: one match settles all of it.
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?!(?:80|443)/)(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?/(?:[\w.~%$&+=@?:!/-]{0,8000}[\w~%$&+=@/-])?",
    re.ASCII,
)
_PARTS: Final = re.compile(
    r"(https?)://(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^:/?#@\[\]]*)(?::([^/?#]*))?(?=[/?#]|\Z)([^#]*)", re.IGNORECASE
)
_BAD_IN_HOST: Final = re.compile(r"""[\x00-\x20\x7f<>"\\^`{|}]""")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# White space, controls, ASCII and typographic quotes, and CJK punctuation end a URL in running text.
# Spelt with sets, not with IGNORECASE: twice as fast where nothing is found.
_RUN: Final = re.compile(
    r"""(?<![A-Za-z])[hH][tT][tT][pP][sS]?://[^\s\x00-\x20\x7f-\x9f<>"`“”„«»、。，；：！？…「」『』《》〈〉【】]*"""  # noqa: RUF001 - the very characters
)
# Within a run another URL begins, unless what stands before it shows that it is part of this one, as in
# web.archive.org/web/2020/http://example.org and ?url=http://example.org.
_NEXT: Final = re.compile(r"(?<![A-Za-z0-9/=:%?&+_~.@#!$-])https?://", re.IGNORECASE)
_FOREIGN: Final = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s<>\"]+")
_OPAQUE: Final = re.compile(
    r"(?:about|blob|cid|data|file|ftp|javascript|magnet|mailto|view-source):\S+", re.IGNORECASE
)
_NO_SCHEME: Final = re.compile(r"(?:www\.|(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d+)?/)\S*", re.IGNORECASE)

_TAGS: Final = re.compile(r"\[/[a-z]|\]\[|\]\(", re.IGNORECASE)  # BBCode and Markdown without a space between
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}", "'": "'", "*": "*"}
_OPENERS: Final = {")": "(", "]": "[", "}": "{", ">": "<", "）": "（"}  # noqa: RUF001 - full-width brackets
_ORDINARY: Final = frozenset(("", *' \t,;"<>='))  # in front of a URL; opens nothing
_BRACKETS: Final = re.compile(r"[\[\]）]")  # noqa: RUF001 - full-width bracket
_TRAILING: Final = frozenset(".,;:!?'\"\\|([{’‘")  # noqa: RUF001 - typographic quotes
_UNSAFE: Final = re.compile(r'[\x00-\x20\x7f<>"\s\ud800-\udfff]')
_SPACE: Final = re.compile(r"\s")


_LOGIN: Final = re.compile(r"(?<=://)[^/?#]*@")


def is_plain(text: str) -> bool:
    """Whether ``text`` is a URL that needs no second look: it is clean, and its own key."""
    return _PLAIN.fullmatch(text) is not None


def are_plain(texts: list[str]) -> bool:
    """Whether all of them are."""
    return all(map(_PLAIN.fullmatch, texts))


def has_url(text: str) -> bool:
    """Whether something in ``text`` begins like an http or https URL."""
    return "://" in text and _RUN.search(text) is not None


def carries_file(text: str) -> bool:
    """Whether ``text`` as a whole claims to be a ``data:`` URL; spaces are written as ``%20`` in it."""
    return is_inline(text) and _SPACE.search(text) is None


def is_web(text: str) -> bool:
    """Whether ``text`` as a whole claims to be an http or https URL."""
    return text[:8].lower().startswith(("http://", "https://"))


def find_urls(text: str) -> Iterator[str]:
    """The URLs in running text, in order, without the punctuation around them; linear in the text's length.

    They are not checked: ``http://`` alone is found too, so that it can be reported.
    """
    for run in _RUN.finditer(text):
        start = run.start()
        for following in _NEXT.finditer(text, start + 1, run.end()):
            yield _trim(text[start : following.start()], text[start - 1 : start])
            start = following.start()
        yield _trim(text[start : run.end()], text[start - 1 : start])


def _trim(run: str, before: str) -> str:
    """What of a run of characters is the URL; ``before`` is the character in front of it."""
    if len(run) > LONGEST_URL or (run[-1].isalnum() and before in _ORDINARY and not _BRACKETS.search(run)):
        return run  # too long whatever is cut off (clean_url says so), or nothing to cut off
    if tag := _TAGS.search(run):
        run = run[: tag.start()]
    if (closer := _CLOSERS.get(before)) is not None:
        run = run[: _closing(run, before, closer)]
    return _without_trailing(run[: _closing(run, "（", "）")])  # noqa: RUF001 - full-width brackets


def _closing(run: str, opener: str, closer: str) -> int:
    """Where the bracket that was opened before ``run`` is closed in it, or its end."""
    at = run.find(closer)
    if at < 0 or opener == closer:
        return len(run) if at < 0 else at
    depth = 0
    for position, character in enumerate(run):
        depth += (character == opener) - (character == closer)
        if depth < 0:
            return position
    return len(run)


def _without_trailing(run: str) -> str:
    """``run`` without punctuation and closing brackets at its end that belong to the sentence around it."""
    surplus = {closer: run.count(closer) - run.count(opener) for closer, opener in _OPENERS.items()}
    end = len(run)
    while end:
        last = run[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return run[:end]


def clean_url(text: str) -> str:
    """A URL as it can be asked for: scheme in lower case, nothing in it that ends a line or a request.

    Spaces become ``%20`` and bytes that were no UTF-8 their percent code; tabs and line breaks go, as browsers do
    (WHATWG URL, section 4.4). Letters beyond ASCII stay (RFC 3987); so does user information.

    Raises:
        BadUrlError: It is too long.
    """
    if is_inline(text):
        return "data" + _UNSAFE.sub(_escaped, text[4:])
    if len(text) > LONGEST_URL:
        raise BadUrlError(f"The URL is longer than {LONGEST_URL:,} characters.")
    if _UNSAFE.search(text):
        text = re.sub(r"[\t\r\n]", "", text.strip())
        text = _UNSAFE.sub(_escaped, text)
    if text.startswith("http"):
        return text
    scheme, mark, rest = text.partition("://")
    return scheme.lower() + mark + rest


def _escaped(match: re.Match[str]) -> str:
    """The percent code of a character that no URL may hold (RFC 3986, section 2.1)."""
    was_a_byte = "\udc80" <= match[0] <= "\udcff"
    return quote(match[0].encode("utf-8", "surrogateescape" if was_a_byte else "replace"))


def url_key(url: str) -> str:
    """By what the same URL is recognised: scheme and host in lower case, without default port and fragment.

    User information is left out as well: it never reaches the disk, and a stored job must keep its key. An empty
    path is ``/`` (RFC 3986, section 6.2.3); the rest is untouched, for servers tell ``%41`` from ``A``. A URL that
    carries its file is recognised by a digest: it may be long.

    Raises:
        BadUrlError: The URL has no host, or its host or port cannot be.
    """
    if is_plain(url):
        return url
    if is_inline(url):
        return f"data:{blake2b(url[5:].encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
    parts = _PARTS.match(url)
    if parts is None:
        raise BadUrlError("The URL makes no sense.")
    scheme, host, port, rest = parts.groups()
    _check_host(host)
    scheme = scheme.lower()
    number = _port(port)
    place = "" if number in (None, _DEFAULT_PORTS[scheme]) else f":{number}"
    key = f"{scheme}://{host.lower()}{place}{rest if rest.startswith('/') else '/' + rest}"
    return url if key == url else key  # the very string: a long list holds both


def without_login(source: str) -> str:
    """A source as it may be written to disk: a URL of any kind without its user information, else as it is.

    One that carries its file has none: what looks like it is the file's own text. User information ends at the last ``@`` before the path, query or fragment (RFC 3986, section 3.2).
    """
    return _LOGIN.sub("", source, count=1) if "@" in source and not is_inline(source) else source


def _check_host(host: str) -> None:
    """Refuse a host that is missing or cannot be one."""
    if not host:
        raise BadUrlError("The URL names no host.")
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1].partition("%")[0])
        except ValueError:
            raise BadUrlError("The IPv6 address in the URL is none.") from None
    elif host[0] == "." or ".." in host or _BAD_IN_HOST.search(host):
        raise BadUrlError("The host name in the URL cannot be.")


def _port(port: str | None) -> int | None:
    """The port's number; None where none is given, or an empty one (RFC 3986, section 3.2.3)."""
    if not port:
        return None
    if not (port.isascii() and port.isdigit() and len(port) <= 9 and 0 < int(port) <= 65_535):
        raise BadUrlError("The port in the URL does not exist; ports are 1 to 65535.")
    return int(port)


def foreign_url(text: str) -> str | None:
    """The first thing in ``text`` that is a URL of another kind than http, such as ``ftp://host/file``."""
    if ":" not in text:
        return None
    if _OPAQUE.fullmatch(text):
        return text
    return found[0] if "://" in text and (found := _FOREIGN.search(text)) else None


def is_foreign(text: str) -> bool:
    """Whether ``text`` as a whole is a URL of another kind than http."""
    return (_OPAQUE.fullmatch(text) or _FOREIGN.match(text)) is not None


def unsupported(source: str) -> UnsupportedSchemeError:
    """The error for a URL of another kind than http."""
    return UnsupportedSchemeError(f"{shown(source)} is a {source.partition(':')[0]} URL.")


def not_a_source(source: str) -> BadUrlError:
    """The error for what is no URL and no file, with the hint that fits."""
    hint = ""
    if _NO_SCHEME.fullmatch(source):
        hint = f"Put https:// in front of it: https://{shown(source)}"
    return BadUrlError(f"{shown(source) or 'An empty text'} is neither a URL nor a file that exists.", hint)
