"""Proxies by setting, in an engine: they may change while it runs, and nobody else learns of their logins."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import JobState
from tests.support.engines import Listener, begin, finished_in, is_over, quick, run_to_end
from tests.support.proxy import Proxy
from tests.support.server import Server
from tests.support.waiting import wait_until

MakeEngine = Callable[..., Engine]


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks5", "socks5h")])
def test_a_proxy_is_taken_and_left_while_the_engine_runs(
    make_engine: MakeEngine, server: Server, tmp_path: Path, kind: str, scheme: str
) -> None:
    engine = make_engine(quick(proxy_kind="no-proxy"))
    heard = Listener(engine)
    urls = [server.serve(f"/{number}.bin", b"file") for number in range(3)]
    with Proxy(kind) as proxy:
        run_to_end(engine, urls[:1], tmp_path)
        engine.configure(quick(proxy_kind="manual", proxy=proxy.url(scheme)))
        run_to_end(engine, urls[1:2], tmp_path)
        engine.configure(quick(proxy_kind="manual", proxy=proxy.url(scheme), proxy_exceptions="127.0.0.0/8"))
        run_to_end(engine, urls[2:], tmp_path)
        assert proxy.asked == [f"127.0.0.1:{server.port}"]
    assert set(heard.states()) == {JobState.DONE}
    assert finished_in(tmp_path) == ["0.bin", "1.bin", "2.bin"]


def test_a_manual_proxy_without_an_address_is_no_way_past_it(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(proxy_kind="manual"))
    heard = begin(engine, tmp_path, "as-downloaded", server.serve("/a.bin", b"file"))
    wait_until(lambda: heard.states() == [JobState.FAILED], engine.jobs_changed)
    error = heard.job("a.bin").error
    assert error is not None
    assert error.code == "proxy"
    assert server.requests() == 0


def test_logins_of_the_home_folder_are_used_where_the_settings_say_so(
    make_engine: MakeEngine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    url = server.serve("/a.bin", b"file")
    for number, uses_netrc in enumerate((False, True)):
        engine = make_engine(quick(uses_netrc=uses_netrc))
        heard = begin(engine, tmp_path / str(number), "as-downloaded", url)
        wait_until(partial(is_over, heard), engine.totals_changed)
    assert [request.headers["Authorization"] is not None for request in server.received()] == [False, True]
