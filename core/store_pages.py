"""Rows out of a damaged queue file: read page by page, without the trees that lead to them.

One flipped byte in a tree's inner page or in the schema hides thousands of rows from SQLite that are all there. The
layout is that of sqlite.org/fileformat2.html (sections 1.6, 2.1 and 4.1), for pages of 4,096 bytes with nothing reserved.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

PAGE: Final = 4096
_LEAF: Final = 13  # a page with rows of a table
_OTHERS: Final = frozenset({2, 5, 10})  # inner pages, and those of indexes
_MOST_LOCAL: Final = PAGE - 35
_LEAST_LOCAL: Final = (PAGE - 12) * 32 // 255 - 23
_MOST_PAYLOAD: Final = 1 << 26
_INTEGERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes
_LONGEST_LOG: Final = 1 << 25  # bytes; its check sums take a second
_HEADER, _FRAME = struct.Struct(">IIIIIIII"), struct.Struct(">IIIIII")
# How a row of each table begins: the length of its header, and the types of its first two columns, of which the first
# is 0 where the row's number stands for it (fileformat2.html, 2.1).
_INTEGER, _TEXT = rb"[\x01-\x06\x08\x09]", rb"[\x0d-\xff]"
_BEGINNINGS: Final = (
    rb"[\x0b-\x1f]\x00" + _INTEGER,  # jobs
    rb"[\x0f-\x2f]\x00" + _TEXT,  # contents
    rb"[\x0d-\x1f]" + _INTEGER + _TEXT,  # outputs
    rb"[\x04-\x0a]\x00" + _TEXT,  # batches and intents
    rb"[\x04-\x0a]" + _TEXT + _TEXT,  # meta
)
_BEGINNING: Final = re.compile(rb"(?=" + b"|".join(_BEGINNINGS) + rb")", re.DOTALL)
_LONGEST_BEGINNING: Final = 12


class Row(NamedTuple):
    """What a cell holds.

    Attributes:
        number: The rowid.
        values: The columns; None where the number stands for one.
    """

    number: int
    values: tuple[Any, ...]


class Pages:
    """The pages of a file and of its write-ahead log, as of the last commit. A context manager.

    Args:
        path: The file; it need not be there if its log is.

    Attributes:
        is_whole: Whether, as far as was read, nothing looked damaged.

    Raises:
        OSError: Neither can be read.
    """

    def __init__(self, path: Path) -> None:
        self.is_whole = True
        self._overflowing: set[int] = set()
        self._doubtful: list[int] = []
        with ExitStack() as opened:
            self._main = _opened(opened, path)
            self._log = _opened(opened, Path(f"{path}-wal"))
            self._in_log, size = ({}, 0) if self._log is None else _last_frames(self._log)
            self._count = size or (0 if self._main is None else -(-self._main.seek(0, 2) // PAGE))
            self._free = self._free_pages()
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def rows(self) -> Iterator[Row]:
        """The rows on pages that look sound. Whether they are is for their check sums to say."""
        unknown = []
        for number in range(1, self._count + 1):
            page = self._page(number)
            kind = page[_header_at(number)] if len(page) == PAGE else None
            if number in self._free:
                continue
            if kind == _LEAF:
                yield from self._rows_of(number, page)
                continue
            self._doubtful.append(number)
            if kind not in _OTHERS:
                unknown.append(number)
        if not self._overflowing.issuperset(unknown):
            self.is_whole = False

    def scraps(self) -> Iterator[Row]:
        """What looks like a row on the other pages: only those with a check sum that holds are any good."""
        for number in self._doubtful:
            page = self._page(number)
            for found in _BEGINNING.finditer(page):
                yield from self._rows_before(page, found.start())

    def _rows_of(self, number: int, page: bytes) -> Iterator[Row]:
        rows: list[Row] = []
        try:
            rows.extend(self._row(page, at) for at in _cells(page, _header_at(number)))
        except (ValueError, IndexError, struct.error):
            self.is_whole = False
            self._doubtful.append(number)
        yield from rows

    def _rows_before(self, page: bytes, record: int) -> Iterator[Row]:
        """Each row that may begin in front of a record."""
        for begin in range(max(0, record - _LONGEST_BEGINNING), record - 1):
            try:
                _, behind_size = _varint(page, begin)
                _, behind_number = _varint(page, behind_size)
                if behind_number == record:
                    yield self._row(page, begin)
            except (ValueError, IndexError, struct.error):
                continue

    def _row(self, page: bytes, at: int) -> Row:
        size, at = _varint(page, at)
        number, at = _varint(page, at)
        local = _local(size)
        payload = page[at : at + local]
        if size > local:
            (following,) = struct.unpack_from(">I", page, at + local)
            payload += self._overflow(following, size - local)
        if len(payload) != size:
            raise ValueError(size)
        return Row(number, _record(payload))

    def _overflow(self, number: int, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            page = self._page(number)
            (following,) = struct.unpack_from(">I", page)
            self._overflowing.add(number)
            found += page[4:]
            number = following
        return bytes(found[:size])

    def _page(self, number: int) -> bytes:
        at = self._in_log.get(number)
        file = self._main if at is None else self._log
        if file is None or not 1 <= number <= self._count:
            return b""
        file.seek((number - 1) * PAGE if at is None else at)
        return file.read(PAGE)

    def _free_pages(self) -> set[int]:
        """Pages with nothing on them (fileformat2.html, 1.5); a list of them that is not sound is not believed."""
        free: set[int] = set()
        try:
            (trunk,) = struct.unpack_from(">I", self._page(1), 32)
            while trunk:
                following, count = struct.unpack_from(">II", page := self._page(trunk))
                found = [trunk, *struct.unpack_from(f">{count}I", page, 8)]
                if not free.isdisjoint(found) or not 1 < min(found) <= max(found) <= self._count:
                    self.is_whole = False
                    return set()
                free.update(found)
                trunk = following
        except struct.error:
            self.is_whole = False
            return set()
        return free


def is_log_damaged(path: Path) -> bool:
    """Whether commits are in a file's write-ahead log that SQLite does not see, for something before them is damaged.

    The last commit alone does not count: a power cut may have left it half written. Of a log that is very long nothing
    is said, as its check sums would take too long.
    """
    log = Path(f"{path}-wal")
    if not log.exists() or not _HEADER.size < log.stat().st_size < _LONGEST_LOG:
        return False
    with log.open("rb") as file:
        header = file.read(_HEADER.size)
        salts = _HEADER.unpack(header)[4:6]
        order = ">" if header[3] & 1 else "<"
        sums = _summed(order, (0, 0), header[:24])
        is_sound, hidden = sums == _HEADER.unpack(header)[6:], 0
        while len(frame := file.read(_FRAME.size + PAGE)) == _FRAME.size + PAGE:
            _, size, *rest = _FRAME.unpack_from(frame)
            if tuple(rest[:2]) != salts and is_sound:
                break  # from before the log was begun anew
            if is_sound:
                sums = _summed(order, _summed(order, sums, frame[:8]), frame[_FRAME.size :])
                is_sound = sums == tuple(rest[2:])
            if not is_sound:
                hidden += size > 0 and tuple(rest[:2]) == salts
    return hidden > 1


def _summed(order: str, sums: tuple[int, int], content: bytes) -> tuple[int, int]:
    """The check sum of a log, continued (section 4.2)."""
    first, second = sums
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = first + one + second & 0xFFFFFFFF
        second = second + other + first & 0xFFFFFFFF
    return first, second


def _opened(opened: ExitStack, path: Path) -> IO[bytes] | None:
    return opened.enter_context(path.open("rb")) if path.exists() else None


def _header_at(number: int) -> int:
    return 100 if number == 1 else 0


def _last_frames(log: IO[bytes]) -> tuple[dict[int, int], int]:
    """Where in the log the committed version of each page is, and how many pages there are then (0: nothing)."""
    header = log.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return {}, 0
    salts = _HEADER.unpack(header)[4:6]
    committed: dict[int, int] = {}
    fresh: dict[int, int] = {}
    count = 0
    while len(frame := log.read(_FRAME.size)) == _FRAME.size:
        number, size, *found, _, _ = _FRAME.unpack(frame)
        if tuple(found) != salts:
            break
        fresh[number] = log.seek(0, 1)
        log.seek(PAGE, 1)
        if size:
            committed.update(fresh)
            fresh.clear()
            count = size
    return committed, count


def _cells(page: bytes, header: int) -> list[int]:
    """Where a leaf's cells are.

    Raises:
        ValueError: They and what is free do not fill the page.
    """
    _, block, count, begin, fragments = struct.unpack_from(">BHHHB", page, header)
    cells = list(struct.unpack_from(f">{count}H", page, header + 8))
    used = fragments + sum(_cell_size(page, at) for at in cells)
    while block:
        following, size = struct.unpack_from(">HH", page, block)
        if 0 < following <= block:
            raise ValueError(block)
        used += size
        block = following
    if begin < header + 8 + 2 * count or begin + used != PAGE:
        raise ValueError(begin)
    return cells


def _cell_size(page: bytes, at: int) -> int:
    size, behind = _varint(page, at)
    _, behind = _varint(page, behind)
    return max(4, behind - at + _local(size) + (4 if size > _MOST_LOCAL else 0))


def _local(size: int) -> int:
    """How much of a payload is on the row's own page."""
    if size <= _MOST_LOCAL:
        return size
    if size > _MOST_PAYLOAD:
        raise ValueError(size)
    local = _LEAST_LOCAL + (size - _LEAST_LOCAL) % (PAGE - 4)
    return local if local <= _MOST_LOCAL else _LEAST_LOCAL


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; negative ones are none of ours."""
    value = 0
    for behind in range(at + 1, at + 9):
        byte = data[behind - 1]
        value = value << 7 | byte & 127
        if byte < 128:
            return value, behind
    raise ValueError(at)


def _record(payload: bytes) -> tuple[Any, ...]:
    """The columns.

    Raises:
        ValueError: It is no record, or a text in it is no UTF-8.
    """
    end, at = _varint(payload, 0)
    values: list[Any] = []
    place = end
    while at < end:
        kind, at = _varint(payload, at)
        size = _INTEGERS.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind > 11 else 0)
        values.append(_value(kind, payload[place : place + size], size))
        place += size
    if at != end or place != len(payload):
        raise ValueError(place)
    return tuple(values)


def _value(kind: int, raw: bytes, size: int) -> Any:
    if len(raw) != size or kind in (10, 11):
        raise ValueError(kind)
    if kind in _INTEGERS:
        return int.from_bytes(raw, "big", signed=True)
    if kind == 7:
        return struct.unpack(">d", raw)[0]
    if kind in (8, 9):
        return kind - 8
    return None if kind == 0 else raw.decode() if kind % 2 else raw
