import sys

import pytest

from core import frozen

LOADER = {
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

    assert environment == {"HOME": "/home/ada"}


def test_the_users_own_search_path_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    environment = {
        **LOADER,
        "LD_LIBRARY_PATH": "/app/_internal:/opt/lib",
        "LD_LIBRARY_PATH_ORIG": "/opt/lib",
    }

    frozen.begin(environment)

    assert environment == {"LD_LIBRARY_PATH": "/opt/lib"}
