"""Keys of which nothing is ever asked but whether they were there: a long list has one for each job, and all stay."""

import os
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, Protocol

_DIGEST: Final = 12  # bytes: the chance that any two of ten million keys have the same is 1 in 10**15
_SHELVES: Final = 4_096


class Keys(Protocol):
    """What a ``set[str]`` and a ``KeySet`` have in common."""

    def __contains__(self, key: object, /) -> bool:
        """Whether the key is there."""

    def add(self, key: str, /) -> None:
        """Put one in."""

    def update(self, keys: Iterable[str], /) -> None:
        """Put several in."""

    def difference_update(self, keys: Iterable[str], /) -> None:
        """Take several out."""

    def isdisjoint(self, keys: Iterable[str], /) -> bool:
        """Whether none of them is there."""


class KeySet:
    """Holds a salted digest of each (BLAKE2b, RFC 7693): 20 bytes, where a set and a link take 200.

    They stand in shelves, end to end, and are looked for as bytes: among the some hundred of a shelf that is quicker
    than anything that Python could count.
    """

    def __init__(self) -> None:
        self._salt = os.urandom(blake2b.SALT_SIZE)
        self._shelves: dict[int, bytearray] = {}

    def __contains__(self, key: object, /) -> bool:
        digest = self._digest(str(key))
        return digest in self._shelf(digest)

    def add(self, key: str, /) -> None:
        """Put one in."""
        digest = self._digest(key)
        shelf = self._shelf(digest)
        if digest not in shelf:
            shelf += digest

    def update(self, keys: Iterable[str], /) -> None:
        """Put several in."""
        for key in keys:
            self.add(key)

    def difference_update(self, keys: Iterable[str], /) -> None:
        """Take several out; those that are not there do not matter."""
        for digest in map(self._digest, keys):
            shelf = self._shelf(digest)
            if (at := shelf.find(digest)) >= 0:
                del shelf[at : at + _DIGEST]

    def isdisjoint(self, keys: Iterable[str], /) -> bool:
        """Whether none of them is there."""
        return all(key not in self for key in keys)

    def _digest(self, key: str) -> bytes:
        raw = key.encode("utf-8", "surrogatepass")  # a path need not be any text
        return blake2b(raw, digest_size=_DIGEST, salt=self._salt).digest()

    def _shelf(self, digest: bytes) -> bytearray:
        return self._shelves.setdefault((digest[0] << 8 | digest[1]) % _SHELVES, bytearray())
