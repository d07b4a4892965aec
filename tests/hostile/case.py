"""A fault as a value: what the server does, and what is right."""

from collections.abc import Callable
from typing import Final, NamedTuple

from tests.hostile.server import Heard, Play

BODY: Final = bytes(range(256)) * 160
CUT: Final = 5000  # bytes after which the first answer of a resume case breaks off
ETAG: Final = '"one"'


class Case(NamedTuple):
    """One fault.

    Attributes:
        id: As in the list of faults: ``R2``, ``B6b``.
        fault: What the server does, in a few words.
        plays: The answers, in turn; the last for ever. Bytes are sent as they are.
        right: What the file must hold; None where there must be none.
        codes: With which the job may fail instead.
        place: The listener that plays: ``plain``, ``other``, ``tls``, ``expired`` ...
        name: Of the file in the URL.
        url: Instead of the one that follows from place, id and name; ``{plain}`` and so on stand for ports.
        check: Says what was wrong with the requests; empty where nothing was.
        is_slow: Whether it takes waiting.
        is_ours: Whether it makes no sense for a command that downloads one file.
    """

    id: str
    fault: str
    plays: tuple[Play | bytes, ...]
    right: bytes | None = BODY
    codes: frozenset[str] = frozenset()
    place: str = "plain"
    name: str = "file.bin"
    url: str = ""
    check: Callable[[list[Heard]], str] = lambda _: ""
    is_slow: bool = False
    is_ours: bool = False

    @property
    def is_fine_to_fail(self) -> bool:
        """Whether an honest failure is as right as the file."""
        return self.right is None or bool(self.codes)

    @property
    def path(self) -> str:
        """What the server knows it by."""
        return f"/{self.id}/{self.id}-{self.name}"

    def address(self, ports: dict[str, int]) -> str:
        """Its URL on that server."""
        if self.url:
            return self.url.format(path=self.path, **ports)
        scheme = "http" if self.place in ("plain", "other", "full", "v6") else "https"
        host = "[::1]" if self.place == "v6" else "127.0.0.1"
        return f"{scheme}://{host}:{ports[self.place]}{self.path}"


def codes(*words: str) -> frozenset[str]:
    """The codes with which a case may fail."""
    return frozenset(words)
