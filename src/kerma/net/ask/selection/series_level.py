"""The series level: a study and its series in, its parts with the verdict on each series out."""

from collections.abc import Sequence

from msgspec.structs import replace

from kerma.net.ask.answers import SeriesAnswer
from kerma.net.ask.keys import ASKED
from kerma.net.ask.selection.chosen import Ask, ChosenSeries, ChosenStudy, kept
from kerma.net.ask.selection.rule import rule_of
from kerma.net.ask.selection.study_level import modality_objection
from kerma.net.ask.selection.terms import objection
from kerma.net.wanted import MODALITIES, Wanted


def series_level(
    study: ChosenStudy, answers: Sequence[SeriesAnswer], wanted: Wanted, ask: Ask
) -> list[ChosenStudy]:
    """Return the study, or its parts of several modalities, with the verdict on each series.

    Parameters
    ----------
    study
        A study that is kept so far.
    ask
        Asks the node for the objects of a series, where that is needed.
    """
    study = _with_modalities(study, answers)
    study = replace(study, series=tuple(_at_wanted_station(each, wanted) for each in answers))
    if not answers:
        return [study.drop("The node lists no series of it.")]
    reason = modality_objection(study.answer.modalities, wanted)
    if reason:
        return [study.drop(reason)]
    if not kept(study.series):
        return [study.drop("None of its series is of a station that is wanted.")]
    return _each_series_once([_ruled(part, wanted, ask) for part in _parts(study, wanted)])


def _with_modalities(study: ChosenStudy, answers: Sequence[SeriesAnswer]) -> ChosenStudy:
    """Return the study with the modalities of its series beside those that the node named."""
    of_series = (each.modality for each in answers if each.modality)
    found = tuple(dict.fromkeys((*study.answer.modalities, *of_series)))
    return replace(study, answer=replace(study.answer, modalities=found))


def _at_wanted_station(answer: SeriesAnswer, wanted: Wanted) -> ChosenSeries:
    series = ChosenSeries(answer=answer)
    if wanted.station_at_study_level:
        return series
    reason = objection(
        answer.station_name, "station name", wanted.station_include, wanted.station_exclude
    )
    return series.drop(reason) if reason else series


def _parts(study: ChosenStudy, wanted: Wanted) -> list[ChosenStudy]:
    """Cut a study into one part for each wanted modality that it has, as a PET/CT into two.

    Each part has the series of its modality, the reports, and what belongs to none.
    """
    if wanted.sr_only:
        return [replace(study, modality="SR")]
    present = [
        name
        for name in MODALITIES
        if name in wanted.modalities and set(ASKED[name]) & set(study.answer.modalities)
    ]
    if len(present) == 1:
        return [replace(study, modality=present[0])]
    return [_part(study, name, present) for name in present]


def _part(study: ChosenStudy, modality: str, present: Sequence[str]) -> ChosenStudy:
    others = {dicom for name in present if name != modality for dicom in ASKED[name]}
    series = tuple(each for each in study.series if each.answer.modality not in others)
    modalities = tuple(name for name in study.answer.modalities if name not in others)
    answer = replace(study.answer, modalities=modalities)
    return replace(study, answer=answer, modality=modality, series=series)


def _ruled(study: ChosenStudy, wanted: Wanted, ask: Ask) -> ChosenStudy:
    """Return the study with the rule of its modality applied."""
    rule = rule_of(study.modality)
    chosen = replace(study, series=tuple(rule.choose(study.series, wanted, ask)))
    left = kept(chosen.series)
    if not left:
        return chosen.drop(rule.none_left)
    return chosen.keep(_summary(left))


def _summary(left: Sequence[ChosenSeries]) -> str:
    """Return why a study is kept: the reason of its first series, and how many there are."""
    if len(left) == 1:
        return left[0].reason
    return f"{len(left)} series are fetched. {left[0].reason}"


def _each_series_once(parts: Sequence[ChosenStudy]) -> list[ChosenStudy]:
    """Drop what an earlier part of the same study fetches already."""
    fetched: dict[str, str] = {}
    found = []
    for part in parts:
        series = tuple(
            each.drop(f"It is fetched with the {fetched[uid]} part of the study.")
            if each.kept and (uid := each.answer.series_instance_uid) in fetched
            else each
            for each in part.series
        )
        fetched |= {e.answer.series_instance_uid: part.modality for e in kept(series)}
        left = replace(part, series=series)
        if part.kept and not kept(series):
            left = left.drop("All of it is fetched with another part of the study.")
        found.append(left)
    return found
