"""A curl command, such as browsers copy it ("Copy as cURL") -> what it downloads, and with what it is asked for.

curl(1). What would make another request than a download (``-X POST``, ``-d`` ...) is refused, never left out: a GET
in its place would be another request than the one that was copied.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from core.asked import NOTHING, Asked
from core.asked_form import absolute_file, with_header
from core.errors import UnusableRequestError
from core.sources.command_words import commands_in
from core.sources.options import basic_login, last_segment
from core.sources.urls import is_web, without_login

_NO_SCHEME: Final = re.compile(
    r"(?:localhost|(?:[a-z0-9-]+\.)+[a-z0-9-]+)(?::[0-9]+)?(?:[/?].*)?", re.IGNORECASE
)
_NO_FILES: Final = frozenset({"-", "/dev/null", "NUL"})


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LONG: Final = {
    "--header": "-H",
    "--user-agent": "-A",
    "--referer": "-e",
    "--cookie": "-b",
    "--user": "-u",
    "--output": "-o",
    "--request": "-X",
    "--remote-name": "-O",
}
# Of no consequence here: how much curl says, how it connects, and what is done here in any case or by a setting.
_FLAGS: Final = _set(
    """
    -# -0 -4 -6 -J -L -N -O -R -S -Z -a -f -g -i -j -k -n -q -s -v --alpn --anyauth --basic --compressed
    --create-dirs --disable --fail --fail-early --fail-with-body --globoff --http1.0 --http1.1 --http2
    --http2-prior-knowledge --http3 --http3-only --include --insecure --ipv4 --ipv6 --junk-session-cookies
    --location --location-trusted --no-alpn --no-buffer --no-clobber --no-keepalive --no-progress-meter
    --no-sessionid --parallel --path-as-is --progress-bar --raw --remote-header-name --remote-name-all
    --remote-time --remove-on-error --retry-all-errors --retry-connrefused --show-error --silent --ssl-reqd
    --styled-output --tcp-fastopen --tcp-nodelay --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 --verbose
    -1
    """
)
_FLAGS_WITH_VALUE: Final = _set(
    """
    -C -D -Y -c -m -w -y --connect-timeout --continue-at --cookie-jar --dump-header --keepalive-time
    --limit-rate --max-filesize --max-redirs --max-time --output-dir --parallel-max --rate --retry
    --retry-delay --retry-max-time --speed-limit --speed-time --stderr --tls-max --trace --trace-ascii
    --write-out
    """
)
_TAKEN: Final = frozenset(["-H", "-A", "-e", "-b", "-u", "-o", "-X", "--url", "--oauth2-bearer"])
# Refused, but known to be followed by a value that is no URL to download.
_REFUSED_WITH_VALUE: Final = _set(
    """
    -E -F -K -P -Q -T -U -d -r -t -x -z --aws-sigv4 --cacert --capath --cert --ciphers --config --connect-to
    --data --data-ascii --data-binary --data-raw --data-urlencode --doh-url --form --form-string --interface
    --json --key --noproxy --pass --preproxy --proxy --proxy-header --proxy-user --range --resolve --socks4
    --socks4a --socks5 --socks5-hostname --time-cond --unix-socket --upload-file --url-query --variable
    """
)
_WITH_VALUE: Final = _FLAGS_WITH_VALUE | _TAKEN | _REFUSED_WITH_VALUE


class Wanted(NamedTuple):
    """What a command downloads.

    Attributes:
        source: The URL; of a command that is refused as much of it as may be shown.
        asked: What it is asked with.
        error: Why the command is refused.
    """

    source: str
    asked: Asked = NOTHING
    error: UnusableRequestError | None = None


def wanted_by(text: str) -> tuple[Wanted, ...]:
    """What the curl commands in a text download; nothing if it only begins like one, as words about curl do."""
    found: list[Wanted] = []
    for words in commands_in(text):
        if words[0] in ("$", "%"):
            del words[0]
        if words and words[0].lower() in ("curl", "curl.exe"):
            found += _Command(words[1:]).wanted()
    return tuple(found)


class _Command:
    """One command while it is read."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._asked = Asked()
        self._urls: list[str] = []
        self._names: list[str] = []
        self._refused: list[str] = []
        self._fault: UnusableRequestError | None = None
        self._host = ""
        self._strays = False

    def wanted(self) -> Iterator[Wanted]:
        """What it downloads, or why it does not."""
        has_options = any(word.startswith("-") for word in self._words)
        try:
            for option, value in self._options():
                self._take(option, value)
        except UnusableRequestError as error:
            self._fault = error
        self._check_host()
        if self._strays and not has_options:
            return  # words about curl
        if self._refused or self._fault is not None or not self._urls:
            yield self._failure()
            return
        names = iter(self._names)
        for url in self._urls:
            yield Wanted(url, self._asked._replace(name=next(names, "")))

    def _failure(self) -> Wanted:
        shown = " ".join(("curl", *map(without_login, self._urls[:1]), *self._refused[:1]))
        if self._refused:
            error = UnusableRequestError(
                f"The command has {self._refused[0].partition(' ')[0]}, which makes it more than a download.",
                "Only what a plain GET brings can be downloaded here; use curl itself for this.",
            )
        else:
            error = self._fault or UnusableRequestError("The curl command names no URL.")
        return Wanted(shown, error=error)

    def _options(self) -> Iterator[tuple[str, str]]:
        """Each option with its value; a word that belongs to none as the value of ``--url``."""
        words = iter(self._words)
        for word in words:
            if word.startswith("--"):
                option = _LONG.get(word, word)
                yield option, next(words, "") if option in _WITH_VALUE else ""
            elif word.startswith("-") and len(word) > 1:
                for at, letter in enumerate(word[1:], 2):
                    option = f"-{letter}"
                    if option in _WITH_VALUE:
                        yield option, word[at:] or next(words, "")
                        break
                    yield option, ""
            else:
                yield "--url", word

    def _take(self, option: str, value: str) -> None:
        """One option; every branch for one that matters.

        Raises:
            UnusableRequestError: Its value makes no sense.
        """
        match option:
            case "--url":
                self._take_url(value)
            case "-H":
                self._take_header(value)
            case "-A" | "-e" | "-u" | "--oauth2-bearer":
                self._asked = with_header(self._asked, _header_line(option, value))
            case "-b":
                self._take_cookies(value)
            case "-o" | "-O":
                self._names.append("" if value in _NO_FILES else last_segment(value))
            case "-X":
                if value.upper() != "GET":
                    self._refused.append(f"-X {value[:20]}")
            case _ if option not in _FLAGS and option not in _FLAGS_WITH_VALUE:
                self._refused.append(option)

    def _take_url(self, value: str) -> None:
        if is_web(value):
            self._urls.append(value)
        elif _NO_SCHEME.fullmatch(value):
            self._urls.append(f"http://{value}")  # as curl guesses
        else:
            self._strays = True
            if self._fault is None:
                self._fault = UnusableRequestError(
                    f"The command has the word {value[:40]!r}, which is no URL."
                )

    def _take_header(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if line.startswith("@"):
            self._refused.append("-H @FILE")
        elif not colon and line.rstrip().endswith(";"):  # curl's way of sending one without a value
            self._asked = with_header(self._asked, f"{line.rstrip()[:-1]}:")
        elif name.strip().lower() == "cookie":
            self._add_cookies(value.strip())
        elif value.strip():  # without a value it would take one of curl's own away
            self._host = value.strip().lower() if name.strip().lower() == "host" else self._host
            self._asked = with_header(self._asked, line)

    def _take_cookies(self, value: str) -> None:
        if "=" in value:
            self._add_cookies(value)
        elif value:
            self._asked = self._asked._replace(cookies_file=absolute_file(value))

    def _add_cookies(self, cookies: str) -> None:
        known = self._asked.header("Cookie")
        self._asked = with_header(
            self._asked, f"Cookie: {known}; {cookies}" if known else f"Cookie: {cookies}"
        )

    def _check_host(self) -> None:
        """A Host other than the URL's would bring another site's file."""
        try:
            hosts = {urlsplit(url).netloc.rpartition("@")[2].lower() for url in self._urls}
        except ValueError:  # brackets that hold no address: the URL is judged elsewhere
            return
        if self._host and hosts != {self._host}:
            self._refused.append(f"-H Host:{''.join(self._host[:100].split())}")


def _header_line(option: str, value: str) -> str:
    """The header that an option of its own stands for."""
    match option:
        case "-A":
            return f"User-Agent: {value}"
        case "-e":
            return f"Referer: {value.removesuffix(';auto')}"
        case "-u":
            return f"Authorization: {basic_login(value if ':' in value else f'{value}:')}"
        case _:
            return f"Authorization: Bearer {value}"
