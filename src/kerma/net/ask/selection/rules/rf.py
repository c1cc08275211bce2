"""Fluoroscopy (RF and XA): a dose report, else an enhanced report; images are never fetched."""

from collections.abc import Sequence

from kerma.net.ask.selection import reports
from kerma.net.ask.selection.chosen import Ask, ChosenSeries
from kerma.net.ask.selection.rule import Rule, drop_images, rules
from kerma.net.wanted import Wanted

_NO_REPORT = "It has no dose report, and images of fluoroscopy do not say the dose."


def _choose(series: Sequence[ChosenSeries], wanted: Wanted, ask: Ask) -> list[ChosenSeries]:
    seen = reports.with_reports_seen(series, ask)
    for kind in (reports.RDSR, reports.ESR):
        if any(reports.holds(each, kind, empty_sr=wanted.empty_sr) for each in seen):
            return reports.only_reports(seen, kind, empty_sr=wanted.empty_sr)
    return drop_images(
        reports.without_reports(seen), "Images of fluoroscopy do not say the dose of a study."
    )


rules.add(Rule("RF", _choose, _NO_REPORT))
