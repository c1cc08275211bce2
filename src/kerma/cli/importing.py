"""What `kerma import` and the doors of older names share: progress, report, summary."""

import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import msgspec
from django.core.management.base import BaseCommand, CommandError
from msgspec.structs import asdict, replace
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from kerma.cli.database import ensure_database
from kerma.pipeline.batch import import_all
from kerma.pipeline.find import arrivals, readable
from kerma.pipeline.ingest import Outcome
from kerma.store import options
from kerma.store.keeping import KINDS, NOTHING

_ORDER = ("imported", "merged", "duplicate", "skipped", "refused")
_MEANING = {
    "imported": "new studies",
    "merged": "added to a stored study",
    "duplicate": "already here",
    "skipped": "carry no dose",
    "refused": "see the quarantine, or Dose screens",
}


def import_paths(
    command: BaseCommand,
    paths: list[str],
    *,
    jobs: int = 1,
    report: Path | None = None,
    delete: bool = False,
) -> None:
    """Import everything below `paths`, say what became of it, and fail if anything was refused.

    Raises
    ------
    CommandError
        If an object was refused; everything else is done by then.
    """
    ensure_database()
    deleted = _deleted_kinds() if delete else set()
    missing = [path for path in paths if not Path(path).exists()]
    for path in missing:
        command.stderr.write(f"{path}: There is no such file or folder.")
    present = [path for path in paths if path not in missing]
    counts: Counter[tuple[str, str]] = Counter()
    with report.open("wb") if report else nullcontext() as file:
        for outcome in _with_progress(import_all(arrivals(present), jobs), present):
            counts[outcome.outcome, outcome.modality] += 1
            if file is not None:
                told = asdict(replace(outcome, path=readable(outcome.path)))
                del told["is_collected"]
                file.write(msgspec.json.encode(told) + b"\n")
            if outcome.outcome == "refused":
                command.stderr.write(f"{readable(outcome.path)}: {outcome.reason}")
            elif outcome.kind in deleted:
                _delete(Path(outcome.path))
    _summarise(command, counts)
    refused = sum(number for (what, _), number in counts.items() if what == "refused")
    if refused or missing:
        total = counts.total() + len(missing)
        raise CommandError(f"{refused + len(missing)} of {total} objects were refused.")


def _deleted_kinds() -> set[str]:
    """Return the names of the kinds of which the site lets `--delete` delete the files."""
    kinds = (*KINDS, NOTHING)
    chosen = options.several(*(kind.delete for kind in kinds))
    return {kind.name for kind, goes in zip(kinds, chosen, strict=True) if goes}


def _delete(path: Path) -> None:
    """Delete a file that was used; a member of a zip file stays, and so does what is gone."""
    if path.is_file():
        path.unlink()


def _with_progress(outcomes: Iterable[Outcome], paths: list[str]) -> Iterator[Outcome]:
    """Show a bar with rate and time left, on a terminal only."""
    if not sys.stderr.isatty():
        yield from outcomes
        return
    columns = (
        SpinnerColumn(),
        TextColumn("Importing"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("import", total=sum(1 for _ in arrivals(paths)))
        for outcome in outcomes:
            progress.advance(task)
            yield outcome


class _RateColumn(ProgressColumn):
    """Objects a second."""

    def render(self, task: Task) -> Text:
        """Return the rate as text."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "–/s")


def _summarise(command: BaseCommand, counts: Counter[tuple[str, str]]) -> None:
    """Write a table: what became of how many objects, by modality."""
    modalities = sorted({modality for _, modality in counts if modality})
    table = Table(box=None, pad_edge=False)
    table.add_column("Objects")
    for modality in modalities:
        table.add_column(modality, justify="right")
    table.add_column("all", justify="right")
    for what in _ORDER:
        total = sum(number for (outcome, _), number in counts.items() if outcome == what)
        if total:
            cells = [str(counts[what, modality] or "") for modality in modalities]
            table.add_row(f"{what} ({_MEANING[what]})", *cells, str(total))
    text = io.StringIO()
    Console(file=text, width=100, color_system=None).print(
        table if table.row_count else "Nothing was found to import."
    )
    command.stdout.write(text.getvalue().rstrip())
