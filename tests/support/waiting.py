"""Waiting for Qt without sleeping: an event loop that a signal ends."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, SignalInstance

TIMEOUT_S: Final = 20.0
_RECHECK_MS: Final = 20


class WaitTimeoutError(AssertionError):
    """What was waited for did not come."""


class _Loop(QObject):
    """A nested event loop of one use that keeps what its checks raised.

    Its slots are methods of a QObject of this thread, so that emissions in other threads arrive here, in turn.
    """

    def __init__(self, is_over: Callable[[tuple[object, ...]], bool]) -> None:
        super().__init__()
        self._is_over = is_over
        self._loop = QEventLoop()
        self._raised: BaseException | None = None
        self.answer: tuple[object, ...] | None = None

    def take(self, *args: object) -> None:
        """Look at one emission, or at nothing but the time; end the loop where that is what was waited for."""
        if self.answer is not None or self._raised is not None:
            return
        try:
            if self._is_over(args):
                self.answer = args
        except BaseException as error:  # noqa: BLE001 - raised again, outside Qt, by run()
            self._raised = error
        if self.answer is not None or self._raised is not None:
            self._loop.quit()

    def run(self, timeout_s: float) -> bool:
        """Run until something is taken; False when time is up first. What a check raised is raised here."""
        if self.answer is None and self._raised is None:
            limit = QTimer(self)
            limit.setSingleShot(True)
            limit.timeout.connect(self._loop.quit)
            limit.start(round(timeout_s * 1000))
            self._loop.exec()
            limit.stop()
        if self._raised is not None:
            raise self._raised
        return self.answer is not None


def wait_for_signal(
    signal: SignalInstance,
    trigger: Callable[[], object] | None = None,
    check: Callable[..., object] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> tuple[object, ...]:
    """The arguments of the signal's next emission (the next for which ``check(*args)`` is true).

    Args:
        signal: A bound signal of an object of any thread.
        trigger: Called once the signal is connected, so that nothing it causes is missed.
        check: Which emission is meant; any by default.
        timeout_s: Seconds until WaitTimeoutError.
    """
    seen: list[tuple[object, ...]] = []

    def is_over(args: tuple[object, ...]) -> bool:
        seen.append(args)
        return check is None or bool(check(*args))

    loop = _Loop(is_over)
    signal.connect(loop.take)
    try:
        if trigger is not None:
            trigger()
        if not loop.run(timeout_s):
            last = (
                f"; the last of {len(seen)} emissions: {seen[-1]!r:.400}"
                if seen
                else "; it was never emitted"
            )
            raise WaitTimeoutError(f"no {signal!r} as wanted within {timeout_s} s{last}")
    finally:
        signal.disconnect(loop.take)
        loop.deleteLater()
    assert loop.answer is not None
    return loop.answer


def wait_until(
    condition: Callable[[], object], *signals: SignalInstance, timeout_s: float = TIMEOUT_S
) -> None:
    """Run the event loop until the condition holds; it is checked on each of the signals and every 20 ms.

    Raises WaitTimeoutError when it does not hold in time.
    """
    loop = _Loop(lambda _args: bool(condition()))
    loop.take()
    ticker = QTimer(loop)
    ticker.setTimerType(Qt.TimerType.PreciseTimer)
    ticker.timeout.connect(loop.take)
    with ExitStack() as connections:
        for signal in signals:
            signal.connect(loop.take)
            connections.callback(signal.disconnect, loop.take)
        ticker.start(_RECHECK_MS)
        ended = loop.run(timeout_s)
        ticker.stop()
    loop.deleteLater()
    if not ended:
        raise WaitTimeoutError(
            f"{getattr(condition, '__name__', condition)} did not hold within {timeout_s} s"
        )
