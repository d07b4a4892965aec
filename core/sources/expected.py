"""Digests that a list names beside its links, in the forms that people and tools write them.

``URL  sha256:HEX`` (``=`` for ``:`` as well, any of MD5, SHA-1 and SHA-2), ``HEX  URL``, and the lines of sums files, by
coreutils (``HEX  name``, ``HEX *name``) and by BSD (``SHA256 (name) = HEX``), which are matched to links by file name.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

from core.asked import Algorithm, Digest
from core.errors import UnusableRequestError

_ALGORITHM: Final = r"(?:md5|sha-?(?:1|224|256|384|512))"
_CLAIM: Final = re.compile(rf"(?<!\S)({_ALGORITHM})[:=](\S*)", re.IGNORECASE)
_CLAIMS_ALONE: Final = re.compile(rf"\s*{_ALGORITHM}[:=]\S*\s*", re.IGNORECASE)
_LINK: Final = re.compile(
    rf"\s*(https?://\S+?)[,;|]?((?:\s+{_ALGORITHM}[:=]\S*)+)\s*", re.IGNORECASE | re.DOTALL
)
_COREUTILS: Final = re.compile(r"\\?((?:[0-9a-f]{8}){4,16})(?: [ *]|[ \t]+)(\S.*)", re.IGNORECASE)
_BSD: Final = re.compile(rf"({_ALGORITHM}) ?\((.+)\) = ([0-9a-f]+)\s*", re.IGNORECASE)
# A line break in front, and no flag: the search then runs from line to line, not from character to character.
_SUMS: Final = re.compile(r"\n[ \t]*(?:\\?(?:[0-9a-fA-F]{8}){4,16}[ \t]+\S|(?:MD5|SHA[0-9-]+) ?\()")
_BY_DIGITS: Final = {algorithm.digits: algorithm for algorithm in Algorithm}
_MOST_SUMS: Final = 1_000_000


class Sum(NamedTuple):
    """A line of a sums file.

    Attributes:
        path: The name as it is written, perhaps with folders; or a URL.
        digest: What the file must come to.
    """

    path: str
    digest: Digest


def digest(algorithm: str, value: str) -> Digest:
    """The digest of these words.

    Args:
        algorithm: ``sha256``, ``SHA-256`` and the like.
        value: Hexadecimal.

    Raises:
        UnusableRequestError: They are none: a file that should be checked and cannot be is not fetched unchecked.
    """
    name = algorithm.lower().replace("-", "").strip()
    try:
        found = Digest(Algorithm(name), value.strip().lower())
    except ValueError:
        raise UnusableRequestError(f"Nobody here knows the digest {algorithm[:40]!r}.") from None
    if not found.is_sound:
        raise UnusableRequestError(
            f"That is no {algorithm[:40].upper()}: it has {found.algorithm.digits} digits, 0 to 9 and a to f.",
            "Copy the digest again; or give the URL without it.",
        )
    return found


def link_and_digests(line: str) -> tuple[str, str] | None:
    """The URL of a line that goes on with nothing but digests, and these as they are written."""
    found = _LINK.fullmatch(line)
    return (found[1], found[2]) if found is not None else None


def claims(text: str) -> tuple[Digest, ...]:
    """All digests that are named with their algorithm.

    Raises:
        UnusableRequestError: One of them is none.
    """
    return tuple(digest(found[1], found[2]) for found in _CLAIM.finditer(text))


def is_claim(text: str) -> bool:
    """Whether the text is a digest with its algorithm and nothing else, sound or not."""
    return _CLAIMS_ALONE.fullmatch(text) is not None


def sum_in(line: str) -> Sum | None:
    """What a line of a sums file says; None for any other line."""
    if (found := _COREUTILS.fullmatch(line.strip())) is not None:
        algorithm = _BY_DIGITS.get(len(found[1]))
        return None if algorithm is None else Sum(found[2], Digest(algorithm, found[1].lower()))
    if (found := _BSD.fullmatch(line.strip())) is not None:
        try:
            return Sum(found[2], digest(found[1], found[3]))
        except UnusableRequestError:
            return None
    return None


def may_hold_sums(text: str) -> bool:
    """Whether a line of it begins like one of a sums file; a glance at long text."""
    return _SUMS.search(text) is not None or _SUMS.match("\n" + text[:1_000]) is not None


class Sums:
    """Digests by file name, out of the sums files of one drop. Empty and false for most drops."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Sum]] = {}
        self._used: set[str] = set()
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def add(self, found: Sum) -> None:
        """Take another line; the same once more changes nothing."""
        path = found.path.replace("\\", "/").removeprefix("./")
        known = self._by_name.setdefault(path.rpartition("/")[2], [])
        entry = Sum(path, found.digest)
        if entry not in known and self._count < _MOST_SUMS:
            self._count += 1
            known.append(entry)

    def gather(self, lines: Iterable[str]) -> None:
        """Take all lines that are of a sums file."""
        for line in lines:
            if (found := sum_in(line)) is not None and "://" not in found.path:
                self.add(found)

    def of(self, url: str) -> tuple[Digest, ...]:
        """What the file behind a URL must come to, as its name says.

        Names that stand in several folders go by their folders; where these decide nothing and the digests differ,
        none is taken.
        """
        path = unquote(url.partition("#")[0].partition("?")[0])
        name = path.rpartition("/")[2]
        known = self._by_name.get(name)
        if known is None or not name:
            return ()
        fitting = [entry for entry in known if path.endswith("/" + entry.path)]
        longest = max((len(entry.path) for entry in fitting), default=0)
        chosen = [entry.digest for entry in fitting if len(entry.path) == longest]
        digests = tuple(dict.fromkeys(chosen or [entry.digest for entry in known]))
        if len({found.algorithm for found in digests}) < len(digests):
            return ()
        self._used.add(name)
        return digests

    @property
    def unused(self) -> int:
        """How many names no link had."""
        return len(self._by_name) - len(self._used)
