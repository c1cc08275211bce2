"""How fast a node is asked: never faster than it likes, slower while it struggles."""

import time
from collections.abc import Callable

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_SLOW = 4.0
"""An answer that takes this many times the usual is a sign of a struggling node."""
_NOTABLE_S = 0.5
"""Answers quicker than this are never called slow."""


class Pace:
    """The pause before the next request: longer after a refusal or a slow answer, then shorter.

    Parameters
    ----------
    delay_s
        Pause that is always made, as the node's settings say.
    """

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self.pause_s = delay_s
        self._usual_s: float | None = None

    def wait(self, sleep: Callable[[float], object] = time.sleep) -> None:
        """Make the pause."""
        if self.pause_s > 0:
            sleep(self.pause_s)

    def answered(self, took_s: float) -> None:
        """Note an answer and how long it took."""
        usual = self._usual_s if self._usual_s is not None else took_s
        if took_s > _NOTABLE_S and took_s > _SLOW * usual:
            self._slow_down()
            return
        self._usual_s = 0.9 * usual + 0.1 * took_s
        eased = self.pause_s / 2
        self.pause_s = max(self._delay_s, eased if eased > 0.01 else 0.0)

    def refused(self) -> None:
        """Note that the node refused, or broke off."""
        self._slow_down()

    def _slow_down(self) -> None:
        self.pause_s = min(max(2 * self.pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
