"""B: bodies that are not what the head says."""

import gzip
import zlib

from tests.hostile.case import BODY, Case, codes
from tests.hostile.plays import chunked, drip, head, then_reset, whole
from tests.hostile.server import Exchange, Heard
from tests.support.pictures import jpeg_bytes

_TEXT = b"a line that repeats itself\n" * 2000
_GZIP = gzip.compress(_TEXT, mtime=0)
_BOMB = gzip.compress(bytes(200 << 20), 9, mtime=0)
_GZIPPED: dict[str, str | int | None] = {"Content_Encoding": "gzip", "Content_Type": "text/plain"}
_TEN = BODY[:10]


def _raw(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Connection: close", *lines, "", ""]).encode("latin-1") + body


def _endless_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    line = b"X-Filler: " + b"x" * 1013 + b"\r\n"
    for _ in range(100):
        if exchange.is_over:
            return
        exchange.send(line * 1024)
    exchange.send(b"Content-Length: 3\r\n\r\nabc")


def _one_line(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(100):
        exchange.send(b"x" * (1 << 20))


def _head_lies(heard: list[Heard]) -> str:
    return "" if heard else "nothing was asked for"


def _lengths(*lengths: str, body: bytes = _TEN) -> bytes:
    return _raw(*(f"Content-Length: {length}" for length in lengths), body=body)


_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
_PAGE = b"<!doctype html><title>Log in</title><form>Welcome to the hotel</form>"
_NO_SENSE = codes("protocol")
_CUT = codes("truncated", "protocol")

CASES = (
    Case("B1", "a body shorter than its length", (head(Content_Length=100) + _TEN,), None, codes("truncated")),
    Case("B2", "a length of 2^63 and more", (_lengths("9223372036854775808"),), None, _NO_SENSE),
    Case("B2b", "a negative length", (_lengths("-10"),), None, _NO_SENSE),
    Case("B2c", "a length of 6x", (_lengths("6x"),), None, _NO_SENSE),
    Case("B2d", "two different lengths", (_lengths("10", "9"),), None, _NO_SENSE),
    Case("B2e", "the same length twice in one header", (_lengths("10, 10", body=_TEN + b"more"),), _TEN),
    Case("B2f", "a length of +10", (_lengths("+10"),), None, _NO_SENSE),
    Case("B2g", "an empty length", (_lengths(""),), None, _NO_SENSE),
    Case("B3", "more bytes than the length", (_lengths("10", body=_TEN + b"more"),), _TEN, _NO_SENSE),
    Case("B4", "chunks without the last one", (chunked(BODY, end=b""),), None, codes("truncated")),
    Case("B5", "cut in a chunk", (_raw("Transfer-Encoding: chunked", body=b"ff\r\nabc"),), None, codes("truncated")),
    Case("B6", "a chunk size that is none", (chunked(_TEN, end=b"xyz\r\nabc\r\n0\r\n\r\n"),), None, _NO_SENSE),
    Case("B6b", "a chunk that ends with a bare LF before the size 30", (
        _raw("Transfer-Encoding: chunked", body=b"a\r\n" + _TEN + b"\n30\r\n" + b"z" * 48 + b"\r\n0\r\n\r\n"),),
        None, _NO_SENSE),
    Case("B6c", "a chunk longer than its size", (
        _raw("Transfer-Encoding: chunked", body=b"5\r\n" + _TEN + b"\r\n0\r\n\r\n"),), None, _NO_SENSE),
    Case("B6d", "a chunk size with a bare LF", (
        _raw("Transfer-Encoding: chunked", body=b"a\n" + _TEN + b"\n0\n\n"),), None, _NO_SENSE),
    Case("B6e", "a negative chunk size", (chunked(_TEN, end=b"-1\r\n\r\n"),), None, _NO_SENSE),
    Case("B6f", "a chunk size with 0x", (chunked(end=b"0xa\r\n" + _TEN + b"\r\n0\r\n\r\n"),), None, _NO_SENSE),
    Case("B7", "a chunk size of 2^64 + 10", (
        chunked(end=b"1000000000000000a\r\n" + _TEN + b"\r\n0\r\n\r\n"),), None, _NO_SENSE),
    Case("B7b", "a chunk size of 2^63", (chunked(end=b"8000000000000000\r\n" + _TEN),), None, _CUT),
    Case("B8", "trailers behind the last chunk", (chunked(BODY, end=b"0\r\nX-Sum: 1\r\n\r\n"),)),
    Case("B8b", "a trailer with NUL", (chunked(BODY, end=b"0\r\nX: \0\r\n\r\n"),), BODY, _NO_SENSE),
    Case("B8c", "trailers that break off", (chunked(BODY, end=b"0\r\nX-Su"),), BODY, codes("truncated", "connection-lost")),
    Case("B8d", "chunk extensions", (_raw("Transfer-Encoding: chunked", body=b"a;x=y\r\n" + _TEN + b"\r\n0;z\r\n\r\n"),), _TEN),
    Case("B9", "a length beside chunks", (chunked(BODY, Content_Length=3),), BODY, _NO_SENSE),
    Case("B10", "gzip, chunked as transfer coding", (
        _raw("Transfer-Encoding: gzip, chunked", body=b"a\r\n" + _TEN + b"\r\n0\r\n\r\n"),), None, _NO_SENSE),
    Case("B10b", "chunked with a blank behind it", (
        _raw("Transfer-Encoding: chunked ", body=b"a\r\n" + _TEN + b"\r\n0\r\n\r\n"),), _TEN, _NO_SENSE),
    Case("B10c", "chunked twice", (_raw("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"a\r\n"),),
         None, _NO_SENSE),
    Case("B10d", "chunked, identity", (_raw("Transfer-Encoding: chunked, identity", body=_TEN),), None, _NO_SENSE),
    Case("B11", "gzip that nobody asked for", (whole(_GZIP, **_GZIPPED),), _TEXT, name="a.txt"),
    Case("B11b", "gzip in chunks that nobody asked for", (chunked(_GZIP[:50], _GZIP[50:], Content_Encoding="gzip", Content_Type="text/plain"),), _TEXT, name="a.txt"),
    Case("B12", "gzip that breaks off", (whole(_GZIP[:-9], **_GZIPPED),), None, codes("truncated"), name="a.txt"),
    Case("B12b", "gzip with a wrong checksum", (whole(_GZIP[:-8] + b"\0" * 8, **_GZIPPED),), None, _NO_SENSE, name="a.txt"),
    Case("B13", "gzip with rubbish behind it", (whole(_GZIP + b"rubbish", **_GZIPPED),), None, _NO_SENSE, name="a.txt"),
    Case("B13b", "gzip of two members", (whole(_GZIP + _GZIP, **_GZIPPED),), _TEXT * 2, name="a.txt"),
    Case("B14", "an archive said to be coded", (
        whole(_GZIP, Content_Type="application/gzip", Content_Encoding="gzip"),), _GZIP, name="a.tar.gz"),
    Case("B15", "deflate without its frame", (
        whole(zlib.compress(_TEXT)[2:-4], Content_Encoding="deflate", Content_Type="text/plain"),), _TEXT, name="a.txt"),
    Case("B15b", "deflate", (
        whole(zlib.compress(_TEXT), Content_Encoding="deflate", Content_Type="text/plain"),), _TEXT, name="a.txt"),
    Case("B15c", "br that nobody asked for", (whole(_TEN, Content_Encoding="br"),), None, _NO_SENSE),
    Case("B15d", "zstd that nobody asked for", (whole(_TEN, Content_Encoding="zstd"),), None, _NO_SENSE),
    Case("B16", "six codings", (whole(_TEN, Content_Encoding=", ".join(["gzip"] * 6)),), None, _NO_SENSE),
    Case("B17", "204 kB that unpack to 200 MB", (whole(_BOMB, **_GZIPPED),), None, codes("too-large"), name="a.txt"),
    Case("B18", "no length, ended by the end of the connection", (head() + BODY,)),
    Case("B19", "RST in the middle", (then_reset(head(Content_Length=100) + _TEN),), None,
         codes("connection-lost", "truncated")),
    Case("B19b", "RST in the middle of a body without length", (then_reset(head() + _TEN),), None,
         codes("connection-lost", "truncated")),
    Case("B20", "a page instead of a picture", (whole(_PAGE, Content_Type="text/html"),), None,
         codes("not-an-image"), name="photo.jpg"),
    Case("B21", "204", (head(204),), None, codes("http-status", "protocol")),
    Case("B21b", "205", (head(205, Content_Length=0),), None, codes("http-status", "protocol")),
    Case("B21c", "304 without being asked", (head(304),), None, codes("http-status", "protocol")),
    Case("B21d", "103, then the file", (_INTERIM + whole(),)),
    Case("B21e", "100 and 102, then the file", (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + whole(),)),
    Case("B21f", "101", (head(101),), None, codes("http-status", "protocol")),
    Case("B21g", "interim answers without end", (_INTERIM * 1000,), None, _NO_SENSE),
    Case("B21h", "203 with a body", (head(203, Content_Length=10) + _TEN,), None, codes("http-status")),
    Case("B22", "404 with a body", (head(404, Content_Length=10) + _TEN,), None, codes("http-status")),
    Case("B22b", "500 with a body", (head(500, Content_Length=10) + _TEN,), None, codes("http-status")),
    Case("B23", "an empty file", (whole(b""),), b""),
    Case("B23b", "an empty file in no chunks", (chunked(),), b""),
    Case("B24", "200 KB of headers", (head(**{f"X{n}": "x" * 4000 for n in range(50)}, Content_Length=10) + _TEN,),
         _TEN, _NO_SENSE),
    Case("B24b", "101 headers", (head(**{f"X{n}": "x" for n in range(99)}, Content_Length=10) + _TEN,), _TEN, _NO_SENSE),
    Case("B24c", "a header of 100 kB", (head(X="x" * 100_000, Content_Length=10) + _TEN,), _TEN, _NO_SENSE),
    Case("B24d", "100 MB of headers", (_endless_headers,), None, codes("protocol")),
    Case("B24e", "a header of 100 MB", (_one_line,), None, codes("protocol")),
    Case("B25", "HTTP/0.9", (b"just the file, without a head\n" * 9,), None, _NO_SENSE),
    Case("B26", "another size to HEAD", (whole(),), check=_head_lies),
    Case("B28", "a header without colon", (_raw("no colon here", "Content-Length: 10", body=_TEN),), _TEN, _NO_SENSE),
    Case("B28b", "a header with NUL", (_raw("X: a\0b", "Content-Length: 10", body=_TEN),), _TEN, _NO_SENSE),
    Case("B28c", "a header with a blank before its colon", (
        _raw("Content-Length : 5", "Content-Length: 10", body=_TEN),), _TEN, _NO_SENSE),
    Case("B28d", "a header on two lines", (_raw("X: a", "\tb", "Content-Length: 10", body=_TEN),), _TEN, _NO_SENSE),
    Case("B28e", "a bare CR in a header", (_raw("X: a\rContent-Length: 5", "Content-Length: 10", body=_TEN),),
         _TEN, _NO_SENSE),
    Case("B29", "a picture whose end is missing", (whole(jpeg_bytes()[:-9000], Content_Type="image/jpeg"),),
         jpeg_bytes()[:-9000], codes("truncated"), name="photo.jpg"),
    Case("B30", "one byte at a time", (drip(head(Content_Length=3000), BODY[:3000], 1, 0.0),), BODY[:3000]),
)  # fmt: skip
