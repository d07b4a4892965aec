"""Every fault ends truthfully: the right file, or a failed row with the right code; never a wrong file, never a hang."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.hostile.case import Case
from tests.hostile.trial import CASES, Verdict, try_ours
from tests.support.slow import slow

QUICK = [case for case in CASES if not case.is_slow]
SAMPLE = QUICK[::4]  # they stand in the order of what is at fault: some of each kind
SLOW = [case for case in CASES if case.is_slow]


def verdicts_on(cases: list[Case], folder: Path) -> dict[str, Verdict]:
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl")
    if not socket.has_ipv6:
        pytest.skip("one of the cases is IPv6 only")
    return {verdict.case.id: verdict for verdict in try_ours(cases, folder / "run")}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_on(SAMPLE, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_on(QUICK, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def waited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_on(SLOW, tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.id)
def test_one_fault_in_four_ends_truthfully(case: Case, sample: dict[str, Verdict]) -> None:
    verdict = sample[case.id]
    assert verdict.wrong == "", f"{case.fault}: {verdict.happened}"


@pytest.mark.parametrize("case", slow(*QUICK), ids=lambda case: case.id)
def test_a_fault_ends_truthfully(case: Case, quick: dict[str, Verdict]) -> None:
    verdict = quick[case.id]
    assert verdict.wrong == "", f"{case.fault}: {verdict.happened}"


@pytest.mark.parametrize("case", slow(*SLOW), ids=lambda case: case.id)
def test_a_fault_that_takes_time_ends_truthfully(case: Case, waited: dict[str, Verdict]) -> None:
    verdict = waited[case.id]
    assert verdict.wrong == "", f"{case.fault}: {verdict.happened}"


def test_no_case_is_played_twice() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
