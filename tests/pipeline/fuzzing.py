"""Objects in, damaged copies of them out; and a run that counts what reading them gives.

    python -m tests.pipeline.fuzzing --mutations 20000 [FOLDER]

Every damaged object must be read, or refused with a sentence; anything else is a fault and ends
the run with a traceback. FOLDER holds real objects; synthetic ones are always there.
"""

import argparse
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from kerma.demo.hospital import draw_studies
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.extract import record_of

Damage = Callable[[bytes, random.Random], bytes]

_LARGEST = 200_000
"""Bytes of an object from which on it is left out: the run is to be many, not long."""
_ODD_TEXTS = (
    "",
    "NaN",
    "1e999",
    "-0",
    "n/a",
    "12,5",
    "1\\2\\3",
    "\0" * 8,
    "9" * 40,
    "Ünïcødé",
    "1.2..3",
)


def _flip(data: bytes, dice: random.Random) -> bytes:
    """Change a few bytes."""
    damaged = bytearray(data)
    for _ in range(dice.choice((1, 2, 8, 64))):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def _cut(data: bytes, dice: random.Random) -> bytes:
    """End too soon."""
    return data[: dice.randrange(len(data))]


def _insert(data: bytes, dice: random.Random) -> bytes:
    """Put something in between."""
    at = dice.randrange(len(data))
    return data[:at] + dice.randbytes(dice.choice((1, 2, 8, 300))) + data[at:]


def _remove(data: bytes, dice: random.Random) -> bytes:
    """Leave something out."""
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.choice((1, 2, 8, 300)) :]


def _zero(data: bytes, dice: random.Random) -> bytes:
    """Blank a stretch."""
    at, size = dice.randrange(len(data)), dice.choice((2, 16, 256))
    return data[:at] + bytes(size) + data[at + size :]


def _rewrite(data: bytes, dice: random.Random) -> bytes:
    """Change what whole elements say, in an object that stays well encoded."""
    found = read_bytes(data).data_set.copy()
    places = [item for item in found.walk() if item.elements]
    for _ in range(dice.choice((1, 3, 10, 40))):
        _change_one(dice.choice(places), dice)
    return to_file(found)


def _change_one(item: DataSet, dice: random.Random) -> None:
    if not item.elements:
        return
    tag = dice.choice(list(item.elements))
    vr, value = item.elements[tag]
    what = dice.randrange(4)
    if what == 0 and tag >> 16 > 2:
        del item.elements[tag]
    elif isinstance(value, bytes):
        item.elements[tag] = (vr, dice.choice(_ODD_TEXTS).encode())
    elif what == 1:
        item.elements[tag] = (b"SQ", [])
    elif value:
        item.elements[tag] = (b"SQ", [dice.choice(value) for _ in range(dice.choice((1, 2, 3)))])


DAMAGES: tuple[Damage, ...] = (_flip, _cut, _insert, _remove, _zero, _rewrite, _rewrite, _rewrite)


def originals(folder: Path | None) -> list[bytes]:
    """Return the objects to damage: synthetic ones, and those of `folder`."""
    real = sorted(folder.glob("*.dcm")) if folder else []
    until = dt.datetime.fromisoformat("2026-01-01")
    made = [each.data for study in draw_studies(20, seed=1, until=until) for each in study.objects]
    whole = [*made, *(path.read_bytes() for path in real)]
    return [data for data in whole if len(data) <= _LARGEST]


def damaged(objects: list[bytes], mutations: int, seed: int = 1) -> Iterator[bytes]:
    """Yield `mutations` damaged objects, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(mutations):
        yield dice.choice(DAMAGES)(dice.choice(objects), dice)


def outcome(data: bytes) -> str:
    """Return what reading one object gives: "read", or the name of the refusal."""
    try:
        record_of(read_bytes(data))
    except KermaError as error:
        sentence = str(error)
        if not sentence[:1].isupper() and not sentence.startswith("("):
            raise AssertionError(f"no sentence: {sentence!r}") from error
        return type(error).__name__
    return "read"


def main() -> None:
    """Run and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    objects = originals(args.folder)
    counts = Counter(outcome(data) for data in damaged(objects, args.mutations, args.seed))
    for name, number in counts.most_common():
        print(f"{number:8d}  {name}")
    print(f"{counts.total():8d}  damaged copies of {len(objects)} objects, no traceback")


if __name__ == "__main__":
    main()
