"""Studies of nothing but reports: those that hold a dose."""

from collections.abc import Sequence

from kerma.net.ask.selection import reports
from kerma.net.ask.selection.chosen import Ask, ChosenSeries
from kerma.net.ask.selection.rule import Rule, rules
from kerma.net.wanted import Wanted

_KINDS = (reports.RDSR, reports.RRDSR, reports.ESR)


def _choose(series: Sequence[ChosenSeries], wanted: Wanted, ask: Ask) -> list[ChosenSeries]:
    seen = reports.with_reports_seen(series, ask)
    return [_of_dose(each, wanted) for each in seen]


def _of_dose(series: ChosenSeries, wanted: Wanted) -> ChosenSeries:
    if not series.kept:
        return series
    for kind in _KINDS:
        if reports.holds(series, kind, empty_sr=wanted.empty_sr):
            return reports.keep_report(series, kind)
    return reports.without_reports([series])[0]


rules.add(Rule("SR", _choose, "None of its reports holds a dose."))
