"""Digests in headers: read where they are sound, ignored where they are not, and held against the file."""

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asked import Algorithm, Digest
from core.downloads.digests import (
    DigestError,
    digest_of,
    expected_digests,
    mismatch,
    representation_digests,
    strongest,
    verify,
)
from core.downloads.framing import Headers
from tests.support.properties import PROPERTY

BODY = b"hello world\n"
NAMES = {
    "md5": Algorithm.MD5,
    "sha": Algorithm.SHA1,
    "sha-256": Algorithm.SHA256,
    "sha-512": Algorithm.SHA512,
}


def digest(algorithm: Algorithm, body: bytes = BODY) -> Digest:
    return Digest(algorithm, hashlib.new(algorithm.value, body).hexdigest())


def coded(algorithm: Algorithm, body: bytes = BODY) -> str:
    return b64encode(hashlib.new(algorithm.value, body).digest()).decode()


SHA256 = digest(Algorithm.SHA256)
SHA512 = digest(Algorithm.SHA512)
MD5 = digest(Algorithm.MD5)
IN_256, IN_512, IN_MD5 = coded(Algorithm.SHA256), coded(Algorithm.SHA512), coded(Algorithm.MD5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(BODY)
    return path


def headers_of(values: dict[str, str]) -> Headers:
    """As an answer brings them."""
    return Headers(
        [
            (name.lower(), value.encode("utf-8", "surrogatepass").decode("latin-1"))
            for name, value in values.items()
        ]
    )


def read(**headers: str) -> tuple[Digest, ...]:
    return expected_digests(headers_of({name.replace("_", "-"): v for name, v in headers.items()}))


def test_the_examples_of_the_rfcs() -> None:
    # RFC 9530, appendix B.1: {"hello": "world"} and a line feed
    text = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    (found,) = read(repr_digest=text)
    assert found == digest(Algorithm.SHA256, b'{"hello": "world"}\n')
    # RFC 3230, section 4.3.2
    found = read(digest="md5=HUXZLQLMuI/KZ5KDcJPcOA==")[0]
    assert found == Digest(Algorithm.MD5, "1d45d92d02ccb88fca6792837093dc38")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"content_md5": IN_MD5}, (MD5,)),
        ({"content_digest": f"sha-256=:{IN_256}:"}, (SHA256,)),
        ({"repr_digest": f"sha-256=:{IN_256}:, sha-512=:{IN_512}:"}, (SHA256, SHA512)),
        ({"repr_digest": f"sha-256=:{IN_256}:;q=1 , unixsum=:AAA=:"}, (SHA256,)),
        ({"repr_digest": f"sha-256=:AAAA:,sha-256=:{IN_256}:"}, (SHA256,)),
        ({"Digest": f"SHA-256={IN_256},md5={IN_MD5}"}, (SHA256, MD5)),
        ({"Digest": f"id-sha-256={IN_256}, UNIXsum=30637, crc32c=yZRlqg==, md5={IN_MD5}"}, (MD5,)),
        ({"Digest": f"sha-256={IN_256}", "repr_digest": f"sha-256=:{IN_256}:"}, (SHA256,)),
    ],
)
def test_sound_headers(headers: dict[str, str], expected: tuple[Digest, ...]) -> None:
    assert read(**headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_md5": ""},
        {"content_md5": "not base64!"},
        {"content_md5": IN_256},
        {"content_md5": MD5.value},
        {"Digest": "sha-256"},
        {"Digest": "sha-256="},
        {"Digest": f"sha-256={IN_MD5}"},
        {"Digest": f"sha-256={IN_256[:-1]}"},
        {"Digest": "sha-256=ääää"},
        {"repr_digest": f"sha-256={IN_256}"},
        {"repr_digest": f"sha-256=:{IN_256}"},
        {"repr_digest": f"sha-256=:{IN_256}: sha-512=:{IN_512}:"},
        {"repr_digest": f"sha-256=:{IN_256}:, rubbish"},
        {"repr_digest": "sha-256=::"},
        {"repr_digest": "=:AAAA:"},
    ],
)
def test_malformed_headers_are_ignored(headers: dict[str, str]) -> None:
    assert read(**headers) == ()


def test_what_a_part_says_of_itself_is_not_of_the_whole() -> None:
    headers = headers_of({"Content-MD5": IN_MD5, "Content-Digest": f"sha-256=:{IN_256}:"})
    assert representation_digests(headers) == ()
    assert representation_digests(headers_of({"repr-digest": f"md5=:{IN_MD5}:"})) == (MD5,)


def test_the_strongest_decides(file: Path) -> None:
    wrong_md5 = Digest(Algorithm.MD5, "0" * 32)
    assert strongest((wrong_md5, SHA256, MD5)) == (SHA256,)
    assert mismatch(file, (wrong_md5, SHA256)) is None
    assert mismatch(file, (wrong_md5,)) == wrong_md5
    assert mismatch(file, ()) is None
    assert strongest(()) == ()


def test_contradictions_never_pass(file: Path) -> None:
    other = Digest(Algorithm.SHA256, "0" * 64)
    assert mismatch(file, (SHA256, other)) == other
    assert mismatch(file, (other, SHA256)) == other


def test_what_is_known_is_not_read_again(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert mismatch(gone, (SHA256,), {Algorithm.SHA256: SHA256.value.upper()}) is None
    assert mismatch(gone, (SHA256,), {Algorithm.SHA256: "0" * 64}) == SHA256
    with pytest.raises(OSError, match="gone"):
        mismatch(gone, (SHA256,), {Algorithm.MD5: MD5.value})


@PROPERTY
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=80))
def test_no_header_is_taken_for_what_it_is_not(repr_digest: str, other: str, md5: str) -> None:
    found = read(repr_digest=repr_digest, content_digest=repr_digest, Digest=other, content_md5=md5)
    assert all(one.is_sound for one in found)


MEMBERS = st.lists(
    st.tuples(st.sampled_from([*NAMES, "crc32c", "id-sha-256"]), st.binary(max_size=70)), max_size=5
)


@PROPERTY
@given(MEMBERS)
def test_only_bytes_of_the_right_length_are_digests(members: list[tuple[str, bytes]]) -> None:
    texts = [(name, b64encode(raw).decode()) for name, raw in members]
    lengths = {name: algorithm.digits // 2 for name, algorithm in NAMES.items()}
    sound = {Digest(NAMES[name], raw.hex()) for name, raw in members if lengths.get(name) == len(raw)}
    assert set(read(Digest=",".join(f"{name}={text}" for name, text in texts))) == sound
    last = dict(members)
    sound = {Digest(NAMES[name], raw.hex()) for name, raw in last.items() if lengths.get(name) == len(raw)}
    assert set(read(repr_digest=", ".join(f"{name}=:{text}:" for name, text in texts))) == sound


@PROPERTY
@given(st.binary(max_size=3000), st.sampled_from(list(Algorithm)), st.integers(min_value=0))
def test_one_changed_bit_is_a_mismatch(tmp_path: Path, body: bytes, algorithm: Algorithm, bit: int) -> None:
    path, wanted = tmp_path / "file", digest(algorithm, body)
    path.write_bytes(body)
    assert digest_of(path, algorithm) == wanted.value
    assert mismatch(path, (wanted,)) is None
    changed = bytearray(body or b"\0")
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    path.write_bytes(changed)
    assert mismatch(path, (wanted,)) == wanted


def test_the_users_word_and_the_servers_are_both_held(file: Path) -> None:
    other = Digest(Algorithm.SHA256, "0" * 64)
    verify(file, (MD5,), (SHA512,))
    with pytest.raises(DigestError, match=r"SHA256 .* the server says"):
        verify(file, (MD5,), (other,))
    with pytest.raises(DigestError, match=r"MD5 .* the list says"):
        verify(file, (Digest(Algorithm.MD5, "0" * 32),), (SHA512,))
