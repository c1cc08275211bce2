"""Mammography: the dose report if there is one, else the images."""

from collections.abc import Sequence

from kerma.net.ask.selection import reports
from kerma.net.ask.selection.chosen import Ask, ChosenSeries
from kerma.net.ask.selection.rule import Rule, keep_images, rules
from kerma.net.wanted import Wanted


def _choose(series: Sequence[ChosenSeries], wanted: Wanted, ask: Ask) -> list[ChosenSeries]:
    seen = reports.with_reports_seen(series, ask)
    if any(reports.holds(each, reports.RDSR, empty_sr=wanted.empty_sr) for each in seen):
        return reports.only_reports(seen, reports.RDSR, empty_sr=wanted.empty_sr)
    return keep_images(
        reports.without_reports(seen), ("MG",), "There is no dose report, so the images are read."
    )


rules.add(Rule("MG", _choose, "It has neither a dose report nor mammograms."))
