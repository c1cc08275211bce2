"""Let rapidocr read dose screens that wait for a person, and count what it adds.

    python bench/second_opinion.py [--screens 40] [--seed 1]

Needs the extra `ocr`. The screens are of fonts that nobody has taught (all their shapes unknown),
half of them compressed with JPEG. Counted: doses of which rapidocr gives the right value, a wrong
one, or none; whole tables; letters it proposes for unknown shapes; time of a processor, and
memory. No network is used: whatever asks for it ends the program.
"""

import argparse
import random
import resource
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace
from screen_damage import damaged
from screen_fonts import pen, present

from kerma.demo.screens.drawing import Screen, draw
from kerma.demo.screens.invented import study
from kerma.demo.screens.sheet import Look
from kerma.demo.screens.typist import text_at
from kerma.screens import second_opinion
from kerma.screens.picture import Picture
from kerma.screens.read import read
from kerma.screens.reading import Reading, Scanner, ScanRow, ScreenTable

_MAKERS = {
    "siemens": "SIEMENS",
    "ge": "GE MEDICAL SYSTEMS",
    "toshiba": "TOSHIBA",
    "canon": "CANON",
    "philips": "Philips",
}
_KINDS = ("uncompressed", "JPEG 75")
_TOTALS = ("total_dlp_mgycm", "total_dlp_head_mgycm", "total_dlp_body_mgycm")


class Case(NamedTuple):
    """A study to read."""

    layout: str
    kind: str
    table: ScreenTable
    screens: tuple[Screen, ...]
    pictures: list[Picture]


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--screens", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if not second_opinion.is_installed():
        print(second_opinion.HOW_TO_GET_IT, file=sys.stderr)
        return 2
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("all", *_KINDS, *_MAKERS)}
    pages, seconds = 0, 0.0
    for case in _cases(given.screens, random.Random(given.seed)):
        scanner = Scanner(manufacturer=_MAKERS[case.layout])
        first = read(case.pictures, scanner, [])
        began = time.process_time()
        second = second_opinion.read(case.pictures, scanner, replace(first, table=case.table))
        seconds += time.process_time() - began
        pages += len(case.pictures)
        for name in ("all", case.kind, case.layout):
            counts[name] += _judged(case, second or Reading())
    _print(counts)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{pages} pages, {seconds / pages:.1f} s of a processor each, {memory_mb:.0f} MB at most"
    )
    return 0


def _refuse(*_: object) -> None:
    raise SystemExit("The second reader asked for the network.")


def _cases(many: int, chance: random.Random) -> Iterator[Case]:
    fonts, layouts = present(), sorted(_MAKERS)
    for number in range(many):
        layout, kind = layouts[number % len(layouts)], _KINDS[number // len(layouts) % 2]
        font = pen(*chance.choice(fonts))
        table = study(layout, look := Look(variant=chance.randrange(4)), chance, most=5)
        screens = draw(table, layout, font, look=look)
        pictures = [Picture(one.gray) for one in screens]
        if kind != _KINDS[0]:
            pictures = damaged([one.gray for one in screens], kind, chance)
        yield Case(layout, kind, table, screens, pictures)


def _judged(case: Case, second: Reading) -> Counter[str]:
    found = Counter(_values(case.table, second.table))
    found["tables"] += 1
    found["tables right"] += not (found["dose wrong"] or found["dose missing"])
    for page, seen in second.unknown:
        right = seen.text == text_at(seen.box, case.screens[page].letters)
        found["letter right" if right else "letter wrong"] += 1
    return found


def _values(truth: ScreenTable, found: ScreenTable | None) -> Iterator[str]:
    """Yield what became of each dose; rows stand where those of the truth do."""
    rows: Sequence[ScanRow] = found.rows if found else [ScanRow() for _ in truth.rows]
    pairs = [
        (getattr(row, name), getattr(other, name))
        for row, other in zip(truth.rows, rows, strict=True)
        for name in ("ctdivol_mgy", "dlp_mgycm")
    ]
    pairs += [(getattr(truth, name), getattr(found, name, None)) for name in _TOTALS]
    for value, seen in pairs:
        if value is not None:
            yield f"dose {'missing' if seen is None else 'right' if seen == value else 'wrong'}"


def _print(counts: dict[str, Counter[str]]) -> None:
    heads = ("tables right", "doses right", "wrong", "none", "letters right", "wrong")
    print(" " * 14 + "".join(f"{head:>14}" for head in heads))
    for name, one in counts.items():
        tables = f"{one['tables right']} of {one['tables']}"
        names = ("dose right", "dose wrong", "dose missing", "letter right", "letter wrong")
        print(f"{name:14}{tables:>14}" + "".join(f"{one[each]:>14}" for each in names))


if __name__ == "__main__":
    sys.exit(main())
