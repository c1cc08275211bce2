"""The data of an export in, how often each description, procedure and protocol occurs out."""

from collections import Counter
from typing import Any, NamedTuple

from django.db.models import Count, Model, QuerySet

from kerma.exports.base import Plan
from kerma.exports.columns import set_apart
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
    standard_acquisitions: Frequencies
    """Of events that have a standard name."""


def summary(plan: Plan, data: Data) -> Summary:
    """Return the frequencies of a selection as it was at the moment of the export."""
    selected: QuerySet[Model] = studies(plan.selection._replace(order=NEWEST_FIRST))
    events = data.table._default_manager.filter(study__in=selected.values("pk"))
    descriptions = _count(data, selected, "study_description")
    procedures = _count(data, selected, "requested_procedure")
    if plan.modality == "NM":
        agents = _count(data, events, "radiopharmaceutical_agent", "radiopharmaceutical")
        return Summary(descriptions, procedures, agents, [])
    named = _count(data, events.exclude(standard_name=""), "standard_name")
    protocols = _count(data, events, "acquisition_protocol")
    return Summary(descriptions, procedures, protocols, named)


def _count(data: Data, found: "QuerySet[Any, Any]", *paths: str) -> Frequencies:
    """Return how often each text occurs, that of the first of the paths that has one."""
    grouped = found.order_by().values_list(*paths).annotate(number=Count("pk"))
    counted: Counter[str] = Counter()
    for *texts, number in data.rows(grouped):
        counted[set_apart(next(filter(None, texts), ""))] += number
    return sorted(counted.items(), key=lambda row: (-row[1], row[0]))
