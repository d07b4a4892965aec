"""HTML -> URLs: its attributes, and what stands in its text (HTML Living Standard)."""

import html
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

from core.sources.lines import take_urls
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import find_urls, has_url, is_web

_FEED: Final = 1 << 16  # characters; the parser gives nothing away before it has read all of them
_LONGEST_TAG: Final = 1 << 20  # characters; pictures within attributes can be long
_CANDIDATE: Final = re.compile(r"[\s,]*([^\s,]\S*)([^,]*)")  # of srcset: a URL and its descriptors
_MACHINERY: Final = frozenset({"stylesheet", "preconnect", "dns-prefetch", "modulepreload", "manifest"})

Attributes = list[tuple[str, str | None]]


class _Links(HTMLParser):
    """Gathers URLs as they are written; ``drain`` gives them away.

    A link's text is left out: where it is a URL it is the link's own, often shortened.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[str] = []
        self._base: str | None = None
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value.strip() for name, value in attrs if value}
        if tag == "base":
            self._base = self._base or values.get("href")
            return
        if tag in ("a", "script", "style"):
            self._silent = tag if tag != "a" or "href" in values else ""
        if tag == "script" or _MACHINERY.intersection(values.get("rel", "").lower().split()):
            return
        self._found += [values[name] for name in ("href", "src") if values.get(name)]
        self._found += _candidates(values.get("srcset", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent and has_url(data):
            self._found += find_urls(data)

    def drain(self) -> Iterator[str]:
        """What was found since the last time, resolved against ``<base href>`` where there is one."""
        found, self._found = self._found, []
        for url in found:
            yield url if is_web(url) or not self._base else _joined(self._base, url)


def _candidates(srcset: str) -> Iterator[str]:
    """The URLs of a srcset; commas within them stay (HTML Living Standard, section 4.8.4.2.1)."""
    at = 0
    while match := _CANDIDATE.match(srcset, at):
        url = match[1].rstrip(",")
        yield url
        at = match.end(1) if url != match[1] else match.end()


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # brackets that hold no address
        return url


def read_html(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every http URL; relative ones without ``<base href>``, and links of other kinds, are ignored."""
    links = _Links()
    for text in _portions(texts):
        if len(links.rawdata) < _LONGEST_TAG:
            links.feed(text)
            yield from _take(links.drain(), sieve)
        else:  # a tag or comment that never ends would be read anew with every portion
            yield from take_urls(html.unescape(links.rawdata + text), sieve)
            links.rawdata = ""
        yield from sieve.overdue()
    # close() would do this, but takes quadratic time for comments without end in older Pythons
    yield from take_urls(html.unescape(links.rawdata), sieve)


def _portions(texts: Iterable[str]) -> Iterator[str]:
    """The text in parts that end before a tag, lest a URL in running text be cut."""
    for text in texts:
        start = 0
        while start < len(text):
            end = start + _FEED
            if end < len(text) and (tag := text.rfind("<", start + 1, end)) > 0:
                end = tag
            yield text[start:end]
            start = end


def _take(urls: Iterator[str], sieve: Sieve) -> Iterator[Chunk]:
    for url in urls:
        if is_web(url):
            sieve.url(url)
        else:
            sieve.ignore()
        if sieve.is_full:
            yield sieve.take()
