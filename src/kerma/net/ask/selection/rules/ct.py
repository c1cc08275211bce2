"""CT: a dose report, else an enhanced report, else Philips "Dose info", else what may be that."""

from collections.abc import Sequence

from msgspec.structs import replace

from kerma.dicom.screen_header import says_dose
from kerma.net.ask.answers import ImageAnswer
from kerma.net.ask.selection import reports
from kerma.net.ask.selection.chosen import Ask, ChosenImage, ChosenSeries, kept
from kerma.net.ask.selection.rule import Rule, rules
from kerma.net.wanted import Wanted

_DOSE_INFO = "dose info"
"""What Philips scanners call the series of their dose summary."""
_MOST_IMAGES = 5
"""More images than this no series of a dose summary has."""
_MODALITIES = ("CT", "SC", "OT", "")
"""Of CT images and screens; "" where the node does not say."""
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
"""And, with a further part, its multi-frame kinds."""

_SCREEN_SERIES = (501, 999)
"""Numbers under which Siemens and GE scanners save their dose screens, as CT images."""
_MOST_SCREENS = 20


def _choose(series: Sequence[ChosenSeries], wanted: Wanted, ask: Ask) -> list[ChosenSeries]:
    seen = reports.with_reports_seen(series, ask)
    for kind in (reports.RDSR, reports.ESR):
        if any(reports.holds(each, kind, empty_sr=wanted.empty_sr) for each in seen):
            return reports.only_reports(seen, kind, empty_sr=wanted.empty_sr)
    images = [_may_hold_dose(each) for each in reports.without_reports(seen)]
    if any(_is_dose_info(each) for each in kept(images)):
        return [_dose_info_or_not(each) for each in images]
    if wanted.toshiba:
        return [_toshiba(each, ask) for each in images]
    return [_may_be_dose_info(each, ask) for each in images]


def _may_hold_dose(series: ChosenSeries) -> ChosenSeries:
    if not series.kept or series.is_sr or series.answer.modality in _MODALITIES:
        return series
    return series.drop(f"It is of {series.answer.modality}, not of CT.")


def _is_dose_info(series: ChosenSeries) -> bool:
    return _DOSE_INFO in " ".join(series.answer.series_description.casefold().split())


def _dose_info_or_not(series: ChosenSeries) -> ChosenSeries:
    if not series.kept:
        return series
    if _is_dose_info(series):
        return series.keep("It is the dose summary of a Philips scanner.")
    return series.drop("The study has a Philips dose summary, which is fetched instead.")


def _may_be_dose_info(series: ChosenSeries, ask: Ask) -> ChosenSeries:
    """Judge a series by its number of images, where the node does not say what it is called."""
    if not series.kept:
        return series
    if series.answer.series_description:
        return series.drop("It is no report, and its description is not “Dose info”.")
    number = series.answer.number_of_instances
    if number is None:
        series = series.with_images(ask)
        number = len(series.images or ())
    if number > _MOST_IMAGES:
        return series.drop(f"It has {number} images, more than a dose summary has.")
    return series.keep(
        f"It has no description and {_images(number)}, so it may be a Philips dose summary."
    )


def _images(number: int) -> str:
    return "1 image" if number == 1 else f"{number} images"


def _toshiba(series: ChosenSeries, ask: Ask) -> ChosenSeries:
    """Keep the first image of a series, or all of it where these are dose screens."""
    if not series.kept:
        return series
    series = series.with_images(ask)
    if not series.images:
        return series.drop("The node lists no images of it.")
    first = min(series.images, key=_place)
    if _is_secondary_capture(series, first.answer):
        return series.keep("These are secondary captures, which may be Toshiba dose screens.")
    if _is_saved_screens(series):
        return series.keep("By its name or number it may be the dose screens of a CT scanner.")
    images = tuple(
        replace(image, reason="It is the first of its series.")
        if image is first
        else replace(image, kept=False, reason="One image of a series is enough.")
        for image in series.images
    )
    return replace(series, images=images, by_image=True).keep(
        "One image of each series is fetched beside the Toshiba dose screens."
    )


def _is_saved_screens(series: ChosenSeries) -> bool:
    """Whether a short series of CT images is called or numbered as dose screens are."""
    answer = series.answer
    is_named = says_dose(answer.series_description) or answer.series_number in _SCREEN_SERIES
    return is_named and len(series.images or ()) <= _MOST_SCREENS


def _place(image: ChosenImage) -> tuple[bool, int]:
    """Sort by instance number, those without one last; equals stay as the node lists them."""
    number = image.answer.instance_number
    return number is None, number or 0


def _is_secondary_capture(series: ChosenSeries, image: ImageAnswer) -> bool:
    if not image.sop_class_uid:
        return series.answer.modality in ("SC", "OT")
    return f"{image.sop_class_uid}.".startswith(f"{_SECONDARY_CAPTURE}.")


rules.add(Rule("CT", _choose, "It has no dose report, and nothing that may be a dose summary."))
