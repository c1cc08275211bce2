"""Given studies in short form, and what the selection makes of them."""

from collections.abc import Sequence
from typing import NamedTuple

from kerma.net.ask.answers import ImageAnswer, SeriesAnswer, StudyAnswer
from kerma.net.ask.selection.chosen import ChosenSeries, ChosenStudy, kept
from kerma.net.ask.selection.series_level import series_level
from kerma.net.ask.selection.study_level import study_level
from kerma.net.wanted import Wanted

RDSR = "1.2.840.10008.5.1.4.1.1.88.67"
ESR = "1.2.840.10008.5.1.4.1.1.88.22"
RRDSR = "1.2.840.10008.5.1.4.1.1.88.68"
BASIC = "1.2.840.10008.5.1.4.1.1.88.11"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


class S(NamedTuple):
    """A series as given: modality, class of its objects, how many, description, station."""

    modality: str
    sop_class: str | None = CT_IMAGE
    """None: the node lists no objects."""
    number: int | None = 1
    description: str = "Series"
    station: str = ""


class Node:
    """A node that holds one study, and notes for which series it is asked for objects."""

    def __init__(self, series: Sequence[S]) -> None:
        self.given = {f"1.2.{place}": each for place, each in enumerate(series, 1)}
        self.asked: list[str] = []

    def series(self) -> list[SeriesAnswer]:
        return [
            SeriesAnswer(
                series_instance_uid=uid,
                modality=each.modality,
                series_number=int(uid.rpartition(".")[2]),
                series_description=each.description,
                station_name=each.station,
                number_of_instances=each.number,
            )
            for uid, each in self.given.items()
        ]

    def images(self, series: SeriesAnswer) -> list[ImageAnswer]:
        self.asked.append(series.series_instance_uid)
        given = self.given[series.series_instance_uid]
        if given.sop_class is None:
            return []
        return [
            ImageAnswer(
                sop_instance_uid=f"{series.series_instance_uid}.{n}",
                sop_class_uid=given.sop_class,
                instance_number=n,
            )
            for n in range(1, (given.number or 1) + 1)
        ]


def chosen(
    series: Sequence[S] | Node,
    wanted: Wanted,
    *,
    modalities: tuple[str, ...] | None = None,
    station: str = "",
) -> list[ChosenStudy]:
    """Return what becomes of a study with these series; its modalities are theirs by default."""
    node = series if isinstance(series, Node) else Node(series)
    if modalities is None:
        modalities = tuple(dict.fromkeys(each.modality for each in node.given.values()))
    answer = StudyAnswer(study_instance_uid="1.2", modalities=modalities, station_name=station)
    (study,) = study_level([answer], wanted)
    if not study.kept:
        return [study]
    return series_level(study, node.series(), wanted, node.images)


def places(study: ChosenStudy) -> list[int]:
    """Return the places, from 1, of the series kept of a study."""
    if not study.kept:
        return []
    return [int(each.answer.series_instance_uid.rpartition(".")[2]) for each in kept(study.series)]


def series_at(study: ChosenStudy, place: int) -> ChosenSeries:
    """Return the series at a place, from 1."""
    uid = f"1.2.{place}"
    return next(each for each in study.series if each.answer.series_instance_uid == uid)
