"""``data:`` URLs."""

from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads.inline import LONGEST_INLINE, Inline, inline_file, is_inline
from core.errors import BadUrlError
from tests.support.properties import PROPERTY

USUAL = "text/plain;charset=US-ASCII"
GIF = b"GIF89a\x01\x00\x01\x00\x00\xff\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:,A%20brief%20note", Inline(USUAL, b"A brief note")),  # RFC 2397, section 4
        (
            "data:text/plain;charset=iso-8859-7,%be%fg%be",
            Inline("text/plain;charset=iso-8859-7", b"\xbe%fg\xbe"),
        ),
        ("DATA:;charset=utf-8,ä", Inline("text/plain;charset=utf-8", "ä".encode())),
        (f"data:image/gif;base64,{b64encode(GIF).decode()}", Inline("image/gif", GIF)),
        (f"data:image/gif;BASE64,{b64encode(GIF).decode().rstrip('=')}", Inline("image/gif", GIF)),
        (f"data:image/gif; base64 ,{quote(b64encode(GIF).decode(), safe='')}", Inline("image/gif", GIF)),
        ("data:image/svg+xml;x=y;base64,PHN2\n Zz4=#top", Inline("image/svg+xml;x=y", b"<svg>")),
        ("data:;base64,", Inline(USUAL, b"")),
        ("data:base64,QQ==", Inline(USUAL, b"QQ==")),
        ("data:nonsense,a,b", Inline(USUAL, b"a,b")),
        ("data:image/gif\r\nX: y,a", Inline(USUAL, b"a")),
    ],
)
def test_what_they_hold(url: str, expected: Inline) -> None:
    assert is_inline(url)
    assert inline_file(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "data:",
        "data:image/png;base64",
        "http://h/,a",
        "data:;base64,A",
        "data:;base64,AA=",
        "data:;base64,A=AA",
        "data:;base64,AAAAA",
        "data:;base64,AA*A",
        "data:;base64,====",
        "data:;base64,ää",
        "data:," + "a" * LONGEST_INLINE,
    ],
)
def test_what_they_do_not_hold(url: str) -> None:
    with pytest.raises(BadUrlError):
        inline_file(url)


@PROPERTY
@given(st.binary(max_size=500))
def test_what_goes_in_comes_out(body: bytes) -> None:
    assert inline_file(f"data:image/png;base64,{b64encode(body).decode()}") == Inline("image/png", body)
    assert inline_file(f"data:image/png,{quote(body)}") == Inline("image/png", body)


@PROPERTY
@given(st.text(max_size=200))
def test_any_text_is_a_file_or_an_error(text: str) -> None:
    for url in (f"data:{text}", f"data:;base64,{text}"):
        try:
            found = inline_file(url)
        except BadUrlError:
            continue
        assert found.media_type.isascii()
        assert found.media_type.isprintable()
