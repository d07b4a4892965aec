"""What may be shown to strangers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.masked import masked

HOME = Path("/home/alice")
SECRETS = (
    "http://bob:s3cret@host.test/a.jpg",
    "http://bob:s3/cr#et?s3cret@host.test:81/a.jpg",
    "socks5h://bob:s3cret@10.0.0.1:1080",
    "bob:s3cret@proxy.test:3128",
    "https://host.test/a.jpg?token=s3cret&x=1#s3cret",
    "('GET', 'https://host.test/a.jpg?X-Amz-Signature=s3cret')",
    "Authorization: Basic czNjcmV0OnMzY3JldA== s3cret",
    "Proxy-Authorization: Digest username=bob, response=s3cret",
    "{'Cookie': 'session=s3cret; other=s3cret'}",
    "Set-Cookie: a=s3cret; Path=/",
    "X-Api-Key: s3cret",
    "headers=(('X-Auth-Token', 's3cret'),)",
    "--header 'X-Access-Key: s3cret'",
    "Bearer s3cret.s3cret",
    "password = s3cret",
    "FETCHMILL_TOKEN=s3cret",
    "data:image/png;base64,s3crets3cret",
    "/media/disk/s3cret/cookies.txt cannot be read",
    "C:\\s3cret\\my-cookies.sqlite",
    "Max retries exceeded with url: /a.jpg?sig=s3cret&k=s3cret (Caused by it)",
    "GET /a.jpg?s3cret HTTP/1.1",
    "host.test/a.jpg?k=<s3cret>'s3cret'",
    "//host.test/a?s3cret",
    "http://host.test/?a=<s3cret>'s3cret'",
    "magnet:?xt=s3cret",
    "r?u=http%3A%2F%2Fbob%3As3cret%40host.test%2Fa",
    "http%3A%2F%2Fbob%3As3cret%40host.test%2Fa",
    "http:\\/\\/bob:s3cret@host.test\\/a?x=s3cret",
    "https://h.test/a.jpg%3Ftoken%3Ds3cret",
    "https://host.test/a.jpg;sig=s3cret",
    "BasicAuth(login='bob', password='s3cret', encoding='latin1')",
    "the password s3cret",
    "pwd=s3cret",
    "self.token=s3cret",
    "{'key': 's3cret'}",
    "X-Auth: s3cret",
    "PHPSESSID=s3cret",
    "Proxy-Authenticate: NTLM s3crets3cret",
    "-----BEGIN RSA PRIVATE KEY-----\ns3cret\ns3cret=\n-----END RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoiYm9iIn0.s3cret_s3cret",
    "ghp_s3crets3crets3crets3cret",
    "AKIAS3s3crets3cret",
)


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_taken_out(text: str) -> None:
    found = masked(f"before\n2026-11-27 INFO core.x: {text}\nafter", HOME)
    assert "s3" not in found
    assert "czNj" not in found
    assert "bob" not in found
    assert found.startswith("before\n2026-11-27 INFO core.x: ")
    assert found.endswith("\nafter")


def test_what_helps_stays() -> None:
    assert (
        masked("https://host.test/a/b.jpg?x=1 failed: 404", HOME) == "https://host.test/a/b.jpg?… failed: 404"
    )
    for text in (
        "2026-11-27 01:45:42,123 INFO core.downloads.cookies: nothing",
        '  File "core/downloads/cookies.py", line 12 in read',
        "ErrorReport(code='http-status', title='Refused by the server')",
        "Qt 6.11.3 (PySide6 6.11.3)",
        "/homes/alicevere/x",
        "KeyError: 'width'",
        "No route to host?",
        "https://host.test/a/b.jpg: 3 of 5 parts, 1,234 bytes; tries=2",
    ):
        assert masked(text, HOME) == text


def test_the_user_has_no_name() -> None:
    assert masked("/home/alice/Pictures/a.jpg and '/home/alice'", HOME) == "~/Pictures/a.jpg and '~'"
    assert masked("/media/alice/disk and /media/alice", HOME) == "/media/USER/disk and /media/USER"
    assert masked("/x/root.txt", Path("/")) == "/x/root.txt"


_NOBODY = """
import os
from core.masked import masked
os.setuid(54321)
print(masked("/home/alice/a.jpg?token=s3cret"))
"""


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become a user without a name"
)
def test_a_user_of_whom_the_system_knows_nothing() -> None:
    """As in a container: there is no folder to call ``~``."""
    names = {name: value for name, value in os.environ.items() if name != "HOME"}
    command = [sys.executable, "-c", _NOBODY]
    run = subprocess.run(command, env=names, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("/home/alice/a.jpg?…\n", "")


def test_a_long_word_is_masked_in_one_pass() -> None:
    """Quadratic, it would take minutes."""
    assert len(masked("://x" * 20_000, HOME)) > 0
    assert len(masked("a:?" * 20_000, HOME)) > 0
    assert len(masked(("token-" * 90 + " ") * 500, HOME)) > 0
