"""Options below a URL, as in aria2's input files (aria2c(1), section "Input File"), and logins and names as people write them."""

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Final

from core.asked import Asked
from core.asked_form import absolute_file, with_header
from core.errors import BadUrlError, UnusableRequestError
from core.sources.expected import digest
from core.sources.urls import clean_url, has_url, is_web, url_key

_OPTION: Final = re.compile(r"[ \t]+([\w.-]+)=(.*?)\s*")
_MOST_MIRRORS: Final = 8
_OURS: Final = frozenset(
    [
        "checksum",
        "header",
        "http-passwd",
        "http-user",
        "load-cookies",
        "out",
        "referer",
        "user-agent",
        "all-proxy",
        "http-proxy",
        "https-proxy",
    ]
)


def option_in(line: str) -> tuple[str, str] | None:
    """Name and value of an option; None for any other line, also for one that names something to download."""
    if not line[:1].isspace() or (found := _OPTION.fullmatch(line)) is None:
        return None
    name, value = found[1].lower(), found[2]
    return None if name not in _OURS and has_url(value) else (name, value)


def asked_by(options: list[tuple[str, str]]) -> tuple[Asked, int]:
    """What options ask for, and how many of them mean nothing to us.

    Raises:
        UnusableRequestError: One that matters is malformed.
    """
    asked, ignored = Asked(), 0
    login: dict[str, str] = {}
    for name, value in options:
        match name:
            case "checksum":
                algorithm, _, digits = value.partition("=")
                asked = asked._replace(digests=(*asked.digests, digest(algorithm, digits)))
            case "header":
                asked = with_header(asked, value)
            case "referer" | "user-agent":
                asked = with_header(asked, f"{name}: {value}")
            case "out":
                asked = asked._replace(name=last_segment(value))
            case "load-cookies":
                asked = asked._replace(cookies_file=absolute_file(value))
            case "http-user" | "http-passwd":
                login[name] = value
            case _:
                ignored += 1
    if login:
        basic = basic_login(f"{login.get('http-user', '')}:{login.get('http-passwd', '')}")
        asked = with_header(asked, f"Authorization: {basic}")
    return asked, ignored


def malformed(url: str, options: list[tuple[str, str]]) -> str:
    """What a URL with options that make no sense is called: read again, it makes no more sense, and no less is asked for."""
    for name, value in options:
        try:
            asked_by([(name, value)])
        except UnusableRequestError:
            return (
                f"{url}  {value.replace('=', ':', 1)}" if name == "checksum" else f"curl {url} --aria2-{name}"
            )
    return f"curl {url} --aria2-options"


def sound_mirrors(source: str, urls: Iterable[str]) -> tuple[str, ...]:
    """The first few of the URLs that can be asked for as well as the source; a job need not carry more."""
    found: list[str] = []
    for url in urls:
        try:
            if is_web(url) and url_key(clean := clean_url(url)) and clean not in (source, *found):
                found.append(clean)
        except BadUrlError:
            continue
    return tuple(found[:_MOST_MIRRORS])


def basic_login(login: str) -> str:
    """``user:password`` as the value of Authorization (RFC 7617)."""
    return "Basic " + b64encode(login.encode("utf-8", "surrogateescape")).decode()


def last_segment(path: str) -> str:
    """The name at the end of a path of any system."""
    return re.split(r"[/\\]", path.replace("\0", ""))[-1]
