"""Nuclear medicine: the radiopharmaceutical report and one PET series, else PET, else NM series."""

from collections.abc import Sequence

from kerma.net.ask.selection import reports
from kerma.net.ask.selection.chosen import Ask, ChosenSeries
from kerma.net.ask.selection.rule import Rule, rules
from kerma.net.wanted import Wanted


def _choose(series: Sequence[ChosenSeries], wanted: Wanted, ask: Ask) -> list[ChosenSeries]:
    seen = reports.with_reports_seen(series, ask)
    if any(reports.holds(each, reports.RRDSR, empty_sr=wanted.empty_sr) for each in seen):
        return _report_and_one_pet(seen, wanted)
    images = reports.without_reports(seen)
    if any(each.kept and each.answer.modality == "PT" for each in images):
        return [
            _only(each, "PT", "There is no report, so the PET images are read.") for each in images
        ]
    return [_only(each, "NM", "There is no report, so the NM images are read.") for each in images]


def _report_and_one_pet(series: Sequence[ChosenSeries], wanted: Wanted) -> list[ChosenSeries]:
    """Keep the report and the first PET series, which says how the images were made."""
    pet = [each for each in series if each.kept and each.answer.modality == "PT"]
    first = min(pet, key=_number).answer.series_instance_uid if pet else ""
    chosen = reports.only_reports(series, reports.RRDSR, empty_sr=wanted.empty_sr)
    return [
        each.keep("One PET series is fetched with the report.")
        if each.answer.series_instance_uid == first
        else each
        for each in chosen
    ]


def _number(series: ChosenSeries) -> tuple[bool, int]:
    number = series.answer.series_number
    return number is None, number or 0


def _only(series: ChosenSeries, modality: str, reason: str) -> ChosenSeries:
    if not series.kept:
        return series
    if series.answer.modality == modality:
        return series.keep(reason)
    return series.drop(f"Only {modality} images are read for dose here.")


rules.add(Rule("NM", _choose, "It has neither a radiopharmaceutical report nor PET or NM images."))
