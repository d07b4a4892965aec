"""Jobs, errors and settings as values."""

import inspect
import json
import pickle
from dataclasses import fields
from enum import Enum

import pytest

import core.errors
from core.errors import ErrorReport, FetchmillError, HttpStatusError
from core.job import FINAL_STATES, TRANSITIONS, JobId, JobSnapshot, JobState, SourceKind
from core.json_line import json_line
from core.settings import Existing, ProxyKind, Settings, is_proxy

ERRORS = [
    cls
    for _, cls in inspect.getmembers(core.errors, inspect.isclass)
    if issubclass(cls, FetchmillError) and cls not in cls.__subclasses__()
]


def test_every_state_has_its_moves_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(JobState)
    reachable = {JobState.QUEUED}
    for _ in JobState:
        reachable |= {to for state in reachable for to in TRANSITIONS[state]}
    assert reachable == set(JobState)
    for state in FINAL_STATES:
        assert TRANSITIONS[state] == {JobState.QUEUED}
    for state in set(JobState) - FINAL_STATES:
        assert JobState.CANCELLED in TRANSITIONS[state]


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_errors_survive_pickling_and_speak_for_themselves(cls: type[FetchmillError]) -> None:
    error = cls(404, "A sentence.") if issubclass(cls, HttpStatusError) else cls("A sentence.", "A hint.")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert again.report() == error.report()
    report = error.report()
    assert all((report.code, report.title, report.message, report.hint))
    assert report.code == report.code.lower().replace(" ", "-")
    assert cls.__doc__


def test_every_code_stands_in_the_tree() -> None:
    tree = core.errors.__doc__ or ""
    for cls in ERRORS:
        assert cls.__name__ in tree
        assert cls.code in tree or not vars(cls).get("code") or cls is FetchmillError


def test_the_record_has_the_promised_keys() -> None:
    job = JobSnapshot(JobId(1), 1, "http://h/a", SourceKind.URL, "", "a", JobState.FAILED, 0.0)  # type: ignore[arg-type]  # a number is a batch
    job = job._replace(error=ErrorReport("http-status", "t", "m", "h", 404), seconds_download=0.12345678)
    found = json.loads(json_line(job))
    assert list(found) == [
        *(
            "source",
            "state",
            "file",
            "original",
            "bytes_in",
            "bytes_out",
            "sha256",
            "width",
            "height",
            "format",
        ),
        *("seconds_download", "seconds_process", "attempts", "error"),
    ]
    assert found["error"] == {"code": "http-status", "title": "t", "message": "m", "hint": "h", "status": 404}
    assert found["seconds_download"] == 0.123457
    assert found["file"] is None


def test_settings_are_declared_completely() -> None:
    for field in fields(Settings):
        trait = Settings.trait(field.name)
        assert trait.title
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert trait.least is not None
            assert trait.most is not None
            assert trait.least <= field.default <= trait.most
        assert trait.auto == (field.default is None)


def test_settings_survive_a_file() -> None:
    settings = Settings(connections=9, timeout=2.5, existing=Existing.SKIP, keep_originals=False)
    mapping = json.loads(json.dumps(settings.to_mapping()))
    assert Settings.from_mapping(mapping) == (settings, ())
    assert Settings().to_mapping() == {}
    assert not any(isinstance(value, Enum) for value in settings.to_mapping().values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("connections", 0),
        ("connections", "four"),
        ("connections", True),
        ("timeout", 1e9),
        ("retries", None),
        ("existing", "overwrite"),
        ("keep_originals", "yes"),
        ("destination", 5),
        ("no-such-setting", 1),
    ],
)
def test_a_value_that_cannot_be_is_told_and_replaced_by_the_default(name: str, value: object) -> None:
    assert Settings.from_mapping({name: value, "retries": 7} if name != "retries" else {name: value}) == (
        Settings(retries=7) if name != "retries" else Settings(),
        (name,),
    )


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://host:3128", True),
        ("host", True),
        ("host:8080", True),
        ("SOCKS5H://user:pass%40word@host.example:1080/", True),
        ("https://[2001:db8::1]:443", True),
        ("", False),
        ("-", False),
        ("http://", False),
        ("ftp://host", False),
        ("http://host:0", False),
        ("http://host:65536", False),
        ("http://host/path", False),
        ("http://ho st", False),
        ("http://user:pass#word@host", False),
    ],
)
def test_proxies(url: str, is_one: bool) -> None:
    assert is_proxy(url) is is_one
    settings, refused = Settings.from_mapping({"proxy": url})
    assert (settings.proxy == url) is (is_one or not url)
    assert refused == (() if is_one or not url else ("proxy",))


@pytest.mark.parametrize(
    "url", ["http://me:secret@host:3128", "me:secret@host:3128", "socks5h://secret@host:3128"]
)
def test_a_proxy_s_login_is_neither_written_nor_printed(url: str) -> None:
    settings = Settings(proxy_kind=ProxyKind.MANUAL, proxy=url)
    assert "secret" not in repr(settings)
    written = settings.to_mapping()
    assert "secret" not in repr(written)
    again, _ = Settings.from_mapping(written)
    assert again.proxy.endswith("host:3128")
    assert again.proxy_kind is ProxyKind.MANUAL
