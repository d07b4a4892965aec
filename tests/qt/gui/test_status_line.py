from core.downloads.network import NetworkAwayError
from core.errors import RecipeError
from core.job import JobState, Progress, RunState, Totals
from gui.action_states import Situation, action_states, retry_text
from gui.banner import Tone
from gui.notices import trouble_notice
from gui.status_line import bottleneck_text, status_line, unfinished
from tests.qt.gui.scripted_engine import DISK_FULL, snapshot


def totals(run: RunState = RunState.IDLE, **counts: int) -> Totals:
    states = {JobState[name.upper()]: count for name, count in counts.items()}
    whole = sum(counts.values())
    over = sum(count for state, count in states.items() if state.is_final)
    return Totals(run, states, Progress(over, whole), Progress(over, whole), Progress(over, whole))


def test_nothing_yet() -> None:
    assert status_line(totals()) == "Ready"


def test_waiting() -> None:
    assert status_line(totals(queued=300)) == "300 waiting · press Start"
    assert status_line(totals(queued=3, done=2)) == "3 waiting · press Start"


def test_running() -> None:
    running = totals(RunState.RUNNING, queued=288, done=12)._replace(speed=8.2e6, seconds_left=131)
    assert status_line(running) == "Downloading 12 of 300 · 8.2 MB/s · about 2 min left"
    processing = totals(RunState.RUNNING, processing=3, done=297)._replace(downloads=Progress(300, 300))
    assert status_line(processing) == "Processing 297 of 300"
    assert bottleneck_text(running._replace(bottleneck="network")) == "Limited by the network"
    assert bottleneck_text(running._replace(bottleneck="processing")) == "Limited by processing"
    assert bottleneck_text(running) == ""


def test_what_waits_for_an_answer_is_not_finished() -> None:
    assert status_line(totals(done=15, failed=8), 4) == "4 need an answer · 15 done, 8 failed"
    assert status_line(totals(done=1, failed=1), 1) == "1 needs an answer · 1 done, 1 failed"
    assert status_line(totals(queued=3, failed=1), 1) == "3 waiting · press Start"


def test_paused() -> None:
    assert status_line(totals(RunState.PAUSED, paused=2, done=1)) == "Paused · 1 of 3 finished"


def test_trouble_is_named() -> None:
    now = totals(RunState.PAUSED, queued=2, done=1)._replace(trouble=DISK_FULL)
    assert status_line(now) == "Paused: disk full · 1 of 3 finished"
    refused = totals(queued=2)._replace(trouble=RecipeError("It has no picture.").report())
    assert status_line(refused) == "Not started: recipe not usable · 0 of 2 finished"
    away = totals(RunState.RUNNING, retrying=2, done=1)._replace(trouble=NetworkAwayError("").report())
    assert status_line(away) == "Waiting: the network is away · 1 of 3 finished"


def test_nobody_is_alarmed_by_a_network_that_is_away() -> None:
    assert trouble_notice(NetworkAwayError("").report(), ()).tone is Tone.NEUTRAL
    assert trouble_notice(DISK_FULL, ()).tone is Tone.FAILED


def test_a_recipe_that_is_refused_is_told_with_what_to_do() -> None:
    error = RecipeError("mine.toml, line 7: operations[1].picture: no such file.", "Name a picture.").report()
    told = trouble_notice(error, ())
    assert (told.title, told.message, told.hint) == (error.title, error.message, error.hint)
    assert told.tone is Tone.FAILED


def test_the_end_is_done_and_failed() -> None:
    assert status_line(totals(done=298, failed=2)) == "Finished · 298 done, 2 failed"
    all_ends = totals(done=100_000, failed=0, skipped=3, cancelled=1)
    assert status_line(all_ends) == "Finished · 3 skipped · 1 cancelled · 100000 done, 0 failed"
    assert unfinished(all_ends) == 0


def enabled(now: Totals, *selected: JobState, ready: bool = True, has_file: bool = False) -> set[str]:
    situation = Situation(now, frozenset(selected), ready=ready, has_file=has_file)
    return {name for name, on in action_states(situation).items() if on}


def test_actions_follow_the_totals() -> None:
    assert enabled(totals()) == {"import_list"}
    always = {"import_list", "export_list", "export_links"}
    assert enabled(totals(queued=1)) == {"start", "start_or_pause", "cancel", *always}
    assert enabled(totals(RunState.RUNNING, downloading=1)) == {"pause", "start_or_pause", "cancel", *always}
    assert {"start", "pause"} <= enabled(totals(RunState.PAUSED, paused=1))
    assert enabled(totals(done=1, failed=1)) == {"retry_failed", "clear_finished", "export_failed", *always}
    assert "undo" in enabled(totals()._replace(undoable=3))
    assert enabled(totals(queued=1), ready=False) == set()


def test_actions_follow_the_selection() -> None:
    now = totals(done=1, failed=1)
    assert {"remove", "copy_source", "toggle_details"} <= enabled(now, JobState.DONE)
    assert {"retry", "refresh"} <= enabled(now, JobState.DONE)
    assert "refresh" not in enabled(now, JobState.FAILED)
    assert "retry" not in enabled(totals(queued=1), JobState.QUEUED)
    failed = Situation(now, frozenset({JobState.FAILED}), snapshot(1, JobState.FAILED))
    assert action_states(failed)["retry_cause"]
    assert retry_text(frozenset({JobState.DONE})) == "Make again"
    assert retry_text(frozenset({JobState.DONE, JobState.FAILED})) == "Retry"
    assert "retry" in enabled(now, JobState.FAILED)
    assert "cancel" not in enabled(totals(queued=1, done=1), JobState.DONE)
    assert {"open_file", "show_in_folder"} <= enabled(now, JobState.DONE, has_file=True)
