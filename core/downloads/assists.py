"""Which connections fetch parts of files whose first connection is another's. In the engine's thread."""

from typing import Final, NamedTuple

_LOOKS: Final = 3  # at how fast a transfer is alone, before it is helped
_LOOKS_AGAIN: Final = 20  # where it was fast: a disk that has to write may take a second
_FAST: Final = 50_000_000  # bytes a second; where so much comes over one connection, no server holds it back
_ALONE: Final = 5.0  # seconds; a server that an assistant has left would hardly bear the next one


class _Help(NamedTuple):
    helped: int
    host: str


class _Alone(NamedTuple):
    slow_looks: int = 0  # one after the other
    was_fast: bool = False


class Assists:
    """The assistants by their own tickets and by those of the transfers that they help."""

    def __init__(self) -> None:
        self._helps: dict[int, _Help] = {}
        self._alone_until: dict[int, float] = {}
        self._alone: dict[int, _Alone] = {}

    def flowed(self, ticket: int, rate: float) -> None:
        """A transfer that others may help has brought so many bytes a second since the last look."""
        if not self.count(ticket):
            before = self._alone.get(ticket, _Alone())
            is_slow = rate < _FAST
            self._alone[ticket] = _Alone(
                before.slow_looks + 1 if is_slow else 0, before.was_fast or not is_slow
            )

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
        """Whether a transfer may be helped: it was not left in the lurch, nor is it this computer that holds it up."""
        alone = self._alone.get(helped, _Alone())
        is_slow = alone.slow_looks >= (_LOOKS_AGAIN if alone.was_fast else _LOOKS)
        return is_slow and now >= self._alone_until.get(helped, now)

    def forget(self, helped: int) -> None:
        """The transfer has ended."""
        self._alone.pop(helped, None)
        self._alone_until.pop(helped, None)
