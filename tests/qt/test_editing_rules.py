"""Another URL or other headers: what is refused, what is recognised, what is written down."""

import os
from pathlib import Path

import pytest

from core.asked import KEYS_LOST, Asked
from core.job import Drop, Edit, Edited, JobState, RunState
from tests.support.rescue import BODY, CUT, CUT_SHORT, EXPIRED, Held, edit, ranges
from tests.support.server import Answer, Received, Server
from tests.support.waiting import wait_for_signal, wait_until


def test_the_same_list_again_and_the_new_link_are_known(held: Held, server: Server) -> None:
    old = held.fail_halfway(server).source
    new = server.serve("/new.bin", BODY)
    held.edit(new)
    for restarts in (False, True):
        if restarts:
            held.restart()
        for url in (old, new):
            report = held.add(url)
            assert (report.added, report.duplicates) == (0, 1)
    held.engine.remove(tuple(held.heard.jobs))
    assert held.add(old, new).added == 2
    held.engine.undo()
    assert len(held.heard.jobs) == 2


def test_the_ledger_knows_which_link_gave_what(held: Held, server: Server) -> None:
    old = held.fail_halfway(server).source
    new = server.serve("/new.bin", BODY)
    held.edit(new)
    held.run()
    held.engine.clear_finished()
    other = os.urandom(1000)
    server.serve("/old.bin", other)
    held.engine.add(Drop(f"{old}\n{new}"))
    held.run()
    assert [held.heard.job(end).state for end in ("/old.bin", "/new.bin")] == [
        JobState.DONE,
        JobState.SKIPPED,
    ]
    assert Path(held.heard.job("/old.bin").file or "").read_bytes() == other


def test_what_the_ledger_says_of_the_old_link_comes_too_late(held: Held, server: Server) -> None:
    old, other = server.serve("/old.bin", BODY), os.urandom(1000)
    held.add(old)
    held.run()
    held.engine.clear_finished()
    held.add(old)

    def start_and_edit() -> None:
        held.start()  # asks the ledger of the old link, which is up to date
        held.edit(server.serve("/new.bin", other))

    wait_for_signal(held.engine.totals_changed, start_and_edit, lambda totals: totals.run is RunState.IDLE)
    assert held.only().state is JobState.DONE
    assert Path(held.only().file or "").read_bytes() == other


def test_a_link_that_was_misspelt(held: Held, server: Server) -> None:
    held.add("htp:/127.0.0.1/a.bin")
    held.edit(server.serve("/a.bin", BODY))
    held.run()
    job = held.only()
    assert (job.state, job.name) == (JobState.DONE, "a.bin")
    assert (held.out / "a.bin").read_bytes() == BODY


def test_other_headers_do_not_make_a_link_of_what_is_none(held: Held, server: Server) -> None:
    held.add("htp:/127.0.0.1/a.bin", server.serve("/b.bin", EXPIRED))
    held.run()
    error = held.heard.job("htp:/127.0.0.1/a.bin").error
    assert error is not None
    held.edit(asked=Asked(headers=(("X-Key", "open"),)))
    held.run()
    job = held.heard.job("htp:/127.0.0.1/a.bin")
    assert (job.state, job.error) == (JobState.FAILED, error)
    assert server.requests("/b.bin") == 2


def test_other_headers_for_several_jobs(held: Held, server: Server) -> None:
    def lock(name: str) -> None:
        body = os.urandom(1000)
        server.serve_by(name, lambda request: Answer(body) if request.headers["X-Key"] == "open" else EXPIRED)

    for name in ("/a.bin", "/b.bin"):
        lock(name)
    done = server.serve("/done.bin", b"done")
    held.engine.add(Drop(f"{server.url('/a.bin')}\n{server.url('/b.bin')}\n{done}"))
    held.run()
    assert held.heard.states() == [JobState.FAILED, JobState.FAILED, JobState.DONE]
    answer = held.edit(asked=Asked(headers=(("X-Key", "open"), ("Referer", "http://page.example/"))))
    assert answer.jobs == 2
    held.restart()
    assert all(KEYS_LOST in held.heard.job(end).notes for end in ("/a.bin", "/b.bin"))
    assert b"X-Key" not in held.path.read_bytes()
    assert held.heard.job("/a.bin").asked == Asked(headers=(("Referer", "http://page.example/"),))
    held.edit(asked=Asked(headers=(("X-Key", "open"),)))
    held.run()
    assert held.heard.states() == [JobState.DONE] * 3
    assert not any(job.notes for job in held.heard.jobs.values())
    assert server.requests("/done.bin") == 1


def test_a_job_whose_keys_a_restart_took_is_not_asked_for_without_them(held: Held, server: Server) -> None:
    """Its server sends a page to log in where there is no cookie: that must not take the place of the bytes."""

    def choose(request: Received) -> Answer:
        has_key = request.headers["Cookie"] == "session=ok"
        return (
            CUT_SHORT
            if has_key and request.headers["Range"] is None
            else Answer(BODY if has_key else b"log in")
        )

    url, cookie = server.serve_by("/a.zip", choose), Asked(headers=(("Cookie", "session=ok"),))
    held.add(url, asked=cookie)
    held.run()
    assert held.only().received == CUT
    held.engine.retry()
    held.restart()
    requests = server.requests()
    held.run()
    job = held.only()
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("keys-missing", KEYS_LOST)
    assert server.requests() == requests
    held.restart()
    held.edit(asked=cookie)
    held.run()
    assert (held.out / "a.zip").read_bytes() == BODY
    assert ranges(server, "/a.zip")[-1] == f"bytes={CUT}-"


def test_a_failed_job_lacks_its_keys_after_a_restart_as_well(held: Held, server: Server) -> None:
    url = server.serve("/a.bin", EXPIRED, Answer(b"log in"))
    held.add(url, asked=Asked(headers=(("X-Key", "k"),)))
    held.run()
    held.restart()
    assert held.only().notes == (KEYS_LOST,)
    held.engine.retry()
    held.run()
    job = held.only()
    assert job.error is not None
    assert job.error.code == "keys-missing"
    assert server.requests("/a.bin") == 1


def test_a_job_whose_keys_a_restart_took_may_be_asked_for_without_them(held: Held, server: Server) -> None:
    held.add(server.serve("/a.bin", BODY), asked=Asked(headers=(("X-Key", "k"),)))
    held.restart()
    held.run()
    assert held.heard.states() == [JobState.FAILED]
    held.engine.retry()
    held.run()
    assert held.heard.states() == [JobState.DONE]


def test_a_curl_command_in_place_of_the_link(held: Held, server: Server) -> None:
    held.fail_halfway(server)
    new = server.serve("/new.bin", BODY)
    command = f"curl '{new}' \\\n  -H 'Range: bytes=0-' \\\n  -b 'a=1' --compressed"
    looked = held.edit(command, Asked(headers=(("X-Old", "o"),)), applies=False)
    assert (looked.source, looked.asked, looked.jobs) == (new, Asked(headers=(("Cookie", "a=1"),)), 1)
    assert held.only().source.endswith("/old.bin")
    held.edit(command, Asked(headers=(("X-Old", "o"),)))
    held.run()
    assert (held.out / "old.bin").read_bytes() == BODY
    request = server.received("/new.bin")[-1]
    assert [request.headers[name] for name in ("Cookie", "X-Old", "Range")] == ["a=1", None, f"bytes={CUT}-"]


def test_no_login_reaches_the_disk(held: Held, server: Server) -> None:
    held.fail_halfway(server)
    new = server.serve("/new.bin", BODY).replace("//", "//me:open-sesame@")
    held.edit(new)
    held.run()
    held.restart()
    assert (held.out / "old.bin").read_bytes() == BODY
    assert held.only().source == server.url("/new.bin")
    left = [path for folder in (held.out, held.path.parent) for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in left if b"sesame" in path.read_bytes()]


@pytest.mark.parametrize(
    ("source", "code", "word"),
    [
        ("", "bad-url", "neither a URL"),
        ("example.org/a.bin", "bad-url", "neither a URL"),
        ("http://", "bad-url", "names no host"),
        ("http://h:99999/a", "bad-url", "port"),
        ("ftp://h/a.bin", "unsupported-scheme", "ftp"),
        ("curl -X POST http://h/a", "unusable-request", "-X"),
        ("curl http://h/a http://h/b", "unusable-request", "several"),
        ("{listed}", "unusable-request", "on the list"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    held: Held, server: Server, source: str, code: str, word: str
) -> None:
    before = held.fail_halfway(server)
    listed = server.serve("/listed.bin", BODY)
    held.add(listed)
    answer = edit(held.engine, Edit((before.id,), source.format(listed=listed)))
    assert answer.error is not None
    assert (answer.error.code, answer.jobs) == (code, 0)
    assert word in answer.error.message
    assert held.heard.jobs[before.id] == before


def test_what_is_done_is_left_alone(held: Held, server: Server) -> None:
    held.engine.add(Drop(server.serve("/a.bin", BODY)))
    held.run()
    before = held.only()
    for answer in (held.edit(server.url("/b.bin")), held.edit(asked=Asked(headers=(("X-Key", "k"),)))):
        assert answer.error is not None
    assert held.only() == before


def test_a_cookie_file_that_is_not_there(held: Held, server: Server, tmp_path: Path) -> None:
    held.fail_halfway(server)
    answer = held.edit(asked=Asked(cookies_file=str(tmp_path / "none.txt")))
    assert answer.error is not None
    assert "cannot be read" in answer.error.message


def test_a_cookie_file_that_does_not_come_holds_nothing_up(
    held: Held, server: Server, tmp_path: Path
) -> None:
    """As on a disk that is away; a pipe that nobody writes to is one."""
    held.add(server.serve("/a.bin", BODY))
    slow, answers = tmp_path / "cookies.txt", list[Edited]()
    os.mkfifo(slow)
    held.engine.edited.connect(answers.append)
    ids = tuple(held.heard.jobs)

    def edit_both() -> None:
        held.engine.edit(Edit(ids, asked=Asked(cookies_file=str(slow)), ticket=1))
        held.engine.edit(Edit(ids, asked=Asked(headers=(("DNT", "1"),)), applies=False, ticket=2))

    wait_for_signal(held.engine.edited, edit_both)
    assert [answer.ticket for answer in answers] == [2]
    line = "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\topen\n"
    (answer,) = wait_for_signal(held.engine.edited, lambda: slow.write_text(line))
    assert answer == Edited(1, 1)
    wanted = Asked(cookies_file=str(slow))
    wait_until(lambda: held.only().asked == wanted, held.engine.jobs_changed)
