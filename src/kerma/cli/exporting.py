"""Arguments of `kerma export` in, one file or stream out, with a bar on a terminal."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from kerma.exports import base
from kerma.exports.base import ExportError, Format, Made, Plan, Progress
from kerma.exports.making import make, stream

STDOUT = "-"


def export(plan: Plan, form: Format, out: str) -> Made:
    """Write an export to the path `out`, or to standard output.

    Raises
    ------
    ExportError
        If nothing is selected, or the file cannot be written.
    """
    with _terminated_cleanly(), _bar() as progress:
        if out != STDOUT:
            return make(plan, form, _path(out), progress)
        return _to_stdout(plan, form, progress)


def _path(out: str) -> Path:
    path = Path(out)
    if path.is_dir():
        raise ExportError(f"{out} is a folder. Give the name of a file in it.")
    if not path.parent.is_dir():
        raise ExportError(f"There is no folder {path.parent}. Make it, or choose another.")
    return path


def _to_stdout(plan: Plan, form: Format, progress: Progress) -> Made:
    if not form.streams:
        raise ExportError(
            f"{form.title} cannot be written to standard output. Give --out a file name."
        )
    made = stream(plan, form, sys.stdout.buffer, progress)
    sys.stdout.buffer.flush()
    return made


@contextmanager
def _terminated_cleanly() -> Iterator[None]:
    """Let SIGTERM end the export as Ctrl-C does, so that what was begun is removed."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show a bar on a terminal only."""
    if not sys.stderr.isatty():
        yield base.silent
        return
    columns = (TextColumn("Exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("export", total=None)

        def tell(done: int, total: int, what: str = "") -> None:
            bar.update(task, completed=done, total=total)

        yield tell
