"""What people write into the fields for headers, and what is asked with then."""

from pathlib import Path

import pytest

from core.asked import NOTHING, Asked
from core.asked_form import EMPTY, AskedForm, faults_in, filled, form_of, ours_in
from core.errors import UnusableRequestError


def test_every_field_comes_to_what_it_says(tmp_path: Path) -> None:
    form = AskedForm(
        referrer=" https://page.example/ ",
        user_agent="Mine/1",
        cookie="a=1; b=2",
        cookies_file=str(tmp_path / "cookies.txt"),
        headers="X-Key: open sesame\n\n  Accept-Language:de \n",
    )
    asked = filled(form)
    assert dict(asked.headers) == {
        "X-Key": "open sesame",
        "Accept-Language": "de",
        "Referer": "https://page.example/",
        "User-Agent": "Mine/1",
        "Cookie": "a=1; b=2",
    }
    assert asked.cookies_file == str(tmp_path / "cookies.txt")
    assert filled(form_of(asked)) == asked


def test_nothing_written_is_nothing_asked() -> None:
    assert filled(EMPTY) == NOTHING
    assert form_of(None) == EMPTY
    assert filled(AskedForm(" ", " ", " ", " ", "\n \n")) == NOTHING


def test_what_was_copied_with_the_name_of_its_header() -> None:
    form = AskedForm(referrer="referer: http://a/", user_agent="User-Agent:Mine/1", cookie="Cookie: a=1")
    assert dict(filled(form).headers) == {"Referer": "http://a/", "User-Agent": "Mine/1", "Cookie": "a=1"}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (AskedForm(referrer="http://a/\x00"), "referrer"),
        (AskedForm(user_agent="Mine\nHost: evil"), "user_agent"),
        (AskedForm(cookie="secret"), "cookie"),
        (AskedForm(cookie="a=1\r\nX: y"), "cookie"),
        (AskedForm(headers="X-Key open"), "headers"),
        (AskedForm(headers="X Key: open"), "headers"),
        (AskedForm(headers="Accept: */*\nX-Key: \x07"), "headers"),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field(form: AskedForm, field: str) -> None:
    faults = faults_in(form)
    assert list(faults) == [field]
    assert faults[field].endswith(".")
    assert "open" not in faults[field]
    with pytest.raises(UnusableRequestError):
        filled(form)


def test_what_the_transfer_says_itself_is_left_out_and_named() -> None:
    form = AskedForm(headers="Range: bytes=0-\nHost: other.example\nX-Key: k\n:authority: x")
    assert filled(form) == Asked(headers=(("X-Key", "k"),))
    assert ours_in(form) == ("Range", "Host", ":authority")


def test_another_home_that_is_none() -> None:
    with pytest.raises(UnusableRequestError, match="is no file"):
        filled(AskedForm(cookies_file="~nobody-of-that-name/cookies.txt"))
