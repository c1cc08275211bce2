"""Where a query keeps what it finds and does: rows, counts and a log, a portion at a time."""

import logging
from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from kerma.net.ask.answers import StudyAnswer
from kerma.net.ask.selection.chosen import ChosenSeries, ChosenStudy
from kerma.store.models import Query, QueryImage, QuerySeries, QueryStudy

_log = logging.getLogger("kerma.query")

_PORTION = 25
"""Studies written in one transaction."""


class Log:
    """The log of a query, a line each; the caller sees to it that no line names a patient."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._lines: list[str] = []

    def line(self, sentence: str) -> None:
        """Add a line, here and in the log file."""
        _log.info("Query %s: %s", self._query.pk, sentence)
        self._lines.append(f"{timezone.localtime():%H:%M:%S} {sentence}\n")

    def write(self) -> None:
        """Write the lines to the row."""
        if self._lines:
            text, self._lines = "".join(self._lines), []
            rows = Query.objects.filter(pk=self._query.pk)
            rows.update(log=Concat("log", Value(text)))


class Book:
    """The rows of the studies found; to be closed with `write`."""

    def __init__(self, query: Query, log: Log) -> None:
        self._query = query
        self._log = log
        self._waiting: list[ChosenStudy] = []
        self.counts: Counter[str] = Counter()
        self.by_modality: Counter[str] = Counter()

    def add(self, parts: Iterable[ChosenStudy]) -> None:
        """Keep a study, or its parts."""
        parts = list(parts)
        self.counts["found"] += 1
        self.counts["kept"] += any(part.kept for part in parts)
        for part in parts:
            kept = [each for each in part.series if each.kept] if part.kept else []
            self.by_modality[part.modality] += part.kept
            self.counts["series"] += len(kept)
            self.counts["images"] += sum(map(_objects, kept))
        self._waiting += parts
        if len(self._waiting) >= _PORTION:
            self.write()

    @transaction.atomic
    def write(self) -> None:
        """Write what waits."""
        chosen, self._waiting = self._waiting, []
        studies = QueryStudy.objects.bulk_create([_study_row(self._query, each) for each in chosen])
        of_series = [
            (each, _series_row(study, each))
            for study, part in zip(studies, chosen, strict=True)
            for each in part.series
        ]
        QuerySeries.objects.bulk_create([row for _, row in of_series])
        QueryImage.objects.bulk_create(
            [row for series, parent in of_series for row in _image_rows(parent, series)]
        )
        counts = dict(self.counts) | {"by_modality": dict(+self.by_modality)}
        Query.objects.filter(pk=self._query.pk).update(counts=counts)
        self._query.counts = counts
        self._log.write()


def _objects(series: ChosenSeries) -> int:
    """Return how many objects of a kept series are to be fetched, as far as is known."""
    if series.images:
        return sum(image.kept for image in series.images)
    return series.answer.number_of_instances or 1


def study_row(
    query: Query, answer: StudyAnswer, *, modality: str, kept: bool, reason: str
) -> QueryStudy:
    """Return the row of a study that a node listed, with the verdict on it."""
    return QueryStudy(
        query=query,
        study_instance_uid=answer.study_instance_uid,
        study_date=answer.study_date,
        study_time=answer.study_time,
        study_description=answer.study_description,
        station_name=answer.station_name,
        modalities=list(answer.modalities),
        modality=modality,
        number_of_series=answer.number_of_series,
        kept=kept,
        reason=reason,
    )


def _study_row(query: Query, study: ChosenStudy) -> QueryStudy:
    row = study_row(
        query, study.answer, modality=study.modality, kept=study.kept, reason=study.reason
    )
    row.number_of_series = row.number_of_series or len(study.series) or None
    return row


def _series_row(study: QueryStudy, series: ChosenSeries) -> QuerySeries:
    answer = series.answer
    classes = Counter(i.answer.sop_class_uid for i in series.images or () if i.answer.sop_class_uid)
    return QuerySeries(
        study=study,
        series_instance_uid=answer.series_instance_uid,
        modality=answer.modality,
        series_number=answer.series_number,
        series_description=answer.series_description,
        station_name=answer.station_name,
        sop_class_uid=classes.most_common(1)[0][0] if classes else "",
        number_of_instances=answer.number_of_instances,
        by_image=series.by_image,
        kept=series.kept,
        reason=series.reason,
    )


def _image_rows(parent: QuerySeries, series: ChosenSeries) -> list[QueryImage]:
    return [
        QueryImage(
            series=parent,
            sop_instance_uid=image.answer.sop_instance_uid,
            sop_class_uid=image.answer.sop_class_uid,
            instance_number=image.answer.instance_number,
            kept=image.kept and series.kept,
            reason=image.reason or series.reason,
        )
        for image in series.images or ()
    ]
