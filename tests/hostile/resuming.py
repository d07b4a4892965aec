"""R: a download that broke off and goes on."""

from tests.hostile.case import BODY, CUT, ETAG, Case, codes
from tests.hostile.plays import cut, for_ranges, head, rest, to, whole
from tests.hostile.server import Exchange, Heard

_OTHER = bytes(reversed(BODY))
_MODIFIED = "Wed, 01 Jan 2020 00:00:00 GMT"
_DATE = "Wed, 01 Jan 2025 00:00:00 GMT"
_DATED: dict[str, str | int | None] = {"ETag": None, "Last_Modified": _MODIFIED, "Date": _DATE}


def _slices(exchange: Exchange) -> None:
    offset = exchange.offset or 0
    piece = BODY[offset : offset + 12_000]
    said = f"bytes {offset}-{offset + len(piece) - 1}/{len(BODY)}"
    exchange.send(head(206, Content_Length=len(piece), Content_Range=said, ETag=ETAG), piece)


def _another_node(exchange: Exchange) -> None:
    """Each answer from another node of a network that cannot agree on ETags; each breaks off but the last."""
    tag = f'"node-{exchange.turn}"'
    exchange.send(whole(ETag=tag) if exchange.turn >= 3 else cut(ETag=tag))


def _always_another_node(exchange: Exchange) -> None:
    exchange.send(cut(ETag=f'"node-{exchange.turn}"'))


def _by_date_only(exchange: Exchange) -> None:
    if exchange.heard.fields.get("if-range") == _MODIFIED:
        rest()(exchange)
    else:
        exchange.send(whole(ETag=ETAG, Last_Modified=_MODIFIED))


def _never_if_range(heard: list[Heard]) -> str:
    return "a weak ETag went into If-Range" if any("if-range" in one.fields for one in heard) else ""


def _bound(heard: list[Heard]) -> str:
    bare = [one for one in heard if "range" in one.fields and "if-range" not in one.fields]
    return "a range was asked for without If-Range" if bare else ""


def _multipart(exchange: Exchange) -> None:
    if exchange.offset is None:
        exchange.send(whole(ETag=ETAG))
        return
    part = BODY[exchange.offset :]
    said = f"Content-Range: bytes {exchange.offset}-{len(BODY) - 1}/{len(BODY)}"
    body = b"--x\r\n" + said.encode() + b"\r\n\r\n" + part + b"\r\n--x--\r\n"
    exchange.send(
        head(206, Content_Type="multipart/byteranges; boundary=x", Content_Length=len(body), ETag=ETAG), body
    )


_REFUSED = head(416, Content_Range=f"bytes */{len(BODY)}", Content_Length=0)
_NO_RANGE = head(206, Content_Length=len(BODY) - CUT, ETag=ETAG) + BODY[CUT:]
_SHORTER = BODY[:3000]
_TRUNCATED_LENGTH = head(206, Content_Length=9, Content_Range=f"bytes {CUT}-{len(BODY) - 1}/{len(BODY)}")

CASES = (
    Case("R1", "206 with exactly the rest", (cut(), rest()), check=_bound),
    Case("R2", "200 to a range", (cut(), whole(ETag=ETAG))),
    Case("R2b", "200 to a range, another file", (cut(), whole(_OTHER, ETag='"two"')), right=_OTHER),
    Case("R3", "all bytes without their end, then 416 with their number", (
        head(200, Transfer_Encoding="chunked", ETag=ETAG) + b"%x\r\n%b" % (len(BODY), BODY),
        for_ranges(_REFUSED))),
    Case("R4", "416 to a range", (cut(), for_ranges(head(416, Content_Length=0)))),
    Case("R5", "206 with another ETag", (cut(), rest(_OTHER, ETag='"two"'), whole(_OTHER)), right=_OTHER),
    Case("R5b", "206 with another Last-Modified", (
        cut(**_DATED), rest(_OTHER, ETag=None, Last_Modified=_DATE), whole(_OTHER)), right=_OTHER),
    Case("R6", "If-Range does not fit: 200", (cut(), whole(_OTHER, ETag='"two"')), right=_OTHER),
    Case("R7", "206 that begins 1 byte later", (cut(), rest(shift=1))),
    Case("R7b", "206 that begins 1 byte earlier", (cut(), rest(shift=-1))),
    Case("R7c", "206 that begins at 0", (cut(), rest(shift=-CUT))),
    Case("R8", "206 without Content-Range", (cut(), for_ranges(_NO_RANGE))),
    Case("R9", "206 with another total", (cut(), rest(total=len(BODY) + 5))),
    Case("R9b", "206 whose range ends behind the total", (cut(), rest(total=len(BODY) - 5))),
    Case("R9c", "206 whose range is longer than its body", (cut(), for_ranges(_TRUNCATED_LENGTH + b"123456789"))),
    Case("R10", "206 in slices shorter than asked for", (cut(), _slices)),
    Case("R11", "206 as multipart/byteranges", (cut(), _multipart)),
    Case("R12", "206 without being asked", (_NO_RANGE,), None, codes("protocol")),
    Case("R13", "a weak ETag, then a rest of another file", (
        cut(ETag='W/"one"'), rest(_OTHER, ETag='W/"one"'), whole()), check=_never_if_range, right=_OTHER),
    Case("R14", "no validator, then a rest of another file", (cut(ETag=None), rest(_OTHER), whole()), right=_OTHER),
    Case("R15", "If-Range honoured with a date only", (cut(Last_Modified=_MODIFIED, Date=_DATE), _by_date_only)),
    Case("R15b", "resumed by Last-Modified", (cut(**_DATED), rest(ETag=None, Last_Modified=_MODIFIED)), check=_bound),
    Case("R16", "another ETag from each node", (_another_node,)),
    Case("R16b", "another ETag from each node, never whole", (_always_another_node,), None, codes("truncated")),
    Case("R17", "the file has become shorter", (cut(), for_ranges(
        head(416, Content_Range=f"bytes */{len(_SHORTER)}", Content_Length=0)), whole(_SHORTER)), right=_SHORTER),
    Case("R18", "cut before the first byte", (head(200, Content_Length=len(BODY), ETag=ETAG), rest())),
    Case("R20", "the address has expired: 403", (cut(), head(403, Content_Length=0)), None, codes("http-status")),
    Case("R20b", "the address has expired: 410", (cut(), head(410, Content_Length=0)), None, codes("http-status")),
    Case("R21", "a redirect on the way to the rest", (cut(), to("http://127.0.0.1:{other}", "/R21/b.bin"), rest())),
    Case("R21b", "a redirect to a rest of another file", (
        cut(), to("/R21b/b.bin", ""), rest(_OTHER, ETag='"two"'), whole(_OTHER)), right=_OTHER),
    Case("R22", "206 with Content-Encoding", (cut(), rest(Content_Encoding="gzip"))),
    Case("R23", "Accept-Ranges: none, and 200", (cut(Accept_Ranges="none"), whole(ETag=ETAG, Accept_Ranges="none"))),
    Case("R24", "206 that is off by 2^32", (cut(), rest(shift=2**32))),
    Case("R24b", "206 with numbers beyond 2^63", (cut(), rest(total=2**64))),
    Case("R25", "every second connection closed", (cut(), b"", rest())),
)  # fmt: skip
