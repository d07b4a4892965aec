"""Digests that servers send with a file, and whether a file comes to what it should.

RFC 1864 (Content-MD5), RFC 3230 with the algorithms of RFC 5843 (Digest), RFC 9530 (Content-Digest, Repr-Digest). What
is unknown or malformed in a header is ignored: a digest is an extra, and no file is worse for a server that says nonsense.
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from core.asked import Algorithm, Digest
from core.errors import DownloadError

_BLOCK: Final = 1 << 20
_BY_NAME: Final = {  # in the registries of RFC 3230 and RFC 9530
    "md5": Algorithm.MD5,
    "sha": Algorithm.SHA1,
    "sha-256": Algorithm.SHA256,
    "sha-512": Algorithm.SHA512,
}
# A dictionary of byte sequences (RFC 8941, sections 3.2 and 3.3.5); parameters mean nothing here.
_MEMBER: Final = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):((?:\s*;[^,]*)?)\s*", re.IGNORECASE)


_NAMES: Final = frozenset({"repr-digest", "digest", "content-digest", "content-md5"})


class DigestError(DownloadError):
    """All bytes arrived, and they are not those that were expected or announced."""

    code = "wrong-digest"
    title = "Not the expected file"
    usual_hint = "Compare the digest with its origin; retry, as the file may have been damaged on its way."


def expected_digests(headers: Mapping[str, str]) -> tuple[Digest, ...]:
    """What the headers of a whole answer (200) say that its file comes to.

    Content-Digest and Content-MD5 are of the bytes of this one message: of a 206 they say nothing about the file, and
    only ``representation_digests`` count.

    Args:
        headers: By name in lower case, looked up in any; each with its values joined by commas.
    """
    if _NAMES.isdisjoint(headers):
        return ()
    of_message = (*_fields(headers.get("Content-Digest", "")), *_content_md5(headers.get("Content-MD5", "")))
    return tuple(dict.fromkeys((*representation_digests(headers), *of_message)))


def representation_digests(headers: Mapping[str, str]) -> tuple[Digest, ...]:
    """What the headers of any answer, also of a part (206), say that the whole file comes to."""
    found = (*_fields(headers.get("Repr-Digest", "")), *_instance_digests(headers.get("Digest", "")))
    return tuple(dict.fromkeys(found))


def strongest(digests: Iterable[Digest]) -> tuple[Digest, ...]:
    """Those of the strongest algorithm among them (RFC 9530, section 5, and RFC 3230, section 4.3.2)."""
    all_of_them = tuple(digests)
    best = max((digest.algorithm.strength for digest in all_of_them), default=None)
    return tuple(digest for digest in all_of_them if digest.algorithm.strength == best)


def mismatch(
    file: Path, digests: Iterable[Digest], known: Mapping[Algorithm, str] | None = None
) -> Digest | None:
    """The digest that the file should come to and does not; None where it does, or nothing is expected.

    To be called for what the user expects and for what the server said one after the other: among digests of one
    origin the strongest algorithm decides, and a server's stronger one is no word of the user's.

    Args:
        file: A whole file.
        digests: What it should come to.
        known: What it comes to as far as that is known already, so that it need not be read again.

    Raises:
        OSError: It cannot be read.
    """
    wanted = strongest(digests)
    if not wanted:
        return None
    algorithm = wanted[0].algorithm
    found = (known or {}).get(algorithm) or digest_of(file, algorithm)
    return next((digest for digest in wanted if digest.value != found.lower()), None)


def verify(
    file: Path,
    expected: Iterable[Digest],
    said: Iterable[Digest] = (),
    known: Mapping[Algorithm, str] | None = None,
) -> None:
    """See that a whole file is the one that it should be.

    Args:
        file: The file.
        expected: What the user's list says.
        said: What the server's answer says.
        known: What the file comes to as far as that is known already.

    Raises:
        DigestError: It is not.
        OSError: It cannot be read.
    """
    for digests, whose in ((expected, "the list"), (said, "the server")):
        if (wrong := mismatch(file, digests, known)) is not None:
            name, beginning = wrong.algorithm.name, wrong.value[:16]
            raise DigestError(f"Its {name} is not {beginning}..., which is what {whose} says.")


def digest_of(file: Path, algorithm: Algorithm) -> str:
    """What a file comes to, hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    made = hashlib.new(algorithm.value, usedforsecurity=False)
    buffer = memoryview(bytearray(_BLOCK))
    with file.open("rb", buffering=0) as opened:
        while size := opened.readinto(buffer):
            made.update(buffer[:size])
    return made.hexdigest()


def _fields(value: str) -> Iterator[Digest]:
    """Of Content-Digest and Repr-Digest; one broken member spoils the whole (RFC 8941, section 4.2)."""
    members: dict[str, str] = {}
    at = 0
    while at < len(value):
        member = _MEMBER.match(value, at)
        if member is None or (member.end() < len(value) and value[member.end()] != ","):
            return
        members[member[1].lower()] = member[2]  # the last of a name counts
        at = member.end() + 1
    for name, text in members.items():
        yield from _digest(name, text)


def _instance_digests(value: str) -> Iterator[Digest]:
    """Of Digest (RFC 3230, section 4.3.2): ``sha-256=BASE64, md5=BASE64``; each member for itself."""
    for member in value.split(","):
        name, _, text = member.strip().partition("=")
        yield from _digest(name.lower(), text.strip())


def _content_md5(value: str) -> Iterator[Digest]:
    return _digest("md5", value.strip())


def _digest(name: str, text: str) -> Iterator[Digest]:
    """The digest where the algorithm is known and the Base64 is one of its length."""
    algorithm = _BY_NAME.get(name)
    if algorithm is None:
        return
    try:
        digest = Digest(algorithm, b64decode(text, validate=True).hex())
    except (Base64Error, ValueError):
        return
    if digest.is_sound:
        yield digest
