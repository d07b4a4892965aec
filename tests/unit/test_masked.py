"""What may be shown to strangers."""

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
    ):
        assert masked(text, HOME) == text


def test_the_user_has_no_name() -> None:
    assert masked("/home/alice/Pictures/a.jpg and '/home/alice'", HOME) == "~/Pictures/a.jpg and '~'"
    assert masked("/media/alice/disk and /media/alice", HOME) == "/media/USER/disk and /media/USER"
    assert masked("/x/root.txt", Path("/")) == "/x/root.txt"


def test_a_long_word_takes_no_time() -> None:
    """Quadratic, it would take minutes."""
    assert len(masked("://x" * 20_000, HOME)) > 0
    assert len(masked("a:?" * 20_000, HOME)) > 0
