"""Conditions and ranges of requests, as a server has to read them (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import Mapping
from email.message import Message

Headers = Mapping[str, str | None]


def is_unchanged(request: Message, answer: Headers) -> bool:
    """Whether If-None-Match or, without it, If-Modified-Since says that the client has this content already."""
    etag, wanted = answer.get("ETag"), request.get("If-None-Match")
    if wanted is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return wanted.strip() == "*" or (etag is not None and etag.removeprefix("W/") in tags)
    since = request.get("If-Modified-Since")
    return since is not None and since == answer.get("Last-Modified")


def asked_range(request: Message, answer: Headers, body: bytes) -> tuple[int, bytes, str | None]:
    """Status, content and Content-Range for a request; one range is honoured, several are not."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.get("Range", "").strip())
    if asked is None or asked.groups() == ("", "") or not _may_resume(request, answer):
        return 200, body, None
    first, last = asked.groups()
    if first:
        start, stop = int(first), min(int(last) + 1 if last else len(body), len(body))
    else:
        start, stop = max(0, len(body) - int(last)), len(body)
    if start >= len(body) or stop <= start:
        return 416, b"", f"bytes */{len(body)}"
    return 206, body[start:stop], f"bytes {start}-{stop - 1}/{len(body)}"


def _may_resume(request: Message, answer: Headers) -> bool:
    """Whether If-Range, if there, names this content: a strong ETag, or the exact date."""
    condition = request.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return not condition.startswith("W/") and condition == answer.get("ETag")
    return condition == answer.get("Last-Modified")
