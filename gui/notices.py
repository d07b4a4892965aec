"""The engine's reports in words for the banner. Pure functions."""

from collections.abc import Sequence

from core.errors import ErrorReport
from core.job import BatchReport
from core.report import Exported, Recovery, Summary
from core.settings import Settings
from gui.banner import Choice, Notice, Tone
from gui.formatting import count_text, counted, listed
from gui.report_text import summary_line

_STAYS = 9.0
_TO_UNDO = 10.0
_REFUSED = "bad-recipe"  # nothing has begun; Start tries again
_CALM = "network-away"  # nothing is wrong here, and nothing is to be done


def batch_notice(report: BatchReport) -> Notice:
    """``300 photos.txt: 298 new, 2 duplicates, 1 invalid``."""
    parts = [f"{count_text(report.added)} new"]
    if report.again:
        parts.append(f"{count_text(report.again)} done before")
    if report.duplicates:
        parts.append(counted(report.duplicates, "duplicate"))
    if report.invalid:
        parts.append(f"{count_text(report.invalid)} invalid")
    if report.ignored:
        parts.append(f"{count_text(report.ignored)} ignored")
    title = f"{report.title}: {', '.join(parts)}" if report.title else ", ".join(parts)
    if report.invalid:
        hint = "What is invalid stands in the list as failed, with the reason."
        return Notice(title, hint=hint, tone=Tone.WARNING, topic="batch")
    if not report.added and not report.again:
        hint = (
            "Everything is in the list already." if report.duplicates else "No URLs or pictures were found."
        )
        return Notice(title, hint=hint, tone=Tone.NEUTRAL, topic="batch", seconds=_STAYS)
    hint = "What was done before is only looked at: what has not changed is not downloaded again."
    return Notice(title, hint=hint * bool(report.again), tone=Tone.DONE, topic="batch", seconds=_STAYS)


def lost_notice(error: ErrorReport) -> Notice:
    """The engine died."""
    return Notice(error.title, error.message, error.hint, Tone.FAILED, topic="engine")


def restarted_notice(recovery: Recovery) -> Notice:
    """A new engine took the place of one that was lost."""
    title = "Back at work" if recovery.was_running else "The engine is back"
    message = "It was started again."
    if recovery.jobs:
        verb = "is" if recovery.jobs == 1 else "are"
        message = f"The engine was started again, and {counted(recovery.jobs, 'job')} {verb} back."
    hint = "The work goes on." if recovery.was_running else ""
    return Notice(title, message, hint, Tone.DONE, topic="engine", seconds=_STAYS)


def recovered_title(recovery: Recovery) -> str:
    """``120 jobs are back, 37 of them unfinished``."""
    title = f"{counted(recovery.jobs, 'job')} {'is' if recovery.jobs == 1 else 'are'} back"
    if not recovery.unfinished:  # which is not to say that none of them failed
        return f"{title}, with nothing left to do"
    if recovery.unfinished == recovery.jobs:
        return f"{title}, unfinished" if recovery.jobs == 1 else f"{title}, none of them finished"
    return f"{title}, {count_text(recovery.unfinished)} of them unfinished"


def recovered_notice(recovery: Recovery) -> Notice:
    """What the queue file held, where nothing was running."""
    hint = "They stay paused, as you left them. Press Start to go on." if recovery.was_paused else ""
    return Notice(recovered_title(recovery), hint=hint, topic="restart", seconds=_STAYS)


def going_on_notice(recovery: Recovery) -> Notice:
    """What was running goes on, at once or now that the countdown is over."""
    return Notice(
        recovered_title(recovery), "The work goes on.", tone=Tone.DONE, topic="restart", seconds=_STAYS
    )


def countdown_notice(recovery: Recovery, seconds: int, choices: tuple[Choice, ...]) -> Notice:
    """What was running goes on in a moment."""
    message = f"They were being worked on when Fetchmill last ended. Going on in {seconds} s."
    return Notice(recovered_title(recovery), message, topic="restart", choices=choices, urgent=True)


def asking_notice(recovery: Recovery, choices: tuple[Choice, ...]) -> Notice:
    """What was running waits for a word."""
    message = "They were being worked on when Fetchmill last ended."
    return Notice(recovered_title(recovery), message, topic="restart", choices=choices, urgent=True)


def queue_file_notice(report: ErrorReport) -> Notice:
    """Something was wrong with the queue file."""
    return Notice(report.title, report.message, report.hint, Tone.WARNING, urgent=True)


def trouble_notice(report: ErrorReport, choices: tuple[Choice, ...]) -> Notice:
    """The engine has paused by itself, or waits, or has not begun."""
    if report.code == _REFUSED:
        return Notice(report.title, report.message, report.hint, Tone.FAILED, "trouble", urgent=True)
    hint = "The work goes on by itself when that is over."  # the report's own is for a job that has failed
    tone = Tone.NEUTRAL if report.code == _CALM else Tone.FAILED
    return Notice(report.title, report.message, hint, tone, "trouble", choices=choices, urgent=True)


def taken_notice(count: int, choices: tuple[Choice, ...], *, runs: bool) -> Notice:
    """Jobs wait for a word on what is to happen to files that exist.

    Args:
        count: How many.
        choices: What may be answered.
        runs: Whether more of them may come, for which the answer counts as well.
    """
    title = f"{counted(count, 'file exists', 'files exist')} already"
    kept = "It was left as it is." if count == 1 else "They were left as they are."
    hint = "The answer is for all of them." if count > 1 else ""
    if runs:
        hint = "The answer is for all of them, and for those that still come in this run."
    return Notice(title, kept, hint, Tone.WARNING, "taken", choices=choices, urgent=True)


def removed_notice(count: int, choices: tuple[Choice, ...]) -> Notice:
    """Jobs were taken off the list."""
    title = f"{counted(count, 'job')} removed from the list"
    return Notice(title, "Files stay where they are.", topic="removed", seconds=_TO_UNDO, choices=choices)


def exported_notice(exported: Exported, choices: tuple[Choice, ...] = ()) -> Notice:
    """A file was written, or was not."""
    error = exported.error
    if error is not None:  # its hint is for downloads
        message = f"{error.title}: {error.message}"
        return Notice("Nothing was exported", message, "Choose another place.", Tone.FAILED, "export")
    title = f"{counted(exported.jobs, 'job')} exported"
    return Notice(title, exported.path, tone=Tone.DONE, topic="export", seconds=_TO_UNDO, choices=choices)


def summary_notice(summary: Summary, choices: tuple[Choice, ...]) -> Notice:
    """A run has ended."""
    tone = Tone.WARNING if summary.failed else Tone.DONE
    return Notice(summary_line(summary), tone=tone, topic="summary", choices=choices)


def refused_notice(names: Sequence[str]) -> Notice:
    """Settings in the file that could not be used."""
    titles = [_title_of(name) for name in names]
    message = f"The settings file has unusable values for: {listed(titles)}. Defaults are used instead."
    return Notice(
        "Some settings were not usable", message, "Open Settings to choose anew.", Tone.WARNING, "settings"
    )


def unreadable_notice(reason: str) -> Notice:
    """A settings file that could not be read at all."""
    return Notice(
        "Settings could not be read", reason, "Defaults are used instead.", Tone.WARNING, "settings"
    )


def fault_notice(error: BaseException, choices: tuple[Choice, ...] = ()) -> Notice:
    """A fault of our own."""
    message = f"{type(error).__name__}: {error}"
    return Notice("Fault in Fetchmill", message, "", Tone.FAILED, "fault", choices=choices)


def crash_notice(choices: tuple[Choice, ...]) -> Notice:
    """The window before this one has crashed."""
    message = "A report of the crash was kept on this computer; it was sent to nobody."
    title = "Fetchmill closed unexpectedly last time"
    return Notice(title, message, tone=Tone.WARNING, topic="crash", choices=choices, urgent=True)


def diagnostics_notice(lines: int) -> Notice:
    """The diagnostics are on the clipboard."""
    message = f"{count_text(lines)} lines, without passwords, queries of URLs and your folder's name."
    return Notice("Diagnostics copied", message, tone=Tone.DONE, topic="diagnostics", seconds=_STAYS)


def _title_of(name: str) -> str:
    try:
        return Settings.trait(name).title.lower()
    except KeyError:
        return name
