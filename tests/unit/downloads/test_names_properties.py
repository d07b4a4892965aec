"""Whatever a server says, the name is safe: held over all texts (FAULTS.md, N)."""

import tempfile
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

from hypothesis import given
from hypothesis import strategies as st

from core.downloads.disposition import name_said
from core.downloads.extensions import with_extension
from core.downloads.filename import LONGEST_NAME, numbered, safe_name, shortened, split_name, suggested_name
from core.final_names import finished_name
from core.images.formats import FORMATS
from tests.support.properties import PROPERTY

PIECES = st.sampled_from(
    [
        *(
            "..",
            "/",
            "\\",
            ".",
            " ",
            "-",
            "con",
            "NUL",
            "com1",
            "COM¹",
            "desktop.ini",
            ".lnk",
            ".jpg",
            ".exe",
            ".tar",
        ),
        *(
            ":",
            "%2e",
            "%2f",
            "\0",
            "\r\n",
            "\x85",
            "\u202e",
            "\u200d",
            "\u0301",
            "\u3000",
            "\ud800",
            "\udcff",
            "🖼",
        ),
        *("e", "é", "ǅ", "ß", "İ", "ﷺ", "K", "\u115f", "\ufdd0", "\U000e0041", "a" * 90, "漢" * 70, ".{0}"),
    ]
)
NASTY = st.one_of(
    st.text(st.characters(codec=None), max_size=300), st.lists(PIECES, max_size=12).map("".join)
)
LATIN = st.one_of(
    st.text(st.characters(codec="latin-1"), max_size=300), st.lists(PIECES, max_size=12).map("".join)
)
DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "CONIN$",
    "CONOUT$",
    *(f"{p}{d}" for p in ("COM", "LPT") for d in "123456789¹²³"),
}
FORMAT = st.sampled_from(sorted(FORMATS))
TYPES = st.one_of(st.none(), NASTY, st.sampled_from(["text/html", "application/pdf", "image/png; a=b"]))


def assert_safe(name: str) -> None:
    """One segment that all three systems take as it is, with room behind it."""
    assert PureWindowsPath(name).parts == PurePosixPath(name).parts == (name,)
    assert name not in (".", "..")
    assert name.partition(".")[0].rstrip(" ").upper() not in DEVICES
    assert not PureWindowsPath(name).drive
    assert name[0] not in ".- "
    assert name[-1] not in ". "
    assert not set(name) & set('<>:"/\\|?*')
    assert {unicodedata.category(c) for c in name}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert unicodedata.normalize("NFC", name) == name
    assert not name.lower().endswith((".lnk", ".url", ".scf", ".pif"))
    assert len(name.encode()) <= LONGEST_NAME
    assert len(numbered(name, 10**9).encode() + b".part.json") <= 255


@PROPERTY
@given(NASTY)
def test_a_safe_name_is_safe_and_stays_as_it_is(text: str) -> None:
    name = safe_name(text)
    if name:
        assert_safe(name)
    assert safe_name(name) == name


@PROPERTY
@given(NASTY)
def test_names_in_other_normal_forms_are_the_same_name(text: str) -> None:
    assert safe_name(unicodedata.normalize("NFD", text)) == safe_name(unicodedata.normalize("NFC", text))


@PROPERTY
@given(st.none() | LATIN, NASTY)
def test_whatever_the_header_and_the_url_say(header: str | None, path: str) -> None:
    name = suggested_name(header, "http://h.example/" + path)
    if name:
        assert_safe(name)


@PROPERTY
@given(NASTY, st.sampled_from(["filename", "filename*", "filename*0", "filename*0*", "name"]))
def test_no_parameter_raises(value: str, parameter: str) -> None:
    for header in (f"attachment; {parameter}={value}", f'attachment; {parameter}="{value}"', value):
        assert isinstance(name_said(header), str)


@PROPERTY
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_what_is_coded_right_comes_back(text: str) -> None:
    code = "".join(f"%{octet:02X}" for octet in text.encode())
    quoted = text.replace("\\", "_").replace('"', "_").replace("%", "_").replace("?", "_")
    assert name_said(f"attachment; filename=x; filename*=UTF-8''{code}") == (text or "x")
    assert name_said(f'attachment; filename="{quoted.encode().decode("latin-1")}"') == quoted


@PROPERTY
@given(NASTY.map(safe_name), TYPES, st.none() | FORMAT)
def test_an_extension_leaves_a_name_safe(
    name: str, content_type: str | None, picture_format: str | None
) -> None:
    found = with_extension(name, content_type, picture_format)
    assert_safe(found)
    assert with_extension(found, content_type, picture_format) == found
    if picture_format is not None and FORMATS[picture_format].usual_extension is not None:
        assert not split_name(found)[1].lower().endswith((".exe", ".scr", ".bat", ".com", ".js"))


@PROPERTY
@given(NASTY, FORMAT.filter(lambda one: FORMATS[one].usual_extension is not None))
def test_a_finished_picture_has_its_extension(text: str, picture_format: str) -> None:
    name = finished_name(text, picture_format)
    assert_safe(name)
    assert name.lower().endswith(FORMATS[picture_format].extensions)


@PROPERTY
@given(NASTY.map(safe_name).filter(bool), st.integers(21, 250))
def test_a_shortened_name_keeps_its_extension(name: str, longest: int) -> None:
    short = shortened(name, longest)
    assert len(short.encode()) <= max(longest, len(split_name(name)[1]) + 4)
    assert (
        split_name(short)[1] == split_name(name)[1]
        or len(name.encode()) <= longest
        or not split_name(name)[1]
    )


@PROPERTY
@given(st.lists(NASTY.map(safe_name).filter(bool), min_size=1, max_size=5))
def test_a_file_of_that_name_is_one_in_the_folder(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            Path(folder, name).write_bytes(b"")
        assert {entry.name for entry in Path(folder).iterdir()} == set(names)
