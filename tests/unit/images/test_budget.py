"""Which pictures may start, by the memory that they need."""

from pathlib import Path

from core.images import budget
from core.images.budget import Waiting, default_budget
from core.images.recipe_file import find_recipe
from core.images.task import ProcessTask

MB = 1 << 20
BUDGET = 1000 * MB


def task(ticket: int) -> ProcessTask:
    return ProcessTask(ticket, "", (), find_recipe("jpeg"))


def waiting(*tickets: int) -> Waiting:
    found = Waiting()
    for ticket in tickets:
        found.add(task(ticket))
    return found


def ask(found: Waiting, taken: int, workers: int = 4) -> tuple[int, int, int] | None:
    """Ticket, allowance and reservation of what may start, in MB."""
    admitted = found.take(taken * MB, BUDGET, workers)
    if admitted is None:
        return None
    return admitted.task.ticket, (admitted.task.allowance or 0) // MB, admitted.reserved // MB


def test_each_gets_an_equal_share_until_its_need_is_known() -> None:
    found = waiting(1, 2)
    assert ask(found, 0) == (1, 250, 250)
    assert ask(found, 900) == (2, 100, 100)  # or what is left
    assert ask(found, 0) is None


def test_many_workers_with_little_memory_are_as_many_as_there_is_room_for() -> None:
    found = waiting(*range(1, 40))
    taken = 0
    while (admitted := ask(found, taken, workers=64)) is not None:
        taken += admitted[2]
    assert taken == 15 * 64


def test_one_that_needs_more_gets_it_when_there_is_as_much() -> None:
    found = waiting(1)
    assert ask(found, 250) is not None
    found.put_back(task(1), 800 * MB)
    assert ask(found, 250) is None
    assert ask(found, 200) == (1, 800, 800)


def test_one_that_needs_more_than_all_runs_alone() -> None:
    found = waiting(1)
    assert ask(found, 0) is not None
    found.put_back(task(1), 5000 * MB)
    assert ask(found, 1) is None
    assert ask(found, 0) == (1, 5000, 5000)
    found.add(task(2))
    assert ask(found, 5000) is None  # nothing runs beside it


def test_small_ones_pass_a_large_one_but_not_for_ever() -> None:
    found = waiting(*range(1, 40))
    assert ask(found, 0) is not None
    found.put_back(task(1), 900 * MB)
    passed = []
    while (admitted := ask(found, 500)) is not None:
        passed.append(admitted[0])
    assert 0 < len(passed) < 20
    assert passed == list(range(2, 2 + len(passed)))
    assert ask(found, 0) == (1, 900, 900)
    assert ask(found, 500) is not None  # and others go on


def test_large_ones_keep_their_order() -> None:
    found = waiting(1, 2, 3)
    for _ in range(3):
        assert ask(found, 0) is not None
    for ticket in (2, 3, 1):
        found.put_back(task(ticket), 900 * MB)
    assert [ask(found, 0) for _ in range(3)] == [(ticket, 900, 900) for ticket in (1, 2, 3)]


def test_what_is_forgotten_holds_nobody_up() -> None:
    found = waiting(1, 2)
    assert ask(found, 0) is not None
    found.put_back(task(1), 5000 * MB)
    found.forget(1)
    assert ask(found, 100) == (2, 250, 250)
    assert [one.ticket for one in waiting(3, 4).clear()] == [3, 4]


def test_without_a_budget_all_may_start() -> None:
    found = waiting(1)
    admitted = found.take(0, None, 2)
    assert admitted is not None
    assert (admitted.task.allowance, admitted.reserved) == (None, 0)


def test_the_budget_is_half_of_what_there_is() -> None:
    half = default_budget()
    assert half is not None
    assert 64 * MB < half < 1 << 50


def test_the_least_limit_of_the_control_groups_counts(tmp_path: Path) -> None:
    inner = tmp_path / "user" / "app"
    inner.mkdir(parents=True)
    own = tmp_path / "own"
    own.write_text("0::/user/app\n")
    assert budget._of_group(tmp_path, own) is None
    (inner / "memory.max").write_text("max\n")
    assert budget._of_group(tmp_path, own) is None
    (tmp_path / "user" / "memory.max").write_text("400000000\n")
    assert budget._of_group(tmp_path, own) == 400_000_000
    (inner / "memory.max").write_text("300000000\n")
    assert budget._of_group(tmp_path, own) == 300_000_000


def test_control_groups_of_version_1(tmp_path: Path) -> None:
    (tmp_path / "memory" / "app").mkdir(parents=True)
    (tmp_path / "memory" / "app" / "memory.limit_in_bytes").write_text("500000000\n")
    own = tmp_path / "own"
    own.write_text("5:cpu:/app\n4:memory:/app\n")
    assert budget._of_group(tmp_path, own) == 500_000_000
    own.write_text("4:memory:/elsewhere/../../..\n")
    assert budget._of_group(tmp_path, own) is None
