"""Results of reading screens in; tables and whether the aims are met out."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_OUTCOMES = ("right", "WRONG", "glyphs", "review", "refused")
_GOOD_JPEG = ("JPEG 95", "JPEG 90", "JPEG 85", "JPEG 80", "JPEG 75")


class Result(NamedTuple):
    """How one study's screens were read."""

    layout: str
    font: str
    is_trained: bool
    kind: str
    outcome: str
    name: str
    why: str
    cpu_s: float
    pages: int
    is_small: bool
    """512 × 512 pixels."""


@dataclass(slots=True)
class Figures:
    """All results."""

    results: list[Result] = field(default_factory=list)
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, results: Sequence[Result], letters: Counter[tuple[str, str]]) -> None:
        """Add those of one scanner."""
        self.results += results
        self.letters += letters


def report(figures: Figures, seconds: float) -> int:
    """Print everything; 1 if a wrong number was believed."""
    load = os.getloadavg()[0]
    print(f"{len(figures.results)} studies in {seconds:.0f} s, load of the machine {load:.1f}")
    for trained in (True, False):
        chosen = [one for one in figures.results if one.is_trained == trained]
        _table("fonts that were taught" if trained else "fonts nobody has taught", chosen, "kind")
        _table("", chosen, "layout")
        _table("", chosen, "font")
    _letters(figures.letters)
    _reasons(figures.results)
    return _aims(figures.results)


def _table(title: str, results: Sequence[Result], by: str) -> None:
    if not results:
        return
    print(f"\n{title or by}\n{'':28}" + "".join(f"{one:>9}" for one in _OUTCOMES))
    counts = Counter((getattr(one, by), one.outcome) for one in results)
    for name in sorted({getattr(one, by) for one in results}):
        print(f"{name[:27]:28}" + "".join(f"{counts[name, one]:9}" for one in _OUTCOMES))


def _letters(letters: Counter[tuple[str, str]]) -> None:
    """Print the confusions: what is written, what was read, how often."""
    total = sum(letters.values())
    right = sum(times for (truth, seen), times in letters.items() if truth == seen)
    unknown = sum(times for (_, seen), times in letters.items() if not seen)
    wrong = {pair: times for pair, times in letters.items() if pair[1] and pair[0] != pair[1]}
    print(f"\nletters: {total}, right {right}, unknown {unknown}, other {sum(wrong.values())}")
    for (truth, seen), times in sorted(wrong.items(), key=lambda one: -one[1])[:40]:
        print(f"    {truth!r:12} read as {seen!r:12} {times:6}")
    digits = {pair: times for pair, times in wrong.items() if re.search(r"\d", pair[0])}
    numbers = {pair: times for pair, times in digits.items() if re.search(r"\d", pair[1])}
    print(f"a digit read as no digit {sum(digits.values()) - sum(numbers.values())}, as another one"
          f" {sum(numbers.values())}: {numbers or ''}")  # fmt: skip


def _reasons(results: Sequence[Result]) -> None:
    chosen = [one for one in results if one.is_trained and _is_aim(one)]
    print("\nwhy taught fonts without loss or with JPEG ≥ 75 were not read:")
    for layout in sorted({one.layout for one in chosen}):
        why = Counter(
            one.why[:160] or "unknown glyphs"
            for one in chosen
            if one.layout == layout and one.outcome != "right"
        )
        for sentence, times in why.most_common(5):
            print(f"    {layout:9}{times:5}  {sentence}")
    left_out = Counter(name for one in results if one.outcome == "right" for name in
                       set(one.why.split("; ")) if name)  # fmt: skip
    print(f"values left out of what was believed: {dict(left_out)}")


def _is_aim(one: Result) -> bool:
    return one.kind == "lossless" or one.kind in _GOOD_JPEG


def _share(results: Sequence[Result], outcome: str = "right") -> float:
    return sum(one.outcome == outcome for one in results) / max(len(results), 1)


def _aims(results: Sequence[Result]) -> int:
    taught = [one for one in results if one.is_trained]
    lossless = [one for one in taught if one.kind == "lossless"]
    jpeg = [one for one in taught if one.kind in _GOOD_JPEG]
    foreign = [one for one in results if not one.is_trained]
    wrong = [one for one in results if one.outcome == "WRONG"]
    pages = sum(one.pages for one in results)
    small = [one for one in taught if one.is_small and _is_aim(one)]
    print(f"\nwithout loss read: {_share(lossless):.2%} of {len(lossless)} (aim 99 %)")
    print(f"JPEG 75 and better read: {_share(jpeg):.2%} of {len(jpeg)} (aim 90 %)")
    print(f"fonts nobody has taught, to the trainer: {_share(foreign, 'glyphs'):.2%}, believed "
          f"{sum(o.outcome in ('right', 'WRONG') for o in foreign)} of {len(foreign)}")  # fmt: skip
    print(f"CPU a page: {sum(o.cpu_s for o in results) / max(pages, 1) * 1e3:.0f} ms; of 512 × 512 "
          f"{sum(o.cpu_s for o in small) / max(sum(o.pages for o in small), 1) * 1e3:.0f} ms "
          "(aim 100 ms)")  # fmt: skip
    print(f"wrong and believed: {len(wrong)} (aim 0)")
    for one in wrong[:60]:
        print(f"    {one.name}: {one.why[:200]}")
    return 1 if wrong else 0
