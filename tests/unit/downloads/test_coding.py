"""Bodies that come compressed: the file as it was, or an error; never much memory."""

import gzip
import io
import random
import zlib

import pytest

from core.downloads.coding import Decoded, coding_of
from core.errors import ProtocolError, TooLargeError, TruncatedError

TEXT = b"".join(b"%d bottles of beer on the wall\n" % n for n in range(20_000))


def unpacked(packed: bytes, coding: str, step: int = 65536, size: int = 65536) -> bytes:
    stream = io.BytesIO(packed)
    decoded = Decoded(lambda count: stream.read(min(count, step)), coding)
    blocks = []
    while block := decoded.read1(size):
        assert len(block) <= size
        blocks.append(block)
    return b"".join(blocks)


@pytest.mark.parametrize("step", [1, 7, 65536])
@pytest.mark.parametrize("size", [1000, 65536])
@pytest.mark.parametrize(
    ("packed", "coding", "plain"),
    [
        (gzip.compress(TEXT), "gzip", TEXT),
        (gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(b"more"), "gzip", TEXT + b"more"),
        (zlib.compress(TEXT), "deflate", TEXT),
        (zlib.compress(TEXT)[2:-4], "deflate", TEXT),
        (gzip.compress(bytes(100_000)), "gzip", bytes(100_000)),
        (b"", "gzip", b""),
    ],
)
def test_what_is_packed_is_unpacked(packed: bytes, coding: str, plain: bytes, step: int, size: int) -> None:
    assert unpacked(packed, coding, step, size) == plain


def test_a_file_cut_anywhere_is_never_taken_for_whole() -> None:
    packed = gzip.compress(random.Random(4).randbytes(300) + b"x" * 1000)
    for end in range(1, len(packed)):
        with pytest.raises(TruncatedError):
            unpacked(packed[:end], "gzip")


def test_damage_is_an_error() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    for bad in (bytes(packed), gzip.compress(TEXT) + b"rubbish", b"rubbish", zlib.compress(TEXT)[:-1] + b"?"):
        with pytest.raises(ProtocolError):
            unpacked(bad, "deflate" if bad[0] == 0x78 else "gzip")
    with pytest.raises(ProtocolError):
        unpacked(zlib.compress(TEXT) + b"more", "deflate")


def test_a_bomb_does_not_go_off() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    with pytest.raises(TooLargeError):
        unpacked(bomb, "gzip", size=1 << 18)


@pytest.mark.parametrize(
    ("encoding", "content_type", "name", "coding"),
    [
        ("", "text/plain", "a", None),
        ("Identity", "text/plain", "a", None),
        ("GZIP", "image/jpeg", "a.jpg", "gzip"),
        ("x-gzip", "", "", "gzip"),
        ("deflate", "text/css", "a.css", "deflate"),
        ("gzip", "application/x-gzip", "a", None),
        ("gzip", "image/svg+xml", "a.SVGZ", None),
        ("gzip", "application/octet-stream", "a.tar.gz", None),
    ],
)
def test_what_has_to_be_taken_off(encoding: str, content_type: str, name: str, coding: str | None) -> None:
    assert coding_of(encoding, content_type, name) == coding


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x" * 10_000])
def test_codings_that_nobody_can_take_off(encoding: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        coding_of(encoding, "", "")
    assert len(caught.value.message) < 200
