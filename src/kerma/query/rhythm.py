"""The days on which a system sent in, whether it is silent for longer than is its habit out."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

WATCHED_DAYS = 92
"""Days back from today in which a system's usual pauses are looked for."""

_FEWEST_DAYS = 5
"""Days with studies below which a system has no rhythm, and is never called silent."""
_SHORTEST_PAUSE_DAYS = 2
"""A pause no longer than a weekend is never called silence."""


class Rhythm(NamedTuple):
    """How a system sends."""

    days: int
    """Watched days on which it sent."""
    longest_pause: int
    """Longest time between two of them, in days; 0 where there are not two."""
    pause: int
    """Days since it last sent."""

    @property
    def silent_days(self) -> int:
        """For how long it is silent where that is longer than ever, else 0."""
        usual = max(self.longest_pause, _SHORTEST_PAUSE_DAYS)
        return self.pause if self.days >= _FEWEST_DAYS and self.pause > usual else 0

    @property
    def sentence(self) -> str:
        """How one comes to call it silent."""
        return (
            f"No study for {self.pause} days. In the last {WATCHED_DAYS} days it sent on "
            f"{self.days}, with pauses of at most {self.longest_pause}."
        )


def rhythm(days: Sequence[dt.date], today: dt.date) -> Rhythm:
    """Return the rhythm of a system that sent on these days, in order."""
    if not days:
        return Rhythm(0, 0, 0)
    longest = max(((later - earlier).days for earlier, later in pairwise(days)), default=0)
    return Rhythm(len(days), longest, (today - days[-1]).days)
