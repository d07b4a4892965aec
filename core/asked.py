"""What a job is asked with beside its URL: expected digests, headers, cookies, a name, the row that it stood in. Values; standard library only.

Most jobs are asked with nothing of it: ``JobRequest.asked`` is None for them and costs a list of 100,000 nothing.
"""

import re
from enum import Enum
from typing import Final, NamedTuple

LOGIN_LOST: Final = "The login in its URL was not kept on disk; give it again with Edit URL."
KEYS_LOST: Final = "Its cookies and other keys were not kept on disk; give them again with Edit URL."
_LOGIN_LOST_ONCE: Final = LOGIN_LOST.replace("URL was", "link was")  # as earlier versions have noted it
LOST: Final = frozenset({LOGIN_LOST, _LOGIN_LOST_ONCE, KEYS_LOST})


class Algorithm(Enum):
    """A way to make a digest, as ``hashlib`` calls it; the weakest first."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    __hash__ = object.__hash__  # Enum's is written in Python

    @property
    def digits(self) -> int:
        """Hexadecimal digits of its digests."""
        return _DIGITS[self]

    @property
    def strength(self) -> int:
        """More is better."""
        return tuple(Algorithm).index(self)


_DIGITS: Final = {
    Algorithm.MD5: 32,
    Algorithm.SHA1: 40,
    Algorithm.SHA224: 56,
    Algorithm.SHA256: 64,
    Algorithm.SHA384: 96,
    Algorithm.SHA512: 128,
}
_HEX: Final = re.compile(r"[0-9a-f]+")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")  # RFC 9110, section 5.6.2
_UNSENDABLE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")  # RFC 9110, section 5.5
_LONGEST_VALUE: Final = 32_768
# Both are compiled when a header is looked at: most runs and windows begin without any.
# What a browser sends to everybody. Whatever is not among it may be a key to something: a list of forbidden names would
# be short of the next "X-Api-Key".
_HARMLESS: Final = (
    r"(?i:accept|accept-language|accept-charset|cache-control|dnt|origin|pragma|priority|referer|save-data|sec-gpc"
    r"|sec-ch-[a-z-]+|sec-fetch-[a-z]+|upgrade-insecure-requests|user-agent|x-requested-with)"
)
# What is ours to say: of the connection, of the part that is missing, and of codings that we do not undo.
_OURS: Final = (
    r"(?i:accept-encoding|accept-ranges|alt-used|connection|content-[a-z-]+|expect|host|if-[a-z-]+|keep-alive|proxy-[a-z-]+"
    r"|range|te|trailer|transfer-encoding|upgrade|:.*)"
)


class Digest(NamedTuple):
    """What a file's bytes must come to.

    Attributes:
        algorithm: How it is made.
        value: Hexadecimal, lower case.
    """

    algorithm: Algorithm
    value: str

    @property
    def is_sound(self) -> bool:
        """Whether it can be one of its algorithm."""
        return len(self.value) == self.algorithm.digits and _HEX.fullmatch(self.value) is not None


class Asked(NamedTuple):
    """How a job's file is asked for, and what it must be. Its ``repr`` shows no secret.

    Attributes:
        digests: What its bytes must come to; all of the strongest algorithm count.
        headers: Name and value of each header to be sent beside the usual ones, or instead of them.
        cookies_file: Absolute path of a Netscape cookie file; empty for none.
        name: What the file is to be called, as it was written: whoever uses it makes it safe. Empty where nothing was said.
        size: Bytes that the file must have.
        mirrors: Other URLs of the same file, the best first.
        columns: What stands in its row of a table, by the names that the template for file names has for the columns.
    """

    digests: tuple[Digest, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    cookies_file: str = ""
    name: str = ""
    size: int | None = None
    mirrors: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of that header; of the last where it is there twice."""
        found = [value for other, value in self.headers if other.lower() == name.lower()]
        return found[-1] if found else None

    @property
    def referrer(self) -> str | None:
        """The page that is named as the one that led here."""
        return self.header("Referer")

    @property
    def user_agent(self) -> str | None:
        """The program that we say to be."""
        return self.header("User-Agent")

    @property
    def has_secrets(self) -> bool:
        """Whether a header may be a key to something."""
        return not all(is_harmless(name) for name, _ in self.headers)

    def __repr__(self) -> str:
        headers = tuple((name, value if is_harmless(name) else "...") for name, value in self.headers)
        fields = zip(self._fields, self._replace(headers=headers), strict=True)
        return f"Asked({', '.join(f'{name}={value!r}' for name, value in fields if value)})"


NOTHING: Final = Asked()


def joined(common: Asked | None, own: Asked | None) -> Asked | None:
    """What a job of a drop is asked with; None for nothing.

    Args:
        common: What all of the drop is asked with: headers and a cookie file.
        own: What is said of the one link: it counts more.
    """
    if common is None or common == NOTHING:
        return own if own != NOTHING else None
    if own is None or own == NOTHING:
        return common  # one value for all jobs, however many they are
    names = {name.lower() for name, _ in own.headers}
    headers = tuple(header for header in common.headers if header[0].lower() not in names)
    return own._replace(
        headers=(*headers, *own.headers), cookies_file=own.cookies_file or common.cookies_file
    )


def is_harmless(header: str) -> bool:
    """Whether everybody may see a header of this name: it goes to other hosts, to the disk and into messages."""
    return re.fullmatch(_HARMLESS, header) is not None


def is_ours(header: str) -> bool:
    """Whether a header of this name is left to the transfer whatever somebody asked for."""
    return re.fullmatch(_OURS, header) is not None


def is_header(name: str, value: str) -> bool:
    """Whether it can be sent: nothing in it ends the line (RFC 9110, sections 5.1 and 5.5), and it is not ours to say."""
    is_sendable = len(value) <= _LONGEST_VALUE and _UNSENDABLE.search(value) is None
    return is_sendable and _TOKEN.fullmatch(name) is not None and not is_ours(name)
