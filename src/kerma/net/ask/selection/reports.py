"""What kind of report a series of structured reports holds, by the classes of its objects."""

from collections.abc import Sequence

from kerma.net.ask.selection.chosen import Ask, ChosenSeries

RDSR = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.88.67",  # X-Ray Radiation Dose SR
        "1.2.840.10008.5.1.4.1.1.88.76",  # Enhanced X-Ray Radiation Dose SR
    )
)
RRDSR = frozenset(("1.2.840.10008.5.1.4.1.1.88.68",))
"""Radiopharmaceutical Radiation Dose SR."""
ESR = frozenset(("1.2.840.10008.5.1.4.1.1.88.22",))
"""Enhanced SR, in which older scanners write their doses."""

_NAMES = {
    RDSR: "a dose report",
    RRDSR: "a radiopharmaceutical dose report",
    ESR: "an enhanced report",
}

HINT = "Try the option for empty report series (-emptysr)."
OTHER = "These reports hold no dose."


def with_reports_seen(series: Sequence[ChosenSeries], ask: Ask) -> list[ChosenSeries]:
    """Return the series, those of reports with their objects."""
    return [each.with_images(ask) if each.kept and each.is_sr else each for each in series]


def is_unknown(series: ChosenSeries) -> bool:
    """Return whether the node says of no object of a series of reports what it is."""
    return series.is_sr and not any(i.answer.sop_class_uid for i in series.images or ())


def holds(series: ChosenSeries, classes: frozenset[str], *, empty_sr: bool) -> bool:
    """Return whether a series of reports holds one of these classes.

    Parameters
    ----------
    empty_sr
        Whether a series of which the node lists nothing is taken for one that does.
    """
    if not series.kept or not series.is_sr:
        return False
    if is_unknown(series):
        return empty_sr and classes != ESR
    return any(image.answer.sop_class_uid in classes for image in series.images or ())


def only_reports(
    series: Sequence[ChosenSeries], classes: frozenset[str], *, empty_sr: bool
) -> list[ChosenSeries]:
    """Return the series with those kept that hold the wanted kind of report, all others dropped."""
    return [_report_or_not(each, classes, empty_sr=empty_sr) for each in series]


def _report_or_not(
    series: ChosenSeries, classes: frozenset[str], *, empty_sr: bool
) -> ChosenSeries:
    name = _NAMES[classes]
    if not series.kept:
        return series
    if holds(series, classes, empty_sr=empty_sr):
        return keep_report(series, classes)
    if series.is_sr:
        return series.drop(
            _unknown(series) if is_unknown(series) else f"The study has {name}; this is none."
        )
    return series.drop(f"The study has {name}, which is fetched instead.")


def keep_report(series: ChosenSeries, classes: frozenset[str]) -> ChosenSeries:
    """Return a series of reports kept, with only those of its objects that are of these classes."""
    if is_unknown(series):
        return series.keep(f"{_silence(series)}; it is taken for a dose report.")
    name = _NAMES[classes]
    return series.narrowed(
        lambda image: image.sop_class_uid in classes or not image.sop_class_uid,
        f"It is {name}.",
        f"It is not {name}.",
    ).keep(f"It holds {name}.")


def without_reports(series: Sequence[ChosenSeries]) -> list[ChosenSeries]:
    """Return the series with those of reports dropped, because none of them is of use."""
    return [
        each.drop(_unknown(each) if is_unknown(each) else OTHER)
        if each.kept and each.is_sr
        else each
        for each in series
    ]


def _unknown(series: ChosenSeries) -> str:
    """Return why a series of reports is dropped of which the node says too little."""
    return f"{_silence(series)}, so nobody can tell what it is. {HINT}"


def _silence(series: ChosenSeries) -> str:
    if series.images:
        return "The node does not say the class of the objects of this series of reports"
    return "The node lists no objects of this series of reports"
