"""Objects that are here already need not be fetched: the last step of the selection."""

from collections.abc import Set

from msgspec.structs import replace

from kerma.net.ask.selection.chosen import Ask, ChosenSeries, ChosenStudy, kept

HERE = "It is here already."


def without_known(study: ChosenStudy, known: Set[str], ask: Ask) -> ChosenStudy:
    """Return a study with the objects dropped that are known by their SOP Instance UID.

    Parameters
    ----------
    known
        The objects of this study that are here. Where there are none nothing is asked.
    """
    if not study.kept or not known:
        return study
    series = tuple(_without_known(each, known, ask) for each in study.series)
    left = replace(study, series=series)
    return left if kept(series) else left.drop("All that is wanted of it is here already.")


def _without_known(series: ChosenSeries, known: Set[str], ask: Ask) -> ChosenSeries:
    if not series.kept:
        return series
    seen = series.with_images(ask)
    images = tuple(
        replace(image, kept=False, reason=HERE)
        if image.kept and image.answer.sop_instance_uid in known
        else image
        for image in seen.images or ()
    )
    if images == seen.images:
        return seen
    left = replace(seen, images=images, by_image=True)
    return left if any(image.kept for image in images) else left.drop(HERE)
