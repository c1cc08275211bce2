"""The data of an export in, how often each description, procedure and protocol occurs out."""

from typing import Any, NamedTuple

from django.db.models import Count, Model, QuerySet

from kerma.exports.base import Plan
from kerma.exports.reading import Data
from kerma.query.conditions import studies
from kerma.query.selection import NEWEST_FIRST

Frequencies = list[tuple[str, int]]
"""Text and number, the most frequent first."""


class Summary(NamedTuple):
    """What the first sheet of a workbook counts."""

    study_descriptions: Frequencies
    requested_procedures: Frequencies
    protocols: Frequencies
    """Of events; for nuclear medicine the agents administered."""


def summary(plan: Plan, data: Data) -> Summary:
    """Return the frequencies of a selection as it was at the moment of the export."""
    selected: QuerySet[Model] = studies(plan.selection._replace(order=NEWEST_FIRST))
    of_events = data.table._default_manager.filter(study__in=selected.values("pk"))
    path = "radiopharmaceutical_agent" if plan.modality == "NM" else "acquisition_protocol"
    return Summary(
        _count(data, selected, "study_description"),
        _count(data, selected, "requested_procedure"),
        _count(data, of_events, path),
    )


def _count(data: Data, found: "QuerySet[Any, Any]", path: str) -> Frequencies:
    grouped = found.order_by().values_list(path).annotate(number=Count("pk"))
    return sorted(data.rows(grouped), key=lambda row: (-row[1], row[0]))
