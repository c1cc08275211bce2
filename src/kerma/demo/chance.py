"""Random draws that repeat with their seed."""

import math
import random
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Shared(Protocol):
    """A thing that is drawn the more often the greater its share."""

    @property
    def share(self) -> float:
        """How often, relative to the others."""


Item = TypeVar("Item")
SharedItem = TypeVar("SharedItem", bound=Shared)


class Chance:
    """Draws for one purpose; the same `seed` values give the same draws on every machine."""

    def __init__(self, *seed: object) -> None:
        self._random = random.Random("/".join(map(str, seed)))

    def around(self, median: float, spread: float = 1.25) -> float:
        """Return a log-normal value; `spread` is the geometric standard deviation."""
        return median * math.exp(self._random.gauss(0, math.log(spread)))

    def normal(self, mean: float, deviation: float) -> float:
        """Return a normal value."""
        return self._random.gauss(mean, deviation)

    def between(self, low: float, high: float) -> float:
        """Return a value, all equally likely."""
        return self._random.uniform(low, high)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self._random.randint(low, high)

    def count(self, median: float) -> int:
        """Return how many there are, at least one where one is usual."""
        return max(1, round(self.around(median, 1.4))) if median else 0

    def happens(self, probability: float) -> bool:
        """Return True this often."""
        return self._random.random() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one, all equally likely."""
        return self._random.choice(items)

    def pick_shared(self, items: Sequence[SharedItem]) -> SharedItem:
        """Return one according to the shares."""
        return self._random.choices(items, [item.share for item in items])[0]

    def pick_weighted(self, weights: Sequence[float]) -> int:
        """Return an index according to the weights."""
        return self._random.choices(range(len(weights)), weights)[0]

    def uid(self) -> str:
        """Return a UID made from a UUID (PS3.5 B.2)."""
        return f"2.25.{self._random.getrandbits(128)}"


def rounded(value: float, digits: int = 4) -> float:
    """Return `value` with so many significant digits, as devices write it."""
    return float(f"{value:.{digits}g}")


def total(values: Sequence[float]) -> float:
    """Return the sum as a device would declare it, in 8 significant digits."""
    return rounded(math.fsum(values), 8)
