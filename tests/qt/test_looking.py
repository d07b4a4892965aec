"""What would come of a text is found out without adding anything, and holds nothing up."""

from functools import partial

from PySide6.QtWidgets import QApplication

from core.client import EngineClient
from core.engine import Engine
from core.interface import EngineInterface
from core.job import BatchReport, Drop
from tests.support.engines import Listener, quick
from tests.support.waiting import wait_for_signal


def look(engine: EngineInterface, text: str, ticket: int) -> BatchReport:
    (report,) = wait_for_signal(engine.looked, partial(engine.look, Drop(text, ticket=ticket)))
    assert isinstance(report, BatchReport)
    assert (report.ticket, report.batch) == (ticket, 0)
    return report


def test_a_look_adds_nothing(engine: Engine) -> None:
    heard = Listener(engine)
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop("http://h.test/old")))
    text = "http://h.test/new http://H.test:80/new\nsee http://h.test/old\nhttp://\nplain words\n"
    for ticket in (1, 2):
        report = look(engine, text, ticket)
        assert (report.added, report.duplicates, report.invalid, report.ignored) == (1, 2, 1, 1)
    assert len(heard.jobs) == 1


def test_only_the_last_look_is_answered(engine: Engine) -> None:
    long = "\n".join(f"http://h.test/{number}?{'x' * 100}" for number in range(50_000))
    tickets: list[int] = []
    engine.looked.connect(lambda report: tickets.append(report.ticket))

    def look_at_both() -> None:
        engine.look(Drop(long, ticket=1))
        engine.look(Drop("http://h.test/", ticket=2))

    wait_for_signal(engine.looked, look_at_both)
    look(engine, "", 3)
    assert tickets == [2, 3]


def test_a_long_list_is_looked_at_by_the_engine_s_process(qapp: QApplication) -> None:
    del qapp  # a client needs an event loop
    client = EngineClient(quick())
    try:
        wait_for_signal(client.recovered, client.begin)
        lines = "\n".join(f"http://h.test/{number}" for number in range(100_000))
        report = look(client, f"{lines}\nhttp://h.test/7", 5)
        assert (report.added, report.duplicates, report.invalid) == (100_000, 1, 0)
        wait_for_signal(client.closed, client.shut_down)
    finally:
        client.end()
