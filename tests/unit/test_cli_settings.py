"""The options that are settings: every setting that a run knows has one, and what cannot be is refused in one line."""

from dataclasses import fields
from typing import Final

import pytest

from core.cli import make_parser
from core.cli_settings import settings_from
from core.settings import Existing, ProxyKind, Settings

_OF_THE_WINDOW: Final = {"restart", "restart_seconds", "theme", "destination", "recipe"}


def settings(*options: str) -> Settings:
    return settings_from(make_parser().parse_args(["run", "http://h/a", "--to", "x", *options]))


def test_without_options_all_is_as_by_default() -> None:
    assert settings() == Settings()


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [
        ("--connections=9", "connections", 9),
        ("--connections=auto", "connections", None),
        ("--per-host=3", "per_host", 3),
        ("--segments=1", "segments", 1),
        ("--segments=auto", "segments", 8),
        ("--workers=2", "workers", 2),
        ("--limit-rate=2.5M", "limit_rate", 2_500_000),
        ("--max-filesize=2G", "largest_file", 2_000_000_000),
        ("--only-types=image, video/MP4", "only_types", ("image/*", "video/mp4")),
        ("--only-types=JPG,svg,PDF", "only_types", ("image/jpeg", "image/svg+xml", "application/pdf")),
        ("--keep-free=0", "keep_free", 0),
        ("--retries=0", "retries", 0),
        ("--timeout=2.5", "timeout", 2.5),
        ("--no-proxy=a.test,10.0.0.0/8", "proxy_exceptions", "a.test,10.0.0.0/8"),
        ("--netrc", "uses_netrc", True),
        ("--allow-downgrade", "allows_downgrade", True),
        ("--overwrite=skip", "existing", Existing.SKIP),
        ("--name={host}/{name}", "name_template", "{host}/{name}"),
        ("--no-originals", "keep_originals", False),
        ("--no-remote-time", "keeps_dates", False),
        ("--proxy=none", "proxy_kind", ProxyKind.NONE),
    ],
)
def test_each_option_is_its_setting_alone(option: str, name: str, value: object) -> None:
    meant = settings(option)
    changed = {f.name for f in fields(Settings) if getattr(meant, f.name) != getattr(Settings(), f.name)}
    assert getattr(meant, name) == value
    assert changed <= {name}


def test_a_proxy_is_two_settings() -> None:
    assert settings("--proxy=http://h:1") == Settings(proxy_kind=ProxyKind.MANUAL, proxy="http://h:1")


def test_hours_are_told_as_the_settings_file_has_them() -> None:
    meant = settings("--speed-schedule", "weekdays 08:00-18:00 500K,  saturday  22:00-06:00 no-limit")
    assert list(map(str, meant.speed_schedule)) == [
        "weekdays 08:00-18:00 500000",
        "saturday 22:00-06:00 no-limit",
    ]


def test_no_setting_of_a_run_is_without_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    known = vars(make_parser().parse_args(["run", "http://h/a", "--to", "x"]))
    assert {f.name for f in fields(Settings)} - set(known) - _OF_THE_WINDOW == {"proxy_kind"}
    with pytest.raises(SystemExit):
        make_parser().parse_args(["run", "--help"])
    told = capsys.readouterr().out
    assert all(f"\n{heading}:\n" in told for heading in ("limits", "network", "files", "asking"))


@pytest.mark.parametrize(
    "option",
    [
        "--segments=0",
        "--segments=65",
        "--max-filesize=1K",
        "--max-filesize=2000000G",
        f"--max-filesize={'9' * 400}",
        "--max-filesize=-1",
        "--limit-rate=1000",
        "--only-types=image,what ever",
        "--only-types=foo",
        "--only-types=image,pictures/png",
        "--speed-schedule=weekdays 08:00-18:00",
        "--speed-schedule=weekdays 08:00-18:00 10",
        "--speed-schedule=some-day 08:00-18:00 500K",
        "--speed-schedule=weekdays 08:00-25:00 500K",
        "--overwrite=maybe",
        "--timeout=nan",
    ],
)
def test_what_no_setting_can_be_is_said_in_one_line(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        settings(option)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert option.partition("=")[0] in told


def test_a_type_that_is_none_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        settings("--only-types=image,foo")
    told = capsys.readouterr().err
    assert "'foo' is none of image, video, audio, " in told
    assert "jpeg" in told
