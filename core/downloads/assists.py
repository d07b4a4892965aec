"""Which connections fetch parts of files whose first connection is another's. In the engine's thread."""

from typing import Final, NamedTuple

_ALONE: Final = 5.0  # seconds; a server that an assistant has left would hardly bear the next one


class _Help(NamedTuple):
    helped: int
    host: str


class Assists:
    """The assistants by their own tickets and by those of the transfers that they help."""

    def __init__(self) -> None:
        self._helps: dict[int, _Help] = {}
        self._alone_until: dict[int, float] = {}

    def began(self, ticket: int, helped: int, host: str) -> None:
        """One more helps a transfer."""
        self._helps[ticket] = _Help(helped, host)
        self._alone_until.setdefault(helped, 0.0)

    def ended(self, ticket: int, now: float) -> str | None:
        """The host of an assistant that has ended; None where that was none. Its transfer goes on alone for a while."""
        found = self._helps.pop(ticket, None)
        if found is None:
            return None
        if found.helped in self._alone_until:  # else that one came home first
            self._alone_until[found.helped] = now + _ALONE
        return found.host

    def count(self, helped: int) -> int:
        """How many help a transfer."""
        return sum(1 for found in self._helps.values() if found.helped == helped)

    def may_begin(self, helped: int, now: float) -> bool:
        """Whether a transfer may be helped."""
        return now >= self._alone_until.get(helped, now)

    def forget(self, helped: int) -> None:
        """The transfer has ended."""
        self._alone_until.pop(helped, None)
