import sys

import pytest

from core import frozen

LOADER = {
    "LANG": "de_DE.UTF-8",
    "_PYI_ARCHIVE_FILE": "/app/fetchmill",
    "_PYI_PARENT_PROCESS_LEVEL": "1",
    "QT_PLUGIN_PATH": "/app/plugins",
}


def test_from_source_the_environment_stays_as_it_is() -> None:
    environment = {"QT_PLUGIN_PATH": "/home/plugins", "LD_LIBRARY_PATH": "/opt/lib"}

    frozen.begin(environment)

    assert environment == {"QT_PLUGIN_PATH": "/home/plugins", "LD_LIBRARY_PATH": "/opt/lib"}


def test_programs_started_by_a_frozen_one_do_not_get_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    environment = {**LOADER, "LD_LIBRARY_PATH": "/app/_internal", "HOME": "/home/ada"}

    frozen.begin(environment)

    assert environment == {"HOME": "/home/ada", "LANG": "de_DE.UTF-8"}


def test_the_users_own_search_path_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    environment = {
        **LOADER,
        "LD_LIBRARY_PATH": "/app/_internal:/opt/lib",
        "LD_LIBRARY_PATH_ORIG": "/opt/lib",
    }

    frozen.begin(environment)

    assert environment == {"LD_LIBRARY_PATH": "/opt/lib", "LANG": "de_DE.UTF-8"}


@pytest.mark.skipif(sys.platform != "linux", reason="locales of Linux")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "C"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}),
        ({"LC_ALL": "C"}, {"LC_ALL": "C"}),
        ({"LANG": "ja_JP.eucJP"}, {"LANG": "ja_JP.eucJP"}),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, {"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}),
    ],
)
def test_without_a_language_utf_8_is_spoken_as_from_source(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], after: dict[str, str]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    frozen.begin(before)

    assert before == after
