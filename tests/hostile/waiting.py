"""T and L: time, names, and servers that cannot prove who they are."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.case import BODY, ETAG, Case, codes
from tests.hostile.plays import drip, head, rest, then_stall, whole
from tests.hostile.server import Exchange, Heard

_STALLED = codes("timeout")


def _busy(status: int, retry_after: str | None) -> bytes:
    return head(status, Retry_After=retry_after, Content_Length=0)


def _soon(exchange: Exchange) -> None:
    exchange.send(_busy(503, format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)))


def _once(heard: list[Heard]) -> str:
    return "" if len(heard) == 1 else f"asked {len(heard)} times"


def _nearly(exchange: Exchange) -> None:
    if exchange.offset is not None:
        rest()(exchange)
        return
    exchange.send(head(Content_Length=len(BODY), ETag=ETAG), BODY[:-400])
    exchange.pause()


_HEAD = head(Content_Length=len(BODY), ETag=ETAG)
_TLS = codes("tls")

CASES = (
    Case("T1", "no connection comes about", (), None, codes("timeout", "no-connection"), place="full", is_slow=True),
    Case("T2", "TLS does not begin", (), None, _STALLED, place="mute", is_slow=True),
    Case("T3", "headers, a byte at a time", (drip(b"", _HEAD * 50, 1, 0.1),), None, _STALLED, is_slow=True),
    Case("T3b", "no answer at all", (then_stall(b""),), None, _STALLED, is_slow=True),
    Case("T3c", "stalls in the headers", (then_stall(_HEAD[:40]),), None, _STALLED, is_slow=True),
    Case("T4", "a body, a byte a second", (drip(_HEAD, BODY, 1, 1.0),), None, _STALLED, is_slow=True),
    Case("T4b", "stalls at the first byte", (then_stall(_HEAD),), None, _STALLED, is_slow=True),
    Case("T5", "stalls after 99 %, then gives the rest", (_nearly,), is_slow=True),
    Case("T6", "503 and Retry-After: 1", (_busy(503, "1"), whole()), is_slow=True),
    Case("T6b", "503 and Retry-After with a date", (_soon, whole()), is_slow=True),
    Case("T6c", "429 and Retry-After in the past", (_busy(429, "Wed, 01 Jan 2020 00:00:00 GMT"), whole())),
    Case("T6d", "429 and Retry-After: soon", (_busy(429, "soon"), whole())),
    Case("T6e", "503 and Retry-After in ten years", (_busy(503, "315360000"),), None, codes("http-status"), check=_once),
    Case("T6f", "503 and Retry-After in the year 9999", (
        _busy(503, "Fri, 31 Dec 9999 23:59:59 GMT"),), None, codes("http-status"), check=_once),
    Case("T7", "503 without Retry-After", (_busy(503, None), whole())),
    Case("T7b", "404 is asked for once", (_busy(404, None),), None, codes("http-status"), check=_once),
    Case("T8", "a name that leads nowhere", (), None, codes("name-resolution"),
         url="http://no-such-host.invalid{path}", is_slow=True),
    Case("T8b", "nobody listens", (), None, codes("connection-refused"), url="http://127.0.0.1:9{path}"),
    Case("T12", "Last-Modified in 2106", (whole(Last_Modified="Sun, 07 Feb 2106 06:28:16 GMT"),)),
    Case("T12b", "Last-Modified in 1601", (whole(Last_Modified="Mon, 01 Jan 1601 00:00:00 GMT"),)),
    Case("T12c", "Last-Modified is rubbish", (whole(Last_Modified="\xff yesterday"),)),
    Case("L0", "TLS as it should be, by the system's store", (whole(),), place="tls"),
    Case("L1", "a certificate that has expired", (whole(),), None, _TLS, place="expired"),
    Case("L2", "a certificate that is not valid yet", (whole(),), None, _TLS, place="early"),
    Case("L3", "a certificate of another host", (whole(),), None, _TLS, place="elsewhere"),
    Case("L4", "a certificate of an unknown authority", (whole(),), None, _TLS, place="unknown"),
    Case("L5", "TLS 1.1", (whole(),), None, codes("tls", "connection-lost"), place="old"),
    Case("L6", "plain HTTP on the port", (whole(),), None, _TLS, place="naked"),
    Case("L7", "RST instead of TLS", (), None, codes("connection-lost"), place="reset"),
    Case("L8", "TLS that ends without saying so, no length", (head() + BODY,), BODY, codes("connection-lost", "truncated"),
         place="abrupt"),
    Case("L9", "TLS that ends in the middle", (_HEAD + BODY[:99],), None, codes("connection-lost", "truncated"),
         place="abrupt"),
    Case("V6", "IPv6 only", (whole(),), place="v6"),
)  # fmt: skip
