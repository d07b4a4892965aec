"""What the command line names as sources, standard input included."""

import argparse
import os
import select
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from core.asked import NOTHING, Asked
from core.asked_form import AskedForm, filled, ours_in
from core.errors import UnreadableSourceError, UnusableRequestError
from core.job import Drop
from core.sources.encoding import read_stream

_LOOK_UP_SECONDS: Final = 0.2
_READ_SIZE: Final = 1 << 20


def drop_from(sources: Sequence[str], asked: Asked | None = None) -> Drop:
    """The sources as a drop; ``-`` reads standard input to its end.

    Args:
        sources: As they are named.
        asked: What all of them are asked with.

    Raises:
        UnreadableSourceError: Standard input cannot be read.
    """
    try:
        text = read_stream(BytesIO(_standard_input())) if "-" in sources else ""
    except OSError as error:
        raise UnreadableSourceError(f"Standard input cannot be read: {error.strerror}.") from error
    return Drop(text, tuple(source for source in sources if source != "-"), asked=asked)


def asked_in(options: argparse.Namespace) -> Asked | None:
    """What the options ask all links with; None for nothing.

    Raises:
        UnusableRequestError: It cannot be sent, or the cookie file cannot be used.
    """
    form = AskedForm(
        options.referer, options.user_agent, cookies_file=options.cookies, headers="\n".join(options.header)
    )
    for name in ours_in(form):
        raise UnusableRequestError(f"The header {name} cannot be given: Fetchmill has to say it itself.")
    asked = filled(form)
    if asked.cookies_file:
        from core.downloads.cookies import require_cookies  # noqa: PLC0415  # most runs do without

        require_cookies(asked.cookies_file)
    return asked if asked != NOTHING else None


def absolute_folder(path: str) -> str:
    """The destination as an absolute path, ``~`` expanded."""
    return str(Path(path).expanduser().absolute())


def _standard_input() -> bytes:
    """All of it. Python looks at signals between two reads only: one that came just before a read waits for the next."""
    if os.name != "posix":
        return sys.stdin.buffer.read()
    number, read = sys.stdin.fileno(), bytearray()
    while True:
        if not select.select([number], [], [], _LOOK_UP_SECONDS)[0]:
            continue
        if not (block := os.read(number, _READ_SIZE)):
            return bytes(read)
        read += block
