"""A command line -> its words, as a POSIX shell or Windows' cmd and C runtime part them. Nothing is ever run or expanded.

POSIX.1-2024, XCU sections 2.2 and 2.2.4 (``$'...'``); for Windows what cmd does with ``^``, and "Parsing C command-line
arguments" of Microsoft's C runtime.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_MOST_LINES: Final = 500  # of one command
_WINDOWS: Final = re.compile(r'\^(?:"|\s*\Z)')
_END: Final = "\0"  # between two commands of a line
_UNUSED: Final = re.compile(r"[\x00\x01]")  # characters that stand for something here

_POSIX_COMMAND: Final = re.compile(
    r"""(?:\\(?:.|\Z)|'[^']*'|\$'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\\'"\n])*+""", re.DOTALL
)
_POSIX_PIECE: Final = re.compile(
    r"""\\(?P<escaped>.?)|'(?P<single>[^']*)'|\$'(?P<ansi>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<space>\s+)
    |(?P<end>(?<!\S)[0-9]?[<>]{1,2}(?:&[0-9])?|[;|<>]+|&&?(?=\s|\Z))|(?P<plain>[^\s\\'"$;|<>&]+|.)""",
    re.DOTALL | re.VERBOSE,
)
_ANSI: Final = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_ANSI_LETTERS: Final = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_CMD: Final = re.compile(r'\^\n?(?P<escaped>.)|(?P<quoted>"[^"\n]*"?)|(?P<end>[&|<>\n]+)', re.DOTALL)
_BEFORE_QUOTE: Final = re.compile(r'(\\+)"')
_CRT: Final = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"?|(?P<end>\0)|(?P<space>[^\S\0]+)|(?P<plain>[^"\s\0]+)')
_QUOTE: Final = "\1"  # one that parts nothing


class OpenQuoteError(Exception):
    """A quote is opened and never closed. It never leaves this package."""


def command_at(lines: list[str], at: int) -> tuple[str, int]:
    """The command that begins in a line, with the lines it goes on in, and how many these are.

    Raises:
        OpenQuoteError: It does not end.
    """
    if _WINDOWS.search(lines[at]):
        return _windows_command(lines, at)
    text = "\n".join(lines[at : at + _MOST_LINES])
    found = _POSIX_COMMAND.match(text)
    end = found.end() if found is not None else 0
    if end < len(text) and text[end] != "\n":
        raise OpenQuoteError
    return text[:end], text.count("\n", 0, end) + 1


def _windows_command(lines: list[str], at: int) -> tuple[str, int]:
    """Lines that end in ``^`` go on; an empty one behind such a line is an escaped line break."""
    count = 1
    while at + count < min(len(lines), at + _MOST_LINES) and (
        _is_continued(lines[at + count - 1])
        or (not lines[at + count - 1] and _is_continued(lines[at + count - 2]))
    ):
        count += 1
    return "\n".join(lines[at : at + count]), count


def _is_continued(line: str) -> bool:
    return (len(line) - len(line.rstrip("^"))) % 2 == 1


def commands_in(text: str) -> list[list[str]]:
    """The words of each command of a line: ``;``, ``&``, ``|`` and redirections end one."""
    text = _UNUSED.sub("\N{REPLACEMENT CHARACTER}", text)
    is_windows = any(map(_WINDOWS.search, text.split("\n")))
    commands: list[list[str]] = [[]]
    for word in _words(_windows_pieces(text) if is_windows else _posix_pieces(text)):
        if word == _END:
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command]


def _words(pieces: Iterable[tuple[str | None, str]]) -> Iterator[str]:
    """Pieces put together, by what kind they are: white space and ends part words."""
    word: str | None = None
    for kind, text in pieces:
        if kind not in ("space", "end"):
            word = (word or "") + text
            continue
        if word is not None:
            yield word
        word = None
        if kind == "end":
            yield _END
    if word is not None:
        yield word


def _posix_pieces(text: str) -> Iterator[tuple[str | None, str]]:
    for piece in _POSIX_PIECE.finditer(text):
        kind = piece.lastgroup
        if piece["escaped"] not in ("\n", ""):  # else the line goes on
            yield kind, _posix_text(kind, piece[kind or 0])


def _posix_text(kind: str | None, text: str) -> str:
    """What a piece of a word stands for."""
    if kind == "ansi":
        return _ANSI.sub(_ansi_character, text)
    return re.sub(r'\\([$`"\\])|\\\n', r"\1", text) if kind == "double" else text


def _ansi_character(match: re.Match[str]) -> str:
    """What an escape of ``$'...'`` stands for; one that nobody knows stands for itself."""
    code = match[1] or match[2] or match[3]
    if code or match[4]:
        number = int(code, 16) if code else int(match[4], 8)
        return chr(number) if number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
    letter = match[5]
    return letter if letter in "\\'\"?" else _ANSI_LETTERS.get(letter, match[0])


def _uncareted(match: re.Match[str]) -> str:
    """What cmd passes on: within quotes a caret stands for itself, outside it takes the next character's meaning."""
    if match["end"] is not None:
        return f" {_END} "
    return match["quoted"] if match["quoted"] is not None else match["escaped"]


def _windows_pieces(text: str) -> Iterator[tuple[str | None, str]]:
    for piece in _CRT.finditer(_BEFORE_QUOTE.sub(_unslashed, _CMD.sub(_uncareted, text))):
        kind = piece.lastgroup
        yield kind, piece[kind or 0].replace('""', '"').replace(_QUOTE, '"')


def _unslashed(match: re.Match[str]) -> str:
    """Backslashes before a quote count half; an odd one takes its meaning."""
    half, is_odd = divmod(len(match[1]), 2)
    return "\\" * half + (_QUOTE if is_odd else '"')
