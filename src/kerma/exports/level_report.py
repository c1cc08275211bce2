"""Typical values and levels of a year in, a report as PDF (A4) out."""

import datetime as dt
import io
from itertools import groupby
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from kerma.exports import level_report_parts as parts
from kerma.exports.level_report_parts import STYLES, Bar, number
from kerma.query.columns import HEADINGS
from kerma.query.reference_levels.bands import LABELS
from kerma.query.reference_levels.compare import (
    DEFINITION,
    STATES,
    Compared,
    Comparison,
    Row,
    compare,
)
from kerma.query.reference_levels.quantities import QUANTITIES, Quantity
from kerma.query.reference_levels.statistics import FEW
from kerma.query.reference_levels.typical import Asked, Group, Tell, nobody
from kerma.store.models import System

_MARGIN = 16 * mm


class Made(NamedTuple):
    """A report, and whose it is."""

    content: bytes
    system: str
    """Display name; "" for all systems."""
    found: Comparison


def report(asked: Asked, tell: Tell = nobody) -> Made:
    """Return the report of the studies asked for, of one system or of all."""
    system = System.objects.filter(pk=asked.system).first() if asked.system else None
    name = system.display_name if system else ""
    comparison = compare(asked, tell)
    title = f"{HEADINGS[asked.modality]}: reference levels {_period(asked)}"
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=18 * mm,
        bottomMargin=18 * mm, title=f"{title}{f', {name}' if name else ''}", author="Kerma",
        subject="Typical doses beside diagnostic reference levels",
    )  # fmt: skip
    document.setProgressCallBack(lambda kind, value: tell(0))
    footer = parts.footer(f"{name or 'All systems'} · {title}")
    document.build(_story(comparison, title, name), onFirstPage=footer, onLaterPages=footer)
    return Made(out.getvalue(), name, comparison)


def _period(asked: Asked) -> str:
    first, last = asked.since, asked.until
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _story(found: Comparison, title: str, system: str) -> list[Any]:
    what = "studies" if found.asked.level == "study" else "acquisitions"
    story: list[Any] = [
        Paragraph(parts.safe(system or "All systems"), STYLES["over"]),
        Paragraph(parts.safe(title), STYLES["title"]),
        Paragraph(
            f"Made on {dt.date.today():%Y-%m-%d} by Kerma. "  # noqa: DTZ011 - the site's own day
            "Test data are left out; no patient can be told from this report.",
            STYLES["muted"],
        ),
        Spacer(1, 5 * mm),
        _summary(found, what),
        Spacer(1, 4 * mm),
    ]
    if not found.rows:
        return [*story, Paragraph(_nothing(found, what), STYLES["body"])]
    story += _findings(found)
    story.append(Paragraph("Typical values", STYLES["heading"]))
    for name, rows in groupby(found.rows, key=lambda row: row.typical.group.name):
        story += _named(name, list(rows), several=not system)
    return story + _method(found)


def _summary(found: Comparison, what: str) -> Table:
    coverage = found.found.coverage
    share = f"{1 - coverage.unnamed / coverage.cases:.0%}" if coverage.cases else "–"
    by = "description" if found.asked.by_description else "standard name"
    figures = [
        (f"{coverage.cases:,}", what),
        (share, f"have a {by}"),
        (str(len({row.typical.group.name for row in found.rows})), f"{by}s with values"),
        (str(len(found.exceeded)), "values ask for a review"),
    ]
    return parts.figures(figures)


def _nothing(found: Comparison, what: str) -> str:
    coverage = found.found.coverage
    if not coverage.cases:
        return f"There are no {what} in this period. Choose another period or system."
    if coverage.unnamed == coverage.cases:
        by = "description" if found.asked.by_description else "standard name"
        return f"None of the {what} of this period has a {by}, so there is nothing to compare."
    return (
        f"None of the {coverage.cases:,} {what} of this period counts. Without a name: "
        f"{coverage.unnamed:,}; adults of other or unknown mass: {coverage.other_weights:,}; "
        "the others state no dose."
    )


def _findings(found: Comparison) -> list[Any]:
    """Return what asks for a review, in sentences; the answer comes before the tables."""
    story: list[Any] = [Paragraph("Levels exceeded", STYLES["heading"])]
    if not any(row.compared for row in found.rows):
        return [*story, Paragraph(
            "No published level and none of the site is linked to these names, so nothing could "
            "be compared.", STYLES["body"])]  # fmt: skip
    sentences = [
        _finding(row, one.reference.label, one.ratio, one.state, one.reference.shown)
        for row in found.exceeded
        for one in row.compared
        if one.state in ("exceeded", "consistently")
    ]
    if not sentences:
        sentences = ["None: no median lies above its level beyond what chance explains."]
    return [*story, *(Paragraph(sentence, STYLES["body"]) for sentence in sentences)]


def _finding(row: Row, label: str, ratio: float, state: str, level: float) -> str:
    group, quantity = row.typical.group, QUANTITIES[row.typical.group.quantity]
    median = number(row.typical.summary.median * quantity.factor)
    patients = f", {LABELS.get(group.band, group.band)}" if group.band else ""
    return (
        f"<b>{parts.safe(group.name)}</b>{parts.safe(patients)} on "
        f"{parts.safe(row.typical.system_name)}: {quantity.heading} {median} {quantity.unit}, "
        f"{ratio:.2f} times {number(level)} ({parts.safe(label)}). {STATES[state]}."
    )


def _named(name: str, rows: list[Row], *, several: bool) -> list[Any]:
    """Return the table of one name, with a line for each quantity, phantom, band and system."""
    lines: list[list[Any]] = []
    marks: list[int] = []
    for (quantity, phantom, band), found in groupby(rows, key=_part_of):
        part = list(found)
        top = _top(part)
        for row in part:
            if row.worst in ("exceeded", "consistently"):
                marks.append(len(lines))
            lines.append(_line(row, _words(QUANTITIES[quantity], phantom, band), top))
    has_levels = any(row.compared for row in rows)
    table = parts.typical_table(name, lines, marks, several=several, levels=has_levels)
    return [KeepTogether(table) if len(lines) < _TOGETHER else table, Spacer(1, 4 * mm)]


_TOGETHER = 9
"""Tables of fewer lines are not split between pages."""


def _part_of(row: Row) -> tuple[str, int | None, str]:
    group: Group = row.typical.group
    return group.quantity, group.phantom_cm, group.band


def _words(quantity: Quantity, phantom: int | None, band: str) -> str:
    """Return what the values of a line are of, as the text of a paragraph."""
    more = [f"{phantom} cm"] if phantom else []
    more += [LABELS.get(band, band)] if band else []
    words = parts.safe(f"{quantity.heading}, {quantity.unit}")
    more_words = parts.safe(", ".join(more))
    return f"{words}<br/><font color='{parts.MUTED}'>{more_words}</font>" if more else words


def _top(rows: list[Row]) -> float:
    """Return the value at the right end of the bars."""
    values = [row.typical.summary.q3 for row in rows]
    values += [one.reference.value for row in rows for one in row.compared]
    return max(values) * 1.05


def _line(row: Row, what: str, top: float) -> list[Any]:
    summary, quantity = row.typical.summary, QUANTITIES[row.typical.group.quantity]

    def words(value: float | None) -> str:
        return "–" if value is None else number(value * quantity.factor)

    levels = [_level(one) for one in row.compared]
    interval = "–" if summary.low is None else f"{words(summary.low)} – {words(summary.high)}"
    ticks = [one.reference.value / top for one in row.compared]
    over = row.worst in ("over", "exceeded", "consistently")
    return [
        Paragraph(what, STYLES["cell"]),
        Paragraph(parts.safe(row.typical.system_name), STYLES["cell"]),
        f"{summary.number}{'*' if summary.is_few else ''}",
        words(summary.median),
        interval,
        words(summary.q3),
        Bar(summary.median / top, ticks, over=over),
        Paragraph("<br/>".join(levels) or "–", STYLES["cell"]),
    ]


def _level(one: Compared) -> str:
    label = f"<font color='{parts.MUTED}'>{parts.safe(one.reference.label)}</font>"
    return (
        f"{number(one.reference.shown)} {label}<br/><b>{one.ratio:.2f}</b> "
        f"{STATES[one.state].lower()}"
    )


def _method(found: Comparison) -> list[Any]:
    """Return how the values were found, and where the levels are from."""
    sources = dict.fromkeys(
        f"{one.reference.label}: {one.reference.source}"
        for row in found.rows
        for one in row.compared
    )
    heading = Paragraph("Method and sources", STYLES["heading"])
    texts = (*_notes(found), *sources)
    first, *others = [Paragraph(parts.safe(text), STYLES["note"]) for text in texts]
    return [Spacer(1, 2 * mm), KeepTogether([heading, first]), *others]


def _notes(found: Comparison) -> list[str]:
    asked, coverage = found.asked, found.found.coverage
    notes = [
        f"* Fewer than {FEW} values: no conclusion is drawn.",
        "Median and 75th percentile are of all values of a group; the percentile is interpolated "
        "linearly. The 95 % interval of the median rests on the order of the values (binomial, "
        "p = 0.5) and assumes no distribution; there is none below six values.",
        DEFINITION + " Directive 2013/59/Euratom, Article 58(f), asks for a review where levels "
        "are consistently exceeded. Levels are compared with medians, never with one patient.",
        "The bar shows the median; marks on it are the levels.",
    ]
    if asked.modality == "CT":
        notes.append(_of_ct(found))
    notes.append(
        "Children (under 18 years): examinations of the head by age, of the body by weight, in the "
        "bands of the European guidelines (PiDRL), or by equivalent ages where the weight is not "
        f"known. Cases of unknown age count as adults ({coverage.age_unknown:,} of them)."
    )
    if asked.adults_from_kg is not None or asked.adults_to_kg is not None:
        low = number(asked.adults_from_kg or 0)
        high = f"to {number(asked.adults_to_kg)}" if asked.adults_to_kg else "and more"
        notes.append(
            f"Adults of {low} {high} kg only; {coverage.other_weights:,} of other or unknown mass "
            "are left out."
        )
    return notes


def _of_ct(found: Comparison) -> str:
    text = "Values on the 16 cm and the 32 cm phantom are kept apart."
    if found.asked.level == "study":
        text = (
            "CTDIvol of a study is that of the irradiation event with the greatest DLP, "
            f"localisers left out. {text}"
        )
    if found.found.coverage.mixed:
        text = f"{text} {found.found.coverage.mixed:,} studies on both are left out of DLP."
    return text
