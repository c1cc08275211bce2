"""The report of reference levels of a period: one PDF, or one for each system in a zip file."""

import datetime as dt
from typing import TYPE_CHECKING, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.text import slugify

from kerma.exports.base import ALL, ExportError, Format, Made, Option, Plan, Progress, add, option
from kerma.exports.reading import Data
from kerma.query.conditions import studies
from kerma.query.reference_levels.quantities import OF_LEVEL
from kerma.query.reference_levels.typical import Asked
from kerma.store.models import System

if TYPE_CHECKING:
    from kerma.exports.level_report import Made as Report

_FILTERS = frozenset({"date_from", "date_until", "system", "test_data"})


def write_one(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write one report, of a system if the filter names one, else of all side by side."""
    asked = _asked(plan)
    from kerma.exports.level_report import report  # its library takes half a second and 50 MB

    made = report(asked, _Steps(progress, data, asked))
    out.write(made.content)
    return Made(len(data.ids), len(made.found.rows), _notes([made]))


def write_each(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write a report of each system that has studies in the period."""
    asked = _asked(plan)
    steps = _Steps(progress, data, asked)
    from kerma.exports.level_report import report

    made: list[Report] = []
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for system in _systems(plan):
            one = report(asked._replace(system=system), steps)
            steps.start_from(one.found.found.coverage.cases)
            archive.writestr(_name(asked, one, system, set(archive.namelist())), one.content)
            made.append(one._replace(content=b""))
    return Made(len(data.ids), sum(len(one.found.rows) for one in made), _notes(made))


class _Steps:
    """Takes how many cases are counted, tells how many studies that is."""

    def __init__(self, progress: Progress, data: Data, asked: Asked) -> None:
        self._progress, self._total = progress, len(data.ids)
        of_events = asked.level == "acquisition"
        self._share = self._total / max(1, data.events) if of_events else 1.0
        self._start = self._furthest = 0

    def __call__(self, cases: int) -> None:
        done = min(self._start + int(cases * self._share), self._total)
        self._furthest = max(self._furthest, done)
        self._progress(self._furthest, self._total)

    def start_from(self, cases: int) -> None:
        """Count on from a report that is done."""
        self._start += int(cases * self._share)
        self(0)


def _asked(plan: Plan) -> Asked:
    """Return what the report is of.

    Raises
    ------
    ExportError
        If the filters say no period, or choose studies in another way.
    """
    given = {one.filter.name: one.value for one in plan.selection.given}
    if not {"date_from", "date_until"} <= set(given) <= _FILTERS:
        raise ExportError(
            "The report of reference levels is of a period, and of one system or all: it needs "
            "the filters date_from and date_until, and takes none but system beside them."
        )
    chosen = {one.name: option(plan, one) for one in _OPTIONS}
    if (plan.modality, chosen["level"]) not in OF_LEVEL:
        raise ExportError(f"{plan.modality} has no levels for single acquisitions.")
    return Asked(
        plan.modality,
        cast(dt.date, given["date_from"]),
        cast(dt.date, given["date_until"]),
        chosen["level"],
        cast(int | None, given.get("system")),
        by_description=chosen["by"] == "description",
        adults_from_kg=float(chosen["kg_min"]) if chosen["kg_min"] else None,
        adults_to_kg=float(chosen["kg_max"]) if chosen["kg_max"] else None,
    )


def _systems(plan: Plan) -> list[int]:
    of_period = studies(plan.selection).order_by().values("system")
    found = System.objects.filter(pk__in=of_period).order_by("display_name", "pk")
    return list(found.values_list("pk", flat=True))


def _name(asked: Asked, made: "Report", system: int, taken: set[str]) -> str:
    """Return the name of a file in the archive."""
    words = f"reference-levels-{asked.modality}-{asked.since:%Y}-{made.system}"
    name = slugify(words, allow_unicode=True)[:100]
    return f"{name}.pdf" if f"{name}.pdf" not in taken else f"{name}-{system}.pdf"


def _notes(made: "list[Report]") -> tuple[str, ...]:
    """Return what is worth knowing before one opens the file."""
    unnamed = sum(one.found.found.coverage.unnamed for one in made)
    cases = sum(one.found.found.coverage.cases for one in made)
    over = sum(len(one.found.exceeded) for one in made)
    notes = [f"{over:,} of its values ask for a review."] if over else []
    if unnamed:
        by = "text" if made[0].found.asked.by_description else "standard name"
        what = "studies" if made[0].found.asked.level == "study" else "acquisitions"
        notes.append(f"{unnamed:,} of {cases:,} {what} have no {by} and are not in it.")
    return tuple(notes)


def _kilograms(text: str) -> str:
    """Return a mass as it is kept, "" for none."""
    if not text.strip():
        return ""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 < value < 1000:
        raise ExportError(f"The mass must be a number of kilograms, not {text!r}.")
    return f"{value:g}"


_OPTIONS = (
    Option("level", "Values of", (("study", "Studies"), ("acquisition", "Acquisitions"))),
    Option("by", "By", (("", "Standard name"), ("description", "Description or protocol"))),
    Option("kg_min", "Adults from (kg)", (), read=_kilograms),
    Option("kg_max", "Adults to (kg)", (), read=_kilograms),
)

_ONE = Format(
    name="level-report",
    title="Reference levels",
    suffix=".pdf",
    modalities=ALL,
    write=write_one,
    explanation="Typical values beside reference levels, of all systems or of one.",
    options=_OPTIONS,
    identity=False,
    listed=False,
)

add(_ONE)
add(
    _ONE._replace(
        name="level-reports",
        title="Reference levels, each system",
        suffix=".zip",
        write=write_each,
        explanation="Typical values beside reference levels, a PDF for each system.",
    )
)
