"""What most cases are made of: heads, whole files, rests, and a first answer that breaks off."""

from tests.hostile.case import BODY, CUT, ETAG
from tests.hostile.server import Exchange, Play


def head(status: int = 200, /, **fields: str | int | None) -> bytes:
    """A head; ``_`` in a name stands for ``-``, a None leaves the field out."""
    lines = [f"HTTP/1.1 {status} Said"]
    named: dict[str, str | int | None] = {"Content-Type": "application/octet-stream", "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines += [f"{name}: {value}" for name, value in named.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes = BODY, /, **fields: str | int | None) -> bytes:
    """The file as it should be sent."""
    return head(200, **{"Content_Length": len(body), **fields}) + body


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n", **fields: str | int | None) -> bytes:
    """The file in chunks."""
    sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return head(200, Transfer_Encoding="chunked", **fields) + sent + end


def cut(body: bytes = BODY, /, **fields: str | int | None) -> bytes:
    """The file's beginning, with a whole one announced."""
    named: dict[str, str | int | None] = {"Content_Length": len(body), "ETag": ETAG, **fields}
    return head(200, **named) + body[:CUT]


def rest(
    body: bytes = BODY, shift: int = 0, total: int | str | None = None, **fields: str | int | None
) -> Play:
    """206 with what is asked for; its Content-Range moved by ``shift``, its total another one."""

    def play(exchange: Exchange) -> None:
        if exchange.offset is None:
            exchange.send(whole(body, ETag=ETAG))
            return
        part = body[exchange.offset :]
        begin = exchange.offset + shift
        said = f"bytes {begin}-{begin + len(part) - 1}/{len(body) if total is None else total}"
        named: dict[str, str | int | None] = {
            "Content_Length": len(part),
            "Content_Range": said,
            "ETag": ETAG,
            **fields,
        }
        exchange.send(head(206, **named), part)

    return play


def for_ranges(answer: bytes, otherwise: bytes | None = None) -> Play:
    """This answer to whoever asks for a range, the whole file to others."""

    def play(exchange: Exchange) -> None:
        exchange.send(whole(ETag=ETAG) if exchange.offset is None and otherwise is None else answer)

    return play


def then_stall(beginning: bytes) -> Play:
    """This, and then nothing, with the connection open."""

    def play(exchange: Exchange) -> None:
        exchange.send(beginning)
        exchange.pause()

    return play


def drip(beginning: bytes, slowly: bytes, step: int, every_s: float) -> Play:
    """This at once, the rest in drops."""

    def play(exchange: Exchange) -> None:
        exchange.send(beginning)
        for at in range(0, len(slowly), step):
            if exchange.is_over:
                return
            exchange.send(slowly[at : at + step])
            if every_s:
                exchange.pause(every_s)

    return play


def then_reset(beginning: bytes) -> Play:
    """This, and then RST."""

    def play(exchange: Exchange) -> None:
        exchange.send(beginning)
        exchange.reset()

    return play


def to(place: str, path: str, status: int = 302, *further: str) -> Play:
    """A redirect; ``{plain}`` and so on in the place stand for ports."""

    def play(exchange: Exchange) -> None:
        lines = [f"HTTP/1.1 {status} Found", "Connection: close", "Content-Length: 0", *further]
        lines.append(f"Location: {place.format(**exchange.ports)}{path}")
        exchange.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    return play
