"""Name templates: what they make, and what they refuse in which words."""

import pickle
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads.filename import LONGEST_NAME, safe_name
from core.downloads.template import ALLOWED, Facts, Place, Template, TemplateError
from tests.support.properties import PROPERTY

FACTS = Facts(
    "photo one.jpg",
    "pictures.example",
    datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC),
    7,
    "My list",
    {"Title": "Dawn", "artist": "A/B", "empty": "", "up": "../..", "Year (of it)": "1999"},
)
NASTY = st.one_of(
    st.text(st.characters(codec=None), max_size=80),
    st.lists(
        st.sampled_from(["..", "/", "\\", ".", "con", "\u202e", "C:", "a" * 90, "漢" * 70]), max_size=9
    ).map("".join),
)


def place(text: str, facts: Facts = FACTS) -> Place:
    return Template.parse(text).place(facts)


@pytest.mark.parametrize(
    ("text", "folder", "name"),
    [
        ("{name}", "", "photo one.jpg"),
        ("{name}.{ext}", "", "photo one.jpg"),
        ("{name}.JPG", "", "photo one.JPG"),
        ("{ext}-{name}", "", "jpg-photo one.jpg"),
        ("{host}/{name}", "pictures.example", "photo one.jpg"),
        ("{host}\\{name}", "pictures.example", "photo one.jpg"),
        ("{date}/{index}", "2026-03-09", "7.jpg"),
        ("{date:%Y}/{date:%m-%d}/{date:%H%M%S}", "2026/03-09", "080706.jpg"),
        ("{index:04}", "", "0007.jpg"),
        ("{index:3}", "", "007.jpg"),
        ("{index:20}", "", "00000000000000000007.jpg"),
        ("{batch}/{column:Title} {name}", "My list", "Dawn photo one.jpg"),
        ("{column:title}", "", "Dawn.jpg"),
        ("{column:Year (of it)}", "", "1999.jpg"),
        ("{{{name}}}", "", "{photo one}.jpg"),
        ("always the same", "", "always the same.jpg"),
        # What comes out empty is left out.
        ("{column:empty}/{column:none}/{name}", "", "photo one.jpg"),
        ("{host}/{column:empty}", "pictures.example", "photo one.jpg"),
        ("a//b/ /{name}", "a/b", "photo one.jpg"),
        # Values make no folders and lead nowhere.
        ("{column:artist}/{name}", "A_B", "photo one.jpg"),
        ("{column:up}/{name}", "__", "photo one.jpg"),
        # Each segment is safe.
        ("con/.hidden/-x/originals/{name}. ", "_con/_hidden/_x/_originals", "photo one.jpg"),
        ("x.lnk", "", "x.lnk.download.jpg"),
    ],
)
def test_where_a_file_goes(text: str, folder: str, name: str) -> None:
    assert place(text) == Place(folder, name)


def test_a_file_without_extension() -> None:
    facts = FACTS._replace(file="README")
    assert place("{name}.{ext}", facts) == Place("", "README")
    assert place("{host}/{index}", facts) == Place("pictures.example", "7")


def test_a_local_file_has_no_host() -> None:
    assert place("{host}/{name}", FACTS._replace(host="")) == Place("", "photo one.jpg")


def test_an_address_in_brackets_is_no_folder_of_windows() -> None:
    assert place("{host}/{name}", FACTS._replace(host="::1")).folder == "__1"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "It is empty.", "{name}"),
        ("{nme}", "At character 1: {nme} is not known.", ALLOWED),
        ("a/{NAME}", "At character 3: {NAME} is not known.", ALLOWED),
        ("x{}", "At character 2: {} is not known.", ALLOWED),
        ("{name:3}", "At character 1: {name:3} is not known.", ALLOWED),
        ("ab{name", "At character 3: the brace { has no partner.", "{{"),
        ("ab}", "At character 3: the brace } has no partner.", "}}"),
        ("{index:x}", "At character 1: {index:x} has no width from 1 to 20.", "{index:04}"),
        ("{index:0}", "At character 1: {index:0} has no width from 1 to 20.", "{index:04}"),
        ("{index:21}", "At character 1: {index:21} has no width from 1 to 20.", "{index:04}"),
        ("{index:}", "At character 1: {index:} has no width from 1 to 20.", "{index:04}"),
        ("{date:}", "At character 1: {date:} is no date.", "%Y"),
        ("{date:%c}", "At character 1: {date:%c} is no date.", "%Y"),
        ("{date:%Y/%m}", "At character 1: {date:%Y/%m} is no date.", "%Y"),
        ("{date:soon}", "At character 1: {date:soon} is no date.", "%Y"),
        ("{column}", "At character 1: {column} names no column.", "{column:title}"),
        ("{column: }", "At character 1: {column: } names no column.", "{column:title}"),
        ("{name}: x", "At character 7: no file name can have : in it.", "Leave it out"),
        ("a\0{name}", "At character 2: no file name can have U+0000 in it.", "Leave it out"),
        ("/{name}", "It begins with /.", "below the destination"),
        ("\\\\server\\{name}", "It begins with /.", "below the destination"),
        ("{host}/", "After its last / it names no file.", "{name}"),
        ("../{name}", "It has a folder called . or .. in it.", "below the destination"),
        ("{host}/ .. /{name}", "It has a folder called . or .. in it.", "below the destination"),
        ("{host}/.", "It has a folder called . or .. in it.", "below the destination"),
        ("a" * 1001, "It is longer than 1,000 characters.", "{name}"),
    ],
)
def test_what_is_wrong_and_where(text: str, message: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Template.parse(text)
    assert caught.value.message == message
    assert hint in caught.value.hint
    assert pickle.loads(pickle.dumps(caught.value)).report() == caught.value.report()  # noqa: S301 - our own bytes


def test_the_columns_that_it_asks_for() -> None:
    text = "{column:Title}/{{{name}}}{column:a b}{column:Title}"
    assert Template.parse(text).columns == ("Title", "a b")


@PROPERTY
@given(
    NASTY,
    NASTY,
    NASTY,
    NASTY,
    st.sampled_from(["{name}", "{host}/{name}", "{column:a}/{batch}/{column:a}{ext}"]),
)
def test_no_value_leads_out_of_the_destination(
    host: str, batch: str, column: str, file: str, text: str
) -> None:
    facts = FACTS._replace(file=safe_name(file) or "download", host=host, batch=batch, columns={"a": column})
    found = place(text, facts)
    segments = [*filter(None, found.folder.split("/")), found.name]
    assert len(segments) <= text.count("/") + 1
    for segment in segments:
        assert PurePosixPath(segment).name == segment == safe_name(segment)
        assert len(segment.encode()) <= LONGEST_NAME


@PROPERTY
@given(
    st.text(max_size=50)
    | st.lists(st.sampled_from(["{", "}", "{name}", "{date:%Y}", ":", "/", "..", "a"])).map("".join)
)
def test_a_template_is_refused_or_makes_a_place(text: str) -> None:
    try:
        template = Template.parse(text)
    except TemplateError as error:
        assert error.message  # noqa: PT017 - either outcome is right, as long as it is one of the two
        return
    assert safe_name(template.place(FACTS).name) == template.place(FACTS).name
