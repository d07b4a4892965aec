"""Content-Disposition: what RFC 6266 and 8187 say, and what browsers accept beside it (FAULTS.md, N1 to N3)."""

import http.client
import io

import pytest

from core.downloads.disposition import name_said
from core.downloads.filename import suggested_name

URL = "http://h.example/dir/from%20url.jpg?size=9#top"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", ""),
        ("inline", ""),
        ("attachment", ""),
        ("attachment; filename", ""),
        ("attachment; filename=", ""),
        ('attachment; filename="foo.jpg"', "foo.jpg"),
        ('inline; filename="Not an attachment!.jpg"', "Not an attachment!.jpg"),
        ("ATTACHMENT; FILENAME=foo.jpg", "foo.jpg"),
        ("attachment;filename=foo.jpg", "foo.jpg"),
        ('attachment; filename = "foo.jpg"', "foo.jpg"),
        ("attachment; filename\t=\tfoo.jpg", "foo.jpg"),
        ('attachment; filename="f\\oo.jpg"', "foo.jpg"),
        ('attachment; filename="\\"quoting\\" tested.jpg"', '"quoting" tested.jpg'),
        ('attachment; filename="semi;colon.jpg"', "semi;colon.jpg"),
        ('attachment; foo="\\"\\\\";filename="foo.jpg"', "foo.jpg"),
        ('attachment; example="filename=bar.jpg"', ""),
        ('attachment; name="foo.jpg"', ""),
        ("attachment; xfilename=foo.jpg", ""),
        ("attachment; filename='foo.jpg'", "'foo.jpg'"),
    ],
)
def test_what_rfc_6266_says(header: str, name: str) -> None:
    assert name_said(header) == name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename*=UTF-8''na%C3%AFve.jpg", "naïve.jpg"),
        ("attachment; filename*=utf-8'en'%e2%82%ac%20rates.jpg", "€ rates.jpg"),
        ("attachment; filename*=iso-8859-1'en'%A3.jpg", "£.jpg"),
        ("attachment; filename*=EUC-JP''%B7%DD%BD%D13%2Ejpg", "芸術3.jpg"),
        ("attachment; filename* = UTF-8''%c3%a4.jpg", "ä.jpg"),
        ("attachment; filename*=\"UTF-8''%c3%a4.jpg\"", "ä.jpg"),
        ("attachment; filename*=''%c3%a4.jpg", "ä.jpg"),
        ("attachment; filename*=UTF-8''a b.jpg", "a b.jpg"),
        ("attachment; filename*=UTF-8''\xc3\xa4.jpg", "ä.jpg"),
        ("attachment; filename=x.jpg; filename*=UTF-8''%c3%a4.jpg", "ä.jpg"),
        ("attachment; filename*=UTF-8''%c3%a4.jpg; filename=x.jpg", "ä.jpg"),
        ("attachment; filename*=UTF-8''first.jpg; filename*=UTF-8''second.jpg", "first.jpg"),
        # Double coding is the server's own; it is not undone twice.
        ("attachment; filename*=UTF-8''%252e%252e%252fx.jpg", "%2e%2e%2fx.jpg"),
    ],
)
def test_what_rfc_8187_says(header: str, name: str) -> None:
    assert name_said(header) == name


@pytest.mark.parametrize(
    "broken",
    [
        "foo.jpg",
        "foo'.jpg",
        "no-such-charset''%E9.jpg",
        "hex''%E9.jpg",
        "u\0tf''%E9.jpg",
        "UTF-8''%FF%FE.jpg",
        "UTF-8''%c3%a.jpg",
        "UTF-8''50%.jpg",
        "UTF-8''",
        "''",
        "",
    ],
)
def test_a_broken_extended_name_falls_back(broken: str) -> None:
    assert name_said(f"attachment; filename*={broken}; filename=plain.jpg") == "plain.jpg"
    assert suggested_name(f"attachment; filename*={broken}", URL) == "from url.jpg"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("filename=foo.jpg", "foo.jpg"),
        ("; filename=foo.jpg", "foo.jpg"),
        ("x=y; filename=foo.jpg", "foo.jpg"),
        ("inline; attachment; filename=foo.jpg", "foo.jpg"),
        ("attachment; ;filename=foo.jpg", "foo.jpg"),
        ("attachment; filename=foo bar, baz.jpg", "foo bar, baz.jpg"),
        ("attachment; filename=foo.jpg ;", "foo.jpg"),
        ("attachment; filename=foo[1](2).jpg", "foo[1](2).jpg"),
        ('attachment; filename="never closed.jpg', "never closed.jpg"),
        ('attachment; filename="foo.jpg".txt', "foo.jpg"),
        ('attachment; filename="ends in\\', "ends in"),
        ("attachment; filename=first.jpg; filename=second.jpg", "first.jpg"),
        ("attachment; filename=first.jpg, attachment; filename=second.jpg", "first.jpg"),
        ('inline; filename="first.jpg", inline; filename="second.jpg"', "first.jpg"),
        ('attachment; filename="caf\xc3\xa9.jpg"', "café.jpg"),
        ("attachment; filename=caf\xe9.jpg", "café.jpg"),
        ("attachment; filename=caf\xe9 \x80.jpg", "café €.jpg"),
        ("attachment; filename=na%C3%AFve%20one.jpg", "naïve one.jpg"),
        ("attachment; filename=50%.jpg", "50%.jpg"),
        ("attachment; filename=%B7%DD.jpg", "%B7%DD.jpg"),
        ('attachment; filename="=?utf-8?Q?na=C3=AFve_one.jpg?="', "naïve one.jpg"),
        ("attachment; filename==?UTF-8?b?bmHDr3ZlLmpwZw==?=", "naïve.jpg"),
        (
            'attachment; filename="=?windows-1252*fr?Q?caf=E9?=  =?iso-8859-7?b?4eI=?= .jpg"',
            "café\u03b1\u03b2 .jpg",
        ),
        ('attachment; filename*0="foo."; filename*1="jpg"', "foo.jpg"),
        ('attachment; filename*1="bar.jpg"; filename*0="foo-"', "foo-bar.jpg"),
        (
            "attachment; filename*0*=UTF-8''100%25-%c3; filename*1*=%a4; filename*2=\"%20.jpg\"",
            "100%-ä%20.jpg",
        ),
        ('attachment; filename=x.jpg; filename*0="foo.jpg"', "foo.jpg"),
        ('attachment; filename*1="foo.jpg"; filename=x.jpg', "x.jpg"),
        ('attachment; filename*0="foo"; filename*2=".jpg"', "foo"),
    ],
)
def test_broken_forms_that_browsers_accept(header: str, name: str) -> None:
    assert name_said(header) == name


@pytest.mark.parametrize(
    "word", ["=?no-such?Q?caf=E9?=", "=?utf-8?Q?caf=E9?=", "=?utf-8?b?A?=", "=?undefined?b?QQ==?="]
)
def test_a_broken_word_counts_as_not_said(word: str) -> None:
    assert suggested_name(f"attachment; filename={word}", URL) == "from url.jpg"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename="..\\..\\evil.jpg"', "evil.jpg"),
        ('attachment; filename="..\\\\..\\\\evil.jpg"', "evil.jpg"),
        ('attachment; filename="C:\\x\\evil.jpg"', "evil.jpg"),
        ('attachment; filename="\\\\server\\share\\evil.jpg"', "evil.jpg"),
        ("attachment; filename=%2e%2e%2f%2e%2e%2fevil.jpg", "evil.jpg"),
        ("attachment; filename*=UTF-8''..%2f..%5cevil.jpg", "evil.jpg"),
        ('attachment; filename="=?utf-8?B?Li4vLi4vZXZpbC5qcGc=?="', "evil.jpg"),
        ('attachment; filename*0="../"; filename*1="../evil.jpg"', "evil.jpg"),
        ('attachment; filename="evil\r\n .jpg"', "evil .jpg"),
        ('attachment; filename="evil\0.jpg"', "evil.jpg"),
        ('attachment; filename="dir/"', "from url.jpg"),
        ('attachment; filename=".."', "from url.jpg"),
        ('attachment; filename="  "', "from url.jpg"),
        ("inline", "from url.jpg"),
        (None, "from url.jpg"),
    ],
)
def test_no_header_leads_out_of_the_folder(header: str | None, name: str) -> None:
    assert suggested_name(header, URL) == name


def test_a_header_as_it_comes_over_the_wire() -> None:
    wire = b'Content-Disposition: attachment; filename="na\xc3\xafve\r\n .jpg"\r\n\r\n'
    header = http.client.parse_headers(io.BytesIO(wire))["Content-Disposition"]
    assert suggested_name(header, URL) == "naïve .jpg"


@pytest.mark.parametrize("piece", [";", '"', '\\"', "=", ";filename=", "=?utf-8?q?", "%", ' ;a="', "''"])
def test_a_very_long_header_costs_no_more_than_its_beginning(piece: str) -> None:
    assert len(name_said("attachment; filename=" + piece * 100_000)) <= 8192
