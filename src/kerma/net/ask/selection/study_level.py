"""The study level: which of the studies that a node lists are looked into at all."""

from collections.abc import Iterable

from msgspec.structs import replace

from kerma.net.ask.answers import StudyAnswer
from kerma.net.ask.keys import ASKED
from kerma.net.ask.selection.chosen import ChosenStudy
from kerma.net.ask.selection.terms import objection
from kerma.net.wanted import Wanted

_OF_NO_DOSE = frozenset(("SR", "KO", "PR", "DOC", "OT", "SC", "SEG", "REG", "AU", "PLAN", "HC"))
"""Modalities that stand beside others in a study and say nothing of what it is."""


def ignores_modality(answers: Iterable[StudyAnswer], asked: str) -> bool:
    """Return whether a node that was asked for one modality answers with others as well.

    Then it has answered with everything, and asking for the other modalities is needless.
    """
    return any(
        asked not in answer.modalities and set(answer.modalities) - _OF_NO_DOSE
        for answer in answers
        if answer.modalities
    )


def study_level(answers: Iterable[StudyAnswer], wanted: Wanted) -> list[ChosenStudy]:
    """Return the studies with the verdict on those that can be judged at this level; each once."""
    once: dict[str, StudyAnswer] = {}
    for answer in answers:
        uid = answer.study_instance_uid
        once[uid] = _joined(once[uid], answer) if uid in once else answer
    named = frozenset(wanted.study_uids)
    return [_judged(answer, wanted, named) for answer in once.values()]


def modality_objection(modalities: Iterable[str], wanted: Wanted) -> str:
    """Return why a study of these modalities is not wanted, or ""."""
    found = set(modalities)
    if wanted.sr_only:
        others = ", ".join(sorted(found - {"SR"}))
        return f"It holds more than reports: {others}." if others else ""
    if found & {dicom for name in wanted.modalities for dicom in ASKED[name]}:
        return ""
    return f"None of its modalities is wanted: {', '.join(sorted(found)) or 'none'}."


def _joined(one: StudyAnswer, other: StudyAnswer) -> StudyAnswer:
    """Return the two answers on one study as one: some nodes name only the modality asked for."""
    return replace(one, modalities=tuple(dict.fromkeys((*one.modalities, *other.modalities))))


def _judged(answer: StudyAnswer, wanted: Wanted, named: frozenset[str]) -> ChosenStudy:
    study = ChosenStudy(answer=answer)
    if named and answer.study_instance_uid not in named:
        return study.drop("Only other studies were asked for.")
    reason = (
        _date_objection(answer, wanted)
        or (modality_objection(answer.modalities, wanted) if answer.modalities else "")
        or objection(
            answer.study_description,
            "description",
            wanted.description_include,
            wanted.description_exclude,
        )
        or _station_objection(answer, wanted)
    )
    return study.drop(reason) if reason else study


def _date_objection(answer: StudyAnswer, wanted: Wanted) -> str:
    """Return that a study is of another day, where a node does not keep to the dates asked for."""
    day = answer.study_date
    early = day is not None and wanted.date_from is not None and day < wanted.date_from
    late = day is not None and wanted.date_until is not None and day > wanted.date_until
    return f"It is of {day}, which was not asked for." if early or late else ""


def _station_objection(answer: StudyAnswer, wanted: Wanted) -> str:
    if not wanted.station_at_study_level:
        return ""
    return objection(
        answer.station_name, "station name", wanted.station_include, wanted.station_exclude
    )
