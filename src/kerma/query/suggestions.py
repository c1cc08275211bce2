"""A filter and what is typed so far in, the texts of the studies there out, with their counts."""

from typing import NamedTuple

from django.db.models import Count

from kerma.query.conditions import contains
from kerma.query.filters import Filter
from kerma.store.models import Study

MOST = 12
"""Suggestions shown at once."""

SUGGESTING = frozenset({
    "study_description", "requested_procedure", "procedure", "acquisition_protocol",
    "standard_name", "display_name", "station_name", "manufacturer", "model", "institution",
    "physician",
    "radiopharmaceutical", "radionuclide", "view_code", "exposure_control_mode",
})  # fmt: skip
"""Filters whose texts may be shown to everybody who browses."""


class Suggestion(NamedTuple):
    """A text, and how many studies of the modality have it."""

    text: str
    studies: int


def suggestions(modality: str, one: Filter, typed: str) -> list[Suggestion]:
    """Return the commonest texts that contain what is typed."""
    found = Study.objects.filter(modality=modality).exclude(**{one.path: ""})
    if typed:
        found = found.filter(contains(one.path, typed))
    counted = found.values_list(one.path).annotate(studies=Count("id")).order_by("-studies")
    several = one.path.endswith("s") and "__" not in one.path
    rows = [Suggestion(text, studies) for text, studies in counted[: MOST * 4 if several else MOST]]
    return _split(rows, typed) if several else rows


def _split(rows: list[Suggestion], typed: str) -> list[Suggestion]:
    """Return suggestions of the single texts where a study holds several, one a line."""
    totals: dict[str, int] = {}
    for text, studies in rows:
        for line in text.splitlines():
            if typed.casefold() in line.casefold():
                totals[line] = totals.get(line, 0) + studies
    ordered = sorted(totals.items(), key=lambda item: -item[1])
    return [Suggestion(*item) for item in ordered[:MOST]]
