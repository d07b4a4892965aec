"""Dates in headers, in all the forms that servers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads.http_date import http_date
from tests.support.properties import PROPERTY


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 6 Nov 1994 09:49:37 +0100",
        "Sun, 06 Nov 1994 08:49:37 -0000",
    ],
)
def test_the_forms_of_the_rfc_and_of_mail(text: str) -> None:
    assert http_date(text) == 784111777.0


@pytest.mark.parametrize(
    "text",
    ["", "now", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
     "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 06 Abc 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        http_date(text)


@PROPERTY
@given(st.text(st.characters(max_codepoint=0xFF), max_size=40))
def test_nothing_but_a_value_error(text: str) -> None:
    try:
        assert isinstance(http_date(text), float)
    except ValueError:
        return
